"""What a debate would come to if something were otherwise: before anybody says it, by the same arithmetic as afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scidex.agora.explaining import extended, struck, weakened
from scidex.agora.model import Argument, Debate, Dimension, Side
from scidex.agora.protocol import ArgumentRef, argument_id, parse_about, stands_on
from scidex.agora.queries.kept import KeptDebate
from scidex.agora.scoring import score
from scidex.agora.verdicts import Standing
from scidex.atlas import queries
from scidex.atlas.evidence.model import EvidenceItem, Stance
from scidex.atlas.queries import EvidenceView
from scidex.kernel.errors import Invalid

_SUPPOSED = "supposed"


@dataclass(frozen=True, slots=True)
class Supposed:
    """An argument that nobody has made. It cites an item that is here, or one supposed too, of a `weight` in thousandths."""

    about: str
    side: Side
    item: str = ""
    weight: int = 0


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is otherwise: arguments struck (``3.2``), the weight of an item, one argument more."""

    strike: tuple[str, ...] = ()
    weaken: tuple[tuple[str, int], ...] = ()
    add: Supposed | None = None


def supposed(kept: KeptDebate, what_if: WhatIf) -> Standing:
    """Where the changed debate would stand. Raises Invalid where it could not be so."""
    labels = {label: id_ for id_, label in kept.labels().items()}
    debate = kept.debate()
    for item, weight in what_if.weaken:
        if item not in kept.items:
            raise Invalid(f"{item[:60]} is not cited in this debate.", cure="Name an item that is.")
        if not 0 <= weight <= 1000:
            raise Invalid("A weight is between 0 and 1000 thousandths.", cure="Give one of these.")
        debate = weakened(debate, item, weight)
    gone = [_named(each, labels) for each in what_if.strike]
    debate = struck(debate, gone)
    if what_if.add is not None:
        debate = _extended(kept, debate, what_if.add, labels)
    return kept.stands_with(score(debate, kept.rules, kept.semantics))


def rank(composite: int | None, others: Sequence[int | None]) -> int | None:
    """The place of a score among `others`, from 1 on; None where there is no score. Equal scores share the better place."""
    if composite is None:
        return None
    return 1 + sum(each is not None and each > composite for each in others)


def _named(given: str, labels: dict[str, str]) -> str:
    name = given.strip()
    if name in labels:
        return labels[name]
    if name in labels.values():
        return name
    raise Invalid(f"There is no argument {name[:40]}.", cure="Its page shows the arguments with their numbers.")


def _extended(kept: KeptDebate, debate: Debate, added: Supposed, labels: dict[str, str]) -> Debate:
    about = parse_about(added.about, 1)
    if isinstance(about, ArgumentRef):
        named = f"{about.turn}.{about.place}" if isinstance(about.turn, int) else argument_id(about.turn, about.place)
        target = _named(named, labels)
    else:
        target = str(about) if isinstance(about, Dimension) else ""
    known: dict[str, EvidenceView] = {str(view.head.id): view for view in (*kept.items.values(), *kept.waiting)}
    if not added.item:
        stance = Stance.SUPPORTS if added.side is Side.SUPPORTS else Stance.CONTRADICTS
        item = EvidenceItem(
            id=_SUPPOSED,
            source=_SUPPOSED,
            stance=stance,
            quote_checked=True,
            source_verified=True,
            source_retracted=False,
            judged_by=_SUPPOSED,
            weight=max(0, min(1000, added.weight)),
        )
        return extended(debate, Argument(_SUPPOSED, target, added.side, (_SUPPOSED,)), [item])
    if added.item not in known:
        raise Invalid(f"{added.item[:60]} is no item of evidence here.", cure="Add it first (`scidex evidence add`).")
    view = known[added.item]
    if not stands_on(view.body, kept.subject.id, target):
        raise Invalid(f"The item is evidence on {view.body.claim}, not on that.", cure="Choose one that stands on it.")
    argument = Argument(_SUPPOSED, target, added.side, (added.item,))
    return extended(debate, argument, [queries.as_item(view)], queries.sources_behind([view]))
