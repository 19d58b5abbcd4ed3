"""Stopped services: worker, Valkey, mail server, database server. Nothing is lost."""

import base64
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta

import peewee as pw
import psycopg
import pytest

import config
from accounts import rate_limits
from app import create_app
from casework.effect_registry import CHECKS
from casework.transitions import Incomplete, NotAllowed, perform
from documents import signing
from files import storage
from intake import attachments, drafts
from jobs import outbox
from lib.database import database, now
from models import Document, DraftFile, Event, Outbox, Permohonan, Seal, StoredFile
from seed import demo, load
from tests import machine
from tests.conftest import CHEAP_ARGON2
from tests.helpers.factory import MAIN_PATH, OfficeFactory
from tests.helpers.invariants import InvariantChecker

pytestmark = pytest.mark.faults
SETTINGS = ("INSTANCE_DIR", "DATABASE_URL", "ARGON2_COST", "REDIS_URL", "SMTP_URL", "FILES_KEY")


def _states():
    return {row.state for row in Outbox.select()}


def _until(condition, seconds=90):
    until = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.fixture
def command(app):
    """A function that runs `flask --app app <words>` on this office; what still runs at the end is killed."""
    processes = []

    def start(*words):
        env = {name: str(app.config[name]) for name in SETTINGS} | {"PATH": os.environ["PATH"]}
        process = subprocess.Popen([sys.executable, "-m", "flask", "--app", "app", *words], env=env)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_valkey_killed_in_mid_work_loses_nothing_and_is_used_again_when_it_is_back(app, submit, command):
    valkey = machine.Valkey()
    try:
        app.config["REDIS_URL"] = valkey.url
        worker = command("worker")
        submit()
        assert _until(lambda: _states() == {"done"})
        valkey.kill()
        submit()
        assert _until(lambda: _states() == {"done"}), "the sweep does it without Valkey"
        valkey.start()
        submit()
        assert _until(lambda: _states() == {"done"})
        assert worker.poll() is None, "the worker outlived it"
        assert InvariantChecker().all_violations() == []
    finally:
        valkey.stop()


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("away", [0, 3], ids=["in the same moment", "some time before"])
def test_a_worker_told_to_stop_while_valkey_dies_stops(app, submit, command, away):
    """Both are told when the supervisor is killed; it used to forget it and to look for Valkey for ever."""
    valkey = machine.Valkey()
    try:
        app.config["REDIS_URL"] = valkey.url
        worker = command("worker")
        submit()
        assert _until(lambda: _states() == {"done"})
        valkey.kill()
        time.sleep(away)
        worker.terminate()
        assert _until(lambda: worker.poll() is not None)
    finally:
        valkey.stop()


def test_a_mail_server_that_dies_between_mails_gets_the_rest_when_it_is_back(app, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    with machine.smtp() as first:
        app.config["SMTP_URL"] = first.url
        submit()
        submit()
        while not first.letters:
            outbox.drain(at_most=1)
    outbox.drain()
    assert _states() == {"done", "waiting"}
    set_clock(2026, 11, 23, 10, 2)
    with machine.smtp() as second:
        app.config["SMTP_URL"] = second.url
        outbox.drain()
    ids = [letter.message["Message-ID"] for letter in (*first.letters, *second.letters)]
    assert len(ids) == len(set(ids)) == 2 and _states() == {"done"}


@pytest.mark.parametrize("moment", ["before the server has it", "when the server has it"])
def test_a_worker_killed_in_the_middle_of_a_mail_sends_it_again_as_the_same_mail(app, submit, command, moment):
    with machine.smtp() as post:
        app.config["SMTP_URL"] = post.url
        reached, gone = threading.Event(), threading.Event()
        _linger(post, "handle_RCPT" if moment.startswith("before") else "handle_DATA", reached, gone)
        submit()
        worker = command("drain")
        assert reached.wait(90)
        worker.kill()
        worker.wait()
        gone.set()
        taken = len(post.letters)
        assert taken == (not moment.startswith("before"))
        assert Outbox.select().where(Outbox.state == "running").count() == 1
        later = now() + timedelta(minutes=6)
        app.config["CLOCK"] = lambda: later
        outbox.drain()
        assert len(post.letters) == taken + 1 and _states() == {"done"}
        assert len({letter.message["Message-ID"] for letter in post.letters}) == 1


def _linger(post, name, reached, gone):
    """The first time, the server says nothing after it did this until whoever sent it is gone."""
    import asyncio

    real = getattr(post, name)

    async def slowly(*given):
        answer = await real(*given)
        reached.set()
        while not gone.is_set():
            await asyncio.sleep(0.02)
        return answer

    setattr(post, name, slowly)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_sweep_outlives_whatever_breaks_in_it(submit, command):
    """A chore that met an OSError used to end the thread, and with it every mail until the next restart."""
    stone = storage._root() / "zz" / "a-folder-where-a-file-should-be"
    stone.mkdir(parents=True)
    os.utime(stone, (0, 0))
    with pytest.raises(OSError):
        storage.delete_orphans()
    command("worker")
    submit()
    assert _until(lambda: _states() == {"done"})
    submit()
    assert _until(lambda: _states() == {"done"})


def _shoot_a_backend(url):
    """kill -9 the process of a connection: PostgreSQL throws everybody out and recovers; False while it still does."""
    found = []
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
        mine = "pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'"
        found = connection.execute(f"SELECT pid FROM pg_stat_activity WHERE {mine}").fetchall()  # type: ignore[arg-type]
    for (pid,) in found[:1]:
        os.kill(pid, signal.SIGKILL)
    return bool(found)


def _press_on(app, stop, acknowledged, busy):
    """Take steps as long as it may; remember every event that was acknowledged."""
    dice = random.Random(7)
    with app.app_context():
        while not stop.is_set():
            try:
                factory = OfficeFactory()
                permohonan = factory.submit(dice.choice(("KTP-HILANG", "AK-LAHIR")))
                for action, role in MAIN_PATH[:4]:
                    acknowledged.append(perform_as(factory, permohonan, action, role))
            except (pw.OperationalError, pw.InterfaceError, NotAllowed, drafts.DraftNotEditable) as reason:
                if isinstance(reason, pw.PeeweeException):
                    busy.append(reason)
                database.close()
                time.sleep(0.05)


def _goes_on(acknowledged):
    seen = len(acknowledged)
    assert _until(lambda: len(acknowledged) > seen + 2), "nothing moves any more"


def perform_as(factory, permohonan, action, role):
    return perform(permohonan, action, factory.staff[role], **factory.answers(permohonan, action)).id


def test_a_killed_database_server_keeps_what_was_acknowledged_and_the_app_goes_on_by_itself(tmp_path):
    url = machine.postgres(durable=True)
    app = create_app(INSTANCE_DIR=tmp_path, DATABASE_URL=url, ARGON2_COST=CHEAP_ARGON2, TESTING=True)
    with app.app_context():
        load.init()
        demo.create_people()
        stop, acknowledged, busy = threading.Event(), [], []
        pressing = [threading.Thread(target=_press_on, args=(app, stop, acknowledged, busy)) for _ in range(2)]
        for thread in pressing:
            thread.start()
        try:
            for _ in range(machine.repetitions(3, 30)):
                _goes_on(acknowledged)
                met = len(busy)
                assert _until(lambda: _shoot_a_backend(url))
                assert _until(lambda: len(busy) > met), "nobody noticed"  # noqa: B023 -- asked at once
            _goes_on(acknowledged)
        finally:
            stop.set()
            for thread in pressing:
                thread.join()
        database.close()
        there = {event.id for event in Event.select()}
        assert set(acknowledged) <= there
        assert InvariantChecker().all_violations() == []
    app.extensions["database"].close_all()


def test_a_wrong_files_key_is_refused_at_the_start_by_name(app, submit):
    """Otherwise nothing that was kept could be opened, and what is new would need another key."""
    submit()
    settings = {name: app.config[name] for name in ("INSTANCE_DIR", "DATABASE_URL")}
    for wrong in ("x", "A" * 43, base64.b64encode(bytes(16)).decode(), base64.b64encode(os.urandom(32)).decode()):
        with pytest.raises(config.ConfigError, match="FILES_KEY"):
            create_app(**settings, FILES_KEY=wrong)
    new = base64.b64encode(os.urandom(32)).decode()
    app = create_app(**settings, FILES_KEY=f"{new},{app.config['FILES_KEY']}")
    with app.app_context():
        assert storage.read(StoredFile.get())
        database.close()
    getattr(app.extensions["database"], "close_all", lambda: None)()


def test_two_workers_that_end_the_same_signing_do_it_once(app, factory, submit, monkeypatch):
    """The second used to raise, which ended its sweep for good."""
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    Permohonan.update(state="signing", changed_at=now() - timedelta(minutes=6)).execute()
    check, ended = CHECKS["all_signed"], []

    def other_worker_is_quicker(move):
        CHECKS["all_signed"] = check
        ended.append(signing.finish_interrupted())
        check(move)

    monkeypatch.setitem(CHECKS, "all_signed", other_worker_is_quicker)
    assert (signing.finish_interrupted(), ended) == (0, [1])
    assert Permohonan.get_by_id(permohonan.id).state == "awaiting_tte"


def test_no_two_seals_bind_the_same_events(app):
    """Two workers on PostgreSQL could, and the ledger would have called itself forged."""
    Seal.create(since=1, until=5, previous="0" * 64, hash="1" * 64)
    with pytest.raises(pw.IntegrityError):
        Seal.create(since=1, until=6, previous="0" * 64, hash="2" * 64)


def test_a_file_taken_away_in_the_moment_of_sending_keeps_the_application_from_being_sent(app, factory, monkeypatch):
    permohonan = factory.begin()
    check = CHECKS["draft_is_complete"]

    def and_then_in_another_tab(move):
        check(move)
        attachments.detach(move.permohonan, DraftFile.get(DraftFile.requirement == "formulir").file.key)

    monkeypatch.setitem(CHECKS, "draft_is_complete", and_then_in_another_tab)
    with pytest.raises(Incomplete, match="Unggah"):
        perform(permohonan, "submit", factory.applicant, declaration=True)
    assert Permohonan.get().state == "draft" and InvariantChecker().all_violations() == []


def test_a_name_that_cannot_be_printed_ends_a_signing_with_a_sentence(factory, submit):
    """It used to break the request and leave the application in the middle of being signed, each time anew."""
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    for document in Document.select():
        blocks = [*document.data["blocks"], {"kind": "text", "text": "Anak dari 張", "style": "plain"}]
        Document.update(data=document.data | {"blocks": blocks}).where(Document.id == document.id).execute()
    with pytest.raises(NotAllowed, match="belum bisa dicetak"):
        factory.perform(permohonan, "approve_tte", "kadis")
    assert Permohonan.get().state == "awaiting_tte"


def test_a_signing_service_that_is_away_costs_no_guesses(app, factory, submit):
    """Only wrong passphrases are counted; an outage must not keep the Kadis out for a quarter of an hour more."""
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    app.config["TTE_URL"] = "elsewhere:"
    for _ in range(rate_limits.MAX_ATTEMPTS + 2):
        with pytest.raises(NotAllowed, match="coba lagi nanti"):
            factory.perform(permohonan, "approve_tte", "kadis")
    app.config["TTE_URL"] = "local:"
    assert factory.perform(permohonan, "approve_tte", "kadis").state == "signed"


def test_what_was_signed_in_an_earlier_round_is_worth_nothing_once_a_new_one_begins(factory, submit):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    permohonan = factory.perform(permohonan, "approve_tte", "kadis")
    # as after a bundle that was signed by half:
    Permohonan.update(state="awaiting_tte").where(Permohonan.id == permohonan.id).execute()
    permohonan = factory.perform(Permohonan.get(), "return_to_operator", "kabid")
    factory.perform(permohonan, "submit_draft", "siak_operator")
    assert all((document.round == 2) == (document.revoked_at is None) for document in Document.select())
