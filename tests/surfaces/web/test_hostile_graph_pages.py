"""The pages of the graph under attack: odd addresses, hostile text everywhere, and pages that follow every change."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from surface_support import Library, filled

from scidex.atlas.graph.formats import FORMATS
from scidex.atlas.graph.ports import Ontology
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.workflows.import_graph import import_graph_stream

ADA = ActorId("person:ada")
BAD = '"><script>alert(1)</script>\u202e\u200b<img src=x onerror=alert(1)>'


@pytest.fixture
def hostile(scidex: Installation) -> Library:
    """Two entities, their edges and a row in quarantine, with markup and hidden characters wherever text may stand."""
    library = filled(scidex)
    cell = '"' + BAD.replace('"', '""') + '"'
    rows = (
        "subject,subject_id,predicate,object,object_id,source,quote,note\n"
        f"{cell},scidex:a,increases,{cell},scidex:b,pmid:1,{cell},{cell}\n"
        f"{cell},scidex:a,decreases,{cell},scidex:b,pmid:2,{cell},{cell}\n"
        f"x,CL:0000540,increases,{cell},NOPE:1,pmid:1,{cell},{cell}\n"
    )
    import_graph_stream(scidex.door, BytesIO(rows.encode()), "bad.csv", scidex.service(Ontology), actor=ADA)
    perform(scidex, "entity.add", curie="scidex:c", name="c" + BAD, about=BAD, synonyms=[BAD], source=BAD)
    stated = {"subject": "scidex:a", "predicate": "treats", "object": "scidex:c"}
    perform(scidex, "edge.add", **stated, source="pmid:3", note=BAD + "\x07")
    return library


def perform(scidex: Installation, verb: str, **command: Any) -> Any:
    return scidex.door.perform(verb, command, ADA)


def test_no_page_drawing_or_file_carries_markup_or_hidden_characters(hostile: Library) -> None:
    for address in (
        *("/graph", "/graph/scidex:a", "/graph/scidex:a.svg", "/graph/scidex:a?embed=1", "/edge/1", "/edge/3"),
        *("/path?from=scidex:b&to=scidex:c&by=strongest", "/conflicts", "/quarantine", "/names"),
        *("/graph/scidex:a/closure", "/search?q=alert"),
    ):
        answer = hostile.get(address, Accept="text/html")
        assert answer.status == 200, address
        assert not [each for each in ("<script>alert", "<img src=x", "\u202e", "\u200b", "\x07") if each in answer.text]
    for form in FORMATS:
        text = hostile.get(f"/graph-export/{form}").text
        assert not {"\u202e", "\u200b", "\x07"} & set(text), form


@pytest.mark.timeout(60)
def test_odd_addresses_never_break_the_site(hostile: Library) -> None:
    for address in (
        *("/edge/01", "/edge/0", "/edge/-1", "/edge/%EF%BC%91", "/edge/1.json.json", "/edge/1%20", "/edge/" + "9" * 30),
        *(
            "/graph/%00",
            "/graph/%ff",
            "/graph/.json",
            "/graph/.svg",
            "/graph/" + "x" * 3000,
            "/edge/1?as_of=2001-01-01",
        ),
        f"/graph/scidex:a?cursor=out.increases.1.{'9' * 15}",
        "/graph/scidex:a?as_of=2099-01-01&cursor=out.increases.1.1",
        "/graph/scidex:a?as_of=0001-01-01",
        *("/graph/scidex:a/closure?as_of=1999-01-01", "/graph/scidex:a?predicate=" + "x" * 5000),
        *(
            "/path?from=scidex:a&to=scidex:a",
            "/path?from=%00&to=a",
            "/path?from=scidex:a&to=scidex:b&hops=" + "9" * 400,
        ),
        *("/conflicts?after=999999999", "/quarantine?after=0", "/names?from=999999999", "/graph-export/csv?entity=zzz"),
        *("/search?q=" + "a" * 100_000, "/search?q=a&offset=999999", "/search/suggest?q=" + "(" * 5000),
        f"/graph?q={quote(BAD)}",
    ):
        for accept in ("text/html", "application/json"):
            assert hostile.get(address, Accept=accept).status < 500, address


def test_pages_follow_what_happens_to_an_edge_and_its_ends(hostile: Library, scidex: Installation) -> None:
    def tag() -> str:
        return hostile.get("/edge/1").headers["etag"]

    before = tag()
    perform(scidex, "edge.withdraw", edge="edge:1", item=hostile.json("/edge/1")["items"][0]["number"], reason="x")
    assert hostile.json("/edge/1")["in_view"] is False
    after = tag()
    assert after != before
    perform(scidex, "edge.settle", row=hostile.json("/quarantine")["rows"][0]["row"], reason=BAD)
    assert tag() != after
    for verb, more in (("artifact.retract", {"ref": "scidex:b"}), ("artifact.tombstone", {"ref": "scidex:c"})):
        perform(scidex, verb, **more, reason="x")
    perform(scidex, "artifact.merge", ref="scidex:b", into="scidex:a")
    for address in ("/edge/2", "/edge/3", "/graph/scidex:b", "/graph/scidex:a", "/path?from=scidex:a&to=scidex:c"):
        assert hostile.get(address, Accept="text/html").status == 200, address
