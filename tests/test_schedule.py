"""What time does by itself: who is reminded, what lapses, what is forgotten."""

from datetime import timedelta

import pytest

import chores
from lib.database import now
from models import Event, Outbox, Permohonan
from tests.race import before_next_transaction

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the same statements on both


def reminded():
    """The applications to whose applicants a reminder was promised, by their ids."""
    rows = Outbox.select().where(Outbox.job == "tell")
    return {row.event.permohonan_id for row in rows if row.payload.get("reminder")}


def test_nobody_is_reminded_of_what_does_not_wait_for_its_applicant(world, submit):
    draft, ready = world.begin(), world.walk(submit(), "ready")
    incomplete = world.act(submit("AK-MATI"), "mark_incomplete", "admin")
    recording = world.act(world.act(submit("KTP-HILANG"), "send_to_siak", "admin"), "ask_recording", "siak_operator")
    Permohonan.update(lapses_at=now() + timedelta(days=5)).execute()
    chores.run_all()
    assert reminded() == {incomplete.id, recording.id}
    assert [Permohonan.get_by_id(one.id).reminded for one in (draft, ready, incomplete, recording)] == [0, 0, 1, 1]


@pytest.fixture
def nearly_closed(world, submit, at_time):
    """An application that waits for its applicant and lapses in five days."""
    at_time(2026, 11, 23, 10, 0)
    permohonan = world.act(submit(), "mark_incomplete", "admin")
    Permohonan.update(lapses_at=now() + timedelta(days=5)).where(Permohonan.id == permohonan.id).execute()
    return Permohonan.get_by_id(permohonan.id)


def test_nobody_is_reminded_of_what_moved_on_in_the_same_moment(app, world, nearly_closed):
    before_next_transaction(app, lambda: world.act(nearly_closed, "withdraw", "applicant"))
    chores._send_reminders()
    assert reminded() == set() and Permohonan.get().reminded == 0


def test_two_workers_remind_once(app, nearly_closed):
    before_next_transaction(app, chores._send_reminders)
    chores._send_reminders()
    promised = [row.payload["channel"] for row in Outbox.select() if row.payload.get("reminder")]
    assert sorted(promised) == ["email", "inbox"] and Permohonan.get().reminded == 1


def test_nothing_lapses_before_its_time(nearly_closed, at_time):
    at_time(2026, 11, 28, 10, 0)
    chores.run_all()
    assert Permohonan.get().state == "incomplete"
    at_time(2026, 11, 28, 10, 1)
    chores.run_all()
    assert Permohonan.get().state == "cancelled"


def test_what_moves_on_in_the_moment_of_its_lapse_keeps_no_other_from_lapsing(
    app, world, submit, nearly_closed, at_time
):
    other = world.act(submit("AK-MATI"), "mark_incomplete", "admin")
    Permohonan.update(lapses_at=now()).execute()
    at_time(2026, 11, 23, 10, 1)
    before_next_transaction(app, lambda: world.act(nearly_closed, "withdraw", "applicant"))
    chores._expire()
    assert Event.get(Event.action == "withdraw").permohonan_id == nearly_closed.id
    assert Event.get(Event.action == "expire").permohonan_id == other.id
