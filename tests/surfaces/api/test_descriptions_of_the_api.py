"""What the API says of itself is true for every verb there is."""

from __future__ import annotations

import json
import re

import pytest
from api_support import paper
from openapi_spec_validator import OpenAPIV31SpecValidator
from surface_support import filled

from scidex.kernel.actions import Catalogue, Command, Result, action
from scidex.main import catalogue
from scidex.surfaces.api.openapi import document
from scidex.surfaces.web.errors import STATUS

VERBS = {verb.name: verb for verb in catalogue() if verb.name != "import.store"}


def test_the_openapi_document_is_valid_and_names_every_verb(lite):
    found = lite.reader.get("/api/v1/openapi.json").json()
    OpenAPIV31SpecValidator(found).validate()
    assert found["servers"] == [{"url": "http://testserver"}]
    paths = {path for path, item in found["paths"].items() if "post" in item}
    beside = {"/api/v1/import", "/api/v1/debates/{ref}/rounds"}
    assert paths == {f"/api/v1/actions/{name}" for name in VERBS} | beside
    identifiers = re.findall(r'"operationId": "(\w+)"', json.dumps(found))
    assert len(identifiers) == len(set(identifiers)) == len([*paths, "index", "actions", "openapi", "artifact"])


def test_every_reference_in_the_document_leads_somewhere():
    found = document(catalogue(), base="https://x", version="1")
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(found))):
        place = found
        for part in reference.split("/"):
            place = place[part]


def test_the_statuses_of_the_document_are_those_of_the_one_table():
    found = document(catalogue(), base="https://x", version="1")
    for item in found["paths"].values():
        if "post" in item:
            assert set(item["post"]["responses"]) == {"200", *(str(status) for status, _ in STATUS.values())}


def test_a_new_verb_is_described_without_another_line():
    class Ring(Command):
        """Rings `times` times."""

        times: int

    class Rung(Result):
        """Done."""

        times: int

    bell = action("bell.ring", "Ring the bell", command=Ring, result=Rung)(lambda command, work: Rung(times=1))
    found = document(Catalogue([*catalogue(), bell]), base="https://x", version="1")
    OpenAPIV31SpecValidator(found).validate()
    described = found["paths"]["/api/v1/actions/bell.ring"]["post"]
    assert (described["summary"], described["description"]) == ("Ring the bell", "Rings `times` times.")
    assert found["components"]["schemas"]["Ring"]["properties"]["times"]["type"] == "integer"


def test_the_list_of_verbs_has_the_schemas_of_what_is_sent_and_answered(lite):
    listed = {each["name"]: each for each in lite.reader.get("/api/v1/actions").json()}
    assert set(listed) == set(VERBS)
    for name, verb in VERBS.items():
        assert listed[name]["summary"] == verb.summary
        assert set(listed[name]["command"]["properties"]) == set(verb.command.model_fields)
        assert listed[name]["command"]["additionalProperties"] is False
        assert set(listed[name]["result"]["properties"]) == set(verb.result.model_fields)
    made = lite.create("On mice").json()
    assert set(made) == set(listed["artifact.create"]["result"]["properties"])
    assert set(paper("x")) <= set(listed["artifact.create"]["command"]["properties"])


def test_the_index_leads_only_to_addresses_that_are_there(scidex):
    library = filled(scidex)
    index = library.get("/api/v1/").json()
    for name in ("openapi", "actions", "list", "activities"):
        assert library.get(index[name].removeprefix("http://testserver"), Accept="application/json").status == 200
    assert library.get("/api/v1/artifacts/" + library.seed).status == 307
    assert library.get("/api/v1").status == 307


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/actions", "/api/v1/openapi.json"])
def test_descriptions_are_read_without_a_token_and_kept_while_they_hold(lite, path):
    answer = lite.reader.get(path)
    assert answer.status == 200
    assert lite.reader.get(path, {"if-none-match": answer.headers["etag"]}).status == 304
    assert lite.reader.request("HEAD", path).status == 200
