"""BIO-WNI by somebody without a NIK, by touch on a phone, from the account to SIAK's sheet."""

import re

import pytest

import run
from catalogue import definition, page_layout
from tests import machine
from tests.helpers.browser_person import PHONE, Person, photo
from tests.helpers.factory import sample_answers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
BODY = definition.read_definition(run.ROOT / "seed" / "layanan" / "BIO-WNI.toml")
PAGES = page_layout.form_pages("self_service", BODY)
ANSWERS = sample_answers([field for page in PAGES for field in page["fields"]]) | {"pemohon_untuk": "diri"}
REASON = "Belum punya NIK: WNI yang belum pernah terdaftar"


@pytest.fixture(scope="module")
def office_server():
    with machine.fresh_server() as server:
        yield server


def tap(person, way):
    with person.page.expect_navigation():
        way.tap()


def fill_page(person, section):
    for field in section["fields"]:
        if field["key"] != "pemohon_nik" and person.page.locator(f"[name='{field['key']}']").first.is_visible():
            person.fill(field, ANSWERS[field["key"]])


def choose_reason(person):
    page = person.page
    page.fill("[name=pemohon_nik]", "")  # the demonstration's person has one
    tap(person, page.get_by_role("button", name="Simpan dan lanjutkan"))
    assert "pilih alasan belum punya" in page.locator("#pemohon_nik-error").inner_text()
    box = page.locator("details:has([name=pemohon_nik-tanpa])")
    assert box.get_attribute("open") is not None  # after the error it stands open
    person.check_page("tanpa-nik-360")
    page.select_option("[name=pemohon_nik-tanpa]", "wni")


def test_somebody_without_a_nik_applies_by_touch_and_the_office_reads_why(office_server, browser):
    person = Person(browser, office_server.url, PHONE, has_touch=True, is_mobile=True)
    person.sign_in()
    page = person.go("/permohonan/baru/BIO-WNI")
    tap(person, page.get_by_role("button", name="Mulai mengisi"))
    for place, section in enumerate(PAGES):
        fill_page(person, section)
        if not place:
            choose_reason(person)
        tap(person, page.get_by_role("button", name="Simpan dan lanjutkan"))
    for requirement in BODY["requirements"]:
        box = page.locator(f"[name='upload-{requirement['key']}']")
        if box.count():
            name = f"{requirement['key']}.jpg"
            box.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": photo(requirement["key"])})
    page.get_by_role("button", name="Simpan dan lanjutkan").tap()
    page.wait_for_url(re.compile("/periksa"))
    assert page.get_by_text(REASON).first.is_visible()
    person.check_page("tanpa-nik-periksa-360")
    page.locator("[name=declaration]").check()
    page.get_by_role("button", name="Kirim permohonan").tap()
    page.wait_for_url(re.compile(r"/permohonan/[a-z2-7]+$"))
    number = person.number()
    assert [text for text in person.errors if "422" not in text] == []
    admin = Person(browser, office_server.url)
    admin.sign_in_as_staff("admin@aku.example")
    admin.go("/petugas/pemeriksaan/")
    admin.click_and_wait(admin.page.locator(f"tr[data-number='{number}'] a.num").first)
    assert admin.page.get_by_text(REASON).first.is_visible()
    admin.check_page("tanpa-nik-pemeriksaan", axe=False)
    admin.open_action("pemeriksaan", number, "send_to_siak")
    assert not admin.errors
    siak = Person(browser, office_server.url)
    siak.sign_in_as_staff("siak@aku.example")
    siak.go("/petugas/siak/")
    siak.click_and_wait(siak.page.locator(f"tr[data-number='{number}'] a.num").first)
    siak.check_page("tanpa-nik-siak", axe=False)
    assert REASON.upper() in siak.page.locator("body").inner_text().upper()
