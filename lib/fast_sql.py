"""Compiled queries for what every request or press asks: peewee writes a statement once, later calls only bind values.

`prepared` and `load` read, `insert`, `insert_all` and `change` write. Everything else is plain peewee; the reasons and
what each place earns: docs/decisions/0008-fast-sql.md. It opens no transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, wraps
from itertools import chain, count, islice
from typing import Any

import peewee as pw

from lib.database import JsonField, UtcDateTimeField, canonical_json, database, is_sqlite

COMPILED = 500  # statements of one kind that a process keeps
Row = tuple[Any, ...]
Condition = tuple[str, tuple]  # SQL behind WHERE with ? for its values, and these


# Reading


@dataclass(frozen=True)
class _Slot:
    """Stands in a compiled query for a value of each call."""

    place: int


def prepared(query: Callable[..., pw.Query]) -> Callable[..., list[Row]]:
    """Decorate a function that makes a query: the query is compiled once, each call binds its arguments to it.

    An argument may be used as a value only: the function never sees what it is, only (for a list) how long it is. The
    database gets it as it is, without the conversion of a field. Rows are plain tuples.
    """

    @lru_cache(COMPILED)
    def compiled(_sqlite: bool, *lengths: int | None) -> tuple[str, list]:
        places = count()
        arguments = [_slot(places) if length is None else [_slot(places) for _ in range(length)] for length in lengths]
        return query(*arguments).sql()

    @wraps(query)
    def run(*arguments) -> list[Row]:
        lengths = [len(one) if isinstance(one, list) else None for one in arguments]
        text, parameters = compiled(is_sqlite(), *lengths)
        given = list(chain.from_iterable(one if isinstance(one, list) else (one,) for one in arguments))
        values = [given[one.place] if type(one) is _Slot else one for one in parameters]
        return database.obj.execute_sql(text, values).fetchall()

    return run


def _slot(places: Iterator[int]) -> pw.Value:
    return pw.AsIs(_Slot(next(places)), False)


def load(model: Any, row: Iterable, **related: Any) -> Any:
    """Make a model object of a row with all columns of its table, then all columns of each related model.

    An object is None where an outer join found nothing. What comes after these columns is left out.
    """
    values = iter(row)
    one = _object(model, values)
    if one is not None and related:
        one.__rel__ |= {name: _object(other, values) for name, other in related.items()}
    return one


def width(*models: Any) -> int:
    """Count the columns of these models together."""
    return sum(len(model._meta.sorted_fields) for model in models)


def _object(model: Any, values: Iterable) -> Any:
    names, converters = _fields(model, is_sqlite())
    found = list(islice(values, len(names)))
    if found[0] is None:  # its id
        return None
    for place, convert in converters:
        if found[place] is not None:
            found[place] = convert(found[place])
    one = model(__no_default__=True)
    one.__data__.update(zip(names, found, strict=True))
    return one


@cache
def _fields(model: Any, sqlite: bool) -> tuple[tuple[str, ...], tuple[tuple[int, Callable], ...]]:
    """The names of a model's fields, and the place and converter of those whose values the driver leaves as text."""
    fields = model._meta.sorted_fields
    converters = ((place, _converter(field, sqlite)) for place, field in enumerate(fields))
    return tuple(field.name for field in fields), tuple((place, one) for place, one in converters if one)


def _converter(field: pw.Field, sqlite: bool) -> Callable | None:
    if isinstance(field, JsonField) or (sqlite and isinstance(field, (UtcDateTimeField, pw.BooleanField))):
        return field.python_value
    return date.fromisoformat if sqlite and isinstance(field, pw.DateField) else None


def condition(query: pw.ModelSelect, alias: str) -> Condition:
    """Compile the WHERE of a query for a statement in which its table is called `alias`."""
    context = database.obj.get_sql_context()
    context.alias_manager[query.model._meta.table] = alias
    text, values = context.sql(query._where).query()
    return text.replace("%s", "?"), tuple(values)


# Reading by SQL that the caller wrote


def rows(statement: str, values: Iterable = ()) -> list[Row]:
    """Fetch the rows of a statement whose places for values are written `?`."""
    text = statement if is_sqlite() else statement.replace("?", "%s")
    return database.obj.execute_sql(text, tuple(values)).fetchall()


@cache
def columns(model: Any, alias: str) -> str:
    """List every column of a table for SELECT."""
    return ", ".join(f'{alias}."{field.column_name}"' for field in model._meta.sorted_fields)


@cache
def shape(model: Any, *more: str) -> Callable[[Iterable], Any]:
    """Make a named tuple type for rows with all columns of a table and `more`."""
    names = [field.column_name for field in model._meta.sorted_fields]
    kind: Any = namedtuple("Row", [*names, *more])  # type: ignore[misc]
    return kind._make


def among(column: str, values: Collection) -> tuple[str, list]:
    """Write the condition that a column has one of these values; returns it and its own values."""
    if is_sqlite():
        return f"{column} IN ({marks(values)})", list(values)
    return f"{column} = ANY(?)", [list(values)]  # the same text however many they are: parsed and planned once


def marks(values: Collection) -> str:
    return ", ".join("?" * len(values))


# Writing


POSTGRES_TYPES = (
    (pw.IntegerField, "bigint"), (pw.ForeignKeyField, "bigint"), (pw.BooleanField, "boolean"),
    (pw.DateTimeField, "timestamp"), (pw.DateField, "date"),
)  # fmt: skip


@dataclass(frozen=True)
class _Table:
    """How rows of a table are inserted: all columns but the id, by the names of their fields."""

    name: str
    columns: dict[str, str]
    types: dict[str, str]  # as PostgreSQL calls them
    defaults: dict[str, Any]
    json: frozenset[str]


def insert(model: Any, given: Sequence[Mapping[str, Any]], back: str = "id") -> list[Row]:
    """Insert rows in one statement, each with the defaults of what it doesn't name; return the columns `back` of each.

    All of them name the same fields, foreign keys by their ids. A value that all rows share is bound once.
    """
    return rows(*_insertion(model, given, back)) if given else []


def insert_all(*tables: tuple[Any, Sequence[Mapping[str, Any]]]) -> list[int]:
    """Insert rows into several tables, on PostgreSQL in one round trip; return the ids of those of the last table."""
    statements = [_insertion(model, given, "id") for model, given in tables if given]
    if not is_sqlite() and statements:
        *first, (text, values) = statements
        named = ", ".join(f"also_{number} AS ({one})" for number, (one, _) in enumerate(first))
        values = [*chain.from_iterable(some for _, some in first), *values]
        statements = [(f"WITH {named} {text}" if named else text, values)]
    found = [rows(text, values) for text, values in statements]
    return [ident for (ident,) in found[-1]] if tables[-1][1] else []


def change(
    model: Any, values: Mapping[str, Any], where: str, given: Sequence, back: str = "id", also: str = ""
) -> list[Row]:
    """Update the rows for which `where` holds; return the columns `back` of each."""
    fields = model._meta.fields
    columns = ", ".join([*(f'"{fields[name].column_name}" = ?' for name in values), *([also] if also else [])])
    new = [fields[name].db_value(value) for name, value in values.items()]
    statement = f'UPDATE "{model._meta.table_name}" SET {columns} WHERE {where} RETURNING {back}'  # noqa: S608
    return rows(statement, [*new, *given])


def _insertion(model: Any, given: Sequence[Mapping[str, Any]], back: str) -> tuple[str, list]:
    shared, own = _split(_table(model), given)
    sqlite = is_sqlite()
    values = chain.from_iterable(zip(*own.values(), strict=True)) if sqlite else own.values()
    return _insert_statement(model, len(given), tuple(own), back, sqlite), [*shared.values(), *values]


def _split(table: _Table, given: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, list]]:
    """Split columns into those with one value in all rows, and those of which each row has its own."""
    shared: dict[str, Any] = {}
    own: dict[str, list] = {}
    for name, default in table.defaults.items():
        if name not in given[0]:
            column = [default() if callable(default) else default]
        else:
            column = [row[name] for row in given]
        if name in table.json:  # first, since 1 and true are alike only as values
            column = [None if one is None else canonical_json(one) for one in column]
        if len(column) > 1 and not (own and column.count(column[0]) == len(column)):  # one at least says how many
            own[name] = column
        else:
            shared[name] = column[0]
    return shared, own


@cache
def _table(model: Any) -> _Table:
    fields = [field for field in model._meta.sorted_fields if not isinstance(field, pw.AutoField)]
    types = {one.name: next((kind for of, kind in POSTGRES_TYPES if isinstance(one, of)), "text") for one in fields}
    columns, defaults = {one.name: one.column_name for one in fields}, {one.name: one.default for one in fields}
    json = frozenset(one.name for one in fields if isinstance(one, JsonField))
    return _Table(model._meta.table_name, columns, types, defaults, json)


@lru_cache(COMPILED)
def _insert_statement(model: Any, count: int, own: tuple[str, ...], back: str, sqlite: bool) -> str:
    """Write the INSERT; its values are those that all rows share, then each row's own, on PostgreSQL an array each."""
    table = _table(model)
    shared = [name for name in table.columns if name not in own]
    names = ", ".join(f'"{table.columns[name]}"' for name in (*shared, *own))
    own_columns = [f"column{number}" for number, _ in enumerate(own, 1)]
    if not own:
        source = f"VALUES ({marks(shared)})"
    elif sqlite:
        selected = ", ".join(["?"] * len(shared) + own_columns)
        source = f"SELECT {selected} FROM (VALUES {', '.join([f'({marks(own)})'] * count)})"  # noqa: S608
    else:
        selected = ", ".join([f"?::{table.types[name]}" for name in shared] + own_columns)
        arrays = ", ".join(f"?::{table.types[name]}[]" for name in own)
        source = f"SELECT {selected} FROM unnest({arrays}) own({', '.join(own_columns)})"  # noqa: S608
    return f'INSERT INTO "{table.name}" ({names}) {source} RETURNING {back}'
