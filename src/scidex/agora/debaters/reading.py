"""The default debater: reads typed evidence by the rules of a persona and writes plain sentences.

The same brief gives the same turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scidex.agora.debaters.brief import Brief, BriefItem
from scidex.agora.debaters.personas import OWN, Persona, Takes
from scidex.agora.model import Dimension, Side
from scidex.agora.protocol import OF_THE_WHOLE
from scidex.atlas.evidence.model import Stance, StudyDesign
from scidex.atlas.evidence.standing import reasons_against

MOST_ARGUMENTS = 200
"""In one turn; what is left is argued in the next round."""
_FOUND = {
    Stance.SUPPORTS: "speaks for it",
    Stance.CONTRADICTS: "found the contrary",
    Stance.NOT_SHOWN: "looked for it and did not show it",
    Stance.MIXED: "speaks for it in part only",
}
_ANIMALS = frozenset({StudyDesign.ANIMAL})
_NOBODY = frozenset({StudyDesign.IN_VITRO, StudyDesign.IN_SILICO, StudyDesign.NARRATIVE_REVIEW})


@dataclass(frozen=True, slots=True)
class DraftArgument:
    """An argument that a debater would make: pairs of an item's id and the words of it that matter."""

    about: str
    side: Side
    words: str
    cites: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DraftTurn:
    """A turn that a debater would take."""

    words: str
    arguments: tuple[DraftArgument, ...]


def turn_by_rule(persona: Persona, brief: Brief) -> DraftTurn:
    """What `persona` says: one argument for each source that its rules find and that nobody has argued from to the same end."""
    if persona.sums_up:
        return DraftTurn(_summary(brief), ())
    found: dict[tuple[str, Side, str], list[BriefItem]] = {}
    for about, each in _taken(persona, brief):
        side = Side.SUPPORTS if each.item.stance in _for(persona) else Side.ATTACKS
        found.setdefault((about, side, each.item.source), []).append(each)
    arguments = tuple(
        DraftArgument(about, side, _sentence(about, items), tuple((each.item.id, each.quote) for each in items))
        for (about, side, _), items in list(found.items())[:MOST_ARGUMENTS]
    )
    return DraftTurn(_opening(persona, brief, arguments), arguments)


def _for(persona: Persona) -> frozenset[Stance]:
    """The stances that speak for what they are on. One that is mixed speaks for it only through who argues for it."""
    argues_for = any(Stance.SUPPORTS in takes.stances for takes in persona.takes)
    return frozenset({Stance.SUPPORTS, Stance.MIXED} if argues_for else {Stance.SUPPORTS})


def _taken(persona: Persona, brief: Brief) -> Iterator[tuple[str, BriefItem]]:
    seen = set(brief.argued)
    for takes in persona.takes:
        for each in brief.items:
            about = _about(takes, each)
            if about is None or (each.item.id, about) in seen or reasons_against(each.item):
                continue
            if each.item.stance in takes.stances and (not takes.designs or each.design in takes.designs):
                seen.add((each.item.id, about))
                yield about, each


def _about(takes: Takes, each: BriefItem) -> str | None:
    """What an argument from the item would be about; None where the item does not stand on that."""
    if takes.about == OWN:
        return each.on or None
    if each.on == "":
        return takes.about if Dimension(takes.about) in OF_THE_WHOLE else None
    return takes.about if each.on == takes.about else None


def _sentence(about: str, items: Iterable[BriefItem]) -> str:
    first, *others = items
    on = "Of this argument" if "#" in about else f"On {about.replace('-', ' ')}"
    said = f"{on}: {first.source}{_study(first)} {_FOUND[first.item.stance or Stance.MIXED]}"
    if first.p:
        said += f" (p {first.p})"
    words = first.quote if len(first.quote) <= 400 else f"{first.quote[:400].rsplit(' ', 1)[0]} …"
    said += f". In the words of the facts extracted from it: {words}" if first.extracted else f": “{words}”"
    return f"{said} {_counted(len(others), 'more passage')} of it to the same effect." if others else said


def _study(each: BriefItem) -> str:
    if each.design is None:
        return ""
    words = each.design.replace("-", " ").replace("rcts", "randomised trials")
    if each.sample_size is None or each.design in _NOBODY:
        return f" ({words})"
    of = "animals" if each.design in _ANIMALS else "people"
    return f" ({words}, {each.sample_size} {of})"


def _opening(persona: Persona, brief: Brief, arguments: tuple[DraftArgument, ...]) -> str:
    looked = ""
    if persona.searches:
        for_, against = brief.searched or (0, 0)
        looked = (
            f"Before speaking, the library was searched for and against: {for_} answers for, {against} against. "
            if brief.searched
            else "Nobody has searched the library for the contrary. "
        )
    if not arguments:
        return f"{looked}The {persona.label.lower()} finds no checked evidence that was not argued from yet."
    items = len({cite for argument in arguments for cite, _ in argument.cites})
    return f"{looked}{_counted(len(arguments), 'argument')} from {_counted(items, 'item')} of checked evidence."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _summary(brief: Brief) -> str:
    counting = [each for each in brief.items if not reasons_against(each.item)]
    sides = {stance: sum(each.item.stance is stance for each in counting) for stance in _FOUND}
    idle = len(brief.items) - len(counting)
    argued = {about for _, about in brief.argued if "#" not in about}
    unheard = [dimension.words for dimension in Dimension if dimension not in argued]
    told = (
        f"{len(counting)} items of evidence count: {sides[Stance.SUPPORTS]} for it, {sides[Stance.CONTRADICTS]} against, "
        f"{sides[Stance.NOT_SHOWN]} that did not show it, {sides[Stance.MIXED]} mixed."
    )
    if idle:
        told += f" {idle} more do not count: their quote, source or stance is not checked."
    if unheard:
        told += f" Nothing was said about {', '.join(unheard)}."
    if brief.searched is None:
        told += " Nobody has searched for the contrary."
    return told
