"""Writes rows by the short way, for what every press writes; quick.py reads. It opens no transaction."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import peewee as pw

from models import quick
from models.base import JsonField


def insert(model: Any, given: Sequence[Mapping[str, Any]], back: str = "id") -> list[tuple]:
    """Keep these rows, each with the defaults of what it doesn't name; returns the columns `back` of each."""
    plan = _plan(model)
    values = [_value(one, *part) for one in given for part in plan]
    return quick.rows(_insertion(model, len(given), back), values) if given else []


def _value(row: Mapping[str, Any], name: str, default: Any, way: Callable | None) -> Any:
    value = row[name] if name in row else default() if callable(default) else default
    return way(value) if way else value


def change(model: Any, values: Mapping[str, Any], where: str, given: Sequence, back: str = "id") -> list[tuple]:
    """Set these columns in the rows for which `where` holds; returns the columns `back` of each that there was."""
    fields = model._meta.fields
    columns = ", ".join(f'"{fields[name].column_name}" = ?' for name in values)
    new = [fields[name].db_value(value) for name, value in values.items()]
    statement = f'UPDATE "{model._meta.table_name}" SET {columns} WHERE {where} RETURNING {back}'  # noqa: S608
    return quick.rows(statement, [*new, *given])


@cache
def _plan(model: Any) -> tuple[tuple[str, Any, Callable | None], ...]:
    """Of every column but the number: its name, its default, and how its values are made fit for the database."""
    fields = (field for field in model._meta.sorted_fields if not isinstance(field, pw.AutoField))
    return tuple((field.name, field.default, field.db_value if _differs(field) else None) for field in fields)


def _differs(field: pw.Field) -> bool:
    return isinstance(field, JsonField | pw.ForeignKeyField)


@cache
def _insertion(model: Any, count: int, back: str) -> str:
    columns = [model._meta.fields[name].column_name for name, _, _ in _plan(model)]
    row = f"({', '.join('?' * len(columns))})"
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{model._meta.table_name}" ({names}) VALUES {", ".join([row] * count)} RETURNING {back}'  # noqa: S608
