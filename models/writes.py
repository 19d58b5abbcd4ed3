"""Writes rows by the short way, for what every press writes; quick.py reads. It opens no transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import peewee as pw

from models import quick
from models.base import JsonField, canonical


@dataclass(frozen=True)
class Plan:
    """How rows of a table are written: all columns but the number, by their names in the model."""

    table: str
    columns: str
    defaults: dict[str, Any]
    json: tuple[str, ...]


def insert(model: Any, given: Sequence[Mapping[str, Any]], back: str = "id") -> list[tuple]:
    """Keep these rows, each with the defaults of what it doesn't name; returns the columns `back` of each.

    What belongs to another table is named by its id.
    """
    plan = _plan(model)
    values: list = []
    defaults = {name: value() if callable(value) else value for name, value in plan.defaults.items()}
    for one in given:
        row = {**defaults, **one}
        for name in plan.json:
            row[name] = None if row[name] is None else canonical(row[name])
        values += row.values()
    return quick.rows(_insertion(model, len(given), back), values) if given else []


def change(model: Any, values: Mapping[str, Any], where: str, given: Sequence, back: str = "id") -> list[tuple]:
    """Set these columns in the rows for which `where` holds; returns the columns `back` of each that there was."""
    fields = model._meta.fields
    columns = ", ".join(f'"{fields[name].column_name}" = ?' for name in values)
    new = [fields[name].db_value(value) for name, value in values.items()]
    statement = f'UPDATE "{model._meta.table_name}" SET {columns} WHERE {where} RETURNING {back}'  # noqa: S608
    return quick.rows(statement, [*new, *given])


@cache
def _plan(model: Any) -> Plan:
    fields = [field for field in model._meta.sorted_fields if not isinstance(field, pw.AutoField)]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    json = tuple(field.name for field in fields if isinstance(field, JsonField))
    return Plan(model._meta.table_name, columns, {field.name: field.default for field in fields}, json)


@cache
def _insertion(model: Any, count: int, back: str) -> str:
    plan = _plan(model)
    row = f"({', '.join('?' * len(plan.defaults))})"
    return f'INSERT INTO "{plan.table}" ({plan.columns}) VALUES {", ".join([row] * count)} RETURNING {back}'  # noqa: S608
