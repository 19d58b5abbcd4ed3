"""Accounts as applicants meet them: registering, confirming, signing in and out, a forgotten password, limits."""

import re

import pytest

from accounts import one_time_links, rate_limits
from jobs import outbox
from models import Outbox, User, WebSession
from tests.helpers.public_client import PASSWORD, PublicClient, field_error

NEW = {"name": "Ni Made Uji Coba", "email": "made.uji@aku.example", "password": "tiga ekor ayam", "phone": ""}
KNOWN = "pemohon@aku.example"


@pytest.fixture
def letter(app):
    """A function that sends what is promised and returns the newest mail's text."""

    def newest():
        outbox.drain()
        paths = sorted((app.config["INSTANCE_DIR"] / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return paths[-1].read_text() if paths else ""

    return newest


def link_in(text, page):
    return re.search(rf"http://[^/]+({page}/\S+)", text.replace("=\n", ""))[1]


def test_an_account_works_once_its_address_is_confirmed(anonymous, letter):
    assert anonymous.post("/daftar", NEW).status_code == 303
    assert anonymous.sign_in(NEW["email"], NEW["password"]).status_code == 422
    way = link_in(letter(), "/konfirmasi")
    assert 'type="password"' not in anonymous.get(way).text, "the browser that registered is not asked again"
    assert anonymous.get("/permohonan/").status_code == 303, "looking at the link confirms nothing"
    assert anonymous.post(way).status_code == 303
    assert anonymous.get("/permohonan/").status_code == 200
    assert anonymous.get(way).status_code == 404, "it works once"


def test_who_registers_on_the_way_to_a_service_arrives_there(anonymous, letter):
    asked = anonymous.get(anonymous.get("/permohonan/baru/AK-LAHIR").location)
    way = re.search(r'href="(/daftar[^"]+)"', asked.text)[1]
    wanted = re.search(r'name="next" type="hidden" value="([^"]+)"', anonymous.get(way).text)[1]
    anonymous.post("/daftar", NEW | {"next": wanted})
    assert anonymous.post(link_in(letter(), "/konfirmasi")).location == "/permohonan/baru/AK-LAHIR"


def test_registering_leads_to_no_other_site(anonymous, letter):
    anonymous.post("/daftar", NEW | {"next": "//jahat.example"})
    assert anonymous.post(link_in(letter(), "/konfirmasi")).location == "/layanan/"


def test_who_registers_another_s_address_gets_nothing_from_its_confirmation(app, anonymous, letter):
    owner = PublicClient(app)
    anonymous.post("/daftar", NEW | {"password": "sandi si penyerang"})
    way = link_in(letter(), "/konfirmasi")
    assert owner.post(way, {}).status_code == 422
    wrong = owner.post(way, {"password": NEW["password"]})
    assert "tidak cocok" in field_error(wrong, "password") and User.get(User.email == NEW["email"]).confirmed_at is None
    assert anonymous.sign_in(NEW["email"], "sandi si penyerang").status_code == 422


def test_another_browser_confirms_with_the_password(app, anonymous, letter):
    anonymous.post("/daftar", NEW)
    phone = PublicClient(app)
    assert phone.post(link_in(letter(), "/konfirmasi"), {"password": NEW["password"]}).status_code == 303
    assert phone.get("/permohonan/").status_code == 200


def test_registering_a_known_address_looks_the_same_and_changes_nothing(anonymous, letter):
    before = User.get(User.email == KNOWN).password
    new, known = anonymous.post("/daftar", NEW), anonymous.post("/daftar", NEW | {"email": KNOWN.upper()})
    assert (new.status_code, new.location) == (known.status_code, known.location)
    user = User.get(User.email == KNOWN)
    assert user.password == before and user.name != NEW["name"]
    outbox.drain()
    assert [row.payload["purpose"] for row in Outbox.select().order_by(Outbox.id)] == ["confirm", "exists"]


def test_no_secret_stands_in_a_row(anonymous, letter):
    anonymous.post("/daftar", NEW)
    secret = link_in(letter(), "/konfirmasi").rpartition("/")[2]
    assert secret not in str([row.__data__ for row in Outbox.select()])


@pytest.mark.parametrize("database_kind", ["sqlite"])  # what a form says before anything is written
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", "", "Isi nama lengkap"),
        ("name", "x" * 101, "terlalu panjang"),
        ("name", "a\x00b", "tidak terbaca"),
        ("name", "<script>", "huruf Latin"),
        ("email", "", "Isi alamat e-mail"),
        ("email", "tanpa-at", "seperti nama@gmail.com"),
        ("email", "a@b.id\r\nBcc: x@y.id", "seperti nama@gmail.com"),
        ("email", f"{'a' * 60}@{'b' * 60}.example", "terlalu panjang"),
        ("phone", "abc", "0812 0000 4417"),
        ("password", "", "Buat kata sandi"),
        ("password", "pendek", "8 karakter"),
        ("password", "12345678", "mudah ditebak"),
        ("password", "made.uji@aku.example", "mudah ditebak"),
    ],
)
def test_a_wrong_field_gets_its_sentence_and_the_rest_stays(anonymous, name, value, words):
    page = anonymous.post("/daftar", NEW | {name: value})
    assert page.status_code == 422 and words in field_error(page, name)
    assert "<title>Ada 1 isian" in page.text and f'href="#{name}"' in page.text and 'role="alert"' in page.text
    other = "name" if name != "name" else "email"
    assert f'value="{NEW[other]}"' in page.text
    assert NEW["password"] not in page.text and 'aria-invalid="true"' in page.text


def test_every_wrong_sign_in_gets_the_same_answer(anonymous):
    pages = [anonymous.sign_in(email, "salah").text for email in (KNOWN, "tidak.ada@aku.example")]
    answers = {re.sub('value="[^"]*"', "", page) for page in pages}
    assert len(answers) == 1


def test_six_wrong_passwords_close_the_door_for_a_while(anonymous):
    for _ in range(rate_limits.MAX_ATTEMPTS):
        assert anonymous.sign_in(password="salah").status_code == 422
    locked = anonymous.sign_in()
    assert locked.status_code == 429 and "15 menit" in locked.text


def test_after_signing_in_one_comes_back_to_where_one_was(anonymous):
    asked = anonymous.get("/permohonan/baru/AK-LAHIR")
    assert asked.location == "/masuk?next=/permohonan/baru/AK-LAHIR"
    page = anonymous.post("/masuk", {"email": KNOWN, "password": PASSWORD, "next": "/permohonan/baru/AK-LAHIR"})
    assert page.location == "/permohonan/baru/AK-LAHIR"
    assert anonymous.get("/masuk?next=/lacak").location == "/lacak"


@pytest.mark.parametrize(
    "wanted", ["//jahat.example", "https://jahat.example", "/\\jahat.example", "http:jahat.example"]
)
def test_nobody_is_sent_to_another_site(anonymous, wanted):
    assert anonymous.post("/masuk", {"email": KNOWN, "password": PASSWORD, "next": wanted}).location == "/permohonan/"
    assert anonymous.get("/masuk", query_string={"next": wanted}).location == "/permohonan/"


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app, anonymous):
    anonymous.sign_in()
    thief = PublicClient(app)
    thief.client.set_cookie("session", anonymous.client.get_cookie("session").value)
    assert thief.get("/permohonan/").status_code == 200
    assert anonymous.get("/keluar").status_code == 200 and anonymous.get("/permohonan/").status_code == 200
    anonymous.post("/keluar")
    assert thief.get("/permohonan/").status_code == anonymous.get("/permohonan/").status_code == 303


def test_a_new_password_ends_every_session_and_confirms_the_address(app, anonymous, letter):
    other = PublicClient(app)
    other.sign_in()
    assert anonymous.post("/lupa-sandi", {"email": KNOWN}).status_code == 303
    way = link_in(letter(), "/sandi-baru")
    weak = anonymous.post(way, {"password": "12345678"})
    assert "mudah ditebak" in field_error(weak, "password")
    assert anonymous.post(way, {"password": "empat ekor itik"}).location == "/masuk"
    assert other.get("/permohonan/").status_code == 303 and not WebSession.select().exists()
    assert anonymous.get(way).status_code == 404
    assert anonymous.sign_in().status_code == 422 and anonymous.sign_in(password="empat ekor itik").status_code == 303


def test_a_forgotten_password_is_answered_alike_for_everybody(anonymous):
    known, unknown = (
        anonymous.post("/lupa-sandi", {"email": KNOWN}),
        anonymous.post("/lupa-sandi", {"email": "x@aku.example"}),
    )
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert Outbox.select().count() == 1


def test_nobody_is_flooded_with_mails(anonymous):
    codes = [anonymous.post("/lupa-sandi", {"email": KNOWN}).status_code for _ in range(5)]
    assert codes == [303] * 4 + [429] and Outbox.select().count() == 4


@pytest.mark.parametrize("path", ["/konfirmasi/x", "/sandi-baru/x", "/konfirmasi/%00", "/sandi-baru/%ff" + "a" * 500])
def test_a_made_up_link_says_what_to_do(anonymous, path):
    page = anonymous.get(path)
    assert page.status_code == 404 and "Tautan ini tidak berlaku" in page.text


def test_a_link_for_one_purpose_serves_no_other(app, anonymous):
    secret = one_time_links.create(User.get(User.email == KNOWN), "confirm", KNOWN)
    assert anonymous.get(f"/sandi-baru/{secret}").status_code == 404


def test_the_demonstration_shows_its_letters(anonymous, letter):
    anonymous.post("/daftar", NEW)
    letter()
    page = anonymous.get("/demo/surat")
    assert NEW["email"] in page.text and re.search(r'<a href="http://[^"]+/konfirmasi/', page.text)
    assert (
        anonymous.get("/demo/surat/..%2faku/1").status_code
        == anonymous.get("/demo/surat/tidak-ada/1").status_code
        == 404
    )
