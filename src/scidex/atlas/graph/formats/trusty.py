"""Names that follow from the content of a nanopublication: Trusty URIs, module RA (Kuhn 2014, doi:10.1007/978-3-319-07443-6_27).

The statements are sorted and hashed with the name itself left out. Blank nodes have no place in them.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Quad

CODE = re.compile(r"RA[A-Za-z0-9_-]{43}")
UNKNOWN = "RA" + "0" * 43
"""What stands for the code while it is not known."""


def code_of(quads: Iterable[Quad], code: str) -> str:
    """The artifact code of statements whose names hold `code` (`UNKNOWN` before it is known)."""
    lines = sorted({_key(quad, code) for quad in quads})
    text = "".join(
        f"{graph}\n{subject}\n{predicate}\n{object_}\n" for graph, subject, predicate, _, *_, object_ in lines
    )
    return "RA" + urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")


def _key(quad: Quad, code: str) -> tuple[str, str, str, bool, str, str, str, str]:
    """What a statement is sorted by (resources before literals, those by value, type and language), and its object's line."""
    graph, subject, predicate = (_name(node, code) for node in (quad.graph_name, quad.subject, quad.predicate))
    object_ = quad.object
    if not isinstance(object_, Literal):
        name = _name(object_, code)
        return graph, subject, predicate, False, name, "", "", name
    language = (object_.language or "").lower()
    datatype = "" if language else object_.datatype.value
    escaped = object_.value.replace("\\", "\\\\").replace("\n", "\\n")
    line = f"@{language} {escaped}" if language else f"^{datatype} {escaped}"
    return graph, subject, predicate, True, object_.value, datatype, language, line


def _name(node: object, code: str) -> str:
    text = node.value if isinstance(node, NamedNode) else str(node)
    return text.replace(code, " ")
