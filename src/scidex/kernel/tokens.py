"""Access tokens and the web sessions begun with them: who is asking, when nobody sits at this machine.

A secret is 256 random bits, shown once by the surface that made it; kept is only its SHA-256. A slow hash, as for
passwords, would protect nothing here: nobody can guess 256 bits, however fast he may try. For the same reason a secret
is compared by looking up its hash: how long that takes tells of the hash, and nobody can aim at a hash.

The verbs have a catalogue and a door of their own (`token_door`): no surface that offers all verbs of the installation
can offer these, so nobody makes a token by means of a token.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import Connection, Row, select, update

from scidex.kernel.actions import Catalogue, Command, Door, Result, Work, action
from scidex.kernel.canonical import sha256
from scidex.kernel.clock import in_utc
from scidex.kernel.errors import Forbidden, Invalid, NotFound
from scidex.kernel.ids import ActorId, Identifier
from scidex.kernel.tables import tokens

LONGEST_SESSION = timedelta(hours=12)
_ACCESS, _SESSION = "scidex_", "session_"
_SECRET = re.compile(r"(?:scidex|session)_[A-Za-z0-9_-]{43}")
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class TokenId(Identifier):
    """Names a token; no secret."""

    __slots__ = ()
    prefix = "tk"


@dataclass(frozen=True, slots=True)
class TokenView:
    """What is known of a token. `parent` is the access token a session was begun with, None for an access token."""

    id: TokenId
    actor: ActorId
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    parent: TokenId | None

    def live(self, now: datetime) -> bool:
        """Whether it opens anything at the moment `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def new_access_secret() -> str:
    """A secret for `token.create`: ``scidex_`` and 43 characters, so that scanners for leaked secrets can know it."""
    return _ACCESS + secrets.token_urlsafe(32)


def new_session_secret() -> str:
    """A secret for `session.begin`, kept by a browser."""
    return _SESSION + secrets.token_urlsafe(32)


def access(connection: Connection, secret: str, now: datetime) -> TokenView | None:
    """The access token with this secret, if there is one and it is neither revoked nor expired."""
    found = _by_secret(connection, secret, _ACCESS)
    return found if found and found.live(now) else None


def session(connection: Connection, secret: str, now: datetime) -> TokenView | None:
    """The session with this secret, if it lives and so does the access token it was begun with."""
    found = _by_secret(connection, secret, _SESSION)
    if found is None or found.parent is None or not found.live(now):
        return None
    return found if _by_id(connection, found.parent).live(now) else None


def access_tokens(connection: Connection) -> list[TokenView]:
    """All access tokens, the oldest first; the dead ones too."""
    rows = connection.execute(select(tokens).where(tokens.c.parent_id.is_(None)).order_by(tokens.c.id))
    return [_view(row) for row in rows]


def any_token(connection: Connection) -> bool:
    """Whether a token was ever made here."""
    return connection.execute(select(tokens.c.id).limit(1)).first() is not None


def _by_secret(connection: Connection, secret: str, prefix: str) -> TokenView | None:
    if not (secret.startswith(prefix) and _SECRET.fullmatch(secret)):
        return None
    row = connection.execute(select(tokens).where(tokens.c.hash == sha256(secret))).first()
    return _view(row) if row else None


def _by_id(connection: Connection, token_id: str) -> TokenView:
    row = connection.execute(select(tokens).where(tokens.c.id == token_id)).first()
    if row is None:
        raise NotFound(f"There is no token {token_id[:60]}.", cure="`scidex token list` shows those there are.")
    return _view(row)


def _view(row: Row[tuple[object, ...]]) -> TokenView:
    return TokenView(
        id=TokenId(row.id),
        actor=ActorId(row.actor),
        label=row.label,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        parent=TokenId(row.parent_id) if row.parent_id else None,
    )


class CreateToken(Command):
    """`hash` is the SHA-256 of a secret that only its holder knows; `actor` is in whose name the holder acts."""

    hash: _Hash
    actor: Annotated[str, AfterValidator(ActorId.parse)]
    label: str = Field(default="", max_length=100)
    expires_at: Annotated[datetime, AfterValidator(in_utc)] | None = None


class BeginSession(Command):
    """`access_hash` is that of a live access token's secret, `hash` that of the session's own."""

    access_hash: _Hash
    hash: _Hash


class RevokeToken(Command):
    """`id` is that of an access token or of a session."""

    id: str


class TokenChanged(Result):
    """The token and how it stands now."""

    id: str
    actor: str
    expires_at: datetime | None
    revoked_at: datetime | None


@action("token.create", "Make an access token", command=CreateToken, result=TokenChanged)
def create_token(command: CreateToken, work: Work) -> TokenChanged:
    """Raises Invalid if it would have expired before it is made."""
    if command.expires_at is not None and command.expires_at <= work.now:
        raise Invalid("The token would have expired already.", cure="Let it expire later.")
    return _add(work, command.hash, ActorId(command.actor), command.label, command.expires_at, None)


@action("session.begin", "Sign in", command=BeginSession, result=TokenChanged)
def begin_session(command: BeginSession, work: Work) -> TokenChanged:
    """A session lasts 12 hours, and no longer than its access token. Raises Forbidden if that opens nothing any more."""
    row = work.connection.execute(select(tokens).where(tokens.c.hash == command.access_hash)).first()
    parent = _view(row) if row else None
    if parent is None or parent.parent is not None or parent.actor != work.actor or not parent.live(work.now):
        raise Forbidden("This token opens nothing.", cure="Use one that is neither revoked nor expired.")
    latest = work.now + LONGEST_SESSION
    expires_at = min(latest, parent.expires_at) if parent.expires_at else latest
    return _add(work, command.hash, work.actor, "", expires_at, parent.id)


@action("token.revoke", "Revoke a token", command=RevokeToken, result=TokenChanged)
def revoke_token(command: RevokeToken, work: Work) -> TokenChanged:
    """For ever. With an access token end the sessions begun with it; one revoked before stays as it was."""
    token = _by_id(work.connection, command.id)
    if token.revoked_at is None:
        work.connection.execute(update(tokens).where(tokens.c.id == token.id).values(revoked_at=work.now))
        work.emit("token.revoked", token.id)
    return TokenChanged(
        id=token.id, actor=token.actor, expires_at=token.expires_at, revoked_at=token.revoked_at or work.now
    )


def _add(
    work: Work, secret_hash: str, actor: ActorId, label: str, expires_at: datetime | None, parent: TokenId | None
) -> TokenChanged:
    token_id = work.ids.make(TokenId, work.now)
    work.add(
        tokens,
        id=token_id,
        hash=secret_hash,
        actor=actor,
        label=label,
        parent_id=parent,
        created_at=work.now,
        expires_at=expires_at,
        revoked_at=None,
        activity_id=work.activity_id,
    )
    work.emit("token.created" if parent is None else "session.begun", token_id, actor=actor)
    return TokenChanged(id=token_id, actor=actor, expires_at=expires_at, revoked_at=None)


_VERBS = Catalogue((create_token, begin_session, revoke_token))


def token_door(door: Door) -> Door:
    """The door for `token.create`, `session.begin` and `token.revoke`: onto the same storage, by the same rules."""
    return Door(
        door.storage, _VERBS, clock=door.clock, permission=door.permission, method=door.method, gates=door.gates
    )
