"""Sheets of services: what is signed says all that the definition says, on the screen and in docs/."""

import html

import pytest

import cli
from catalogue import service_sheet
from models import Edition, Layanan
from tests import ROOT
from tests.helpers.service_cases import services
from tests.helpers.staff_client import sign_in_officer

PLACE = "/petugas/lembar-layanan"


@pytest.fixture
def database_kind():
    """Pages over the definitions' JSON text, the same on both."""
    return "sqlite"


@pytest.fixture
def pages(app):
    return cli.service_pages()


def words_of(body):
    """What a sheet must say of a definition: papers, questions, products, refusals, other services, what is unsure."""
    yield from (one["name"]["id"] for one in [*body["requirements"], *body["products"]])
    yield from (one["help"]["id"] for one in body["requirements"])
    yield from (one["label"]["id"] for part in body["sections"] for one in part["fields"])
    yield from (item["label"]["id"] for part in body["sections"] for one in part["fields"] for item in one["item"])
    yield from (one["text"]["id"] for one in body["contradictions"])
    yield from (one["text"]["id"] for one in body["leads"])
    yield from [*body["legal"], *body["ask_office"]]


def test_a_sheet_says_all_of_its_service_on_the_screen_and_in_the_docs(app, pages):
    screen = html.unescape(sign_in_officer(app, "kabid").text(f"{PLACE}/semua/"))
    for code, body in services().items():
        for text in words_of(body):
            assert text.replace("|", "\\|") in pages[f"{code}.md"], code
            assert text in screen, code


def test_a_sheet_says_when_a_paper_is_demanded_what_replaces_it_and_what_the_site_gives(app):
    body = services()["AK-LAHIR"] | {"contradictions": [
        {"key": "tua", "field": "tanggal_lahir", "kind": "refuse", "text": {"id": "Terlalu tua."},
         "when": {"age": "tanggal_lahir", "at_least": 17}},
    ]}  # fmt: skip
    given = {
        "F-2.03": {"name": {"id": "SPTJM"}, "signers": [{"who": "witness"}], "stamp_duty": 10000, "ask_office": ["?"]}
    }
    body["requirements"] = [
        one | ({"statement": "F-2.03"} if one["key"] == "sptjm_kelahiran" else {}) for one in body["requirements"]
    ]
    sheet = service_sheet.build(body, given)
    paper = next(one for one in sheet.papers if "F-2.03" in one.name)
    assert (paper.stamp_duty, paper.alternatives != "") == (10000, True)
    assert paper.given == "SPTJM terisi dari jawaban, ditandatangani di kertas"
    wedding = next(one for one in sheet.papers if "buku nikah" in one.name)
    assert wedding.when.startswith("Hanya bila ") and "Keadaan orang tua anak" in wedding.when
    assert "?" in sheet.ask_office
    assert (sheet.rules[0].word, sheet.rules[0].when) == ("Ditolak", "anak sudah 17 tahun")


def test_the_page_is_of_the_edition_in_force_also_of_a_closed_service(app):
    officer = sign_in_officer(app, "admin")
    Layanan.update(active=False).where(Layanan.code == "AK-LAHIR").execute()
    before = Edition.get(Edition.layanan == Layanan.get(Layanan.code == "AK-LAHIR"))
    body = before.body | {"name": {"id": "Akta kelahiran baru"}}
    Edition.create(layanan=before.layanan, number=before.number + 1, body=body)
    page = officer.text(f"{PLACE}/lihat/?kode=AK-LAHIR")
    assert f"Edisi {before.number + 1}, terbit" in page and "Akta kelahiran baru" in page
    assert "Paraf" in page and officer.get(f"{PLACE}/lihat/?kode=XX").status_code == 404
    assert "Akta kelahiran baru" in officer.text(f"{PLACE}/")


@pytest.mark.parametrize(("role", "opens"), [
    ("it", True), ("kabid", True), ("kadis", True), ("adb", True), ("admin", True), ("siak_operator", False),
    ("counter_operator", False), ("pickup", False),
])  # fmt: skip
def test_the_sheets_are_read_by_those_who_check_them(app, role, opens):
    officer = sign_in_officer(app, role)
    statuses = {officer.get(f"{PLACE}{page}").status_code for page in ("/", "/semua/", "/lihat/?kode=KTP-HILANG")}
    assert statuses == ({200} if opens else {404}), statuses


def test_the_sheets_in_the_docs_are_those_of_the_shipped_services(pages):
    found = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "layanan").glob("*.md")}
    assert found == pages, "run `make docs`"
