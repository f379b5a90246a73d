"""The closed set of relations between artifacts, and how each is said in either direction."""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """A typed, directed relation: source *relation* target."""

    MENTIONS = "mentions"
    SEE_ALSO = "see_also"
    RELATED = "related"
    RELATED_HYPOTHESIS = "related_hypothesis"
    RELATED_ANALYSIS = "related_analysis"
    MERGED_FROM = "merged_from"
    SUPERSEDED_BY = "superseded_by"
    REPORTS_ON = "reports_on"
    USED = "used"
    CITES = "cites"
    MAY_MEAN = "may_mean"
    STATED_IN = "stated_in"
    EVIDENCE_FOR = "evidence_for"
    QUOTES = "quotes"
    CORRECTS = "corrects"
    FOLLOWS_FROM = "follows_from"
    DEBATES = "debates"
    ARGUED_IN = "argued_in"
    ARGUES_FROM = "argues_from"
    SEARCHED_FOR = "searched_for"


# relation -> (read from the source, read from the target)
WORDS: dict[Relation, tuple[str, str]] = {
    Relation.MENTIONS: ("mentions", "is mentioned by"),
    Relation.SEE_ALSO: ("points to", "is pointed to by"),
    Relation.RELATED: ("is related to", "is related to"),
    Relation.RELATED_HYPOTHESIS: ("lists the hypothesis", "is listed as a hypothesis by"),
    Relation.RELATED_ANALYSIS: ("lists the analysis", "is listed as an analysis by"),
    Relation.MERGED_FROM: ("was merged from", "was merged into"),
    Relation.SUPERSEDED_BY: ("is superseded by", "supersedes"),
    Relation.REPORTS_ON: ("reports on the import of", "was imported as told in"),
    Relation.USED: ("used", "was used by"),
    Relation.CITES: ("cites", "is cited by"),
    Relation.MAY_MEAN: ("may mean", "may be meant by"),
    Relation.STATED_IN: ("is stated in", "states"),
    Relation.EVIDENCE_FOR: ("is evidence on", "has the evidence"),
    Relation.QUOTES: ("quotes", "is quoted by"),
    Relation.CORRECTS: ("proposes to correct", "has a proposed correction"),
    Relation.FOLLOWS_FROM: ("follows from", "has led to"),
    Relation.DEBATES: ("debates", "is debated in"),
    Relation.ARGUED_IN: ("is a turn of", "has the turn"),
    Relation.ARGUES_FROM: ("argues from", "is argued from in"),
    Relation.SEARCHED_FOR: ("searched for evidence on", "was searched for in"),
}
