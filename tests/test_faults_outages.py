"""Outages: the database is locked or gone, the disk is full; nothing is half done, and the page says what to do."""

import os
import resource
import sqlite3
import subprocess
import threading
import time
from contextlib import contextmanager, suppress

import peewee as pw
import psycopg
import pytest

from admin_views.queue import export
from casework import transitions
from models import Permohonan, StoredFile
from tests.helpers.factory import OfficeFactory
from tests.helpers.invariants import InvariantChecker
from tests.helpers.public_client import PublicClient, jpeg_upload
from tests.helpers.staff_client import TOKEN, sign_in_officer
from workflow import NotAllowed

pytestmark = pytest.mark.faults
BUSY, FULL = "Coba lagi sebentar lagi", "Penyimpanan kami sedang penuh"


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
    """From now on it waits a third of a second for a lock, not ten."""
    database = app.extensions["database"]
    if isinstance(database, pw.SqliteDatabase):
        database.pragma("busy_timeout", 300, permanent=True)
    else:
        database.connect_params["options"] = "-c lock_timeout=300ms"
        database.close_all()


def test_a_press_waits_for_a_lock_that_is_soon_given_back(app, submit):
    permohonan, admin, answers = submit(), sign_in_officer(app, "admin"), []
    pressing = threading.Thread(target=lambda: answers.append(admin.press("pemeriksaan", "send_to_siak", permohonan)))
    with locked(app, permohonan):
        pressing.start()
        time.sleep(1)
        assert Permohonan.get().state == "submitted" and not answers
    pressing.join()
    assert answers[0].status_code == 303 and Permohonan.get().state == "siak_entry"


def test_a_press_that_waited_too_long_is_told_to_try_again_and_nothing_is_half_done(app, submit):
    permohonan, admin = submit(), sign_in_officer(app, "admin")
    _impatient(app)
    with locked(app, permohonan):
        answer = admin.press("pemeriksaan", "send_to_siak", permohonan)
    assert answer.status_code == 503 and BUSY in answer.text and answer.headers["Retry-After"]
    assert Permohonan.get().state == "submitted" and InvariantChecker().all_violations() == []
    assert admin.press("pemeriksaan", "send_to_siak", permohonan).status_code == 303
    assert Permohonan.get().state == "siak_entry" and InvariantChecker().all_violations() == []


def test_nobody_reads_personal_data_while_it_cannot_be_noted_who_does(app, submit):
    """A standby, or a full disk: the list works, the application is told to be busy; on PostgreSQL it was an error."""
    permohonan, admin, database = submit(), sign_in_officer(app, "admin"), app.extensions["database"]
    if isinstance(database, pw.SqliteDatabase):
        database.pragma("query_only", 1, permanent=True)
    else:
        database.connect_params["options"] = "-c default_transaction_read_only=on"
        database.close_all()
    assert admin.get("/petugas/pemeriksaan/").status_code == 200
    for path in (
        f"/petugas/pemeriksaan/details/?id={permohonan.key}",
        f"/petugas/permohonan/{permohonan.key}/slip.pdf",
    ):
        answer = admin.get(path)
        assert answer.status_code == 503 and BUSY in answer.text and permohonan.number not in answer.text, path


def test_when_every_connection_is_lent_one_waits_and_is_then_told_to_try_again(app, submit):
    permohonan, admin, database = submit(), sign_in_officer(app, "admin"), app.extensions["database"]
    database.close()
    database.close_idle()
    database._max_connections, database._wait_timeout = 1, 0.5
    taken, free = threading.Event(), threading.Event()

    def hold(seconds=None):
        with app.app_context(), database.connection_context():
            taken.set()
            free.wait(seconds)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    for path in ("/", "/lacak", "/petugas/pemeriksaan/"):
        answer = admin.client.get(path)
        assert answer.status_code == 503 and BUSY in answer.text, path
    free.set()
    holder.join()
    assert admin.get(f"/petugas/pemeriksaan/details/?id={permohonan.key}").status_code == 200
    database.close()
    assert not database._in_use


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_connections_that_the_server_closed_are_replaced_and_nobody_notices(app, database_kind):
    admin = sign_in_officer(app, "admin")
    app.extensions["database"].close()
    with psycopg.connect(app.config["DATABASE_URL"]) as other:
        mine = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
        assert other.execute(f"{mine} AND pid <> pg_backend_pid()").fetchall()
    assert admin.get("/petugas/pemeriksaan/").status_code == 200


def test_a_reader_who_leaves_in_the_middle_of_a_list_gives_the_connection_back(app, submit, monkeypatch):
    for _ in range(3):
        submit("KTP-HILANG")
    monkeypatch.setattr(export, "CHUNK", 1)
    monkeypatch.setattr(export, "HEADINGS", ("x" * 33_000,))
    auditor, database, left = sign_in_officer(app, "auditor"), app.extensions["database"], []
    token = TOKEN.search(auditor.text("/petugas/permohonan/"))[1]

    def leave():
        form = {"format": "csv", "csrf_token": token}
        answer = auditor.client.post("/petugas/permohonan/ekspor/", data=form, buffered=False)
        next(answer.iter_encoded())
        answer.close()
        left.append((answer.status_code, database.is_closed()))

    reading = threading.Thread(target=leave)
    reading.start()
    reading.join()
    assert left == [(200, True)]


def test_a_database_that_is_gone_is_said_in_a_sentence_and_missed_only_while_it_is_gone(make_app):
    app = make_app(DATABASE_URL="postgresql://postgres@127.0.0.1:9/nothing")
    for path in ("/", "/petugas/", "/lacak", "/permohonan/"):
        answer = app.test_client().get(path)
        assert answer.status_code == 503 and BUSY in answer.text, path
    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().get("/readyz").json == {"down": ["database"]}


class Disk:
    """A small disk (as root), or a limit on the size of files; both can be full for a while."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
        self.mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0

    @contextmanager
    def full(self, left=0):
        """Nothing more can be written than `left` bytes."""
        if not self.mounted:
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
            try:
                yield
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            return
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        os.truncate(filler, max(0, filler.stat().st_size - left))
        try:
            yield
        finally:
            filler.unlink()

    def end(self):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path):
    disk = Disk(tmp_path / "disk")
    yield disk
    disk.end()


def test_a_full_disk_keeps_no_half_upload_and_says_so(make_app, disk):
    app = make_app(STORAGE_URL=disk.folder.as_uri())
    with app.app_context():
        permohonan, visitor = OfficeFactory().begin(), PublicClient(app)
        visitor.sign_in()
        before, page = StoredFile.select().count(), f"/permohonan/{permohonan.key}/unggahan"
        with disk.full():
            answer = visitor.post(page, {"upload-surat_lahir": jpeg_upload()}, content_type="multipart/form-data")
        assert answer.status_code == 422 and FULL in answer.text
        assert StoredFile.select().count() == before == len(list(disk.folder.glob("??/*")))
        assert visitor.post(page, {"upload-surat_lahir": jpeg_upload(), "stay": "isi"}).status_code == 303
        assert StoredFile.select().count() == before + 1 and InvariantChecker().all_violations() == []


def test_a_full_disk_signs_nothing_and_hands_nothing_over(make_app, disk, database_kind):
    if database_kind == "sqlite" and not disk.mounted:
        pytest.skip("without root the limit that stands for a full disk would hit the database file too")
    app = make_app(STORAGE_URL=disk.folder.as_uri())
    with app.app_context():
        factory = OfficeFactory()
        waiting, ready = (
            factory.advance_to(factory.submit(), "awaiting_tte"),
            factory.advance_to(factory.submit("KTP-HILANG"), "ready"),
        )
        with disk.full():
            with pytest.raises(NotAllowed, match=FULL):
                factory.perform(waiting, "approve_tte", "kadis")
            with pytest.raises(transitions.Incomplete, match=FULL):
                factory.perform(ready, "hand_over", "pickup")
        waiting, ready = (Permohonan.get_by_id(one.id) for one in (waiting, ready))
        assert (waiting.state, ready.state) == ("awaiting_tte", "ready") and InvariantChecker().all_violations() == []
        assert factory.perform(waiting, "approve_tte", "kadis").state == "signed"
        assert (
            factory.perform(ready, "hand_over", "pickup").state == "completed"
            and InvariantChecker().all_violations() == []
        )


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("left", [0, 8_192, 16_384, 32_768, 65_536])
def test_a_full_disk_under_the_database_leaves_nothing_half_done(make_app, disk, tmp_path, left):
    source, copy = sqlite3.connect(tmp_path / "instance" / "aku.db"), sqlite3.connect(disk.folder / "aku.db")
    source.backup(copy)
    source.close()
    copy.close()
    app = make_app(DATABASE_URL=f"sqlite:///{disk.folder / 'aku.db'}")
    with app.app_context():
        permohonan, admin = OfficeFactory().submit(), sign_in_officer(app, "admin")
        with disk.full(left):
            code = admin.press("pemeriksaan", "send_to_siak", permohonan).status_code
        assert code in (303, 503)
        assert Permohonan.get().state == ("siak_entry" if code == 303 else "submitted")
        assert InvariantChecker().all_violations() == []
        admin.press("pemeriksaan", "send_to_siak", Permohonan.get())
        assert Permohonan.get().state == "siak_entry" and InvariantChecker().all_violations() == []
