"""Columns of a model view: relation paths, joins, row labels, formatters, and which columns hold NIKs or secrets."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import peewee as pw

from lib.database import local
from lib.i18n import localized
from models import Permohonan
from web import filters

NIK = re.compile(r"(^|[._])nik$")
SECRET = re.compile(r"(^|[._])(password|secret|token|tte_key|code)?_?(password|hash|secret|tte_key)$")
LABELS = ("name", "number", "title", "code", "subject", "email", "key")  # which field names a row, the first there is


def holds_nik(name: str) -> bool:
    """Tell whether a column holds a NIK (a national identity number), by its name."""
    return bool(NIK.search(name))


def is_secret(name: str) -> bool:
    """Tell whether a column holds a password, a hash or a key, which no page shows."""
    return bool(SECRET.search(name))


@dataclass(frozen=True)
class FieldPath:
    """A field of a model, or of another one that its foreign keys lead to."""

    keys: tuple[pw.ForeignKeyField, ...]
    field: pw.Field

    def within(self, condition: pw.Expression) -> pw.Expression:
        """Turn a condition on the field into one on the model: subqueries need no joins and count no row twice."""
        return self.among(self.keys[-1].rel_model.select().where(condition)) if self.keys else condition

    def among(self, rows: pw.ModelSelect) -> pw.Expression:
        """Return the condition that the relation at the end of the path is one of these rows."""
        for key in reversed(self.keys):
            rows = rows.select(key.rel_field)
            found: pw.Expression = key.in_(rows)
            rows = key.model.select().where(found)
        return found

    def ordering(self, descending: bool) -> pw.Ordering:
        """Return the ordering by this field; of a relation by a subquery, so that rows without one stay."""
        if not self.keys:
            return self.field.desc() if descending else self.field.asc()
        *before, last = self.keys
        value = last.rel_model.select(self.field).where(last.rel_field == last)
        for key in reversed(before):
            value = key.rel_model.select(value).where(key.rel_field == key)
        return pw.Ordering(value, "DESC" if descending else "ASC")


def find_field(model: type[pw.Model], wanted: str | pw.Field) -> FieldPath | None:
    """Find a field by its name, by its path (`district.name`), or by itself; None where there is none."""
    if isinstance(wanted, pw.Field):
        return FieldPath((), wanted) if wanted.model is model else _path_to(model, wanted)
    keys: list[pw.ForeignKeyField] = []
    *relations, name = str(wanted).split(".")
    for relation in relations:
        key = model._meta.fields.get(relation)
        if not isinstance(key, pw.ForeignKeyField):
            return None
        keys.append(key)
        model = key.rel_model
    field = model._meta.fields.get(name)
    return FieldPath(tuple(keys), field) if field is not None else None


def _path_to(model: type[pw.Model], field: pw.Field) -> FieldPath | None:
    """The one way from a model to a field of another; None where there is none, or more than one as short."""
    ways: list[tuple[pw.ForeignKeyField, ...]] = [(key,) for key in model._meta.refs]
    for _ in range(4):
        found = [way for way in ways if way[-1].rel_model is field.model]
        if found:
            return FieldPath(found[0], field) if len(found) == 1 else None
        ways = [(*way, key) for way in ways for key in way[-1].rel_model._meta.refs if id(key) not in map(id, way)]
    return None


def label_field(model: type[pw.Model]) -> pw.Field | None:
    """Return the field by which rows of a model are called."""
    return next((model._meta.fields[name] for name in LABELS if name in model._meta.fields), None)


def label_of(row: pw.Model) -> str:
    """Return what a row is called: its own `__str__`, else its name, number or the like."""
    if type(row).__str__ is not pw.Model.__str__:
        return str(row)
    field = label_field(type(row))
    value = getattr(row, field.name) if field is not None else None
    return localized(value) if value else f"#{row._pk}"


def with_relations(model: type[pw.Model], names: Iterable[str]) -> pw.ModelSelect:
    """Select rows with every relation that these columns name, by joins: a list asks the same for 25 rows and 100."""
    joins: dict[tuple[str, ...], Any] = {}
    for name in names:
        _add_joins(model, str(name).split("."), joins)
    query = model.select(model, *(alias for alias, *_ in joins.values()))
    for alias, source, key in joins.values():
        on = getattr(source, key.name) == getattr(alias, key.rel_field.name)
        query = query.join_from(source, alias, pw.JOIN.LEFT_OUTER, on=on, attr=key.name)
    return query


def _add_joins(model: type[pw.Model], parts: list[str], joins: dict[tuple[str, ...], Any]) -> None:
    source: Any = model
    for depth, part in enumerate(parts, 1):
        key = model._meta.fields.get(part)
        if not isinstance(key, pw.ForeignKeyField):
            return
        model = key.rel_model
        place = tuple(parts[:depth])
        if place not in joins:
            joins[place] = (model.alias(), source, key)
        source = joins[place][0]


def within_reach(
    model: type[pw.Model], applications: pw.ModelSelect, seen: frozenset = frozenset()
) -> pw.Expression | None:
    """Return the condition that a row belongs to one of these applications; None for tables that belong to none."""
    if model is Permohonan:
        return Permohonan.id.in_(applications.select(Permohonan.id))
    for key in model._meta.refs:
        if key.rel_model in (model, *seen):
            continue
        condition = within_reach(key.rel_model, applications, seen | {model})
        if condition is not None:
            within = key.in_(key.rel_model.select(key.rel_field).where(condition))
            return within | key.is_null() if key.null else within
    return None


# How values are shown: formatters by type, as Flask-Admin's column_type_formatters


FORMATTERS: dict[type, Any] = {
    type(None): lambda view, value, name: "",
    bool: lambda view, value, name: "Ya" if value else "Tidak",
    datetime: lambda view, value, name: filters.short_moment(value),
    date: lambda view, value, name: filters.long_date(value),
    dict: lambda view, value, name: localized(value) if "id" in value else json.dumps(value, ensure_ascii=False),
    list: lambda view, value, name: ", ".join(map(str, value)),
    Enum: lambda view, value, name: value.name,
    pw.Model: lambda view, value, name: label_of(value),
}
EXPORT_FORMATTERS: dict[type, Any] = FORMATTERS | {date: lambda view, value, name: value}
EXPORT_FORMATTERS[datetime] = lambda view, value, name: local(value)


def text_columns(model: type[pw.Model]) -> Iterator[str]:
    """Yield the names of the columns in which one can search."""
    for name, field in model._meta.fields.items():
        if isinstance(field, pw.CharField | pw.TextField) and not holds_nik(name) and not is_secret(name):
            yield name
