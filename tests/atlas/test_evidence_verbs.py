"""Claims and evidence through the door: what counts, what does not and why, and what a retraction moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scidex.atlas import queries
from scidex.atlas.queries import ClaimView
from scidex.kernel.clock import FixedClock
from scidex.kernel.errors import Conflict, Invalid
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

ADA = ActorId("person:ada")
TEXT = (
    "Patients were randomised to cells or placebo. The slope did not differ between arms (p = 0.45).\n"
    "Neuro-\nprotective factors rose in the cerebrospinal fluid of treated patients."
)
QUOTE = "The slope did not differ between arms (p = 0.45)."


def perform(scidex: Installation, verb: str, **command: Any) -> Any:
    return scidex.door.perform(verb, command, ADA)


def paper(scidex: Installation, number: int = 1, *, kept: bool = True, confirmed: bool = True, **more: Any) -> str:
    csl = {"type": "article-journal", "title": f"A trial, number {number}", "DOI": f"10.5555/{number}"}
    made: str = perform(scidex, "artifact.create", kind="paper", content={"csl": csl, **more}).id
    if confirmed:
        perform(scidex, "paper.confirm", ref=made, source="https://example.org/")
    if kept:
        perform(scidex, "paper.attach", ref=made, text=TEXT, keep=True, licence="CC BY 4.0")
    return made


def claim(scidex: Installation, statement: str = "The cells slow progression.") -> str:
    made: str = perform(scidex, "claim.add", statement=statement).id
    return made


def evidence(scidex: Installation, on: str, source: str, stance: str | None = "supports", **more: Any) -> str:
    command = {"claim": on, "source": source, "quote": QUOTE, **more}
    if stance:
        command["stance"] = stance
    made: str = perform(scidex, "evidence.add", **command).id
    return made


def view(scidex: Installation, id_: str, **as_of: Any) -> ClaimView:
    with scidex.storage.read() as connection:
        return queries.claim_view(connection, queries.find(connection, id_)[1], **as_of)


def test_a_checked_passage_of_a_verified_work_counts(scidex: Installation) -> None:
    one = claim(scidex)
    evidence(scidex, one, paper(scidex), "not-shown", p="0.45", design="randomised-controlled-trial", sample_size=48)
    seen = view(scidex, one)
    assert (seen.verdict, seen.by_rule, seen.standing.sources) == ("not-shown", True, 1)
    item = seen.evidence[0]
    assert item.body.passage is not None
    assert TEXT[item.body.passage.start : item.body.passage.end] == QUOTE
    assert item.grade is not None


@pytest.mark.parametrize(
    "quote",
    [
        "The slope differed between arms (p = 0.45).",
        "The slope did not differ between arms (p = 0.04).",
        "slope did not differ between arm",
        "the cerebrospinal fluid of untreated patients",
    ],
)
def test_a_quote_that_does_not_stand_in_the_text_is_refused(scidex: Installation, quote: str) -> None:
    one, source = claim(scidex), paper(scidex)
    with pytest.raises(Invalid) as refused:
        evidence(scidex, one, source, quote=quote)
    assert refused.value.cure
    assert view(scidex, one).evidence == ()


def test_a_quote_over_a_hyphenated_line_end_stands(scidex: Installation) -> None:
    one = claim(scidex)
    evidence(scidex, one, paper(scidex), quote="Neuroprotective factors rose in the\u00a0cerebrospinal fluid")
    assert view(scidex, one).standing.verdict == "supported"


def test_a_text_that_may_not_be_kept_leaves_its_hash_and_the_passage(scidex: Installation) -> None:
    one, source = claim(scidex), paper(scidex, kept=False)
    with pytest.raises(Invalid, match="No text of"):
        evidence(scidex, one, source)
    evidence(scidex, one, source, text=TEXT)
    seen = view(scidex, one).evidence[0].body.passage
    assert seen is not None
    assert (seen.quote, seen.text_kept) == (QUOTE, False)
    with pytest.raises(Invalid, match="does not stand in the text"):
        evidence(scidex, one, source, text="Other words entirely, of another paper.")


@pytest.mark.parametrize("stance", ["contradicts", "supports"])
def test_a_result_that_shows_nothing_cannot_be_filed_as_if_it_did(scidex: Installation, stance: str) -> None:
    one, source = claim(scidex), paper(scidex)
    with pytest.raises(Invalid, match="shows nothing"):
        evidence(scidex, one, source, stance, p="0.45")
    with pytest.raises(Invalid, match="shows nothing"):
        evidence(scidex, one, source, stance, measure="odds-ratio", estimate="1.33", low="0.7", high="2.5")


def test_what_does_not_count_says_why(scidex: Installation) -> None:
    one = claim(scidex)
    evidence(scidex, one, paper(scidex, 1, confirmed=False))
    perform(scidex, "evidence.add", claim=one, source="doi:10.5555/nowhere", stance="supports")
    suggested = evidence(scidex, one, paper(scidex, 3), None)
    seen = view(scidex, one)
    assert seen.standing.verdict == "unverifiable"
    reasons = {item.body.source: {str(reason) for reason in item.uncounted} for item in seen.evidence}
    assert {"source-not-verified"} in reasons.values()
    assert {"quote-not-checked", "source-not-verified"} in reasons.values()
    assert any("stance-only-suggested" in each or "no-stance" in each for each in reasons.values())
    perform(scidex, "evidence.judge", ref=suggested, stance="supports")
    assert view(scidex, one).standing.verdict == "supported"


def test_one_cohort_counts_once(scidex: Installation) -> None:
    one = claim(scidex)
    for number in (1, 2):
        evidence(scidex, one, paper(scidex, number, registrations=["NCT02017912"]))
    evidence(scidex, one, paper(scidex, 3))
    standing = view(scidex, one).standing
    assert (standing.sources, standing.effective_sources) == (3, 2)


def test_a_retraction_moves_what_leans_on_the_work_and_can_be_taken_back(
    open_scidex: Callable[..., Installation],
) -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    scidex = open_scidex("sqlite", clock=clock)
    one, source = claim(scidex), paper(scidex)
    evidence(scidex, one, source)
    clock.moment += timedelta(days=1)
    perform(scidex, "paper.mark", ref=source, notice="retraction", date="2026-01-02", reason="Made-up data.")
    seen = view(scidex, one)
    assert seen.standing.verdict == "unverifiable"
    assert [str(reason) for reason in seen.evidence[0].uncounted] == ["source-retracted"]
    with scidex.storage.read() as connection:
        head = queries.find(connection, source)[1]
        leaning = queries.dependents(connection, head)
        assert [(before, after) for _, before, after in leaning.claims] == [("supported", "unverifiable")]
        assert (leaning.claims_total, leaning.evidence_total) == (1, 1)
    assert view(scidex, one, as_of=datetime(2026, 1, 1, 12, tzinfo=UTC)).standing.verdict == "supported"
    perform(scidex, "paper.unmark", ref=source, notice="retraction", reason="The wrong work.")
    assert view(scidex, one).standing.verdict == "supported"


def test_evidence_follows_a_work_through_a_merge_and_back(scidex: Installation) -> None:
    one = claim(scidex)
    source, other = paper(scidex, 1), paper(scidex, 2)
    evidence(scidex, one, source)
    perform(scidex, "artifact.merge", ref=source, into=other)
    perform(scidex, "paper.mark", ref=other, notice="retraction")
    assert view(scidex, one).standing.verdict == "unverifiable"
    with scidex.storage.read() as connection:
        assert queries.dependents(connection, queries.find(connection, other)[1]).claims_total == 1
    perform(scidex, "artifact.unmerge", ref=source)
    assert view(scidex, one).standing.verdict == "supported"


PAGE = {
    "title": "A therapy",
    "lead": "It is approved in Australia for MS [@foo2001]. It is safe.",
    "body": "## Use\n\nMotor function improved [1].\n",
    "entity_type": "therapy",
}


def page(scidex: Installation) -> str:
    made: str = perform(scidex, "artifact.create", kind="page", content=PAGE).id
    return made


def test_no_page_is_kept_with_a_key_that_is_neither_resolved_nor_flagged(scidex: Installation) -> None:
    made = page(scidex)
    with scidex.storage.read() as connection:
        content = queries.artifact_content(connection, queries.find(connection, made)[1])
    assert {(each["key"], each["status"]) for each in content["references"]} == {
        ("foo2001", "unresolved"),
        ("1", "unresolved"),
    }
    with pytest.raises(Invalid, match="status"):
        perform(
            scidex, "artifact.revise", ref=made, content={**PAGE, "references": [{"key": "1", "status": "certain"}]}
        )


def test_a_claim_is_stated_at_its_place(scidex: Installation) -> None:
    made = page(scidex)
    one = perform(
        scidex, "claim.add", statement="Approved.", page=made, passage="It is approved in Australia for MS [@foo2001]."
    ).id
    seen = view(scidex, one).body
    assert seen.span is not None
    assert PAGE["lead"][seen.span.start : seen.span.end] == seen.span.passage
    assert seen.cited == ("foo2001",)
    with pytest.raises(Invalid, match="does not stand"):
        perform(scidex, "claim.add", statement="Approved.", page=made, passage="It is approved in Austria for MS.")


def test_a_correction_is_proposed_accepted_and_the_original_is_kept(scidex: Installation) -> None:
    made = page(scidex)
    proposal = perform(
        scidex,
        "correction.propose",
        page=made,
        original="It is approved in Australia for MS [@foo2001].",
        proposed="It is not approved for MS anywhere.",
        reason="The licence was to manufacture.",
    ).id
    with scidex.storage.read() as connection:
        head = queries.find(connection, made)[1]
        assert head.latest_version == 1
        assert [body.decision for _, body in queries.page_statements(connection, head)[1]] == ["open"]
    perform(scidex, "correction.accept", ref=proposal)
    with scidex.storage.read() as connection:
        head = queries.find(connection, made)[1]
        assert queries.artifact(connection, head).content["lead"].startswith("It is not approved for MS anywhere.")
        assert "Australia" in queries.artifact(connection, head, version=1).content["lead"]
        assert queries.page_statements(connection, head)[1][0][1].became_version == 2
    with pytest.raises(Conflict, match="already accepted"):
        perform(scidex, "correction.decline", ref=proposal, note="No.")
    perform(scidex, "artifact.restore", ref=made, version=1)


def test_a_correction_of_words_that_are_gone_is_a_conflict(scidex: Installation) -> None:
    made = page(scidex)
    command = {"page": made, "original": "It is safe.", "proposed": "Harms were rare.", "reason": "Say what was seen."}
    first, second = (perform(scidex, "correction.propose", **command).id for _ in range(2))
    perform(scidex, "correction.accept", ref=first)
    with pytest.raises(Conflict, match="no longer stands"):
        perform(scidex, "correction.accept", ref=second)
    perform(scidex, "correction.decline", ref=second, note="Done already.")
    with pytest.raises(Invalid, match="does not stand"):
        perform(scidex, "correction.propose", **command)
