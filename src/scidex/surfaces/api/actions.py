"""The verbs of the catalogue over HTTP: which there are, and doing one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel.actions import Catalogue, Result, Verb
from scidex.kernel.errors import NotFound
from scidex.surfaces.api.credentials import bearer
from scidex.surfaces.api.requests import asked, body, flag, idempotency_key, media_type
from scidex.surfaces.api.strict_json import json_object
from scidex.surfaces.web.errors import Unsupported
from scidex.surfaces.web.site import Answer, Site, json_answer

LARGEST_COMMAND = 1_000_000  # bytes
# It takes files and has an address of its own.
IMPORT = "import.store"


def offered(catalogue: Catalogue) -> dict[str, Verb]:
    """The verbs that take a command in JSON, by name."""
    return {verb.name: verb for verb in catalogue if verb.name != IMPORT}


async def perform(site: Site, request: Request) -> Response:
    """``POST /api/v1/actions/{verb}``: performs the verb in the name of the token's actor."""
    name = request.path_params["verb"]
    if name not in offered(site.installation.door.catalogue):
        cure = "POST the file to /api/v1/import." if name == IMPORT else "GET /api/v1/actions lists them."
        raise NotFound(f"There is no action “{name[:60]}” at this address.", cure=cure)
    dry_run = flag(asked(request, {"dry_run"}), "dry_run")
    key = idempotency_key(request)
    # Before the body, so that strangers cannot make us keep any.
    await run_in_threadpool(bearer, site, request)
    if media_type(request) != "application/json":
        raise Unsupported("The command is not sent as JSON.", cure="Send it with Content-Type: application/json.")
    sent = await body(request, LARGEST_COMMAND)

    def work() -> Any:
        # Asked again: a body can take its time, and a token revoked meanwhile opens nothing.
        actor = bearer(site, request)
        return site.installation.door.perform(name, json_object(sent), actor, key=key, dry_run=dry_run)

    return answered(await site.write(work))


def answered(result: Result) -> Response:
    """A verb's result as JSON, not to be kept by anybody on the way."""
    answer = json_answer(result.model_dump(mode="json"))
    return Response(answer.body, media_type=answer.media_type, headers={"Cache-Control": "no-store"})


def listing(site: Site, request: Request) -> Response:
    """``GET /api/v1/actions``: every verb with the JSON Schemas of its command and its result."""

    def make(_connection: Connection, base: str) -> Answer:
        return json_answer([_described(verb, base) for verb in offered(site.installation.door.catalogue).values()])

    return site.answer(request, make)


def _described(verb: Verb, base: str) -> dict[str, Any]:
    return {
        "name": verb.name,
        "summary": verb.summary,
        "address": f"{base}/api/v1/actions/{verb.name}",
        "command": verb.command.model_json_schema(),
        "result": verb.result.model_json_schema(mode="serialization"),
    }
