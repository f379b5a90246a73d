"""Headers on every answer: nothing from elsewhere runs here, and nobody frames us but where we say so."""

from __future__ import annotations

from string import punctuation
from urllib.parse import quote_from_bytes

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)


class SecurityHeaders:
    """A plain ASGI middleware, so that it adds no task per request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers when the answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not scope["query_string"].isascii():
            # Starlette cannot read raw bytes there that are no UTF-8.
            scope["query_string"] = quote_from_bytes(scope["query_string"], safe=punctuation).encode()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                framable = "x-scidex-framable" in headers
                if framable:
                    del headers["x-scidex-framable"]
                else:
                    headers["X-Frame-Options"] = "DENY"
                headers["Content-Security-Policy"] = _POLICY.format(ancestors="*" if framable else "'none'")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
            await send(message)

        await self._app(scope, receive, send_with_headers)
