"""Undoing a return or a cancellation: messages that wait, what is withdrawn, who is told, and who is quicker."""

import threading
from datetime import timedelta
from functools import partial

import pytest

import workflow
from casework import timeline, transitions
from jobs import outbox
from lib.database import database, now
from models import Draft, Event, Notice, Outbox, Permohonan, User
from notify.email import mail_folder
from workflow import NotAllowed, perform

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
TWO_MINUTES = timedelta(seconds=workflow.UNDO_SECONDS)


@pytest.fixture
def later(app):
    """A function that lets time pass."""
    passed = timedelta()

    def pass_by(span):
        nonlocal passed
        app.config["CLOCK"] = None
        passed += span
        begun = now()
        app.config["CLOCK"] = lambda: begun + passed

    yield pass_by
    app.config["CLOCK"] = None


def fresh(permohonan):
    return Permohonan.get_by_id(permohonan.id)


def mails():
    return sorted(mail_folder().glob("*.eml")) if mail_folder().exists() else []


def told_since(version):
    rows = Outbox.select().join(Event).where(Event.version > version, Outbox.state != "withdrawn")
    return sorted((row.event.action, row.payload["audience"], row.payload["channel"]) for row in rows)


RETURN, CANCEL = ("mark_incomplete", "undo_incomplete"), ("cancel", "undo_cancel")


@pytest.mark.parametrize(("action", "undo"), [RETURN, CANCEL])
def test_what_is_undone_within_two_minutes_leaves_no_trace_but_the_log_s(factory, submit, action, undo):
    permohonan = submit()
    outbox.drain()
    before, notices = len(mails()), Notice.select().count()
    permohonan = factory.perform(permohonan, action, "admin")
    assert outbox.drain() == 0, "its messages wait"
    permohonan = factory.perform(permohonan, undo, "admin")
    outbox.drain(early=True)
    assert (permohonan.state, told_since(1)) == ("submitted", [])
    assert (len(mails()), Notice.select().count()) == (before, notices)
    assert [line.event.action for line in timeline.timeline(permohonan)] == ["submit"]
    assert [line.event.action for line in timeline.timeline(permohonan, public=False)] == ["submit", action, undo]


@pytest.mark.parametrize(("action", "undo"), [RETURN, CANCEL])
def test_messages_of_what_stands_leave_after_two_minutes(factory, submit, later, action, undo):
    permohonan = submit()
    outbox.drain()
    before = len(mails())
    factory.perform(permohonan, action, "admin")
    later(TWO_MINUTES - timedelta(seconds=1))
    assert outbox.drain() == 0 and len(mails()) == before
    later(timedelta(seconds=1))
    assert outbox.drain() == 2 and len(mails()) == before + 1, "by e-mail and on the page"


def test_drain_sends_at_once_what_waits_for_an_undoing_but_retries_nothing_earlier(factory, submit):
    permohonan = submit()
    Outbox.update(attempts=1, run_after=now() + timedelta(hours=1)).execute()
    factory.perform(permohonan, "mark_incomplete", "admin")
    assert outbox.drain(early=True) == 2


def test_a_return_that_was_told_is_undone_with_a_message(factory, submit, later):
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    later(TWO_MINUTES)
    outbox.drain()
    permohonan = factory.perform(fresh(permohonan), "undo_incomplete", "admin")
    assert told_since(2) == [("undo_incomplete", "applicant", "email"), ("undo_incomplete", "applicant", "inbox")]
    assert [line.event.action for line in timeline.timeline(permohonan)] == [
        "submit", "mark_incomplete", "undo_incomplete"]  # fmt: skip
    assert outbox.drain() == 2
    assert "lanjut" in mails()[-1].read_text()


def test_half_told_is_told_and_the_other_half_is_withdrawn(factory, submit):
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    email = next(
        row for row in Outbox.select().join(Event).where(Event.version == 2) if row.payload["channel"] == "email"
    )
    Outbox.update(state="done").where(Outbox.id == email.id).execute()
    factory.perform(permohonan, "undo_incomplete", "admin")
    assert Outbox.select().join(Event).where(Event.version == 2, Outbox.state == "waiting").count() == 0
    assert len(told_since(2)) == 2


def test_a_message_that_a_worker_holds_is_sent_once_and_its_undoing_is_told(factory, submit, later):
    """Exactly one of both: what a worker has leased may be out, so that it is told, and it is never sent again."""
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    later(TWO_MINUTES)
    waiting = (Outbox.state == "waiting") & (Outbox.event == transitions.last_event(permohonan))
    held = outbox._lease(waiting)
    factory.perform(fresh(permohonan), "undo_incomplete", "admin")
    outbox._record_failure(held, "4xx", permanent=False)  # would have been tried again
    assert Outbox.get_by_id(held.id).state == "withdrawn"
    assert outbox._lease(waiting) is None
    assert len(told_since(2)) == 2


def test_the_clock_goes_on_as_if_it_had_not_stood(factory, submit, later):
    permohonan = submit()
    due = permohonan.due_at
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    assert permohonan.paused_at
    later(timedelta(days=9))
    permohonan = factory.perform(fresh(permohonan), "undo_incomplete", "admin")
    assert (permohonan.due_at, permohonan.paused_at, permohonan.lapses_at) == (due, None, None)


@pytest.mark.parametrize("source", workflow.CANCELLABLE)
def test_a_cancellation_is_undone_to_where_it_came_from_and_only_at_once(factory, submit, later, source):
    permohonan = {
        "submitted": lambda: submit(),
        "siak_entry": lambda: factory.advance_to(submit(), "siak_entry"),
        "siak_invalid": lambda: factory.perform(
            factory.advance_to(submit(), "siak_entry"), "report_invalid", "siak_operator"
        ),
        "revision": lambda: factory.perform(factory.advance_to(submit(), "adb_review"), "return_to_operator", "adb"),
    }[source]()
    permohonan = factory.perform(permohonan, "cancel", "admin")
    permohonan = factory.perform(permohonan, "undo_cancel", "admin")
    assert permohonan.state == source
    permohonan = factory.perform(permohonan, "cancel", "admin")
    later(TWO_MINUTES)
    assert not workflow.allowed(fresh(permohonan), factory.staff["admin"])
    with pytest.raises(NotAllowed, match="tidak dapat diurungkan lagi"):
        factory.perform(fresh(permohonan), "undo_cancel", "admin")


def test_what_the_applicant_withdrew_is_no_slip_of_the_admin(factory, submit):
    permohonan = factory.perform(submit(), "withdraw", "applicant")
    with pytest.raises(NotAllowed):
        factory.perform(permohonan, "undo_cancel", "admin")


def test_who_sends_again_and_who_undoes_at_once_one_wins(factory, submit):
    seen = factory.perform(submit(), "mark_incomplete", "admin")
    factory.attach(seen, "surat_lahir", b"another picture")
    stale = fresh(seen)
    factory.perform(seen, "resubmit", "applicant")
    with pytest.raises(transitions.AlreadyDone, match="dikirim ulang"):
        perform(stale, "undo_incomplete", factory.staff["admin"])


def test_what_was_corrected_meanwhile_is_told_and_waits_for_a_later_return(factory, submit):
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    factory.attach(permohonan, "surat_lahir", b"another picture")
    permohonan = factory.perform(permohonan, "undo_incomplete", "admin")
    assert len(told_since(2)) == 2, "who has begun to correct is told, although the message was withdrawn"
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    draft = Draft.get(Draft.permohonan == permohonan.id)
    files = [row.file.size for row in draft.files if row.requirement == "surat_lahir"]
    assert len(files) == 2, "the new one is still there"
    assert factory.perform(permohonan, "resubmit", "applicant").state == "submitted"


def test_a_correction_left_by_an_undone_return_is_not_open_at_a_recording(factory, submit, applicant_client):
    permohonan = factory.perform(submit("KTP-BARU"), "mark_incomplete", "admin")
    factory.attach(permohonan, "kk", b"another picture")
    for action, role in (("undo_incomplete", "admin"), ("send_to_siak", "admin"), ("ask_recording", "siak_operator")):
        permohonan = factory.perform(permohonan, action, role)
    assert Draft.select().where(Draft.permohonan == permohonan.id).exists()
    page = applicant_client.get(f"/permohonan/{permohonan.key}").text
    assert permohonan.state == "awaiting_recording" and "/perbaikan" not in page


def test_an_untouched_correction_is_gone_with_its_return(factory, submit):
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    factory.perform(permohonan, "undo_incomplete", "admin")
    assert Draft.select().count() == 0


def _at_once(app, *presses):
    """Run these at the same moment, each in a thread with a connection of its own."""
    gate, errors = threading.Barrier(len(presses)), []

    def run(press):
        with app.app_context(), database.connection_context():
            gate.wait()
            try:
                press()
            except NotAllowed as refused:
                errors.append(str(refused))

    crowd = [threading.Thread(target=run, args=(press,)) for press in presses]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return errors


def test_a_worker_and_an_undoing_at_once_are_never_both_silent_and_told(app, factory, submit):
    """Of each message exactly one: it was withdrawn before anybody saw it, or it is out and the undoing is told."""
    ends = set()
    for _ in range(6):
        permohonan = factory.perform(submit(), "mark_incomplete", "admin")
        event = transitions.last_event(permohonan)

        def undo(seen=permohonan):
            perform(fresh(seen), "undo_incomplete", User.get_by_id(factory.staff["admin"].id))

        assert _at_once(app, undo, partial(outbox.drain, early=True)) == []
        outbox.drain(early=True)
        told = {row.state for row in Outbox.select().where(Outbox.event == event)}
        apology = (
            Outbox.select().join(Event).where(Event.permohonan == permohonan.id, Event.version == event.version + 1)
        )
        notices = Notice.select().where(Notice.permohonan == permohonan.id, Notice.outbox.in_(event.promised))
        assert fresh(permohonan).state == "submitted" and not told & {"waiting", "running"}
        assert notices.count() == 0 or apology.count() == 2, "whoever read it is told"
        assert apology.count() or told == {"withdrawn"}
        ends.add(bool(apology.count()))
    assert ends


def test_sending_again_and_undoing_at_the_same_moment_has_one_winner(app, factory, submit):
    for _ in range(4):
        permohonan = factory.perform(submit(), "mark_incomplete", "admin")
        factory.attach(permohonan, "surat_lahir", f"another picture {permohonan.id}".encode())

        def press(action, person, seen=permohonan):
            perform(fresh(seen), action, User.get_by_id(person.id))

        refused = _at_once(
            app,
            partial(press, "undo_incomplete", factory.staff["admin"]),
            partial(press, "resubmit", factory.applicant),
        )
        assert len(refused) == 1 and fresh(permohonan).state == "submitted"
        actions = [event.action for event in permohonan.events.order_by(Event.version)]
        assert actions[:2] == ["submit", "mark_incomplete"] and len(actions) == 3
        won = actions[2] == "resubmit"
        assert Draft.select().where(Draft.permohonan == permohonan.id).exists() != won, "what was corrected is kept"
