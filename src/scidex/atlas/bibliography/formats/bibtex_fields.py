"""Which BibTeX and biblatex entry types and fields are which CSL types and variables. Pure."""

from __future__ import annotations

# BibTeX's types and biblatex's, with their aliases (biblatex manual 2.1; Patashnik, BibTeXing, 1988).
ENTRY_TYPES = {
    "article": "article-journal",
    "periodical": "periodical",
    "suppperiodical": "article-journal",
    "book": "book",
    "mvbook": "book",
    "booklet": "pamphlet",
    "collection": "book",
    "mvcollection": "book",
    "proceedings": "book",
    "mvproceedings": "book",
    "reference": "book",
    "mvreference": "book",
    "inbook": "chapter",
    "bookinbook": "chapter",
    "suppbook": "chapter",
    "incollection": "chapter",
    "suppcollection": "chapter",
    "inreference": "entry-encyclopedia",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "manual": "report",
    "report": "report",
    "techreport": "report",
    "thesis": "thesis",
    "mastersthesis": "thesis",
    "phdthesis": "thesis",
    "unpublished": "manuscript",
    "online": "webpage",
    "electronic": "webpage",
    "www": "webpage",
    "dataset": "dataset",
    "software": "software",
    "patent": "patent",
    "standard": "standard",
    "legislation": "legislation",
    "legal": "legislation",
    "jurisdiction": "legal_case",
    "letter": "personal_communication",
    "review": "review",
    "artwork": "graphic",
    "image": "figure",
    "audio": "song",
    "music": "song",
    "movie": "motion_picture",
    "video": "motion_picture",
    "performance": "performance",
    "misc": "document",
}
# The type to write for a CSL type; the others become ``misc``.
WRITTEN_TYPES = {
    "article": "misc",
    "article-magazine": "article",
    "article-newspaper": "article",
    "review-book": "review",
    "entry-dictionary": "inreference",
    "post": "online",
    "post-weblog": "online",
    "book": "book",
    "chapter": "incollection",
    "report": "report",
    "thesis": "thesis",
    "paper-conference": "inproceedings",
    "webpage": "online",
    "song": "audio",
    "motion_picture": "video",
    "legislation": "legislation",
    "article-journal": "article",
}
_IN_A_BOOK = {"chapter", "paper-conference", "entry-encyclopedia"}
_NUMBERED = {"report", "patent", "standard", "legislation", "legal_case", "software", "dataset", "document", "thesis"}

# Fields whose text is LaTeX, and the CSL variable; where several fields are one variable the first is written.
TEXT_FIELDS = {
    "title": "title",
    "shorttitle": "title-short",
    "journal": "container-title",
    "journaltitle": "container-title",
    "booktitle": "container-title",
    "maintitle": "volume-title",
    "shortjournal": "container-title-short",
    "series": "collection-title",
    "volume": "volume",
    "edition": "edition",
    "chapter": "chapter-number",
    "part": "part-number",
    "volumes": "number-of-volumes",
    "pagetotal": "number-of-pages",
    "publisher": "publisher",
    "institution": "publisher",
    "school": "publisher",
    "organization": "publisher",
    "address": "publisher-place",
    "location": "publisher-place",
    "eventtitle": "event-title",
    "venue": "event-place",
    "origtitle": "original-title",
    "origpublisher": "original-publisher",
    "origlocation": "original-publisher-place",
    "version": "version",
    "type": "genre",
    "pubstate": "status",
    "note": "note",
    "annotation": "annote",
    "annote": "annote",
    "abstract": "abstract",
    "keywords": "keyword",
    "language": "language",
    "library": "archive",
}
TITLE_FIELDS = frozenset({"title", "shorttitle", "booktitle", "maintitle", "eventtitle", "origtitle"})
# Fields that TeX never typesets as they stand, or that are addresses: no LaTeX is read in them.
VERBATIM_FIELDS = {"doi": "DOI", "isbn": "ISBN", "issn": "ISSN", "url": "URL", "pmid": "PMID", "pmcid": "PMCID"}
NAME_FIELDS = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "bookauthor": "container-author",
    "director": "director",
    "introduction": "contributor",
}
DATE_FIELDS = {"urldate": "accessed", "eventdate": "event-date", "origdate": "original-date"}


def text_variable(field: str, csl_type: str) -> str | None:
    """The CSL variable that the text in `field` is, for an entry of `csl_type`; None if there is none."""
    if field == "number":
        if csl_type in _NUMBERED:
            return "number"
        return "collection-number" if csl_type in _IN_A_BOOK | {"book"} else "issue"
    if field == "issue":
        return "issue"
    return TEXT_FIELDS.get(field)


def written_field(variable: str, csl_type: str) -> str | None:
    """The field to write for a CSL `variable`, for an entry of `csl_type`; None if there is none."""
    if variable == "container-title":
        return "booktitle" if csl_type in _IN_A_BOOK else "journal"
    if variable == "publisher":
        return {"thesis": "school", "report": "institution"}.get(csl_type, "publisher")
    if variable == text_variable("number", csl_type):
        return "number"
    return _WRITTEN.get(variable)


_WRITTEN = {variable: field for field, variable in reversed(TEXT_FIELDS.items())} | {"issue": "issue"}


def entry_type(csl_type: str) -> str:
    """The entry type to write for a CSL type."""
    if csl_type in WRITTEN_TYPES:
        return WRITTEN_TYPES[csl_type]
    return next((name for name, given in ENTRY_TYPES.items() if given == csl_type), "misc")
