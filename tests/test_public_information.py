"""The pages that need no account: home, services, search, blank forms, errors, their weight and manners."""

import re

import pytest

from lib.database import database
from models import Edition, Layanan
from public import access
from tests.helpers.public_client import PublicClient
from web import service_directory

OPEN_PAGES = (
    "/", "/layanan/", "/layanan/?q=bayi", "/layanan/AK-LAHIR", "/standar-pelayanan", "/loket", "/daftar", "/masuk",
    "/info/ikd", "/info/legalisasi", "/info/unduh-lagi", "/rekam-ktp",
    "/keluar", "/lupa-sandi", "/lacak", "/surat-terkirim/daftar", "/demo/surat",
)  # fmt: skip


def test_a_page_for_everybody_has_one_heading_a_title_and_no_inline_code(anonymous):
    for path in OPEN_PAGES:
        page = anonymous.get(path)
        assert page.status_code == 200, path
        assert page.text.count("<h1") == 1 and re.search(r"<title>.+ – AKU Online</title>", page.text), path
        assert not re.search(r"<style|<script(?! src=)|\son[a-z]+=|\sstyle=|javascript:", page.text), path
        assert "default-src 'none'" in page.headers["Content-Security-Policy"], path


def test_the_first_load_is_small(anonymous):
    sizes = {"/": len(anonymous.get("/").data)}
    pending = re.findall(r'(?:href|src)="(/static/[^"#]+)', anonymous.get("/").text)
    pending += re.findall(r"url\(([^)]+)\)", anonymous.get("/static/public.css").text)
    for address in {one if one.startswith("/") else f"/static/{one}" for one in pending}:
        sizes[address] = len(anonymous.get(address).data)
    assert len(sizes) <= 6 and sum(sizes.values()) <= 60_000, sizes


def test_the_public_sheet_begins_with_the_tokens(anonymous):
    assert anonymous.get("/static/public.css").text.startswith(anonymous.get("/static/tokens.css").text)


def test_a_search_that_finds_nothing_says_what_to_try(anonymous):
    for asked in ("zzzz", "%", "_", "\x00", "x" * 3000, "saya mau", "<script>"):
        page = anonymous.get("/layanan/", query_string={"q": asked})
        assert page.status_code == 200 and "Tidak ada layanan yang cocok" in page.text and "<script>" not in page.text


def test_a_new_edition_is_on_the_page_at_once(anonymous):
    assert anonymous.get("/layanan/AK-MATI").status_code == 200
    old = Edition.current().where(Layanan.code == "AK-MATI").get()
    body = old.body | {"name": {"id": "Akta kematian baru"}}
    Edition.create(layanan=old.layanan, number=old.number + 1, body=body)
    assert "Akta kematian baru" in anonymous.get("/layanan/AK-MATI").text


def test_a_closed_service_is_not_offered_and_keeps_its_address(anonymous):
    assert "/permohonan/baru/AK-MATI" in anonymous.get("/layanan/AK-MATI").text
    Layanan.update(active=False).where(Layanan.code == "AK-MATI").execute()
    page = anonymous.get("/layanan/AK-MATI")
    assert page.status_code == 200 and "data-closed" in page.text and "/permohonan/baru/" not in page.text
    assert anonymous.get("/layanan/AK-MATI/formulir.pdf").location == "/layanan/AK-MATI"
    assert "AK-MATI" not in anonymous.get("/layanan/").text


def test_every_service_has_its_page_and_its_blank_form(anonymous):
    for edition in service_directory.current_services():
        code = edition.layanan.code
        assert anonymous.get(f"/layanan/{code}").status_code == 200, code
    form = anonymous.get("/layanan/AK-LAHIR/formulir.pdf")
    assert form.data.startswith(b"%PDF-") and form.headers["Content-Disposition"].startswith("attachment")


def test_the_home_page_says_whether_the_counter_is_open(anonymous, set_clock):
    set_clock(2026, 11, 24, 10, 0)
    assert "Loket buka sampai pukul 15.00" in anonymous.get("/").text
    set_clock(2026, 11, 27, 12, 31)
    assert "Loket tutup, buka lagi Senin, 30 November 2026" in anonymous.get("/").text


def test_what_does_not_exist_is_a_plain_page_in_indonesian(anonymous):
    unknown = dict.fromkeys(("/tidak-ada", "/permohonan/x/y/z", "/layanan/..%2f"), "Halaman ini tidak ada")
    unknown |= dict.fromkeys(("/verifikasi/%00", "/verifikasi/" + "a" * 26), "Dokumen tidak ditemukan")
    for path, told in unknown.items():
        page = anonymous.get(path)
        assert page.status_code == 404 and told in page.text and 'lang="id"' in page.text, path


def test_an_error_page_tells_nothing_of_the_inside(app, anonymous, monkeypatch):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(database.obj, "execute_sql", lambda *parts, **more: 1 / 0)
    page = anonymous.get("/")
    assert page.status_code == 500 and "Ada yang rusak di pihak kami" in page.text
    assert "Zero" not in page.text and "Traceback" not in page.text


def test_a_form_without_its_token_is_refused_with_a_page(anonymous):
    page = anonymous.client.post("/masuk", data={"email": "a@b.id", "password": "x"})
    assert page.status_code == 400 and "terlalu lama terbuka" in page.text


@pytest.mark.parametrize(
    "wanted",
    [
        "https://jahat.example",
        "//jahat.example",
        "/\\jahat.example",
        "http:jahat",
        "/a\nb",
        "javascript:alert(1)",
        "/a b",
        "",
        None,
    ],
)
def test_only_addresses_of_this_site_are_gone_on_to(wanted):
    assert access.safe_redirect_target(wanted, "/ini") == "/ini"


def test_a_query_of_this_site_may_be_gone_on_to():
    assert (
        access.safe_redirect_target("/permohonan/baru/AK-LAHIR?x=1&y=%20", "/ini")
        == "/permohonan/baru/AK-LAHIR?x=1&y=%20"
    )


def test_the_demonstration_s_letters_are_not_there_with_a_mail_server(make_app):
    with make_app(SMTP_URL="smtp://127.0.0.1:9").app_context() as context:
        anybody = PublicClient(context.app)
        assert anybody.get("/demo/surat").status_code == 404 and "/demo/surat" not in anybody.get("/").text
