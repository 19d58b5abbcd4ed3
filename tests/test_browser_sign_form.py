"""The form signed by a finger on a telephone: from the uploads to the officer's page; without a script on paper."""

import re

import pytest

from intake import attachments, drafts
from models import DraftFile
from tests import machine
from tests.helpers.browser_office import browser_office
from tests.helpers.browser_person import PHONE, Person
from tests.test_wizard_statements import PAPER, begin_unsigned

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def office():
    with browser_office(REDIS_URL=machine.valkey()) as (running, factory):
        permohonan = factory.begin("AK-LAHIR")
        for slot in attachments.upload_slots(permohonan, drafts.get_draft(permohonan).answers, []):
            if slot.needed and slot.requirement["key"] != "formulir":
                factory.attach(permohonan, slot.requirement["key"])
        DraftFile.delete().where(DraftFile.requirement == "formulir").execute()
        yield running, permohonan


def by_finger(page, *points):
    """Draw a line over the pad with a finger: real touch events."""
    box = page.locator("canvas").bounding_box()
    wire = page.context.new_cdp_session(page)
    places = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in points]
    wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": places[:1]})
    for place in places[1:]:
        wire.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_signs_the_form_and_the_officer_sees_it(browser, office):
    server, permohonan = office
    person = Person(browser, server.url, PHONE, has_touch=True)
    person.sign_in()
    page = person.go(f"/permohonan/{permohonan.key}/unggahan")
    person.check_page("tanda-tangan-unggahan-360")
    with page.expect_navigation():
        page.get_by_role("link", name="Tanda tangani di layar").tap()
    page.locator("canvas").scroll_into_view_if_needed()
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan tanda tangan").tap()
    assert "Belum ada tanda tangan" in page.locator("#signature-error").inner_text()
    page.locator("canvas").scroll_into_view_if_needed()
    by_finger(page, (0.2, 0.7), (0.4, 0.2), (0.6, 0.8), (0.8, 0.3))
    by_finger(page, (0.5, 0.5))
    assert len(page.locator("#signature").input_value()) > 20
    person.check_page("tanda-tangan-360")
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan tanda tangan").tap()
    page.locator(".slot:has(#upload-formulir) .tag.good").get_by_text("Ditandatangani di layar").wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan dan lanjutkan").tap()
    page.wait_for_url(re.compile("/periksa"))
    page.locator("#declaration").tap()
    with page.expect_navigation():
        page.get_by_role("button", name="Kirim permohonan").tap()
    assert person.errors == [] or all("422" in text for text in person.errors)
    officer = Person(browser, server.url)
    officer.sign_in_as_staff("admin@aku.example")
    officer.go(f"/petugas/pemeriksaan/details/?id={permohonan.key}&lihat=0")
    assert "ditandatangani di layar" in officer.page.locator(".sheets").inner_text()
    officer.page.wait_for_function("document.querySelector('.sheet-img').naturalWidth > 500")
    officer.check_page("tanda-tangan-petugas")


@pytest.fixture
def unregistered():
    with browser_office(REDIS_URL=machine.valkey()) as (running, factory):
        yield running, begin_unsigned(factory)


def test_a_finger_signs_the_statement_beside_its_requirement(browser, unregistered):
    server, permohonan = unregistered
    person = Person(browser, server.url, PHONE, has_touch=True)
    person.sign_in()
    page = person.go(f"/permohonan/{permohonan.key}/unggahan")
    box = page.locator(f".slot:has(#upload-{PAPER})")
    with page.expect_download() as got:
        box.get_by_role("link", name="Unduh yang sudah terisi").tap()
    assert got.value.suggested_filename == f"{PAPER}-{permohonan.number}.pdf"
    person.check_page("pernyataan-unggahan-360")
    with page.expect_navigation():
        box.get_by_role("link", name="Tanda tangani di layar").tap()
    page.locator("canvas").scroll_into_view_if_needed()
    by_finger(page, (0.2, 0.7), (0.4, 0.2), (0.6, 0.8), (0.8, 0.3))
    by_finger(page, (0.5, 0.5))
    person.check_page("pernyataan-tanda-tangan-360")
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan tanda tangan").tap()
    box.locator(".tag.good").get_by_text("Ditandatangani di layar").wait_for()
    person.check_page_at_widths("pernyataan-ditandatangani", 360, 1366)
    assert person.errors == []


def test_without_a_script_the_page_says_how_it_goes_on_paper(browser, office):
    server, permohonan = office
    person = Person(browser, server.url, PHONE, script=False)
    person.sign_in()
    page = person.go(f"/permohonan/{permohonan.key}/tanda-tangan")
    assert "Cetak formulirnya" in page.locator("main").inner_text()
    assert not page.get_by_role("button", name="Simpan tanda tangan").is_visible()
