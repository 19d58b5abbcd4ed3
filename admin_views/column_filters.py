"""Filters and search of a model view, as Flask-Admin documents them: read from the URL, rendered as a plain form."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

import peewee as pw
from flask import has_request_context, request
from flask_admin.babel import lazy_gettext
from flask_admin.contrib.peewee import filters as stock
from flask_admin.contrib.peewee.filters import BasePeeweeFilter

from admin_views import columns
from casework.inputs.words import plain
from lib.database import JsonField, from_local
from lib.text_normalization import normalize_text

LONGEST, WORDS, MOST = 100, 5, 20  # letters and words of a search, filters at once
OPTIONS = 500  # rows of a relation that a list offers
BIGGEST = 2**63 - 1  # of a whole number in a database
SHAPES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def search_term(column: pw.Field, word: str) -> pw.Expression:
    """Return the condition of one word of a search: `^word` begins with it, `=word` equals it; % and _ are letters."""
    searched = column.cast("TEXT") if isinstance(column, JsonField) else column  # as it is written
    if word.startswith("^"):
        return searched.startswith(word[1:])
    if word.startswith("="):
        return pw.fn.LOWER(searched) == word[1:].lower()
    return searched.contains(word)


def words_of(typed: str | None) -> list[str]:
    """Return the words of a search, without what no database takes."""
    return plain((typed or "")[:LONGEST], LONGEST).split()[:WORDS]


class Contains(stock.FilterLike):
    def apply(self, query, value):
        return query.where(search_term(self.column, value))


class NotContains(stock.FilterNotLike):
    def apply(self, query, value):
        return query.where(~search_term(self.column, value))


class RelationFilter(BasePeeweeFilter):
    """Filter by the row that a foreign key points to, chosen from a list of those within reach."""

    def clean(self, value):
        return int(value)

    def get_options(self, view):
        """Return (id, label) of the related rows; at the start, without a person, there are none."""
        if not has_request_context():
            return None
        model, named = self.column.rel_model, columns.label_field(self.column.rel_model)
        rows = view.scope_of(model).order_by(*([named] if named is not None else []), model._meta.primary_key)
        return [(str(row._pk), columns.label_of(row)) for row in rows.limit(OPTIONS)]


def _mixed(own: type, *kinds: type) -> tuple[Any, ...]:
    """Return stock filters that read and check their value as one of ours does."""
    return tuple(type(own.__name__ + kind.__name__, (own, kind), {}) for kind in kinds)


def _moment(value: str) -> datetime:
    """Parse a moment of the office's clock (WITA) into UTC."""
    for shape in SHAPES:
        try:
            return from_local(datetime.strptime(value.strip(), shape))  # noqa: DTZ007 - the office's clock
        except ValueError:
            continue
    raise ValueError(value)


class LocalMoment:
    """Reads what is typed as a moment of the office's clock."""

    def clean(self, value):
        return _moment(value)


class LocalMoments:
    def clean(self, value):
        return [_moment(one) for one in value.split(" to ")]

    def validate(self, value):
        found = self.clean(value)
        return len(found) == 2 and found[0] <= found[1]


class Converter(stock.FilterConverter):
    """Finds the filters of a field by its class or the nearest class above it; relations and moments have their own."""

    strings = (
        Contains, NotContains, stock.FilterEqual, stock.FilterNotEqual, stock.FilterEmpty, stock.FilterInList,
        stock.FilterNotInList,
    )  # fmt: skip
    datetime_filters = (
        *_mixed(LocalMoment, stock.DateTimeGreaterFilter, stock.DateTimeSmallerFilter),
        *_mixed(LocalMoment, stock.DateTimeEqualFilter, stock.DateTimeNotEqualFilter),
        *_mixed(LocalMoments, stock.DateTimeBetweenFilter, stock.DateTimeNotBetweenFilter),
        stock.FilterEmpty,
    )
    relation_filters = (*_mixed(RelationFilter, stock.FilterEqual, stock.FilterNotEqual), stock.FilterEmpty)

    def convert(self, type_name, column, name):
        """Return the filters of a column; None where there are none."""
        if isinstance(column, JsonField):
            return [Contains(column, name), NotContains(column, name), stock.FilterEmpty(column, name)]
        for kind in type(column).__mro__:
            if maker := self.converters.get(kind.__name__.lower()):
                return maker(column, name)
        return None

    @stock.filters.convert("ForeignKeyField")
    def conv_relation(self, column, name):
        return [kind(column, name) for kind in self.relation_filters]


def choice_filters(column: pw.Field, name: str, options: list[tuple[str, str]]) -> list[BasePeeweeFilter]:
    """Return the filters of a column with a fixed choice, as `column_choices` names it."""
    return [stock.FilterEqual(column, name, options), stock.FilterNotEqual(column, name, options)]


def accepts(one: BasePeeweeFilter, value: str) -> bool:
    """Validate the value of a filter: whatever a database could not compare is no value."""
    try:
        if plain(value, 200) != value.strip() or not one.validate(value):
            return False
        cleaned = one.clean(value)
    except (ValueError, OverflowError, TypeError):
        return False
    values = cleaned if isinstance(cleaned, list) else [cleaned]
    numbers = [number for number in values if isinstance(number, int | float)]
    return all(isfinite(number) and abs(number) <= BIGGEST for number in numbers)


# The form


@dataclass
class FilterRow:
    """One line of the form: what is filtered, how, and by which value."""

    label: str
    name: str  # of its two fields: saring-<name>, nilai-<name>
    operations: list[tuple[str, str]]
    kind: str  # of the input: text, number, date, datetime-local, time, select
    options: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Active:
    """A filter that is set, in words, and the address of the list without it."""

    words: str
    clear_url: str


@dataclass
class Panel:
    """The search box and filters of a list; both are empty where the view offers none."""

    searches: bool
    typed: str
    placeholder: str
    rows: list[FilterRow]
    active: list[Active]
    kept: dict[str, Any]  # what else stands in the address, but for the page
    url: str
    clear_url: str


KINDS = {"datepicker": "date", "daterangepicker": "date", "datetimepicker": "datetime-local", "timepicker": "time"}
BETWEEN = (stock.DateBetweenFilter, stock.DateTimeBetweenFilter, stock.TimeBetweenFilter)  # two values; by address only


def form_rows(view) -> Iterator[FilterRow]:
    """Yield the lines of the form, one for each column, two where one may want a range."""
    groups: dict[str, list[tuple[str, BasePeeweeFilter]]] = {}
    for number, one in enumerate(view._filters or ()):
        groups.setdefault(str(one.name), []).append((view.get_filter_arg(number, one), one))
    for number, (label, filters) in enumerate(groups.items()):
        offered = (one.get_options(view) for _, one in filters if not _is_empty(one))
        options = [(str(key), str(words)) for key, words in next(filter(None, offered), None) or ()]
        kind = "select" if options else _kind(filters)
        operations = [offered for arg, one in filters for offered in _operations(arg, one)]
        for part in "ab" if kind not in ("select", "text") else "a":
            yield FilterRow(label, f"{number}{part}", operations, kind, options)


def _is_empty(one: BasePeeweeFilter) -> bool:
    return isinstance(one, stock.FilterEmpty)


def _kind(filters: list[tuple[str, BasePeeweeFilter]]) -> str:
    kinds = {KINDS.get(one.data_type or "", "") for _, one in filters} - {""}
    if kinds:
        return kinds.pop()
    return "number" if any(isinstance(one, stock.filters.BaseIntFilter) for _, one in filters) else "text"


def _operations(arg: str, one: BasePeeweeFilter) -> Iterator[tuple[str, str]]:
    if _is_empty(one):
        yield from ((f"{arg}=1", str(lazy_gettext("empty"))), (f"{arg}=0", "tidak kosong"))
    elif not isinstance(one, BETWEEN):
        yield arg, str(one.operation())


def requested() -> Iterator[tuple[str, str]]:
    """Yield what this request filters by: stock arguments (`flt0_3=x`), and the pairs of fields of the form."""
    for name in list(request.args)[: 4 * MOST]:
        value = normalize_text(request.args[name])
        if name.startswith("flt") and "_" in name:
            yield name[3:].split("_", 1)[1], value
        elif name.startswith("saring-"):
            arg, fixed, number = value.partition("=")
            typed = number if fixed else normalize_text(request.args.get(f"nilai-{name.removeprefix('saring-')}", ""))
            if typed.strip():
                yield arg, typed
