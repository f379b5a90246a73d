"""`scidex score` and `scidex verify`: a debate in a file becomes a score, and a score is recomputed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from scidex.agora import verifier
from scidex.agora.argumentation import ONE
from scidex.agora.documents import read_debate
from scidex.agora.explaining import contributions, cruxes, struck
from scidex.agora.export import score_document, score_export
from scidex.agora.queries import explanation_document
from scidex.agora.rules import NEWEST, rules
from scidex.agora.scoring import Score, score
from scidex.kernel.errors import Invalid
from scidex.surfaces.cli import terminal
from scidex.surfaces.cli.errors import FOUND_PROBLEMS

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_STRIKE = "Without this argument and what is about it; may be given again."


def scoring_commands() -> list[click.Command]:
    """Both. Neither opens a library: all they need is in the file."""
    return [_score(), _verify()]


def _score() -> click.Command:
    @click.command("score", short_help="Score a debate that is in a file")
    @click.argument("file", type=_FILE)
    @click.option("--strike", multiple=True, metavar="ARGUMENT", help=_STRIKE)
    @click.option("--explain", is_flag=True, help="With what each argument contributes, and on which the tier hangs.")
    @click.option("--rules", "version", default=NEWEST, show_default=True, help="Which rules.")
    @click.option("--export", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write it, to be verified.")
    @click.option("--json", "as_json", is_flag=True, help="In JSON.")
    def run(file: Path, strike: tuple[str, ...], explain: bool, version: str, out: Path | None, as_json: bool) -> None:
        """Compute the score of the debate in FILE, line by line.

        Only evidence counts whose quote was checked, whose source is verified and not retracted, and whose stance somebody
        judged. Without enough of it there is no score, and that is said.
        """
        debate, numbers = read_debate(file.read_bytes(), file.name), rules(version)
        if unknown := set(strike) - {argument.id for argument in debate.arguments}:
            raise Invalid(f"There is no argument {min(unknown)} in {file.name}.", cure="Name one that is there.")
        debate = struck(debate, strike)
        found = score(debate, numbers)
        if out is not None:
            out.write_text(json.dumps(score_export(debate, numbers), ensure_ascii=False, indent=1) + "\n", "utf-8")
        document: dict[str, Any] = score_document(found)
        if explain:
            document |= explanation_document(contributions(debate, numbers), cruxes(debate, numbers))
        if as_json:
            terminal.print_json(document)
            return
        print_score(found)
        if explain:
            print_explained(document)
            heard = sum(each.weighed.heard for each in found.arguments)
            if (told := len(document["contributions"])) < heard:
                terminal.say(f"  Only the {told} heaviest of {heard} arguments were looked at.")
        if out is not None:
            terminal.say(f"Wrote {out}. `scidex verify {out}` recomputes it.")

    return run


def _verify() -> click.Command:
    @click.command("verify", short_help="Recompute an exported score")
    @click.argument("file", type=_FILE)
    @click.option("--json", "as_json", is_flag=True, help="In JSON.")
    @click.pass_context
    def run(context: click.Context, file: Path, as_json: bool) -> None:
        """Recompute the score in FILE by a program that shares no code with the one that made it.

        Exit code 1 if any number is not what its inputs give.
        """
        try:
            differences = verifier.verify(json.loads(file.read_bytes()))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Invalid(
                f"{file.name} is no exported score ({error}).", cure="`scidex score FILE --export OUT` writes one."
            ) from None
        if as_json:
            terminal.print_json({"right": not differences, "differences": differences})
        else:
            for line in differences:
                terminal.say(Text("wrong  ", style="bold red").append(terminal.clean(line)))
            if not differences:
                terminal.say("Every number is right.")
        if differences:
            context.exit(FOUND_PROBLEMS)

    return run


def print_score(found: Score, labels: Mapping[str, str] | None = None, tier: str = "") -> None:
    """The worked sum, and what weighs nothing and why. `labels` are what readers call the arguments."""
    names = labels or {}
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, side in (
        ("Dimension", "left"),
        ("Weight", "right"),
        ("Strength", "right"),
        ("Bounds", "right"),
        ("Adds", "right"),
    ):
        table.add_column(name, justify="left" if side == "left" else "right")
    for line in found.lines:
        if line.strength is None:
            table.add_row(_words(line.dimension), f"{line.weight} %", "not assessed", "", "")
        else:
            bounds = f"{told_as(line.low)} – {told_as(line.high)}"
            adds = f"{line.product / ONE / 100:.4f}"
            table.add_row(_words(line.dimension), f"{line.weight} %", told_as(line.strength), bounds, adds)
    terminal.console.print(table)
    terminal.say("")
    if found.composite is None:
        terminal.say(f"Not enough evidence: dimensions that weigh {found.assessed} % were argued about. No score.")
    else:
        total = sum(line.product for line in found.lines) / ONE / 100
        terminal.say(f"Score {told_as(found.composite)}: {total:.4f} over the {found.assessed} % that were assessed.")
    terminal.say(
        f"Bounds {told_as(found.low)} – {told_as(found.high)}, what was not assessed included. Tier: {tier or found.tier}."
    )
    weighing = sum(any(use.weighs for use in each.weighed.uses) for each in found.arguments)
    terminal.say(f"{weighing} of {len(found.arguments)} arguments weigh something.")
    for each in found.arguments:
        reasons = dict.fromkeys(str(reason) for use in each.weighed.uses for reason in use.why)
        if not any(use.weighs for use in each.weighed.uses):
            why = ", ".join(reasons) or "cites no evidence"
            terminal.say(f"  {names.get(each.weighed.argument.id, each.weighed.argument.id)} weighs nothing: {why}")
    for_, against = found.baselines.vote
    terminal.say(f"A plain vote would say {for_} for, {against} against.")
    terminal.say(f"Kernel {found.kernel}, rules {found.rules}, inputs {found.inputs[:16]}…")


def print_explained(document: dict[str, Any], labels: Mapping[str, str] | None = None) -> None:
    """What each argument contributes, and on which the tier hangs."""
    names = labels or {}
    terminal.say("")
    for each in sorted(document["contributions"], key=lambda each: -abs(each["of_dimension"] or 0)):
        change = "all of it" if each["of_dimension"] is None else f"{each['of_dimension'] / ONE:+.4f}"
        terminal.say(
            f"  {names.get(each['argument'], each['argument'])} contributes {change} to {_words(each['dimension'])}"
        )
    for each in document["cruxes"]:
        does = "turned round" if each["flipped"] else "struck"
        terminal.say(
            f"  crux: {', '.join(names.get(name, name) for name in each['arguments'])} {does}: {each['tier']}, {each['outcome']}"
        )
    if not document["cruxes"]:
        all_ = "" if document["all_cruxes_tried"] else " of those that were tried"
        terminal.say(f"  No set{all_} of up to three arguments decides.")


def told_as(strength: int) -> str:
    """A strength as it is printed."""
    return f"{strength / ONE:.4f}"


def _words(name: str) -> str:
    return str(name).replace("-", " ")
