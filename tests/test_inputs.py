"""What an action is answered with, checked on the server: deficiencies, days, documents, cards, signatures, words."""

from datetime import timedelta

import pytest

from models import Permohonan, local
from performing import Incomplete, perform

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the checks ask the database little


@pytest.fixture
def refused(world):
    """A function that performs an action as a role, which must be refused, and returns the sentences by their names."""

    def try_it(permohonan, action, role, **answers):
        with pytest.raises(Incomplete) as refusal:
            perform(permohonan, action, world.staff[role], **answers)
        assert Permohonan.get_by_id(permohonan.id).state == permohonan.state
        return refusal.value.errors

    return try_it


def test_another_reason_than_those_listed_needs_words(refused, submit, world):
    permohonan = submit()
    for text in ("", " \n\u200b"):
        faults = [{"key": "nama_anak", "reason": "lainnya", "text": text}]
        errors = refused(permohonan, "mark_incomplete", "admin", deficiencies=faults)
        assert errors == {"deficiencies-nama_anak-text": "Tulis alasannya."}
    faults[0]["text"] = "Berbeda dengan KK."
    perform(permohonan, "mark_incomplete", world.staff["admin"], deficiencies=faults)
    assert Permohonan.get_by_id(permohonan.id).state == "incomplete"


RECORDING = {"place": "Kantor Dinas"}


@pytest.mark.parametrize(
    ("action", "role", "more"),
    [("ask_recording", "siak_operator", RECORDING), ("reschedule_pickup", "applicant", {})],
)
def test_a_day_lies_between_today_and_sixty_days_ahead(refused, submit, world, at_time, action, role, more):
    at_time(2026, 11, 20, 9, 0)  # a Friday; the 60th day is a Tuesday
    permohonan = world.walk(submit(), "siak_entry" if action == "ask_recording" else "ready")
    today = local().date()
    for days in (-1, 61):
        errors = refused(permohonan, action, role, date=str(today + timedelta(days=days)), **more)
        assert errors == {"date": "Pilih hari mulai hari ini sampai 60 hari ke depan."}
    for days in (60, 0):
        permohonan = world.put(permohonan, "siak_entry" if action == "ask_recording" else "ready")
        perform(permohonan, action, world.staff[role], date=str(today + timedelta(days=days)), **more)
