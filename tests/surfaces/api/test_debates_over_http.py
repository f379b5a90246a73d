"""Debates over HTTP: rounds and verbs, by token and by form."""

from __future__ import annotations

import pytest
from api_support import Api, category
from debates_support import STROKE, debated


@pytest.fixture
def debate(api: Api) -> str:
    return debated(api.installation).id


def test_a_round_is_held_and_argued_against_over_the_api(api: Api) -> None:
    told = api.post("/api/v1/debates/h-nothing/rounds")
    assert (told.status, category(told)) == (404, "not-found")
    debated(api.installation)
    answer = api.post("/api/v1/debates/h-msc-ntf-als/rounds")
    assert answer.status == 200, answer.text
    document = answer.json()
    assert (document["round"], len(document["turns"])) == (1, 5)
    argument = document["turns"][1]["arguments"][0]
    contested = api.do("debate.contest", argument=argument, words="No.")
    assert contested.status == 200, contested.text
    assert contested.json()["labels"] == ["6.1"]
    assert api.post("/api/v1/debates/h-msc-ntf-als/rounds").json()["turns"] == []
    assert api.do("debate.close", debate=document["debate"]).json()["tier"] == "contested"
    assert category(api.do("debate.close", debate=document["debate"])) == "conflict"


def test_a_round_needs_somebody_in_whose_name_it_is_held(api: Api, debate: str) -> None:
    assert api.send("POST", f"/api/v1/debates/{debate}/rounds").status == 401
    assert api.form(f"/artifact/{debate}/round", {}).status == 401
    assert "Sign in" in api.reader.get(f"/artifact/{debate}/round").text


def test_rounds_and_arguments_by_forms(api: Api, debate: str) -> None:
    cookie = api.sign_in()
    hypothesis = "h-4bb7fd8c"
    held = api.form(f"/artifact/{hypothesis}/round", {}, cookie=cookie)
    assert held.status == 303, held.text
    other = held.headers["location"]
    assert "Nutrient-Sensing" in api.reader.get(other).text
    fields = {"debate": debate, "about": "novelty", "side": "supports", "words": "It is new.", "key": "k1"}
    for _ in range(2):
        said = api.form(f"/do/debate.argue?back=/artifact/{debate}", fields, cookie=cookie)
        assert (said.status, said.headers["location"]) == (303, f"/artifact/{debate}"), said.text
    page = api.reader.get(f"/artifact/{debate}").text
    assert page.count('id="t-6"') == 1
    assert 'id="t-7"' not in page
    assert "person:alice" in page or "alice" in page
    assert api.form(f"/artifact/{debate}/round", {}, cookie=cookie, origin="https://evil.example").status == 403


def test_the_stroke_hypothesis_is_found_by_its_name(api: Api, debate: str) -> None:
    assert api.post(f"/api/v1/debates/{STROKE}/rounds").json()["debate"] == debate
