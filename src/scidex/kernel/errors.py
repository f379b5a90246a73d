"""The five ways a request can fail, plus the one that is our own bug.

Errors know nothing of HTTP, terminals or protocols: each surface maps these categories in one table.
The message says what is wrong, `cure` says what to do about it.
"""

from __future__ import annotations


class ScidexError(Exception):
    """Something went wrong."""

    category = "error"

    def __init__(self, message: str = "", *, cure: str = "") -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.cure = cure
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class Invalid(ScidexError):
    """The request cannot be understood; the caller can mend it."""

    category = "invalid"


class NotFound(ScidexError):
    """Nothing of this name is kept here."""

    category = "not-found"


class Conflict(ScidexError):
    """The request was fine, but the state it was made against has moved on."""

    category = "conflict"


class Forbidden(ScidexError):
    """This actor may not do that."""

    category = "forbidden"


class Refused(ScidexError):
    """A gate refused the change. `reasons` lists each gate's words, `cure` what would satisfy them."""

    category = "refused"

    def __init__(self, message: str = "", *, cure: str = "", reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message, cure=cure)
        self.reasons = reasons


class Defect(ScidexError):
    """An invariant of ours does not hold. This is a bug in SciDEX, not in the request."""

    category = "defect"
