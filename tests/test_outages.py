"""What stands behind the office fails: the database is locked, the disk full, Valkey gone. Nothing half done, no riddle."""

import base64
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import peewee as pw
import psycopg
import pytest

import config
import models
import outbox
import signing
import storage
import workflow
from models import Event, Notice, Outbox, Permohonan, StoredFile, database
from tests import machine
from tests.invariant import Invariant
from tests.officers import enter
from tests.visiting import Visitor, jpeg

pytestmark = pytest.mark.faults
BUSY = "Coba lagi sebentar lagi"


# -- the database ------------------------------------------------------------------------------------------------------


@contextmanager
def locked(app, permohonan):
    """Somebody else holds the lock that a press on this application needs."""
    url = app.config["DATABASE_URL"]
    if url.startswith("sqlite"):
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(url)
        other.execute("SELECT id FROM permohonan WHERE id = %s FOR UPDATE", [permohonan.id])
    try:
        yield
    finally:
        other.rollback()
        other.close()


def _impatient(app):
    """Waits a third of a second for a lock instead of ten."""
    database = app.extensions["database"]
    if isinstance(database, pw.SqliteDatabase):
        database.pragma("busy_timeout", 300, permanent=True)
    else:
        database.connect_params["options"] = "-c lock_timeout=300ms"
        database.close_all()


def test_a_press_waits_for_a_lock_that_is_soon_given_back(app, submit):
    permohonan, admin, answers = submit(), enter(app, "admin"), []
    pressing = threading.Thread(target=lambda: answers.append(admin.press("pemeriksaan", "send_to_siak", permohonan)))
    with locked(app, permohonan):
        pressing.start()
        time.sleep(1)
        assert Permohonan.get().state == "submitted" and not answers
    pressing.join()
    assert answers[0].status_code == 303 and Permohonan.get().state == "siak_entry"


def test_a_press_that_waited_too_long_is_told_to_try_again_and_nothing_is_half_done(app, submit):
    permohonan, admin = submit(), enter(app, "admin")
    _impatient(app)
    with locked(app, permohonan):
        answer = admin.press("pemeriksaan", "send_to_siak", permohonan)
    assert answer.status_code == 503 and BUSY in answer.text and answer.headers["Retry-After"]
    assert Permohonan.get().state == "submitted" and Invariant().whole() == []
    assert admin.press("pemeriksaan", "send_to_siak", permohonan).status_code == 303
    assert Permohonan.get().state == "siak_entry" and Invariant().whole() == []
