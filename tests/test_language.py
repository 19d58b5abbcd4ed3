"""Applicants read Indonesian or English, as they choose; staff screens and official papers stay Indonesian."""

import pytest

from models import User
from tests.visiting import Visitor


@pytest.fixture
def visitor(app):
    return Visitor(app)


def lang_of(page):
    return page.text.partition('<html lang="')[2][:2]


def test_pages_are_indonesian_unless_somebody_chose_otherwise(visitor):
    page = visitor.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert lang_of(page) == "id" and page.headers["Content-Language"] == "id"
    assert "Cookie" in page.vary and page.headers["Cache-Control"] == "no-store"


def test_a_link_changes_the_language_and_leads_back_to_the_same_page(visitor):
    page = visitor.get("/layanan/?q=akta%20lahir")
    assert 'href="/bahasa/en?back=/layanan/?q%3Dakta%2520lahir"' in page.text
    back = visitor.get("/bahasa/en?back=/layanan/?q%3Dakta%2520lahir")
    assert back.status_code == 303 and back.location == "/layanan/?q=akta%20lahir"
    assert lang_of(visitor.get(back.location)) == "en"
    visitor.get("/bahasa/id")
    assert lang_of(visitor.get("/")) == "id"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\nx"])
def test_the_link_leads_nowhere_else(visitor, elsewhere):
    assert visitor.get("/bahasa/en", query_string={"back": elsewhere}).location == "/"


def test_a_language_we_do_not_speak_does_not_exist(visitor):
    assert visitor.get("/bahasa/fr").status_code == 404


def test_the_account_keeps_the_choice_for_other_browsers_and_for_mails(app, visitor):
    visitor.sign_in()
    visitor.get("/bahasa/en")
    assert User.get(User.email == "pemohon@aku.example").language == "en"
    other = Visitor(app)
    other.sign_in()
    assert lang_of(other.get("/permohonan/")) == "en"


def test_a_choice_before_signing_in_is_kept_by_the_account(visitor):
    visitor.get("/bahasa/en")
    visitor.sign_in()
    assert User.get(User.email == "pemohon@aku.example").language == "en"


def test_staff_screens_stay_indonesian(app):
    officer = Visitor(app)
    officer.get("/bahasa/en")
    officer.post("/petugas/masuk", {"email": "admin@aku.example", "password": "buleleng-2026"})
    page = officer.get("/petugas/")
    assert page.status_code == 200 and lang_of(page) == "id"
    assert User.get(User.email == "admin@aku.example").language == "id"
