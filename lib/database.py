"""The database of the current app: connection pool, transactions, UTC clock and field types; it knows no table."""

import hashlib
import json
import select
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee
import psycopg
from flask import current_app
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

MAX_CONNECTIONS = 32  # kept open between requests
LOCK_TIMEOUT = 10  # seconds
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # NORMAL loses acknowledged decisions in a power cut
    "foreign_keys": 1,
    "busy_timeout": LOCK_TIMEOUT * 1000,
    "cache_size": -32_000,
}


class _CurrentAppDatabase(peewee.DatabaseProxy):
    """Proxy for the database of the current app context, so that one process can hold several apps."""

    @property
    def obj(self):
        try:
            return current_app.extensions["database"]
        except RuntimeError:  # outside of every app
            return None

    @obj.setter
    def obj(self, value):
        """Ignored: `open_database` puts it on the app."""


database = _CurrentAppDatabase()


class _Cursor(psycopg.Cursor):
    """Cursor that never prepares a statement with ILIKE, so that the server plans it for each pattern.

    The pattern decides whether the index or the newest rows find it sooner. A prepared statement gets one generic plan:
    it reads the whole table for a name that nobody has.
    """

    def execute(self, query, params=None, **how):
        return super().execute(query, params, **(how | {"prepare": False} if " ILIKE " in query else how))


class _Postgresql(PooledPostgresqlDatabase):
    """Connection pool that checks an idle connection only if the server has sent something meanwhile.

    A server that goes away closes the socket, which can be seen without a query; peewee's own check costs every request
    a round trip.
    """

    def _is_closed(self, conn):
        return bool(conn.closed or _is_readable(conn.fileno())) and super()._is_closed(conn)


def _is_readable(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


def open_database(url: str) -> peewee.Database:
    """Create the database, with its connection pool, for a database URL; it is not yet connected."""
    pool: dict = {"max_connections": MAX_CONNECTIONS, "timeout": LOCK_TIMEOUT}
    if url.startswith("sqlite:///"):
        pool |= {"pragmas": PRAGMAS, "check_same_thread": False}  # the pool hands a connection from thread to thread
        return PooledSqliteDatabase(url.removeprefix("sqlite:///"), **pool)
    pool |= {"stale_timeout": 300, "options": f"-c lock_timeout={LOCK_TIMEOUT}s", "cursor_factory": _Cursor}
    return _Postgresql(url, **pool)


def is_sqlite() -> bool:
    return isinstance(database.obj, peewee.SqliteDatabase)


@contextmanager
def transaction() -> Iterator[None]:
    """Open a writing transaction; the only way to open one.

    Immediate on SQLite, since a transaction that reads first and then writes fails there as soon as
    two people press at once. Never nested: an inner one would silently be a savepoint.
    """
    if database.in_transaction():
        raise RuntimeError("transaction() is never nested")
    with database.obj.atomic("IMMEDIATE") if is_sqlite() else database.obj.atomic():
        yield


def advisory_lock(name: str) -> None:
    """Take the advisory lock of this name until the end of the transaction; others who want it wait."""
    if not is_sqlite():  # there, a writing transaction has the database to itself
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (key,))


def now() -> datetime:
    """Return the current time in UTC, without a zone, as the database keeps it; tests set it by the setting CLOCK."""
    clock = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(UTC).replace(tzinfo=None)


def local(moment: datetime | None = None) -> datetime:
    """Convert a UTC time (now, if none) to the office's time zone, without a zone."""
    return (moment or now()) + timedelta(hours=current_app.config["ZONE_HOURS"])


def from_local(moment: datetime) -> datetime:
    """Convert a time in the office's time zone to UTC."""
    return moment - timedelta(hours=current_app.config["ZONE_HOURS"])


class JsonField(peewee.TextField):
    """JSON as text: the same on SQLite and PostgreSQL, and byte-equal for equal values."""

    def db_value(self, value):
        return None if value is None else canonical_json(value)

    def python_value(self, value):
        return None if value is None else json.loads(value)


class _RawJson(str):
    """JSON text that has not been parsed yet."""


class _LazyJsonAccessor(peewee.FieldAccessor):
    """Parses on first access."""

    def __get__(self, instance, instance_type=None):
        value = super().__get__(instance, instance_type)
        if type(value) is _RawJson:
            value = instance.__data__[self.name] = json.loads(value)
        return value


class LazyJsonField(JsonField):
    """JSON that is parsed when it is first accessed: for long values that most readers of the row never use."""

    accessor_class = _LazyJsonAccessor

    def db_value(self, value):
        return str(value) if type(value) is _RawJson else super().db_value(value)

    def python_value(self, value):
        return None if value is None else _RawJson(value)


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical_json(value) -> str:
    """Serialize to canonical JSON: sorted keys, no spaces."""
    return _ENCODER.encode(value)


class _UtcDateTimeField(peewee.DateTimeField):
    """A time in UTC; read back without trying one format after the other."""

    def python_value(self, value):
        return datetime.fromisoformat(value) if isinstance(value, str) else value


UtcDateTimeField: Any = _UtcDateTimeField  # as loosely typed as the library's own fields


class BaseModel(peewee.Model):
    class Meta:
        database = database
        legacy_table_names = False


def foreign_key(model, backref: str = "+", **options) -> peewee.ForeignKeyField:
    """Declare a foreign key with ON DELETE RESTRICT."""
    return peewee.ForeignKeyField(model, backref=backref, on_delete="RESTRICT", **options)
