"""Personas: Markdown files with front matter. One file more is one persona more.

The front matter says what evidence a persona argues from and to which end; the text is what a model is told, if one is
configured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scidex.agora.model import Dimension
from scidex.atlas.evidence.model import Stance, StudyDesign
from scidex.atlas.importing.front_matter import read_front_matter, split_front_matter
from scidex.atlas.importing.model import Unreadable
from scidex.kernel.content import content_folder
from scidex.kernel.errors import Invalid

OWN = "own"


class Takes(BaseModel):
    """Evidence of some stances and designs (none named: any), argued as being about a dimension.

    ``own`` is whatever the item stands on: a dimension, or an argument that is answered or defended.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    stances: tuple[Stance, ...] = Field(min_length=1)
    designs: tuple[StudyDesign, ...] = ()
    about: Dimension | str = Field(pattern=rf"^({OWN}|{'|'.join(Dimension)})$")


class _FrontMatter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str = Field(min_length=1, max_length=60)
    order: int = Field(ge=1, le=1000)
    about: str = Field(min_length=1, max_length=500)
    searches: bool = False
    sums_up: bool = False
    takes: tuple[Takes, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """`searches`: it looks for the contrary first. `sums_up`: it speaks last, of the others' arguments."""

    name: str
    label: str
    order: int
    about: str
    searches: bool
    sums_up: bool
    takes: tuple[Takes, ...]
    instructions: str


def read_persona(path: Path) -> Persona:
    """The persona in a file. Raises Invalid with the file and the cure."""
    cure = "Compare it with content/agora/personas/skeptic.md."
    try:
        text = path.read_text(encoding="utf-8")
        front, lines = split_front_matter(text)
        given = _FrontMatter.model_validate(read_front_matter(front)[0])
    except (UnicodeDecodeError, Unreadable) as error:
        raise Invalid(f"{path.name} is no persona: {error}.", cure=cure) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "front matter"
        raise Invalid(f"{path.name}, {place}: {first['msg']}.", cure=cure) from None
    return Persona(
        path.stem,
        given.label,
        given.order,
        given.about,
        given.searches,
        given.sums_up,
        given.takes,
        "\n".join(text.splitlines()[lines:]).strip(),
    )


@cache
def personas() -> tuple[Persona, ...]:
    """Those that come with SciDEX, in the order in which they speak."""
    found = map(read_persona, content_folder("agora", "personas").glob("*.md"))
    return tuple(sorted(found, key=lambda persona: (persona.order, persona.name)))
