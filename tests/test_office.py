"""Business calendar: due dates, pauses, pickup days and pickup numbers."""

import random
import threading
from datetime import date, datetime, timedelta

import pytest

import office
from casework import timeline
from casework.transitions import perform
from lib.database import database, from_local, local, transaction
from models import Fact, Holiday, Office, PickupCounter
from tests.helpers.staff_client import sign_in_officer


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        # T-1, DECISIONS 16: day 1 is the first working day after the submission's date; due is the close of day 2
        (datetime(2026, 11, 23, 20, 15), datetime(2026, 11, 25, 15, 0)),  # Monday evening -> Wednesday
        (datetime(2026, 11, 23, 8, 1), datetime(2026, 11, 25, 15, 0)),
        (datetime(2026, 11, 26, 9, 0), datetime(2026, 11, 30, 15, 0)),  # Thursday -> Friday, Monday
        (datetime(2026, 11, 25, 23, 59), datetime(2026, 11, 27, 12, 30)),  # Wednesday -> Friday's close
        (datetime(2026, 11, 28, 10, 0), datetime(2026, 12, 1, 15, 0)),  # Saturday -> Monday, Tuesday
        (datetime(2026, 12, 22, 10, 0), datetime(2026, 12, 28, 15, 0)),  # over cuti bersama and Christmas
    ],
)
def test_the_promise_counts_two_working_days_of_the_office(app, submitted, due):
    assert local(office.due(from_local(submitted), 2)) == due


def test_a_day_the_office_adds_moves_the_promise(app):
    Holiday.create(day=date(2026, 11, 24), kind="kantor", name="Pemindahan kantor")
    assert local(office.due(from_local(datetime(2026, 11, 23, 9, 0)), 2)) == datetime(2026, 11, 26, 15, 0)


def test_working_minutes_equal_a_loop_over_every_minute(app):
    clock, dice = office.calendar(), random.Random(7)
    for _ in range(300):
        start = datetime(2026, 12, 1) + timedelta(minutes=dice.randrange(40 * 1440))
        end = start + timedelta(minutes=dice.randrange(6 * 1440))
        slow = 0
        moment = start
        while moment < end:
            hours = clock.on(moment.date())
            slow += bool(hours and hours[0] <= moment.time() < hours[1])
            moment += timedelta(minutes=1)
        assert clock.minutes_between(start, end) == slow, (start, end)


def test_later_is_the_inverse_of_counting(app):
    clock, dice = office.calendar(), random.Random(8)
    for _ in range(300):
        start = datetime(2026, 12, 1) + timedelta(minutes=dice.randrange(40 * 1440))
        minutes = dice.randrange(1, 3000)
        assert clock.minutes_between(start, clock.later(start, minutes)) == minutes


def test_waiting_for_the_applicant_is_not_counted(factory, submit, set_clock):
    set_clock(2026, 11, 23, 9, 0)
    permohonan = submit()
    assert local(permohonan.due_at) == datetime(2026, 11, 25, 15, 0)
    set_clock(2026, 11, 24, 14, 0)  # one working hour before Tuesday's close
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    set_clock(2026, 11, 25, 10, 0)  # and two on Wednesday
    factory.attach(permohonan, "surat_lahir")
    perform(permohonan, "resubmit", factory.applicant)
    assert local(permohonan.due_at) == datetime(2026, 11, 26, 11, 0)
    assert permohonan.paused_at is None


def test_a_pause_outside_office_hours_adds_nothing(app):
    due = from_local(datetime(2026, 11, 25, 15, 0))
    night = from_local(datetime(2026, 11, 23, 18, 0)), from_local(datetime(2026, 11, 24, 7, 0))
    assert office.postpone(due, *night) == due


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ((2026, 11, 23, 10, 0), date(2026, 11, 23)),
        ((2026, 11, 23, 15, 1), date(2026, 11, 24)),
        ((2026, 11, 27, 12, 31), date(2026, 11, 30)),  # T-4: Friday until 12.30
        ((2026, 12, 24, 9, 0), date(2026, 12, 28)),
    ],
)
def test_a_pickup_is_proposed_on_a_day_that_is_open(app, set_clock, now, day):
    set_clock(*now)
    assert office.propose_pickup_day(Office.get(Office.kind == "dinas")) == day


def test_a_place_may_keep_hours_of_its_own(app, set_clock):
    set_clock(2026, 11, 28, 9, 0)  # a Saturday
    place = Office.get(Office.code == "51.08.06.2004")
    assert office.propose_pickup_day(place) == date(2026, 11, 30)
    place.hours = {"5": ["08:00", "11:00"]}
    assert office.propose_pickup_day(place) == date(2026, 11, 28)


def test_fifty_at_once_get_fifty_different_numbers(app):
    place, day, got = Office.get(Office.kind == "dinas"), date(2026, 11, 24), []

    def fetch(times):
        with app.app_context(), database.connection_context():
            for _ in range(times):
                with transaction():
                    number = office.allot_pickup_number(place, day)
                got.append(number)

    crowd = [threading.Thread(target=fetch, args=(5,)) for _ in range(10)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sorted(got) == list(range(1, 51))
    assert PickupCounter.get().last == 50


def test_numbers_start_again_each_day_and_place(app):
    dinas, counter = Office.get(Office.kind == "dinas"), Office.get(Office.code == "51.08.05")
    with transaction():
        assert [
            office.allot_pickup_number(dinas, date(2026, 11, 24)),
            office.allot_pickup_number(dinas, date(2026, 11, 24)),
        ] == [1, 2]
        assert (
            office.allot_pickup_number(dinas, date(2026, 11, 25))
            == office.allot_pickup_number(counter, date(2026, 11, 24))
            == 1
        )


def test_hours_read_as_people_say_them(app):
    assert office.hours_in_words(office.calendar()) == [["Senin–Kamis", "08.00–15.00"], ["Jumat", "08.30–12.30"]]


def test_numbers_of_applications_carry_the_date_and_catch_a_slip(app, set_clock):
    set_clock(2026, 11, 23, 7, 0)
    from lib import encryption

    number = office.new_number()
    assert number.startswith("AKU-261123-") and len(number) == len("AKU-261123-7QK2MD-4")
    stem, _, check = number.removeprefix("AKU-").rpartition("-")
    assert encryption.check_character(stem) == check
    other = "1" if stem[-1] != "1" else "2"
    assert encryption.check_character(stem[:-1] + other) != check


def test_where_the_office_decided_so_the_promise_counts_from_complete(factory, submit, set_clock):
    """MISSION, reading 4."""
    Fact.update(value="complete").where(Fact.key == "sla_starts").execute()
    set_clock(2026, 11, 23, 9, 0)
    permohonan = submit()
    assert permohonan.due_at is None
    set_clock(2026, 11, 24, 9, 0)
    assert local(factory.perform(permohonan, "send_to_siak", "admin").due_at) == datetime(2026, 11, 26, 15, 0)


def test_where_the_office_decided_so_every_day_counts(app):
    Fact.update(value="calendar").where(Fact.key == "sla_counts").execute()
    assert local(office.due(from_local(datetime(2026, 11, 27, 9, 0)), 2)) == datetime(2026, 11, 29, 15, 0)


@pytest.mark.parametrize(
    ("moment", "worked", "left"),
    [((14, 59), 419, 1), ((15, 0), 420, 0), ((15, 1), 420, 0)],
)
def test_a_working_day_ends_with_its_closing_minute(app, moment, worked, left):
    clock, day = office.calendar(), date(2026, 11, 23)
    at = datetime(2026, 11, 23, *moment)
    assert clock.minutes_between(datetime(2026, 11, 23, 8, 0), at) == worked
    assert clock.minutes_between(at, datetime(2026, 11, 24, 8, 0)) == left
    assert clock.due(at, 1).date() == day + timedelta(days=1)


def test_a_pause_moves_a_promise_to_the_closing_minute_and_not_over_night(app):
    due, paused = (from_local(datetime(2026, 11, 25, hour, 0)) for hour in (14, 9))
    for minutes, later in ((59, (25, 14, 59)), (60, (25, 15, 0)), (61, (26, 8, 1))):
        until = paused + timedelta(minutes=minutes)
        assert local(office.postpone(due, paused, until)) == datetime(2026, 11, *later)


@pytest.mark.parametrize(("minute", "day"), [(29, 27), (30, 30), (31, 30)])
def test_at_the_closing_minute_nobody_is_told_to_come_today(app, set_clock, minute, day):
    set_clock(2026, 11, 27, 12, minute)  # a Friday
    assert office.propose_pickup_day(Office.get(Office.kind == "dinas")) == date(2026, 11, day)


@pytest.mark.parametrize(
    ("moment", "left", "list_of", "late"),
    [
        ((14, 59), ("sisa 1 m", "warn"), "hari_ini", False),
        ((15, 0), ("sisa 0 m", "warn"), "hari_ini", False),
        ((15, 1), ("baru lewat", "bad"), "lewat", True),
    ],
)
def test_what_is_due_at_the_closing_minute_is_late_after_it(app, submit, set_clock, moment, left, list_of, late):
    set_clock(2026, 11, 23, 9, 0)
    permohonan = submit()
    set_clock(2026, 11, 25, *moment)
    assert timeline.time_left(permohonan, office.calendar()) == left
    assert ("Terlambat" in timeline.status_summary(permohonan).sentence) == late
    page = sign_in_officer(app, "admin").text("/petugas/")
    assert [code for code in ("hari_ini", "lewat") if f"?janji={code}" in page] == [list_of]


PAGE: dict = {"name": {"id": "IKD"}, "short": {"id": "KTP"}, "sections": [{"title": {"id": "A"}, "text": {"id": "B"}}]}


@pytest.mark.parametrize(
    ("key", "good", "wrong"),
    [
        ("claim_minutes", (5, 480), (4, 481, True, "30")),
        ("hours", ({"0": ["08:00", "15:00"]},), ({}, {"7": ["08:00", "15:00"]}, {"0": ["15:00", "15:00"]})),
        ("sla_counts", ("working", "calendar"), ("", "daily")),
        ("late_report", ({"id": "Tetap diterima."},), ("Tetap", {}, {"en": "Only English."})),
        (
            "info_ikd",
            (PAGE,),
            ({}, [], PAGE | {"name": "IKD"}, PAGE | {"sections": [{}]}, PAGE | {"search_words": [1]}),
        ),
    ],
)
def test_a_fact_that_would_break_pages_is_refused(key, good, wrong):
    assert not any(office.fact_error(key, value) for value in good)
    assert all(office.fact_error(key, value) for value in wrong)


@pytest.mark.parametrize("with_holidays", [True, False])
def test_the_calendar_has_the_hours_of_the_office_with_and_without_closed_days(app, with_holidays):
    if not with_holidays:
        Holiday.delete().execute()
    monday, hours = date(2026, 11, 23), {"0": ["09:00", "12:00"]}
    Fact.update(value=hours).where(Fact.key == "hours").execute()
    assert [moment.hour for moment in office.calendar().on(monday)] == [9, 12]
    Fact.delete().where(Fact.key == "hours").execute()
    assert [moment.hour for moment in office.calendar().on(monday)] == [8, 15]
