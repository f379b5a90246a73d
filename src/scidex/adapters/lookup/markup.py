"""Titles and abstracts as services send them (HTML, JATS, MathML, escaped once or twice) in CSL's rich text.

Linear in the length of the text. What comes out has the tags <i>, <b>, <sub>, <sup> and small capitals, balanced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from scidex.atlas.bibliography.csl import plain_text

LONGEST = 200_000
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]{0,40})((?:\s[^<>]{0,500})?)(/?)>|<!--[^<>]{0,500}-->")
# A “<” before a tag that is taken away must not make a tag with what comes after it.
_DANGLING = re.compile(r"<(/?[A-Za-z][^<>]*|/?)$")
_SMALL_CAPS = ('<span style="font-variant:small-caps;">', "</span>")
_KEPT = {
    **dict.fromkeys(("i", "em", "italic"), ("<i>", "</i>")),
    **dict.fromkeys(("b", "strong", "bold"), ("<b>", "</b>")),
    "sub": ("<sub>", "</sub>"),
    "sup": ("<sup>", "</sup>"),
    **dict.fromkeys(("sc", "scp"), _SMALL_CAPS),
}


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _tags("p title sec br break div h1 h2 h3 h4 h5 h6 li list-item list label disp-formula")
_DROPPED = _tags(
    """a abstract alternatives article-title ext-link fn font inline-formula inline-graphic list-content
    maction math menclose merror mfenced mfrac mi mmultiscripts mn mo monospace mover mpadded mphantom mroot mrow ms
    mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover named-content nobr
    overline semantics small span strike styled-content tt u underline uri xref"""
)
_UNREAD = frozenset({"annotation", "annotation-xml", "tex-math", "script", "style"})
# How MathML's children stand together; others stand one after the other.
_MATH = {
    "msub": "{0}<sub>{1}</sub>",
    "msup": "{0}<sup>{1}</sup>",
    "msubsup": "{0}<sub>{1}</sub><sup>{2}</sup>",
    "mfrac": "{0}/{1}",
    "msqrt": "√{0}",
}
_DEEPEST = 60
_TOP = "top"


@dataclass(slots=True)
class _Element:
    name: str
    children: list[str] = field(default_factory=list)

    def written(self) -> str:
        if self.name in _UNREAD:
            return ""
        if self.name in _KEPT:
            inner = "".join(self.children)
            before, after = _KEPT[self.name]
            return f"{before}{inner}{after}" if inner.strip() else inner
        if self.name in _MATH:
            parts = [child for child in self.children if child.strip()]
            if len(parts) == _MATH[self.name].count("{"):
                return _MATH[self.name].format(*parts)
        return "".join(self.children)


def rich_line(text: str) -> str:
    """`text` on one line in CSL's rich text."""
    return " ".join(_flattened(text).split())


def plain_paragraphs(text: str) -> str:
    """`text` without any markup, a paragraph or heading to a line."""
    lines = (plain_text(line) for line in _flattened(text).splitlines())
    return "\n".join(line for line in lines if line)


def _flattened(text: str) -> str:
    text = unescape(unescape(text[:LONGEST]))
    open_elements = [_Element(_TOP)]
    at = 0
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower().rpartition(":")[2]
        known = name in _KEPT or name in _BLOCKS or name in _DROPPED or name in _UNREAD or ":" in (tag[2] or "")
        if tag[2] and not known:
            continue  # such as “x<y and z>w”: words, not a tag
        open_elements[-1].children.append(_DANGLING.sub(r"< \1", text[at : tag.start()]))
        at = tag.end()
        if name in _BLOCKS:
            open_elements[-1].children.append("\n")
        elif tag[2]:
            _turn(open_elements, name, closing=bool(tag[1]), empty=bool(tag[4]))
    open_elements[-1].children.append(text[at:])
    while len(open_elements) > 1:
        _close(open_elements)
    return open_elements[0].written()


def _turn(open_elements: list[_Element], name: str, *, closing: bool, empty: bool) -> None:
    if empty:
        return
    if not closing:
        if len(open_elements) < _DEEPEST:
            open_elements.append(_Element(name))
    elif any(element.name == name for element in open_elements):
        while open_elements[-1].name != name:
            _close(open_elements)
        _close(open_elements)


def _close(open_elements: list[_Element]) -> None:
    element = open_elements.pop()
    open_elements[-1].children.append(element.written())
