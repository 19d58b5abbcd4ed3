"""How long a service takes, as its page says: what people really took, or an estimate while too few are known."""

from datetime import timedelta

import pytest

import office
from casework import durations
from intake import autosave, drafts
from lib.database import now
from models import Draft, Duration, Edition, Layanan, Permohonan
from web.service_directory import filling_minutes


@pytest.mark.parametrize(("minutes", "counted"), [(0, 0), (2, 120), (9.9, 594), (10, 0), (700, 0)])
def test_pauses_are_not_counted_as_filling_in(factory, minutes, counted):
    draft = drafts.get_draft(factory.begin())
    Draft.update(filling_seconds=60).execute()
    draft = Draft.get_by_id(draft.id)
    assert drafts.filling_seconds(draft, draft.saved_at + timedelta(minutes=minutes)) == 60 + counted


def test_saving_and_submitting_count_the_time(factory):
    permohonan = factory.begin()
    page = drafts.form_pages(permohonan)[0]["key"]
    Draft.update(saved_at=now() - timedelta(seconds=90)).execute()
    autosave.save_page(permohonan, page, Draft.get().answers | {}, Draft.get().version)
    assert 90 <= Draft.get().filling_seconds <= 100
    Draft.update(saved_at=now() - timedelta(hours=3)).execute()
    permohonan = factory.submit()
    assert permohonan.filling_seconds is not None


def test_the_page_says_what_people_really_took_once_ten_are_known(app, factory):
    for n in range(durations.MIN_CASES):
        permohonan = factory.advance_to(factory.submit(), "completed")
        Permohonan.update(filling_seconds=60 * (n + 11)).where(Permohonan.id == permohonan.id).execute()
        if n == durations.MIN_CASES - 2:
            durations.record_durations()
            page = app.test_client().get("/layanan/AK-LAHIR").text
            assert "90 hari terakhir" not in page and "Kira-kira" in page
    durations.record_durations()
    row = Duration.get(Duration.layanan == Layanan.get(Layanan.code == "AK-LAHIR"))
    assert row.filling_minutes == 15 and row.half <= row.most < 1
    page = app.test_client().get("/layanan/AK-LAHIR").text
    assert "Kira-kira 15 menit" in page and "Separuh selesai dalam 1 hari kerja, 9 dari 10 dalam 1 hari kerja." in page


def test_what_is_older_than_ninety_days_is_forgotten(factory):
    for _ in range(durations.MIN_CASES):
        factory.advance_to(factory.submit(), "completed")
    Permohonan.update(filling_seconds=600, submitted_at=now() - durations.PERIOD - timedelta(days=1)).execute()
    durations.record_durations()
    assert all(row.filling_minutes is None for row in Duration.select())


def test_a_return_to_the_applicant_does_not_count_for_the_office(app):
    day = timedelta(days=7)
    start = now() - 5 * day
    times = [start, start, start + 4 * day, start + 4 * day]
    targets = ["submitted", "incomplete", "submitted", "ready"]
    events = [(1, 5, at, target) for at, target in zip(times, targets, strict=True)]
    assert list(durations._each_processing(events, start - day)) == [(5, 0.0)]


def test_the_hours_before_the_first_check_count_for_the_office(factory, set_clock):
    """The clock runs on between an event's moment and the submission's, so that these are never the same."""
    set_clock(2026, 11, 23, 8, 0)
    permohonan = factory.submit()
    Permohonan.update(submitted_at=Permohonan.get().submitted_at + timedelta(milliseconds=7)).execute()
    set_clock(2026, 11, 24, 8, 0)
    factory.advance_to(Permohonan.get_by_id(permohonan.id), "completed")
    (days,) = durations._processing_days(now() - durations.PERIOD).values()
    assert days == [7 * 60 / office.calendar().minutes_a_day()]


@pytest.mark.parametrize("count", [9, 10, 11, 37])
def test_shares_are_those_of_counting(count):
    values = [(n * 7919) % 101 for n in range(count)]
    for share in (0.5, 0.9):
        enough = [limit for limit in values if sum(value <= limit for value in values) >= share * count]
        assert durations.percentile(values, share) == (min(enough) if count >= durations.MIN_CASES else None)


def test_the_page_says_it_in_english_and_the_standard_stays(anonymous):
    facts = {"filling_minutes": 12, "half": 0.4, "most": 1.6}
    Duration.create(layanan=Layanan.get(Layanan.code == "AK-LAHIR"), **facts)
    standard = anonymous.get("/standar-pelayanan").text
    anonymous.get("/bahasa/en")
    page = anonymous.get("/layanan/AK-LAHIR").text
    assert "About 12 minutes" in page and "Half are done within 1 working day, 9 of 10 within 2 working days." in page
    anonymous.get("/bahasa/id")
    Duration.delete().execute()
    assert anonymous.get("/standar-pelayanan").text == standard


def test_the_estimate_grows_with_what_is_asked(app):
    minutes = {one.layanan.code: filling_minutes(one.body) for one in Edition.current()}
    assert minutes["AK-KAWIN"] > minutes["KTP-HILANG"] >= 5
    assert all(value % 5 == 0 and value <= 60 for value in minutes.values())
