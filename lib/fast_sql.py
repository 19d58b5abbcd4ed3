"""Compiled queries for what every request or press asks: peewee writes a statement once, later calls only bind values.

`prepared` and `load` read, `insert`, `insert_all` and `update` write. Everything else is plain peewee; the reasons and
what each place earns: docs/decisions/0008-fast-sql.md. It opens no transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, wraps
from itertools import chain, count, islice
from typing import Any, NamedTuple

import peewee as pw

from lib.database import JsonField, UtcDateTimeField, canonical_json, database, is_sqlite

COMPILED = 500  # statements of one kind that a process keeps
CONVERTED = (JsonField, UtcDateTimeField, pw.DateField, pw.BooleanField)  # other values are as the driver gives them
Row = tuple[Any, ...]
Condition = tuple[str, tuple]  # SQL behind WHERE with ? for its values, and these


class _Slot(int):
    """Stands in a compiled query for a value of each call: its place among them."""


def prepared(query: Callable[..., pw.Query]) -> Callable[..., list[Row]]:
    """Decorate a function that makes a query: the query is compiled once, each call binds its arguments to it.

    An argument may be used as a value only: the function never sees what it is, only (for a list) how long it is. The
    database gets it as it is, without the conversion of a field. Rows are plain tuples.
    """

    @lru_cache(COMPILED)
    def compiled(_sqlite: bool, *lengths: int | None) -> tuple[str, list]:
        places = count()
        return query(*(_slots(places, length) for length in lengths)).sql()

    @wraps(query)
    def run(*arguments) -> list[Row]:
        here = database.obj
        return _fetch(here, *compiled(isinstance(here, pw.SqliteDatabase), *map(_length, arguments)), arguments)

    return run


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list) else None


def _slots(places: Iterator[int], length: int | None) -> Any:
    """Return what stands for one value, or for a list of this length."""
    if length is None:
        return pw.AsIs(_Slot(next(places)), False)
    return [pw.AsIs(_Slot(next(places)), False) for _ in range(length)]


def _fetch(here: pw.Database, text: str, parameters: Iterable, arguments: Iterable) -> list[Row]:
    """Run a compiled statement with the values of a call."""
    given = list(chain.from_iterable(one if isinstance(one, list) else (one,) for one in arguments))
    values = [given[one] if type(one) is _Slot else one for one in parameters]
    return here.execute_sql(text, values).fetchall()


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
    names, converters = _fields(model)
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
def _fields(model: Any) -> tuple[tuple[str, ...], tuple[tuple[int, Callable], ...]]:
    """The names of a model's fields, and the place and converter of those that drivers give differently."""
    fields = model._meta.sorted_fields
    converters = ((place, one.python_value) for place, one in enumerate(fields) if isinstance(one, CONVERTED))
    return tuple(field.name for field in fields), tuple(converters)


def condition(query: pw.ModelSelect, alias: str) -> Condition:
    """Compile the WHERE of a query for a statement in which its table is called `alias`."""
    context = database.obj.get_sql_context()
    context.alias_manager[query.model._meta.table] = alias
    text, values = context.sql(query._where).query()
    return text.replace("%s", "?"), tuple(values)


def rows(statement: str, values: Iterable = ()) -> list[Row]:
    """Fetch the rows of a statement that the caller wrote, with ? for its values."""
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


def marks(values: Collection) -> str:
    """Write the places of these values."""
    return ", ".join("?" * len(values))


POSTGRES_TYPES = (
    (pw.IntegerField, "bigint"), (pw.ForeignKeyField, "bigint"), (pw.BooleanField, "boolean"),
    (pw.DateTimeField, "timestamp"), (pw.DateField, "date"),
)  # fmt: skip


class _Column(NamedTuple):
    name: str
    type: str  # as PostgreSQL calls it
    default: Any
    is_json: bool


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


def update(model: Any, values: Mapping, where: Mapping, returning: Callable | None = None) -> list[Row]:
    """Update the rows whose columns equal those of `where`, or are in a list there; return the id of each.

    A function in `values` makes an expression, and `returning` one that is returned instead of the id.
    """
    fields = model._meta.fields
    expressions = tuple((name, value if callable(value) else None) for name, value in values.items())
    given = [fields[name].db_value(value) for name, value in values.items() if not callable(value)]
    lengths = tuple((name, _length(value)) for name, value in where.items())
    compiled = _update(model, expressions, lengths, returning, is_sqlite())
    return _fetch(database.obj, *compiled, [*given, *where.values()])


@lru_cache(COMPILED)
def _update(model: Any, values: tuple, where: tuple, returning: Callable | None, _sqlite: bool) -> tuple[str, list]:
    places, fields = count(), model._meta.fields
    new = {fields[name]: expression() if expression else _slots(places, None) for name, expression in values}
    named = ((fields[name], length) for name, length in where)
    same = [one == _slots(places, None) if few is None else one.in_(_slots(places, few)) for one, few in named]
    return model.update(new).where(*same).returning(returning() if returning else model.id).sql()


def _insertion(model: Any, given: Sequence[Mapping[str, Any]], back: str) -> tuple[str, list]:
    shared, own = _split(_columns(model), given)
    sqlite = is_sqlite()
    values = chain.from_iterable(zip(*own.values(), strict=True)) if sqlite else own.values()
    return _insert_statement(model, len(given), tuple(own), back, sqlite), [*shared.values(), *values]


def _split(columns: Mapping[str, _Column], given: Sequence[Mapping]) -> tuple[dict[str, Any], dict[str, list]]:
    """Split columns into those with one value in all rows, and those of which each row has its own."""
    shared: dict[str, Any] = {}
    own: dict[str, list] = {}
    for name, column in columns.items():
        if name in given[0]:
            values = [row[name] for row in given]
        else:
            values = [column.default() if callable(column.default) else column.default]
        if column.is_json:  # first, since 1 and true are alike only as values
            values = [None if one is None else canonical_json(one) for one in values]
        if len(values) > 1 and not (own and values.count(values[0]) == len(values)):  # one at least says how many
            own[name] = values
        else:
            shared[name] = values[0]
    return shared, own


@cache
def _columns(model: Any) -> dict[str, _Column]:
    """Describe the columns of a table but for the id, by the names of their fields."""
    columns = {}
    for field in model._meta.sorted_fields[1:]:
        kind = next((kind for of, kind in POSTGRES_TYPES if isinstance(field, of)), "text")
        columns[field.name] = _Column(field.column_name, kind, field.default, isinstance(field, JsonField))
    return columns


@lru_cache(COMPILED)
def _insert_statement(model: Any, count: int, own: tuple[str, ...], back: str, sqlite: bool) -> str:
    """Write the INSERT; its values are those that all rows share, then each row's own, on PostgreSQL an array each."""
    table = _columns(model)
    shared = [name for name in table if name not in own]
    names = ", ".join(f'"{table[name].name}"' for name in (*shared, *own))
    own_columns = [f"column{number}" for number, _ in enumerate(own, 1)]
    if not own:
        source = f"VALUES ({marks(shared)})"
    elif sqlite:
        selected = ", ".join(["?"] * len(shared) + own_columns)
        source = f"SELECT {selected} FROM (VALUES {', '.join([f'({marks(own)})'] * count)})"  # noqa: S608
    else:
        selected = ", ".join([f"?::{table[name].type}" for name in shared] + own_columns)
        arrays = ", ".join(f"?::{table[name].type}[]" for name in own)
        source = f"SELECT {selected} FROM unnest({arrays}) own({', '.join(own_columns)})"  # noqa: S608
    return f'INSERT INTO "{model._meta.table_name}" ({names}) {source} RETURNING {back}'
