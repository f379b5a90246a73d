"""The claims of a page as shown: marks in the text, the coverage line, and each claim with its two sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scidex.atlas.kinds.correction import CorrectionBody
from scidex.atlas.kinds.page import PageBody
from scidex.atlas.model import Head
from scidex.atlas.queries import ClaimView, Coverage
from scidex.surfaces.web.rendering import SYMBOLS, ClaimMark, with_marks


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim as shown; `placed` says whether its sentence stands in the version shown."""

    view: ClaimView
    symbol: str
    words: str
    placed: bool

    @property
    def anchor(self) -> str:
        """The end of its address on the page."""
        return self.view.head.id


@dataclass(frozen=True, slots=True)
class ClaimsOfPage:
    """Everything a page shows of its claims. `lead` and `body` are its texts with marks in them."""

    lines: tuple[ClaimLine, ...]
    coverage: Coverage
    marks: dict[int, ClaimMark]
    lead: str
    body: str
    corrections: tuple[tuple[Head, CorrectionBody], ...]

    @property
    def open_corrections(self) -> int:
        """How many proposals wait for somebody to decide."""
        return sum(body.decision == "open" for _, body in self.corrections)


def claims_of_page(
    page: PageBody,
    version: int,
    claims: Sequence[ClaimView],
    coverage: Coverage,
    corrections: Sequence[tuple[Head, CorrectionBody]],
) -> ClaimsOfPage:
    """Puts the marks where the sentences are: by span in the version they were taken from, else by their words."""
    marks: dict[int, ClaimMark] = {}
    places: dict[str, list[tuple[int, int]]] = {"lead": [], "body": []}
    lines = []
    for number, view in enumerate(claims, 1):
        line = claim_line(view)
        marks[number] = ClaimMark(view.name, view.head.id, view.body.statement, view.verdict, line.words)
        end = _end(page, version, view)
        if end is not None and view.body.span is not None:
            places[view.body.span.path].append((end, number))
        lines.append(replace(line, placed=end is not None))
    return ClaimsOfPage(
        tuple(lines),
        coverage,
        marks,
        with_marks(page.lead, places["lead"]),
        with_marks(page.body, places["body"]),
        tuple(corrections),
    )


def claim_line(view: ClaimView) -> ClaimLine:
    """A claim on its own."""
    return ClaimLine(view, SYMBOLS.get(view.verdict, "·"), verdict_words(view), placed=False)


def verdict_words(view: ClaimView) -> str:
    """The verdict and what it rests on, in one sentence."""
    retracted = f" Leans on a retracted work ({len(view.retracted)})." if view.retracted else ""
    if view.by_rule:
        stands = view.standing
        return (
            f"{stands.verdict}: {len(stands.counted)} checked passages from {stands.sources} sources, "
            f"{stands.effective_sources} of them independent.{retracted}"
        )
    if view.body.judgement is None:
        return f"Nobody has judged this claim.{retracted}"
    judged = view.body.judgement
    by = f"judged by {judged.judge.partition(':')[2] or judged.judge}{f', {judged.date}' if judged.date else ''}"
    note = f" {judged.note}" if judged.note else ""
    return f"{judged.verdict}, {by}; no checked passage.{note}{retracted}"


def _end(page: PageBody, version: int, view: ClaimView) -> int | None:
    span = view.body.span
    if span is None or not span.passage:
        return None
    text = str(getattr(page, span.path))
    if span.version == version and text[span.start : span.end].startswith(span.passage[:200]):
        return span.end
    at = text.find(span.passage)
    return at + len(span.passage) if at >= 0 else None
