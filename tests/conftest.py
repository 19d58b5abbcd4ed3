"""Fixtures of every test: an app on a fresh database (SQLite and PostgreSQL), its users, applications in any state."""

import shutil
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask import Flask
from flask_admin.actions import ActionsMixin

import demonstration
import lib.database
import models
import seeding
import templating
from app import create_app
from lib.database import from_local, now
from tests import browsing, dealing, machine, sparing
from tests.compiling import Compiled, SharedBytecodeCache, init_actions
from tests.visiting import Visitor
from tests.world import World

Flask.url_rule_class, ActionsMixin.init_actions = Compiled, init_actions
Flask.jinja_options = {"bytecode_cache": SharedBytecodeCache()}
sparing.live_in_memory()
CHEAP = "64,1"  # argon2 at its weakest: tests sign in a thousand times


@pytest.fixture(scope="session")
def _sqlite_office(tmp_path_factory):
    """An instance folder with a seeded SQLite database, to be copied."""
    folder = tmp_path_factory.mktemp("office")
    _fill(create_app(INSTANCE_DIR=folder, ARGON2_COST=CHEAP))
    return folder


@pytest.fixture(scope="session")
def _postgres_office(_sqlite_office):
    """A seeded PostgreSQL database, to be copied."""
    url = machine.postgres()
    _fill(create_app(INSTANCE_DIR=_sqlite_office, ARGON2_COST=CHEAP, DATABASE_URL=url))
    return url


def _fill(app):
    with app.app_context():
        seeding.init()
        demonstration.people()
    _let_go(app)


def _let_go(app):
    with app.app_context():
        lib.database.database.close()
    getattr(app.extensions["database"], "close_all", lambda: None)()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request):
    return request.param


@pytest.fixture
def make_app(request, database_kind, tmp_path, _sqlite_office):
    """A function that creates an app on a fresh copy of the database; its arguments are settings."""
    folder = tmp_path / "instance"
    shutil.copytree(
        _sqlite_office, folder, ignore=shutil.ignore_patterns("*.db*") if database_kind != "sqlite" else None
    )
    settings = {"INSTANCE_DIR": folder, "ARGON2_COST": CHEAP, "TESTING": True}
    if database_kind == "postgresql":
        settings["DATABASE_URL"] = machine.postgres(like=request.getfixturevalue("_postgres_office"))
    made = []

    def make(**more):
        app = create_app(**settings | more)
        made.append(app)
        return app

    yield make
    for app in made:
        _let_go(app)
    if "DATABASE_URL" in settings:
        machine.drop(settings["DATABASE_URL"])


@pytest.fixture
def app(make_app):
    """An app in demonstration mode with its context pushed, so that tests can use the models directly."""
    app = make_app()
    with app.app_context():
        yield app


def pytest_xdist_auto_num_workers():
    return dealing.wanted()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Order the tests for the workers, slowest first, and allow browser tests one rerun after a timeout."""
    if (hands := dealing.here()) > 1:
        items[:] = dealing.deal(items, hands)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["^TimeoutError"]))


def pytest_collection_finish():
    sparing.settle()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add the open pages to the report of a failed browser test; after a hanging one (`Failed`) none answers."""
    report = yield
    if report.failed and item.get_closest_marker("browser") and not call.excinfo.errisinstance(pytest.fail.Exception):
        report.longrepr.addsection("pages", browsing.seen_by_all(item.name))
    return report


@pytest.fixture(scope="module")
def _chromium():
    with browsing.chromium() as running:
        yield running


@pytest.fixture
def browser(_chromium):
    """A real Chromium; its contexts are closed after the test."""
    yield _chromium
    for context in _chromium.contexts:
        context.close()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def world(app):
    """The factory of users and applications."""
    return World()


@pytest.fixture
def staff(world):
    """The staff of the demonstration, by role code."""
    return world.staff


@pytest.fixture
def submit(world):
    """A function that submits an application of a service as a resident would: submit("AK-LAHIR")."""
    return world.submit


@pytest.fixture
def anybody(app):
    """A client of the public pages that is not signed in."""
    return Visitor(app)


@pytest.fixture
def visitor(app):
    """A client of the public pages, signed in as the demonstration's applicant."""
    found = Visitor(app)
    found.sign_in()
    return found


@pytest.fixture
def at_time(app):
    """A function that sets the office's clock to a local moment: at_time(2026, 11, 23, 10, 30)."""

    def set_clock(*parts):
        moment = from_local(datetime(*parts))
        app.config["CLOCK"] = lambda: moment

    return set_clock


@pytest.fixture
def query_count(app, monkeypatch):
    """A context manager that lists the SQL statements run inside it; the clock is stopped, so that no cache expires."""
    database, moment = app.extensions["database"], now()
    monkeypatch.setattr(templating, "CARD_LIVES", float("inf"))
    app.config["CLOCK"] = lambda: moment

    @contextmanager
    def counting():
        seen, original = [], database.execute_sql

        def execute_sql(statement, *args, **kwargs):
            seen.append(statement)
            return original(statement, *args, **kwargs)

        database.execute_sql = execute_sql
        try:
            yield seen
        finally:
            del database.execute_sql

    return counting


@pytest.fixture
def grant(app):
    """A function that grants a user a role."""

    def give(user, role, **facts):
        return models.Grant.create(
            user=user, role=role, office=models.Office.get(models.Office.code == "dinas"), **facts
        )

    return give


@pytest.fixture
def everything_person(world, grant):
    """A user with every role of the verification at once."""
    for role in ("siak_operator", "adb", "kabid", "kadis"):
        grant(world.stranger, role)
    return models.User.get_by_id(world.stranger.id)


@pytest.fixture
def enter(server, browser):
    """A function that signs an officer in at a browser of their own.

    `server` is a fixture of the module. Console errors fail the test.
    """
    people = []

    def come_in(who, **more):
        people.append(person := browsing.Person(browser, server.url, **more))
        person.context.grant_permissions(["clipboard-read", "clipboard-write"])
        person.sign_in_as_staff(f"{who}@aku.example")
        return person

    yield come_in
    for person in people:
        unexpected = [text for text in person.errors if "422" not in text]
        assert not unexpected, unexpected
