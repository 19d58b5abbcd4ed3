"""The wizard in a real browser: a crash, two tabs, keyboard only; it can save screenshots."""

import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

import run
from catalogue import definition, page_layout
from tests import machine
from tests.helpers import browser_person
from tests.helpers.browser_person import DESKTOP, PHONE, Person, photo
from tests.helpers.factory import sample_answers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
SEED = run.ROOT / "seed" / "layanan" / "KTP-HILANG.toml"
SAVED = re.compile(r"Tersimpan otomatis pukul \d\d\.\d\d WITA\.")
MINE = {"nik": "5108994505907777", "pemohon_nik": "5108994505907777", "pemohon_email": "pemohon2@aku.example"}
TABS = 60  # presses of Tab before a field counts as out of reach


@pytest.fixture(scope="module")
def office_server():
    with machine.fresh_server() as server:
        yield server


@contextmanager
def mortal(browser, folder: Path):
    """A Chromium with a process of its own: (browser, its process, to be killed)."""
    command = [machine.chromium(), *browser_person.CHROMIUM_ARGS, "--headless=new", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={folder}", "about:blank"],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    port, until = folder / "DevToolsActivePort", time.monotonic() + browser_person.TIMEOUT_MS / 1000
    try:
        while not (port.exists() and port.read_text().strip()) and time.monotonic() < until:
            time.sleep(0.1)
        yield browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port.read_text().split()[0]}"), process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def saved(page):
    expect(page.locator("#tersimpan")).to_contain_text(SAVED)


def looked_at(person, name):
    """At both widths, by axe, and nothing scrolls sideways."""
    for width, size in (("360", PHONE), ("1280", {"width": 1280, "height": 800})):
        person.page.set_viewport_size(size)
        person.check_page(f"isi-{name}-{width}", axe=size == PHONE)
        wide = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, width, wide)
    person.page.set_viewport_size(PHONE)


def test_the_browser_is_killed_and_another_goes_on_where_it_stood(office_server, browser, tmp_path):
    with mortal(browser, tmp_path) as (doomed, process):
        person = Person(doomed, office_server.url, PHONE)
        person.sign_in()
        page = person.go("/permohonan/baru/KTP-HILANG")
        person.press("Mulai mengisi")
        page.check("[name=pemohon_untuk][value=diri]")
        with page.expect_response(lambda answer: "pemohon_nik=5108+9941" in (answer.request.post_data or "")):
            page.fill("[name=pemohon_nik]", "5108 9941")  # not all of it
        saved(page)
        home = page.url.split("/isi/")[0]
        person.go(f"{home}/unggahan")
        page.set_input_files(
            "[name=upload-formulir]", {"name": "f.jpg", "mimeType": "image/jpeg", "buffer": photo("f")}
        )
        expect(page.locator("a[href*='/berkas/']")).to_have_count(1)
        person.go(f"{home}/isi/kehilangan")
        page.fill("[name=nomor_surat_kehilangan]", "SKTLK 7")
        with page.expect_response(lambda answer: "tanggal_surat_kehilangan=31" in (answer.request.post_data or "")):
            page.fill("[name=tanggal_surat_kehilangan]", "31")
        saved(page)
        page.fill("[name=nomor_surat_kehilangan]", "terlalu lambat")  # typed and never saved
        os.killpg(process.pid, signal.SIGKILL)
    other = Person(browser, office_server.url, PHONE)
    other.sign_in()
    page = other.page
    other.click_and_wait(page.locator("main li[data-state=draft] a").first)
    looked_at(other, "00-draf")
    other.follow(re.compile("Lanjutkan"))
    assert page.url == f"{home}/isi/kehilangan"
    assert page.input_value("[name=nomor_surat_kehilangan]") == "SKTLK 7"
    assert page.input_value("[name=tanggal_surat_kehilangan]") == "31"
    looked_at(other, "01-lagi")
    other.go(f"{home}/isi/pemohon")
    assert page.input_value("[name=pemohon_nik]") == "5108 9941" and page.is_checked("[name=pemohon_untuk][value=diri]")
    other.go(f"{home}/unggahan")
    assert page.locator("a[href*='/berkas/']").count() == 1


def test_two_tabs_compare_and_a_lost_connection_is_said_and_made_good(office_server, browser):
    person = Person(browser, office_server.url, PHONE)
    person.sign_in("pemohon2@aku.example")
    one = person.go("/permohonan/baru/KTP-HILANG")
    person.press("Mulai mengisi")
    address = one.url.replace("/pemohon", "/pemilik")
    person.go(address)
    two = person.context.new_page()
    two.goto(address)
    one.fill("[name=nama]", "Ni Luh Satu")
    with one.expect_response(lambda answer: "Jalan+Satu" in (answer.request.post_data or "")):
        one.fill("[name=alamat]", "Jalan Satu 1")
    two.fill("[name=nama]", "Ni Luh Dua")
    two.fill("[name=alamat]", "Jalan Dua 2")
    expect(two.locator("#tersimpan")).to_contain_text("sudah diubah di tempat lain pukul")
    two.locator("form[data-autosave] button.alt, form[data-autosave] button").filter(has_text="Simpan dan").click()
    expect(two.locator("h1")).to_have_text("Isian mana yang dipakai?")
    person.page = two
    looked_at(person, "02-bandingkan")
    two.get_by_role("group", name="Nama").get_by_label(re.compile("Pakai isian ini")).check()
    two.get_by_role("group", name="Alamat").get_by_label(re.compile("Pakai yang tersimpan")).check()
    person.press("Simpan pilihan")
    expect(two.locator("h1")).not_to_have_text("Isian mana yang dipakai?")
    person.go(address)
    assert (two.input_value("[name=nama]"), two.input_value("[name=alamat]")) == ("Ni Luh Dua", "Jalan Satu 1")
    person.context.set_offline(True)
    two.fill("[name=no_kk]", "5108")
    expect(two.locator("#tersimpan")).to_contain_text("Belum terkirim")
    person.check_page("isi-03-terputus", axe=False)
    person.context.set_offline(False)
    saved(two)
    two.fill("[name=no_kk]", "510899")
    two.goto("about:blank")  # left before the pause is over: sent on the way out
    until = time.monotonic() + browser_person.TIMEOUT_MS / 1000
    while person.go(address).input_value("[name=no_kk]") != "510899":
        assert time.monotonic() < until, "what was typed last is lost"


HERE = "document.activeElement.matches('button,a') ? document.activeElement.innerText : ''"


def test_a_nik_proposes_date_and_sex_while_typed_and_never_over_what_was_typed(office_server, browser):
    person = Person(browser, office_server.url, PHONE)
    person.sign_in()
    person.go("/permohonan/baru/AK-NAMA")
    person.press("Mulai mengisi")
    page = person.go(page_url(person, "orang"))
    nik, day = page.locator("[name=nik]"), page.locator("[name=tanggal_lahir]")
    nik.press_sequentially("5108 9955 0793 9002")
    expect(day).to_have_value("15-07-1993")
    expect(page.locator("[name=jenis_kelamin][value='2']")).to_be_checked()
    expect(page.get_by_text("Diisi dari NIK. Periksa lagi.").first).to_be_visible()
    looked_at(person, "08-nik")
    nik.fill("5108990302239003")
    expect(day).to_have_value("03-02-2023")  # a proposal follows its NIK; whoever this is may be a child
    expect(page.locator("[name=jenis_kelamin][value='1']")).to_be_checked()
    day.fill("")
    day.press_sequentially("04021990")
    expect(day).to_have_value("04-02-1990")
    page.check("[name=jenis_kelamin][value='2']")
    nik.fill("5108990506819005")
    expect(day).to_have_value("04-02-1990")
    expect(page.locator("[name=jenis_kelamin][value='2']")).to_be_checked()
    day.fill("")
    nik.fill("9908990506819005")  # no such province
    nik.fill("5108993902900001")  # no such day
    expect(day).to_have_value("")
    day.press_sequentially("5-1-90")
    expect(day).to_have_value("5-1-90")
    assert not person.errors


def page_url(person, section):
    return re.sub(r"/isi/\w+", f"/isi/{section}", person.page.url)


class Keys:
    """Somebody without a mouse."""

    def __init__(self, person):
        self.person, self.page = person, person.page

    def to(self, selector):
        """Press Tab until the element has the focus."""
        for _press in range(TABS):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: {selector} is not reached with Tab")

    def press(self, words):
        """Go to a button by its words, and press Enter."""
        for _press in range(TABS):
            if words in self.page.evaluate(HERE):
                self.page.keyboard.press("Enter")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: {words!r} is not reached with Tab")

    def answer(self, field, value):
        key, kind = field["key"], field["type"]
        if kind == "date":
            self.to(f"[name='{key}']")
            self.type("".join(reversed(value.split("-"))))  # the hyphens come by themselves
            return
        self.to(f"[name='{key}']")
        tag = self.page.evaluate("document.activeElement.tagName + ':' + document.activeElement.type")
        if tag == "INPUT:radio":
            self.page.keyboard.press("Space")
        elif tag.startswith("SELECT"):
            self.page.keyboard.press("ArrowDown")
        else:
            self.type(str(value))

    def type(self, text):
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


def test_an_application_is_sent_with_the_keyboard_alone(office_server, browser):
    person = Person(browser, office_server.url, DESKTOP)
    edition = definition.read_definition(SEED)
    page = person.go("/masuk")
    keys = Keys(person)
    keys.to("[name=email]")
    keys.type("pemohon2@aku.example")
    keys.to("[name=password]")
    keys.type("buleleng-2026")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/permohonan/$"))
    person.go("/permohonan/baru/KTP-HILANG")
    keys.press("uat permohonan baru" if page.get_by_role("button", name="Buat permohonan baru").count() else "Mulai")
    pages = page_layout.form_pages("self_service", edition)
    answers = sample_answers([field for section in pages for field in section["fields"]]) | MINE
    for section in pages:
        page.wait_for_url(re.compile(f"/isi/{section['key']}"))
        page.wait_for_load_state()
        for field in section["fields"]:
            keys.answer(field, answers[field["key"]])
        keys.press("Simpan dan lanjutkan")
    page.wait_for_url(re.compile("/unggahan"))
    for requirement in edition["requirements"]:
        keys.to(f"[name='upload-{requirement['key']}']")
        there = page.locator("a[href*='/berkas/']").count()
        one = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo(requirement["key"])}
        page.set_input_files(":focus", one)  # what opens is the system's own
        expect(page.locator("a[href*='/berkas/']")).to_have_count(there + 1)
    keys.press("Simpan dan lanjutkan")
    page.wait_for_url(re.compile("/periksa"))
    keys.press("Kirim permohonan")
    expect(page.locator("#ringkasan")).to_be_focused()
    keys.press("Centang")
    keys.to("[name=declaration]")
    page.keyboard.press("Space")
    keys.press("Kirim permohonan")
    expect(page.locator("main")).to_have_attribute("data-state", "submitted")
