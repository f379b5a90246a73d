"""Forms on pages: how one is shown, read and carried out. Which forms there are is the pages' business."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scidex.kernel.actions import Command
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ActorId
from scidex.surfaces.api.requests import body, checked_key, media_type
from scidex.surfaces.api.same_origin import require_same_origin
from scidex.surfaces.api.sessions import signed_in
from scidex.surfaces.web.errors import Unauthenticated, Unsupported
from scidex.surfaces.web.site import Site

LARGEST_FORM = 1_000_000  # bytes
_MOST_FIELDS = 200
_NOT_KEPT = {"Cache-Control": "no-store"}


def form_page(site: Site, request: Request, template: str, **context: Any) -> Response:
    """A page with a form, kept by nobody: it is given `actor`, who is signed in, and a fresh `key` for a hidden field.

    Asks the database.
    """
    context |= {"actor": signed_in(site, request), "key": form_key(), "base": site.base(request)}
    return HTMLResponse(site.render(template, **context), headers=_NOT_KEPT)


def form_key() -> str:
    """An idempotency key: one for each form that is shown, so that sending it twice has one effect."""
    return secrets.token_urlsafe(16)


async def post_form(request: Request, limit: int = LARGEST_FORM) -> dict[str, str]:
    """The fields of a form, with plain line feeds in their values. Raises Invalid, TooLarge or Unsupported."""
    if media_type(request) != "application/x-www-form-urlencoded":
        raise Unsupported("This is not sent as a form.", cure="Programs use /api/v1/.")
    sent = await body(request, limit)
    try:
        fields = parse_qsl(sent.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError:
        raise Invalid("The form is not UTF-8.", cure="Send UTF-8.") from None
    except ValueError:
        raise Invalid(f"The form has more than {_MOST_FIELDS} fields.", cure="Send less at once.") from None
    form = dict(fields)
    if len(form) != len(fields):
        raise Invalid("A field of the form is given twice.", cure="Give each once.")
    if any("\0" in name or "\0" in value for name, value in fields):
        raise Invalid("A field of the form holds a NUL character.", cure="Remove it.")
    return {name: value.replace("\r\n", "\n") for name, value in fields}


async def handle_form(
    site: Site,
    request: Request,
    verb: str,
    build_command: Callable[[dict[str, str]], Command | Mapping[str, Any]],
    success_location: Callable[[Any], str],
) -> Response:
    """Performs `verb` in the name of who is signed in and leads (303) to what `success_location` says of the result.

    `build_command` is given the form's fields without `key`, which is the idempotency key if it is there. Whatever is
    raised becomes the page that says what went wrong; going back in the browser finds the form as it was filled in.
    """

    def perform(form: dict[str, str], actor: ActorId, key: str) -> Any:
        return site.installation.door.perform(verb, build_command(form), actor, key=key)

    return await carry_out(site, request, perform, success_location)


async def carry_out(
    site: Site,
    request: Request,
    act: Callable[[dict[str, str], ActorId, str], Any],
    success_location: Callable[[Any], str],
) -> Response:
    """As `handle_form`, for what is more than one verb: `act` is given the fields, who is signed in, and the key."""
    require_same_origin(site, request)
    if await run_in_threadpool(signed_in, site, request) is None:
        raise _nobody()
    form = await post_form(request)
    key = form.pop("key", "")
    if key:
        checked_key(key)

    def work() -> Any:
        # Asked again: the session may have ended while the form came in.
        if (actor := signed_in(site, request)) is None:
            raise _nobody()
        return act(form, actor, key)

    result = await site.write(work)
    return RedirectResponse(success_location(result), 303, headers=_NOT_KEPT)


def _nobody() -> Unauthenticated:
    return Unauthenticated("You are not signed in.", cure="Sign in at /sign-in, then come back and send it again.")
