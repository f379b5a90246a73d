"""The file an artifact was imported from: numbered lines to link to, and the bytes as they came."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import queries
from scidex.atlas.importing.lines import source_lines
from scidex.atlas.model import Head
from scidex.kernel.errors import NotFound
from scidex.surfaces.web.routes.artifact import asked_number, found
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json

_PER_PAGE = 1000


def page(site: Site, request: Request) -> Response:
    """``/artifact/{id}/source``: with ``?line=``, the stretch that holds this line."""
    line = asked_number(request, "line") or 1

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        file, sha256 = _file(connection, head)
        lines = source_lines(queries.source_bytes(connection, sha256))
        if wants_json(request):
            document = {"id": file.id, "title": file.title, "sha256": sha256, "total": len(lines), "lines": lines}
            return json_answer(document)
        start = min((line - 1) // _PER_PAGE, (len(lines) - 1) // _PER_PAGE) * _PER_PAGE
        return site.page(
            "source.html",
            base,
            head=head,
            file=file,
            sha256=sha256,
            lines=list(enumerate(lines[start : start + _PER_PAGE], start + 1)),
            total=len(lines),
            before=start - _PER_PAGE + 1 if start else 0,
            after=start + _PER_PAGE + 1 if start + _PER_PAGE < len(lines) else 0,
        )

    return site.answer(request, make)


def raw(site: Site, request: Request) -> Response:
    """``/artifact/{id}/source/raw``: the bytes, always as a download, never as something a browser runs."""

    def make(connection: Connection, _base: str) -> Answer:
        _, sha256 = _file(connection, found(connection, request))
        return Answer(
            queries.source_bytes(connection, sha256), "application/octet-stream", filename=f"{sha256[:16]}.source"
        )

    return site.answer(request, make)


def _file(connection: Connection, head: Head) -> tuple[Head, str]:
    """The source file that `head` is, or that its newest import read."""
    if head.kind != "source-file":
        for origin in queries.origins(connection, head, head.latest_version):
            if origin.used.kind == "source-file":
                return origin.used, origin.used_hash
        for report in queries.reports(connection, head, limit=1):
            return queries.find(connection, report.content["source"])[0], report.content["sha256"]
        raise NotFound(f"“{head.title}” was not imported from a file.", cure="Its provenance says where it came from.")
    return head, queries.artifact_content(connection, head)["sha256"]
