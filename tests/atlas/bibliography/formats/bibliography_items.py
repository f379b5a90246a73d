"""Generated CSL-JSON items, and what reading and writing give, for the tests of the formats."""

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from scidex.atlas.bibliography import csl
from scidex.atlas.bibliography.formats import FORMATS, Problem, ReadEntry

# Characters that mean something to one of the formats come up often.
NASTY = st.sampled_from(
    [
        "\\", "{", "}", "%", "$", "#", "&", "_", "^", "~", '"', "'", "''", "`", "--", "@", "<", ">", "<i>", "</i>", "\n",
        "\n\n", "\r", "\t", "\x00", "\x01", "\x85", "\u2028", "\u00a0", "\u2009", "\\input{/etc/passwd}", "ER  - ", "\nTY  - BOOK\n",
        " and ", ",", ";", "; ", "others", "<!--", "]]>", "&lt;", "&#1;", "^^5c", "@comment{", '<span class="nocase">', "</span>",
        "é", "e\u0301", "Ω", "🧬", "\ud800", "DNA", "mRNA", "von", "de la", "A: ", "METHODS: x", "...", ".", "?", "-", "–",
    ]
)  # fmt: skip
TEXT = st.lists(NASTY | st.text(max_size=8), max_size=6).map("".join)
YEARS = st.integers(-500, 9999)
PARTS = st.one_of(
    st.tuples(YEARS), st.tuples(YEARS, st.integers(1, 12)), st.tuples(YEARS, st.integers(1, 12), st.integers(1, 31))
).map(list)
DATES = st.fixed_dictionaries(
    {},
    optional={
        "date-parts": st.lists(PARTS, min_size=1, max_size=2),
        "literal": TEXT,
        "raw": TEXT,
        "season": st.sampled_from(["1", "4", "Spring", "9"]),
        "circa": st.booleans(),
    },
)
NAMES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "family": TEXT,
            "given": TEXT,
            "literal": TEXT,
            "suffix": TEXT,
            "dropping-particle": TEXT,
            "non-dropping-particle": TEXT,
        },
    ),
    max_size=3,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OWN = st.fixed_dictionaries(
    {},
    optional={
        "bibtex": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["article", "techreport", "nonsense", "inbook"]) | TEXT,
                "key": TEXT,
                "fields": st.dictionaries(
                    st.sampled_from(["title", "x-csl", "file", "crossref", "langid", "eprint", "month", "subtitle"])
                    | TEXT,
                    TEXT,
                    max_size=3,
                ),
            },
        ),
        "ris": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["JOUR", "EJOUR", "jour", "XX"]) | TEXT,
                "tags": st.lists(
                    st.tuples(st.sampled_from(["C1", "TY", "ER", "UR", "C8", "KW", "SP"]) | TEXT, TEXT).map(list),
                    max_size=3,
                ),
            },
        ),
        "csl": st.dictionaries(st.sampled_from(["x-verification", "title", "custom"]) | TEXT, JSON, max_size=3),
        "orcid": st.dictionaries(st.sampled_from(["0", "1", "9"]), st.sampled_from(["0000-0001-2345-678X", "x"])),
        "pubmed": JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "status": TEXT,
                "pii": TEXT,
                "publication-types": st.lists(TEXT, max_size=2),
                "mesh": st.lists(
                    JSON | st.fixed_dictionaries({"term": TEXT, "id": TEXT, "major": st.booleans()}), max_size=2
                ),
                "corrections": st.lists(
                    st.fixed_dictionaries({"type": TEXT, "source": TEXT, "pmid": TEXT}), max_size=2
                ),
                "data-banks": st.lists(
                    st.fixed_dictionaries({"name": TEXT, "numbers": st.lists(TEXT, max_size=2)}), max_size=2
                ),
            },
        ),
        "jats": JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "role": st.sampled_from(["article", "reference", "sub-article"]),
                "type": st.sampled_from(["research-article", "journal", "book-review", "chapter"]) | TEXT,
                "label": TEXT,
                "citation": TEXT,
                "ids": st.dictionaries(st.sampled_from(["doi", "publisher-id"]) | TEXT, TEXT, max_size=2),
                "subjects": st.lists(TEXT, max_size=2),
            },
        ),
    },
)


def items() -> st.SearchStrategy[csl.Record]:
    """Any item that the library may hold."""
    fields: dict[str, st.SearchStrategy[Any]] = {"id": TEXT, "type": st.sampled_from(sorted(csl.TYPES))}
    fields |= dict.fromkeys(csl.TEXT_VARIABLES, TEXT)
    fields |= dict.fromkeys(csl.DATE_VARIABLES, DATES)
    fields |= dict.fromkeys(csl.NAME_VARIABLES, NAMES)
    fields |= {"custom": OWN | st.dictionaries(TEXT, JSON, max_size=2), "categories": st.lists(TEXT, max_size=2)}
    common = (
        "type",
        "title",
        "author",
        "issued",
        "page",
        "container-title",
        "DOI",
        "abstract",
        "custom",
        "keyword",
        "language",
        "id",
    )
    chosen = st.lists(st.sampled_from(common) | st.sampled_from(sorted(fields)), max_size=8, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: fields[name] for name in names})).map(
        csl.checked_item
    )


def read(name: str, *data: bytes) -> list[ReadEntry | Problem]:
    return list(FORMATS[name].read(data))


def read_items(name: str, text: str) -> list[csl.Record]:
    """The items of a file of ours; fails if there was a problem with one."""
    entries = read(name, text.encode())
    assert [each for each in entries if isinstance(each, Problem)] == []
    return [each.item for each in entries if isinstance(each, ReadEntry)]


def written(name: str, items: Iterable[csl.Record]) -> str:
    return "".join(FORMATS[name].write(items))


def without_additions(name: str, item: csl.Record, original: csl.Record) -> csl.Record:
    """`item` less what the format says of itself where the original said nothing: an id, its own part of custom."""
    own = {"csl-json": "csl"}.get(name, name)
    custom = {
        key: value for key, value in item.get("custom", {}).items() if key != own or own in original.get("custom", {})
    }
    kept = {key: value for key, value in item.items() if key != "custom" and (key != "id" or "id" in original)}
    return kept | ({"custom": custom} if custom else {})
