"""Outbox: every row is run, once where that is possible, again after a failure, and none is lost."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

import notify
from documents import signing
from documents.tte.verify import verify
from jobs import outbox, schedule
from lib.database import database, now
from models import Notice, Outbox, Permohonan
from tests import machine


@pytest.fixture
def post(app):
    """A real mail server; the app sends to it."""
    with machine.smtp() as receiver:
        app.config["SMTP_URL"] = receiver.url
        yield receiver


def _states():
    return sorted({row.state for row in Outbox.select()})


def test_the_signed_pdf_goes_by_itself_to_the_applicants_address(post, factory, submit):
    permohonan = factory.advance_to(submit(), "signed")
    outbox.drain()
    letter = next(one for one in post.letters if "terbit" in one.message["Subject"])
    assert letter.recipients == ["pemohon@aku.example"]
    (part,) = list(letter.message.iter_attachments())
    pdf = part.get_content()
    assert part.get_filename() == f"{permohonan.number}-akta.pdf"
    assert verify(pdf, signing.trusted_roots()).valid
    assert _states() == ["done"]


def test_no_nik_and_no_reason_stands_in_a_subject(post, factory, submit):
    factory.perform(submit(), "mark_incomplete", "admin")
    outbox.drain(early=True)
    subjects = " ".join(one.message["Subject"] for one in post.letters)
    assert "5108" not in subjects and "Buram" not in subjects
    assert any("Surat keterangan" in one.message.get_body().get_content() for one in post.letters)


def test_without_a_mail_server_letters_lie_in_the_instance_folder(app, submit):
    submit()
    outbox.drain()
    (letter,) = (app.config["INSTANCE_DIR"] / "mail").glob("*.eml")
    assert b"AKU-" in letter.read_bytes()


def test_staff_find_it_in_the_inbox_of_their_role_once(factory, submit):
    submit()
    outbox.drain()
    Outbox.update(state="waiting").execute()
    outbox.drain()
    assert [(one.role, one.user_id) for one in Notice.select().order_by(Notice.role)] == [
        ("", factory.applicant.id),
        ("admin", None),
    ]


def test_a_refused_address_fails_for_good_and_says_so(post, submit):
    post.refuse()
    submit()
    outbox.drain()
    row = Outbox.get(Outbox.state == "failed")
    assert row.attempts == 1 and "550" in row.error and "pemohon" not in row.error


def test_a_greylisted_mail_is_tried_again_and_arrives_once(post, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    post.greylist()
    submit()
    outbox.drain()
    row = Outbox.get(Outbox.state == "waiting")
    assert "451" in row.error and row.run_after == now() + timedelta(minutes=1)
    set_clock(2026, 11, 23, 10, 2)
    outbox.drain()
    assert len(post.letters) == 1 and _states() == ["done"]


def test_a_mail_server_that_hangs_up_after_taking_the_mail_gets_the_same_message_id_again(post, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    post.drop_after_data()
    submit()
    outbox.drain()
    set_clock(2026, 11, 23, 10, 2)
    outbox.drain()
    ids = [one.message["Message-ID"] for one in post.letters]
    assert len(ids) == 2 and len(set(ids)) == 1
    assert _states() == ["done"]


def test_a_mail_server_that_is_gone_is_waited_for_up_to_three_days(app, submit, set_clock):
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    set_clock(2026, 11, 23, 10, 0)
    submit()
    outbox.drain()
    assert Outbox.select().where(Outbox.state == "waiting").count() == 1
    set_clock(2026, 11, 26, 10, 1)
    outbox.drain()
    assert Outbox.select().where(Outbox.state == "failed").count() == 1


def test_what_breaks_unexpectedly_stands_on_the_row_and_is_tried_again(app, submit, monkeypatch):
    submit()

    def broken(row):
        raise KeyError("5108990101909001")

    monkeypatch.setitem(outbox.JOBS, "tell", broken)
    outbox.drain()
    rows = list(Outbox.select())
    assert {row.state for row in rows} == {"waiting"} and {row.error for row in rows} == {"KeyError"}


def test_a_row_whose_worker_died_is_taken_up_when_its_lease_ends(app, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    submit()
    taken = outbox._lease(outbox._due())
    assert taken.state == "running"
    outbox.drain()
    assert Outbox.get_by_id(taken.id).state == "running"
    set_clock(2026, 11, 23, 10, 6)
    outbox.drain()
    assert _states() == ["done"]


def test_two_workers_never_do_the_same_row(app, submit, post):
    import threading

    for _ in range(5):
        submit()
        Permohonan.update(state="completed").execute()

    def work():
        with app.app_context(), database.connection_context():
            outbox.drain()

    crew = [threading.Thread(target=work) for _ in range(4)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert _states() == ["done"] and {row.attempts for row in Outbox.select()} == {1}
    assert len(post.letters) == 5


WORKS = """
from app import create_app
from jobs import outbox, worker
app = create_app(**SETTINGS)
with app.app_context():
    outbox.SWEEP_EVERY = 3600.0  # RQ alone
    outbox.drain = lambda: 0
    worker.work()
"""


@pytest.fixture
def rq_worker(app, tmp_path):
    """A function that starts a worker process that hears only RQ."""
    app.config["REDIS_URL"] = machine.valkey()
    Redis.from_url(app.config["REDIS_URL"]).flushall()
    processes = []

    def start():
        names = ("INSTANCE_DIR", "DATABASE_URL", "ARGON2_COST", "REDIS_URL")
        settings = {name: str(app.config[name]) for name in names}
        script = tmp_path / "background.py"
        script.write_text(WORKS.replace("SETTINGS", repr(settings)))
        env = os.environ | {"PYTHONPATH": os.getcwd() + os.pathsep + os.environ.get("PYTHONPATH", "")}
        processes.append(subprocess.Popen([sys.executable, str(script)], env=env))

    yield start
    for process in processes:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _wait(condition, seconds=90):
    until = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_a_press_wakes_the_worker_through_rq(rq_worker, submit):
    rq_worker()
    submit()
    assert _wait(lambda: _states() == ["done"])


def test_the_queue_runs_nothing_but_our_own_job(app, rq_worker, tmp_path):
    """A job naming os.system in Valkey stays words (rq#2191)."""
    redis = Redis.from_url(app.config["REDIS_URL"])
    trace = tmp_path / "trace"
    queue = Queue(outbox.QUEUE, connection=redis, serializer=JSONSerializer)
    job = queue.enqueue("os.system", f"touch {trace}", failure_ttl=60)
    rq_worker()
    assert _wait(lambda: job.get_status(refresh=True) == "failed")
    assert not trace.exists()


def test_without_a_queue_server_a_press_is_quick_and_the_sweep_does_the_work(app, submit):
    app.config["REDIS_URL"] = "redis://127.0.0.1:9"
    begun = time.monotonic()
    submit()
    assert time.monotonic() - begun < 15  # who tries again and again takes longer
    outbox.drain()
    assert _states() == ["done"]


def test_a_queue_server_that_never_answers_is_waited_for_once_not_by_every_press(app, submit):
    submit()
    promised = [row.id for row in Outbox.select()]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app.config["REDIS_URL"] = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        for _ in range(3):
            outbox.enqueue(*promised)
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
    outbox.drain()
    assert _states() == ["done"]


def test_messages_render_from_their_event_not_from_the_state_of_today(post, factory, submit):
    permohonan = submit()
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    factory.attach(permohonan, "surat_lahir")
    from casework.transitions import perform

    perform(permohonan, "resubmit", factory.applicant)
    outbox.drain(early=True)
    texts = [one.message.get_body().get_content() for one in post.letters]
    assert any("Surat keterangan" in text and "lengkapi ini dulu" in text for text in texts)


def test_a_failure_names_no_address(app):
    with pytest.raises(notify.DeliveryFailed) as failed:
        app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
        row = Outbox(id=1, job="tell", created_at=now())
        notify.send(notify.Message("email", row, "Judul", "Isi", to="pemohon@aku.example"))
    assert "pemohon" not in str(failed.value)


def test_two_reminders_come_before_an_incomplete_application_is_closed(post, factory, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    factory.perform(submit(), "mark_incomplete", "admin")
    for day in ((2026, 12, 17, 9, 0), (2026, 12, 22, 9, 0), (2026, 12, 22, 9, 5)):
        set_clock(*day)
        schedule.run_all()
    set_clock(2026, 12, 24, 9, 0)
    schedule.run_all()
    assert Permohonan.get().state == "cancelled"
    outbox.drain()
    subjects = [one.message["Subject"] for one in post.letters]
    assert sum("masih menunggu" in one for one in subjects) == 2
    assert sum("ditutup" in one for one in subjects) == 1


def test_the_pauses_between_tries_grow_to_an_hour(app, submit, set_clock):
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    set_clock(2026, 11, 23, 10, 0)
    submit()
    pauses = []
    for _ in range(6):
        outbox.drain()
        row = Outbox.get(Outbox.state == "waiting")
        pauses.append((row.run_after - now()) // timedelta(minutes=1))
        app.config["CLOCK"] = lambda moment=row.run_after: moment
    assert pauses == [1, 5, 15, 60, 60, 60]


@pytest.mark.parametrize(
    "failure", [None, notify.DeliveryFailed("451", permanent=False), notify.DeliveryFailed("550", permanent=True)]
)
def test_a_worker_settles_no_row_whose_lease_another_has_by_now(app, submit, set_clock, monkeypatch, failure):
    set_clock(2026, 11, 23, 10, 0)
    submit()
    promised, others = Outbox.get(), []

    def take_too_long(row):
        set_clock(2026, 11, 23, 10, 6)
        others.append(outbox._lease(outbox._due() & (Outbox.id == row.id)))
        if failure:
            raise failure

    monkeypatch.setitem(outbox.JOBS, "tell", take_too_long)
    outbox.run(promised.id)
    row = Outbox.get_by_id(promised.id)
    assert (row.state, row.lease, row.leased_until) == ("running", others[0].lease, others[0].leased_until)


@pytest.fixture
def jobs(monkeypatch):
    """The ids of the rows whose job was run, in their order; the job itself is of no account."""
    done = []
    monkeypatch.setitem(outbox.JOBS, "tell", lambda row: done.append(row.id))
    return done


def test_a_wake_up_runs_its_own_row_and_only_when_that_is_due(submit, set_clock, jobs):
    set_clock(2026, 11, 23, 10, 0)
    submit()
    first, second, *_ = Outbox.select().order_by(Outbox.id)
    Outbox.update(run_after=now() + timedelta(minutes=1)).where(Outbox.id == first.id).execute()
    outbox.run(first.id)
    assert jobs == []
    outbox.run(second.id)
    outbox.run(second.id)
    assert jobs == [second.id]


def test_the_longest_due_is_run_first_and_no_more_than_asked_for(submit, jobs):
    submit()
    rows = list(Outbox.select().order_by(Outbox.id))
    for age, row in enumerate(rows, 1):
        Outbox.update(run_after=now() - timedelta(hours=age)).where(Outbox.id == row.id).execute()
    left_behind = Outbox.update(state="running", leased_until=now() - timedelta(minutes=1))
    left_behind.where(Outbox.id == rows[-1].id).execute()
    assert outbox.drain(at_most=2) == 2
    assert jobs == [row.id for row in rows[::-1][:2]]


def test_only_what_failed_is_tried_again_at_an_officers_wish_and_has_three_days_anew(app, submit, set_clock):
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    set_clock(2026, 11, 23, 10, 0)
    submit()
    outbox.drain()
    set_clock(2026, 11, 27, 10, 0)
    outbox.drain()
    failed = Outbox.get(Outbox.state == "failed")
    outbox.retry(failed)
    outbox.drain()
    assert Outbox.get_by_id(failed.id).state == "waiting", "the server may come back: three days from now on"
    done = Outbox.get(Outbox.state == "done")
    outbox.retry(done)
    assert Outbox.get_by_id(done.id).state == "done"


def test_what_arrives_in_the_end_keeps_no_error(post, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    post.greylist()
    submit()
    outbox.drain()
    set_clock(2026, 11, 23, 10, 2)
    outbox.drain()
    assert {(row.state, row.error) for row in Outbox.select()} == {("done", "")}
