"""How this project reads what the source leaves open: MISSION.md's readings 1 to 12, each as it must behave."""

from datetime import timedelta

import pytest

import chores
import history
import office
import outbox
import workflow
from intake import submitting
from lib.database import local, now
from models import Document, Handover, Office, Outbox, Permohonan
from workflow import NotAllowed, perform


def test_reading_1_incomplete_loses_nothing_and_is_closed_after_thirty_days(world, submit, at_time):
    at_time(2026, 11, 23, 10, 0)
    permohonan = world.act(submit(), "mark_incomplete", "admin")
    number = permohonan.number
    assert "lengkapi berkas sebelum Rabu, 23 Desember 2026" in history.status_summary(permohonan).label
    assert [fault.label for fault in history.open_deficiencies(permohonan)] == ["Surat keterangan kelahiran"]
    at_time(2026, 12, 24, 0, 0)
    chores.run_all()
    assert (Permohonan.get().state, Permohonan.get().number) == ("cancelled", number)


def test_reading_2_what_siak_holds_invalid_the_admin_cancels_and_explains(world, submit):
    permohonan = world.walk(submit(), "siak_entry")
    perform(permohonan, "report_invalid", world.staff["siak_operator"], reason="Tanggal lahir ibu berbeda.")
    with pytest.raises(NotAllowed):
        perform(permohonan, "cancel", world.staff["siak_operator"], reason="x")
    perform(permohonan, "cancel", world.staff["admin"], reason="Perbaiki dulu tanggal lahir ibu di loket.")
    line = history.timeline(Permohonan.get())[-1]
    assert line.reason == "Perbaiki dulu tanggal lahir ibu di loket."


def test_reading_3_refused_by_the_kadis_goes_back_for_repair_and_the_admin_may_cancel_it(world, submit):
    permohonan = world.walk(submit(), "awaiting_tte")
    perform(permohonan, "reject_tte", world.staff["kadis"], reason="Nama ibu salah eja.")
    permohonan = Permohonan.get()
    assert permohonan.state == "revision"
    assert history.timeline(permohonan)[-1].label == "Tidak disetujui – dibatalkan untuk diperbaiki"
    assert world.act(permohonan, "cancel", "admin").state == "cancelled"


def test_reading_4_the_clock_ends_when_it_is_ready(world, submit):
    permohonan = world.walk(submit(), "printed")
    assert history.time_left(permohonan, office.calendar())[0]
    assert history.time_left(world.act(permohonan, "assign_queue_number", "admin"), office.calendar())[0] == ""


def test_reading_6_the_manual_way_through_siak_needs_nothing_but_a_person(app, world, submit):
    assert app.config["SIAK_URL"] == "manual:"
    assert world.walk(submit(), "adb_review").state == "adb_review"


def test_reading_7_the_offices_certificate_signs_behind_the_same_interface_as_every_other_way(app, world, submit):
    assert app.config["TTE_URL"] == "local:"
    world.walk(submit(), "signed")
    assert Document.get().certificate_serial and Document.get().signer == world.staff["kadis"].name


def test_reading_8_a_pickup_number_is_unique_for_place_and_day_and_given_with_both(world, submit):
    first, second = world.walk(submit(), "ready"), world.walk(submit(), "ready")
    assert (first.pickup_on, first.pickup_number) != (second.pickup_on, second.pickup_number)
    assert first.pickup_office == Office.get(Office.kind == "dinas")
    assert office.calendar(first.pickup_office).on(first.pickup_on)


def test_reading_9_on_the_counter_track_the_operator_is_told_of_everything_too(world, submit):
    permohonan = submit(track="counter")
    world.act(permohonan, "mark_incomplete", "admin")
    outbox.drain()
    told = {(row.payload["audience"], row.payload["channel"]) for row in Outbox.select()}
    assert ("counter", "inbox") in told
    assert permohonan.owner_id is None and permohonan.helper == world.staff["counter_operator"]
    assert {row.state for row in Outbox.select()} == {"done"}


def test_reading_10_pickup_hours_are_every_places_default_and_a_counter_sets_its_own(app):
    place = Office.get(Office.code == "51.08.06.2004")
    assert office.hours_in_words(office.calendar(place)) == office.hours_in_words(office.calendar())
    place.hours = {"0": ["09:00", "12:00"]}
    assert office.hours_in_words(office.calendar(place)) == [["Senin", "09.00–12.00"]]


def test_reading_11_cards_have_no_pdf_and_no_signature_and_are_always_fetched(world, submit):
    permohonan = world.walk(submit("KTP-HILANG"), "siak_entry")
    tomorrow = (local() + timedelta(days=1)).date()
    day = tomorrow if office.calendar().on(tomorrow) else office.calendar().next_open(tomorrow)
    perform(permohonan, "ask_recording", world.staff["siak_operator"], place="Kantor Dinas", date=day)
    permohonan = Permohonan.get()
    assert "Kantor Dinas" in history.status_summary(permohonan).label and permohonan.paused_at
    permohonan = world.act(permohonan, "resume_entry", "siak_operator")
    permohonan = world.walk(world.act(permohonan, "submit_draft", "siak_operator"), "adb_review")
    for action, role in (("verify_adb", "adb"), ("verify_kabid", "kabid"), ("approve_tte", "kadis")):
        permohonan = world.act(permohonan, action, role)
    assert Document.get().file is None and permohonan.state == "signed"
    assert "keep_digital" not in {row.action for row in workflow.allowed(permohonan, world.applicant)}


def test_a_card_waits_for_its_blank_and_goes_on_when_it_arrives(world, submit):
    permohonan = world.act(world.walk(submit("KTP-HILANG"), "signed"), "wait_for_blank", "production")
    assert history.status_summary(permohonan).label == "Disetujui – menunggu blangko kartu"
    assert world.act(permohonan, "blank_arrived", "system").state == "signed"


def test_the_counter_publishes_prints_numbers_and_hands_over_itself(world, submit):
    """L-j … L-m."""
    permohonan = world.walk(submit("AK-MATI", "counter"), "signed")
    permohonan = world.act(permohonan, "publish_to_counter", "production")
    permohonan = world.act(permohonan, "print_document", "counter_operator")
    assert Document.get(Document.kind == "card").received_at
    permohonan = world.act(permohonan, "assign_queue_number", "counter_operator")
    assert permohonan.pickup_office == permohonan.office
    permohonan = world.act(permohonan, "hand_over", "counter_operator")
    assert permohonan.state == "completed" and Handover.get().officer == world.staff["counter_operator"]


def test_handing_over_is_never_refused_because_the_day_has_passed(world, submit, at_time):
    at_time(2026, 11, 23, 10, 0)
    permohonan = world.walk(submit(), "ready")
    at_time(2026, 12, 15, 10, 0)
    assert world.act(permohonan, "hand_over", "pickup").state == "completed"


def test_what_is_not_fetched_for_thirty_days_is_set_aside_and_can_still_be_fetched(world, submit, at_time):
    at_time(2026, 11, 23, 10, 0)
    world.walk(submit(), "ready")
    at_time(2026, 12, 24, 10, 0)
    chores.run_all()
    permohonan = Permohonan.get()
    assert permohonan.state == "uncollected"
    assert world.act(permohonan, "hand_over", "pickup").state == "completed"
    assert submitting.last_revision(permohonan) and permohonan.changed_at <= now()
