"""Debates: their ranking, what if, the score as a file that anybody can recompute, and holding a round."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scidex.agora import queries as agora
from scidex.agora.model import Dimension, Side
from scidex.agora.queries import Board, KeptDebate, Supposed, WhatIf
from scidex.agora.verdicts import Standing
from scidex.atlas import queries
from scidex.atlas.kinds import kind_of
from scidex.atlas.model import Head
from scidex.kernel.errors import Invalid, NotFound
from scidex.kernel.ids import ActorId
from scidex.surfaces.api.forms import carry_out, form_page
from scidex.surfaces.web.pages.debates import Replay, read_debate, standing_words
from scidex.surfaces.web.routes.artifact import asked_moment, asked_number, found
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json
from scidex.workflows.debating import debate_round

_RANKED = 200
"""So many debates are ranked on a page; the command line ranks all."""


def ranking(site: Site, request: Request) -> Response:
    """``/debates``: all debates by score, beside what simpler ways and the source say."""

    def make(connection: Connection, base: str) -> Answer:
        board = site.installation.service(Board)
        heads = queries.browse(connection, kind="debate", limit=_RANKED)
        read = [board.read(connection, head) for head in heads.items]
        rows = sorted(read, key=lambda row: (row[1].order, row[0].body.statement))
        undebated = [] if rows else queries.browse(connection, kind="hypothesis", limit=20).items
        contents = queries.contents_of(connection, [kept.subject for kept, _ in rows])
        if wants_json(request):
            return json_answer({"debates": [_row(kept, stands, contents) for kept, stands in rows]})
        return site.page("debates.html", base, rows=rows, contents=contents, more=bool(heads.next), undebated=undebated)

    return site.answer(request, make)


def export(site: Site, request: Request) -> Response:
    """``/artifact/{ref}/score.json``: the score with its inputs and rules, for `scidex verify`."""
    as_of, turn = asked_moment(request), asked_number(request, "turn")

    def make(connection: Connection, _base: str) -> Answer:
        head = found(connection, request, as_of=as_of)
        _check(head)
        view = queries.artifact(connection, head, as_of=as_of)
        kept, _ = read_debate(connection, site.installation.service(Board), view, Replay(turn))
        return json_answer(agora.export_document(kept), filename=f"{head.id}-score.json")

    return site.answer(request, make)


def what_if(site: Site, request: Request) -> Response:
    """``/artifact/{ref}/what-if``: where a debate would stand if arguments were struck, weakened or added. Nothing is written."""

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        _check(head)
        board = site.installation.service(Board)
        kept, now = board.read(connection, head)
        problem, then = "", now
        change = WhatIf()
        try:
            change = _asked(request)
            then = agora.supposed(kept, change)
        except (Invalid, NotFound) as error:
            if wants_json(request):
                raise
            problem = f"{error.message} {error.cure}".strip()
        others = [
            board.read(connection, other)[1].score.composite
            for other in queries.browse(connection, kind="debate", limit=_RANKED).items
            if other.id != head.id
        ]
        places = [agora.rank(each.score.composite, others) for each in (now, then)]
        if wants_json(request):
            return json_answer(
                {
                    "now": agora.standing_document(now) | {"rank": places[0]},
                    "then": agora.standing_document(then) | {"rank": places[1]},
                    "of": len(others) + 1,
                }
            )
        return site.page(
            "what-if.html",
            base,
            kept=kept,
            now=now,
            then=then,
            places=places,
            of=len(others) + 1,
            change=change,
            problem=problem,
            labels=kept.labels(),
            dimensions=list(Dimension),
            asked={name: request.query_params.get(name, "") for name in _FIELDS},
        )

    return site.answer(request, make)


async def hold_round(site: Site, request: Request) -> Response:
    """``/artifact/{ref}/round``: asks whether the default debaters shall hold a round (GET), and lets them (POST)."""
    reference = request.path_params["ref"]
    if request.method != "POST":

        def page() -> Response:
            with site.installation.storage.read() as connection:
                head = queries.find(connection, reference)[1]
            return form_page(site, request, "round.html", head=head, location=str(request.url.path))

        return await run_in_threadpool(page)

    def act(_form: dict[str, str], actor: ActorId, _key: str) -> Any:
        # Sent twice it finds nothing new the second time, so it needs no key.
        return debate_round(site.installation, reference, actor=actor)

    return await carry_out(site, request, act, lambda result: f"/artifact/{result.debate.id}")


_FIELDS = ("strike", "item", "weight", "about", "side", "cite", "supposed")


def _asked(request: Request) -> WhatIf:
    """What is to be otherwise. Raises Invalid."""
    given = {name: request.query_params.get(name, "").strip()[:2000] for name in _FIELDS}
    strike = tuple(dict.fromkeys(given["strike"].replace(",", " ").split()))
    weaken = ((given["item"], _thousandths(given["weight"])),) if given["item"] else ()
    add = None
    if given["about"]:
        if given["side"] not in ("supports", "attacks"):
            raise Invalid("An argument supports or attacks.", cure="Choose a side.")
        weight = 0 if given["cite"] else _thousandths(given["supposed"] or "500")
        add = Supposed(given["about"], Side(given["side"]), given["cite"], weight)
    return WhatIf(strike[:100], weaken, add)


def _thousandths(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 1000):
        raise Invalid(f"“{text[:20]}” is no weight.", cure="Give thousandths, from 0 to 1000.")
    return int(text)


def _check(head: Head) -> None:
    if head.kind != "debate":
        raise NotFound(
            f"“{head.title}” is a {kind_of(head.kind).label.lower()}, not a debate.",
            cure="Its page links to its debate.",
        )


def _row(kept: KeptDebate, stands: Standing, contents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    document = agora.standing_document(stands)
    kept_names = ("tier", "held_back", "outcome", "composite", "low", "high", "assessed", "baselines", "inputs")
    return {
        "debate": kept.head.id,
        "subject": kept.subject.id,
        "statement": kept.body.statement,
        "state": kept.body.state,
        "imported_score": contents.get(kept.subject.id, {}).get("score") or None,
        "words": standing_words(stands),
    } | {name: document[name] for name in kept_names}
