"""Inputs of transitions, validated on the server: deficiencies, days, documents, cards, signatures, words."""

from datetime import date, timedelta

import pytest

from casework.transitions import Incomplete, perform
from lib.database import local
from models import Office, Permohonan

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the checks ask the database little


@pytest.fixture
def refused(factory):
    """A function that performs an action as a role, which must be refused, and returns the sentences by their names."""

    def try_it(permohonan, action, role, **answers):
        with pytest.raises(Incomplete) as refusal:
            perform(permohonan, action, factory.staff[role], **answers)
        assert Permohonan.get_by_id(permohonan.id).state == permohonan.state
        return refusal.value.errors

    return try_it


def test_another_reason_than_those_listed_needs_words(refused, submit, factory):
    permohonan = submit()
    for text in ("", " \n\u200b"):
        faults = [{"key": "nama_anak", "reason": "lainnya", "text": text}]
        errors = refused(permohonan, "mark_incomplete", "admin", deficiencies=faults)
        assert errors == {"deficiencies-nama_anak-text": "Tulis alasannya."}
    faults[0]["text"] = "Berbeda dengan KK."
    perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=faults)
    assert Permohonan.get_by_id(permohonan.id).state == "incomplete"


RECORDING = {"place": "Kantor Dinas"}


@pytest.mark.parametrize(
    ("action", "role", "more"),
    [("ask_recording", "siak_operator", RECORDING), ("reschedule_pickup", "applicant", {})],
)
def test_a_day_lies_between_today_and_sixty_days_ahead(refused, submit, factory, set_clock, action, role, more):
    set_clock(2026, 11, 20, 9, 0)  # a Friday; the 60th day is a Tuesday
    permohonan = factory.advance_to(submit(), "siak_entry" if action == "ask_recording" else "ready")
    today = local().date()
    for days in (-1, 61):
        errors = refused(permohonan, action, role, date=str(today + timedelta(days=days)), **more)
        assert errors == {"date": "Pilih hari mulai hari ini sampai 60 hari ke depan."}
    for days in (60, 0):
        permohonan = factory.force_state(permohonan, "siak_entry" if action == "ask_recording" else "ready")
        perform(permohonan, action, factory.staff[role], date=str(today + timedelta(days=days)), **more)


def test_only_what_the_application_has_can_fall_short(refused, submit):
    faults = [
        {"key": "surat_lahir", "reason": "tidak_terbaca", "text": ""},
        {"key": "paspor", "reason": "tidak_terbaca", "text": ""},
    ]
    errors = refused(submit(), "mark_incomplete", "admin", deficiencies=faults)
    assert errors == {"deficiencies": "Pilih syarat atau isian dari daftar."}


def test_a_day_on_which_the_place_is_closed_names_the_next_that_is_open(refused, submit, factory, set_clock):
    set_clock(2026, 11, 20, 9, 0)
    permohonan = factory.advance_to(submit(), "ready")
    errors = refused(permohonan, "reschedule_pickup", "applicant", date="2026-11-22")
    assert errors == {"date": "Minggu, 22 November 2026 tutup. Hari buka berikutnya Senin, 23 November 2026."}


def test_a_pickup_keeps_to_the_days_of_its_own_place(submit, factory, set_clock):
    set_clock(2026, 11, 20, 9, 0)
    permohonan = factory.advance_to(submit(track="counter"), "signed")
    Office.update(hours={"5": ["08:00", "11:00"]}).where(Office.id == permohonan.office_id).execute()
    permohonan = factory.force_state(Permohonan.get_by_id(permohonan.id), "printed")
    perform(permohonan, "assign_queue_number", factory.staff["counter_operator"])
    assert Permohonan.get_by_id(permohonan.id).pickup_on == date(2026, 11, 21), "the Dinas is closed on a Saturday"


def test_only_a_card_of_the_application_waits_for_its_blank(refused, submit, factory):
    permohonan = factory.advance_to(submit("KTP-HILANG"), "signed")
    errors = refused(permohonan, "wait_for_blank", "production", card="kia")
    assert errors == {"card": "Pilih kartu dari daftar."}


@pytest.mark.parametrize(
    ("drawn", "sentence"),
    [
        ("[[]]", "Penerima belum menandatangani."),
        ("[[[1,1]]" + " " * 200_000 + "]", "Tanda tangan ini terlalu besar. Kosongkan, lalu tanda tangani lagi."),
        ("[[[1,1],[1,2001]]]", "Tanda tangan tidak terbaca. Kosongkan, lalu tanda tangani lagi."),
        ("[[],[]]", "Tanda tangan tidak terbaca. Kosongkan, lalu tanda tangani lagi."),
    ],
)
def test_what_is_no_signature_does_not_stand_for_one(refused, submit, factory, drawn, sentence):
    permohonan = factory.force_state(submit(), "ready")
    answers = factory.answers(permohonan, "hand_over") | {"signature": drawn}
    assert refused(permohonan, "hand_over", "pickup", **answers) == {"signature": sentence}
