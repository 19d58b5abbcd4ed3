"""The database of the current app, the one way to write to it, and the field types; it knows no table."""

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

MOST = 32  # connections at once, kept open between requests
PATIENCE = 10  # seconds that one waits for another's lock
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # NORMAL loses acknowledged decisions in a power cut
    "foreign_keys": 1,
    "busy_timeout": PATIENCE * 1000,
    "cache_size": -32_000,
}


class _OfCurrentApp(peewee.DatabaseProxy):
    """Stands for the database of whichever app's context is pushed, so that one process can hold several apps."""

    @property
    def obj(self):
        try:
            return current_app.extensions["database"]
        except RuntimeError:  # outside of every app
            return None

    @obj.setter
    def obj(self, value):
        """Ignored: `open_database` puts it on the app."""


database = _OfCurrentApp()


class _Cursor(psycopg.Cursor):
    """Has the server plan a search for a pattern anew each time.

    What the pattern is decides whether the index or the newest rows find it sooner. Once prepared, one plan serves all:
    it reads the whole table for a name that nobody has.
    """

    def execute(self, query, params=None, **how):
        return super().execute(query, params, **(how | {"prepare": False} if " ILIKE " in query else how))


class _Postgresql(PooledPostgresqlDatabase):
    """Asks a connection that was not in use whether it still lives only if the server said something meanwhile.

    A server that goes away closes it, which can be heard without asking; asking costs every request one more journey.
    """

    def _is_closed(self, conn):
        return bool(conn.closed or _was_spoken_to(conn.fileno())) and super()._is_closed(conn)


def _was_spoken_to(socket: int) -> bool:
    ear = select.poll()
    ear.register(socket, select.POLLIN)
    return bool(ear.poll(0))


def open_database(url: str) -> peewee.Database:
    """The database behind `url`, not yet connected."""
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        lent = {"check_same_thread": False}  # from thread to thread, to one at a time
        return PooledSqliteDatabase(path, pragmas=PRAGMAS, max_connections=MOST, timeout=PATIENCE, **lent)
    kept = {"max_connections": MOST, "stale_timeout": 300, "timeout": PATIENCE}
    return _Postgresql(url, **kept, options=f"-c lock_timeout={PATIENCE}s", cursor_factory=_Cursor)


def is_sqlite() -> bool:
    return isinstance(database.obj, peewee.SqliteDatabase)


@contextmanager
def write() -> Iterator[None]:
    """One writing transaction, the only way to open one: all of it is kept, or nothing.

    Immediate on SQLite, since a transaction that reads first and then writes fails there as soon as
    two people press at once. Never nested: an inner one would silently be a savepoint.
    """
    if database.in_transaction():
        raise RuntimeError("write() is never nested")
    with database.obj.atomic("IMMEDIATE") if is_sqlite() else database.obj.atomic():
        yield


def one_at_a_time(word: str) -> None:
    """Inside write(): whoever says the same word waits until this transaction is over."""
    if not is_sqlite():  # there, a writing transaction has the database to itself
        number = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], signed=True)
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (number,))


def now() -> datetime:
    """The present in UTC, without a zone, as the database keeps it; tests turn it by the setting CLOCK."""
    clock = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(UTC).replace(tzinfo=None)


def local(moment: datetime | None = None) -> datetime:
    """A UTC moment (the present, if none) on the office's clock, without a zone."""
    return (moment or now()) + timedelta(hours=current_app.config["ZONE_HOURS"])


def from_local(moment: datetime) -> datetime:
    """A moment of the office's clock in UTC."""
    return moment - timedelta(hours=current_app.config["ZONE_HOURS"])


class JsonField(peewee.TextField):
    """JSON as text: the same on SQLite and PostgreSQL, and byte-equal for equal values."""

    def db_value(self, value):
        return None if value is None else canonical(value)

    def python_value(self, value):
        return None if value is None else json.loads(value)


class _Unread(str):
    """JSON as the database gave it, until somebody asks what is in it."""


class _Read(peewee.FieldAccessor):
    def __get__(self, instance, instance_type=None):
        value = super().__get__(instance, instance_type)
        if type(value) is _Unread:
            value = instance.__data__[self.name] = json.loads(value)
        return value


class LongJson(JsonField):
    """JSON into which few of those look who read its row: made into values when it is asked for."""

    accessor_class = _Read

    def db_value(self, value):
        return str(value) if type(value) is _Unread else super().db_value(value)

    def python_value(self, value):
        return None if value is None else _Unread(value)


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical(value) -> str:
    """The one JSON text of a value: sorted keys, no spaces."""
    return _ENCODER.encode(value)


class _Moment(peewee.DateTimeField):
    """A UTC moment; read back without trying one format after the other."""

    def python_value(self, value):
        return datetime.fromisoformat(value) if isinstance(value, str) else value


Moment: Any = _Moment  # as loosely typed as the library's own fields


class Table(peewee.Model):
    class Meta:
        database = database
        legacy_table_names = False


def to(model, backref: str = "+", **options) -> peewee.ForeignKeyField:
    """A foreign key that never lets anything be deleted under it."""
    return peewee.ForeignKeyField(model, backref=backref, on_delete="RESTRICT", **options)
