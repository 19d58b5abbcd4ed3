"""Periodic tasks: reminders, expiry, cleanup."""

from datetime import timedelta

import pytest

from jobs import schedule
from lib.database import now
from models import Event, Outbox, Permohonan
from tests.helpers.race import before_next_transaction

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the same statements on both


def reminded():
    """The applications to whose applicants a reminder was promised, by their ids."""
    rows = Outbox.select().where(Outbox.job == "tell")
    return {row.event.permohonan_id for row in rows if row.payload.get("reminder")}


def test_nobody_is_reminded_of_what_does_not_wait_for_its_applicant(factory, submit):
    draft, ready = factory.begin(), factory.advance_to(submit(), "ready")
    incomplete = factory.perform(submit("AK-MATI"), "mark_incomplete", "admin")
    recording = factory.perform(
        factory.perform(submit("KTP-HILANG"), "send_to_siak", "admin"), "ask_recording", "siak_operator"
    )
    Permohonan.update(lapses_at=now() + timedelta(days=5)).execute()
    schedule.run_all()
    assert reminded() == {incomplete.id, recording.id}
    assert [Permohonan.get_by_id(one.id).reminded for one in (draft, ready, incomplete, recording)] == [0, 0, 1, 1]


@pytest.fixture
def nearly_closed(factory, submit, set_clock):
    """An application that waits for its applicant and lapses in five days."""
    set_clock(2026, 11, 23, 10, 0)
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    Permohonan.update(lapses_at=now() + timedelta(days=5)).where(Permohonan.id == permohonan.id).execute()
    return Permohonan.get_by_id(permohonan.id)


def test_nobody_is_reminded_of_what_moved_on_in_the_same_moment(app, factory, nearly_closed):
    before_next_transaction(app, lambda: factory.perform(nearly_closed, "withdraw", "applicant"))
    schedule._send_reminders()
    assert reminded() == set() and Permohonan.get().reminded == 0


def test_two_workers_remind_once(app, nearly_closed):
    before_next_transaction(app, schedule._send_reminders)
    schedule._send_reminders()
    promised = [row.payload["channel"] for row in Outbox.select() if row.payload.get("reminder")]
    assert sorted(promised) == ["email", "inbox"] and Permohonan.get().reminded == 1


def test_nothing_lapses_before_its_time(nearly_closed, set_clock):
    set_clock(2026, 11, 28, 10, 0)
    schedule.run_all()
    assert Permohonan.get().state == "incomplete"
    set_clock(2026, 11, 28, 10, 1)
    schedule.run_all()
    assert Permohonan.get().state == "cancelled"


def test_what_moves_on_in_the_moment_of_its_lapse_keeps_no_other_from_lapsing(
    app, factory, submit, nearly_closed, set_clock
):
    other = factory.perform(submit("AK-MATI"), "mark_incomplete", "admin")
    Permohonan.update(lapses_at=now()).execute()
    set_clock(2026, 11, 23, 10, 1)
    before_next_transaction(app, lambda: factory.perform(nearly_closed, "withdraw", "applicant"))
    schedule._expire()
    assert Event.get(Event.action == "withdraw").permohonan_id == nearly_closed.id
    assert Event.get(Event.action == "expire").permohonan_id == other.id
