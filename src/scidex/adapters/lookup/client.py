"""Asking a service over HTTPS as a good guest: who we are, how fast, how often again, how much, and never twice.

What goes wrong becomes `Unavailable` with a reason; only what a service itself says about a record is an answer.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from scidex.adapters.lookup.cache import Answer, AnswerCache
from scidex.adapters.lookup.pace import Pace
from scidex.adapters.lookup.response import LARGEST_BODY, AgainError, body_of, faults, judged, redirected
from scidex.adapters.lookup.service import Question, Service, UnreadableBodyError
from scidex.atlas.ports import Reason, Unavailable
from scidex.kernel.clock import Clock, SystemClock, format_time
from scidex.kernel.errors import Invalid

ATTEMPTS = 4
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
            retry=retry_if_exception_type(AgainError),
            reraise=True,
        )
        try:
            body = attempts(self._attempt, service, question)
        except AgainError as fault:
            raise fault.fault from None
        return Answer(body, format_time(self._clock.now()))

    def _attempt(self, service: Service, question: Question) -> bytes | None:
        """The body of a good answer, None for “no such record”. Raises AgainError or Unavailable."""
        url = httpx.URL(f"https://{service.host}{question.path}").copy_merge_params(
            [*question.parameters, *service.credentials]
        )
        pace = self._paces.setdefault(
            service.name, Pace(service.allowance, monotonic=self._monotonic, sleep=self._sleep)
        )
        for _ in range(1 + _MOST_REDIRECTS):
            pace.wait(question.lane)
            with faults(service), self._http.stream("GET", url) as response:
                pace.heed(question.lane, response.headers)
                if response.has_redirect_location:
                    url = redirected(service, url, response)
                    continue
                body = body_of(service, response, self._monotonic)
                return judged(service, question, response, body, self._clock.now())
        raise Unavailable(service.name, Reason.REDIRECTED, f"{service.label} leads from one address to the next.")


_backoff = wait_exponential_jitter(initial=1, max=20, jitter=1)


def _pause(state: RetryCallState) -> float:
    fault = state.outcome and state.outcome.exception()
    asked = fault.pause if isinstance(fault, AgainError) else 0.0
    return max(asked, float(_backoff(state)))
