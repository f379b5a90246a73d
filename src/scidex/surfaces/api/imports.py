"""Importing a file over HTTP: as a form's upload, or as the body itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas.importing import Unreadable, parse_source
from scidex.kernel.errors import Refused
from scidex.surfaces.api.actions import IMPORT, answered
from scidex.surfaces.api.credentials import bearer
from scidex.surfaces.api.requests import asked, body, flag, idempotency_key, media_type
from scidex.surfaces.api.uploads import Upload, file_name, uploaded
from scidex.surfaces.web.errors import TooLarge, Unsupported
from scidex.surfaces.web.site import Site

LARGEST_FILE = 5_000_000  # bytes
_ENVELOPE = 20_000  # bytes around the file in a form


async def import_file(site: Site, request: Request) -> Response:
    """``POST /api/v1/import``: imports one file and answers what became of it. Raises Refused for one that cannot be."""
    parameters = asked(request, {"name", "strict", "dry_run"})
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
        try:
            # Here and not in the verb: reading takes long, and one write at a time is under way.
            parsed = parse_source(file.data, file.name)
        except Unreadable as error:
            raise _refused(file.name, error.problem, error.line, error.cure) from None
        staged = {"name": file.name, "data": file.data, "parsed": parsed}
        command = {"files": [staged], "strict": strict}
        return site.installation.door.perform(IMPORT, command, actor, key=key, dry_run=dry_run)

    result = await site.write(work)
    outcome = result.files[0]
    if outcome.outcome == "refused":
        raise _refused(outcome.name, outcome.problem, outcome.line, outcome.cure)
    return answered(outcome)


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
