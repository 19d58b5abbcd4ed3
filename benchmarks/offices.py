"""Databases to measure ("offices"): small and large, on SQLite and PostgreSQL, filled by the seed generator."""

import gc
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask

import lib.database
import models
from app import create_app
from benchmarks.bare_app import Cursor, bare_app
from benchmarks.wsgi_client import SessionClient
from lib import encryption
from models import User, WebSession
from seed import demo, generate, load

MIN_SUBMITTED = 400  # submitted applications at least: a full page, and several batches of 100
SMALL = 1000


@dataclass(frozen=True)
class ResultLine:
    """A line of the result table: one measured row on one database."""

    row: int
    what: str
    database: str
    rows: int  # applications in it
    ratio: float
    goal: float
    note: str = ""
    at_least: bool = False  # the goal is a minimum
    whose: str = ""  # the peer's name; empty: ours


@dataclass
class Office:
    """An app and the bare app on the same database."""

    database: str  # SQLite | PostgreSQL
    rows: int
    url: str
    app: Flask
    bare: Flask

    @property
    def cursor(self) -> Cursor:
        return self.bare.extensions["cursor"]

    def staff(self, name: str) -> SessionClient:
        """Return a client signed in as a staff user of the demonstration."""
        return self.somebody(f"{name}@aku.example", staff=True)

    def somebody(self, email: str, *, staff: bool = False) -> SessionClient:
        secret = secrets.token_urlsafe(32)
        with self.app.app_context():
            user = User.get(User.email == email)
            WebSession.create(secret_hash=encryption.keyed_hash(secret, "session"), user=user, staff=staff)
            lib.database.database.close()
        return SessionClient(self.app, {"_user_id": secret, "_fresh": True, "csrf_token": "c" * 40})

    def bare_user(self) -> SessionClient:
        return SessionClient(self.bare, {"u": 1, "c": "c" * 32})

    def one(self, statement: str, *values):
        """Return the first value of a raw statement."""
        return self.cursor.all(statement, values)[0][0]


def small_and_large(offices: list[Office]) -> Iterator[tuple[Office, Office]]:
    """Yield the smallest and the largest office on each database that has two."""
    for database in dict.fromkeys(one.database for one in offices):
        sizes = sorted((one for one in offices if one.database == database), key=lambda one: one.rows)
        if len(sizes) > 1:
            yield sizes[0], sizes[-1]


@contextmanager
def office(url: str, folder: Path, rows: int) -> Iterator[Office]:
    """Open the office at a database URL, and fill it if it is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    settings: dict = {"INSTANCE_DIR": folder, "ARGON2_COST": "64,1", "DATABASE_URL": url, "INPROCESS_WORKER": ""}
    app = create_app(**settings)
    with app.app_context():
        load.init()
        demo.create_people()
        WebSession.delete().where(WebSession.agent == "").execute()
        if not models.Permohonan.select().exists():
            print(f"  {url.partition(':')[0]}: {rows} permohonan …", flush=True)
            generate.generate_applications(rows, MIN_SUBMITTED)
        lib.database.database.close()
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    made = Office(kind, rows, url, app, bare_app(url))
    gc.collect()
    gc.freeze()  # as gunicorn.conf.py does
    yield made
    with app.app_context():
        getattr(app.extensions["database"], "close_all", lib.database.database.close)()  # type: ignore[misc]


def postgres_named(server: str, name: str) -> str:
    """Return the URL of a permanent database on a given server; create it if it doesn't exist."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return f"{server}/{name}"
