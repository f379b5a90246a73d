"""`scidex token`: access tokens for those who ask over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import click

from scidex.kernel import tokens
from scidex.kernel.canonical import sha256
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Invalid
from scidex.kernel.installation import Installation
from scidex.kernel.tokens import TokenView, token_door
from scidex.surfaces.cli import terminal

_DURATION = re.compile(r"([1-9]\d{0,3})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def token_commands(opened: Callable[[], Installation]) -> click.Group:
    """The group of commands."""
    help_text = """Access tokens: who may write over HTTP, and in whose name.

    Whoever holds a token acts as its actor, with that actor's rights. Making and revoking tokens is possible here only,
    never over HTTP.
    """
    return click.Group(
        "token",
        commands=[_create(opened), _list(opened), _revoke(opened)],
        help=help_text,
        short_help="Make, list and revoke access tokens",
    )


def _create(opened: Callable[[], Installation]) -> click.Command:
    @click.command("create", short_help="Make an access token")
    @click.option("--actor", default="", help="In whose name its holder acts (default: who acts here).")
    @click.option("--label", default="", help="What it is for, up to 100 characters.")
    @click.option(
        "--expires", default="90d", show_default=True, help="When it opens nothing any more: 12h, 90d, 4w, or never."
    )
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(actor: str, label: str, expires: str, as_json: bool) -> None:
        """Make an access token and print its secret: now and never again, only its hash is kept.

        Standard output is the secret alone, so it can go straight to where it is used.

        \b
        Examples:
          scidex token create --actor person:alice --label "Alice's notebook"
          export SCIDEX_TOKEN=$(scidex token create --actor software:nightly --expires 52w)
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        installation = opened()
        secret = tokens.new_access_secret()
        command = {
            "hash": sha256(secret),
            "actor": actor or installation.actor,
            "label": label,
            "expires_at": _expiry(expires, installation.door.clock.now()),
        }
        made = token_door(installation.door).perform("token.create", command, installation.actor)
        if as_json:
            terminal.print_json({**made.model_dump(mode="json"), "secret": secret})
            return
        until = f"until {format_time(made.expires_at)}" if made.expires_at else "until it is revoked"
        terminal.errors.print(terminal.clean(f"{made.id} acts as {made.actor} {until}. Its secret, shown only now:"))
        terminal.say(secret)

    return run


def _list(opened: Callable[[], Installation]) -> click.Command:
    @click.command("list", short_help="List access tokens")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(as_json: bool) -> None:
        """List all access tokens, dead ones too; secrets are not kept and cannot be shown."""
        installation = opened()
        now = installation.door.clock.now()
        with installation.storage.read() as connection:
            found = tokens.access_tokens(connection)
        if as_json:
            terminal.print_json([_document(token, now) for token in found])
            return
        for token in found:
            label = f"  {token.label}" if token.label else ""
            terminal.say(f"{token.id}  {token.actor}  {_state(token, now)}{label}")
        if not found:
            terminal.say("There is no access token. `scidex token create` makes one.")

    return run


def _revoke(opened: Callable[[], Installation]) -> click.Command:
    @click.command("revoke", short_help="Revoke an access token")
    @click.argument("token", metavar="ID")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    def run(token: str, as_json: bool) -> None:
        """Revoke a token, and end the sessions begun with it: at once and for ever. ID is that of `scidex token list`."""
        installation = opened()
        revoked = token_door(installation.door).perform("token.revoke", {"id": token}, installation.actor)
        if as_json:
            terminal.print_json(revoked.model_dump(mode="json"))
            return
        terminal.say(f"{revoked.id} of {revoked.actor} is revoked.")

    return run


def _expiry(text: str, now: datetime) -> datetime | None:
    if text == "never":
        return None
    found = _DURATION.fullmatch(text)
    if not found:
        raise Invalid(f"“{text[:60]}” is no duration.", cure="Write 12h, 90d, 4w or never.")
    return now + int(found[1]) * _UNITS[found[2]]


def _state(token: TokenView, now: datetime) -> str:
    if token.revoked_at:
        return f"revoked {format_time(token.revoked_at)}"
    if token.expires_at is None:
        return "until it is revoked"
    return f"{'until' if token.live(now) else 'expired'} {format_time(token.expires_at)}"


def _document(token: TokenView, now: datetime) -> dict[str, object]:
    return {
        "id": token.id,
        "actor": token.actor,
        "label": token.label,
        "live": token.live(now),
        "created_at": format_time(token.created_at),
        "expires_at": format_time(token.expires_at) if token.expires_at else None,
        "revoked_at": format_time(token.revoked_at) if token.revoked_at else None,
    }
