"""Sessions, sign-in and redirects: stolen, fixated and expired cookies are refused, guessing is limited."""

import re
from datetime import timedelta

import pytest
from flask import g

import accounts
from lib.database import local, now
from models import Attempt, Grant, Permohonan, User
from tests.helpers.http_fuzzer import VALUES
from tests.helpers.public_client import PASSWORD, PublicClient
from tests.helpers.staff_client import Officer, sign_in_officer

pytestmark = pytest.mark.fuzz
WRONG, WAIT = "tidak cocok", "Terlalu banyak percobaan"
DOORS = {"staff": "/petugas/masuk", "public": "/masuk"}


def _cookie(client):
    return client.get_cookie("session").value


def _with_cookie(app, value):
    for name in list(g):
        g.pop(name)
    client = app.test_client()
    client.set_cookie("session", value)
    return client


def _is_in(client):
    for name in list(g):
        g.pop(name)
    return client.get("/petugas/").status_code == 200


def _try(app, side, email, password, address="203.0.113.9"):
    visitor = PublicClient(app)
    return visitor.post(DOORS[side], {"email": email, "password": password}, environ_base={"REMOTE_ADDR": address})


def test_a_session_that_was_there_before_signing_in_is_worth_nothing_afterwards(app):
    """Fixation: whoever planted the cookie gets nothing when its victim signs in."""
    visitor = PublicClient(app)
    visitor.get("/petugas/masuk")
    planted = _cookie(visitor.client)
    officer = Officer.__new__(Officer)
    officer.client = visitor.client
    assert (
        officer.post("/petugas/masuk", "/petugas/masuk", email="admin@aku.example", password=PASSWORD).status_code
        == 303
    )
    assert _is_in(visitor.client) and _cookie(visitor.client) != planted
    assert not _is_in(_with_cookie(app, planted))


def test_a_cookie_copied_before_signing_out_is_worth_nothing_after_it(app):
    admin = sign_in_officer(app, "admin")
    copied = _cookie(admin.client)
    assert _is_in(_with_cookie(app, copied))
    admin.post("/petugas/keluar")
    assert not _is_in(_with_cookie(app, copied)) and not _is_in(admin.client)


def test_looking_at_the_way_out_signs_nobody_out(app):
    admin = sign_in_officer(app, "admin")
    for method in ("GET", "HEAD", "OPTIONS"):
        admin.client.open("/petugas/keluar", method=method)
        admin.client.open("/keluar", method=method)
    assert _is_in(admin.client)


@pytest.mark.parametrize("what", ["disabled", "role ended", "new password", "half an hour idle", "twelve hours"])
def test_a_staff_session_ends_with_what_it_rests_on(app, what):
    admin, moment = sign_in_officer(app, "admin"), now()
    user = User.get(User.email == "admin@aku.example")
    assert _is_in(admin.client)
    if what == "disabled":
        User.update(disabled_at=now()).where(User.id == user.id).execute()
    elif what == "role ended":
        Grant.update(until=local().date() - timedelta(days=1)).where(Grant.user == user.id).execute()
    elif what == "new password":
        accounts.set_password(user, "sesuatu yang lain 77")
    elif what == "half an hour idle":
        app.config["CLOCK"] = lambda: moment + timedelta(minutes=31)
    else:
        for minutes in range(20, 12 * 60 + 40, 20):  # never idle, and still
            app.config["CLOCK"] = lambda minutes=minutes: moment + timedelta(minutes=minutes)
            _is_in(admin.client)
    assert not _is_in(admin.client)


def test_a_disabled_applicant_is_out_at_once(app, submit):
    permohonan, visitor = submit(), PublicClient(app)
    visitor.sign_in()
    assert visitor.get(f"/permohonan/{permohonan.key}").status_code == 200
    User.update(disabled_at=now()).where(User.email == "pemohon@aku.example").execute()
    assert visitor.get(f"/permohonan/{permohonan.key}").status_code == 303
    assert visitor.sign_in().status_code == 422


def test_an_officer_signed_in_on_the_public_side_has_an_applicant_s_powers_only(app, submit):
    permohonan, visitor = submit(), PublicClient(app)
    visitor.sign_in("admin@aku.example")
    assert visitor.get("/petugas/").status_code == 303
    answer = visitor.post(f"/petugas/pemeriksaan/aksi/send_to_siak/?id={permohonan.key}", page="/keluar")
    assert answer.status_code == 401 and "Masuk petugas" in answer.text
    assert visitor.get(f"/permohonan/{permohonan.key}").status_code == 404
    assert Permohonan.get().state == "submitted"


@pytest.mark.parametrize("side", DOORS)
def test_six_wrong_passwords_close_the_door_for_a_quarter_of_an_hour_and_for_nobody_else(app, side, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    for _ in range(6):
        answer = _try(app, side, "admin@aku.example", "salah sekali")
        assert answer.status_code == 422 and WRONG in answer.text
    shut = [_try(app, side, "admin@aku.example", password) for password in ("salah sekali", PASSWORD)]
    assert all(answer.status_code in (422, 429) and WAIT in answer.text for answer in shut)
    assert _try(app, side, "kabid@aku.example", PASSWORD).status_code == 303
    set_clock(2026, 11, 23, 10, 16)
    assert _try(app, side, "admin@aku.example", PASSWORD).status_code == 303


@pytest.mark.parametrize("side", DOORS)
def test_an_unknown_address_a_wrong_password_and_a_closed_account_get_the_same_words(app, side):
    User.update(disabled_at=now()).where(User.email == "adb@aku.example").execute()
    told = set()
    for email in ("tidak.ada@aku.example", "admin@aku.example", "adb@aku.example"):
        for _ in range(7):
            answer = _try(app, side, email, "salah sekali", address=f"203.0.113.{len(told)}")
        told.add((answer.status_code, answer.text.replace(f'value="{email}"', "").replace(_token(answer), "")))
    assert len(told) == 1


def _token(answer):
    return answer.text.partition('name="csrf_token" value="')[2].partition('"')[0]


@pytest.mark.parametrize("side", DOORS)
def test_nobody_who_signs_in_is_led_to_another_site(app, side):
    for wanted in [value for value in VALUES if "evil" in value or "javascript" in value or "\n" in value]:
        Attempt.delete().execute()
        visitor = PublicClient(app)
        form = {"email": "admin@aku.example", "password": PASSWORD, "next": wanted}
        answer = visitor.post(DOORS[side], form, page=DOORS[side])
        assert answer.status_code == 303 and "evil" not in answer.location.replace("/petugas//evil.example", ""), wanted
        assert answer.location.startswith("/") and not answer.location.startswith(("//", "/\\")), wanted


def test_a_forged_host_is_refused_and_stands_in_no_answer(app):
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "evil.example:80"):
        for path in ("/", "/petugas/", "/lupa-sandi", "/permohonan/"):
            answer = app.test_client().get(path, headers={"Host": host})
            assert answer.status_code == 400 and "evil" not in answer.text + str(answer.headers), (host, path)


def test_the_same_form_sent_twice_moves_the_pickup_once(app, factory):
    """From ready to ready: without the version in the form each tap gave one more number and one more mail."""
    permohonan, visitor = factory.advance_to(factory.submit(), "ready"), PublicClient(app)
    visitor.sign_in()
    page = f"/permohonan/{permohonan.key}/tindakan/reschedule_pickup"
    shown = visitor.get(page).text
    (version,) = re.findall(r'name="version" value="([0-9]+)"', shown)
    day = re.findall(r'<option value="([0-9-]+)"', shown)[-1]
    for _ in range(3):
        answer = visitor.post(page, {"version": version, "date": day})
        assert answer.status_code == 303 and answer.location.endswith(permohonan.key)
    moved = Permohonan.get()
    assert (moved.version, str(moved.pickup_on)) == (permohonan.version + 1, day)
    assert "sudah diproses" not in visitor.get(f"/permohonan/{permohonan.key}").text, "one's own second tap is no fault"
