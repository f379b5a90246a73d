"""What verbs on claims and evidence share."""

from __future__ import annotations

from sqlalchemy import select

from scidex.atlas import edge_store, store
from scidex.atlas.evidence.quotes import QuoteFault, QuoteMatch, find_quote
from scidex.atlas.graph.model import edge_number
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.claim import ClaimSpan
from scidex.atlas.kinds.dimensions import dimension
from scidex.atlas.kinds.page import PageBody
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.works import StoredText
from scidex.atlas.model import Head
from scidex.atlas.tables import blobs
from scidex.kernel.actions import Work
from scidex.kernel.errors import Invalid


def claim(work: Work, reference: str) -> Head:
    """The claim `reference` names. Raises Invalid if it is something else."""
    head = store.follow(work.connection, store.find(work.connection, reference))
    if head.kind != "claim":
        raise Invalid(f"“{head.title}” is a {head.kind}, not a claim.", cure="`scidex list --kind claim` shows them.")
    return head


def subject(work: Work, reference: str) -> tuple[str, str]:
    """What evidence may be on: its name, and what it states in words. Raises Invalid or NotFound.

    An edge; or anything that can be debated, as a whole (``sx-…``), by a dimension (``sx-…#safety``), or an argument of a
    turn (``sx-…#2``).
    """
    number = edge_number(reference)
    if number is not None:
        return reference, edge_store.sentence(work.connection, number)
    whole, _, part = reference.partition("#")
    head = store.follow(work.connection, store.find(work.connection, whole))
    kind = kind_of(head.kind)
    if head.kind == "turn":
        if not part:
            raise Invalid(f"“{head.title}” is a turn of several arguments.", cure=f"Name one: {head.id}#1.")
        body = kind.body.model_validate(store.contents(work.connection, [head])[head.id])
        words = kind.part(body, part)
        return f"{head.id}#{int(part)}", words
    if kind.background or head.kind == "debate":
        raise Invalid(
            f"“{head.title}” is a {kind.label.lower()}; evidence stands on what states something.",
            cure="Name a claim, a hypothesis, an edge or an argument.",
        )
    if not part:
        return head.id, head.title
    about = dimension(part)
    return f"{head.id}#{about}", f"{head.title} ({about.words})"


def page(work: Work, reference: str) -> tuple[Head, PageBody]:
    """The page `reference` names, and its text. Raises Invalid if it is something else."""
    head = store.follow(work.connection, store.find(work.connection, reference))
    if head.kind != "page":
        raise Invalid(f"“{head.title}” is a {head.kind}, not a page.", cure="`scidex list --kind page` shows them.")
    return head, PageBody.model_validate(store.contents(work.connection, [head])[head.id])


def span_of(head: Head, body: PageBody, passage: str) -> ClaimSpan:
    """Where `passage` stands in the page. Raises Invalid, with the nearest text, if it does not."""
    faults = []
    for path in ("lead", "body"):
        text = getattr(body, path)
        found = find_quote(text, passage) if text else None
        if isinstance(found, QuoteMatch):
            return ClaimSpan(
                page=head.id,
                version=head.latest_version,
                path=path,
                start=found.start,
                end=found.end,
                passage=found.passage,
            )
        if isinstance(found, QuoteFault):
            faults.append(found)
    fault = faults[-1] if faults else None
    raise Invalid(
        f"This passage does not stand on “{head.title}”{f': {fault.message}' if fault else '.'}",
        cure=fault.cure if fault else "Copy the sentence from the page.",
    )


def kept_text(work: Work, text_hash: str) -> str | None:
    """A text that is kept here, by hash."""
    data = work.connection.execute(select(blobs.c.data).where(blobs.c.sha256 == text_hash)).scalar()
    return bytes(data).decode("utf-8", "replace") if data is not None else None


def quoted(work: Work, source: str, body: PaperBody, quote: str) -> tuple[QuoteMatch, StoredText]:
    """Where `quote` stands in a kept text of the work, and in which. Raises Invalid with what differs, or if no text is kept."""
    fault: QuoteFault | None = None
    for stored in body.texts:
        text = kept_text(work, stored.sha256) if stored.kept else None
        if text is None:
            continue
        found = find_quote(text, quote)
        if isinstance(found, QuoteMatch):
            return found, stored
        fault = found
    if fault is None:
        raise Invalid(
            f"No text of {source} is kept here, so the quote cannot be checked.",
            cure="Attach the text (`scidex paper attach`), give it with --text, or leave the quote out.",
        )
    raise Invalid(f"The quote does not stand in {source}: {fault.message}", cure=fault.cure)
