"""The HTML tags a source may hold: how each is found, and what the importer makes of it."""

from __future__ import annotations

import html
import re

from scidex.atlas.importing.vocabulary import terms

TAG = re.compile(
    r"<(?:"
    r"(?P<comment>!--)"
    r"|(?P<declaration>[!?][^<>]*+>)"
    r"|(?P<web>https?://[^\s<>]++)>"
    r"|(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*+)(?=[\s/>])"
    r"""(?:(?P<attributes>(?:[^"'<>]++|"[^"<]*+"|'[^'<]*+')*+)>|(?P<rough>[^<>]*+)>)"""
    r"|(?P<broken>/?[A-Za-z][A-Za-z0-9:-]*+)(?=[\s/]|$)"
    r")"
)
"""A scan from one ``<`` never passes the next one, so finding all tags takes linear time."""

EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "tt": "`", "kbd": "`"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = terms(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "header hr html main nav p pre section summary"
)
RAW_TEXT = frozenset({"script", "style", "iframe", "noscript", "xmp", "noembed", "noframes", "textarea", "plaintext"})
DROPPED = terms("svg math template object applet audio video canvas select")
ACTIVE = terms(
    "script style iframe object embed applet svg math base link meta form input button frame frameset template"
)
VOID = terms("area base br col embed hr img input link meta source track wbr")
INLINE = terms(
    "a abbr acronym bdi bdo big br cite data del dfn font img ins label mark q rp rt ruby s samp small span strike sub "
    "sup time u var wbr"
)
TABLE = terms("table thead tbody tfoot tr td th caption colgroup col")
LISTS = frozenset({"ul", "ol", "li", "menu"})
KNOWN = BLOCKS | RAW_TEXT | DROPPED | ACTIVE | VOID | INLINE | TABLE | LISTS | EMPHASIS.keys() | HEADINGS.keys()

_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?""")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?:\.0*)?(?:[a-z%;]|$)|opacity:0(?:\.0*)?(?:[;%]|$)"
    r"|color:transparent|text-indent:-\d{3,}|(?:left|top|right):-\d{3,}|(?:max-)?(?:height|width):0(?:px)?(?:;|$)"
    r"|clip:rect\(0|content-visibility:hidden"
)
_ACTING = re.compile(r"url\(|expression\(|@import|behavior:|-moz-binding")
_BLANKS = re.compile(r"\s+")


def attributes_of(written: str) -> dict[str, str]:
    """The attributes of a tag, names lowered, values with their character references resolved; the first one wins."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(written):
        value = match.group(2) or match.group(3) or match.group(4) or ""
        found.setdefault(match.group(1).lower(), html.unescape(value))
    return found


def is_hiding(attributes: dict[str, str]) -> bool:
    """Whether a browser would not show what stands in an element with these attributes."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style", "")
    return bool(style) and _HIDING.search(_plain_style(style)) is not None


def acting_attribute(attributes: dict[str, str]) -> str:
    """The name of an attribute that could run code or load something, or nothing."""
    for name, value in attributes.items():
        if name.startswith("on") and len(name) > 2:
            return name
        if name == "style" and _ACTING.search(_plain_style(value)):
            return name
        if name in ("srcdoc", "formaction", "action", "background", "ping"):
            return name
    return ""


def _plain_style(style: str) -> str:
    return _BLANKS.sub("", _CSS_COMMENT.sub("", style)).replace("\\", "").lower()
