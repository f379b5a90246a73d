"""What RIS files say, as records."""

import pytest
from bibliography_items import read, read_items, written
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.bibliography import csl
from scidex.atlas.bibliography.formats.decoding import lines
from scidex.atlas.bibliography.formats.ris_fields import TYPES
from scidex.atlas.bibliography.formats.ris_lines import RisRecord, ris_line, ris_records

RECORD = """TY  - JOUR
ID  - smith2019
AU  - Smith, John, Jr.
A1  - World Health Organization
TI  - A title that
goes on
T2  - Journal of Tests
JA  - J Tests
SP  - 12
EP  - 20
PY  - 2019
DA  - 2019/03/04/
SN  - 1234-5678
UR  - http://example.org/a
UR  - http://example.org/b
KW  - one
KW  - two
AB  - First paragraph.

Second paragraph.
C7  - e12
L1  - file.pdf
AN  - 123
DB  - PubMed
DO  - 10.1000/x
ER  -
"""


def test_a_record_is_read_with_all_its_tags():
    [item] = read_items("ris", RECORD)
    assert item == {
        "id": "smith2019",
        "type": "article-journal",
        "author": [{"family": "Smith", "given": "John", "suffix": "Jr."}, {"literal": "World Health Organization"}],
        "title": "A title that goes on",
        "container-title": "Journal of Tests",
        "container-title-short": "J Tests",
        "page": "12-20",
        "issued": {"date-parts": [[2019, 3, 4]]},
        "ISSN": "1234-5678",
        "URL": "http://example.org/a",
        "keyword": "one; two",
        "abstract": "First paragraph.\n\nSecond paragraph.",
        "PMID": "123",
        "source": "PubMed",
        "DOI": "10.1000/x",
        "custom": {
            "ris": {"type": "JOUR", "tags": [["UR", "http://example.org/b"], ["C7", "e12"], ["L1", "file.pdf"]]}
        },
    }


def test_what_was_read_is_written_in_tags_with_nothing_carried():
    [item] = read_items("ris", RECORD)
    text = written("ris", [item])
    assert "scidex-csl" not in text
    assert read_items("ris", text) == [item]


@pytest.mark.parametrize("ris_type", sorted(TYPES))
def test_every_type_comes_back_as_itself(ris_type):
    [item] = read_items("ris", f"TY  - {ris_type}\nTI  - T\nT2  - C\nIS  - 3\nSN  - 9780306406157\nT3  - S\nER  - \n")
    assert item["type"] in csl.TYPES
    text = written("ris", [item])
    assert text.startswith(f"TY  - {ris_type}\n")
    assert "scidex-csl" not in text
    assert read_items("ris", text) == [item]


@pytest.mark.parametrize(
    ("tags", "issued"),
    [
        ("PY  - 2019", {"date-parts": [[2019]]}),
        ("Y1  - 2019/03//", {"date-parts": [[2019, 3]]}),
        ("DA  - 2019/03/04", {"date-parts": [[2019, 3, 4]]}),
        ("DA  - 2019-03-04", {"date-parts": [[2019, 3, 4]]}),
        ("PY  - 2006///Spring", {"date-parts": [[2006]], "season": "1"}),
        ("PY  - in press", {"literal": "in press"}),
        ("PY  - 2018\nDA  - 2019/01/02", {"date-parts": [[2018]]}),
    ],
)
def test_dates_are_read(tags, issued):
    [item] = read_items("ris", f"TY  - JOUR\n{tags}\nER  - \n")
    assert item["issued"] == issued
    assert read_items("ris", written("ris", [item])) == [item]


def test_hostile_text_makes_no_second_record_and_no_tag():
    item = {"type": "book", "title": "x\nER  - \nTY  - BOOK\nTI  - evil", "note": "a\r\nAU  - b\u2028AU  - c"}
    text = written("ris", [item])
    assert text.count("\nTY  - ") == 0
    assert text.count("\nAU  - ") == 0
    assert len(read("ris", text.encode())) == 1
    assert "\u2028" not in text


VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20).map(
    lambda text: text.strip(" \t\n")
)


@given(st.lists(st.tuples(st.sampled_from(["AU", "TI", "C1", "N1"]), VALUES), max_size=6))
def test_lines_are_read_as_they_are_written(tags):
    text = "TY  - JOUR\n" + "".join(ris_line(tag, value) for tag, value in tags) + "ER  - \n"
    assert list(ris_records(lines([text.encode()]))) == [RisRecord(1, [("TY", "JOUR"), *tags])]
