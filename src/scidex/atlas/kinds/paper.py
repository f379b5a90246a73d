"""A paper: a published work that claims can cite."""

from __future__ import annotations

from scidex.atlas.kinds.base import Body, Kind


class PaperBody(Body):
    """The work as its publisher names it; identifiers as text, empty where unknown."""

    title: str
    authors: tuple[str, ...] = ()
    container: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    abstract: str = ""


KIND = Kind(
    slug="paper",
    label="Paper",
    plural="Papers",
    about="A published work that claims can cite.",
    body=PaperBody,
    title=lambda body: body.title,
    text=lambda body: body.abstract,
    example=lambda: PaperBody(title="A trial of nothing much", authors=("Doe J",), year=2020),
)
