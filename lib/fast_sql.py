"""Reads rows into model objects by the short way, for what every request asks; joins and conditions come as text.

The objects are the models' own, complete, and only as they were read: nothing here writes.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import peewee as pw

from lib.database import JsonField, canonical_json, database, is_sqlite


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


KINDS = ((pw.IntegerField, "bigint"), (pw.ForeignKeyField, "bigint"), (pw.BooleanField, "boolean"),
         (pw.DateTimeField, "timestamp"), (pw.DateField, "date"))  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How rows of a table are written: all columns but the number, by their names in the model."""

    table: str
    columns: dict[str, str]
    kinds: dict[str, str]  # what PostgreSQL calls them
    defaults: dict[str, Any]
    json: frozenset[str]


def insert(model: Any, given: Sequence[Mapping[str, Any]], back: str = "id") -> list[tuple]:
    """Keep these rows, each with the defaults of what it doesn't name; returns the columns `back` of each.

    All of them name the same; what belongs to another table is named by its id. What is the same in all rows is handed
    to the database once.
    """
    if not given:
        return []
    return rows(*_inserting(model, given, back))


def insert_all(*tables: tuple[Any, Sequence[Mapping[str, Any]]]) -> list[int]:
    """Keep rows of several tables, on PostgreSQL by one statement; returns the ids of those of the last table."""
    every = [_inserting(model, given, "id") for model, given in tables if given]
    if not is_sqlite():
        *first, (text, values) = every or [("SELECT 1 WHERE FALSE", [])]
        named = ", ".join(f"also_{number} AS ({one})" for number, (one, _) in enumerate(first))
        values = [*chain.from_iterable(some for _, some in first), *values]
        every = [(f"WITH {named} {text}" if named else text, values)]
    found: list[tuple] = []
    for text, values in every:
        found = rows(text, values)
    return [ident for (ident,) in found] if tables[-1][1] else []


def _inserting(model: Any, given: Sequence[Mapping[str, Any]], back: str) -> tuple[str, list]:
    alike, own = _columns(_plan(model), given)
    sqlite = is_sqlite()
    values = chain.from_iterable(zip(*own.values(), strict=True)) if sqlite else own.values()
    return _insertion(model, len(given), tuple(own), back, sqlite), [*alike.values(), *values]


def _columns(plan: "Plan", given: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, list]]:
    """The columns that have one value in all rows, and those of which each row has its own."""
    alike: dict[str, Any] = {}
    own: dict[str, list] = {}
    for name, default in plan.defaults.items():
        if name not in given[0]:
            column = [default() if callable(default) else default]
        else:
            column = [row[name] for row in given]
        if name in plan.json:  # first, since 1 and true are alike only as values
            column = [None if one is None else canonical_json(one) for one in column]
        value = column[0]
        if len(column) > 1 and not (own and column.count(value) == len(column)):  # one at least says how many
            own[name] = column
        else:
            alike[name] = value
    return alike, own


def change(
    model: Any, values: Mapping[str, Any], where: str, given: Sequence, back: str = "id", also: str = ""
) -> list[tuple]:
    """Set these columns in the rows for which `where` holds; returns the columns `back` of each that there was."""
    fields = model._meta.fields
    columns = ", ".join([*(f'"{fields[name].column_name}" = ?' for name in values), *([also] if also else [])])
    new = [fields[name].db_value(value) for name, value in values.items()]
    statement = f'UPDATE "{model._meta.table_name}" SET {columns} WHERE {where} RETURNING {back}'  # noqa: S608
    return rows(statement, [*new, *given])


@cache
def _plan(model: Any) -> Plan:
    fields = [field for field in model._meta.sorted_fields if not isinstance(field, pw.AutoField)]
    kinds = {one.name: next((kind for of, kind in KINDS if isinstance(one, of)), "text") for one in fields}
    columns, defaults = {one.name: one.column_name for one in fields}, {one.name: one.default for one in fields}
    json = frozenset(one.name for one in fields if isinstance(one, JsonField))
    return Plan(model._meta.table_name, columns, kinds, defaults, json)


@lru_cache(500)
def _insertion(model: Any, count: int, own: tuple[str, ...], back: str, sqlite: bool) -> str:
    """The values come in this order: those that all rows have alike, then each row's own, on PostgreSQL by columns."""
    plan = _plan(model)
    alike = [name for name in plan.columns if name not in own]
    names = ", ".join(f'"{plan.columns[name]}"' for name in (*alike, *own))
    if not own:
        made = f"VALUES ({', '.join('?' * len(alike))})"
    elif sqlite:
        row = f"({marks(own)})"
        these = ["?"] * len(alike) + [f"column{number}" for number, _ in enumerate(own, 1)]
        made = f"SELECT {', '.join(these)} FROM (VALUES {', '.join([row] * count)})"  # noqa: S608
    else:
        these = [f"?::{plan.kinds[name]}" for name in alike] + [f"column{number}" for number, _ in enumerate(own, 1)]
        lists = ", ".join(f"?::{plan.kinds[name]}[]" for name in own)
        named = ", ".join(f"column{number}" for number, _ in enumerate(own, 1))
        made = f"SELECT {', '.join(these)} FROM unnest({lists}) own({named})"  # noqa: S608
    return f'INSERT INTO "{plan.table}" ({names}) {made} RETURNING {back}'
