"""A debate as a file: JSON in, a debate out. The inputs of an exported score are such a file too."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from scidex.agora.model import Argument, Debate, Side
from scidex.atlas.evidence.model import EvidenceItem, Source, Stance
from scidex.kernel.errors import Invalid

MOST_BYTES = 50_000_000
_Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Argument(_Part):
    id: _Name
    about: _Name
    side: Literal["supports", "attacks"]
    cites: list[_Name] = []


class _Item(_Part):
    id: _Name
    source: _Name
    stance: Literal["supports", "contradicts", "mixed", "not-shown", "off-topic"] | None = None
    quote_checked: bool = False
    source_verified: bool = False
    source_retracted: bool = False
    judged: bool = False
    weight: int = Field(ge=0, le=1000)


class _Source(_Part):
    id: _Name
    registry_ids: list[_Name] = []
    cohorts: list[_Name] = []
    linked: list[_Name] = []


class _Debate(_Part):
    arguments: list[_Argument] = []
    items: list[_Item] = []
    sources: list[_Source] = []
    # Of the inputs of a score: how they were scored, which the reader of a debate chooses anew.
    kernel: str = ""
    rules: str = ""
    semantics: str = ""


def read_debate(data: bytes, name: str) -> Debate:
    """The debate in a file, or in the inputs of an exported score. Raises Invalid with the place and the cure."""
    if len(data) > MOST_BYTES:
        raise Invalid(f"{name} has more than {MOST_BYTES // 1_000_000} MB.", cure="A debate is smaller.")
    try:
        told: Any = json.loads(data)
        told = told["inputs"] if isinstance(told, dict) and "inputs" in told else told
        given = _Debate.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise Invalid(
            f"{name}, {place}: {first['msg']}.", cure="docs/how-to/score-a-debate.md has an example."
        ) from None
    except (ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Invalid(
            f"{name}{where} is no JSON.", cure="A debate is a JSON object with arguments and items."
        ) from None
    return Debate(
        tuple(Argument(each.id, each.about, Side(each.side), tuple(each.cites)) for each in given.arguments),
        tuple(
            EvidenceItem(
                id=each.id,
                source=each.source,
                stance=Stance(each.stance) if each.stance else None,
                quote_checked=each.quote_checked,
                source_verified=each.source_verified,
                source_retracted=each.source_retracted,
                judged_by="said to be judged" if each.judged else "",
                weight=each.weight,
            )
            for each in given.items
        ),
        tuple(
            Source(each.id, frozenset(each.registry_ids), frozenset(each.cohorts), frozenset(each.linked))
            for each in given.sources
        ),
    )
