"""What comes back over the network, within bounds, and what it means. Nothing here asks anybody."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from scidex.adapters.lookup.service import Question, Service
from scidex.atlas.ports import Reason, Unavailable

LARGEST_BODY = 10_000_000
"""Bytes of one answer, unpacked."""
LONGEST_ANSWER = 60.0
"""Seconds that one answer may take to arrive in full."""
LONGEST_PAUSE = 60.0
"""Seconds that we wait for a service which says when to come back; if it says more, we come back another day."""


class AgainError(Exception):
    """This attempt failed in a way that another may not."""

    def __init__(self, fault: Unavailable, pause: float = 0.0) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.pause = pause


@contextmanager
def faults(service: Service) -> Iterator[None]:
    """What the network does, in our words. Messages of the library are left out: addresses with keys stand in them."""
    try:
        yield
    except httpx.TimeoutException:
        raise AgainError(
            Unavailable(service.name, Reason.TIMEOUT, f"{service.label} did not answer in time.")
        ) from None
    except (httpx.TransportError, zlib.error):
        raise AgainError(
            Unavailable(service.name, Reason.UNREACHABLE, f"{service.label} cannot be reached, or broke off.")
        ) from None
    except httpx.HTTPError:
        raise Unavailable(service.name, Reason.UNREADABLE, f"{service.label} sent something that is no HTTP.") from None


def redirected(service: Service, url: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Where the answer leads, if that is the same service over HTTPS; with what we tell it about us."""
    try:
        target = url.join(response.headers["location"])
    except httpx.InvalidURL:
        target = httpx.URL("")
    if (target.scheme, target.host, target.port) != ("https", service.host, None) or target.userinfo:
        raise Unavailable(
            service.name,
            Reason.REDIRECTED,
            f"{service.label} leads to another place ({target.scheme}://{target.host[:80]}).",
            cure="Nothing was asked there. If the service has moved, SciDEX needs an update.",
        )
    return target.copy_merge_params(service.credentials)


def body_of(service: Service, response: httpx.Response, monotonic: Callable[[], float]) -> bytes:
    """The bytes, unpacked within the bound. Not httpx's decoders: those unpack a chunk whatever comes of it.

    `monotonic` is in seconds. Raises Unavailable, or what httpx and zlib raise.
    """
    if response.is_stream_consumed:  # a transport may hand over what it has read and unpacked itself
        chunks, encoding = iter([response.content]), "identity"
    else:
        chunks, encoding = response.iter_raw(), response.headers.get("content-encoding", "identity").lower()
    if encoding not in ("gzip", "identity"):
        raise Unavailable(
            service.name, Reason.UNREADABLE, f"{service.label} packed its answer in a way nobody asked for."
        )
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress if encoding == "gzip" else lambda each, _most: each
    started, body = monotonic(), bytearray()
    for chunk in chunks:
        body += unpack(chunk, LARGEST_BODY + 1 - len(body))
        if len(body) > LARGEST_BODY:
            raise Unavailable(
                service.name,
                Reason.TOO_LARGE,
                f"{service.label}’s answer is longer than {LARGEST_BODY:,} bytes.",
                cure="Ask for fewer records at once.",
            )
        if monotonic() - started > LONGEST_ANSWER:
            raise httpx.ReadTimeout("the answer trickles")
    return bytes(body)


def judged(
    service: Service,
    question: Question,
    response: httpx.Response,
    body: bytes,
    now: datetime,
) -> bytes | None:
    """What a status and a body mean: the body of an answer, or None for “no such record”.

    Raises AgainError for what may pass, and Unavailable for what does not.
    """
    status = response.status_code
    if status == httpx.codes.OK:
        return body
    if question.absent(status, body):
        return None
    pause = _seconds_until(response.headers.get("retry-after", "").strip(), now)
    if status == httpx.codes.TOO_MANY_REQUESTS or (status == httpx.codes.SERVICE_UNAVAILABLE and pause):
        busy = Unavailable(service.name, Reason.BUSY, f"{service.label} asks us to slow down (HTTP {status}).")
        if pause > LONGEST_PAUSE:
            raise busy
        raise AgainError(busy, pause)
    if status >= 500 or status == httpx.codes.REQUEST_TIMEOUT or question.passing(status, body):
        raise AgainError(
            Unavailable(service.name, Reason.FAILED, f"{service.label} failed (HTTP {status})."),
            min(pause, LONGEST_PAUSE),
        )
    raise Unavailable(
        service.name,
        Reason.REFUSED,
        f"{service.label} refused the request (HTTP {status}).",
        cure="Check the contact address and the keys; if they are right, SciDEX asks wrongly and needs an update.",
    )


def _seconds_until(retry_after: str, now: datetime) -> float:
    """The wait that Retry-After asks for, as seconds or as a date (RFC 9110, 10.2.3); 0 if it says nothing."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0
