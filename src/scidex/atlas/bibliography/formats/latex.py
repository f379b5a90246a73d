r"""LaTeX in bibliography files as text with CSL-JSON's markup, and back. Pure, in one pass whatever the nesting.

What is read: accents, symbols, ligatures, simple math, and the commands CSL has markup for. Any other command stays in
the text as it stands. What is written has no command but those named here, its braces are balanced and every character
that TeX reads as an order is spelt out, so that no text of an entry is ever executed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from pylatexenc.latex2text import get_default_latex_context_db  # type: ignore[import-untyped]

from scidex.atlas.bibliography.formats.rich_text import NO_CASE, SMALL_CAPITALS, pieces_of

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "H": "\u030b", "c": "\u0327", "k": "\u0328", "b": "\u0331", "d": "\u0323", "r": "\u030a", "u": "\u0306",
    "v": "\u030c", "t": "\u0361",
}  # fmt: skip
_SMALL_CAPITALS = "span" + SMALL_CAPITALS
_NO_CASE = "span" + NO_CASE
# Commands with one argument: CSL's tag, or nothing where only the words matter.
_COMMANDS = {
    "textit": "i", "emph": "i", "textsl": "i", "mathit": "i", "mkbibemph": "i", "textbf": "b", "mathbf": "b",
    "textsuperscript": "sup", "textsubscript": "sub", "textsc": _SMALL_CAPITALS, "textrm": "", "textup": "",
    "textmd": "", "textnormal": "", "texttt": "", "textsf": "", "mathrm": "", "mathsf": "", "mathit*": "", "mbox": "",
    "text": "", "ensuremath": "", "url": "", "NoCaseChange": "", "MakeUppercase": "", "uppercase": "",
}  # fmt: skip
_DECLARATIONS = {
    "em": "i", "it": "i", "itshape": "i", "sl": "i", "slshape": "i", "bf": "b", "bfseries": "b",
    "sc": _SMALL_CAPITALS, "scshape": _SMALL_CAPITALS, "rm": "", "tt": "", "sf": "", "normalfont": "", "upshape": "",
}  # fmt: skip
_SYMBOLS = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "textasciicircum": "^",
    "textless": "<", "textgreater": ">", "textbar": "|", "textdollar": "$", "textunderscore": "_", "textquotesingle": "'",
    "textquotedbl": '"', "textasciigrave": "`", "S": "§", "P": "¶", "slash": "/", "dots": "…", "ldots": "…",
    "textellipsis": "…", "copyright": "©", "textregistered": "®", "texttrademark": "™", "textdegree": "°",
    "textmu": "µ", "nobreakspace": "\u00a0", "relax": "", "protect": "", "TeX": "TeX", "LaTeX": "LaTeX",
    "aa": "å", "AA": "Å", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
    "guillemotleft": "«", "guillemotright": "»", "quotesinglbase": "‚", "quotedblbase": "„",
    # Of one character each:
    "&": "&", "%": "%", "$": "$", "#": "#", "_": "_", "{": "{", "}": "}", " ": " ", "\n": " ", "\t": " ", "\\": " ",
    ",": "\u2009", ";": " ", ":": " ", ">": " ", "!": "", "-": "", "/": "", "@": "", "*": "",
}  # fmt: skip
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "~": "\u00a0"}
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "\u00a0": "~", "\u2009": r"\,", "`": r"\textasciigrave{}", "--": "-{}-", "''": "'{}'",
}  # fmt: skip
_OPENINGS = {
    "i": r"\textit{", "b": r"\textbf{", "sup": r"\textsuperscript{", "sub": r"\textsubscript{",
    _SMALL_CAPITALS: r"\textsc{", _NO_CASE: "{",
}  # fmt: skip
_TOKEN = re.compile(r"\\[A-Za-z]+\*?[ \t\r\n]*|\\.|[{}$^_~]|---?|``|''|[^\\{}$^_~`'-]+|.", re.DOTALL)
_SPECIAL = re.compile("[\\\\{}~^<>&%$#_\u00a0\u2009`]|-(?=-)|'(?=')")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_BLANK = re.compile(r"[ \t\r\n]+")
_RUN = re.compile(r"\S+")
_DOTLESS = {"ı": "i", "ȷ": "j"}


def _known_symbols() -> dict[str, str]:
    """The names of single characters that pylatexenc knows, ours before them."""
    known: dict[str, str] = {}
    for category in get_default_latex_context_db().d.values():
        for name, macro in category["macros"].items():
            given = macro.simplify_repl
            if isinstance(given, str) and len(given) == 1:
                known.setdefault(name, given)
    return known | _SYMBOLS


_NAMED = _known_symbols()
COMMANDS = frozenset(_NAMED) | frozenset(_COMMANDS) | frozenset(_DECLARATIONS) | frozenset(_ACCENTS)
"""The commands that are read, by their names without the backslash."""


# Bounds, so that no nesting or piling up of commands costs more than its length.
_DEEPEST = 50
_MOST_TAKERS = 8
_MOST_FONTS = 8


@dataclass(slots=True)
class _Group:
    """What stands between two braces: what it is the argument of, its text so far, and font changes within it."""

    takers: tuple[str, ...] = ()
    is_within_braces: bool = False
    begins_with_command: bool = False
    parts: list[str] = field(default_factory=list)
    fonts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def keeps_capitals(self) -> bool:
        """As BibTeX reads braces: unless the group is an argument or begins with a command."""
        return not (self.takers or self.begins_with_command)


def text_of_latex(source: str, *, is_title: bool = False) -> str:
    r"""`source` as text on one line, with CSL's tags. In a title, braces that keep capitals become a tag as well.

    >>> text_of_latex(r"{\'E}tude of H$_2$O \& \emph{E.~coli}")
    'Étude of H<sub>2</sub>O & <i>E.\xa0coli</i>'
    """
    if not any(character in source for character in "\\{}$~`'-"):
        return unicodedata.normalize("NFC", _one_line(source))
    reading = _Reading(is_title)
    for token in _TOKEN.finditer(source):
        reading.take(token[0])
    return unicodedata.normalize("NFC", _one_line(reading.finish()))


def _one_line(text: str) -> str:
    return _BLANK.sub(" ", text).strip(" ")


class _Reading:
    """The state between two tokens."""

    def __init__(self, is_title: bool) -> None:
        self.is_title = is_title
        self.is_math = False
        self.groups = [_Group(begins_with_command=True)]
        self.passed_over = 0  # braces open beyond the deepest group
        self.takers: list[str] = []  # commands still without their argument, outermost first

    def take(self, mark: str) -> None:
        """The next token of the source."""
        if mark[0] == "\\" and len(mark) > 1:
            self.command(mark)
        elif mark == "{":
            self.open()
        elif mark == "}":
            self.close()
        elif mark == "$":
            self.is_math = not self.is_math
        elif mark in ("^", "_") and self.is_math:
            self.expect("sup" if mark == "^" else "sub")
        else:
            self.add(_LIGATURES.get(mark, mark))

    def open(self) -> None:
        takers, self.takers = tuple(self.takers), []
        if len(self.groups) > _DEEPEST:
            self.passed_over += 1
            return
        outer = self.groups[-1]
        self.groups.append(_Group(takers, outer.is_within_braces or outer.keeps_capitals))

    def expect(self, taker: str) -> None:
        if len(self.takers) < _MOST_TAKERS:
            self.takers.append(taker)

    def command(self, mark: str) -> None:
        name = mark[1:].rstrip(" \t\r\n") or mark[1]
        group = self.groups[-1]
        if not group.parts and not group.fonts:
            group.begins_with_command = True
        if name in _ACCENTS:
            self.expect("accent " + _ACCENTS[name])
        elif name in _COMMANDS:
            self.expect(_COMMANDS[name] or "words")
        elif name in _DECLARATIONS:
            if len(group.fonts) < _MOST_FONTS:
                group.fonts.append((len(group.parts), _DECLARATIONS[name]))
        elif name in ("(", ")"):
            self.is_math = name == "("
        elif name in _NAMED:
            self.add(_NAMED[name])
        else:
            self.add(mark)
            self.expect("unknown")

    def add(self, text: str) -> None:
        if self.takers and self.takers[-1] == "unknown":  # no braces follow it, so it has no argument
            self.takers = []
        if not self.takers:
            self.groups[-1].parts.append(text)
        elif words := text.lstrip(" \t\r\n"):
            takers, self.takers = self.takers, []
            self.groups[-1].parts.append(_taken(words[0], takers) + words[1:])

    def close(self) -> None:
        self.takers = []
        if self.passed_over:
            self.passed_over -= 1
        elif len(self.groups) == 1:
            self.add("}")
        else:
            self.close_group()

    def close_group(self) -> None:
        group = self.groups.pop()
        for start, tag in reversed(group.fonts):
            group.parts[start:] = [_tagged("".join(group.parts[start:]), tag)]
        text = "".join(group.parts)
        if self.is_title and not self.is_math and group.keeps_capitals and not group.is_within_braces:
            text = text if _keeps_itself(text) else _tagged(text, _NO_CASE)
        self.groups[-1].parts.append(_taken(text, group.takers))

    def finish(self) -> str:
        while len(self.groups) > 1:
            self.close_group()
        return "".join(self.groups[0].parts)


def _taken(text: str, takers: Sequence[str]) -> str:
    """`text` as the argument of `takers`, the innermost of which stands last."""
    for taker in reversed(takers):
        kind, _, mark = taker.partition(" ")
        if kind == "accent":
            text = _DOTLESS.get(text[:1], text[:1]) + mark + text[1:] if text else ""
        elif kind == "unknown":
            text = "{" + text + "}"
        elif kind != "words":
            text = _tagged(text, taker)
    return text


def _tagged(text: str, tag: str) -> str:
    return f"<{tag}>{text}</{tag.partition(' ')[0]}>" if text and tag else text


def _keeps_itself(word: str) -> bool:
    """Whether no citation style changes the capitals of `word`: they leave words such as DNA or mRNA as they are."""
    return not word.strip() or (_BLANK.search(word) is None and any(letter.isupper() for letter in word[1:]))


def latex_of_text(text: str, *, is_title: bool = False) -> str:
    r"""`text` with CSL's tags as LaTeX on one line. In a title, words such as DNA are put in braces to keep their capitals.

    >>> latex_of_text(r"\input{x} & 5% of mRNA", is_title=True)
    '\\textbackslash{}input\\textbraceleft{}x\\textbraceright{} \\& 5\\% of {mRNA}'
    """
    written: list[str] = []
    protected: list[str] = []
    for piece in pieces_of(_CONTROL.sub(" ", text)):
        if piece.tag:
            if piece.opens:
                protected.append(piece.tag)
                written.append(_OPENINGS[piece.tag])
            else:
                protected.pop()
                written.append("}")
        elif is_title and _NO_CASE not in protected:
            written.append(_RUN.sub(_kept_word, piece.text))
        else:
            written.append(_escaped(piece.text))
    return "".join(written)


def _kept_word(run: re.Match[str]) -> str:
    words = _escaped(run[0])
    return "{" + words + "}" if _keeps_itself(run[0]) else words


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES.get(found[0]) or _ESCAPES[found[0] * 2][:-1], text)
