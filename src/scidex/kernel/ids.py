"""Typed identifiers. Opaque, time-ordered, safe in a path, and readable over the telephone.

The text is a prefix and 18 characters of Crockford's base 32 (no I, L, O, U): 48 bits of milliseconds
since 1970 and 42 random bits. Ids made within one process strictly increase.
"""

from __future__ import annotations

import re
import secrets
import threading
from datetime import datetime
from typing import ClassVar, Literal, Self, TypeVar, cast

from scidex.kernel.errors import Invalid

ActorType = Literal["person", "software", "organization"]
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS = 18
_RANDOM_BITS = 42


class Identifier(str):
    """Base of the opaque identifiers; a subclass sets its prefix."""

    __slots__ = ()
    prefix: ClassVar[str]
    _pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls) -> None:
        cls._pattern = re.compile(rf"{cls.prefix}-[{ALPHABET}]{{{_DIGITS}}}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The identifier in `text`. Raises Invalid if it is not one of this type."""
        if not cls._pattern.fullmatch(text):
            raise Invalid(
                f"“{text[:60]}” is not an identifier of the form {cls.prefix}-….",
                cure="Copy it from a page's address or from `scidex list`.",
            )
        return cls(text)

    @classmethod
    def matches(cls, text: str) -> bool:
        """Whether `text` has this type's form."""
        return cls._pattern.fullmatch(text) is not None


class ArtifactId(Identifier):
    """Names an artifact, for ever.

    >>> ArtifactId.parse("sx-06f4v1zr2k8m3q5t7w")
    'sx-06f4v1zr2k8m3q5t7w'
    """

    __slots__ = ()
    prefix = "sx"


class ActivityId(Identifier):
    """Names an activity: one thing an actor did."""

    __slots__ = ()
    prefix = "ac"


class ActorId(str):
    """Names who acts: ``person:NAME``, ``software:NAME`` or ``organization:NAME`` (PROV's agent types).

    >>> ActorId.parse("software:scidex-importer").type
    'software'
    """

    __slots__ = ()
    _pattern = re.compile(r"(person|software|organization):[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The actor in `text`. Raises Invalid."""
        if not cls._pattern.fullmatch(text):
            raise Invalid(
                f"“{text[:60]}” does not name an actor.",
                cure="Write person:NAME, software:NAME or organization:NAME, with letters, digits and . _ @ + - in the name.",
            )
        return cls(text)

    @property
    def type(self) -> ActorType:
        """What the actor is."""
        return cast("ActorType", self.partition(":")[0])

    @property
    def name(self) -> str:
        """The part after the colon."""
        return self.partition(":")[2]


Made = TypeVar("Made", bound=Identifier)


class IdFactory:
    """Makes identifiers. Thread-safe; later ones sort after earlier ones of the same factory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def make(self, kind: type[Made], now: datetime) -> Made:
        """A new identifier of type `kind`, made at `now`."""
        value = (int(now.timestamp() * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS - 1)
        with self._lock:
            value = self._last = max(value, self._last + 1)
        digits = []
        for _ in range(_DIGITS):
            value, digit = divmod(value, 32)
            digits.append(ALPHABET[digit])
        return kind(f"{kind.prefix}-{''.join(reversed(digits))}")
