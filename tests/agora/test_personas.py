"""Personas are files: one more is one persona more, and a bad one says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scidex.agora.debaters import personas
from scidex.agora.debaters.personas import read_persona
from scidex.kernel.content import content_folder
from scidex.kernel.errors import Invalid

SKEPTIC = (content_folder("agora", "personas") / "skeptic.md").read_text(encoding="utf-8")


def test_every_bundled_persona_is_read_and_one_sums_up_last() -> None:
    files = {path.stem for path in content_folder("agora", "personas").glob("*.md")}
    assert {persona.name for persona in personas()} == files
    assert [persona.sums_up for persona in personas()].index(True) == len(files) - 1
    assert any(persona.searches for persona in personas())
    assert all(persona.instructions and persona.about for persona in personas())


def test_a_file_is_a_persona(tmp_path: Path) -> None:
    file = tmp_path / "statistician.md"
    file.write_text(SKEPTIC.replace("Skeptic", "Statistician"), encoding="utf-8")
    assert (read_persona(file).name, read_persona(file).label) == ("statistician", "Statistician")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("order: 3", "order: soon"), "order"),
        (lambda text: text.replace("[contradicts, mixed]", "[dislikes]", 1), "takes.0.stances"),
        (lambda text: text.replace("about: own", "about: beauty"), "takes.2.about"),
        (lambda text: text.replace("label:", "labels:"), "label"),
        (lambda text: text.replace("---\n", "", 1), "label"),
        (lambda text: text.replace("takes:", "takes: ["), "front matter"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_place(tmp_path: Path, change: object, words: str) -> None:
    file = tmp_path / "bad.md"
    file.write_text(change(SKEPTIC), encoding="utf-8")  # type: ignore[operator]
    with pytest.raises(Invalid) as refused:
        read_persona(file)
    assert "bad.md" in refused.value.message
    assert words in refused.value.message
    assert refused.value.cure
