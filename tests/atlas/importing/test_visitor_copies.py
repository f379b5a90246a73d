"""Visitors' copies of other pages, whole, reshaped and cut."""

from __future__ import annotations

import pytest
from pages import GENE, THERAPY, codes, read, sections

from scidex.atlas.importing import Span, Unreadable
from scidex.atlas.kinds.page import PageBody


def page_of(text: str) -> PageBody:
    return PageBody.model_validate(read(text).content)


def test_a_reference_list_resolves_what_it_lists() -> None:
    source = read(THERAPY)
    references = {each["key"]: each for each in source.content["references"]}
    assert references["1"]["doi"] == "10.1234/film.1"
    assert references["1"]["status"] == "listed"
    assert references["2"]["pmid"] == "123456"
    assert references["mori2031"]["url"] == "https://example.org/mori"
    assert references["ilic2032"]["status"] == "unresolved"
    assert [key for key in references if key.isdigit()] == [str(number) for number in range(1, 9)]


def test_a_page_about_a_gene_has_sections_of_its_own_and_no_records() -> None:
    source = read(GENE)
    assert source.content["entity_type"] == "gene"
    assert source.content["records"] == []
    assert source.content["slug"] == "genes-glm7"
    assert sections(source)[:5] == [
        "## Function",
        "### Glimmer Transport",
        "## Disease Association",
        "### Grey Sight",
        "## Expression",
    ]


def test_states_are_read_from_icons_and_words() -> None:
    related = page_of(THERAPY).related
    assert [item.state for item in related] == ["", "", "completed", "in progress"]
    assert related[1].score == ""
    worded = page_of(THERAPY.replace(" ✅", " (queued)").replace(" 🔄", " failed"))
    assert [item.state for item in worded.related][2:] == ["queued", "failed"]


ROWS = [line for line in THERAPY.split("\n") if line.startswith("| ")]


def with_rows(shape: str) -> str:
    def row(line: str) -> str:
        name, value = (cell.strip() for cell in line.strip("| ").split(" | ", 1))
        return {"tab": f"{name}\t{value}", "colon": f"{name}: {value}", "table": line}[shape]

    text = "\n".join(row(line) if line in ROWS else line for line in THERAPY.split("\n"))
    if shape == "table":
        text = text.replace(ROWS[0], "| Key | Value |\n|---|---|\n" + ROWS[0])
    return text


@pytest.mark.parametrize("shape", ["tab", "colon", "table"])
def test_metadata_reads_the_same_in_every_form(shape: str) -> None:
    text = with_rows(shape)
    assert text != THERAPY
    assert page_of(text).metadata == page_of(THERAPY).metadata
    assert page_of(text).merged_from == page_of(THERAPY).merged_from


@pytest.mark.parametrize("replaced", ["▸ Metadata", "## Metadata", "Metadata", "▾Metadata"])
def test_the_metadata_heading_has_several_forms(replaced: str) -> None:
    text = THERAPY.replace("▸Metadataorigin_type: v1_backfill", replaced)
    assert page_of(text).metadata == page_of(THERAPY).metadata


def test_a_merge_note_may_be_json_or_be_unreadable() -> None:
    as_json = THERAPY.replace("'", '"')
    assert page_of(as_json).merged_from == page_of(THERAPY).merged_from
    broken = read(THERAPY.replace("{'merged_at'", "{{'merged_at'"))
    assert broken.content["merged_from"] is None
    assert "merge-record-unread" in codes(broken)


def test_blanks_tabs_and_joined_lines_change_nothing() -> None:
    text = THERAPY.replace("Two small studies", "Two\u00a0small\tstudies").replace("</tr>\n<tr>", "</tr><tr>")
    expected, found = page_of(THERAPY), page_of(text)
    assert found == expected


def test_headings_with_markers_are_honoured() -> None:
    text = THERAPY
    for name in ("Overview", "Molecular Mechanisms", "Clinical Applications", "Administration Routes"):
        text = text.replace(f"\n{name}\n", f"\n## {name}\n")
    text = text.replace("\nLight Uptake\n", "\n### Light Uptake\n")
    text = text.replace("\nAdverse Effects\n", "\nAdverse Effects\n--------\n")
    found = sections(read(text))
    assert "### Light Uptake" in found
    assert "## Adverse Effects" in found


def test_a_doubled_block_is_kept_once() -> None:
    lines = THERAPY.split("\n")
    text = "\n".join([*lines[:15], *lines[2:15], *lines[15:]])
    source = read(text)
    assert source.content == read(THERAPY).content
    repeated = next(each for each in source.findings if each.code == "repeated-block")
    assert repeated.span == Span(16, 28)


@pytest.mark.parametrize("begin", ["Introduction", "Molecular", "References", "Related Hyp", "▸Metadata", "Use ?embed"])
def test_a_missing_section_is_no_obstacle(begin: str) -> None:
    lines = THERAPY.split("\n")
    start = next(index for index, line in enumerate(lines) if line.startswith(begin))
    end = next((index for index in range(start + 1, len(lines)) if lines[index].split(" ")[0].istitle()), len(lines))
    assert read("\n".join(lines[:start] + lines[end:])).content["title"] == "Lumen Patch Therapy"


@pytest.mark.parametrize("page", [THERAPY, GENE], ids=["therapy", "gene"])
def test_a_copy_cut_after_any_line_is_read_or_refused(page: str) -> None:
    lines = page.split("\n")
    for count in range(len(lines)):
        text = "\n".join(lines[:count])
        if count < 2:
            with pytest.raises(Unreadable):
                read(text)
        else:
            read(text)


def test_a_copy_cut_inside_any_line_is_read() -> None:
    for end in range(60, len(THERAPY), 11):
        read(THERAPY[:end])


@pytest.mark.parametrize("ending", ['<td class="lab', "see [the film](/entities/fi", "| slug | therapeutics-lu"])
def test_a_copy_that_stops_inside_something_says_so(ending: str) -> None:
    start = "📗 Cite This Artifact\nLumen Patch Therapy\nOverview\nA film.\n"
    extra = '<table class="infobox"><tr>' if ending.startswith("<td") else ""
    assert "cut-short" in codes(read(start + extra + ending))


def test_a_section_with_nothing_below_it_is_reported() -> None:
    source = read(THERAPY.replace("- [Warm Patch](/therapeutics/warm-patch)\n", ""))
    assert "empty-section" in codes(source)


def test_two_pages_in_one_file_are_refused_with_the_line_of_the_second() -> None:
    with pytest.raises(Unreadable, match="two pages") as refusal:
        read(THERAPY + GENE)
    assert refusal.value.line == THERAPY.count("\n") + 1


def test_furniture_without_a_page_is_refused() -> None:
    with pytest.raises(Unreadable, match="neither"):
        read("📗 Cite This Artifact\nNo provenance edges found\n")


def test_rows_with_tabs_become_a_table_and_loose_rows_an_infobox() -> None:
    source = read("Foo Gene\nName\tFoo\nType\tGene\nOverview\nA gene.\nExpression\nTissue\tLevel\nEye\thigh\n")
    assert [row["label"] for row in source.content["infobox"]] == ["Name", "Type"]
    assert "| Tissue | Level |\n| --- | --- |\n| Eye | high |" in source.content["body"]
