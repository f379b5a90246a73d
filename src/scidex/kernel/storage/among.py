"""One of many numbers, bound as one value: the statement, and its plan, are the same however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Dialect, Text, TypeDecorator, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType


class Numbers(TypeDecorator[Iterable[int]]):
    """Many numbers as a value: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The type of each engine."""
        return dialect.type_descriptor(ARRAY(BigInteger()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> Any:
        """Python to database."""
        numbers = list(value or ())
        return numbers if dialect.name == "postgresql" else json.dumps(numbers)


class _Among(FunctionElement[Any]):
    # Not Boolean: of a function of that type SQLite is asked whether it equals 1, and no index answers that.
    type = NullType()
    name = "among"
    inherit_cache = True


def among(near: ColumnElement[Any], numbers: Iterable[int] | BindParameter[Iterable[int]]) -> ColumnElement[bool]:
    """Whether `near` is one of `numbers`, which may be given when the statement is executed: ``bindparam("…", type_=Numbers())``.

    >>> from sqlalchemy import column, select
    >>> from sqlalchemy.dialects.postgresql.psycopg import dialect as postgresql
    >>> from sqlalchemy.dialects.sqlite import dialect as sqlite
    >>> query = select(column("edge")).where(among(column("edge"), [1, 2]))
    >>> print(query.compile(dialect=postgresql()))  # doctest: +NORMALIZE_WHITESPACE
    SELECT edge
    WHERE edge = ANY (%(param_1)s::BIGINT[])
    >>> print(query.compile(dialect=sqlite()))  # doctest: +NORMALIZE_WHITESPACE
    SELECT edge
    WHERE edge IN (SELECT value FROM json_each(?))
    """
    return _Among(near, numbers if isinstance(numbers, BindParameter) else literal(numbers, Numbers()))


@compiles(_Among, "postgresql")
def _as_array(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    near, numbers = (compiler.process(each, **given) for each in element.clauses)
    return f"{near} = ANY ({numbers})"


@compiles(_Among, "sqlite")
def _as_json(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    near, numbers = (compiler.process(each, **given) for each in element.clauses)
    return f"{near} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 (written by the compiler)
