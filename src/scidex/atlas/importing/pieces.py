"""The output while HTML is read: a list of pieces that remember their source line.

What must vanish is cut off the end of the list when its closing tag comes, and emphasis is put in backwards, when
its closing tag comes: so nothing that is never closed can do harm, and nothing is ever searched twice.
"""

from __future__ import annotations

from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.html_lines import Cell, Hidden, HtmlTable, Line, Piece
from scidex.atlas.importing.model import Span


class Output:
    """Pieces of text, the marks that wait for their end, and the table that is open, if one is."""

    def __init__(self, ledger: Ledger, first_line: int) -> None:
        self._ledger = ledger
        self._line = first_line
        self._out: list[Piece] = []
        self._marks: list[tuple[str, int, str, int]] = []
        self._hidden: Hidden | None = None
        self._table: HtmlTable | None = None
        self._table_mark = 0
        self._table_line = 0
        self._table_depth = 0
        self._row: list[Cell] | None = None
        self._cell = -1
        self._cell_header = False
        self._cell_line = 0
        self._breaks = 0

    def _break(self) -> None:
        """End the line, if there is anything on it."""
        if self._cell >= 0:
            self._out.append(Piece(" ", self._line))
        elif self._out and not self._out[-1].breaks:
            self._out.append(Piece("", self._line, True))
            self._breaks += 1

    def _drop_hidden(self, hidden: Hidden) -> None:
        text = "".join(piece.text for piece in self._out[hidden.mark :]).strip()
        del self._out[hidden.mark :]
        while self._marks and self._marks[-1][1] >= hidden.mark:
            self._marks.pop()
        self._hidden = None
        if self._table is not None and hidden.table is not self._table:
            self._table, self._row, self._cell = None, None, -1
        code = "hidden-markup" if hidden.why.startswith("a hidden") else "active-markup"
        span = Span(hidden.line, max(hidden.line, self._line))
        message = f"{hidden.why} with {len(text)} characters of text"
        self._ledger.add(code, message, span=span, action="removed with its content", shown="nothing")

    def _close_mark(self, name: str) -> None:
        while self._marks and self._marks[-1][3] != self._breaks:
            self._marks.pop()
        for back in range(1, min(len(self._marks), 8) + 1):
            if self._marks[-back][0] != name:
                continue
            _, where, mark, _ = self._marks[-back]
            del self._marks[-back:]
            if where >= len(self._out):
                return
            inner = "".join(piece.text for piece in self._out[where + 1 : where + 40])
            if not mark or not inner.strip() or (mark == "`" and ("`" in inner or "&" in inner)):
                return
            if name == "a":
                self._out[where].text = "["
                self._out.append(Piece(f"]({mark})", self._line))
            else:
                self._out[where].text = mark
                self._out.append(Piece(mark, self._line))
            return

    def _finish_hidden(self, hidden: Hidden) -> None:
        """A hidden element that is never closed loses the rest of its line; what follows is shown, so not hidden."""
        end = hidden.mark
        while end < len(self._out) and not self._out[end].breaks:
            end += 1
        del self._out[hidden.mark : end]
        message = f"{hidden.why}, never closed"
        code = "hidden-markup" if hidden.why.startswith("a hidden") else "active-markup"
        action = "removed to the end of the line"
        self._ledger.add(code, message, line=hidden.line, action=action, shown="what follows it")

    def _collected(self) -> list[Line]:
        """The pieces put together to lines."""
        lines: list[Line] = []
        words: list[str] = []
        first = last = 0
        for piece in self._out:
            if piece.element is not None:
                if words:
                    lines.append(Line("".join(words), first, last))
                    words = []
                lines.append(Line("", piece.line, max(piece.last, piece.line), piece.element))
                continue
            if not words:
                first = piece.line
            last = piece.line
            words.append(piece.text)
            if piece.breaks:
                lines.append(Line("".join(words), first, last))
                words = []
        if words:
            lines.append(Line("".join(words), first, last))
        return lines
