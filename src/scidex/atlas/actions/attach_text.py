"""Attach a text of a work, so that quotes from it can be checked."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._common import Changed
from scidex.atlas.actions._papers import paper, rewritten
from scidex.atlas.kinds.works import StoredText, TextLabel
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.canonical import sha256
from scidex.kernel.errors import Invalid

LONGEST_TEXT = 5_000_000


class AttachText(Command):
    """`text` is the plain text; `licence` says why it may be kept. Without one only its hash is (`keep` is then refused)."""

    ref: str
    text: str = Field(min_length=1, max_length=LONGEST_TEXT, json_schema_extra={"file": True})
    label: TextLabel = Field(
        default="full text", description="What it is; extracted facts are in the words of whoever read the source."
    )
    licence: str = Field(
        default="", max_length=300, description="Licence under which the text may be kept, such as CC BY 4.0."
    )
    keep: bool = Field(default=False, description="Keep the text here, not only its hash.")
    expected_version: int | None = None


@action("paper.attach", "Attach a text that quotes are checked against", command=AttachText, result=Changed)
def attach(command: AttachText, work: Work) -> Changed:
    """Adds the text to the record: its bytes if its licence allows, else their hash."""
    head, body = paper(work, command.ref, command.expected_version)
    if command.keep and not command.licence.strip():
        raise Invalid(
            "A text is kept only under a licence that allows it.", cure="Name it with --licence, or leave --keep out."
        )
    text_hash = sha256(command.text)
    stored = StoredText(
        label=command.label,
        sha256=text_hash,
        length=len(command.text),
        kept=command.keep,
        licence=command.licence.strip(),
    )
    if command.keep:
        store.keep_blob(work, text_hash, command.text.encode())
    others = tuple(each for each in body.texts if each.sha256 != text_hash)
    note = f"Attached its {command.label} ({text_hash[:12]}…)."
    return rewritten(work, head, body, note, texts=[each.model_dump(mode="json") for each in (*others, stored)])
