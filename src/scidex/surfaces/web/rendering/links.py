"""Links and images: which of them a reader may follow, and what they look like.

Decided by allowlist on the address as markdown-it normalised it (entities decoded, control characters and backslashes
percent-encoded), and decided a second time by the sanitiser.
"""

from __future__ import annotations

import re
from enum import Enum
from html import escape
from urllib.parse import quote, unquote

from scidex.surfaces.web.rendering.values import LinkTarget, Rendering

EXTERNAL_REL = "nofollow noopener noreferrer external"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class Reach(Enum):
    """How far a link leads."""

    SECTION = "a place on the same page"
    INTERNAL = "another artifact here"
    EXTERNAL = "another site"
    NOWHERE = "a scheme nobody should follow"


def reach(href: str) -> Reach:
    """Sort an address.

    >>> [reach(href).name for href in ("#s-x", "/entities/x", "https://x.org", "//x.org", "JavaScript:alert(1)")]
    ['SECTION', 'INTERNAL', 'EXTERNAL', 'EXTERNAL', 'NOWHERE']
    """
    scheme = _SCHEME.match(href)
    if scheme is not None:
        return Reach.EXTERNAL if scheme.group(1).lower() in {"http", "https", "mailto"} else Reach.NOWHERE
    if href.startswith("//"):
        return Reach.EXTERNAL
    return Reach.SECTION if href.startswith("#") else Reach.INTERNAL


def find_target(href: str, rendering: Rendering) -> LinkTarget | None:
    """The target of an internal address as the author wrote it, with or without its ``#section``."""
    links = rendering.links
    target = links.get(href) or links.get(unquote(href))
    if target is not None or "#" not in href:
        return target
    address, section = href.split("#", 1)
    target = links.get(address) or links.get(unquote(address))
    if target is None:
        return None
    return LinkTarget(f"{target.href}#{section}", target.written, target.title, target.summary)


def open_link(href: str, rendering: Rendering, *, title: str = "", kind: str = "") -> tuple[str, str]:
    """The HTML before and after the text of a link; both are empty if it must not be followed.

    `kind` is a further class, for links that stand for an image.
    """
    match reach(href):
        case Reach.NOWHERE:
            return "", ""
        case Reach.EXTERNAL:
            return (
                f'<a{_class("link-external", kind)} href="{escape(href)}" rel="{EXTERNAL_REL}"{_title(title)}>',
                "</a>",
            )
        case Reach.SECTION:
            known = f"s-{unquote(href[1:])}"
            section = f"#{known}" if known in rendering.heading_ids else href
            return f'<a{_class("link", kind)} href="{escape(section)}"{_title(title)}>', "</a>"
        case Reach.INTERNAL:
            return _open_internal(href, rendering, title=title, kind=kind)


def _open_internal(href: str, rendering: Rendering, *, title: str, kind: str) -> tuple[str, str]:
    target = find_target(href, rendering)
    if target is None or not target.written:
        wanted = (target.href if target else "") or f"/wanted?ref={quote(unquote(href), safe='')}"
        return f'<a{_class("link-wanted", kind)} href="{escape(wanted)}" title="not written yet">', "</a>"
    anchor = f'<a{_class("link", kind)} href="{escape(target.href)}"'
    if not target.summary:
        return f"{anchor}{_title(title)}>", "</a>"
    identifier = rendering.next_card() if rendering.identified else ""
    described = f' aria-describedby="{identifier}"' if identifier else ""
    named = f' id="{identifier}"' if identifier else ""
    words = " — ".join(part for part in (target.title, target.summary) if part)
    card = f'<span class="card" role="tooltip"{named}>{escape(words)}</span>'
    return f'<span class="hovering">{anchor}{described}{_title(title)}>', f"</a>{card}</span>"


def link_name(href: str, rendering: Rendering) -> str:
    """What to call a link whose author gave it no text, so that it can be seen and read aloud."""
    target = find_target(href, rendering)
    return (target.title if target else "") or href


def _class(name: str, kind: str) -> str:
    return f' class="{name} {kind}"' if kind else f' class="{name}"'


def _title(title: str) -> str:
    return f' title="{escape(title)}"' if title else ""
