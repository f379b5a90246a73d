"""The list of what can be wrong with a source, and the ledger the readers write into.

Every code an importer emits stands in `CODES` with its usual severity and one sentence of meaning, so that a page,
a report and the documentation say the same thing about the same code.
"""

from __future__ import annotations

from typing import NamedTuple

from scidex.atlas.importing.model import Finding, Severity, Span

MOST_OF_ONE_CODE = 50
"""Beyond this many findings of one code the rest are only counted: a hostile file must not fill the report."""


class Code(NamedTuple):
    """The usual severity of a finding and what it means to a reader."""

    severity: Severity
    meaning: str


CODES: dict[str, Code] = {
    "active-markup": Code(Severity.ERROR, "Markup that could run code or load something was removed."),
    "byte-order-mark": Code(Severity.INFO, "The file begins with a byte order mark, which is not text."),
    "chrome-dropped": Code(Severity.INFO, "Texts of the source's web page that are not the artifact were left out."),
    "citation-key-unresolved": Code(
        Severity.WARNING, "Citation keys stand in the text and nothing says what they are."
    ),
    "citation-number-unlisted": Code(Severity.WARNING, "Citation numbers stand in the text and no list explains them."),
    "control-characters": Code(Severity.WARNING, "Control characters, which have no place in text, were removed."),
    "cut-short": Code(Severity.WARNING, "The file ends in the middle of something."),
    "duplicate-reference": Code(Severity.WARNING, "The reference list gives one key or number more than once."),
    "duplicate-title": Code(Severity.INFO, "The title stood more than once and was kept once."),
    "embed-http": Code(Severity.WARNING, "The embed snippet points at an unencrypted address of another site."),
    "empty-section": Code(Severity.WARNING, "A section heading has nothing below it."),
    "encoding-utf-16": Code(Severity.INFO, "The file is UTF-16 and was decoded."),
    "entity-type-guessed": Code(Severity.INFO, "What the page is about was read from its infobox or its identifier."),
    "entity-type-unknown": Code(Severity.WARNING, "What the page is about could not be told."),
    "exchange-note": Code(Severity.INFO, "A sentence introducing a list of related artifacts was left out."),
    "fence-unclosed": Code(Severity.WARNING, "A code block is opened and never closed."),
    "field-cut": Code(Severity.WARNING, "A field was too long and was cut."),
    "front-matter-unknown": Code(
        Severity.WARNING, "The front matter holds a key or an entry that has no meaning here."
    ),
    "heading-level": Code(Severity.INFO, "The levels of headings were moved so that sections begin at the second."),
    "heading-recovered": Code(Severity.INFO, "Headings had lost their markers and were recognised by their shape."),
    "hidden-markup": Code(Severity.ERROR, "Text that a browser would not have shown was removed."),
    "hidden-text": Code(Severity.ERROR, "Characters that no reader can see were removed."),
    "image-linked": Code(Severity.INFO, "An image became a link to it."),
    "infobox-second": Code(Severity.WARNING, "There is a second infobox that differs from the first."),
    "infobox-recovered": Code(
        Severity.INFO, "The infobox stood in the text as raw HTML or loose rows and became fields."
    ),
    "line-ends": Code(Severity.INFO, "The file has other line ends than a line feed."),
    "link-unlinked": Code(Severity.WARNING, "A link whose address is not allowed here became plain text."),
    "merge-into-itself": Code(Severity.WARNING, "The source says the page was merged from its own identifier."),
    "merge-record-unread": Code(Severity.WARNING, "The note about an earlier merge could not be read."),
    "metadata-conflict": Code(Severity.WARNING, "The metadata gives one name two values."),
    "metadata-row-unread": Code(Severity.WARNING, "A row of the metadata could not be read."),
    "nesting-capped": Code(Severity.WARNING, "Something was nested deeper than a page can show and was flattened."),
    "no-body": Code(Severity.WARNING, "The page has no text."),
    "no-entity": Code(Severity.WARNING, "The page is not tied to an entity of the knowledge graph."),
    "no-provenance": Code(Severity.WARNING, "The source says that it has no record of where the page came from."),
    "raw-html": Code(Severity.WARNING, "HTML tags stood in the text and became Markdown or plain text."),
    "records-not-found": Code(Severity.INFO, "A section could not be broken into single facts; it stays as text."),
    "references-empty": Code(Severity.ERROR, "There is a reference section and it lists nothing."),
    "related-unlinked": Code(
        Severity.WARNING, "A related artifact is named without an address; its line stays in the text."
    ),
    "repeated-block": Code(Severity.WARNING, "A block of lines stood twice and was kept once."),
    "score-imported": Code(
        Severity.INFO, "Scores of related hypotheses were printed in the source, not computed here."
    ),
    "slug-from-name": Code(
        Severity.INFO, "The page carries no identifier; one was made from the file's name or title."
    ),
    "spaces-normalised": Code(Severity.INFO, "Unusual space characters became plain spaces."),
    "state-unproven": Code(
        Severity.WARNING, "A state of related analyses is an icon or a word, not a record of a run."
    ),
    "table-recovered": Code(Severity.INFO, "A table in the text was rebuilt from tabs or HTML."),
    "template-sentence": Code(
        Severity.WARNING, "A sentence is the wording of a template, not a statement about the topic."
    ),
    "title-guessed": Code(
        Severity.WARNING, "The title line is missing; the title was taken from elsewhere in the file."
    ),
}


class Ledger:
    """Collects findings in the order they are made, and keeps at most `MOST_OF_ONE_CODE` of each code."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._counts: dict[str, int] = {}

    def add(
        self,
        code: str,
        message: str,
        *,
        line: int = 0,
        span: Span | None = None,
        action: str,
        shown: str,
        severity: Severity | None = None,
    ) -> None:
        """Write down one finding; a code that is not in `CODES` is a mistake in the importer and raises KeyError."""
        usual = CODES[code].severity
        count = self._counts.get(code, 0) + 1
        self._counts[code] = count
        if count > MOST_OF_ONE_CODE:
            return
        where = span if span is not None else (Span(line, line) if line else None)
        self._findings.append(Finding(code, severity or usual, where, message, action, shown))

    def close(self) -> tuple[Finding, ...]:
        """All findings, by line, then those of the file as a whole; each overfull code ends with a count."""
        listed = sorted(self._findings, key=lambda finding: finding.span.first if finding.span else 1 << 60)
        for code, count in self._counts.items():
            if count > MOST_OF_ONE_CODE:
                rest = count - MOST_OF_ONE_CODE
                listed.append(
                    Finding(
                        code,
                        CODES[code].severity,
                        None,
                        f"… and {rest} more of the same: {CODES[code].meaning}",
                        "treated like those listed",
                        "as for those listed",
                    )
                )
        return tuple(listed)

    def take(self, other: Ledger) -> None:
        """Add what another ledger holds, its counts included."""
        self._findings.extend(other._findings)
        for code, count in other._counts.items():
            self._counts[code] = self._counts.get(code, 0) + count
