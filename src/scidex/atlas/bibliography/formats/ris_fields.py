"""Which RIS types and tags are which CSL types and variables. Pure.

The types are those of the RIS format specification (Research Information Systems, 2011), the tags those that EndNote,
Zotero and RefWorks write.
"""

from __future__ import annotations

TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "ABST": "article-journal",
    "INPR": "article-journal",
    "JFULL": "periodical",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "BOOK": "book",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CLSWK": "classic",
    "ANCIENT": "classic",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "CONF": "book",
    "CPAPER": "paper-conference",
    "DATA": "dataset",
    "AGGR": "dataset",
    "DBASE": "dataset",
    "COMP": "software",
    "RPRT": "report",
    "GOVDOC": "report",
    "THES": "thesis",
    "UNPB": "manuscript",
    "MANSCPT": "manuscript",
    "ELEC": "webpage",
    "ICOMM": "webpage",
    "BLOG": "post-weblog",
    "ENCYC": "entry-encyclopedia",
    "DICT": "entry-dictionary",
    "PAT": "patent",
    "STAND": "standard",
    "STAT": "legislation",
    "LEGAL": "regulation",
    "BILL": "bill",
    "CASE": "legal_case",
    "HEAR": "hearing",
    "PCOMM": "personal_communication",
    "PAMP": "pamphlet",
    "MAP": "map",
    "MPCT": "motion_picture",
    "VIDEO": "motion_picture",
    "ADVS": "motion_picture",
    "MULTI": "webpage",
    "MUSIC": "musical_score",
    "SOUND": "song",
    "ART": "graphic",
    "FIGURE": "figure",
    "CHART": "figure",
    "EQUA": "figure",
    "SLIDE": "speech",
    "SER": "collection",
    "CTLG": "book",
    "GRANT": "document",
    "GEN": "document",
}
WRITTEN_TYPES = {csl: ris for ris, csl in reversed(TYPES.items())} | {"document": "GEN"}

_PARTS = frozenset({"chapter", "paper-conference", "entry-encyclopedia", "entry-dictionary"})
_NUMBERED = frozenset({"report", "patent", "standard", "legislation", "regulation", "bill", "legal_case", "software"})
_WHOLE = frozenset({"book", "classic", "collection"})

# In the order in which they are read; of several tags for one variable the first that is named is written.
NAMES = {
    "AU": "author",
    "A1": "author",
    "A2": "editor",
    "ED": "editor",
    "A3": "collection-editor",
    "A4": "translator",
}
DATES = {"DA": "issued", "PY": "issued", "Y1": "issued", "Y2": "accessed"}
TEXTS = {
    "TI": "title",
    "T1": "title",
    "CT": "title",
    "T2": "container-title",
    "JF": "container-title",
    "JO": "container-title",
    "BT": "container-title",
    "J2": "container-title-short",
    "JA": "container-title-short",
    "J1": "container-title-short",
    "T3": "collection-title",
    "ST": "title-short",
    "VL": "volume",
    "IS": "issue",
    "CP": "issue",
    "PB": "publisher",
    "CY": "publisher-place",
    "PP": "publisher-place",
    "DO": "DOI",
    "C2": "PMCID",
    "UR": "URL",
    "AB": "abstract",
    "N2": "abstract",
    "N1": "note",
    "ET": "edition",
    "LA": "language",
    "CN": "call-number",
    "DB": "source",
    "DP": "archive",
    "M3": "genre",
    "SE": "section",
    "NV": "number-of-volumes",
    "RP": "status",
    "OP": "original-title",
    "ID": "id",
}


def text_variable(tag: str, csl_type: str) -> str | None:
    """The CSL variable that the text of `tag` is, for a record of `csl_type`; None if there is none."""
    if tag == "T2" and csl_type in _WHOLE:
        return "collection-title"
    if tag == "BT" and csl_type in _WHOLE:
        return "title"
    if tag == "IS" and csl_type in _NUMBERED:
        return "number"
    if tag == "SN":
        return "ISBN" if csl_type in _WHOLE | _PARTS else "ISSN"
    return TEXTS.get(tag)


def written_tag(variable: str, csl_type: str) -> str | None:
    """The tag to write for a CSL `variable`, for a record of `csl_type`; None if there is none."""
    if variable == text_variable("SN", csl_type):
        return "SN"
    for tag in ("IS", "T2"):
        if variable == text_variable(tag, csl_type):
            return tag
    written = _WRITTEN.get(variable)
    return written if written and text_variable(written, csl_type) == variable else None


_WRITTEN = {variable: tag for tag, variable in reversed(TEXTS.items())}
