"""A session that ends while a form is filled in: what was written survives signing in again."""

import re
from functools import partial
from html import unescape

import pytest

from models import Event, EventText, Note, Permohonan, WebSession
from tests.helpers.staff_client import PASSWORD, TOKEN, sign_in_officer

REASON = "Nama ibu di draf berbeda dengan kutipan akta perkawinan."
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
ACTION = re.compile(r'<form class="panel[^>]*action="([^"]+)"')


@pytest.fixture
def officer(app, factory):
    return partial(sign_in_officer, app)


def form_of(answer):
    """The hidden fields of the form on a page, and where it goes."""
    page = answer.get_data(as_text=True)
    return {unescape(name): unescape(value) for name, value in HIDDEN.findall(page)}, unescape(ACTION.search(page)[1])


def send(person, url, **form):
    """Post a form just as it stands."""
    person._forget()
    return person.client.post(url, data=form)


def late(person, permohonan, **more):
    """Send a draft back to the operator, on a page that was opened while the session still ran."""
    token = TOKEN.search(person.text("/petugas/"))[1]
    WebSession.delete().execute()
    url = f"/petugas/adb/aksi/return_to_operator/?id={permohonan.key}"
    return send(person, url, csrf_token=token, version=str(permohonan.version), reason=REASON, **more)


@pytest.fixture
def draft(submit, factory):
    return factory.advance_to(submit(), "adb_review")


def test_a_reason_survives_signing_in_again(officer, draft):
    adb = officer("adb")
    answer = late(adb, draft)
    assert answer.status_code == 401
    fields, action = form_of(answer)
    again = send(adb, action, **fields | {"email": "adb@aku.example", "password": PASSWORD})
    assert again.status_code == 200 and REASON in again.get_data(as_text=True)
    assert Permohonan.get_by_id(draft.id).state == "adb_review", "nothing is done before one more press"
    fields, action = form_of(again)
    assert send(adb, action, **fields).status_code == 303
    assert Permohonan.get_by_id(draft.id).state == "revision"
    last = Event.select().where(Event.permohonan == draft.id).order_by(Event.id.desc()).first()
    assert EventText.get(EventText.event == last).texts["reason"] == REASON


def test_a_wrong_password_in_between_loses_nothing(officer, draft):
    adb = officer("adb")
    fields, action = form_of(late(adb, draft))
    wrong = send(adb, action, **fields | {"email": "adb@aku.example", "password": "salah"})
    assert wrong.status_code == 422
    fields, _ = form_of(wrong)
    assert fields["kept-reason"] == REASON


def test_secrets_are_not_carried(officer, draft):
    answer = late(officer("adb"), draft, passphrase="tanda-tangan", password="rahasia sekali")
    page = answer.get_data(as_text=True)
    assert "rahasia sekali" not in page and 'value="tanda-tangan"' not in page
    assert REASON in page


def test_somebody_else_sees_the_words_and_may_only_do_what_is_theirs(officer, draft):
    adb = officer("adb")
    fields, action = form_of(late(adb, draft))
    again = send(adb, action, **fields | {"email": "admin@aku.example", "password": PASSWORD})
    fields, action = form_of(again)
    assert send(adb, action, **fields).status_code in (303, 404)
    assert Permohonan.get_by_id(draft.id).state == "adb_review"


def test_a_note_from_a_tab_older_than_the_session_is_one_press_away(officer, submit):
    permohonan = submit()
    admin = officer("admin")
    old = TOKEN.search(admin.text("/petugas/"))[1]
    again = officer("admin")
    url = f"/petugas/pemeriksaan/catatan/?id={permohonan.key}"
    answer = send(again, url, csrf_token=old, text="KK lama sedang diubah.")
    assert answer.status_code == 400 and "KK lama sedang diubah." in answer.get_data(as_text=True)
    assert not Note.select().exists()
    fields, action = form_of(answer)
    assert send(again, action, **fields).status_code == 303
    assert Note.get().text == "KK lama sedang diubah."


def test_nothing_is_carried_for_strangers_without_a_token(app, draft):
    url = f"/petugas/adb/aksi/return_to_operator/?id={draft.key}"
    answer = app.test_client().post(url, data={"reason": REASON, "version": str(draft.version)})
    assert answer.status_code == 400
    assert REASON not in answer.get_data(as_text=True)


def test_nothing_is_carried_from_another_site(officer, submit):
    permohonan = submit()
    admin = officer("admin").client
    url, foreign = f"/petugas/pemeriksaan/catatan/?id={permohonan.key}", {"Sec-Fetch-Site": "cross-site"}
    answer = admin.post(url, data={"text": "Bukan saya."}, headers=foreign)
    assert answer.status_code == 400 and "Bukan saya." not in answer.get_data(as_text=True)
    assert "Bukan saya." in admin.post(url, data={"text": "Bukan saya."}).get_data(as_text=True)


@pytest.mark.parametrize("address", ["https://jahat.example/", "//jahat.example", "/masuk", "/petugas//jahat.example"])
def test_only_a_page_of_staff_is_sent_to(app, officer, address):
    stranger = app.test_client()
    token = TOKEN.search(stranger.get("/petugas/masuk").get_data(as_text=True))[1]
    signing_in = {"csrf_token": token, "email": "adb@aku.example", "password": PASSWORD}
    answer = stranger.post("/petugas/masuk", data=signing_in | {"kept": address, "kept-reason": REASON})
    assert answer.status_code == 303 and answer.location.endswith("/petugas/")


def test_a_script_is_told_that_the_session_is_over(officer, draft):
    adb = officer("adb")
    token = TOKEN.search(adb.text("/petugas/"))[1]
    WebSession.delete().execute()
    url = f"/petugas/adb/aksi/return_to_operator/?id={draft.key}"
    adb._forget()
    answer = adb.client.post(url, data={"csrf_token": token}, headers={"X-Requested-With": "dialog"})
    assert answer.status_code == 401 and not answer.data
