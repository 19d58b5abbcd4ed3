"""Fixtures of every test: an app on a fresh database (SQLite and PostgreSQL), its users, applications in any state."""

import os
import shutil
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask import Flask
from flask_admin.actions import ActionsMixin

import lib.database
import models
from app import create_app
from files.inspection import sandbox
from lib.database import from_local, now
from seed import demo, load
from tests import machine
from tests.helpers import browser_person, tmpfs, xdist_order
from tests.helpers.factory import OfficeFactory
from tests.helpers.fast_routing import CachedRule, SharedBytecodeCache, cached_init_actions
from tests.helpers.public_client import PublicClient
from web import filters

Flask.url_rule_class, ActionsMixin.init_actions = CachedRule, cached_init_actions
Flask.jinja_options = {"bytecode_cache": SharedBytecodeCache()}
tmpfs.use_tmpfs()
collect_ignore = [] if os.environ.get("AKU_FULL") else ["test_files_inspection_corpus.py"]  # it fetches 150 MB
CHEAP_ARGON2 = "64,1"  # argon2 at its weakest: tests sign in a thousand times


@pytest.fixture(scope="session")
def _sqlite_office(tmp_path_factory):
    """An instance folder with a seeded SQLite database, to be copied."""
    folder = tmp_path_factory.mktemp("office")
    _seed_office(create_app(INSTANCE_DIR=folder, ARGON2_COST=CHEAP_ARGON2))
    return folder


@pytest.fixture(scope="session")
def _postgres_office(_sqlite_office):
    """A seeded PostgreSQL database, to be copied."""
    url = machine.postgres()
    _seed_office(create_app(INSTANCE_DIR=_sqlite_office, ARGON2_COST=CHEAP_ARGON2, DATABASE_URL=url))
    return url


def _seed_office(app):
    with app.app_context():
        load.init()
        demo.create_people()
    _close_database(app)


def _close_database(app):
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
    settings = {"INSTANCE_DIR": folder, "ARGON2_COST": CHEAP_ARGON2, "TESTING": True}
    if database_kind == "postgresql":
        settings["DATABASE_URL"] = machine.postgres(like=request.getfixturevalue("_postgres_office"))
    made = []

    def make(**more):
        app = create_app(**settings | more)
        made.append(app)
        return app

    yield make
    for app in made:
        _close_database(app)
    if "DATABASE_URL" in settings:
        machine.drop(settings["DATABASE_URL"])


@pytest.fixture
def app(make_app):
    """An app in demonstration mode with its context pushed, so that tests can use the models directly."""
    app = make_app()
    with app.app_context():
        yield app


@pytest.fixture
def unhurried(monkeypatch):
    """Let inspection take as long as it likes by the clock: the machine may be busy with other tests."""
    monkeypatch.setattr(sandbox, "TIMEOUT_SECONDS", 100)
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 300)


def pytest_xdist_auto_num_workers():
    return xdist_order.worker_count()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Order the tests for the workers, slowest first, and allow browser tests one rerun after a timeout."""
    if (hands := xdist_order.running_workers()) > 1:
        items[:] = xdist_order.order_tests(items, hands)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["^TimeoutError"]))


def pytest_collection_finish():
    tmpfs.freeze_gc()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add the open pages to the report of a failed browser test; after a hanging one (`Failed`) none answers."""
    report = yield
    if report.failed and item.get_closest_marker("browser") and not call.excinfo.errisinstance(pytest.fail.Exception):
        report.longrepr.addsection("pages", browser_person.pages_at_failure(item.name))
    return report


@pytest.fixture(scope="module")
def _chromium():
    with browser_person.chromium() as running:
        yield running


@pytest.fixture
def browser(_chromium):
    """A real Chromium; its contexts are closed after the test, in which no page may have asked "Leave site?"."""
    browser_person.leave_site_questions.clear()
    yield _chromium
    for context in _chromium.contexts:
        context.close()
    assert not browser_person.leave_site_questions, browser_person.leave_site_questions


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def factory(app):
    """The factory of users and applications."""
    return OfficeFactory()


@pytest.fixture
def staff(factory):
    """The staff of the demonstration, by role code."""
    return factory.staff


@pytest.fixture
def submit(factory):
    """A function that submits an application of a service as a resident would: submit("AK-LAHIR")."""
    return factory.submit


@pytest.fixture
def anonymous(app):
    """A client of the public pages that is not signed in."""
    return PublicClient(app)


@pytest.fixture
def applicant_client(app):
    """A client of the public pages, signed in as the demonstration's applicant."""
    found = PublicClient(app)
    found.sign_in()
    return found


@pytest.fixture
def set_clock(app):
    """A function that sets the office's clock to a local moment: at_time(2026, 11, 23, 10, 30)."""

    def set_clock(*parts):
        moment = from_local(datetime(*parts))
        app.config["CLOCK"] = lambda: moment

    return set_clock


@pytest.fixture
def query_count(app, monkeypatch):
    """A context manager that lists the SQL statements run inside it; the clock is stopped, so that no cache expires."""
    database, moment = app.extensions["database"], now()
    monkeypatch.setattr(filters, "CARD_MAX_AGE", float("inf"))
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
def officer_with_all_roles(factory, grant):
    """A user with every role of the verification at once."""
    for role in ("siak_operator", "adb", "kabid", "kadis"):
        grant(factory.other_applicant, role)
    return models.User.get_by_id(factory.other_applicant.id)


@pytest.fixture
def staff_browser(server, browser):
    """A function that signs an officer in at a browser of their own.

    `server` is a fixture of the module. Console errors fail the test.
    """
    people = []

    def come_in(who, **more):
        people.append(person := browser_person.Person(browser, server.url, **more))
        person.context.grant_permissions(["clipboard-read", "clipboard-write"])
        person.sign_in_as_staff(f"{who}@aku.example")
        return person

    yield come_in
    for person in people:
        unexpected = [text for text in person.errors if "422" not in text]
        assert not unexpected, unexpected
