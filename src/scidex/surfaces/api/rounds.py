"""Holding a round of a debate over HTTP."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from scidex.surfaces.api.credentials import bearer
from scidex.surfaces.api.requests import asked, body
from scidex.surfaces.web.site import Site
from scidex.workflows.debating import debate_round

_LARGEST = 1_000  # bytes: there is nothing to say


async def hold(site: Site, request: Request) -> Response:
    """``POST /api/v1/debates/{ref}/rounds``: the default debaters hold a round on an artifact or a debate."""
    asked(request, ())
    await run_in_threadpool(bearer, site, request)
    await body(request, _LARGEST)

    def work() -> Any:
        return debate_round(site.installation, request.path_params["ref"], actor=bearer(site, request))

    told = await site.write(work)
    return JSONResponse(told.document, headers={"Cache-Control": "no-store"})
