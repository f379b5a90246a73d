"""What the importer makes of the page the project starts from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pages import checked, sections

from scidex.atlas.importing import ParsedSource, Span, parse_source
from scidex.atlas.kinds.page import PageBody


@pytest.fixture(scope="module")
def seed_bytes() -> bytes:
    """The page the project starts from. It lies beside the project, not in it."""
    path = Path(__file__).parents[4] / "shared" / "seed" / "msc-therapy-artifact.txt"
    if not path.is_file():
        pytest.fail(f"The seed page is missing: expected at ../shared/seed/ beside the project ({path.name}).")
    return path.read_bytes()


@pytest.fixture(scope="module")
def source(seed_bytes: bytes) -> ParsedSource:
    return checked(seed_bytes, "msc-therapy-artifact.txt")


@pytest.fixture(scope="module")
def page(source: ParsedSource) -> PageBody:
    return PageBody.model_validate(source.content)


def finding(source: ParsedSource, code: str):
    return next(each for each in source.findings if each.code == code)


def test_the_page_is_a_visitor_copy_about_a_therapy(source: ParsedSource, page: PageBody) -> None:
    assert (source.shape, source.kind, page.entity_type.value) == ("visitor copy", "page", "therapy")
    assert page.entity == ""
    assert "no-entity" in {each.code for each in source.findings}


def test_the_identifier_and_all_its_aliases_are_found(source: ParsedSource, page: PageBody) -> None:
    rest = "mesenchymal-stem-cell-therapy-neurodegeneration"
    assert page.slug == f"therapeutics-{rest}"
    expected = {page.slug, f"wiki-{page.slug}", f"/therapeutics/{rest}", "wp-421ad0696457"}
    assert set(source.aliases) == expected


def test_headings_are_recovered_with_their_nesting(source: ParsedSource) -> None:
    found = sections(source)
    assert [line for line in found if line.startswith("## ")] == [
        "## Molecular Mechanisms",
        "## Clinical Applications",
        "## Administration Routes",
        "## Cell Sources",
        "## Adverse Effects",
        "## See Also",
        "## External Links",
        "## Background",
        "## Additional evidence sources",
    ]
    assert sum(line.startswith("### ") for line in found) == 9


def test_the_doubled_block_is_kept_once_and_reported_with_both_places(source: ParsedSource, page: PageBody) -> None:
    repeated = finding(source, "repeated-block")
    assert repeated.span == Span(20, 36)
    assert repeated.message == "lines 20–36 repeat lines 3–19"
    assert page.lead.count("\n\n") == 1
    assert [field.label for field in page.infobox] == ["Name", "Type"]


def test_the_title_stands_once(source: ParsedSource, page: PageBody) -> None:
    assert finding(source, "duplicate-title").span == Span(3, 3)
    assert page.title not in page.body.split("\n")


def test_every_number_and_key_becomes_an_unresolved_reference(source: ParsedSource, page: PageBody) -> None:
    numbers = [each for each in page.references if each.key.isdigit()]
    keys = [each for each in page.references if not each.key.isdigit()]
    assert [int(each.key) for each in numbers] == list(range(1, 27))
    assert len(keys) == 25
    assert {each.status for each in page.references} == {"unresolved"}
    assert [each.key for each in page.references[:3]] == ["1", "2", "pittenger1999"]
    assert "1–26" in finding(source, "citation-number-unlisted").message
    assert "25 keys" in finding(source, "citation-key-unresolved").message
    assert finding(source, "references-empty").span == Span(91, 91)


def test_hypotheses_and_analyses_become_relations_and_neighbours(source: ParsedSource, page: PageBody) -> None:
    relations = Counter(item.relation for item in page.related)
    assert relations == {"related_hypothesis": 8, "related_analysis": 5}
    first = page.related[0]
    assert (first.target, first.score, first.gene_target) == ("/hypothesis/h-4bb7fd8c", "0.79", "SIRT1")
    assert page.related[5].gene_target == "NLRP3, CASP1, IL1B, PYCARD"
    assert {item.state for item in page.related[8:]} == {"in progress"}
    assert "🔄" in finding(source, "state-unproven").message
    assert Counter(each.kind for each in source.neighbours) == {"hypothesis": 8, "analysis": 5}
    assert source.neighbours[0].aliases == ("h-4bb7fd8c", "/hypothesis/h-4bb7fd8c")
    assert source.neighbours[0].content["score_note"] == "imported, not recomputed"
    assert source.neighbours[-1].content["state_note"] == "imported, not rerun"


def test_metadata_is_typed_and_the_merge_is_read(source: ParsedSource, page: PageBody) -> None:
    values = {field.name: field.value for field in page.metadata}
    assert values["kg_node_id"] is None
    assert values["_schema_version"] == 1
    assert values["wiki_page_id"] == "wp-421ad0696457"
    assert len(values) == 7
    assert page.merged_from is not None
    assert (page.merged_from.merged_at, page.merged_from.merged_id) == ("2026-05-13", page.slug)
    assert "merge-into-itself" in {each.code for each in source.findings}


def test_records_are_taken_from_the_sections(page: PageBody) -> None:
    assert Counter(record.type.value for record in page.records) == {
        "mechanism": 4,
        "application": 5,
        "administration route": 4,
        "cell source": 4,
        "adverse effect": 5,
    }
    last = page.records[-1]
    assert last.citations == ("[26]",)
    assert "[" not in last.name
    stroke = next(record for record in page.records if record.subject == "Stroke")
    assert stroke.citations == ("[23]", "[24]", "[25]", "[@kim2020a]")
    assert "[" not in stroke.note


def test_what_is_doubtful_on_the_page_is_said(source: ParsedSource) -> None:
    found = {each.code for each in source.findings}
    assert {"template-sentence", "no-provenance", "embed-http", "heading-recovered", "score-imported"} <= found
    assert "cut-short" not in found


def test_parts_name_the_lines_they_came_from(source: ParsedSource) -> None:
    spans = {part.path: part.span for part in source.parts}
    assert spans["title"] == Span(2, 2)
    assert spans["lead"] == Span(18, 37)
    assert spans["related/0"] == Span(94, 94)
    assert spans["metadata/0"] == Span(109, 109)


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
def test_line_ends_change_nothing_but_the_report(seed_bytes: bytes, source: ParsedSource, ending: bytes) -> None:
    other = checked(seed_bytes.replace(b"\n", ending), "msc-therapy-artifact.txt")
    assert other.content == source.content
    assert other.parts == source.parts
    assert "line-ends" in {each.code for each in other.findings}


def test_utf_16_with_its_mark_reads_the_same(seed_bytes: bytes, source: ParsedSource) -> None:
    other = parse_source(seed_bytes.decode().encode("utf-16"), "msc-therapy-artifact.txt")
    assert other.content == source.content
    assert "encoding-utf-16" in {each.code for each in other.findings}
