"""``/do/{verb}``: a form for any verb of the catalogue, made from its command, that works without script.

A verb that is added has a form without another line. Links prefill it: ``/do/paper.mark?ref=sx-…``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_origin

from pydantic.fields import FieldInfo
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel.actions import Verb
from scidex.kernel.errors import NotFound
from scidex.kernel.fields import choices_of, plain_type
from scidex.surfaces.api.forms import form_page, handle_form
from scidex.surfaces.web.site import Site

# These take files or whole contents: the command line and the API have them.
_NOT_BY_FORM = frozenset(
    {"import.store", "bibliography.store", "edge.load", "grounding.store", "artifact.create", "artifact.revise"}
)
_LONG = frozenset(
    {"statement", "passage", "quote", "original", "proposed", "reason", "note", "text", "table", "sources", "claims"}
)


@dataclass(frozen=True, slots=True)
class FormField:
    """One input: `sort` is text, long, choice, number or yes; `lines` marks a list, one entry a line."""

    name: str
    label: str
    help: str
    sort: str
    required: bool
    choices: tuple[str, ...] = ()
    value: str = ""
    lines: bool = False


async def act(site: Site, request: Request) -> Response:
    """Shows the form (GET), or performs the verb in the name of who is signed in (POST)."""
    verb = _verb(site, request)
    if request.method != "POST":
        fields = [
            _field(name, info, request.query_params.get(name, "")) for name, info in verb.command.model_fields.items()
        ]
        about = " ".join((verb.command.__doc__ or "").split())
        return await run_in_threadpool(
            form_page, site, request, "act.html", verb=verb, fields=fields, about=about, location=str(request.url.path)
        )
    back = request.query_params.get("back", "")
    return await handle_form(
        site, request, verb.name, lambda form: command_of(verb, form), lambda result: _after(result, back)
    )


def command_of(verb: Verb, form: dict[str, str]) -> dict[str, Any]:
    """The command that a form's fields say. An empty field is one that was left out."""
    asked: dict[str, Any] = {}
    for name, value in form.items():
        info = verb.command.model_fields.get(name)
        if not value.strip() and (info is None or not info.is_required()):
            continue
        field = _field(name, info, "") if info is not None else None
        if field is not None and field.lines:
            asked[name] = [line.strip() for line in value.splitlines() if line.strip()]
        elif field is not None and field.sort == "yes":
            asked[name] = value == "yes"
        elif field is not None and field.sort == "number" and value.strip().isascii() and value.strip().isdigit():
            asked[name] = int(value)
        else:
            asked[name] = value
    return asked


def _after(result: Any, back: str) -> str:
    """Where to go: back to the page the form was opened from, else to what was changed."""
    if back.startswith("/artifact/") and "//" not in back and "\\" not in back:
        return back
    changed = getattr(result, "id", "") or getattr(result, "page", "")
    return f"/artifact/{changed}" if changed else "/activities"


def _verb(site: Site, request: Request) -> Verb:
    verb = site.installation.door.catalogue[request.path_params["verb"]]
    if verb.name in _NOT_BY_FORM:
        raise NotFound(f"{verb.name} has no form.", cure="Use the command line or the API; see /api/v1/.")
    return verb


def _field(name: str, info: FieldInfo, value: str) -> FormField:
    annotation = plain_type(info.annotation)
    sort, lines = "text", False
    choices: tuple[str, ...] = ()
    if annotation is bool:
        sort = "yes"
    elif annotation is int:
        sort = "number"
    elif get_origin(annotation) is tuple:
        sort, lines = "long", True
    elif choices := choices_of(annotation):
        sort = "choice"
    elif name in _LONG:
        sort = "long"
    if not value and sort == "choice" and not info.is_required() and info.default is not None:
        value = str(info.default)
    label = name.replace("_", " ").capitalize()
    return FormField(name, label, info.description or "", sort, info.is_required(), choices, value[:20_000], lines)
