"""Finds which artifacts a Markdown text links to, and under which heading.

Only links within this library count: a path (``/entities/exosomes``) or an artifact's address. Everything else is
an external link and no business of the links table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scidex.atlas.kinds.base import Mention

# A line that opens a fence, a heading, or one inline link. Linear: no nested quantifiers.
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n]*)")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,500})\]\((/[^()\s<>]{1,500})\)")
_CODE = re.compile(r"`[^`\n]*`")
_SEE_ALSO = "see also"


def mentions_in(markdown: str, path: str) -> Iterator[Mention]:
    r"""The links of `markdown`, each with the heading it stands under as its reason.

    >>> [(m.relation, m.target, m.reason) for m in mentions_in("## See Also\n- [ALS](/diseases/als)", "body")]
    [('see_also', '/diseases/als', 'Listed under “See Also”.')]
    """
    heading, fenced = "", ""
    for line in markdown.split("\n"):
        if fence := _FENCE.match(line):
            if not fenced:
                fenced = fence[1]
            elif fence[1] == fenced:
                fenced = ""
            continue
        if fenced:
            continue
        if title := _HEADING.match(line):
            heading = title[1].strip().rstrip("#").strip()
            continue
        if "](/" not in line:
            continue
        for link in _LINK.finditer(_CODE.sub("", line) if "`" in line else line):
            if heading.casefold() == _SEE_ALSO:
                yield Mention("see_also", link[2], f"Listed under “{heading}”.", path, link[1])
            else:
                where = f"under “{heading}”" if heading else "in the opening"
                yield Mention("mentions", link[2], f"Mentioned {where}.", path, link[1])
