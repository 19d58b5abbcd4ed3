"""Appointments for recordings and IKD: free hours, bookings at once and twice, codes of others, the staff's list."""

import re
from datetime import date, timedelta

import pytest

from accounts import rate_limits
from intake import appointments
from jobs import outbox, schedule
from lib import encryption
from lib.database import local, now
from models import Appointment, Attempt, Holiday, Office, Outbox
from public import appointment_pages
from tests.helpers.public_client import PublicClient, field_error
from tests.helpers.staff_client import Officer, sign_in_officer
from tests.test_faults_concurrent_requests import at_once

HOURS = re.compile(r'<option value="(\d{4}-\d\d-\d\d \d\d:\d\d)"')
WHO = {"untuk": "rekam", "name": "Ni Kadek Contoh", "hp": "081234567890", "email": "", "nomor": ""}


@pytest.fixture(autouse=True)
def a_tuesday(set_clock):
    set_clock(2026, 12, 1, 9, 0)


@pytest.fixture
def dinas(app):
    return Office.get(Office.kind == "dinas")


def free(visitor, path="/janji"):
    return HOURS.findall(visitor.get(path).text)


def book(visitor, moment="2026-12-02 08:00", **more):
    once = re.search(r'name="once"[^>]*value="([a-z2-7]{26})"', visitor.get("/janji").text)
    form = WHO | {"tempat": "dinas", "waktu": moment, "once": once[1] if once else ""} | more
    return visitor.post("/janji", form, page="/keluar")


def someone(place, moment="2026-12-02 08:00", **more):
    """Book as somebody of whom nothing else is known."""
    token = encryption.random_token()
    who = appointments.Contact(more.pop("name", token), more.pop("phone", ""), more.pop("email", ""), "", "id")
    day, hour = moment.split()
    return appointments.book(place, date.fromisoformat(day), hour, "rekam", who, more.pop("once", token))[0]


def test_only_working_hours_of_the_next_working_days_are_offered(anonymous):
    Holiday.create(day=date(2026, 12, 3), kind="kantor", name="Tutup", closed=True)
    hours = free(anonymous)
    days = sorted({one.split()[0] for one in hours})
    assert len(days) == appointments.DAYS_AHEAD and days[:3] == ["2026-12-02", "2026-12-04", "2026-12-07"]
    friday = [one.split()[1] for one in hours if one.startswith("2026-12-04")]
    assert friday == ["08:30", "09:30", "10:30", "11:30"]


def test_a_booking_has_a_page_with_its_code_and_a_calendar_file_but_no_name(anonymous):
    answer = book(anonymous, email="kadek@contoh.example")
    made = Appointment.get()
    assert answer.status_code == 303 and answer.location == f"/janji/{made.code}"
    page = anonymous.get(answer.location)
    assert "Rabu, 2 Desember 2026, 08.00–09.00 WITA" in page.text and made.code in page.text
    assert "Ni Kadek Contoh" not in page.text and "0812" not in page.text and "kadek@" not in page.text
    calendar = anonymous.get(f"{answer.location}/kalender.ics")
    assert calendar.mimetype == "text/calendar" and "DTSTART:20261202T000000Z\r\n" in calendar.text
    assert all(len(line) <= 75 for line in calendar.text.split("\r\n"))


def test_the_code_is_mailed_in_the_language_in_which_it_was_made(app, anonymous):
    anonymous.get("/bahasa/en")
    book(anonymous, email="kadek@contoh.example")
    assert outbox.drain() == 1
    letter = next((app.config["INSTANCE_DIR"] / "mail").glob("*.eml")).read_text()
    assert Appointment.get().code in letter and "Your appointment" in letter and "08:00" in letter


def test_without_an_address_nothing_is_promised(anonymous):
    book(anonymous)
    assert Appointment.select().count() == 1 and not Outbox.select().exists()


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"name": ""}, "name", "Isi nama"),
        ({"name": "<b>x</b>"}, "name", "Nama lengkap"),
        ({"hp": ""}, "hp", "nomor HP atau e-mail"),
        ({"hp": "abc"}, "hp", "Nomor HP"),
        ({"email": "kadek@"}, "email", "E-mail"),
        ({"nomor": "AKU-1"}, "nomor", "salah ketik"),
        ({"waktu": "2026-12-05 08:00"}, "waktu", "penuh"),
        ({"waktu": "2026-12-01 10:00"}, "waktu", "penuh"),
        ({"waktu": "x" * 5000}, "waktu", "penuh"),
        ({"waktu": ""}, "waktu", "Pilih hari"),
        ({"untuk": "lain"}, "untuk", ""),
    ],
)
def test_bad_input_gets_a_sentence_beside_the_field_and_what_was_typed_stays(anonymous, more, field, words):
    answer = book(anonymous, **more)
    assert answer.status_code == 422 and words.lower() in field_error(answer, field).lower()
    assert field_error(answer, field) and not Appointment.select().exists()
    assert field == "hp" or 'value="081234567890"' in answer.text


def test_a_missing_or_wrong_place_or_mark_is_refused(anonymous):
    for more in ({"tempat": ""}, {"tempat": "51.08.05"}, {"once": ""}, {"once": "X" * 26}, {"once": "a\0b"}):
        answer = book(anonymous, **more)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, more
    assert not Appointment.select().exists()


def test_the_same_form_sent_twice_is_one_appointment_even_in_the_last_seat(anonymous, dinas):
    Office.update(appointments_per_hour=1).execute()
    token = encryption.random_token()
    first, second = book(anonymous, once=token), book(anonymous, once=token)
    assert first.status_code == second.status_code == 303 and first.location == second.location
    assert Appointment.select().count() == 1


def test_the_same_person_has_one_appointment_a_purpose(anonymous):
    assert book(anonymous).status_code == 303
    again = book(anonymous, "2026-12-04 08:30", name="NI KADEK  CONTOH")
    assert again.status_code == 409 and "sudah ada janji" in again.text and 'value="081234567890"' in again.text
    assert book(anonymous, "2026-12-04 08:30", untuk="ikd").status_code == 303
    assert book(anonymous, "2026-12-04 08:30", name="Putu Contoh").status_code == 303, "a family has one telephone"


def test_of_many_at_once_only_the_seats_are_given(app, dinas):
    told = at_once(app, *[lambda: someone(Office.get(Office.kind == "dinas"))] * 8)
    made = [one for one in told if isinstance(one, Appointment)]
    refused = [one for one in told if isinstance(one, appointments.AppointmentRefused)]
    assert len(made) == dinas.appointments_per_hour == 4 and len(refused) == 4, told
    assert sorted(one.seat for one in made) == [1, 2, 3, 4]


def test_the_same_form_at_once_is_one_appointment(app):
    token = encryption.random_token()
    told = at_once(app, *[lambda: someone(Office.get(Office.kind == "dinas"), once=token)] * 5)
    assert {one.id for one in told} == {Appointment.get().id}


def test_a_cancelled_hour_is_free_again_and_cancelling_twice_is_harmless(anonymous, dinas):
    Office.update(appointments_per_hour=1).execute()
    page = book(anonymous).location
    assert "2026-12-02 08:00" not in free(anonymous)
    for _ in range(2):
        assert anonymous.post(f"{page}/batal", page="/keluar").status_code == 303
    assert "Dibatalkan" in anonymous.get(page).text and "2026-12-02 08:00" in free(anonymous)
    assert anonymous.get(f"{page}/kalender.ics").status_code == 404
    assert book(anonymous).status_code == 303


def test_a_code_is_found_as_it_is_typed_and_guessing_is_slowed_down(app, anonymous):
    code = someone(Office.get(Office.kind == "dinas")).code
    assert (
        anonymous.get("/janji", query_string={"kode": f" {code[:5].lower()}-{code[5:]}"}).location == f"/janji/{code}"
    )
    assert anonymous.post("/janji/0000000000/batal", page="/keluar").status_code == 404
    for _ in range(20):
        status = anonymous.get("/janji/0000000000").status_code
    assert status == 429 and anonymous.get(f"/janji/{code}").status_code == 429
    assert Appointment.get().cancelled_at is None


def test_bookings_from_one_place_and_mails_to_one_address_are_limited(app, anonymous):
    told = [book(anonymous, name=f"Putu {letter}", email="a@b.example").status_code for letter in "ABCD"]
    assert told == [303, 303, 303, 429]
    for _ in range(10):
        rate_limits.record_attempts(rate_limits.bucket("appointment", "127.0.0.1"))
    assert book(anonymous, name="Made E").status_code == 429


def test_one_address_takes_no_more_hours_in_a_day_however_slowly(app, anonymous):
    some_while_ago = now() - timedelta(hours=3)
    name = rate_limits.bucket("appointment", "127.0.0.1")
    for _ in range(appointment_pages.BOOKINGS_A_DAY - 1):
        Attempt.create(bucket=name, at=some_while_ago)
    assert book(anonymous).status_code == 303
    refused = book(anonymous, name="Made E")
    assert refused.status_code == 429 and "Coba lagi besok" in refused.text and 'value="Made E"' in refused.text


def test_one_telephone_or_address_holds_no_more_than_a_family_s_seats(dinas, anonymous):
    for number in range(appointments.MAX_OPEN):
        someone(dinas, f"2026-12-0{2 + number // 3} 09:00", phone="081234567890")
    refused = book(anonymous, name="Made E")
    assert refused.status_code == 409 and "sudah ada 6 janji" in refused.text
    Appointment.update(seat=None).where(Appointment.id == Appointment.get().id).execute()
    assert book(anonymous, name="Made E").status_code == 303, "a cancelled one doesn't count"


def test_places_that_the_office_switches_on_are_offered(app, anonymous):
    assert 'id="tempat"' not in anonymous.get("/janji").text
    place = Office.get(Office.code == "51.08.05")
    it = sign_in_officer(app, "it")
    page = f"/petugas/kantor/ubah/?id={place.id}"
    seen = re.search(r'name="seen" value="([^"]+)"', it.text(page))
    it.post(page, name=place.name, address="", appointments_per_hour="2", seen=seen[1] if seen else "")
    assert Office.get_by_id(place.id).appointments_per_hour == 2
    assert "Loket Kecamatan Sukasada" in anonymous.get("/janji").text
    assert book(anonymous, tempat=place.code).status_code == 303 and Appointment.get().office_id == place.id


def test_staff_see_their_own_place_s_list_and_note_who_came(app, dinas, set_clock):
    sukasada = Office.get(Office.code == "51.08.05")
    Office.update(appointments_per_hour=1).execute()
    here, there = someone(dinas, name="Putu Dinas"), someone(Office.get_by_id(sukasada.id), name="Made Sukasada")
    counter, siak = Officer(app, "loket.sukasada@aku.example"), sign_in_officer(app, "siak_operator")
    assert "Made Sukasada" in counter.text("/petugas/janji/") and "Putu Dinas" not in counter.text("/petugas/janji/")
    assert "Putu Dinas" in siak.text("/petugas/janji/") and "Made Sukasada" not in siak.text("/petugas/janji/")
    siak.post("/petugas/janji/action/", action="arrived", rowid=[here.id, there.id])
    assert Appointment.get_by_id(here.id).arrived is None, "its day has not come"
    set_clock(2026, 12, 2, 9, 0)
    siak = sign_in_officer(app, "siak_operator")
    siak.post("/petugas/janji/action/", action="arrived", rowid=[here.id, there.id])
    assert Appointment.get_by_id(here.id).arrived is True and Appointment.get_by_id(there.id).arrived is None
    siak.post("/petugas/janji/action/", action="missed", rowid=[here.id])
    assert Appointment.get_by_id(here.id).arrived is False
    assert sign_in_officer(app, "kabid").get("/petugas/janji/").status_code == 404


def test_appointments_are_erased_a_month_after_their_day(dinas, set_clock):
    someone(dinas)
    set_clock(2026, 12, 31, 9, 0)
    schedule.run_all()
    assert Appointment.select().count() == 1
    set_clock(2027, 1, 2, 9, 0)
    assert local().date() - date(2026, 12, 2) > timedelta(days=30)
    schedule.run_all()
    assert not Appointment.select().exists()


def test_a_signed_in_person_need_not_type_what_is_known(app):
    visitor = PublicClient(app)
    visitor.sign_in()
    assert 'value="pemohon@aku.example"' in visitor.get("/janji?untuk=ikd").text
    assert '<option selected value="ikd">' in visitor.get("/janji?untuk=ikd").text
