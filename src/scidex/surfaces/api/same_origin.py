"""Whether a form was sent from a page of this site, and not by another site in the name of whoever is signed in.

Beside the cookie's SameSite=Strict, which keeps other sites out but not other ports and subdomains of this one.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from scidex.kernel.errors import Forbidden
from scidex.surfaces.web.site import Site

_PORTS = {"http": 80, "https": 443}


def require_same_origin(site: Site, request: Request) -> None:
    """Raises Forbidden unless the browser says that one of our pages sent this.

    What it says is in Sec-Fetch-Site (not sent over plain HTTP) and Origin (sent with every POST for years). One of them
    must be there, and neither may name another site.
    """
    fetched = request.headers.getlist("sec-fetch-site")
    origins = request.headers.getlist("origin")
    ours = _origin(site.base(request))
    agrees = all(value == "same-origin" for value in fetched) and all(_origin(value) == ours for value in origins)
    if not agrees or not (fetched or origins):
        raise Forbidden(
            "This was not sent from a page of this site.",
            cure=f"Open the page at {site.base(request)} and send it from there. Programs use /api/v1/ and a token.",
        )


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port (RFC 6454); None, which equals no site of ours, for what has none, such as “null”."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme]
