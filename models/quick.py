"""Reads rows into model objects by the short way, for what every request asks; joins and conditions come as text.

The objects are the models' own, complete, and only as they were read: nothing here writes.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

import peewee as pw

from models.base import JsonField, database, is_sqlite


@cache
def columns(model: Any, alias: str) -> str:
    """Every column of a table, as a statement selects them."""
    return ", ".join(f'{alias}."{field.column_name}"' for field in model._meta.sorted_fields)


@cache
def shape(model: Any, *more: str) -> Callable[[Iterable], Any]:
    """Makes of the values of all columns, and of `more`, a tuple with names; they stay as the database gave them."""
    names = [field.column_name for field in model._meta.sorted_fields]
    kind: Any = namedtuple("Row", [*names, *more])  # type: ignore[misc]
    return kind._make


@cache
def _ways(model: Any, sqlite: bool) -> tuple[tuple[str, ...], tuple[tuple[int, Callable], ...]]:
    """The names of a model's values, and which of them must be converted, how."""
    fields = model._meta.sorted_fields
    ways = ((place, _way(field, sqlite)) for place, field in enumerate(fields))
    return tuple(field.name for field in fields), tuple((place, way) for place, way in ways if way)


def _way(field: pw.Field, sqlite: bool) -> Callable | None:
    if isinstance(field, JsonField):
        return field.python_value
    if not sqlite:
        return None
    kinds: tuple[tuple[type, Callable], ...] = (
        (pw.DateTimeField, datetime.fromisoformat),
        (pw.DateField, date.fromisoformat),
        (pw.BooleanField, bool),
    )
    return next((way for kind, way in kinds if isinstance(field, kind)), None)


def made(model: Any, values: Iterable) -> Any:
    """One object from the values of all its columns, in their order; what comes after them is left out."""
    names, ways = _ways(model, is_sqlite())
    found = list(values)
    for place, way in ways:
        if found[place] is not None:
            found[place] = way(found[place])
    one: Any = object.__new__(model)
    one.__data__, one.__rel__, one._dirty = dict(zip(names, found, strict=False)), {}, set()
    return one


def rows(statement: str, values: Iterable = ()) -> list[tuple]:
    """The rows of a statement whose places for values are written `?`."""
    here = database.obj
    text = statement if isinstance(here, pw.SqliteDatabase) else statement.replace("?", "%s")
    return here.execute_sql(text, tuple(values)).fetchall()


def among(column: str, values: Collection) -> tuple[str, list]:
    """The condition that a column has one of these values, and its own values."""
    if is_sqlite():
        return f"{column} IN ({marks(values)})", list(values)
    return f"{column} = ANY(?)", [list(values)]  # the same text however many they are: read and planned once


def marks(values: Collection) -> str:
    """The places for so many values."""
    return ", ".join("?" * len(values))


def by_ids(model: Any, ids: list[int]) -> list:
    """The rows with these ids, in this order; one that is gone is left out."""
    if not ids:
        return []
    which = f'"{model._meta.table_name}" t WHERE t.id IN ({marks(ids)})'
    found = rows(f"SELECT {columns(model, 't')} FROM {which}", ids)  # noqa: S608 -- names of ours
    known = {row[0]: row for row in found}
    return [made(model, known[ident]) for ident in ids if ident in known]
