"""Names: all spellings of one name are one key, and whatever is sent as a name is a key or refused."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.aliases import GREATEST_LENGTH, SECTIONS, alias_key, legacy_paths
from scidex.atlas.bibliography.identifiers import WorkId
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ArtifactId

SLUGS = st.from_regex(r"\A[a-z0-9]{1,8}([-_.:][a-z0-9]{1,6}){0,4}\Z").filter(lambda slug: not slug.startswith("wiki-"))
PIECES = ["/", "//", "..", "%00", "%2e%2e", "%2F", "%25", "http://", "https://scidex.ai", "wiki", "wiki-", "-", "?a=b"]
PIECES += ["#c", "Therapeutics", "diseases", "h-", "SDA-", "\ud800", "\u202e", "\u0301", "ﬀ", "[", "]", "@", "x" * 250]
HOSTILE = (
    st.text(max_size=60)
    | st.text("wik-/%.:?#\\ \t\n\0aA1İßŉΐ\u0301", max_size=30)
    | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
)


@given(st.sampled_from(SECTIONS), SLUGS)
def test_all_spellings_of_a_page_are_one_key(section: str, slug: str) -> None:
    spellings = [
        f"{section}-{slug}",
        f"wiki-{section}-{slug}",
        f"/wiki/{section}-{slug}",
        f"/{section}/{slug}",
        f"/{section}/{slug}/",
        f"{section}/{slug}",
        f"/wiki/{section}/{slug}",
        f"/artifact/wiki-{section}-{slug}",
        f"http://scidex.ai/artifact/wiki-{section}-{slug}?embed=1",
        f"https://scidex.ai/wiki/{section}-{slug}#background",
        f"  /{section.upper()}/{slug.upper()} ",
        f"/{section}/{quote(slug, safe='')}",
        f"/{section}/" + "".join(f"%{ord(character):02X}" for character in slug),
    ]
    assert {alias_key(spelling) for spelling in spellings} == {f"{section}-{slug}"}


@given(
    st.sampled_from(["/hypothesis/{}", "{}", "/artifact/{}", "https://scidex.ai/hypothesis/{}"]), st.integers(0, 2**32)
)
def test_a_hypothesis_is_found_by_all_its_addresses(form: str, number: int) -> None:
    assert alias_key(form.format(f"H-{number:X}")) == f"h-{number:x}"


def test_an_analysis_is_found_by_all_its_addresses() -> None:
    names = ["SDA-2026-04-01-gap-004", "/analysis/SDA-2026-04-01-gap-004", "/analysis/sda-2026-04-01-GAP-004"]
    assert {alias_key(name) for name in names} == {"sda-2026-04-01-gap-004"}


@pytest.mark.parametrize("form", ["{}", "/artifact/{}", "https://scidex.ai/artifact/{}?version=3", "{} "])
def test_an_id_is_its_own_key(form: str) -> None:
    assert ArtifactId.matches(alias_key(form.format("sx-06f4v1zr2k8m3q5t7w")))


def key_of(reference: str) -> str | None:
    """The key, or None if it was refused; nothing else may come of it."""
    try:
        return alias_key(reference)
    except Invalid as refused:
        assert refused.cure  # noqa: PT017
        return None


@given(HOSTILE)
def test_whatever_is_sent_is_a_safe_key_or_refused(reference: str) -> None:
    key = key_of(reference)
    if key is not None:
        assert 0 < len(key) <= GREATEST_LENGTH
        # The identifier of a work is its own key to the letter; it is quoted where it goes into an address.
        assert WorkId.matches(key) or not re.search(r"[\s/\\%?#<>\"'&\0]", key)
        assert not key.startswith(("wiki-", "-"))
        key.encode()


@given(HOSTILE)
def test_the_key_of_a_key_is_that_key(reference: str) -> None:
    key = key_of(reference)
    if key is not None:
        assert alias_key(key) == key


@given(HOSTILE | SLUGS | st.builds("{}-{}".format, st.sampled_from([*SECTIONS, "h", "sda", "wp"]), SLUGS))
def test_each_legacy_path_of_a_key_leads_back_to_it(reference: str) -> None:
    key = key_of(reference)
    if key is not None:
        assert {alias_key(path) for path in legacy_paths(key)} <= {key}


@pytest.mark.parametrize(
    "reference", ["", " ", "/", "//", "---", "?", "%", "https://scidex.ai", "https://scidex.ai/", "́", "\ud800"]
)
def test_what_names_nothing_is_refused(reference: str) -> None:
    with pytest.raises(Invalid):
        alias_key(reference)


@pytest.mark.parametrize(
    "reference", ["x" * 1_000_000, "̖́" * 500_000, "/" * 1_000_000, "wiki-" * 10_000, "%25" * 100_000]
)
def test_a_huge_reference_is_refused_at_once(reference: str) -> None:
    with pytest.raises(Invalid):
        alias_key(reference)


def test_different_pages_keep_different_keys() -> None:
    names = ["/diseases/als", "/genes/als", "/wiki/als", "/diseases/als-2", "/diseases/a-ls"]
    assert len({alias_key(name) for name in names}) == len(names)
