"""Every kind of artifact keeps the promises that all others rely on."""

from __future__ import annotations

import json
import types
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from scidex.atlas import store
from scidex.atlas.aliases import alias_key
from scidex.atlas.kinds import Kind, all_kinds, kind_of
from scidex.atlas.links import WORDS, Relation
from scidex.kernel.errors import Invalid

SNAPSHOT = Path(__file__).parents[1] / "snapshots" / "kinds.json"
KINDS = pytest.mark.parametrize("kind", all_kinds().values(), ids=lambda kind: kind.slug)


@KINDS
def test_the_example_of_a_kind_is_valid_and_reads_back_as_itself(kind: Kind) -> None:
    example = kind.example()
    sealed = store.sealed_content(example)
    again = store.validated(kind, json.loads(sealed))
    assert again == example
    assert store.sealed_content(again) == sealed


@KINDS
def test_a_kind_gives_a_title_a_text_and_only_links_that_can_be_kept(kind: Kind) -> None:
    example = kind.example()
    assert kind.title(example).strip()
    assert isinstance(kind.text(example), str)
    for mention in kind.mentions(example):
        assert Relation(mention.relation) in WORDS
        assert alias_key(mention.target)
        assert 0 < len(mention.path) <= 64


@KINDS
def test_a_field_that_a_kind_does_not_have_is_refused_by_name(kind: Kind) -> None:
    content = kind.example().model_dump(mode="json")
    with pytest.raises(Invalid, match="colour: "):
        store.validated(kind, {**content, "colour": "red"})


@KINDS
@pytest.mark.parametrize("content", [None, [], "text", 1, {}])
def test_what_is_no_body_at_all_is_refused(kind: Kind, content: object) -> None:
    with pytest.raises(Invalid):
        store.validated(kind, content)


@KINDS
def test_the_words_for_a_kind_are_there(kind: Kind) -> None:
    assert all((kind.slug, kind.label, kind.plural, kind.about))
    assert len(kind.slug) <= 32
    assert kind_of(kind.slug) is kind


def test_a_kind_that_does_not_exist_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(Invalid) as refused:
        kind_of("opinion")
    assert all(slug in refused.value.cure for slug in all_kinds())


def parts(model: type[BaseModel]) -> dict[str, object]:
    """A model's fields by name, with the fields of the models inside them."""
    return {name: inner(field.annotation) for name, field in sorted(model.model_fields.items())}


def inner(annotation: object) -> object:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return parts(annotation)
    found = [inner(part) for part in typing.get_args(annotation) if part not in (Ellipsis, types.NoneType)]
    return next((part for part in found if isinstance(part, dict)), "")


def test_kinds_and_their_fields_change_only_on_purpose() -> None:
    # Stored content must stay readable: a field may be added with a default, never renamed or taken away.
    # To accept a change, put what the failure shows into the snapshot.
    assert {slug: parts(kind.body) for slug, kind in all_kinds().items()} == json.loads(SNAPSHOT.read_text())


@pytest.mark.parametrize("kind", all_kinds().values(), ids=lambda kind: kind.slug)
def test_no_field_of_a_kind_can_hold_a_float_or_an_odd_name(kind: Kind) -> None:
    """Sealing trusts the models in this: see `canonical_json`."""
    schema = json.dumps(kind.body.model_json_schema())
    assert '"type": "number"' not in schema
    assert 'additionalProperties": true' not in schema
    assert schema.isascii()
