"""A file sent over HTTP becomes what the command line would make of it."""

from __future__ import annotations

import httpx
import pytest
from api_support import category, make_token
from surface_support import SEED

PAGE = b"---\ntitle: On mice\nslug: on-mice\ntype: therapy\n---\n\n## Overview\n\nMice.\n"
ADDRESS = "/api/v1/import"


def upload(name: str, data: bytes, **fields: str) -> tuple[bytes, str]:
    request = httpx.Request("POST", "http://x/", files={"file": (name, data)}, data=fields)
    return request.read(), request.headers["content-type"]


def test_a_file_comes_as_the_body_itself(api):
    answer = api.post(f"{ADDRESS}?name=on-mice.md", raw=PAGE, content_type="text/markdown")
    assert answer.status == 200, answer.text
    found = answer.json()
    assert (found["outcome"], found["title"], found["name"]) == ("created", "On mice", "on-mice.md")
    source = api.reader.get(f"/artifact/{found['artifact']}/source/raw")
    assert source.body == PAGE
    log = api.reader.get("/activities", {"accept": "application/json"}).json()
    assert {each["actor"] for each in log if each["action"].startswith("import")} == {"person:alice"}


def test_a_file_comes_as_an_upload_and_is_known_the_second_time(api):
    body, content_type = upload("on-mice.md", PAGE, note="other fields do not matter")
    assert api.post(ADDRESS, raw=body, content_type=content_type).json()["outcome"] == "created"
    assert api.post(f"{ADDRESS}?name=other.md", raw=PAGE, content_type="text/markdown").json()["outcome"] == "known"
    assert api.titles() == ["On mice"]


def test_the_seed_page_comes_in_with_its_report(api):
    body, content_type = upload(SEED.name, SEED.read_bytes())
    found = api.post(ADDRESS, raw=body, content_type=content_type).json()
    assert found["outcome"] == "created"
    assert found["findings"]
    assert api.reader.get(f"/artifact/{found['report']}.json").json()["content"]["file"] == SEED.name


def test_a_dry_run_reads_and_writes_nothing(api):
    answer = api.post(f"{ADDRESS}?name=on-mice.md&dry_run=1", raw=PAGE, content_type="text/markdown")
    assert answer.json()["outcome"] == "created"
    assert api.titles() == []


def test_a_file_that_cannot_be_imported_is_refused_with_its_line(api):
    answer = api.post(f"{ADDRESS}?name=a.md", raw=b"\x00\x01\x02binary", content_type="application/octet-stream")
    assert (answer.status, category(answer)) == (422, "refused")
    assert answer.json()["error"]["message"].startswith("a.md")
    assert api.titles() == []


def test_a_strict_import_refuses_what_would_be_mended(api):
    unwritten = PAGE.replace(b"title: On mice", b"title: On mice\nno_such_field: 1")
    sent = {"raw": unwritten, "content_type": "text/markdown"}
    strict = api.post(f"{ADDRESS}?name=on-mice.md&strict=1", **sent)
    assert (strict.status, category(strict)) == (422, "refused")
    mended = api.post(f"{ADDRESS}?name=on-mice.md", **sent)
    assert mended.status == 200
    assert mended.json()["findings"]


def test_the_same_key_imports_once_and_another_file_with_it_is_a_conflict(api):
    for raw, status in ((PAGE, 200), (PAGE, 200), (PAGE.replace(b"mice", b"men"), 409)):
        answer = api.post(f"{ADDRESS}?name=a.md", raw=raw, content_type="text/markdown", idempotency_key="k")
        assert answer.status == status
    assert api.titles() == ["On mice"]


def test_programs_may_import_and_strangers_may_not(api):
    robot = make_token(api.installation, "software:robot")
    sent = {"raw": PAGE, "content_type": "text/markdown"}
    assert api.post(f"{ADDRESS}?name=a.md", secret="scidex_" + "A" * 43, **sent).status == 401
    assert api.post(f"{ADDRESS}?name=a.md", secret=robot, **sent).status == 200


@pytest.mark.parametrize("name", ["", "/", "..", "%00", "%E2%80%AE"])
def test_a_bare_body_needs_a_name(lite, name):
    answer = lite.post(f"{ADDRESS}?name={name}", raw=PAGE, content_type="text/markdown")
    assert (answer.status, category(answer)) == (400, "invalid")


def test_a_name_with_a_path_in_it_is_kept_without(lite):
    answer = lite.post(f"{ADDRESS}?name=..%2F..%5Cetc%2Fon-mice.md", raw=PAGE, content_type="text/markdown")
    assert answer.json()["name"] == "on-mice.md"


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/mixed; boundary=x"])
def test_what_would_change_the_bytes_on_the_way_is_refused(lite, content_type):
    answer = lite.post(f"{ADDRESS}?name=a.md", raw=PAGE, content_type=content_type)
    assert (answer.status, category(answer)) == (415, "unsupported")


def test_a_file_beyond_the_limit_is_refused(lite):
    for size in (5_000_001, 5_020_001):
        answer = lite.post(f"{ADDRESS}?name=a.md", raw=b"x" * size, content_type="text/markdown")
        assert (answer.status, category(answer)) == (413, "too-large")


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_a_table_that_is_no_text_is_refused_by_its_line(lite, start):
    answer = lite.post(f"{ADDRESS}?name=claims.csv", raw=start + b"a,b\n1,2\n\xff,3\n", content_type="text/csv")
    assert (answer.status, category(answer)) == (422, "refused")
    assert "claims.csv, line 3" in answer.text
