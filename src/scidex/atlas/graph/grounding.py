"""From names in a text to entities: every match says how sure it is and why, and an unsure one stays open.

The rules are written in `docs/decisions/0022-identifiers-and-grounding.md`. In short: the longest match wins; an abbreviation
that the text itself spells out means what it was spelled out to (Schwartz and Hearst 2003, doi:10.1142/9789812776303_0042);
everything else is scored in thousandths, from how near the name is to the entity's own, how it is written, which words stand
around it and what else the text names. What stays below `THRESHOLD`, or is not clearly ahead of another kind of thing, has no
`chosen` and waits for a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.names import foreign, key, symbol_keys, tokens
from scidex.atlas.graph.ports import Candidate, Ontology
from scidex.atlas.graph.reading import LONGEST_TEXT, Grounding, ground
from scidex.atlas.graph.scoring import MARGIN, RULES, THRESHOLD, Scored, decided
from scidex.kernel.errors import Invalid

__all__ = [
    "LONGEST_TEXT",
    "MARGIN",
    "RULES",
    "THRESHOLD",
    "FaultType",
    "Grounding",
    "IdentifierFault",
    "NameGrounding",
    "check_identifier",
    "ground",
    "ground_name",
]


@dataclass(frozen=True, slots=True)
class NameGrounding:
    """What a name by itself means: that of a page, or of a row of a table."""

    name: str
    chosen: Candidate | None
    score: int
    runner_up: Candidate | None
    runner_up_score: int
    why: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()


class FaultType(StrEnum):
    """What is wrong with an identifier."""

    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    OBSOLETE = "obsolete"
    OTHER_NAME = "other-name"


@dataclass(frozen=True, slots=True)
class IdentifierFault:
    """Why an identifier does not fit the name beside it, and what would.

    `real_name` is the name of the entity that the identifier is of; `replacements` stand in for an obsolete one; `meant` is
    what the name grounds to by itself.
    """

    type: FaultType
    identifier: str
    name: str
    message: str
    real_name: str = ""
    replacements: tuple[Curie, ...] = ()
    meant: Candidate | None = None


def ground_name(name: str, ontology: Ontology, *, expected: Category | None = None) -> NameGrounding:
    """What `name` means by itself: no words stand around it, and letter case says little (titles, slugs)."""
    found = _name_candidates(name, ontology)
    scored = sorted(
        (_scored_name(candidate, written, remark, expected) for candidate, written, remark in found), key=Scored.rank
    )
    if not scored:
        return NameGrounding(name, None, 0, None, 0, ("no entity of this name is known here",))
    best = scored[0]
    chosen, why = decided(scored)
    second = scored[1] if len(scored) > 1 else None
    return NameGrounding(
        name,
        chosen,
        best.score,
        second.candidate if second else None,
        second.score if second else 0,
        why,
        tuple(one.candidate for one in scored),
    )


def check_identifier(curie: str, name: str, ontology: Ontology) -> IdentifierFault | None:
    """What is wrong with an identifier that stands beside `name`; None if nothing is.

    Unknown means: unknown to what is installed here, which may be the bundled set alone.
    """
    try:
        parsed = Curie.parse(curie)
    except Invalid as fault:
        return IdentifierFault(FaultType.MALFORMED, curie, name, str(fault), meant=ground_name(name, ontology).chosen)
    entity = ontology.entity(parsed)
    if entity is None:
        if name and key(name) == key(parsed.local):
            # A trial that is called by its number says nothing that could be wrong.
            return None
        return IdentifierFault(
            FaultType.UNKNOWN,
            parsed,
            name,
            f"{parsed} is not in what is installed here ({ontology.version}).",
            meant=ground_name(name, ontology).chosen,
        )
    replacements = ontology.replacements(parsed)
    if replacements is not None:
        instead = f" Use {' or '.join(replacements)}." if replacements else " Nothing replaces it."
        return IdentifierFault(
            FaultType.OBSOLETE,
            parsed,
            name,
            f"{parsed} ({entity.name}) is obsolete.{instead}",
            entity.name,
            replacements,
            ground_name(name, ontology).chosen,
        )
    written = {key(one) for one in _forms(name)}
    if not name or any(candidate.curie == parsed for found in ontology.keyed(written).values() for candidate in found):
        return None
    meant = ground_name(name, ontology, expected=entity.category).chosen
    suggestion = f" That name is {meant.curie} ({meant.name})." if meant and meant.curie != parsed else ""
    return IdentifierFault(
        FaultType.OTHER_NAME,
        parsed,
        name,
        f"{parsed} is “{entity.name}”, which is not called “{name[:80]}”.{suggestion}",
        entity.name,
        (),
        meant,
    )


# Names by themselves

_ASIDE = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")


def _forms(name: str) -> list[str]:
    """A name as it stands, without what is in brackets, and what is in brackets."""
    plain = name.strip()
    forms = [plain]
    if "-" in plain and plain == plain.lower() and " " not in plain:
        forms.append(plain.replace("-", " "))
    if _ASIDE.search(plain):
        forms.append(_ASIDE.sub(" ", plain).strip())
        forms += [aside.strip() for aside in _ASIDE.findall(plain)]
    return list(dict.fromkeys(form for form in forms if key(form)))


def _name_candidates(name: str, ontology: Ontology) -> list[tuple[Candidate, str, str]]:
    """Who could be meant, the form that led there, and a remark if it is not the whole name."""
    if any(foreign(token.text) for token in tokens(name)):
        return []
    forms = _forms(name)
    keys = {form: (key(form), *symbol_keys(key(form))) for form in forms}
    known = ontology.keyed(one for several in keys.values() for one in several)
    found: dict[Curie, tuple[Candidate, str, str]] = {}
    for form in forms:
        remark = "" if form in forms[:1] or "(" not in name else f"for “{form}”, a part of the name"
        for one in keys[form]:
            for candidate in known.get(one, ()):
                found.setdefault(candidate.curie, (candidate, form, remark))
        if found and remark:
            break
    return list(found.values())


def _scored_name(candidate: Candidate, written: str, remark: str, expected: Category | None) -> Scored:
    score = Scored(candidate)
    score.nearness(written)
    if remark:
        score.add(-80, remark)
    score.expectation(expected)
    score.add(60, "named by itself")
    return score
