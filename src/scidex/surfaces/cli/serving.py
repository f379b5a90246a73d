"""`scidex serve`."""

from __future__ import annotations

import socket
from collections.abc import Callable

import click

from scidex.kernel.errors import Conflict
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal

Serve = Callable[[Installation, str, int], None]


def serve_command(opened: Callable[[], Installation], serve: Serve) -> click.Command:
    """The command; `serve` is the web surface's entry, handed in by the composition root."""

    @click.command("serve", short_help="Serve the site to a browser")
    @click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
    @click.option(
        "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one."
    )
    def run(host: str, port: int) -> None:
        """Serve the site until Ctrl-C.

        It listens on this machine only unless you give another --host. Whoever reaches the address can read everything;
        whoever holds an access token (`scidex token create`) can also write.
        """
        # Asked before anything is opened, so that a port in use is one clear sentence.
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise Conflict(
                    f"Nothing can listen on {host}:{port}: {error.strerror}.", cure="Try another one: --port 0."
                ) from None
            port = port or probe.getsockname()[1]
        installation = opened()
        shown = f"[{host}]" if ":" in host else host
        terminal.say(f"SciDEX is at http://{shown}:{port}/   (stop it with Ctrl-C)")
        serve(installation, host, port)

    return run
