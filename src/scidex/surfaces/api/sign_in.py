"""Signing in to the pages with an access token, and out."""

from __future__ import annotations

import ipaddress
import re
from importlib import resources
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scidex.kernel import tokens
from scidex.kernel.canonical import sha256
from scidex.kernel.tokens import token_door
from scidex.surfaces.api.forms import post_form
from scidex.surfaces.api.same_origin import require_same_origin
from scidex.surfaces.api.sessions import current, forget, remember, signed_in
from scidex.surfaces.web.errors import Unauthenticated
from scidex.surfaces.web.site import Site

_LARGEST_FORM = 10_000  # bytes
_TEMPLATE = (resources.files("scidex.surfaces.api") / "sign-in.html").read_text(encoding="utf-8")
# A path of this site: browsers read two slashes, or a backslash, as another one's.
_OWN_PATH = re.compile(r"/(?!/)[!-\[\]-~]{0,2000}")


async def sign_in(site: Site, request: Request) -> Response:
    """``/sign-in``: GET shows the form, POST begins a session. ``next`` is where it leads."""
    if request.method == "POST":
        return await _begin(site, request)
    return await run_in_threadpool(_form, site, request)


async def sign_out(site: Site, request: Request) -> Response:
    """``POST /sign-out``: ends the session, here and in the browser."""
    require_same_origin(site, request)

    def work() -> None:
        if session := current(site, request):
            token_door(site.installation.door).perform("token.revoke", {"id": session.id}, session.actor)

    await site.write(work)
    answer = RedirectResponse("/", 303, headers={"Cache-Control": "no-store"})
    forget(site, request, answer)
    return answer


def _form(site: Site, request: Request) -> Response:
    base = site.base(request)
    with site.installation.storage.read() as connection:
        first = not tokens.any_token(connection)
    html = site.templates.from_string(_TEMPLATE).render(
        base=base,
        actor=signed_in(site, request),
        next=_own_path(request.query_params.get("next", "")),
        first=first and _is_loopback(base),
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


async def _begin(site: Site, request: Request) -> Response:
    require_same_origin(site, request)
    form = await post_form(request, _LARGEST_FORM)
    given, secret = form.get("token", "").strip(), tokens.new_session_secret()
    door = token_door(site.installation.door)

    def work() -> None:
        with site.installation.storage.read() as connection:
            token = tokens.access(connection, given, door.clock.now())
        if token is None:
            raise Unauthenticated(
                "This access token opens nothing: it is unknown, expired or revoked.",
                cure="Go back and paste another one; `scidex token create` makes one.",
            )
        door.perform("session.begin", {"access_hash": sha256(given), "hash": sha256(secret)}, token.actor)

    await site.write(work)
    answer = RedirectResponse(_own_path(form.get("next", "")), 303, headers={"Cache-Control": "no-store"})
    remember(site, request, answer, secret)
    return answer


def _own_path(asked: str) -> str:
    """`asked`, if it is a path of this site, else the front page's."""
    return asked if _OWN_PATH.fullmatch(asked) else "/"


def _is_loopback(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
