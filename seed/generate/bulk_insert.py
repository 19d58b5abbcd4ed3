"""Bulk insert: writes many rows of several tables at once, bypassing the models."""

from datetime import date, datetime

from lib.database import BaseModel, JsonField, canonical_json, database, is_sqlite


class BulkInsert:
    """Buffered rows of several tables, with ids assigned in advance; `write` inserts them."""

    def __init__(self, *tables: type[BaseModel]):
        self.tables = tables
        self.rows: dict[type[BaseModel], list[list]] = {table: [] for table in tables}
        self.shapes = {table: _TableColumns(table) for table in tables}
        self.last: dict[type[BaseModel], int] = {}

    def begin(self) -> None:
        """Reserve the ids after the highest ones; inside the transaction, so that nobody else uses them."""
        if not is_sqlite():
            names = ", ".join(f'"{table._meta.table_name}"' for table in self.tables)
            database.execute_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        for table in self.tables:
            name = table._meta.table_name
            self.last[table] = database.execute_sql(f'SELECT COALESCE(MAX(id), 0) FROM "{name}"').fetchone()[0]  # noqa: S608

    def add(self, table: type[BaseModel], **facts) -> int:
        """Buffer a row and return its id; missing columns get the model's default. JSON may be given as text."""
        self.last[table] = facts["id"] = self.last[table] + 1
        self.rows[table].append(self.shapes[table].row(facts))
        return facts["id"]

    def write(self) -> None:
        """Insert the buffered rows, in the order of the tables."""
        for table in self.tables:
            if self.rows[table]:
                (_insert if is_sqlite() else _copy)(table, self.shapes[table].names, self.rows[table])
                self.rows[table].clear()


class _TableColumns:
    """The columns of a table, their defaults, and the conversion of their values."""

    def __init__(self, table: type[BaseModel]):
        fields = table._meta.sorted_fields
        text = _as_text if is_sqlite() else _unchanged
        self.names = [field.column_name for field in fields]
        ways = (_json if isinstance(field, JsonField) else text for field in fields)
        self.places = {name: (place, way) for place, (name, way) in enumerate(zip(self.names, ways, strict=True))}
        self.defaults = [None] * len(fields)
        given = {field.column_name: field.default for field in fields}
        self.defaults = self.row({name: value() if callable(value) else value for name, value in given.items()})

    def row(self, facts: dict) -> list:
        """Return the values of a row in the order of the columns."""
        out = list(self.defaults)
        for name, value in facts.items():
            place, stored = self.places[name]
            out[place] = stored(value)
        return out


def _json(value):
    return value if value is None or isinstance(value, str) else canonical_json(value)


def _as_text(value):
    return str(value) if isinstance(value, datetime | date) else value


def _unchanged(value):
    return value


def _insert(table: type[BaseModel], names: list[str], rows: list[list]) -> None:
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    statement = f'INSERT INTO "{table._meta.table_name}" ({columns}) VALUES ({marks})'  # noqa: S608 -- names of ours
    database.obj.connection().executemany(statement, rows)


def _copy(table: type[BaseModel], names: list[str], rows: list[list]) -> None:
    name, columns = table._meta.table_name, ", ".join(f'"{name}"' for name in names)
    with database.obj.cursor() as cursor, cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as pipe:
        for row in rows:
            pipe.write_row(row)
    database.execute_sql(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), MAX(id)) FROM \"{name}\"")  # noqa: S608
