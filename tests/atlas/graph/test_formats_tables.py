"""Tables of edges: facts with polarity and edge lists, and what is refused, row by row."""

from __future__ import annotations

import pytest

from scidex.atlas.evidence.model import Stance
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.formats import FORMATS, Problem, ReadEdge, Unreadable
from scidex.atlas.graph.formats.checking import parted, source_of
from scidex.atlas.graph.formats.model import MOST_SHOWN, EntityRef
from scidex.atlas.graph.formats.polarity import stance_of_polarity
from scidex.atlas.graph.formats.tables import LONGEST_ROW, MOST_LINES
from scidex.atlas.graph.model import Edge, EdgeItem, Entity, Statement
from scidex.atlas.graph.predicates import Predicate
from scidex.kernel.errors import Invalid

FACTS = "subject,subject_type,subject_id,relation,object,object_type,object_id,evidence,polarity,confidence,verification,note"
LIST = "subject,predicate,object,source"
ROW = "HGNC:29,decreases,MONDO:0004975,PMID:1"


def read(*rows: str) -> list[ReadEdge | Problem]:
    return list(FORMATS["csv"].read(["\n".join(rows).encode()]))  # type: ignore[arg-type]


def fact(**said: str) -> ReadEdge | Problem:
    cells = {
        "subject": "MSC therapy",
        "subject_type": "therapy",
        "relation": "treats",
        "object": "stroke disorder",
        "object_type": "disease",
        "object_id": "MONDO:0005098",
        "evidence": "bang2005",
        "polarity": "positive",
    } | said
    row = ",".join('"' + cells.get(name, "").replace('"', '""') + '"' for name in FACTS.split(","))
    [found] = read(FACTS, row)
    return found


def edge(**said: str) -> ReadEdge:
    found = fact(**said)
    assert isinstance(found, ReadEdge), found
    return found


def test_a_fact_names_its_ends_by_identifier_or_else_by_name() -> None:
    found = edge()
    assert found.subject == EntityRef("scidex:msc-therapy", "MSC therapy", Category.TREATMENT)
    assert found.object == EntityRef("MONDO:0005098", "stroke disorder", Category.DISEASE)
    assert (found.line, found.predicate, found.negated) == (2, Predicate.TREATS, False)
    assert found.items == (EdgeItem("@bang2005", stance=Stance.SUPPORTS),)


@pytest.mark.parametrize(
    ("said", "stance"),
    [
        ({"polarity": "positive"}, Stance.SUPPORTS),
        ({"polarity": "mixed"}, Stance.MIXED),
        ({"polarity": "uncertain"}, None),
        ({"polarity": "unsupported"}, None),
        ({"polarity": "negative"}, Stance.NOT_SHOWN),
        ({"polarity": "negative", "note": "primary endpoint not met, OR 1.33 p=0.45"}, Stance.NOT_SHOWN),
        ({"polarity": "negative", "note": "survival worse than on placebo, p=0.01"}, Stance.CONTRADICTS),
        ({"polarity": "negative", "note": "worse than placebo, p=0.45"}, Stance.NOT_SHOWN),
        ({"polarity": "negative", "note": "worse than placebo, RR 0.93 (95% CI 0.60-1.45)"}, Stance.NOT_SHOWN),
        ({"polarity": "negative", "note": "no worse than placebo"}, Stance.NOT_SHOWN),
        ({"polarity": "negative", "note": "seed claim contradicted"}, Stance.CONTRADICTS),
        ({"polarity": "positive", "note": "opposite direction to CYP46A1"}, Stance.SUPPORTS),
        ({"polarity": "negative", "relation": "does_not_express"}, Stance.SUPPORTS),
        ({"polarity": "positive", "relation": "is_not_a"}, Stance.SUPPORTS),
    ],
)
def test_polarity_is_a_stance_and_a_null_result_never_contradicts(said: dict[str, str], stance: Stance | None) -> None:
    assert [item.stance for item in edge(**said).items] == [stance]


def test_a_polarity_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Invalid, match="no polarity"):
        stance_of_polarity("maybe", "", negated=False)


@pytest.mark.parametrize(
    "evidence",
    [
        "general",
        "seed [3]",
        "seed",
        "labonline 2010",
        "Schiess 2025",
        "",
        "from memory (Delekate 2014; Reichenbach 2018)",
        "abstract on DPSC and FasL (not identified)",
    ],
)
def test_evidence_that_names_nothing_to_look_up_is_no_evidence(evidence: str) -> None:
    found = fact(evidence=evidence)
    assert isinstance(found, Problem)
    assert found.line == 2
    assert found.message.startswith("This is an edge without evidence or run")
    assert "PMID" in found.cure
    assert "MSC therapy" in found.text


@pytest.mark.parametrize(
    ("text", "source", "beside"),
    [
        ("crigler2007 (PMID:16336965)", "pmid:16336965", "crigler2007"),
        ("petrou 2020 (PMID:33253391)", "pmid:33253391", "petrou 2020"),
        ("therha.org NCT03799718", "nct:NCT03799718", "therha.org"),
        ("PMC8401282 table 6", "pmcid:PMC8401282", "table 6"),
        ("DOI:10.1016/S1474-4422(21)00301-X", "doi:10.1016/s1474-4422(21)00301-x", ""),
        ("https://doi.org/10.1000/X", "doi:10.1000/x", ""),
        ("PMC:PMC123", "pmcid:PMC123", ""),
        ("PMC:123", "pmcid:PMC123", ""),
        ("clinicaltrials:NCT03799718", "nct:NCT03799718", ""),
        ("pittenger1999", "@pittenger1999", ""),
        ("@key:x", "@key:x", ""),
        ("NCT05233774", "nct:NCT05233774", ""),
    ],
)
def test_a_source_is_an_identifier_or_a_citation_key(text: str, source: str, beside: str) -> None:
    assert source_of(text) == (source, beside)


def test_a_work_named_twice_in_a_row_is_one_and_a_thousand_are_enough() -> None:
    [found] = read(LIST, f"{ROW}; PMID:1")
    assert isinstance(found, ReadEdge)
    assert len(found.items) == 1
    many = "; ".join(f"PMID:{number}" for number in range(1, 1_002))
    [refused] = read(LIST, f"HGNC:29,decreases,MONDO:0004975,{many}")
    assert isinstance(refused, Problem)
    assert "1,001 sources" in refused.message
    [refused] = FORMATS["kgx-tsv"].read(
        [f"subject\tpredicate\tobject\tpublications\nHGNC:29\ttreats\tMONDO:0004975\t{many}".encode()]
    )
    assert isinstance(refused, Problem)


def test_two_works_named_as_one_are_refused() -> None:
    with pytest.raises(Invalid, match="several works"):
        source_of("PMID:1 and PMID:2")


def test_sources_in_one_cell_are_parted_but_a_doi_is_not() -> None:
    assert parted("a2010;b2011 ; PMID:3|PMC4") == ["a2010", "b2011", "PMID:3", "PMC4"]
    sici = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2"
    assert parted(sici) == [sici]


def test_one_source_that_cannot_be_looked_up_is_left_out_and_told() -> None:
    row = "MSC,therapy,,treats,x,disease,MONDO:0005098,tehrantimes 523678; PMID:7,positive,,,"
    problem, found = read(FACTS, row)
    assert isinstance(problem, Problem)
    assert (problem.line, problem.text) == (2, "")
    assert "tehrantimes 523678" in problem.message
    assert isinstance(found, ReadEdge)
    assert [item.source for item in found.items] == ["pmid:7"]


def test_what_was_written_from_memory_says_so_and_is_not_checked() -> None:
    [item] = edge(verification="from-memory", note="not MSC").items
    assert (item.note, item.checked) == ("from memory, not from the source; not MSC", False)
    [item] = edge(verification="verified", note="not MSC").items
    assert (item.note, item.checked) == ("not MSC", False)


def test_confidence_is_not_taken_over_which_is_said_once() -> None:
    row = "MSC,therapy,,treats,x,disease,MONDO:0005098,PMID:1,positive,high,,"
    found = read(FACTS, row, row, row)
    assert [type(each).__name__ for each in found] == ["Problem", "ReadEdge", "ReadEdge", "ReadEdge"]
    assert "confidence" in found[0].message  # type: ignore[union-attr]
    assert all(not each.extra for each in found[1:])  # type: ignore[union-attr]


def test_the_relation_may_carry_an_aspect_and_where_it_was_approved() -> None:
    found = edge(relation="approved_for_treatment_by_fda_equivalent (South Korea MFDS, conditional)")
    assert found.predicate is Predicate.APPROVED_FOR
    assert "South Korea" in found.qualifiers.aspect
    assert edge(relation="negatively_regulates_proliferation_of").qualifiers.aspect == "proliferation"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"object_id": "MONDO:12"}, "malformed"),
        ({"object_id": "XYZZY:1"}, "prefix"),
        ({"object_id": "PMID:1"}, "names a work"),
        ({"relation": "cures"}, "not a relation"),
        ({"subject_type": "planet"}, "not a category"),
        ({"polarity": "perhaps"}, "no polarity"),
        ({"subject": ""}, "neither identifier nor name"),
        ({"subject": "x" * 501}, "501 characters"),
        ({"note": "x" * 20_001}, "20,001 characters"),
    ],
)
def test_a_row_that_says_something_wrong_is_left_out_with_its_text(said: dict[str, str], words: str) -> None:
    found = fact(**said)
    assert isinstance(found, Problem)
    assert words in found.message
    assert found.cure
    assert found.text[:10]
    assert len(found.text) <= MOST_SHOWN


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("subject,predicate,object,source,negated", f"{ROW},perhaps", "denied"),
        ("subject,predicate,object,source,negated", "HGNC:29,does_not_express,HGNC:30,PMID:1,true", "denies"),
        ("subject,predicate,object,source,aspect", "HGNC:29,lipidates,HGNC:30,PMID:1,phosphorylation", "aspect"),
        ("subject,predicate,object,source,stance", f"{ROW},agrees", "no stance"),
        ("subject,predicate,object,source,design", f"{ROW},guess", "no study design"),
        ("subject,predicate,object,source,sample_size", f"{ROW},many", "no sample size"),
        ("subject,predicate,object,source,sample_size", f"{ROW},0", "no sample size"),
        ("subject,predicate,object", "HGNC:29,decreases,MONDO:0004975", "without evidence"),
        ("subject,predicate,object,source", "ABCA1,decreases,MONDO:0004975,PMID:1", "no identifier"),
        (LIST, f"{ROW},x", "5 cells, the header 4"),
        (LIST, "HGNC:29", "1 cells, the header 4"),
    ],
)
def test_an_edge_list_is_held_to_its_words(header: str, row: str, words: str) -> None:
    [found] = read(header, row)
    assert isinstance(found, Problem)
    assert words in found.message


def test_an_edge_list_has_runs_items_qualifiers_and_columns_of_its_own() -> None:
    [found] = read(
        "subject,predicate,object,run,negated,species,stance,quote,judge,checked,batch",
        'HGNC:29,decreases,MONDO:0004975,run-7,true,mouse,not shown,"it ""did"" not",person:ada,true,7',
    )
    assert isinstance(found, ReadEdge)
    assert found.negated
    assert found.qualifiers.species == "mouse"
    assert found.items == (EdgeItem(run="run-7", stance=Stance.NOT_SHOWN, quote='it "did" not'),)
    assert found.extra == {"batch": "7", "items/0/judge": "person:ada", "items/0/checked": "true"}


def test_semicolons_and_tabs_part_cells_too_and_publications_are_sources() -> None:
    for delimiter in (";", "\t"):
        table = delimiter.join(["Subject", "Predicate", "Object", "Publications"])
        row = delimiter.join(["HGNC:29", "biolink:treats", "MONDO:0004975", "PMID:1|PMID:2"])
        [found] = read(table, row)
        assert isinstance(found, ReadEdge)
        assert [item.source for item in found.items] == ["pmid:1", "pmid:2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no rows"),
        ("\n \n", "no rows"),
        ("subject,object,source\n", "no column predicate"),
        ("predicate\n", "no column subject, object"),
        ("subject,subject,predicate,object\n", "twice"),
        ('"subject,predicate,object\n', "quotation marks"),
    ],
)
def test_a_file_without_the_columns_is_unreadable_and_told_what_is_missing(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refused:
        list(FORMATS["csv"].read([text.encode()]))
    assert refused.value.cure


def test_a_quotation_mark_left_open_costs_one_row() -> None:
    first, *others = read(LIST, '"HGNC:29,decreases,MONDO:0004975,PMID:1', *[ROW] * 500)
    assert isinstance(first, Problem)
    assert (first.line, first.text) == (2, '"HGNC:29,decreases,MONDO:0004975,PMID:1')
    assert "never closed" in first.message
    assert [each.line for each in others] == list(range(3, 503))


def test_a_stray_quotation_mark_costs_one_row() -> None:
    problem, found = read(LIST, 'HGNC:29,decreases,"MONDO":0004975,PMID:1', ROW)
    assert isinstance(problem, Problem)
    assert "quotation marks" in problem.message
    assert isinstance(found, ReadEdge)


def test_a_row_may_go_over_lines_and_is_named_by_its_first() -> None:
    header = f"{LIST},quote"
    one, other = read(header, f'{ROW},"first\nsecond"', f"{ROW},")
    assert isinstance(one, ReadEdge)
    assert isinstance(other, ReadEdge)
    assert (one.line, one.items[0].quote, other.line) == (2, "first\nsecond", 4)


def test_a_byte_that_is_no_utf_8_is_named_by_its_line() -> None:
    table = f"{LIST},note\n{ROW},a\n{ROW},".encode() + b"caf\xe9\n"
    found = list(FORMATS["csv"].read([table]))
    assert [(type(each).__name__, each.line) for each in found] == [("ReadEdge", 2), ("Problem", 3), ("ReadEdge", 3)]
    assert found[2].items[0].note == "café"  # type: ignore[union-attr]


def test_characters_that_nobody_sees_are_taken_out_which_is_said_once() -> None:
    header, row = (
        "subject,subject_name,predicate,object,source",
        "HGNC:29,amyloid\u200b\u202ebeta,decreases,MONDO:0004975,PMID:1",
    )
    problem, one, other = read(header, row, row)
    assert isinstance(problem, Problem)
    assert problem.line == 2
    for found in (one, other):
        assert isinstance(found, ReadEdge)
        assert found.subject.name == "amyloidbeta"


def test_nul_bytes_and_huge_lines_cost_no_more_than_their_row() -> None:
    huge = "x" * (LONGEST_ROW + 1)
    problem, found = read(LIST, f"HGNC:29,decreases,{huge},PMID:1", ROW.replace("HGNC", "HG\0NC"))
    assert isinstance(problem, Problem)
    assert len(problem.text) == MOST_SHOWN
    assert isinstance(found, ReadEdge)
    assert found.subject.curie == "HGNC:29"


@pytest.mark.parametrize("place", range(4))
def test_blanks_without_end_are_no_name_for_anything(place: int) -> None:
    cells = ROW.split(",")
    cells[place] += " " * 100_000
    [found] = read(LIST, ",".join(cells))
    assert isinstance(found, Problem)
    assert "Shorten it." in found.cure


def test_no_cell_begins_like_a_formula() -> None:
    ends = [
        Entity("HGNC:29", name, Category.GENE) for name in ("=1+1", "@SUM(A1)", "+1", "-1", "'=1", "'quoted'", "plain")
    ]
    made = [
        Edge(Statement(each.curie, Predicate.TREATS, each.curie), each, each, (EdgeItem("pmid:1", note="-x"),))
        for each in ends
    ]  # type: ignore[arg-type]
    text = "".join(FORMATS["csv"].write(made))
    cells = [cell for line in text.splitlines()[1:] for cell in line.split(",")]
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]
    assert "'quoted'" in cells
    assert [each.subject.name for each in FORMATS["csv"].read([text.encode()])] == [each.name for each in ends]  # type: ignore[union-attr]


def test_rows_of_one_line_less_than_too_many_are_read() -> None:
    quote = "\n".join("x" * MOST_LINES)
    [found] = read(f"{LIST},quote", f'{ROW},"{quote}"')
    assert isinstance(found, ReadEdge)
    problems = read(f"{LIST},quote", f'{ROW},"{quote}\n"')
    assert isinstance(problems[0], Problem)


@pytest.mark.timeout(60)
def test_a_file_of_open_quotation_marks_is_read_in_good_time() -> None:
    found = read(LIST, *['"x,' * 3] * 20_000)
    assert len(found) == 20_000
    assert all(isinstance(each, Problem) for each in found)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "cell",
    [
        "PMID:1;" * 20_000,
        "(" * 100_000,
        "10.1000/" * 10_000,
        "a" * 100_000,
        "doi:" * 20_000,
        ";" * 100_000,
        "http://" * 10_000,
    ],
)
def test_a_hostile_source_cell_is_read_in_good_time(cell: str) -> None:
    assert read(LIST, f"HGNC:29,decreases,MONDO:0004975,{cell}")
