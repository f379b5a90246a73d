"""Who is signed in to the pages: a cookie that names a session, looked up on each request.

The cookie holds a random secret of its own, never the access token. The session is a row, not a signed statement: so
signing out ends it here too, and revoking the access token ends all that were begun with it, at once.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel import tokens
from scidex.kernel.ids import ActorId
from scidex.kernel.tokens import TokenView
from scidex.surfaces.web.site import Site

COOKIE = "scidex_session"


def signed_in(site: Site, request: Request) -> ActorId | None:
    """Who is signed in, None if nobody. Asks the database.

    Never for a page answered by `Site.answer`: that is kept by its address and shown to everybody.
    """
    session = current(site, request)
    return session.actor if session else None


def current(site: Site, request: Request) -> TokenView | None:
    """The session the request's cookie names, if it lives."""
    secret = request.cookies.get(COOKIE, "")
    if not secret:
        return None
    installation = site.installation
    with installation.storage.read() as connection:
        return tokens.session(connection, secret, installation.door.clock.now())


def remember(site: Site, request: Request, answer: Response, secret: str) -> None:
    """Lets the browser keep a session's secret: out of reach of scripts and of requests that other sites cause.

    Until when it opens something is decided here; the browser only cleans up.
    """
    secure = site.base(request).startswith("https:")
    lasts = int(tokens.LONGEST_SESSION.total_seconds())
    answer.set_cookie(COOKIE, secret, max_age=lasts, path="/", secure=secure, httponly=True, samesite="strict")


def forget(site: Site, request: Request, answer: Response) -> None:
    """Lets the browser drop it."""
    secure = site.base(request).startswith("https:")
    answer.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="strict")
