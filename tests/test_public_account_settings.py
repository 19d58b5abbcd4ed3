"""A person's own account: what they change themselves, and that a new address counts only once it is confirmed."""

import re

import pytest

from jobs import outbox
from models import Permohonan, User
from tests.helpers.public_client import PASSWORD, PublicClient, field_error

OLD, NEW = "pemohon@aku.example", "alamat.baru@aku.example"
DATA = {"name": "Ni Luh Ayu Pratiwi", "phone": "081234567890", "language": "en"}


@pytest.fixture
def letters(app):
    """A function that sends what is promised and returns (to, text) of each mail, the newest last."""

    def sent():
        outbox.drain()
        paths = sorted((app.config["INSTANCE_DIR"] / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        texts = [path.read_text() for path in paths]
        return [(re.search(r"^To: (.*)$", text, re.M)[1], text.replace("=\n", "")) for text in texts]

    return sent


def link_in(letter):
    return re.search(r"http://[^/]+(/akun/alamat/\S+)", letter[1])[1]


def asked(visitor, email=NEW, password=PASSWORD):
    return visitor.post("/akun/alamat", {"email": email, "password": password})


def test_name_telephone_and_language_are_changed_by_oneself(applicant_client):
    assert "/akun" in applicant_client.get("/permohonan/").text
    assert applicant_client.post("/akun", DATA).location == "/akun"
    me = User.get(User.email == OLD)
    assert (me.name, me.language) == (DATA["name"], "en") and me.phone.endswith("1234567890")
    page = applicant_client.get("/akun").text
    assert '<html lang="en"' in page and DATA["name"] in page and OLD in page


def test_a_wrong_name_gets_its_sentence(applicant_client):
    wrong = applicant_client.post("/akun", DATA | {"name": ""})
    assert wrong.status_code == 422 and field_error(wrong, "name") == "Isi nama lengkap Anda."


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(app, applicant_client, submit, letters):
    permohonan = submit()
    Permohonan.update(email=OLD).where(Permohonan.id == permohonan.id).execute()
    assert asked(applicant_client).location == "/surat-terkirim/alamat"
    to, text = letters()[-1]
    assert to == NEW and User.get_or_none(User.email == NEW) is None
    way = link_in((to, text))
    assert "Pakai alamat ini" in applicant_client.get(way).text and User.get_or_none(User.email == NEW) is None
    elsewhere = PublicClient(app)
    elsewhere.sign_in()
    assert applicant_client.post(way).location == "/akun"
    assert NEW in applicant_client.get("/akun").text, "still signed in here"
    assert elsewhere.get("/akun").status_code == 303, "and nowhere else"
    assert Permohonan.get_by_id(permohonan.id).email == NEW
    to, text = letters()[-1]
    assert to == OLD and NEW not in text
    assert applicant_client.get(way).status_code == 404, "it works once"
    assert PublicClient(app).sign_in(NEW).status_code == 303 and PublicClient(app).sign_in(OLD).status_code == 422


def test_without_the_password_nothing_is_sent(applicant_client, letters):
    before = len(letters())
    wrong = asked(applicant_client, password="bukan ini")
    assert wrong.status_code == 422 and field_error(wrong, "password")
    assert len(letters()) == before


def test_the_link_is_worth_nothing_to_a_stranger_who_got_it(app, applicant_client, letters):
    asked(applicant_client)
    way, other = link_in(letters()[-1]), PublicClient(app)
    assert other.get(way).status_code == 303 and User.get_or_none(User.email == NEW) is None
    other.sign_in("pemohon2@aku.example")
    assert other.get(way).status_code == 404
    assert User.get_or_none(User.email == NEW) is None


def test_an_address_with_an_account_is_answered_alike_and_never_taken(applicant_client, letters):
    taken = "pemohon2@aku.example"
    assert asked(applicant_client, taken).location == "/surat-terkirim/alamat"
    to, text = letters()[-1]
    assert to == taken and "/akun/alamat/" not in text
    asked(applicant_client)
    way = link_in(letters()[-1])
    User.update(email=NEW).where(User.email == taken).execute()
    applicant_client.post(way)
    assert (
        "sudah dipakai akun lain" in applicant_client.get("/akun").text
        and User.select().where(User.email == OLD).exists()
    )


def test_officers_are_not_renamed_here(app, staff):
    officer = PublicClient(app)
    officer.sign_in("admin@aku.example")
    for path in ("/akun", "/akun/alamat"):
        assert officer.get(path).location == "/permohonan/"
    assert "diatur oleh Tim TI" in officer.get("/permohonan/").text


NEW_PASSWORD = "tiga kata rahasia"


def change_password(visitor, old=PASSWORD, new=NEW_PASSWORD):
    return visitor.post("/akun/sandi", {"old_password": old, "password": new})


def test_a_new_password_takes_the_old_one_ends_the_other_sessions_and_is_told(app, applicant_client, letters):
    elsewhere = PublicClient(app)
    elsewhere.sign_in()
    assert "/akun/sandi" in applicant_client.get("/akun").text
    assert change_password(applicant_client).location == "/akun"
    assert applicant_client.get("/permohonan/").status_code == 200, "who changed it stays"
    assert elsewhere.get("/permohonan/").status_code == 303, "everybody else has to sign in again"
    assert elsewhere.sign_in(password=PASSWORD).status_code == 422
    assert elsewhere.sign_in(password=NEW_PASSWORD).status_code == 303
    to, text = letters()[-1]
    assert to == OLD and "Kata sandi akun Anda" in text and NEW_PASSWORD not in text


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("salah sekali", NEW_PASSWORD, "old_password"),
        ("", NEW_PASSWORD, "old_password"),
        *((PASSWORD, poor, "password") for poor in ("pendek", OLD, "12345678", "")),
    ],
)
def test_a_password_that_is_no_good_changes_nothing(app, applicant_client, old, new, field):
    page = change_password(applicant_client, old, new)
    assert page.status_code == 422 and field_error(page, field)
    assert PublicClient(app).sign_in().status_code == 303


def test_the_old_password_cannot_be_guessed_for_ever(applicant_client):
    codes = [change_password(applicant_client, old=f"tebakan {n}").status_code for n in range(12)]
    assert codes[0] == 422 and codes[-1] == 429
    assert change_password(applicant_client).status_code == 429


def test_an_officer_s_password_is_not_changed_here(app):
    officer = PublicClient(app)
    officer.sign_in("admin@aku.example")
    assert officer.get("/akun/sandi").location == "/permohonan/"


def test_the_account_page_says_how_an_account_is_closed_and_what_is_kept(applicant_client):
    page = applicant_client.get("/akun").text
    assert "Menutup akun" in page and "wajib kami simpan" in page
