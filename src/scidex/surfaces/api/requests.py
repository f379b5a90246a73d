"""What is read of a request that wants to write: its flags, its idempotency key and its body, each within bounds."""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.requests import ClientDisconnect, Request

from scidex.kernel.errors import Invalid
from scidex.surfaces.web.errors import TooLarge, Unsupported

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_SECRETS = frozenset({"token", "access_token", "api_key", "apikey", "key", "auth", "authorization", "bearer"})


def asked(request: Request, allowed: Collection[str]) -> dict[str, str]:
    """The parameters in the address. Raises Invalid for one that is not `allowed` or is given twice."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name.lower() in _SECRETS:
            raise Invalid(
                "An access token is never read from an address: addresses are kept in logs and histories.",
                cure="Revoke it (`scidex token revoke`) and send a new one in the header Authorization: Bearer.",
            )
        if name not in allowed:
            known = ", ".join(sorted(allowed)) or "none"
            raise Invalid(f"The parameter “{name[:60]}” is not known here.", cure=f"Known: {known}.")
        if name in found:
            raise Invalid(f"The parameter {name} is given twice.", cure="Give it once.")
        found[name] = value
    return found


def flag(parameters: dict[str, str], name: str) -> bool:
    """Whether a parameter says yes: 1 or true; absent, 0 and false say no. Raises Invalid for anything else."""
    value = parameters.get(name, "0").lower()
    if value not in ("0", "1", "false", "true"):
        raise Invalid(f"{name} is “{value[:20]}”.", cure="Write 1 or 0.")
    return value in ("1", "true")


def idempotency_key(request: Request) -> str:
    """The header Idempotency-Key, empty if there is none. Raises Invalid."""
    given = request.headers.getlist("idempotency-key")
    return checked_key(", ".join(given)) if given else ""


def checked_key(key: str) -> str:
    """`key`, if it is fit to be an idempotency key. Raises Invalid."""
    if not _KEY.fullmatch(key):
        raise Invalid(
            "The idempotency key is not 1 to 200 visible ASCII characters.", cure="Use a UUID, and send it once."
        )
    return key


def media_type(request: Request) -> str:
    """The type of the body, in lower case without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def body(request: Request, limit: int) -> bytes:
    """The body. Raises TooLarge as soon as it is known to be longer than `limit` bytes."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Unsupported("Compressed bodies are not read.", cure="Send it without Content-Encoding.")
    declared = request.headers.get("content-length", "")
    # Only to refuse early; what holds is the count below.
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > limit:
        raise _too_large(limit)
    read = bytearray()
    try:
        async for chunk in request.stream():
            read += chunk
            if len(read) > limit:
                raise _too_large(limit)
    except ClientDisconnect:
        raise Invalid("The connection broke off before the whole body came.") from None
    return bytes(read)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit:,} bytes.", cure="Send less at once.")
