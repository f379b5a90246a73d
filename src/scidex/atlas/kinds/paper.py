"""A published work that claims can cite: an article, a registered trial, a book, a web page, a data set.

The record is CSL-JSON. Its identifiers are checked values and the names the library finds it by; nothing of it counts
until somebody has seen it at its source (`Verification`), nor once its publisher has withdrawn it (`EditorialNotice`).
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from scidex.atlas.bibliography.csl import CslItem, plain_text, reference_line, title_of
from scidex.atlas.bibliography.identifiers import WorkId, of_record, ordered
from scidex.atlas.kinds.base import Body, Kind
from scidex.atlas.kinds.works import EditorialNotice, IdentifierText, NoticeType, StoredText, Verification


class PaperBody(Body):
    """The record of a work. `registrations` and `cohorts` name the study behind it, so that one study counts once."""

    csl: CslItem
    identifiers: tuple[IdentifierText, ...] = ()
    key: str = Field(default="", max_length=200)
    verification: Verification = Verification()
    notices: tuple[EditorialNotice, ...] = ()
    registrations: tuple[IdentifierText, ...] = ()
    cohorts: tuple[str, ...] = ()
    texts: tuple[StoredText, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_the_first_form(cls, value: Any) -> Any:
        """Records written before CSL-JSON was kept have their fields at the top."""
        if not isinstance(value, dict) or "csl" in value or "title" not in value:
            return value
        old = dict(value)
        csl = {"type": "article-journal", "title": old.get("title"), "abstract": old.get("abstract")}
        csl |= {"container-title": old.get("container"), "DOI": old.get("doi"), "PMID": old.get("pmid")}
        csl["author"] = [{"literal": name} for name in old.get("authors") or ()]
        if old.get("year"):
            csl["issued"] = {"date-parts": [[old["year"]]]}
        return {"csl": csl}

    @property
    def work_ids(self) -> tuple[WorkId, ...]:
        """Every identifier as a value, in the one order: those the record carries, and those beside it."""
        return ordered((*of_record(self.csl), *map(WorkId.parse, self.identifiers)))

    @property
    def retraction(self) -> EditorialNotice | None:
        """The notice by which the work was withdrawn, if it was."""
        return next((notice for notice in self.notices if notice.type is NoticeType.RETRACTION), None)


def _complete(body: PaperBody) -> PaperBody:
    """What the record carries is among the identifiers, so that nothing has to look for them twice."""
    written = tuple(map(str, body.work_ids))
    return body if written == body.identifiers else body.model_copy(update={"identifiers": written})


def _title(body: PaperBody) -> str:
    title = title_of(body.csl)[:500]
    if title:
        return title
    named = body.identifiers[0] if body.identifiers else body.key
    return f"[no title] {named}" if named else ""


def _text(body: PaperBody) -> str:
    return "\n\n".join(
        part for part in (reference_line(body.csl), plain_text(str(body.csl.get("abstract", "")))) if part
    )


KIND = Kind(
    slug="paper",
    label="Publication",
    plural="Publications",
    about="A published work that claims can cite: an article, a trial registration, a book, a web page, a data set.",
    body=PaperBody,
    title=_title,
    text=_text,
    complete=_complete,
    names=lambda body: (*body.identifiers, *((f"@{body.key}",) if body.key else ())),
    example=lambda: PaperBody(
        csl={
            "type": "article-journal",
            "title": "A trial of nothing much",
            "author": [{"family": "Doe", "given": "J"}],
            "issued": {"date-parts": [[2020]]},
            "DOI": "10.5555/nothing.much",
        },
        identifiers=("doi:10.5555/nothing.much",),
        key="doe2020",
    ),
)
