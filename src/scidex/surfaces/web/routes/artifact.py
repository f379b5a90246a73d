"""An artifact's own address: the page, its embed form, and its JSON."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.agora.queries import Board
from scidex.atlas import queries
from scidex.atlas.bibliography.formats import FORMATS
from scidex.atlas.kinds import State
from scidex.atlas.model import Head
from scidex.kernel.clock import parse_time
from scidex.kernel.errors import Invalid, NotFound
from scidex.kernel.ids import ArtifactId
from scidex.surfaces.web.pages.artifact import artifact_context
from scidex.surfaces.web.pages.citing import DOWNLOADS, as_file
from scidex.surfaces.web.pages.debates import Replay, debated_document
from scidex.surfaces.web.site import Answer, Moved, Site, json_answer, wanted_bibliography, wants_json

_GONE = 410


def read(site: Site, request: Request) -> Response:
    """``/artifact/{ref}``, with ``?version=``, ``?as_of=``, ``?embed=1`` and ``.json``."""
    number, as_of = asked_version(request), asked_moment(request)
    embedded = request.query_params.get("embed", "") not in ("", "0")

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request, as_of=as_of)
        view = queries.artifact(connection, head, version=number, as_of=as_of)
        status = _GONE if view.state is State.TOMBSTONE else 200
        if wants_json(request):
            document = queries.artifact_document(connection, view)
            if head.kind == "debate":
                document["debate"] = debated_document(
                    site.installation.service(Board), connection, view, Replay(asked_number(request, "turn"))
                )
            if view.state is State.TOMBSTONE:
                document.pop("content")
            return json_answer(document, status=status)
        if view.state is not State.TOMBSTONE and (form := wanted_bibliography(request)):
            text = as_file(queries.cited_record(view, base, pinned=number is not None), form)
            return Answer(text, f"{FORMATS[form].media_types[0]}; charset=utf-8", status=status)
        context = artifact_context(
            connection,
            view,
            base=base,
            board=site.installation.service(Board),
            came_from=_came_from(connection, request, head),
            asked=Replay(asked_number(request, "turn"), asked_number(request, "before")),
        )
        template = "embed.html" if embedded else "artifact.html"
        if embedded and context.debate is not None:
            template = "debate-embed.html"
        html = site.render(template, base=base, page=context)
        address = context.permanent if number else context.address
        links = (
            f'<{address}>; rel="canonical"',
            f'<{context.address}.json>; rel="alternate"; type="application/json"',
            *(
                f'<{context.address}/cite.{end}>; rel="describedby"; type="{FORMATS[name].media_types[0]}"'
                for end, _, name in DOWNLOADS
            ),
        )
        return Answer(html, status=status, framable=embedded, links=links)

    return site.answer(request, make)


def found(connection: Connection, request: Request, *, reference: str = "", as_of: datetime | None = None) -> Head:
    """The artifact that the address names. Raises Moved if it has another address: for ever, or after a merge for now.

    ``?redirect=no`` reads what was merged away.
    """
    given = reference or request.path_params["ref"]
    reference = given.removesuffix(".json")
    named, led = queries.find(connection, reference, as_of=as_of)
    if "redirect" in request.query_params:
        return named
    if led.id == reference:
        return led
    rest = request.url.path.removeprefix(f"/artifact/{given}") if request.url.path.startswith("/artifact/") else ""
    form = ".json" if given.endswith(".json") else ""
    asked = [request.url.query] if request.url.query else []
    if named.id != led.id:
        asked.append(f"merged={named.id}")
    query = f"?{'&'.join(asked)}" if asked else ""
    raise Moved(f"/artifact/{led.id}{form}{rest}{query}", permanent=named.id == led.id)


def _came_from(connection: Connection, request: Request, head: Head) -> Head | None:
    """The artifact whose address a reader used, if a merge led from it to `head`."""
    asked = request.query_params.get("merged", "")
    if not ArtifactId.matches(asked):
        return None
    try:
        named, led = queries.find(connection, asked)
    except NotFound:
        return None
    return named if led.id == head.id and named.id != head.id else None


def asked_version(request: Request) -> int | None:
    """``?version=``, if given. Raises Invalid."""
    return asked_number(request, "version")


def asked_number(request: Request, name: str) -> int | None:
    """A whole number from the query. Raises Invalid."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise Invalid(f"“{text[:30]}” is not a {name}.", cure="It is a whole number from 1 up.")
    return int(text)


def asked_moment(request: Request) -> datetime | None:
    """``?as_of=``, if given. Raises Invalid."""
    text = request.query_params.get("as_of", "")
    # A plus in a query means a space, but people write offsets with it.
    return parse_time(text.replace(" ", "+") if "T" in text else text) if text else None
