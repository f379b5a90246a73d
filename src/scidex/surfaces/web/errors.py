"""The web's one table from error categories to status codes, and the pages that say what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel.errors import Conflict, Defect, Forbidden, Invalid, NotFound, Refused, ScidexError
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json


class Unauthenticated(ScidexError):  # noqa: N818 (named for what happened, as the others)
    """It is not known who asks."""

    category = "unauthenticated"


class TooLarge(ScidexError):  # noqa: N818 (named for what happened, as the others)
    """What was sent is larger than what is read here."""

    category = "too-large"


class Unsupported(ScidexError):  # noqa: N818 (named for what happened, as the others)
    """What was sent is in a form that is not read here."""

    category = "unsupported"


STATUS: dict[type[ScidexError], tuple[int, str]] = {
    Invalid: (400, "This request cannot be understood"),
    NotFound: (404, "Nothing of that name is kept here"),
    Conflict: (409, "Something has changed in the meantime"),
    Forbidden: (403, "You may not do that"),
    Refused: (422, "This was refused"),
    Defect: (500, "SciDEX has made a mistake"),
    Unauthenticated: (401, "It is not known who asks"),
    TooLarge: (413, "This is too large"),
    Unsupported: (415, "This form is not read here"),
}
_HTTP = {404: "There is no page at this address", 405: "This page can only be read"}

log = logging.getLogger("scidex.web")


def error_handlers(site: Site) -> dict[type[Exception] | int, Callable[[Request, Exception], Response]]:
    """What Starlette calls when a route raises."""

    def ours(request: Request, error: Exception) -> Response:
        if not isinstance(error, ScidexError):
            raise error
        status, headline = next(entry for category, entry in STATUS.items() if isinstance(error, category))
        reasons = error.reasons if isinstance(error, Refused) else ()
        answer = _explained(site, request, status, error.category, headline, error.message, error.cure, reasons)
        if isinstance(error, Unauthenticated):
            answer.headers["WWW-Authenticate"] = 'Bearer realm="scidex"'
        return answer

    def routing(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        headline = _HTTP.get(error.status_code, "This did not work")
        cure = "Begin again from the front page."
        if request.url.path.startswith("/api/"):
            cure = "GET /api/v1/ says which addresses there are."
        answer = _explained(site, request, error.status_code, "http", headline, error.detail, cure)
        answer.headers.update(error.headers or {})  # such as Allow with a 405
        return answer

    def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected error at %s", request.url.path, exc_info=error)
        message = "Something unexpected happened; it is in the server's log."
        return _explained(site, request, 500, "defect", "SciDEX has made a mistake", message, "Try again.")

    return {ScidexError: ours, HTTPException: routing, Exception: unexpected}


def _explained(
    site: Site,
    request: Request,
    status: int,
    category: str,
    headline: str,
    message: str,
    cure: str,
    reasons: tuple[str, ...] = (),
) -> Response:
    if wants_json(request):
        error: dict[str, object] = {"category": category, "message": message, "cure": cure}
        if reasons:
            error["reasons"] = reasons
        answer = json_answer({"error": error}, status=status)
    else:
        html = site.render("error.html", base="", headline=headline, message=message, cure=cure, status=status)
        answer = Answer(html, status=status)
    return Response(
        answer.body, status_code=status, media_type=answer.media_type, headers={"Cache-Control": "no-store"}
    )
