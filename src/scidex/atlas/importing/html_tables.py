"""HTML tables while they are read: cells are cut from the output and the table put in their place."""

from __future__ import annotations

from scidex.atlas.importing.hidden import without_hidden_references
from scidex.atlas.importing.html_lines import Cell, HtmlTable, Piece
from scidex.atlas.importing.links import TAG_START
from scidex.atlas.importing.model import Span
from scidex.atlas.importing.pieces import Output


class TableOutput(Output):
    """Output that knows in which cell of a table it is; text outside of a cell ends the table."""

    def _verbatim(self, chunk: str) -> None:
        """Text that is kept as it stands."""
        if self._outside_cells():
            self._end_table(closed=False)
        while "\n" in chunk:
            line, chunk = chunk.split("\n", 1)
            self._out.append(Piece(line, self._line, True))
            self._line += 1
            self._breaks += 1
        if chunk:
            self._out.append(Piece(chunk, self._line))

    def _words(self, chunk: str) -> None:
        """Plain text between tags."""
        if not chunk:
            return
        if self._outside_cells() and not chunk.isspace():
            self._end_table(closed=False)
        if "&" in chunk:
            chunk, removed = without_hidden_references(chunk)
            if removed:
                message = f"{removed} character references to hidden characters"
                self._ledger.add(
                    "hidden-text", message, line=self._line, action="removed", shown="the text without them"
                )
        if "<" in chunk:
            chunk = TAG_START.sub("&lt;", chunk)
        if "\n" not in chunk:
            self._out.append(Piece(chunk, self._line))
            return
        lines = chunk.split("\n")
        for line in lines[:-1]:
            self._out.append(Piece(line, self._line, True))
            self._line += 1
        self._breaks += len(lines) - 1
        if lines[-1]:
            self._out.append(Piece(lines[-1], self._line))

    def _outside_cells(self) -> bool:
        return self._table is not None and self._cell < 0

    def _table_tag(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            if self._table is not None:
                self._table_depth += 1
                return
            self._break()
            self._table = HtmlTable(attributes.get("class", "").lower())
            self._table_mark, self._table_line, self._table_depth = len(self._out), self._line, 1
            self._row, self._cell = None, -1
        elif self._table is None or self._table_depth > 1:
            self._break()
        elif name == "tr":
            self._end_cell()
            self._row = None
        elif name in ("td", "th", "caption"):
            self._end_cell()
            if self._row is None or name == "caption":
                self._row = []
                self._table.rows.append(self._row)
            self._cell = len(self._out)
            self._cell_header = name != "td"
            self._cell_line = self._line

    def _table_end_tag(self, name: str) -> None:
        if self._table is None:
            return
        if name == "table":
            self._table_depth -= 1
            if self._table_depth <= 0:
                self._end_table(closed=True)
        elif self._table_depth > 1:
            self._break()
        elif name in ("td", "th", "caption", "tr"):
            self._end_cell()
            if name in ("tr", "caption"):
                self._row = None

    def _end_cell(self) -> None:
        if self._cell < 0:
            return
        if self._hidden is not None and self._hidden.table is self._table and self._hidden.mark >= self._cell:
            self._drop_hidden(self._hidden)
        words = " ".join(
            "".join(piece.text + (" " if piece.breaks else "") for piece in self._out[self._cell :]).split()
        )
        del self._out[self._cell :]
        while self._marks and self._marks[-1][1] >= self._cell:
            self._marks.pop()
        if self._row is not None:
            self._row.append(Cell(words, self._cell_header, self._cell_line, self._line))
        self._cell = -1

    def _end_table(self, *, closed: bool) -> None:
        table = self._table
        if table is None:
            return
        self._end_cell()
        if self._hidden is not None and self._hidden.mark > self._table_mark:
            self._hidden = None
        del self._out[self._table_mark :]
        self._table = None
        table.closed = closed
        if not closed:
            span = Span(self._table_line, self._line)
            self._ledger.add(
                "cut-short", "a table is never closed", span=span, action="read as far as it goes", shown="its rows"
            )
        self._out.append(Piece("", self._table_line, True, table, self._line))
