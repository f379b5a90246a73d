"""Starts the web server."""

from __future__ import annotations

import uvicorn

from scidex.kernel.installation import Installation
from scidex.surfaces.web.app import build


def run(installation: Installation, host: str, port: int) -> None:
    """Serves until it is stopped."""
    # Behind a proxy the public address comes from SCIDEX_BASE_URL, never from forwarded headers anyone can send.
    config = uvicorn.Config(
        build(installation), host=host, port=port, log_level="warning", proxy_headers=False, server_header=False
    )
    uvicorn.Server(config).run()
