"""Asking a service over HTTPS as a good guest: who we are, how fast, how often again, how much, and never twice.

What goes wrong becomes `Unavailable` with a reason; only what a service itself says about a record is an answer.
"""

from __future__ import annotations

import logging
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from scidex.adapters.lookup.cache import Answer, AnswerCache
from scidex.adapters.lookup.pace import Allowance, Pace
from scidex.atlas.ports import Reason, Unavailable
from scidex.kernel.clock import Clock, SystemClock, format_time
from scidex.kernel.errors import Invalid

LARGEST_BODY = 10_000_000
ATTEMPTS = 4
LONGEST_PAUSE = 60.0
"""Seconds that we wait for a service which says when to come back; if it says more, we come back another day."""
LONGEST_ANSWER = 60.0
"""Seconds that one answer may take to arrive in full."""
FOUND_LIFETIME = timedelta(days=30)
ABSENT_LIFETIME = timedelta(days=1)
_TIMEOUT = httpx.Timeout(30, connect=10)
_MOST_REDIRECTS = 3
# Not quoted local parts: the address goes into a header and into queries.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
T = TypeVar("T")

# At INFO these write addresses, in which keys and e-mail addresses stand.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class UnreadableBodyError(ValueError):
    """What a service sent is not in the form that it documents."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service's door: its name here and for readers, the one host that is spoken to, how fast, and who we are there.

    `credentials` are sent with each request and are not part of a question: they are neither cached nor shown.
    """

    name: str
    label: str
    host: str
    allowance: Allowance
    credentials: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One request: the path, percent-encoded where it has to be, and its parameters.

    `lane` is what the service counts by. `absent` says of a status and a body whether they mean “no such record”, and
    `passing` whether they mean a trouble that passes, where the service says so in ways of its own.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    lane: str = "record"
    absent: Callable[[int, bytes], bool] = lambda _status, _body: False
    passing: Callable[[int, bytes], bool] = lambda _status, _body: False

    @property
    def key(self) -> str:
        """The question in one text."""
        return str(httpx.URL(self.path, params=self.parameters)) if self.parameters else self.path


def missing(status: int, _body: bytes) -> bool:
    """Whether the service says that there is no such record, where each record has an address of its own."""
    return status == httpx.codes.NOT_FOUND


class _AgainError(Exception):
    """This attempt failed in a way that another may not."""

    def __init__(self, fault: Unavailable, pause: float = 0.0) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.pause = pause


class Client:
    """The connections to all services, with their paces and the cache.

    `contact` is the e-mail address under which the services can reach whoever runs this; `version` is SciDEX's. Raises
    Invalid if the address is none. `monotonic` and `sleep` are in seconds.
    """

    def __init__(
        self,
        *,
        contact: str,
        version: str,
        cache: AnswerCache,
        transport: httpx.BaseTransport | None = None,
        lifetime: timedelta = FOUND_LIFETIME,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if len(contact) > 254 or not _ADDRESS.fullmatch(contact):
            raise Invalid(
                f"“{contact[:60]}” is not an e-mail address.",
                cure="Set SCIDEX_CONTACT to an address the services can write to, or leave SCIDEX_LOOKUP empty.",
            )
        self.contact = contact
        self._cache = cache
        self._lifetime = lifetime
        self._clock = clock or SystemClock()
        self._monotonic = monotonic
        self._sleep = sleep
        self._paces: dict[str, Pace] = {}
        self._http = httpx.Client(
            transport=transport,
            timeout=_TIMEOUT,
            follow_redirects=False,
            headers={
                "User-Agent": f"SciDEX/{version} (mailto:{contact})",
                # The one encoding that `_body_of` takes off within a bound.
                "Accept-Encoding": "gzip",
            },
        )

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def ask(
        self,
        service: Service,
        question: Question,
        read: Callable[[bytes, str], T | None],
        *,
        whole: Callable[[T], bool] = bool,
    ) -> T | None:
        """What `read` makes of the answer, given its bytes and the moment the service gave it; None if there is none.

        `read` raises UnreadableBodyError for bytes that are no answer; those are not kept. An answer that is not `whole`,
        since something is missing in it that may come into being, is kept for a day only. Raises Unavailable.
        """
        key = f"{service.name} {question.key}"
        kept = self._cache.get(key, self._clock.now(), longest=LARGEST_BODY)
        if kept is not None:
            try:
                return None if kept.body is None else read(kept.body, kept.retrieved_at)
            except UnreadableBodyError:
                self._cache.drop(key)
        answer = self._answer(service, question)
        try:
            value = None if answer.body is None else read(answer.body, answer.retrieved_at)
        except UnreadableBodyError as fault:
            raise Unavailable(
                service.name, Reason.UNREADABLE, f"{service.label} sent something that cannot be read: {fault}."
            ) from None
        kept_long = value is not None and whole(value)
        lifetime = self._lifetime if kept_long else min(ABSENT_LIFETIME, self._lifetime)
        self._cache.put(key, answer, self._clock.now(), lifetime)
        return value

    def _answer(self, service: Service, question: Question) -> Answer:
        attempts = Retrying(
            sleep=self._sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=_pause,
            retry=retry_if_exception_type(_AgainError),
            reraise=True,
        )
        try:
            body = attempts(self._attempt, service, question)
        except _AgainError as fault:
            raise fault.fault from None
        return Answer(body, format_time(self._clock.now()))

    def _attempt(self, service: Service, question: Question) -> bytes | None:
        """The body of a good answer, None for “no such record”. Raises _AgainError or Unavailable."""
        url = httpx.URL(f"https://{service.host}{question.path}").copy_merge_params(
            [*question.parameters, *service.credentials]
        )
        pace = self._paces.setdefault(
            service.name, Pace(service.allowance, monotonic=self._monotonic, sleep=self._sleep)
        )
        for _ in range(1 + _MOST_REDIRECTS):
            pace.wait(question.lane)
            with _faults(service), self._http.stream("GET", url) as response:
                pace.heed(question.lane, response.headers)
                if response.has_redirect_location:
                    url = _redirected(service, url, response)
                    continue
                body = self._body_of(service, response)
                return _judged(service, question, response, body, self._seconds_until)
        raise Unavailable(service.name, Reason.REDIRECTED, f"{service.label} leads from one address to the next.")

    def _body_of(self, service: Service, response: httpx.Response) -> bytes:
        """The bytes, unpacked within the bound. Not httpx's decoders: those unpack a chunk whatever comes of it."""
        if response.is_stream_consumed:  # a transport may hand over what it has read and unpacked itself
            chunks, encoding = iter([response.content]), "identity"
        else:
            chunks, encoding = response.iter_raw(), response.headers.get("content-encoding", "identity").lower()
        if encoding not in ("gzip", "identity"):
            raise Unavailable(
                service.name, Reason.UNREADABLE, f"{service.label} packed its answer in a way nobody asked for."
            )
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress if encoding == "gzip" else lambda each, _most: each
        started, body = self._monotonic(), bytearray()
        for chunk in chunks:
            body += unpack(chunk, LARGEST_BODY + 1 - len(body))
            if len(body) > LARGEST_BODY:
                raise Unavailable(
                    service.name,
                    Reason.TOO_LARGE,
                    f"{service.label}’s answer is longer than {LARGEST_BODY:,} bytes.",
                    cure="Ask for fewer records at once.",
                )
            if self._monotonic() - started > LONGEST_ANSWER:
                raise httpx.ReadTimeout("the answer trickles")
        return bytes(body)

    def _seconds_until(self, retry_after: str) -> float:
        """The wait that Retry-After asks for, as seconds or as a date (RFC 9110, 10.2.3); 0 if it says nothing."""
        if retry_after.isascii() and retry_after.isdigit():
            return float(retry_after[:9])
        try:
            return max(0.0, (parsedate_to_datetime(retry_after) - self._clock.now()).total_seconds())
        except (ValueError, TypeError):
            return 0.0


_backoff = wait_exponential_jitter(initial=1, max=20, jitter=1)


def _pause(state: RetryCallState) -> float:
    fault = state.outcome and state.outcome.exception()
    asked = fault.pause if isinstance(fault, _AgainError) else 0.0
    return max(asked, float(_backoff(state)))


@contextmanager
def _faults(service: Service) -> Iterator[None]:
    """What the network does, in our words. Messages of the library are left out: addresses with keys stand in them."""
    try:
        yield
    except httpx.TimeoutException:
        raise _AgainError(
            Unavailable(service.name, Reason.TIMEOUT, f"{service.label} did not answer in time.")
        ) from None
    except (httpx.TransportError, zlib.error):
        raise _AgainError(
            Unavailable(service.name, Reason.UNREACHABLE, f"{service.label} cannot be reached, or broke off.")
        ) from None
    except httpx.HTTPError:
        raise Unavailable(service.name, Reason.UNREADABLE, f"{service.label} sent something that is no HTTP.") from None


def _redirected(service: Service, url: httpx.URL, response: httpx.Response) -> httpx.URL:
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


def _judged(
    service: Service,
    question: Question,
    response: httpx.Response,
    body: bytes,
    seconds_until: Callable[[str], float],
) -> bytes | None:
    """What a status and a body mean."""
    status = response.status_code
    if status == httpx.codes.OK:
        return body
    if question.absent(status, body):
        return None
    pause = seconds_until(response.headers.get("retry-after", "").strip())
    if status == httpx.codes.TOO_MANY_REQUESTS or (status == httpx.codes.SERVICE_UNAVAILABLE and pause):
        busy = Unavailable(service.name, Reason.BUSY, f"{service.label} asks us to slow down (HTTP {status}).")
        if pause > LONGEST_PAUSE:
            raise busy
        raise _AgainError(busy, pause)
    if status >= 500 or status == httpx.codes.REQUEST_TIMEOUT or question.passing(status, body):
        raise _AgainError(
            Unavailable(service.name, Reason.FAILED, f"{service.label} failed (HTTP {status})."),
            min(pause, LONGEST_PAUSE),
        )
    raise Unavailable(
        service.name,
        Reason.REFUSED,
        f"{service.label} refused the request (HTTP {status}).",
        cure="Check the contact address and the keys; if they are right, SciDEX asks wrongly and needs an update.",
    )
