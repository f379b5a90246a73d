"""Suggests to a judge what a passage says about a claim, by rules that name the words they fired on.

A suggestion never counts as evidence; a judge types the stance. The rules rather say nothing than guess: hedged sentences,
questions, aims and reviews get no suggestion, and neither does a claim that itself denies something. Words of a passage are
compared with a list and have no other power: an instruction in it is a sentence like any other.

How often the rules are right is measured by `python -m bench.stance`; docs/reference/evidence-rules.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from scidex.atlas.evidence import lexicon
from scidex.atlas.evidence.effects import read_effect, read_p_value, spans_null
from scidex.atlas.evidence.lexicon import Token, subjects, tokens
from scidex.atlas.evidence.model import Stance

MOST_PASSAGE = 10_000
"""Code points of the longest claim or passage that gets a suggestion."""
REACH = 6
"""How many words a direction looks ahead and back for its outcome."""
SCOPE = 3
"""How many words a negation reaches ahead."""


class Confidence(StrEnum):
    """How much stands behind a suggestion: a number or a stated end point, a plain statement, or less."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Direction(StrEnum):
    """What the claim says of its outcome, where the caller knows: that it gets better or worse for the patient."""

    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule and the words of the passage it fired on ("" if on what is not there)."""

    rule: str
    words: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}" if self.words else self.rule


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A stance for a judge to look at. `stance` and `confidence` are None where the rules abstain; `rules` says why."""

    stance: Stance | None
    confidence: Confidence | None
    rules: tuple[Fired, ...]


@dataclass(frozen=True, slots=True)
class _Signal:
    """What one clause says: +1 for the patient's good, -1 against it, 0 nothing found, None something of no known direction.

    `sure` if a number stands behind it.
    """

    sign: int | None
    sure: bool
    fired: Fired


def suggest_stance(
    claim_statement: str,
    passage: str,
    *,
    relation: str = "",
    direction: Direction | None = None,
    terms: Iterable[str] = (),
) -> Suggestion:
    """What `passage` may say about the claim.

    `relation` are words for the claim's relation ("treats"), `direction` is what it says of its outcome, `terms` other names of
    what it is about (its targets); each is a hint that the caller knows from the record and not from the passage.

    >>> made = suggest_stance("Statin therapy improves memory.", "Memory did not differ between statin and placebo (p = 0.4).")
    >>> made.stance.value, made.confidence.value, [each.rule for each in made.rules]
    ('not-shown', 'high', ['p-value'])
    >>> suggest_stance("Statin therapy improves memory.", "We aimed to determine whether statins improve memory.").stance
    """
    claim = f"{claim_statement} {relation.replace('_', ' ')}"
    if len(passage) > MOST_PASSAGE or len(claim) > MOST_PASSAGE:
        return _abstain("too-long", "")
    if (aim := lexicon.AIMS.search(passage)) or (aim := lexicon.REVIEWS.search(passage)):
        return _abstain("aim-method-or-review", aim.group())
    about = subjects(" ".join([claim, *terms]))
    if off := _off_topic(about, passage):
        return off
    if primary := lexicon.PRIMARY.search(passage):
        return Suggestion(Stance.NOT_SHOWN, Confidence.HIGH, (Fired("primary-endpoint", primary.group()),))
    claimed = _claimed(claim, direction)
    turned = _turned(tokens(passage), claim)
    clauses = [list(_signals(clause, turned)) for clause in lexicon.CLAUSES.split(passage) if clause]
    return _decided(clauses, _hedge(passage), claimed)


def _abstain(rule: str, words: str, *fired: Fired) -> Suggestion:
    return Suggestion(None, None, (Fired(rule, words), *fired))


def _off_topic(about: frozenset[str], passage: str) -> Suggestion | None:
    """Off topic is a passage that shares no telling word with the claim, where both name a means or mechanism."""
    said = subjects(passage)
    if about & said:
        return None
    if len(said) >= 3 and about & lexicon.THINGS and (others := said & lexicon.THINGS):
        return Suggestion(Stance.OFF_TOPIC, Confidence.MEDIUM, (Fired("no-shared-word", ", ".join(sorted(others))),))
    return _abstain("no-shared-word", "")


def _claimed(claim: str, direction: Direction | None) -> int | None:
    """+1 if the claim says that patients fare better, -1 if worse, None if it says neither or denies something."""
    if direction is not None:
        return 1 if direction is Direction.BETTER else -1
    words = tokens(claim)
    if any(each.word in lexicon.NEGATIONS for each in words):
        return None
    stems = {each.stem for each in words}
    if stems & lexicon.HARM:
        return -1
    signs = {sign for sign, _ in _directions(words)}
    if len(signs) == 1:
        return signs.pop()
    return 1 if not signs and stems & lexicon.THERAPY else None


def _signals(clause: str, turned: int | None) -> Iterator[_Signal]:
    """What a clause says: a null result, or the directions of its outcomes, `turned` for what was taken away."""
    p, effect = read_p_value(clause), read_effect(clause)
    over = spans_null(effect) if effect else None
    if effect and over:
        yield _Signal(0, sure=True, fired=Fired("interval-over-no-effect", f"{effect.low} to {effect.high}"))
        return
    if p and p.significant is False and over is None:
        yield _Signal(0, sure=p.value is not None, fired=Fired("p-value", p.printed))
        return
    null = lexicon.NULL.search(clause)
    if null:
        yield _Signal(0, sure=False, fired=Fired("null-result", null.group()))
    sure = (p is not None and p.significant is True) or over is False
    words = tokens(clause)
    said = bool(null)
    for sign, spoken in _directions(words):
        if (null and spoken[0].start >= null.start()) or _denied(words, spoken[0]):
            continue  # what follows a null result is what was not found
        said = True
        shown = Fired("direction", " ".join(each.word for each in spoken))
        if _negated(clause, words, spoken[0]):
            yield _Signal(0, sure=False, fired=Fired("negated", shown.words))
        else:
            yield _Signal(None if turned is None else sign * turned, sure=sure, fired=shown)
    if sure and not said:
        yield _Signal(None, sure=True, fired=Fired("significant", p.printed if p else ""))


def _directions(words: list[Token]) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """Each word of direction with its outcome: +1 for the patient's good, -1 against it."""
    for at, each in enumerate(words):
        if each.stem in lexicon.BETTER:
            beside = words[at + 1].word if at + 1 < len(words) else ""
            yield (
                (-1 if each.stem.startswith("favo") and beside in {"placebo", "control", "controls", "sham"} else 1),
                (each,),
            )
        elif each.stem in lexicon.WORSE:
            yield -1, (each,)
        elif each.stem in lexicon.UP or each.stem in lexicon.DOWN:
            outcome = _outcome(words, at)
            if outcome is not None:
                up = 1 if each.stem in lexicon.UP else -1
                yield up * (1 if outcome.stem in lexicon.GOOD else -1), (each, outcome)


def _outcome(words: list[Token], at: int) -> Token | None:
    """The outcome that the direction `at` is about: the first after it, else the last before it.

    Another direction in between has the outcome for itself. Of two outcomes side by side the second counts: "memory loss" is
    a loss, "amyloid clearance" is clearance.
    """
    for index in range(at + 1, min(len(words), at + 1 + REACH)):
        if words[index].stem in _DIRECTIONS:
            break
        if words[index].stem in _OUTCOMES:
            following = words[index + 1] if index + 1 < len(words) else words[index]
            return following if following.stem in _OUTCOMES else words[index]
    for index in range(at - 1, max(-1, at - 1 - REACH), -1):
        if words[index].stem in _DIRECTIONS:
            break
        if words[index].stem in _OUTCOMES:
            return words[index]
    return None


_OUTCOMES = lexicon.GOOD | lexicon.BAD
_DIRECTIONS = lexicon.UP | lexicon.DOWN | lexicon.BETTER | lexicon.WORSE


def _negated(clause: str, words: list[Token], spoken: Token) -> bool:
    """Whether a negation stands just before, with no comma in between."""
    at = words.index(spoken)
    return any(
        each.word in lexicon.NEGATIONS and "," not in clause[each.end : spoken.start]
        for each in words[max(0, at - SCOPE) : at]
    )


def _denied(words: list[Token], spoken: Token) -> bool:
    """Whether "not" follows within two words: "the benefit need not …" says nothing of what was found."""
    at = words.index(spoken)
    return any(each.word == "not" for each in words[at + 1 : at + 3])


def _turned(words: list[Token], claim: str) -> int | None:
    """+1, or -1 if the passage takes away what the claim adds. None if it takes away and the claim does not say which.

    Where a thing was missing and patients fared worse, adding it is supported.
    """
    following = [*(each.word for each in words[1:]), ""]
    if not any(
        each.stem in lexicon.ABSENT
        or (each.word in {"loss", "lack", "absence"} and after == "of")
        or (each.stem == "knock" and after in {"down", "out"})
        for each, after in zip(words, following, strict=False)
    ):
        return 1
    stems = {each.stem for each in tokens(claim)}
    adds, removes = bool(stems & lexicon.ACTIVATING), bool(stems & lexicon.REMOVING)
    return None if adds == removes else -1 if adds else 1


def _hedge(passage: str) -> str:
    return next((each.word for each in tokens(passage) if each.stem in lexicon.HEDGES), "")


def _decided(clauses: list[list[_Signal]], hedge: str, claimed: int | None) -> Suggestion:
    signals = [signal for clause in clauses for signal in clause]
    fired = tuple(dict.fromkeys(signal.fired for signal in signals))
    signs = {signal.sign for signal in signals}
    sure = any(signal.sure for signal in signals)
    if not signals:
        return _abstain("nothing-said", "")
    if hedge and not sure:
        return _abstain("hedged", hedge, *fired)
    if signs == {0}:
        return Suggestion(Stance.NOT_SHOWN, Confidence.HIGH if sure else Confidence.MEDIUM, fired)
    if claimed is None or None in signs:
        return _abstain("claim-has-no-direction" if claimed is None else "direction-not-said", "", *fired)
    return _judged(clauses, fired, claimed, sure=sure)


def _judged(clauses: list[list[_Signal]], fired: tuple[Fired, ...], claimed: int, *, sure: bool) -> Suggestion:
    """The stance of clauses that all have a direction or say that nothing was found."""
    signs = {signal.sign for clause in clauses for signal in clause}
    if any(len({signal.sign for signal in clause}) > 1 for clause in clauses):
        return _abstain("one-clause-says-both", "", *fired)
    if len(signs) > 1:
        return Suggestion(Stance.MIXED, Confidence.LOW, fired)
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM if len(fired) > 1 else Confidence.LOW
    return Suggestion(Stance.SUPPORTS if signs == {claimed} else Stance.CONTRADICTS, confidence, fired)
