"""Tim TI makes a service from nothing in a real browser, and a resident applies for it; no code is touched."""

import re

import pytest

from catalogue import applicant_section
from tests import machine
from tests.helpers import browser_person
from tests.helpers.browser_person import Person, photo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]


def _save(person, words="Simpan"):
    person.click_and_wait(person.page.get_by_role("button", name=words, exact=True))
    assert not person.page.locator(".errors").count(), person.page.locator(".errors").inner_text()


def _both(page, name, indonesian, english=""):
    boxes = page.locator(f"[name={name}]")
    boxes.nth(0).fill(indonesian)
    boxes.nth(1).fill(english)


def _begin(it):
    """A service from nothing: code, name, form, who verifies."""
    page = it.go("/petugas/layanan/")
    it.check_page("30-layanan")
    it.follow("Layanan baru")
    page.fill("[name=code]", "SK-DOMISILI")
    it.press("Buat usulan")
    assert page.locator("#name-error").is_visible()  # refused beside its field, and what was typed stays
    assert page.input_value("[name=code]") == "SK-DOMISILI"
    it.check_page("31-layanan-baru")
    _both(page, "name", "Surat keterangan domisili", "Proof of residence")
    page.fill("[name=form_code]", "F-1.99")
    page.select_option("[name=group]", "dafduk")
    page.select_option("[name=category]", "pindah")
    _save(it, "Buat usulan")


def _fill_in(it):
    """A choice, a question that hangs on it, and a requirement that hangs on it."""
    page = it.page
    it.follow("Isian", exact=True)
    _both(page, "label", "Untuk keperluan apa?", "What is it for?")
    page.select_option("[name=type]", "choice")
    assert not page.locator("[name=max_items]").is_visible(), "what this type has not is not asked"
    for place, words in enumerate(("Sekolah", "Bekerja", "Keperluan lain")):
        page.locator("[name=options-id]").nth(place).fill(words)
    page.check("[name=required]")
    it.check_page("32-isian-pilihan")
    _save(it)
    it.follow("Isian", exact=True)
    _both(page, "label", "Nama sekolah", "School")
    page.select_option("[name=when-0-of]", label="Untuk keperluan apa?")
    page.get_by_label("Sekolah", exact=True).check()
    page.check("[name=required]")
    it.check_page("33-isian-bersyarat")
    _save(it)
    it.follow("Syarat", exact=True)
    _both(page, "name", "Surat dari sekolah", "Letter from the school")
    _both(page, "help", "Minta di tata usaha sekolah.", "Ask at the school office.")
    page.select_option("[name=required]", "when")
    page.select_option("[name=when-0-of]", label="Untuk keperluan apa?")
    page.get_by_label("Sekolah", exact=True).check()
    picture = {"name": "contoh.jpg", "mimeType": "image/jpeg", "buffer": photo("contoh surat", (800, 600))}
    page.set_input_files("[name=picture]", picture)
    it.check_page("34-syarat")
    _save(it)
    it.press("Naikkan Surat dari sekolah")
    it.check_page("35-susunan")


def _preview_and_publish(it):
    page = it.page
    it.follow("Pratinjau")
    inside = page.frame_locator("iframe")
    inside.get_by_role("heading", name="Surat keterangan domisili").wait_for()
    it.follow("Dokumen", exact=True)
    inside.get_by_role("heading", name=re.compile("dokumen", re.I)).first.wait_for()
    assert not inside.get_by_text("Surat dari sekolah").count()
    page.select_option("#jawab-untuk_keperluan_apa", label="Sekolah")
    it.press("Tampilkan")
    inside.get_by_text("Surat dari sekolah").first.wait_for()
    assert page.locator("iframe").bounding_box()["width"] == 360
    it.check_page("36-pratinjau")
    it.follow("SK-DOMISILI")
    it.follow("Lihat perbedaan dan terbitkan")
    it.check_page("37-terbitkan")
    _save(it, "Terbitkan sebagai edisi 1")
    assert page.get_by_text("Edisi 1 berlaku").is_visible()
    it.follow("Edisi", exact=True)
    it.check_page("38-edisi")


def _apply(person):
    """The resident at a phone: reads, answers, uploads, sends."""
    person.sign_in()
    page = person.go("/layanan/SK-DOMISILI")
    person.check_page("39-layanan-yang-baru")
    person.go("/permohonan/baru/SK-DOMISILI")
    person.press("Mulai mengisi")
    person.fill_section(applicant_section.section("self_service", {}))
    person.press("Simpan dan lanjutkan")
    assert "/isi/orang" in page.url
    page.fill("[name=nama]", "I Putu Arya Wiguna")
    page.fill("[name=nik]", "5108994505900001")
    page.select_option("[name=desa]", "51.08.06.2004")
    assert not page.locator("[name=nama_sekolah]").is_visible()
    page.get_by_label("Sekolah", exact=True).check()
    page.fill("[name=nama_sekolah]", "SMA Contoh 1")
    person.press("Simpan dan lanjutkan")
    assert "/unggahan" in page.url
    for key in ("formulir", "surat_dari_sekolah"):
        page.set_input_files(
            f"[name='upload-{key}']", {"name": f"{key}.jpg", "mimeType": "image/jpeg", "buffer": photo(key)}
        )
    person.press("Simpan dan lanjutkan")
    page.wait_for_url(re.compile("/periksa"))
    page.check("[name=declaration]")
    person.press("Kirim permohonan")
    page.wait_for_url(re.compile(r"/permohonan/[a-z2-7]+$"))
    assert page.locator("main").get_attribute("data-state") == "submitted"


def test_a_service_made_from_nothing_on_the_screens_is_applied_for(browser):
    with machine.fresh_server() as server:
        it = Person(browser, server.url)
        it.sign_in_as_staff("it@aku.example")
        _begin(it)
        _fill_in(it)
        _preview_and_publish(it)
        resident = Person(browser, server.url, browser_person.PHONE)
        _apply(resident)
        for person in (it, resident):
            assert not [text for text in person.errors if "422" not in text], person.errors
