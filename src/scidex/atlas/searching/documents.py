"""What of an artifact is indexed, by kind; and its text without markup, which is also what passages are cut from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType

from scidex.atlas.bibliography.csl import year_of
from scidex.atlas.evidence.grading import Appraisal, grade
from scidex.atlas.graph.formats.texts import without_unseen
from scidex.atlas.kinds.base import Body, Kind
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.kinds.page import PageBody
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.searching.model import Document

LONGEST = 1_000_000
"""The most characters of one artifact that are indexed."""
# A page is what others are about, so of two documents that match alike it comes first. An entity's few words are all name,
# which BM25 overrates; evidence is there for its passage.
PRIORS = MappingProxyType({"page": 1150, "entity": 850, "hypothesis": 1050, "claim": 1050, "evidence": 850})
_FOUND_BY_PASSAGE = frozenset({"evidence"})
_BACKGROUND_PRIOR = 700
_LINK = re.compile(r"\]\([^()\s]{0,2000}\)")
_CITED = re.compile(r"\[@[^\[\]\s]{1,200}\]|\[\d{1,4}\]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EMPHASIS = re.compile(r"\*\*|__|`")
_LEADING = re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*+])\s+")
_SPACED = re.compile(r"(?<=\S) ([.,;:])")


def document(
    artifact_id: str,
    kind: Kind,
    body: Body,
    *,
    title: str,
    about: str = "",
    names: Sequence[str] = (),
    evidence: Sequence[EvidenceBody] = (),
    entities: Iterable[str] = (),
) -> Document:
    """An artifact as it is indexed. `evidence` is that of a claim, `entities` are CURIEs of what it is about."""
    items = (body,) if isinstance(body, EvidenceBody) else evidence
    stances = {str(item.stance) for item in items if item.stance}
    levels = {str(grade(Appraisal(item.design)).level) for item in items if item.design}
    return Document(
        id=artifact_id,
        kind=kind.slug,
        title=title,
        text=plain_text(kind.text(body))[:LONGEST],
        names=(*names, *_own_names(body)),
        about=spoken(about),
        year=year_of(body.csl) if isinstance(body, PaperBody) else None,
        stances=tuple(sorted(stances)),
        levels=tuple(sorted(levels)),
        entities=tuple(dict.fromkeys((*_own_curie(body), *entities))),
        prior=PRIORS.get(kind.slug, _BACKGROUND_PRIOR if kind.background else 1000),
        background=hidden(kind),
    )


def hidden(kind: Kind) -> bool:
    """Whether artifacts of `kind` are found only by who asks for the kind. Evidence is not: its passages are what is sought."""
    return kind.background and kind.slug not in _FOUND_BY_PASSAGE


def spoken(about: str) -> str:
    """What an artifact is about, in words as they are typed.

    >>> spoken("CellularComponent"), spoken("cell type")
    ('cellular component', 'cell type')
    """
    return _HUMP.sub(" ", about).lower()


def _own_names(body: Body) -> tuple[str, ...]:
    if isinstance(body, PageBody):
        return tuple(name for name in (body.entity, body.slug) if name)
    target: str = getattr(body, "gene_target", "")
    synonyms: tuple[str, ...] = getattr(body, "synonyms", ())
    return (target, *synonyms) if target else synonyms


def _own_curie(body: Body) -> tuple[str, ...]:
    curie: str = getattr(body, "curie", "")
    return (curie,) if curie else ()


def plain_text(markdown: str) -> str:
    r"""Markdown as its reader sees it, nearly: without targets of links, citation markers, emphasis and hidden characters.

    >>> plain_text("## Routes\n\nSee [exosomes](/entities/exosomes) [@shi2010] and **more** [3].")
    'Routes\nSee exosomes and more.'
    """
    text = without_unseen(markdown)
    if "[" in text:
        text = _SPACED.sub(r"\1", _CITED.sub("", text))
        text = _LINK.sub("]", text).replace("[", "").replace("]", "")
    if any(sign in text for sign in "*_`"):
        text = _EMPHASIS.sub("", text)
    lines = (" ".join(_LEADING.sub("", line).split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
