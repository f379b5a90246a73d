"""Importing a file over HTTP: as a form's upload, or as the body itself."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from scidex.atlas.graph.formats import sniff
from scidex.atlas.graph.ports import Ontology
from scidex.atlas.importing import Unreadable, parse_source
from scidex.kernel.errors import Refused
from scidex.surfaces.api.actions import IMPORT, answered
from scidex.surfaces.api.credentials import bearer
from scidex.surfaces.api.requests import asked, body, flag, idempotency_key, media_type
from scidex.surfaces.api.uploads import Upload, file_name, uploaded
from scidex.surfaces.web.errors import TooLarge, Unsupported
from scidex.surfaces.web.site import Site
from scidex.workflows.import_bibliography import ImportedBibliography, format_of, import_stream
from scidex.workflows.import_graph import ImportedGraph, import_graph_stream

LARGEST_FILE = 5_000_000  # bytes
_ENVELOPE = 20_000  # bytes around the file in a form
_HEAD = 65_536  # bytes by which a graph is known


async def import_file(site: Site, request: Request) -> Response:
    """``POST /api/v1/import``: imports one file and answers what became of it. Raises Refused for one that cannot be.

    A bibliography is stored record by record, a graph edge by edge, a table of claims goes onto its page (``?page=`` names it);
    all else is a page.
    """
    parameters = asked(request, {"name", "strict", "dry_run", "page"})
    strict, dry_run = flag(parameters, "strict"), flag(parameters, "dry_run")
    key = idempotency_key(request)
    await run_in_threadpool(bearer, site, request)
    read = _reader(request, parameters.get("name", ""))
    sent = await body(request, LARGEST_FILE + _ENVELOPE)

    def work() -> Any:
        actor = bearer(site, request)
        file = read(sent)
        if len(file.data) > LARGEST_FILE:
            raise TooLarge(f"{file.name} is larger than {LARGEST_FILE:,} bytes.", cure="Split it.")
        door = site.installation.door
        if format_of(file.data, file.name) is not None:
            return import_stream(door, BytesIO(file.data), file.name, actor=actor, dry_run=dry_run)
        if sniff(file.data[:_HEAD], file.name) is not None:
            ontology = site.installation.service(Ontology)
            return import_graph_stream(door, BytesIO(file.data), file.name, ontology, actor=actor, dry_run=dry_run)
        if file.name.lower().endswith(".csv"):
            command = {"table": _table(file), "name": file.name, "page": parameters.get("page", "")}
            return door.perform("claim.load", command, actor, key=key, dry_run=dry_run)
        try:
            # Here and not in the verb: reading takes long, and one write at a time is under way.
            parsed = parse_source(file.data, file.name)
        except Unreadable as error:
            raise _refused(file.name, error.problem, error.line, error.cure) from None
        staged = {"name": file.name, "data": file.data, "parsed": parsed}
        command = {"files": [staged], "strict": strict}
        return door.perform(IMPORT, command, actor, key=key, dry_run=dry_run)

    result = await site.write(work)
    if isinstance(result, ImportedBibliography | ImportedGraph):
        return JSONResponse(result.document, headers={"Cache-Control": "no-store"})
    if not hasattr(result, "files"):
        return answered(result)
    outcome = result.files[0]
    if outcome.outcome == "refused":
        raise _refused(outcome.name, outcome.problem, outcome.line, outcome.cure)
    return answered(outcome)


def _table(file: Upload) -> str:
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Counted in what was decoded: without the byte order mark.
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _refused(file.name, "this is not UTF-8", line, "Save it as UTF-8.") from None


def _reader(request: Request, name: str) -> Any:
    """How the file is found in the body. Raises Invalid or Unsupported before the body is read."""
    sent_as = media_type(request)
    if sent_as == "multipart/form-data":
        return partial(uploaded, content_type=request.headers["content-type"], name=name)
    if sent_as.startswith("multipart/") or sent_as == "application/x-www-form-urlencoded":
        raise Unsupported(
            f"A file does not come as {sent_as}.",
            cure="Send multipart/form-data, or the bytes themselves as application/octet-stream with ?name=.",
        )
    return partial(Upload, file_name(name))


def _refused(name: str, problem: str, line: int, cure: str) -> Refused:
    place = f"{name}, line {line}" if line else name
    return Refused(f"{place}: {problem}", cure=cure)
