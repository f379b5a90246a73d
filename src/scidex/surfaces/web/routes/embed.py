"""oEmbed 1.0 (https://oembed.com): how another site learns to show an artifact of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import queries
from scidex.atlas.kinds import State
from scidex.kernel.errors import Invalid, NotFound
from scidex.surfaces.web.routes.artifact import asked_number
from scidex.surfaces.web.site import Answer, Site, json_answer

_WIDTH, _HEIGHT = 800, 600


def oembed(site: Site, request: Request) -> Response:
    """``/oembed?url=…&maxwidth=…&maxheight=…``. Only JSON; 501 for other formats, as the specification asks."""
    address = request.query_params.get("url", "")
    if not address:
        raise Invalid("oEmbed needs the address of an artifact.", cure="Add ?url=…/artifact/….")
    if request.query_params.get("format", "json") != "json":
        raise HTTPException(501, "Only format=json is served.")
    width = min(_WIDTH, asked_number(request, "maxwidth") or _WIDTH)
    height = min(_HEIGHT, asked_number(request, "maxheight") or _HEIGHT)

    def make(connection: Connection, base: str) -> Answer:
        try:
            parts = urlsplit(address)
        except ValueError:
            raise Invalid("This is no address.") from None
        if (parts.scheme or parts.netloc) and f"{parts.scheme}://{parts.netloc}" != base:
            raise NotFound("That address is not on this site.", cure=f"Artifacts here begin with {base}/artifact/.")
        head = queries.find(connection, parts.path)[1]
        if head.state is State.TOMBSTONE:
            raise NotFound(f"“{head.title}” was removed.")
        source = f"{base}/artifact/{head.id}?embed=1"
        frame = (
            f'<iframe src="{source}" title="{Markup.escape(head.title)}" width="{width}" height="{height}"></iframe>'
        )
        return json_answer(
            {
                "version": "1.0",
                "type": "rich",
                "title": head.title,
                "provider_name": "SciDEX",
                "provider_url": base,
                "cache_age": 3600,
                "width": width,
                "height": height,
                "html": frame,
            }
        )

    return site.answer(request, make)
