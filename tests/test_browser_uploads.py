"""Uploads in a real browser: chunks, warnings, rejections, a lost connection, a killed server."""

import io
import re

import pytest
from PIL import Image, ImageEnhance

from tests import machine
from tests.helpers import upload_corpus
from tests.helpers.browser_person import DESKTOP, PHONE, Person, photo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
SLOW = {"offline": False, "latency": 100, "downloadThroughput": 200_000, "uploadThroughput": 100_000}


def file(name, data):
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def dark():
    return upload_corpus.jpeg_bytes(ImageEnhance.Brightness(Image.open(io.BytesIO(photo("gelap")))).enhance(0.2))


def look(person, name):
    for width, size in (("1280", DESKTOP), ("360", PHONE)):
        person.page.set_viewport_size(size)
        person.check_page(f"unggah-{name}-{width}", axe=size == PHONE)


def begin(browser, url, **more):
    """Somebody at the page of uploads of a new application."""
    person = Person(browser, url, PHONE, **more)
    person.sign_in()
    page = person.page
    person.go("/permohonan/baru/KTP-HILANG")
    person.press(re.compile("Mulai mengisi|Buat permohonan baru"))
    person.go(page.url.partition("/isi")[0] + "/unggahan")
    return person


def slot(page, requirement):
    return page.locator(f".slot:has(#upload-{requirement})")


def test_uploads_go_on_whatever_happens_and_end_as_one_file_each(browser):
    with machine.fresh_server() as server:
        person = begin(browser, server.url)
        page = person.page
        look(person, "kosong")
        page.set_input_files("#upload-formulir", [file("satu.jpg", photo("satu")), file("dua.jpg", photo("dua"))])
        slot(page, "formulir").locator("li:nth-child(2) .tag.good").wait_for()
        page.set_input_files("#upload-formulir", [file("satu.jpg", photo("satu"))])
        page.set_input_files("#upload-surat_kehilangan", [file("gelap.jpg", dark())])
        slot(page, "surat_kehilangan").locator(".doubted").wait_for()
        assert slot(page, "formulir").locator("li").count() == 2, "the same photo chosen again is the same file"
        page.set_input_files("#upload-kk", [file("kk.jpg", b"MZ" + bytes(300))])
        page.locator("#upload-kk-error").wait_for()
        assert page.locator("#upload-kk").get_attribute("aria-describedby") == "upload-kk-error"
        look(person, "diperingatkan")
        _by_keyboard(page)
        look(person, "tetap-dipakai")
        _through_cuts(person, server)
        assert [text for text in person.errors if "ERR_" not in text and "422" not in text] == []


def _by_keyboard(page):
    """Say why the dark photo stays, with keys alone."""
    page.locator("summary:has-text('Tetap pakai')").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Aslinya luntur.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    slot(page, "surat_kehilangan").get_by_text("Aslinya luntur.").wait_for()


def _through_cuts(person, server):
    """No signal for a while, then a server that dies: the upload ends by itself, and the button waits for it."""
    page = person.page
    wire = person.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    noise = upload_corpus.jpeg_bytes(Image.effect_noise((1800, 1800), 60), quality=60)
    page.set_input_files("#upload-kk", [file("kk.jpg", noise)])
    line = slot(page, "kk").locator(".sending:has(progress)")
    line.get_by_text(re.compile(r"Mengunggah [1-9]\d? %")).wait_for()
    wire.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
    line.get_by_text("Sinyal terputus").wait_for()
    look(person, "terputus")
    server.kill()
    wire.send("Network.emulateNetworkConditions", SLOW)
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    server.start()
    page.wait_for_url(re.compile("/periksa"))
    person.go(page.url.replace("/periksa", "/unggahan"))
    assert [slot(page, key).locator("li").count() for key in ("formulir", "surat_kehilangan", "kk")] == [2, 1, 1]
    look(person, "selesai")
