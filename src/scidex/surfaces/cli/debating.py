"""`scidex debate run`, `show` and `replay`, and `scidex recompute`. Opening, arguing, contesting and closing are verbs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from scidex.agora import queries as agora
from scidex.agora.explaining import contributions, cruxes
from scidex.agora.queries import KeptDebate
from scidex.agora.verdicts import Standing
from scidex.atlas import queries
from scidex.atlas.kinds.search_certificate import SearchBody
from scidex.atlas.model import Head
from scidex.atlas.searching.ports import Searching
from scidex.kernel.clock import format_time, parse_time
from scidex.kernel.errors import Invalid, NotFound
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal
from scidex.surfaces.cli.errors import FOUND_PROBLEMS
from scidex.surfaces.cli.scoring import print_explained, print_score, told_as
from scidex.workflows.debating import debate_round

_Opened = Callable[[], Installation]


def debate_commands(opened: _Opened) -> list[click.Command]:
    """Those that join the verbs on debates."""
    return [_run(opened), _show(opened), _replay(opened), _list(opened)]


def _run(opened: _Opened) -> click.Command:
    @click.command("run", short_help="Let the default debaters hold a round")
    @click.argument("ref")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(ref: str, as_json: bool) -> None:
        """Start or continue the debate on REF (a hypothesis, a claim, a debate …).

        The library is searched for and against, then each persona argues from the checked evidence that nobody has argued
        from yet. Without new evidence nothing is written but the certificate of the search.
        """
        installation = opened()
        told = debate_round(
            installation,
            ref,
            actor=installation.actor,
            progress=lambda words: None if as_json else terminal.errors.print(terminal.clean(f"  {words}")),
        )
        with installation.storage.read() as connection:
            kept = agora.kept_debate(connection, queries.find(connection, told.debate.id)[1])
        stands = kept.standing()
        if as_json:
            terminal.print_json({**told.document, "standing": agora.standing_document(stands)})
            return
        arguments = sum(len(turn.arguments) for turn in told.turns)
        if told.turns:
            terminal.say(f"Round {told.number}: {len(told.turns)} turns, {arguments} arguments.")
        else:
            terminal.say("No checked evidence is new since the last round; nobody took a turn.")
        terminal.say(f"The search is certified in {told.search}.")
        terminal.say(_line(kept, stands))
        terminal.say(f"Read it: scidex debate show {kept.head.id}")

    return run


def _show(opened: _Opened) -> click.Command:
    @click.command("show", short_help="Show a debate and its worked score")
    @click.argument("ref")
    @click.option("--turn", type=click.IntRange(min=0), help="As it was after this turn.")
    @click.option("--as-of", help="As it was at a moment (ISO 8601).")
    @click.option("--explain", is_flag=True, help="With what each argument contributes, and on which the tier hangs.")
    @click.option("--moves", "history", is_flag=True, help="With each move of the score and its cause.")
    @click.option("--export", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write it, to be verified.")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(
        ref: str,
        turn: int | None,
        as_of: str | None,
        explain: bool,
        history: bool,
        out: Path | None,
        as_json: bool,
    ) -> None:
        """Show the debate REF, or the debate on REF: the transcript, the worked sum, and what weighs nothing and why."""
        installation = opened()
        with installation.storage.read() as connection:
            head = _debate(connection, ref)
            moment = parse_time(as_of) if as_of else None
            kept = agora.kept_debate(connection, head, as_of=moment)
            if turn is not None:
                kept = kept.until(turn)
            moves = agora.moves(connection, kept) if history else ()
        stands = kept.standing()
        if out is not None:
            out.write_text(json.dumps(agora.export_document(kept), ensure_ascii=False, indent=1) + "\n", "utf-8")
        document = agora.debate_document(kept, stands)
        if explain:
            debate = kept.debate()
            document |= agora.explanation_document(contributions(debate, kept.rules), cruxes(debate, kept.rules))
        if history:
            document["moves"] = [agora.move_document(move) for move in moves]
        if as_json:
            terminal.print_json(document)
            return
        _print(kept, stands, document)
        if out is not None:
            terminal.say(f"Wrote {out}. `scidex verify {out}` recomputes it.")

    return run


def _replay(opened: _Opened) -> click.Command:
    @click.command("replay", short_help="Ask again what a search certificate asked")
    @click.argument("certificate")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    @click.pass_context
    def run(context: click.Context, certificate: str, as_json: bool) -> None:
        """Ask the questions of CERTIFICATE again: evidence as of its moment, words as of today.

        Exit code 1 if evidence that stood then is not what the certificate names. Words find what the library has now.
        """
        installation = opened()
        with installation.storage.read() as connection:
            head = queries.find(connection, certificate)[1]
            if head.kind != "search":
                raise Invalid(f"“{head.title}” is a {head.kind}, not a search certificate.")
            body = SearchBody.model_validate(queries.artifact_content(connection, head))
            subject = queries.find(connection, body.subject)[1]
            told = agora.replayed(connection, installation.service(Searching), subject, body)
        false = any(not each.same for each in told if each.entry.method == "evidence")
        if as_json:
            terminal.print_json(
                [
                    {
                        **each.entry.model_dump(mode="json"),
                        "same": each.same,
                        "total_now": each.again.total,
                        "new": list(each.new),
                        "gone": list(each.gone),
                    }
                    for each in told
                ]
            )
        else:
            terminal.say(f"Searched at {body.as_of} for and against: {body.statement}")
            for each in told:
                line = f"  {each.entry.side}, by {each.entry.method}: {each.entry.total} then"
                now = "" if each.same else f", {each.again.total} now ({len(each.new)} new, {len(each.gone)} gone)"
                terminal.say(f"{line}{now or ', the same again'}.")
        if false:
            context.exit(FOUND_PROBLEMS)

    return run


def _list(opened: _Opened) -> click.Command:
    @click.command("list", short_help="List the debates by score")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(as_json: bool) -> None:
        """List all debates, those with the highest score first, and those without enough evidence after them."""
        installation = opened()
        with installation.storage.read() as connection:
            kept = [agora.kept_debate(connection, head, waiting=False) for head in list(agora.all_debates(connection))]
        found = sorted(
            ((each, each.standing()) for each in kept),
            key=lambda pair: (pair[1].order, pair[0].head.id),
        )
        if as_json:
            terminal.print_json(
                [
                    {
                        "debate": each.head.id,
                        "subject": each.subject.id,
                        "statement": each.body.statement,
                        "state": each.body.state,
                        **agora.standing_document(stands),
                    }
                    for each, stands in found
                ]
            )
            return
        if not found:
            terminal.say("Nothing is debated here yet. `scidex debate run REF` starts a debate.")
            return
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("Debate", "Score", "Bounds", "Tier", "Of what"):
            table.add_column(name, no_wrap=name != "Of what")
        for each, stands in found:
            score = "none" if stands.score.composite is None else told_as(stands.score.composite)
            bounds = f"{told_as(stands.score.low)} – {told_as(stands.score.high)}"
            table.add_row(each.head.id, score, bounds, str(stands.tier), terminal.clean(each.body.statement))
        terminal.console.print(table)

    return run


def recompute_command(opened: _Opened) -> click.Command:
    """`scidex recompute`."""

    @click.command("recompute", short_help="Compute every score anew")
    @click.argument("refs", nargs=-1, metavar="[REF...]")
    @click.option("--check", is_flag=True, help="Exit with 1 if a verdict is not what its inputs give.")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    @click.pass_context
    def run(context: click.Context, refs: tuple[str, ...], check: bool, as_json: bool) -> None:
        """Compute the scores of all debates (or of those on REF) anew, from what is known now and from what was known then.

        Each verdict is recomputed from what the library held when it was given, and has to come out the same, to the bit.
        Where a closed debate stands elsewhere today, that is told.
        """
        installation = opened()
        told = []
        with (
            installation.storage.read() as connection,
            terminal.counting("debates computed anew", quiet=as_json) as progress,
        ):
            heads = [_debate(connection, ref) for ref in refs] or agora.all_debates(connection)
            for number, head in enumerate(heads, 1):
                told.append(agora.recomputed(connection, head))
                progress(number)
        wrong = [each for each in told if not each.right]
        if as_json:
            terminal.print_json([agora.recomputed_document(each) for each in told])
        else:
            for each in told:
                if each.moved:
                    last = each.kept.body.verdicts[-1]
                    was = "no score" if last.composite is None else told_as(last.composite)
                    terminal.say(
                        f"moved  {each.kept.head.id} “{each.kept.body.statement}”: {was}, {last.tier} when it was closed; now "
                        f"{_scored(each.standing)}"
                    )
                for verdict in each.verdicts:
                    for difference in verdict.differences:
                        line = f"{each.kept.head.id}, verdict of {format_time(verdict.at)}: {difference}"
                        terminal.say(Text("wrong  ", style="bold red").append(terminal.clean(line)))
            verdicts = sum(len(each.verdicts) for each in told)
            terminal.say(
                f"{len(told)} debates and {verdicts} verdicts computed anew: "
                + (
                    f"{len(wrong)} debates have verdicts that differ."
                    if wrong
                    else "every verdict is what its inputs give."
                )
            )
        if check and wrong:
            context.exit(FOUND_PROBLEMS)

    return run


def _debate(connection: Any, ref: str) -> Head:
    """The debate that `ref` names, or the one on what it names. Raises NotFound."""
    head = queries.find(connection, ref)[1]
    there = agora.debates_on(connection, head)
    if not there:
        raise NotFound(f"“{head.title}” is not debated.", cure=f"`scidex debate run {head.id}` starts a debate.")
    return there[-1]


def _print(kept: KeptDebate, stands: Standing, document: dict[str, Any]) -> None:
    labels = kept.labels()
    terminal.say(Text(terminal.clean(kept.body.statement).plain, style="bold"))
    terminal.say(_line(kept, stands))
    terminal.say("")
    scored = {each.weighed.argument.id: each for each in stands.score.arguments}
    for turn in kept.turns:
        who = turn.body.speaker or "somebody"
        withdrawn = "" if turn.stands else f" ({turn.head.state})"
        terminal.say(Text(f"{turn.body.number}. {who}{withdrawn}", style="bold"))
        if turn.body.words:
            terminal.say(f"   {turn.body.words}")
        for id_, said in turn.arguments():
            strength = told_as(scored[id_].strength) if id_ in scored else "struck"
            about = labels.get(said.about, said.about)
            terminal.say(f"   {labels[id_]} {said.side} {about} [{strength}] {said.words}")
            for cite in said.cites:
                if cite.fault:
                    terminal.say(Text(f"       {cite.fault}: {cite.item}. ", style="yellow").append(cite.why))
    terminal.say("")
    print_score(stands.score, labels, tier=str(stands.tier))
    if stands.held_back:
        terminal.say(f"By rule alone the tier would be {stands.score.tier}: {stands.held_back}.")
    for view in kept.waiting[:20]:
        why = ", ".join(view.uncounted) or "nobody has argued from it yet"
        terminal.say(f"  not argued from: {view.head.id} ({why})")
    if "cruxes" in document:
        print_explained(document, labels)
    for move in document.get("moves", ()):
        now = "no score" if move["composite"] is None else told_as(move["composite"])
        terminal.say(
            f"  {move['at'][:16]}  {now}, {told_as(move['low'])} – {told_as(move['high'])}, {move['tier']}: {move['cause']}"
        )


def _line(kept: KeptDebate, stands: Standing) -> str:
    return f"{kept.body.state.capitalize()}. {_scored(stands).capitalize()}"


def _scored(stands: Standing) -> str:
    bounds = f"{told_as(stands.score.low)} – {told_as(stands.score.high)}"
    if stands.score.composite is None:
        return f"no score, not enough evidence (between {bounds}); {stands.tier}."
    return f"score {told_as(stands.score.composite)} ({bounds}); {stands.tier}."
