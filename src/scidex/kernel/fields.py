"""What the fields of a command may hold, for surfaces that make options and inputs of them."""

from __future__ import annotations

from enum import StrEnum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin


def plain_type(annotation: Any) -> Any:
    """The type of a field, whether or not it may be left out."""
    if get_origin(annotation) in (Union, UnionType):
        return next(each for each in get_args(annotation) if each is not type(None))
    return annotation


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The words that a field of a plain type may hold; empty if any will do."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(str(each) for each in annotation)
    return tuple(str(each) for each in get_args(annotation)) if get_origin(annotation) is Literal else ()
