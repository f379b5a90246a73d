"""Debates as a reader meets them: pages and their JSON, what if, embed, replay; and markup that harms nobody."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from debates_support import HOSTILE, STROKE, Debated, debated
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from surface_support import filled, site_of

from scidex.agora.verifier import verify
from scidex.kernel.installation import Installation
from scidex.workflows.debating import debate_round


@pytest.fixture
def one(scidex: Installation) -> Debated:
    return debated(scidex)


def pages_of(one: Debated) -> list[str]:
    return [
        "/debates",
        one.address,
        f"{one.address}?embed=1",
        f"{one.address}?turn=2",
        f"{one.address}?version=1",
        f"{one.address}?as_of=2099-01-01",
        f"{one.address}?before=3",
        f"{one.address}/what-if",
        f"{one.address}/what-if?strike=4.1+2.1&about=safety&side=attacks&supposed=700",
        f"{one.address}/what-if?strike=99.9",
        f"{one.address}/round",
        f"/artifact/{STROKE}",
    ]


def check_page(one: Debated, address: str) -> HTMLParser:
    answer = one.client.get(address)
    if answer.status in (307, 308):
        answer = one.client.get(answer.headers["location"].removeprefix("http://testserver"))
    assert answer.status == 200, (address, answer.text[:500])
    tree = HTMLParser(answer.text)
    assert (len(tree.css("main")), len(tree.css("h1"))) == (1, 1), address
    assert not tree.css("style"), address
    for node in tree.css("*"):
        assert not [name for name in node.attributes if name.startswith("on") or name == "style"], node.html[:200]
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids)), (address, sorted({each for each in ids if ids.count(each) > 1}))
    for node in tree.css("a[href^='#']"):
        assert tree.css_first(f"[id='{node.attributes['href'][1:]}']") is not None, (address, node.html)
    for drawing in tree.css("figure svg"):
        ET.fromstring(drawing.html.replace("&nbsp;", " "))
    return tree


def test_every_page_of_a_debate_is_whole_and_its_links_lead_somewhere(one: Debated) -> None:
    targets = set()
    for address in pages_of(one):
        for node in check_page(one, address).css("a[href], form[action]"):
            target = (node.attributes.get("href") or "").removeprefix("http://testserver").partition("#")[0]
            if target.startswith("/"):
                targets.add(target)
    assert any("/do/debate.contest" in target for target in targets)
    # What was not imported has neither report nor source, which those pages say with a 404.
    for target in sorted(each for each in targets if not each.endswith(("/report", "/source"))):
        assert one.client.get(target).status in (200, 307, 308), target


def test_the_page_shows_the_worked_sum_and_its_json_says_the_same(one: Debated) -> None:
    document = one.json(one.address)["debate"]
    standing = document["standing"]
    page = one.client.get(one.address).text
    assert f"{standing['composite'] / 1e9:.4f}" in page
    total = sum(line["product"] for line in standing["lines"]) / 1e11
    assert f"{total:.4f} / {standing['assessed'] / 100:.2f}" in page
    assert [turn["speaker"] for turn in document["turns"]][-1] == "synthesizer"
    assert document["searched"]
    assert document["moves"][0]["cause"] == "The debate was opened"
    assert document["cruxes"]
    ranked = one.json("/debates")["debates"]
    assert [row["debate"] for row in ranked] == [one.id]
    assert verify(one.json(f"{one.address}/score.json")) == []
    # Two independent reports of one cohort: the second is shown and weighs nothing.
    assert "counted once" in page
    # Facts are never shown as if they were the source's own words.
    assert "extracted facts" in page
    assert "<q>Randomised" not in page


def test_what_if_foretells_what_happens_and_writes_nothing(one: Debated) -> None:
    before = one.json(one.address)["debate"]["standing"]
    subject = one.json(one.address)["debate"]["subject"]
    source = one.do(
        "artifact.create",
        kind="paper",
        content={"csl": {"type": "article-journal", "title": "A trial", "DOI": "10.5555/1"}},
    ).id
    one.do("paper.confirm", ref=source, source="https://example.org/")
    one.do("paper.attach", ref=source, text="It helped them walk again sooner.", keep=True, licence="CC0")
    item = one.do(
        "evidence.add", claim=subject, source=source, quote="It helped them walk again sooner.", stance="supports", sample_size=900,
        design="randomised-controlled-trial", risk_of_bias="low",
    ).id  # fmt: skip
    asked = f"{one.address}/what-if?about=evidence-strength&side=supports&cite={item}"
    foretold = one.json(asked)
    assert foretold["now"]["lines"] == before["lines"]
    one.do("debate.argue", debate=one.id, about="evidence-strength", side="supports", cites=[item])
    after = one.json(one.address)["debate"]["standing"]
    for name in ("lines", "composite", "low", "high", "tier"):
        assert foretold["then"][name] == after[name], name
    assert after["composite"] > before["composite"]
    assert (foretold["then"]["rank"], foretold["of"]) == (1, 1)
    struck = one.json(f"{one.address}/what-if?strike=6.1")
    assert struck["then"]["lines"] == before["lines"]
    weaker = one.json(f"{one.address}/what-if?item={item}&weight=0")
    assert weaker["then"]["composite"] == before["composite"]
    for bad in (
        "strike=9.9",
        "item=x&weight=1",
        f"item={item}&weight=x",
        "about=beauty&side=supports",
        "about=safety",
        f"about=safety&side=supports&cite={item}",
    ):
        assert one.client.get(f"{one.address}/what-if?{bad}", {"accept": "application/json"}).status == 400, bad
        assert "notice-retracted" in one.client.get(f"{one.address}/what-if?{bad}").text, bad


def test_the_embed_is_small_and_may_be_framed(one: Debated) -> None:
    answer = one.client.get(f"{one.address}?embed=1")
    assert len(answer.body) <= 10_000
    assert "x-frame-options" not in answer.headers
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    one.do("artifact.retract", ref=one.id, reason="A test.")
    assert "retracted" in one.client.get(f"{one.address}?embed=1").text


def test_a_debate_is_replayed_turn_by_turn(one: Debated) -> None:
    counts = []
    for turn in range(1, 6):
        document = one.json(f"{one.address}?turn={turn}")["debate"]
        assert len(document["turns"]) == turn
        counts.append(document["standing"]["assessed"])
        assert f"after turn {turn}" in one.client.get(f"{one.address}?turn={turn}").text or turn == 5
        assert verify(one.json(f"{one.address}/score.json?turn={turn}")) == []
    assert counts == sorted(counts)
    assert one.client.get(f"{one.address}?turn=6").status == 404
    assert one.client.get(f"{one.address}?turn=x").status == 400


def test_hostile_words_are_shown_and_do_nothing(one: Debated) -> None:
    one.do(
        "debate.argue",
        debate=one.id,
        about="safety",
        side="attacks",
        words=HOSTILE,
        speaker=HOSTILE[:64],
        cites=["sx-000000000000000000", HOSTILE],
    )
    subject = one.do("artifact.create", kind="hypothesis", content={"title": HOSTILE, "score": HOSTILE}).id
    other = one.do("debate.open", subject=subject, statement=HOSTILE).id
    for address in (
        one.address,
        "/debates",
        f"/artifact/{other}",
        f"/artifact/{other}?embed=1",
        f"/artifact/{other}/what-if",
        f"/artifact/{other}/round",
        f"/artifact/{subject}",
    ):
        tree = check_page(one, address)
        assert not [node for node in tree.css("script:not([type])") if "alert" in node.text()], address
        assert not tree.css("img[src=x]"), address


def test_missing_and_garbled_addresses_are_answered(one: Debated) -> None:
    for path in ("what-if", "score.json", "round"):
        assert one.client.get(f"/artifact/nothing/{path}").status == 404, path
    for path in ("what-if", "score.json"):
        assert one.client.get(f"/artifact/{STROKE}/{path}").status in (307, 308, 404), path


def test_a_long_debate_is_shown_in_part_and_says_so(one: Debated) -> None:
    arguments = [{"about": "novelty", "side": "supports", "words": f"Number {number}."} for number in range(300)]
    for _ in range(3):
        one.do("debate.turn", debate=one.id, arguments=arguments)
    for number in range(30):
        one.do("debate.argue", debate=one.id, about="novelty", side="attacks", words=f"Turn {number}.")
    page = one.client.get(one.address)
    assert len(page.body) < 200_000
    assert "strongest of" in page.text
    assert "Earlier turns" in page.text
    assert "scidex debate show" in page.text
    check_page(one, one.address)
    assert len(one.client.get(f"{one.address}?embed=1").body) <= 10_000


def test_our_score_stands_beside_the_imported_one_on_the_page_that_lists_the_hypothesis(scidex: Installation) -> None:
    library = filled(scidex)
    page = library.get(f"/artifact/{library.seed}").text
    assert "Debate it" in page
    subject = library.id_of("/hypothesis/h-4bb7fd8c")
    from scidex.kernel.content import content_folder

    table = (content_folder("atlas", "hypotheses") / "hypotheses.json").read_text(encoding="utf-8")
    loaded = library.do("hypothesis.load", table=table)
    assert subject in loaded.hypotheses
    told = debate_round(scidex, subject, actor=scidex.actor)
    client = site_of(scidex)
    page = client.get(f"/artifact/{library.seed}").text
    row = re.search(r"<tr>(?:(?!</tr>).)*Nutrient-Sensing(?:(?!</tr>).)*</tr>", page, re.DOTALL)
    assert row
    assert f"/artifact/{told.debate.id}" in row[0]
    assert "imported, not recomputed" in row[0]
    debate = client.get(f"/artifact/{told.debate.id}").text
    assert "imported, not recomputed" in debate
    assert "0.79" in debate
