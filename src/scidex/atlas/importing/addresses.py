"""Which addresses a link may have. Everything else becomes text: a page never carries an address that can act."""

from __future__ import annotations

import html
import re

_INVISIBLE = re.compile("[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*+):")
_ACTIVE = frozenset({"javascript", "vbscript", "data", "file", "blob", "filesystem", "jar", "livescript", "mocha"})


def meant(address: str) -> str:
    """The address a browser would follow: character references and escapes resolved, blanks removed."""
    return _INVISIBLE.sub("", html.unescape(_BACKSLASH.sub(r"\1", html.unescape(address))))


def is_allowed(address: str) -> bool:
    """Whether a link may point there: http, https, mailto, a path on this site, or a place on this page."""
    followed = meant(address)
    lowered = followed[:8].lower()
    if lowered.startswith(("https://", "http://", "mailto:")):
        return True
    if followed.startswith("#"):
        return True
    return followed.startswith("/") and followed[1:2] not in ("/", "\\")


def is_active(address: str) -> bool:
    """Whether following the address would run or open something, which is worth an error."""
    scheme = _SCHEME.match(meant(address)[:40].lower())
    return scheme is not None and scheme.group(1) in _ACTIVE


def for_markdown(address: str) -> str:
    """The address with everything that would end a Markdown link encoded."""
    address = _INVISIBLE.sub("%20", html.unescape(address).strip())
    for character, code in (("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E"), ("[", "%5B"), ("]", "%5D")):
        address = address.replace(character, code)
    return address.replace("\\", "%5C").replace("`", "%60").replace("|", "%7C")
