"""`scidex ontology` and `scidex ground`: what is known about entities, and which of them a text names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click
from rich.text import Text

from scidex.atlas.graph import grounding
from scidex.atlas.graph.categories import LABELS, Category, category_of
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.grounding import Grounding, NameGrounding
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.ports import Candidate, Ontology, OntologyIndex
from scidex.kernel.errors import Invalid, NotFound
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal

Opened = Callable[[], Installation]
_MOST_SYNONYMS = 12


def ontology_commands(opened: Opened) -> list[click.Command]:
    """Both of them."""
    help_text = """What is known about entities: genes, cells, diseases, chemicals, therapies.

    A set for this subject comes with SciDEX. `make ontologies` installs whole ontologies as an extra, and `scidex ontology
    build` makes an index of them; from then on both answer.
    """
    group = click.Group(
        "ontology",
        commands=[_build(opened), _show(opened)],
        help=help_text,
        short_help="Build and ask the index of entities",
    )
    return [group, _ground(opened)]


def _build(opened: Opened) -> click.Command:
    @click.command("build", short_help="Build the index from the installed ontologies")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(as_json: bool) -> None:
        """Build the index of entities from the ontologies that `make ontologies` installs: a minute, 170 MB.

        The old index answers until the new one is whole. Running servers use the new one at once.
        """
        index = opened().service(OntologyIndex)

        def progress(what: str, count: int) -> None:
            terminal.errors.print(terminal.clean(f"{what}: {count:,}"))

        size = index.build(progress)
        if as_json:
            terminal.print_json(_size(size.sources, size.entities, size.names, size.built_at))
            return
        terminal.say(f"{size.entities:,} entities with {size.names:,} names are in the index.")

    return run


def _show(opened: Opened) -> click.Command:
    @click.command("show", short_help="Show an entity, or who bears a name")
    @click.argument("what", metavar="[CURIE|NAME]", required=False, default="")
    @click.option("--type", "type_", default="", help="What kind of thing is meant: disease, gene, cell type, …")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(what: str, type_: str, as_json: bool) -> None:
        """Show the entity with an identifier, or everything that bears a name, best first. Without one: what is known.

        \b
        Examples:
          scidex ontology show MONDO:0004976
          scidex ontology show "TGF-β1"
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        ontology = opened().service(Ontology)
        expected = category_of(type_) if type_ else None
        if not what:
            _print_size(ontology, as_json)
        elif Curie.matches(what):
            _print_entity(ontology, Curie.parse(what), as_json)
        else:
            _print_named(ontology, what, expected, as_json)

    return run


def _ground(opened: Opened) -> click.Command:
    @click.command("ground", short_help="Find out which entities a text names")
    @click.argument("text", metavar="TEXT|-")
    @click.option("--type", "type_", default="", help="What kind of thing is looked for: disease, gene, cell type, …")
    @click.option("--why", is_flag=True, help="Show how each score came about.")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(text: str, type_: str, why: bool, as_json: bool) -> None:
        """Print which entities TEXT (or standard input, for -) names, how sure that is, and what came second.

        A score is in thousandths. What is not sure enough stays open: it is marked with a question mark.

        \b
        Examples:
          scidex ground "A FUS mutation in ALS"
          scidex ground - < page.md
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        ontology = opened().service(Ontology)
        expected = category_of(type_) if type_ else None
        found = grounding.ground(_read() if text == "-" else text, ontology, expected=expected)
        if as_json:
            terminal.print_json(
                {"ontology": ontology.version, "groundings": [grounding_document(one) for one in found]}
            )
            return
        for one in found:
            _say_grounding(one, why)
        if not found:
            terminal.say("No entity that is known here is named.")

    return run


def _read() -> str:
    # Twice the longest text in bytes is more than any text that is taken.
    data = sys.stdin.buffer.read(4 * grounding.LONGEST_TEXT + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Invalid(
            f"Standard input is not UTF-8: byte {fault.start} cannot be read.", cure="Save the text as UTF-8."
        ) from None


def _say_grounding(one: Grounding, why: bool) -> None:
    surface = " ".join(one.surface.split())
    if one.chosen is not None:
        line = Text(f"{surface} → {one.chosen.curie} ").append(_label(one.chosen), style="bold")
        line.append(f"  {one.score}", style="dim")
    else:
        line = Text(f"{surface} → ? ", style="yellow")
        guesses = ", ".join(f"{candidate.curie} ({candidate.name})" for candidate in one.candidates[:3])
        line.append(f"{guesses or 'nothing known'}  {one.score}", style="dim")
    if one.chosen is not None and one.runner_up is not None:
        line.append(f"; second {one.runner_up.curie} {one.runner_up_score}", style="dim")
    terminal.say(line)
    if why:
        for step in one.why:
            terminal.say(Text(f"    {step}", style="dim"))


def _label(candidate: Candidate) -> str:
    return f"{candidate.name} ({LABELS[candidate.category][0]})"


def _print_size(ontology: Ontology, as_json: bool) -> None:
    size = ontology.size
    if as_json:
        terminal.print_json(_size(size.sources, size.entities, size.names, size.built_at))
        return
    terminal.say(f"{size.entities:,} entities with {size.names:,} names: {ontology.version}.")
    if size.built_at:
        terminal.say(f"The index was built at {size.built_at}.")
    else:
        terminal.say("Only the bundled set answers. More: `make ontologies`, then `scidex ontology build`.")


def _print_entity(ontology: Ontology, curie: Curie, as_json: bool) -> None:
    entity = ontology.entity(curie)
    if entity is None:
        raise NotFound(
            f"{curie} is not in what is installed here ({ontology.version}).",
            cure="`make ontologies` and `scidex ontology build` add whole ontologies.",
        )
    replacements = ontology.replacements(curie)
    parents = ontology.entities(ontology.parents(curie))
    if as_json:
        terminal.print_json(entity_document(entity, tuple(parents.values()), replacements))
        return
    line = Text(f"{curie} ").append(entity.name, style="bold").append(f" ({LABELS[entity.category][0]})")
    terminal.say(line)
    if replacements is not None:
        terminal.say(Text(f"  obsolete; use {', '.join(replacements) or 'nothing instead'}", style="yellow"))
    for label, values in (
        ("also", list(entity.synonyms)),
        ("kind or part of", [f"{one.name} ({one.curie})" for one in parents.values()]),
        ("elsewhere", list(entity.xrefs)),
    ):
        if values:
            more = f", and {len(values) - _MOST_SYNONYMS} more" if len(values) > _MOST_SYNONYMS else ""
            terminal.say(f"  {label}: {', '.join(values[:_MOST_SYNONYMS])}{more}")
    for label, value in (("about", entity.about), ("from", entity.source), ("see", curie.address)):
        if value:
            terminal.say(f"  {label}: {value}")


def _print_named(ontology: Ontology, name: str, expected: Category | None, as_json: bool) -> None:
    found = grounding.ground_name(name, ontology, expected=expected)
    if not found.candidates:
        if ":" in name and " " not in name:
            # Meant as an identifier: its error says what is wrong with it.
            Curie.parse(name)
        raise NotFound(
            f"No entity that is known here is called “{name[:80]}”.",
            cure="Ask for another of its names, or build the index of whole ontologies.",
        )
    if as_json:
        terminal.print_json(name_document(found))
        return
    for candidate in found.candidates:
        mark = "→" if candidate == found.chosen else " "
        as_ = "" if candidate.matched == candidate.name else f", as “{candidate.matched}”"
        terminal.say(f"{mark} {candidate.curie} {_label(candidate)}{as_}")
    if found.chosen is None:
        terminal.say(f"None is sure enough: {found.why[-1]}.")


def candidate_document(candidate: Candidate | None) -> dict[str, Any] | None:
    """A candidate in JSON."""
    if candidate is None:
        return None
    return {
        "curie": candidate.curie,
        "name": candidate.name,
        "category": candidate.category,
        "matched": candidate.matched,
        "name_type": candidate.type.name.lower(),
        "bundled": candidate.bundled,
    }


def grounding_document(one: Grounding) -> dict[str, Any]:
    """A grounding in JSON."""
    return {
        "start": one.start,
        "end": one.end,
        "surface": one.surface,
        **_meaning_document(one),
    }


def name_document(one: NameGrounding) -> dict[str, Any]:
    """What a name means, in JSON."""
    return {"name": one.name, **_meaning_document(one)}


def _meaning_document(one: Grounding | NameGrounding) -> dict[str, Any]:
    return {
        "chosen": candidate_document(one.chosen),
        "score": one.score,
        "runner_up": candidate_document(one.runner_up),
        "runner_up_score": one.runner_up_score,
        "why": list(one.why),
        "candidates": [candidate_document(candidate) for candidate in one.candidates],
    }


def entity_document(
    entity: Entity, parents: tuple[Entity, ...], replacements: tuple[Curie, ...] | None
) -> dict[str, Any]:
    """An entity in JSON."""
    return {
        "curie": entity.curie,
        "name": entity.name,
        "category": entity.category,
        "synonyms": list(entity.synonyms),
        "xrefs": list(entity.xrefs),
        "parents": [{"curie": one.curie, "name": one.name} for one in parents],
        "obsolete": replacements is not None,
        "replaced_by": list(replacements or ()),
        "about": entity.about,
        "source": entity.source,
        "address": entity.curie.address,
    }


def _size(sources: Any, entities: int, names: int, built_at: str) -> dict[str, Any]:
    return {"sources": dict(sources), "entities": entities, "names": names, "built_at": built_at or None}
