"""Keep a certificate of a search for and against something."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import keeping
from scidex.atlas.actions._common import Changed, Moment, changed
from scidex.atlas.kinds.search_certificate import SearchBody, SearchEntry
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Invalid


class CertifySearch(Command):
    """What was asked of the library at `as_of`, and what came back. Anybody can replay it (`scidex debate replay`)."""

    subject: str
    entries: tuple[SearchEntry, ...] = Field(min_length=1, max_length=20)
    as_of: Moment


@action("debate.certify", "Keep a certificate of a search", command=CertifySearch, result=Changed)
def certify(command: CertifySearch, work: Work) -> Changed:
    """Refuses a moment that is still to come."""
    if command.as_of > work.now:
        raise Invalid("A search cannot have taken place after now.", cure="Give the moment the library was read at.")
    subject = keeping.named(work, command.subject)
    body = SearchBody(
        subject=subject.id,
        statement=subject.title,
        as_of=format_time(command.as_of),
        entries=command.entries,
    )
    return changed(keeping.keep(work, body, "search"))
