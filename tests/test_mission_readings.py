"""How this project reads what the source leaves open: MISSION.md's readings 1 to 12, each as it must behave."""

from datetime import timedelta

import pytest

import office
import workflow
from casework import timeline
from intake import submission
from jobs import outbox, schedule
from lib.database import local, now
from models import Document, Handover, Office, Outbox, Permohonan
from workflow import NotAllowed, perform


def test_reading_1_incomplete_loses_nothing_and_is_closed_after_thirty_days(factory, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    number = permohonan.number
    assert "lengkapi sebelum Rabu, 23 Desember 2026" in timeline.status_summary(permohonan).label
    assert [fault.label for fault in timeline.open_deficiencies(permohonan)] == ["Surat keterangan kelahiran"]
    set_clock(2026, 12, 24, 0, 0)
    schedule.run_all()
    assert (Permohonan.get().state, Permohonan.get().number) == ("cancelled", number)


def test_reading_2_what_siak_holds_invalid_the_admin_cancels_and_explains(factory, submit):
    permohonan = factory.advance_to(submit(), "siak_entry")
    perform(permohonan, "report_invalid", factory.staff["siak_operator"], reason="Tanggal lahir ibu berbeda.")
    with pytest.raises(NotAllowed):
        perform(permohonan, "cancel", factory.staff["siak_operator"], reason="x")
    perform(permohonan, "cancel", factory.staff["admin"], reason="Perbaiki dulu tanggal lahir ibu di loket.")
    line = timeline.timeline(Permohonan.get())[-1]
    assert line.reason == "Perbaiki dulu tanggal lahir ibu di loket."


def test_reading_3_refused_by_the_kadis_goes_back_for_repair_and_the_admin_may_cancel_it(factory, submit):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    perform(permohonan, "reject_tte", factory.staff["kadis"], reason="Nama ibu salah eja.")
    permohonan = Permohonan.get()
    assert permohonan.state == "revision"
    assert timeline.timeline(permohonan)[-1].label == "Tidak disetujui – dibatalkan untuk diperbaiki"
    assert factory.perform(permohonan, "cancel", "admin").state == "cancelled"


def test_reading_4_the_clock_ends_when_it_is_ready(factory, submit):
    permohonan = factory.advance_to(submit(), "printed")
    assert timeline.time_left(permohonan, office.calendar())[0]
    assert timeline.time_left(factory.perform(permohonan, "assign_queue_number", "admin"), office.calendar())[0] == ""


def test_reading_6_the_manual_way_through_siak_needs_nothing_but_a_person(app, factory, submit):
    assert app.config["SIAK_URL"] == "manual:"
    assert factory.advance_to(submit(), "adb_review").state == "adb_review"


def test_reading_7_the_offices_certificate_signs_behind_the_same_interface_as_every_other_way(app, factory, submit):
    assert app.config["TTE_URL"] == "local:"
    factory.advance_to(submit(), "signed")
    assert Document.get().certificate_serial and Document.get().signer == factory.staff["kadis"].name


def test_reading_8_a_pickup_number_is_unique_for_place_and_day_and_given_with_both(factory, submit):
    first, second = factory.advance_to(submit(), "ready"), factory.advance_to(submit(), "ready")
    assert (first.pickup_on, first.pickup_number) != (second.pickup_on, second.pickup_number)
    assert first.pickup_office == Office.get(Office.kind == "dinas")
    assert office.calendar(first.pickup_office).on(first.pickup_on)


def test_reading_9_on_the_counter_track_the_operator_is_told_of_everything_too(factory, submit):
    permohonan = submit(track="counter")
    factory.perform(permohonan, "mark_incomplete", "admin")
    outbox.drain(early=True)
    told = {(row.payload["audience"], row.payload["channel"]) for row in Outbox.select()}
    assert ("counter", "inbox") in told
    assert permohonan.owner_id is None and permohonan.helper == factory.staff["counter_operator"]
    assert {row.state for row in Outbox.select()} == {"done"}


def test_reading_10_pickup_hours_are_every_places_default_and_a_counter_sets_its_own(app):
    place = Office.get(Office.code == "51.08.06.2004")
    assert office.hours_in_words(office.calendar(place)) == office.hours_in_words(office.calendar())
    place.hours = {"0": ["09:00", "12:00"]}
    assert office.hours_in_words(office.calendar(place)) == [["Senin", "09.00–12.00"]]


def test_reading_11_cards_have_no_pdf_and_no_signature_and_are_always_fetched(factory, submit):
    permohonan = factory.advance_to(submit("KTP-HILANG"), "siak_entry")
    tomorrow = (local() + timedelta(days=1)).date()
    day = tomorrow if office.calendar().on(tomorrow) else office.calendar().next_open(tomorrow)
    perform(permohonan, "ask_recording", factory.staff["siak_operator"], place="Kantor Dinas", date=day)
    permohonan = Permohonan.get()
    assert "Kantor Dinas" in timeline.status_summary(permohonan).label and permohonan.paused_at
    permohonan = factory.perform(permohonan, "resume_entry", "siak_operator")
    permohonan = factory.advance_to(factory.perform(permohonan, "submit_draft", "siak_operator"), "adb_review")
    for action, role in (("verify_adb", "adb"), ("verify_kabid", "kabid"), ("approve_tte", "kadis")):
        permohonan = factory.perform(permohonan, action, role)
    assert Document.get().file is None and permohonan.state == "signed"
    assert "keep_digital" not in {row.action for row in workflow.allowed(permohonan, factory.applicant)}


def test_a_card_waits_for_its_blank_and_goes_on_when_it_arrives(factory, submit):
    permohonan = factory.perform(factory.advance_to(submit("KTP-HILANG"), "signed"), "wait_for_blank", "production")
    assert timeline.status_summary(permohonan).label == "Disetujui – menunggu blangko kartu"
    assert factory.perform(permohonan, "blank_arrived", "system").state == "signed"


def test_the_counter_publishes_prints_numbers_and_hands_over_itself(factory, submit):
    """L-j … L-m."""
    permohonan = factory.advance_to(submit("AK-MATI", "counter"), "signed")
    permohonan = factory.perform(permohonan, "publish_to_counter", "production")
    permohonan = factory.perform(permohonan, "print_document", "counter_operator")
    assert Document.get(Document.kind == "card").received_at
    permohonan = factory.perform(permohonan, "assign_queue_number", "counter_operator")
    assert permohonan.pickup_office == permohonan.office
    permohonan = factory.perform(permohonan, "hand_over", "counter_operator")
    assert permohonan.state == "completed" and Handover.get().officer == factory.staff["counter_operator"]


def test_handing_over_is_never_refused_because_the_day_has_passed(factory, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    permohonan = factory.advance_to(submit(), "ready")
    set_clock(2026, 12, 15, 10, 0)
    assert factory.perform(permohonan, "hand_over", "pickup").state == "completed"


def test_what_is_not_fetched_for_thirty_days_is_set_aside_and_can_still_be_fetched(factory, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    factory.advance_to(submit(), "ready")
    set_clock(2026, 12, 24, 10, 0)
    schedule.run_all()
    permohonan = Permohonan.get()
    assert permohonan.state == "uncollected"
    assert factory.perform(permohonan, "hand_over", "pickup").state == "completed"
    assert submission.last_revision(permohonan) and permohonan.changed_at <= now()
