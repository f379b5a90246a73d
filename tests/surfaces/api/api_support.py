"""A client that writes: bodies in pieces, headers given more than once, and tokens made at the door."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlencode

from surface_support import Answer
from surface_support import Client as Reader

from scidex.kernel import tokens
from scidex.kernel.canonical import sha256
from scidex.kernel.installation import Installation
from scidex.kernel.tokens import token_door
from scidex.surfaces.web.app import build

# Threads of their own, since Playwright keeps a loop in the test's thread.
_LOOPS = ThreadPoolExecutor(16)
BASE = "http://testserver"
Headers = dict[str, str] | list[tuple[str, str]]


def make_token(installation: Installation, actor: str = "person:alice", *, lasts: timedelta | None = None) -> str:
    """A secret, as `scidex token create` makes it."""
    secret = tokens.new_access_secret()
    expires = installation.door.clock.now() + lasts if lasts else None
    command = {"hash": sha256(secret), "actor": actor, "expires_at": expires}
    token_door(installation.door).perform("token.create", command, installation.actor)
    return secret


@dataclass
class Api:
    """The site of an installation, written to."""

    installation: Installation

    def __post_init__(self) -> None:
        self.app = build(self.installation)
        self.reader = Reader(self.app)
        self.secret = make_token(self.installation)

    def send(self, method: str, address: str, *pieces: bytes, headers: Headers = ()) -> Answer:
        """One request, its body in `pieces`; headers arrive as they are given."""
        path, _, query = address.partition("?")
        given = list(headers.items()) if isinstance(headers, dict) else list(headers)
        if not any(name.lower() == "host" for name, _ in given):
            given.append(("host", "testserver"))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given],
            "client": ("127.0.0.1", 5000),
            "server": ("127.0.0.1", 8000),
        }
        coming = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        coming.append({"type": "http.request", "body": b"", "more_body": False})
        sent: list[Any] = []

        async def receive() -> Any:
            return coming.pop(0) if coming else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        _LOOPS.submit(asyncio.run, self.app(scope, receive, send)).result()
        start, *parts = sent
        headers_sent = [(name.decode(), value.decode("latin-1")) for name, value in start["headers"]]
        return Answer(start["status"], dict(headers_sent), b"".join(part.get("body", b"") for part in parts))

    def post(
        self, address: str, command: Any = None, *, raw: bytes | None = None, secret: str | None = None, **headers: str
    ) -> Answer:
        """A POST as a well-behaved program sends it; header names are written with underscores."""
        data = json.dumps(command).encode() if raw is None else raw
        named = {"authorization": f"Bearer {secret or self.secret}", "content-type": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", address, data, headers=named)

    def do(self, verb: str, *, secret: str | None = None, query: str = "", **command: Any) -> Answer:
        """A verb."""
        return self.post(f"/api/v1/actions/{verb}{query}", command, secret=secret)

    def create(self, title: str, **headers: str) -> Answer:
        """A paper."""
        return self.post("/api/v1/actions/artifact.create", paper(title), **headers)

    def form(self, address: str, fields: Any, *, cookie: str = "", **headers: str) -> Answer:
        """A form, sent by a browser from a page of the site unless `headers` say otherwise."""
        named = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": BASE,
            "cookie": cookie,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.send("POST", address, urlencode(fields).encode(), headers={k: v for k, v in named.items() if v})

    def sign_in(self, secret: str | None = None) -> str:
        """The cookie header of a browser that has signed in."""
        answer = self.form("/sign-in", {"token": secret or self.secret})
        assert answer.status == 303, answer.text
        return answer.headers["set-cookie"].partition(";")[0]

    def revoke(self, secret: str) -> None:
        """Takes a token back."""
        with self.installation.storage.read() as connection:
            token = tokens.access(connection, secret, self.installation.door.clock.now())
        token_door(self.installation.door).perform("token.revoke", {"id": token.id}, self.installation.actor)

    def titles(self) -> list[str]:
        """What is here, by its title."""
        return [each["title"] for each in self.reader.get("/browse", {"accept": "application/json"}).json()["items"]]


def paper(title: str) -> dict[str, Any]:
    """A command that makes one."""
    return {"kind": "paper", "content": {"title": title}}


def category(answer: Answer) -> str:
    """The error's, after looking whether it has the one shape."""
    document = answer.json()
    assert set(document) == {"error"}
    assert {"category", "message", "cure"} <= set(document["error"]) <= {"category", "message", "cure", "reasons"}
    assert document["error"]["message"]
    assert answer.headers["cache-control"] == "no-store"
    return document["error"]["category"]
