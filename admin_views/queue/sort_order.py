"""Sorting of a queue by its headers: by the columns that an index has behind the state, so that no list is sorted."""

from typing import NamedTuple

import peewee as pw
from flask import request

from models import Permohonan

SORTABLE = {field.name: field for field in (Permohonan.due_at, Permohonan.submitted_at, Permohonan.changed_at)}
ARGUMENT = "urut"  # a column; with a hyphen before it the other way round


class Head(NamedTuple):
    """A header of the list; `url` is empty where it can't be sorted by it, `sorted_by` where it isn't now."""

    name: str
    label: str
    url: str = ""
    sorted_by: str = ""  # ascending | descending


def order(view) -> tuple:
    """Return the order that the address asks for, else the screen's own."""
    asked = request.args.get(ARGUMENT, "")
    field = SORTABLE.get(asked.removeprefix("-"))
    if field is None or not _is_sortable(view, field.name):
        return view.order
    return (field.desc(), Permohonan.id.desc()) if asked.startswith("-") else (field, Permohonan.id)


def _is_sortable(view, name: str) -> bool:
    return name in SORTABLE and name in view.column_list and ARGUMENT in view.extra_arguments


def heads(view) -> tuple[Head, ...]:
    """List the headers of a queue, each with where a press on it leads."""
    first = order(view)[0]
    down = isinstance(first, pw.Ordering) and first.direction == "DESC"
    by = (first.node if isinstance(first, pw.Ordering) else first).name
    kept = {name: value for name, value in view.list_arguments().items() if name not in (ARGUMENT, "page")}
    found = []
    for name, label in view._list_columns:
        is_by = name == by
        url = view.address_of(**kept, **{ARGUMENT: f"-{name}" if is_by and not down else name})
        sorted_by = ("descending" if down else "ascending") if is_by else ""
        found.append(Head(name, label, url if _is_sortable(view, name) else "", sorted_by))
    return tuple(found)
