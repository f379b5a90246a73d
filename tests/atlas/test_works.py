"""Publications: one work once, whatever record it comes in; a wrong record does not enter."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from scidex.atlas import queries
from scidex.atlas.actions.store_works import BibliographyFile, StagedWork, StoredWorks, StoreWorks
from scidex.atlas.kinds.page import PageBody
from scidex.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

ADA = ActorId("person:ada")
STAFF = {
    "type": "article-journal",
    "title": "Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS",
    "author": [{"family": "Staff", "given": "NP"}],
    "issued": {"date-parts": [[2016]]},
    "container-title": "Neurology",
    "DOI": "10.1212/WNL.0000000000003359",
    "PMID": "27784774",
}


def record(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**STAFF, **changes}.items() if value is not None}


def store(scidex: Installation, *items: dict[str, Any], actor: ActorId = ADA, **more: Any) -> StoredWorks:
    data = repr((items, more)).encode()
    file = BibliographyFile(name="refs.json", sha256=hashlib.sha256(data).hexdigest(), size=len(data), data=data)
    works = tuple(StagedWork(content={"csl": item, **more}, line=n) for n, item in enumerate(items, 1))
    answer: StoredWorks = scidex.door.perform("bibliography.store", StoreWorks(file=file, works=works), actor)
    return answer


def outcomes(answer: StoredWorks) -> list[str]:
    return [work.outcome for work in answer.works]


def papers(scidex: Installation) -> int:
    with scidex.storage.read() as connection:
        return len(queries.browse(connection, kind="paper", limit=1000).items)


def sound(scidex: Installation) -> None:
    with scidex.storage.read() as connection:
        assert list(queries.check(connection)) == []


def test_a_work_is_found_by_each_of_its_identifiers(scidex: Installation) -> None:
    made = store(scidex, record()).works[0].artifact
    with scidex.storage.read() as connection:
        for name in (
            "doi:10.1212/WNL.0000000000003359",
            "https://doi.org/10.1212/wnl.0000000000003359",
            "PMID: 27784774",
        ):
            assert queries.find(connection, name)[1].id == made


def test_the_same_record_again_writes_nothing(scidex: Installation) -> None:
    store(scidex, record())
    with scidex.storage.read() as connection:
        before = queries.statistics(connection)
    assert outcomes(store(scidex, record())) == ["known"]
    with scidex.storage.read() as connection:
        assert queries.statistics(connection) == before


def test_a_record_with_a_shared_identifier_completes_the_work(scidex: Installation) -> None:
    store(scidex, record(PMID=None))
    answer = store(
        scidex, record(DOI="10.1212/wnl.0000000000003359", volume="87", **{"container-title": "Neurology (Minneap)"})
    )
    assert outcomes(answer) == ["completed"]
    assert set(answer.works[0].filled) == {"PMID", "volume", "identifiers"}
    assert set(answer.works[0].kept) == {"DOI", "container-title"}
    assert papers(scidex) == 1
    sound(scidex)


def test_without_a_shared_identifier_title_author_and_year_make_it_one(scidex: Installation) -> None:
    store(scidex, record(DOI=None))
    assert outcomes(store(scidex, record(PMID=None, title=STAFF["title"].upper() + "."))) == ["completed"]
    assert outcomes(store(scidex, record(DOI=None, PMID=None, issued={"date-parts": [[2012]]}))) == ["created"]
    assert papers(scidex) == 2
    sound(scidex)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Intravenous cells in stroke: another trial altogether"},
        {"author": [{"family": "Smith", "given": "J"}]},
        {"issued": {"date-parts": [[2009]]}},
        {"PMID": "1"},
    ],
)
def test_a_real_identifier_under_a_false_record_is_refused_with_what_differs(
    scidex: Installation, changes: dict[str, Any]
) -> None:
    store(scidex, record())
    answer = store(scidex, record(**changes))
    assert outcomes(answer) == ["refused"]
    assert "the record says" in answer.works[0].problem
    assert answer.works[0].cure
    assert papers(scidex) == 1
    sound(scidex)


def test_identifiers_of_two_works_are_refused(scidex: Installation) -> None:
    other = record(title="Another work of other people", DOI="10.5555/other", PMID="99", author=[{"family": "Oh"}])
    store(scidex, record(), other)
    assert outcomes(store(scidex, record(PMID="99"))) == ["refused"]
    sound(scidex)


def test_a_record_with_the_identifiers_of_both_joins_two_and_that_is_undone(scidex: Installation) -> None:
    first = store(scidex, record(PMID=None)).works[0].artifact
    # Another year, so that nothing tells yet that the two are one.
    second = store(scidex, record(DOI=None, issued={"date-parts": [[2017]]})).works[0].artifact
    assert papers(scidex) == 2
    answer = store(scidex, record())
    assert answer.works[0].merged == (second,)
    with scidex.storage.read() as connection:
        assert queries.find(connection, "PMID 27784774")[1].id == first
    scidex.door.perform("artifact.unmerge", {"ref": second}, ADA)
    with scidex.storage.read() as connection:
        assert queries.find(connection, "PMID 27784774")[1].id == second
    assert papers(scidex) == 2


def test_works_that_are_one_are_merged_when_asked(scidex: Installation) -> None:
    store(scidex, record(DOI=None, PMID=None, title="Nothing much in ALS patients"))
    made = scidex.door.perform("artifact.create", {"kind": "paper", "content": {"csl": record()}}, ADA).id
    twin = {"csl": record(DOI="10.1212/wnl.0000000000003359", PMID=None)}
    with pytest.raises(Conflict, match="already names"):
        scidex.door.perform("artifact.create", {"kind": "paper", "content": twin}, ADA)
    bare = scidex.door.perform(
        "artifact.create", {"kind": "paper", "content": {"csl": record(DOI=None, PMID=None)}}, ADA
    ).id
    merged = scidex.door.perform("paper.deduplicate", {}, ADA).merged
    assert merged == ((bare, made),)
    assert scidex.door.perform("paper.deduplicate", {}, ADA).merged == ()
    sound(scidex)


def test_an_identifier_that_was_corrected_names_the_work_no_more(scidex: Installation) -> None:
    made = store(scidex, record(PMID="1")).works[0].artifact
    with scidex.storage.read() as connection:
        content = queries.artifact_content(connection, queries.find(connection, made)[1])
    content["csl"]["PMID"] = "27784774"
    content["identifiers"] = []
    scidex.door.perform("artifact.revise", {"ref": made, "content": content}, ADA)
    with scidex.storage.read() as connection:
        assert queries.find(connection, "PMID 27784774")[1].id == made
        with pytest.raises(NotFound):
            queries.find(connection, "PMID 1")
    assert outcomes(store(scidex, record(PMID="1", DOI="10.5555/x", title="The work that PMID 1 really names"))) == [
        "created"
    ]
    sound(scidex)


def test_bad_records_are_refused_alone_and_leave_nothing_behind(scidex: Installation) -> None:
    good = record(DOI="10.5555/good", PMID=None, title="A good record between two bad ones")
    answer = store(scidex, {"type": "poem"}, {"title": "a\0b"}, good, {"title": "\ud800"}, {})
    assert outcomes(answer) == ["refused", "refused", "created", "refused", "refused"]
    assert all(work.problem and work.line for work in answer.works if work.outcome == "refused")
    assert papers(scidex) == 1
    sound(scidex)


def test_a_notice_is_recorded_once_and_taken_back(scidex: Installation) -> None:
    made = store(scidex, record()).works[0].artifact
    command = {
        "ref": made,
        "notice": "retraction",
        "date": "2021-05",
        "identifier": "PMID 5",
        "reason": "Made-up data.",
    }
    assert scidex.door.perform("paper.mark", command, ADA).version == 2
    assert scidex.door.perform("paper.mark", command, ADA).unchanged
    assert (
        scidex.door.perform("paper.unmark", {"ref": made, "notice": "retraction", "reason": "Wrong work."}, ADA).version
        == 3
    )
    with pytest.raises(Conflict, match="no retraction"):
        scidex.door.perform("paper.unmark", {"ref": made, "notice": "retraction", "reason": "x"}, ADA)
    sound(scidex)


@pytest.mark.parametrize(
    ("verb", "command", "words"),
    [
        ("paper.mark", {"notice": "retraction", "date": "May 2021"}, "not a day"),
        ("paper.mark", {"notice": "retraction", "identifier": "5"}, "not an identifier"),
        ("paper.mark", {"notice": "retraction", "url": "javascript:alert(1)"}, "no web address"),
        ("paper.mark", {"notice": "scandal"}, "notice"),
        ("paper.confirm", {"source": "I saw it"}, "no web address"),
        ("paper.attach", {"text": "Words.", "keep": True}, "licence"),
    ],
)
def test_what_a_verb_cannot_use_is_refused_with_a_cure(
    scidex: Installation, verb: str, command: dict[str, Any], words: str
) -> None:
    made = store(scidex, record()).works[0].artifact
    with pytest.raises(Invalid, match=words):
        scidex.door.perform(verb, {"ref": made, **command}, ADA)


def test_programs_may_bring_records_and_not_withdraw_works(scidex: Installation) -> None:
    bot = ActorId("software:finder")
    made = store(scidex, record(), actor=bot).works[0].artifact
    with pytest.raises(Forbidden):
        scidex.door.perform("paper.mark", {"ref": made, "notice": "retraction"}, bot)


def test_a_record_of_the_first_form_is_still_read(scidex: Installation) -> None:
    old = {
        "title": "An older record",
        "authors": ["Doe J"],
        "container": "Brain",
        "year": 2001,
        "doi": "10.5555/old",
        "pmid": "",
    }
    made = scidex.door.perform("artifact.create", {"kind": "paper", "content": old}, ADA).id
    with scidex.storage.read() as connection:
        assert queries.find(connection, "doi:10.5555/old")[1].id == made
        content = queries.artifact_content(connection, queries.find(connection, made)[1])
    assert content["csl"]["container-title"] == "Brain"
    assert content["csl"]["issued"] == {"date-parts": [[2001]]}


def test_a_program_cannot_vouch_for_a_record_nor_change_one_that_is_vouched_for(scidex: Installation) -> None:
    bot = ActorId("software:finder")
    verified = {"status": "verified", "source": "https://example.org/"}
    brought = store(scidex, record(), actor=bot, verification=verified).works[0].artifact
    with scidex.storage.read() as connection:
        content = queries.artifact_content(connection, queries.find(connection, brought)[1])
    assert content["verification"]["status"] == "unverified"
    assert "software:finder" in content["verification"]["note"]
    with pytest.raises(Forbidden, match="vouch"):
        scidex.door.perform(
            "artifact.create", {"kind": "paper", "content": {"csl": {"title": "T"}, "verification": verified}}, bot
        )
    scidex.door.perform("paper.confirm", {"ref": brought, "source": "https://example.org/"}, ADA)
    scidex.door.perform("paper.mark", {"ref": brought, "notice": "retraction"}, ADA)
    with scidex.storage.read() as connection:
        content = queries.artifact_content(connection, queries.find(connection, brought)[1])
    for change in ({"csl": {**content["csl"], "title": "Another title"}}, {"notices": []}):
        with pytest.raises(Forbidden):
            scidex.door.perform("artifact.revise", {"ref": brought, "content": {**content, **change}}, bot)


def test_an_identifier_that_an_unconfirmed_record_adds_vouches_for_nothing(scidex: Installation) -> None:
    made = store(scidex, record(PMID=None)).works[0].artifact
    scidex.door.perform("paper.confirm", {"ref": made, "source": "https://example.org/"}, ADA)
    assert outcomes(store(scidex, record(PMID="4711"))) == ["completed"]
    with scidex.storage.read() as connection:
        by_doi, by_pmid = queries.resolve_all(
            connection, [*queries.pasted("doi:10.1212/WNL.0000000000003359\nPMID:4711")]
        )
    assert by_doi.status == "verified"
    assert by_pmid.status == "unverified"


def references(scidex: Installation, **reference: str) -> list[str]:
    content = {"title": "P", "lead": "Shown [@a].", "references": [{"key": "a", **reference}]}
    made = scidex.door.perform("artifact.create", {"kind": "page", "content": content}, ADA)
    with scidex.storage.read() as connection:
        page = PageBody.model_validate(queries.artifact_content(connection, queries.find(connection, made.id)[1]))
        statuses = [str(each.status) for each in queries.citations(connection, page.references)]
    assert bool(made.citation_faults) == (statuses[0] not in ("verified", "unverified", "unresolved"))
    return statuses


def test_a_page_is_told_of_each_wrong_citation_whatever_hides_it(scidex: Installation) -> None:
    store(
        scidex,
        record(),
        record(title="Another work of other people", DOI="10.5555/other", PMID="99", author=[{"family": "Oh"}]),
    )
    with scidex.storage.read() as connection:
        chosen = queries.find(connection, "doi:10.1212/WNL.0000000000003359")[1].id
    assert references(scidex, doi=STAFF["DOI"], text=f"Staff NP. {STAFF['title']}. Neurology 2016.") == ["unverified"]
    assert references(
        scidex, doi=STAFF["DOI"], text="Staff NP. Cells in stroke survivors after one year. Neurology 2016."
    ) == ["mismatch"]
    assert references(scidex, doi=STAFF["DOI"], pmid="99") == ["mismatch"]
    assert references(scidex, paper=chosen, pmid="99") == ["mismatch"]
    assert references(scidex, doi=STAFF["DOI"], url="https://doi.org/10.5555/other") == ["mismatch"]
    assert references(scidex, doi="10.12/wrong") == ["unresolvable"]
    assert references(scidex, doi="10.5555/nowhere") == ["unresolved"]


@pytest.mark.parametrize("marker", ["[@a]", "[ @a ]", "[see @a]", "[@b;\n@a]", "[-@a]"])
def test_whatever_looks_like_a_citation_has_an_entry(scidex: Installation, marker: str) -> None:
    made = scidex.door.perform(
        "artifact.create", {"kind": "page", "content": {"title": "P", "lead": f"Shown {marker}."}}, ADA
    ).id
    with scidex.storage.read() as connection:
        content = queries.artifact_content(connection, queries.find(connection, made)[1])
    assert "a" in {each["key"] for each in content["references"]}


def test_a_retraction_is_lost_neither_by_a_merge_nor_by_going_back(scidex: Installation) -> None:
    first = store(scidex, record(PMID=None)).works[0].artifact
    second = store(scidex, record(DOI=None, issued={"date-parts": [[2018]]})).works[0].artifact
    scidex.door.perform("paper.mark", {"ref": second, "notice": "retraction", "date": "2020"}, ADA)
    with pytest.raises(Conflict, match="would be lost"):
        scidex.door.perform("artifact.merge", {"ref": second, "into": first}, ADA)
    with pytest.raises(Conflict, match="would be lost"):
        scidex.door.perform("artifact.restore", {"ref": second, "version": 1}, ADA)
    scidex.door.perform("paper.mark", {"ref": first, "notice": "retraction", "date": "2020"}, ADA)
    scidex.door.perform("artifact.merge", {"ref": second, "into": first}, ADA)
    sound(scidex)
