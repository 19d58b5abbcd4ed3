"""Applicants read Indonesian or English, as they choose; staff screens and official papers stay Indonesian."""

from email import message_from_bytes
from email.policy import default

import pytest

from jobs import outbox
from models import Notice, User
from notify import email
from tests.helpers.public_client import PublicClient


def lang_of(page):
    return page.text.partition('<html lang="')[2][:2]


def test_pages_are_indonesian_unless_somebody_chose_otherwise(anonymous):
    page = anonymous.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert lang_of(page) == "id" and page.headers["Content-Language"] == "id"
    assert "Cookie" in page.vary and page.headers["Cache-Control"] == "no-store"


def test_a_link_changes_the_language_and_leads_back_to_the_same_page(anonymous):
    page = anonymous.get("/layanan/?q=akta%20lahir")
    assert 'href="/bahasa/en?back=/layanan/?q%3Dakta%2520lahir"' in page.text
    back = anonymous.get("/bahasa/en?back=/layanan/?q%3Dakta%2520lahir")
    assert back.status_code == 303 and back.location == "/layanan/?q=akta%20lahir"
    assert lang_of(anonymous.get(back.location)) == "en"
    anonymous.get("/bahasa/id")
    assert lang_of(anonymous.get("/")) == "id"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\nx"])
def test_the_link_leads_nowhere_else(anonymous, elsewhere):
    assert anonymous.get("/bahasa/en", query_string={"back": elsewhere}).location == "/"


def test_a_language_we_do_not_speak_does_not_exist(anonymous):
    assert anonymous.get("/bahasa/fr").status_code == 404


def test_the_account_keeps_the_choice_for_other_browsers_and_for_mails(app, anonymous):
    anonymous.sign_in()
    anonymous.get("/bahasa/en")
    assert User.get(User.email == "pemohon@aku.example").language == "en"
    other = PublicClient(app)
    other.sign_in()
    assert lang_of(other.get("/permohonan/")) == "en"


def test_a_choice_before_signing_in_is_kept_by_the_account(anonymous):
    anonymous.get("/bahasa/en")
    anonymous.sign_in()
    assert User.get(User.email == "pemohon@aku.example").language == "en"


def test_staff_screens_stay_indonesian(app):
    officer = PublicClient(app)
    officer.get("/bahasa/en")
    officer.post("/petugas/masuk", {"email": "admin@aku.example", "password": "buleleng-2026"})
    page = officer.get("/petugas/")
    assert page.status_code == 200 and lang_of(page) == "id"
    assert User.get(User.email == "admin@aku.example").language == "id"


def test_mails_speak_the_receivers_language(app, factory, submit):
    User.update(language="en").where(User.email == "pemohon@aku.example").execute()
    submit()
    outbox.drain()
    letters = [message_from_bytes(path.read_bytes(), policy=default) for path in email.mail_folder().glob("*.eml")]
    told = next(letter for letter in letters if "received application" in letter["Subject"])
    body = told.get_body(("plain",)).get_content()
    assert "It will be finished by" in body and "All our services are FREE" in body
    assert "Rabu" not in body and "GRATIS" not in body
    assert "Permohonan baru" in Notice.get(Notice.role == "admin").subject, "the office reads Indonesian"
