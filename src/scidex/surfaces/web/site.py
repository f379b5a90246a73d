"""What every route shares: the installation, the templates, and how an answer is made, cached and compressed."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import brotli
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scidex.atlas.bibliography.formats import format_for_media_type
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Invalid
from scidex.kernel.events import last_seq
from scidex.kernel.installation import Installation

STATIC = Path(str(resources.files("scidex.surfaces.web") / "static"))
TEMPLATES = Path(str(resources.files("scidex.surfaces.web") / "templates"))
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")
_CACHED_BYTES = 24_000_000
# Below this a compressed answer is not smaller.
_WORTH_COMPRESSING = 600
# One writes at a time; the others meanwhile find out who asks, and read what was sent.
_WRITERS = 4
Written = TypeVar("Written")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route found, before it is sent. `framable` lets other sites show it in a frame."""

    body: str | bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    framable: bool = False
    links: tuple[str, ...] = ()
    filename: str = ""


class Moved(Exception):  # noqa: N818 (it is no error)
    """What was asked for stands at another address; `permanent` if it will never stand at this one."""

    def __init__(self, location: str, *, permanent: bool) -> None:
        super().__init__(location)
        self.location = location
        self.permanent = permanent


class Site:
    """One served SciDEX."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.assets = {file.name: _fingerprint(file) for file in STATIC.iterdir() if file.is_file()}
        self._cache = _Cache(_CACHED_BYTES)
        self._writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="writer")
        self.templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.templates.filters["moment"] = show_moment
        self.templates.filters["time"] = format_time
        self.templates.globals["asset"] = self.asset
        self.templates.globals["version"] = installation.version

    def asset(self, name: str) -> str:
        """The address of a static file; its hash is part of it, so that it can be cached for ever."""
        return f"/static/{self.assets[name]}/{name}"

    def base(self, request: Request) -> str:
        """The site's own address, without a slash at the end. Raises Invalid if the request names none."""
        if configured := self.installation.settings.base_url:
            return configured
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):
            raise Invalid("The request names no usable host.")
        return f"{request.url.scheme}://{host}"

    def render(self, template: str, **context: Any) -> str:
        """A template as HTML."""
        return self.templates.get_template(template).render(**context)

    def answer(self, request: Request, make: Callable[[Connection, str], Answer]) -> Response:
        """Answers a GET: unchanged (304), from the cache, or by calling `make` with a snapshot and the base address.

        An answer may depend on everything that is stored (backlinks, links that got written), so its ETag is made of
        the number of the newest event: nothing stale is ever served, and asking again costs one query.
        """
        base = self.base(request)
        if any("\0" in value for value in request.query_params.values()):
            raise Invalid("A question with a NUL character in it has no answer.", cure="Leave the character out.")
        encoding = _encoding(request.headers.get("accept-encoding", ""))
        with self.installation.storage.read() as connection:
            tag = _tag(base, _identity(request), last_seq(connection), self.installation.version, self.assets)
            common = {
                "ETag": f'W/"{tag}"',
                "Cache-Control": "no-cache",
                "Vary": "Accept, Accept-Encoding",
            }
            if _matches(request.headers.get("if-none-match", ""), tag):
                return Response(status_code=304, headers=common)
            key = (tag, encoding)
            cached = self._cache.get(key)
            if cached is None:
                try:
                    cached = _encoded(make(connection, base), encoding)
                except Moved as moved:
                    return RedirectResponse(moved.location, 308 if moved.permanent else 307, headers=common)
                self._cache.put(key, cached)
        answer, data, used = cached
        headers = dict(common)
        if used:
            headers["Content-Encoding"] = used
        if answer.links:
            headers["Link"] = ", ".join(answer.links)
        if answer.filename:
            headers["Content-Disposition"] = f'attachment; filename="{answer.filename}"'
        if answer.framable:
            headers["X-SciDEX-Framable"] = "1"  # taken out again by the headers middleware
        return Response(data, status_code=answer.status, media_type=answer.media_type, headers=headers)

    async def write(self, work: Callable[[], Written]) -> Written:
        """Calls `work`, which performs verbs, in a thread for writers.

        Writers wait for one another; in threads of their own they never take those that readers need, and the few that
        are about to write cannot use up the connections.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writers, work)

    def page(self, template: str, base: str, *, status: int = 200, **context: Any) -> Answer:
        """A page from a template."""
        return Answer(self.render(template, base=base, **context), status=status)


def json_answer(value: Any, *, media_type: str = "application/json", status: int = 200, filename: str = "") -> Answer:
    """JSON, readable by people too."""
    return Answer(
        json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n",
        media_type,
        status=status,
        filename=filename,
    )


def wants_json(request: Request) -> bool:
    """Whether the client prefers JSON: by the path (``/api/…``, ``….json``) or by its Accept header."""
    if request.url.path.endswith(".json") or request.url.path.startswith("/api/"):
        return True
    weights = _weights(request)
    return weights.get("application/json", 0.0) > weights.get("text/html", 0.0)


def wanted_bibliography(request: Request) -> str:
    """The bibliography format whose media type the client prefers to a page (``application/x-bibtex``); empty if none."""
    weights = _weights(request)
    least = max(weights.get("text/html", 0.0), weights.get("application/json", 0.0))
    best, name = least, ""
    for media_type, weight in weights.items():
        if weight > best and (found := format_for_media_type(media_type)) is not None:
            best, name = weight, found.name
    return name


def _weights(request: Request) -> dict[str, float]:
    """The media types of the Accept header with their quality values. One that is no number is passed over."""
    weights: dict[str, float] = {}
    for part in request.headers.get("accept", "").split(",")[:50]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weights[name.lower()] = float(quality)
        except ValueError:
            continue
    return weights


def show_moment(moment: datetime) -> str:
    """A time for people, in UTC.

    >>> from datetime import UTC
    >>> show_moment(datetime(2026, 5, 3, 9, 7, tzinfo=UTC))
    '3 May 2026, 09:07 UTC'
    """
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def path_and_query(url: URL) -> str:
    """The part of an address after the host."""
    return url.path + (f"?{url.query}" if url.query else "")


def _identity(request: Request) -> str:
    form = "json" if wants_json(request) else wanted_bibliography(request) or "html"
    return f"{path_and_query(request.url)} {form}"


def _tag(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:24]


def _matches(header: str, tag: str) -> bool:
    return any(
        candidate.strip().removeprefix("W/").strip('"') in (tag, "*") for candidate in header.split(",") if candidate
    )


def _encoding(accepted: str) -> str:
    names = {part.partition(";")[0].strip() for part in accepted.split(",") if not _REFUSED.search(part)}
    return "br" if "br" in names else "gzip" if "gzip" in names else ""


_Sent = tuple[Answer, bytes, str]


def _encoded(answer: Answer, encoding: str) -> _Sent:
    data = answer.body.encode("utf-8", "replace") if isinstance(answer.body, str) else answer.body
    if len(data) < _WORTH_COMPRESSING:
        encoding = ""
    if encoding == "br":
        data = brotli.compress(data, quality=4)
    elif encoding == "gzip":
        data = gzip.compress(data, compresslevel=5, mtime=0)
    return (
        Answer(b"", answer.media_type, answer.status, answer.framable, answer.links, answer.filename),
        data,
        encoding,
    )


def _fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


class _Cache:
    """The least recently used answers go first when their bytes grow beyond the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[tuple[str, str], _Sent] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> _Sent | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[str, str], sent: _Sent) -> None:
        if len(sent[1]) > self._limit // 8:
            return
        with self._lock:
            if key not in self._kept:
                self._kept[key] = sent
                self._size += len(sent[1])
            while self._size > self._limit:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped[1])
