"""Compact URIs: one spelling for every way to write them, and refusals that say what to do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.graph import prefixes
from scidex.atlas.graph.curies import LONGEST, Curie
from scidex.atlas.graph.prefixes import FIELD
from scidex.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("MONDO:0004975", "MONDO:0004975"),
        ("mondo:0004975", "MONDO:0004975"),
        ("MONDO_0004975", "MONDO:0004975"),
        ("  MONDO:0004975  ", "MONDO:0004975"),
        ("http://purl.obolibrary.org/obo/MONDO_0004975", "MONDO:0004975"),
        ("https://bioregistry.io/mondo:0004975", "MONDO:0004975"),
        ("https://bioregistry.io/mondo/0004975", "MONDO:0004975"),
        ("https://identifiers.org/MONDO:0004975", "MONDO:0004975"),
        ("https://identifiers.org/hgnc/HGNC:4893", "HGNC:4893"),
        ("https://identifiers.org/hgnc:4893", "HGNC:4893"),
        ("HGNC:HGNC:4893", "HGNC:4893"),
        ("hgnc:hgnc:hgnc:4893", "HGNC:4893"),
        ("GO:GO:0042552", "GO:0042552"),
        ("mesh:d000690", "MESH:D000690"),
        ("MSH:D000690", "MESH:D000690"),
        ("ncbigene:7040", "NCBIGene:7040"),
        ("entrez:7040", "NCBIGene:7040"),
        ("https://www.ncbi.nlm.nih.gov/gene/7040", "NCBIGene:7040"),
        ("taxonomy:9606", "NCBITaxon:9606"),
        ("uniprot:P01137", "UniProtKB:P01137"),
        ("Orphanet_803", "ORPHA:803"),
        ("NCT03280056", "clinicaltrials:NCT03280056"),
        ("nct:nct03280056", "clinicaltrials:NCT03280056"),
        ("NCT:NCT03280056", "clinicaltrials:NCT03280056"),
        ("https://clinicaltrials.gov/study/NCT03280056", "clinicaltrials:NCT03280056"),
        ("https://clinicaltrials.gov/ct2/show/NCT03280056?term=als", "clinicaltrials:NCT03280056"),
        ("CVCL_0019", "cellosaurus:0019"),
        ("mgi:MGI:97490", "MGI:97490"),
        ("reactome:R-HSA-418592", "reactome:R-HSA-418592"),
        ("scidex:neuronata-r", "scidex:neuronata-r"),
    ],
)
def test_every_way_to_write_an_identifier_gives_one_spelling(text: str, curie: str) -> None:
    parsed = Curie.parse(text)
    assert parsed == curie
    assert Curie.parse(parsed) == parsed
    assert Curie.matches(text)


@pytest.mark.parametrize("text", ["addexbio:ä", "addexbio:a b", "addexbio:a\x00", "MONDO:٠٠٠٤٩٧٥", "HGNC:5\n"])
def test_a_prefix_that_was_seen_is_held_to_the_same(text: str) -> None:
    for seen in ("addexbio:C0020004/4992", "MONDO:0004975", "HGNC:5"):
        assert Curie.parse(seen) == seen
    if text.isascii() and text.strip() != text:
        assert Curie.parse(text) == text.strip()
    else:
        assert not Curie.matches(text)


def test_it_knows_its_parts_and_its_address() -> None:
    curie = Curie.parse("MONDO:0004975")
    assert (curie.prefix, curie.local) == ("MONDO", "0004975")
    assert curie.address == "http://purl.obolibrary.org/obo/MONDO_0004975"
    assert Curie.parse("NCT03280056").address == "https://www.clinicaltrials.gov/study/NCT03280056"
    assert Curie.parse("reactome:R-HSA-418592").address.endswith("/R-HSA-418592")
    assert Curie.from_name("NurOwn").address == ""


@pytest.mark.parametrize(
    ("text", "message", "cure"),
    [
        ("MODNO:0004975", "No registry of identifiers knows the prefix “MODNO”", "MONDO"),
        ("HGCN:4893", "No registry of identifiers", "HGNC"),
        ("MONDO:49", "“49” is not what follows MONDO", "MONDO:0000001"),
        ("HGNC:", "is malformed", "HGNC:16793"),
        ("fever", "is no identifier", "MONDO:0004975"),
        ("", "is missing", "MONDO:0004975"),
        ("doi:10.1002/mus.27472", "names a work, not an entity", "source of the edge"),
        ("10.1002/mus.27472", "names a work, not an entity", "source of the edge"),
        ("pmid:29854930", "names a work, not an entity", "source of the edge"),
        ("PMC6942888", "names a work, not an entity", "source of the edge"),
        ("MОNDO:0004975", "CYRILLIC CAPITAL LETTER O", "plain Latin"),
        ("МONDO:0004975", "CYRILLIC CAPITAL LETTER EM", "plain Latin"),
        ("MONDO:٠٠٠٤٩٧٥", "ARABIC-INDIC DIGIT ZERO", "plain Latin"),
        ("MONDO:0004975\x00", "U+0000", "plain Latin"),
        ("MONDO:0004975\u200b", "ZERO WIDTH SPACE", "plain Latin"),
        ("MONDO:000 4975", "SPACE", "plain Latin"),
        ("scidex:Not A Slug", "SPACE", "plain Latin"),
        ("scidex:-", "is malformed", "scidex:neuronata-r"),
        ("javascript:alert(1)", "knows the prefix “javascript”", "MONDO"),
        ("https://example.org/MONDO", "not the address of an entry", "MONDO:0004975"),
        ("M" * 5000, "is too long", str(LONGEST)),
    ],
)
def test_what_is_no_identifier_is_refused_with_a_cure(text: str, message: str, cure: str) -> None:
    with pytest.raises(Invalid) as refused:
        Curie.parse(text)
    assert message in refused.value.message
    assert cure in refused.value.cure
    assert len(str(refused.value)) < 400
    assert not Curie.matches(text)


@pytest.mark.parametrize(
    ("name", "curie"),
    [
        ("MSC-NTF cells (NurOwn)", "scidex:msc-ntf-cells-nurown"),
        ("α-secretase processing", "scidex:alpha-secretase-processing"),
        ("Ménière's product", "scidex:menieres-product"),
        ("x" * 500, f"scidex:{'x' * 80}"),
    ],
)
def test_a_thing_without_a_number_gets_a_slug_of_its_name(name: str, curie: str) -> None:
    assert Curie.from_name(name) == curie
    assert Curie.parse(curie) == curie


def test_a_name_without_letters_gives_no_slug() -> None:
    with pytest.raises(Invalid, match="no letter or digit"):
        Curie.from_name("☃ – ?")


@given(st.text(max_size=400))
def test_any_text_is_an_identifier_in_one_spelling_or_is_refused(text: str) -> None:
    if not Curie.matches(text):
        with pytest.raises(Invalid) as refused:
            Curie.parse(text)
        assert refused.value.cure
        return
    curie = Curie.parse(text)
    assert Curie.parse(curie) == curie
    assert len(curie) <= LONGEST
    assert curie.isascii()
    assert " " not in curie


@given(st.sampled_from(sorted(FIELD)), st.sampled_from([str.lower, str.upper, str.title]))
def test_a_prefix_of_the_field_may_be_written_in_any_case(prefix: str, written: object) -> None:
    wanted = f"{prefix}:{FIELD[prefix].example}"
    assert Curie.parse(f"{written(prefix)}:{FIELD[prefix].example}") == wanted
    assert Curie.parse(Curie(wanted).address) == wanted


@given(st.text(max_size=60))
def test_a_slug_of_a_name_can_be_parsed(name: str) -> None:
    try:
        curie = Curie.from_name(name)
    except Invalid:
        return
    assert Curie.parse(curie) == curie


_COMPARED = """
import bioregistry
from scidex.atlas.graph import prefixes
for key in prefixes._registry():
    spelling = prefixes.spelled(key)
    if spelling is None:
        assert key.startswith("_"), key
        continue
    said = prefixes.FIELD.get(spelling) or prefixes.registered(spelling)
    assert said.key == key, (key, said)
    pattern = bioregistry.get_pattern(key) or ""
    assert said.pattern.strip("^$") == pattern.strip("^$"), (key, said, pattern)
    if spelling in prefixes.FIELD:
        assert said.example == bioregistry.get_example(key), said
        assert said.address == bioregistry.get_resource(key).get_uri_format(), said
"""


def test_what_is_written_here_is_what_the_registry_says(tmp_path: Path) -> None:
    """The whole registry is compared with what its own package makes of it; run apart, since importing that writes files."""
    environment = {"HOME": str(tmp_path), "PYSTOW_HOME": str(tmp_path), "PATH": ""}
    ran = subprocess.run(
        [sys.executable, "-c", _COMPARED], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


_WATCHED = """
import sys
seen = []
def watch(event, arguments):
    if event.startswith("socket.") or event in ("os.mkdir", "os.rename", "os.remove", "subprocess.Popen"):
        seen.append((event, arguments))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append((event, arguments))
sys.dont_write_bytecode = True
sys.addaudithook(watch)
from scidex.atlas.graph.curies import Curie
for text in ("mondo:0004975", "CVCL_0019", "https://www.ncbi.nlm.nih.gov/gene/7040", "nosuchprefix:1"):
    if Curie.matches(text):
        Curie.parse(text).address
assert not seen, seen
assert "bioregistry" not in sys.modules and "pystow" not in sys.modules
"""


def test_reading_the_registry_touches_no_network_and_writes_no_file(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", _WATCHED], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.timeout(60)
def test_no_pattern_of_the_registry_hangs_on_hostile_text() -> None:
    hostile = ["a" * 110 + "!", "1" * 110 + "!", "A1" * 55 + "!", "a-" * 55 + "!", "a." * 55 + "\x7f"]
    for entry in prefixes._registry():
        spelling = prefixes.spelled(entry)
        if spelling is not None:
            pattern = (FIELD.get(spelling) or prefixes.registered(spelling)).pattern
            for text in hostile:
                re.fullmatch(pattern, text, re.ASCII)
