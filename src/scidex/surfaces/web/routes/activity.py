"""Who did what: the log, one activity, one actor."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import queries
from scidex.kernel.ids import ActivityId, ActorId
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json

_PER_PAGE = 50


def log(site: Site, request: Request) -> Response:
    """``/activities``: the newest first."""
    return _log(site, request, "")


def agent(site: Site, request: Request) -> Response:
    """``/agent/{actor}``: what one actor did."""
    return _log(site, request, ActorId.parse(request.path_params["actor"]))


def _log(site: Site, request: Request, actor: str) -> Response:
    before = request.query_params.get("before", "")
    if before:
        ActivityId.parse(before)

    def make(connection: Connection, base: str) -> Answer:
        done = queries.activity_log(connection, actor=actor or None, before=before or None, limit=_PER_PAGE)
        if wants_json(request):
            return json_answer([queries.activity_document(activity) for activity, _ in done])
        more = done[-1][0].id if len(done) == _PER_PAGE else ""
        return site.page("activities.html", base, done=done, actor=actor, more=more)

    return site.answer(request, make)


def one(site: Site, request: Request) -> Response:
    """``/activity/{id}``."""
    id_ = ActivityId.parse(request.path_params["id"].removesuffix(".json"))

    def make(connection: Connection, base: str) -> Answer:
        activity, wrote, within = queries.activity(connection, id_)
        if wants_json(request):
            return json_answer(
                {
                    **queries.activity_document(activity),
                    "wrote": [f"/artifact/{head.id}?version={number}" for head, number in wrote],
                }
            )
        return site.page("activity.html", base, activity=activity, wrote=wrote, within=within)

    return site.answer(request, make)
