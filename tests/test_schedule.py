"""What time does by itself: who is reminded, what lapses, what is forgotten."""

from datetime import timedelta

import pytest

import chores
from models import Outbox, Permohonan, now

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
    chores.housekeep()
    assert reminded() == {incomplete.id, recording.id}
    assert [Permohonan.get_by_id(one.id).reminded for one in (draft, ready, incomplete, recording)] == [0, 0, 1, 1]
