"""Interruptions on a phone, by touch and by Enter: no "Leave site?", no signal, a dead server, a session that ended."""

import re
import time

import pytest
from playwright.sync_api import expect

from intake import account_link
from models import Draft, Permohonan, WebSession
from tests.helpers import browser_office, browser_person
from tests.helpers.browser_person import PHONE, Person, photo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(150)]
NEXT = "button:has-text('Simpan dan lanjutkan'):visible"
LINE = "#tersimpan"


@pytest.fixture(scope="module")
def office():
    with browser_office.browser_office() as (server, factory):
        yield server, factory


@pytest.fixture
def phone(office, browser):
    """Somebody with a phone, signed in, on the last page of fields of an application that is filled in."""
    return open_application(browser, *office)


def open_application(browser, server, factory):
    permohonan = factory.begin("KTP-HILANG")
    person = Person(browser, server.url, PHONE, has_touch=True, is_mobile=True)
    person.sign_in()
    person.go(f"/permohonan/{permohonan.key}/isi/kehilangan")
    person.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return person


def key_of(page):
    return re.search("/permohonan/([a-z2-7]{26})", page.url)[1]


def saved_answers(page):
    """The answers in the database, right and wrong ones."""
    draft = Draft.get(Draft.permohonan == Permohonan.get(Permohonan.key == key_of(page)).id)
    return draft.answers | draft.typed


def kept_on_device(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('aku-isian '))")


def wait_until_sent(page):
    until = time.monotonic() + browser_person.TIMEOUT_MS / 1000
    while kept_on_device(page):
        assert time.monotonic() < until, "never sent"
        page.wait_for_timeout(100)


def reopen(person):
    """Close the page without a signal, as a phone does that is switched off, and open another one with a signal."""
    person.page.close()
    person.context.set_offline(False)
    person.page = person.context.new_page()
    return person.page


def type_into(page, name, words):
    page.tap(f"[name={name}]")
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def press(page, way, button=NEXT):
    """Press a button with a finger, or Enter in the field that was typed into."""
    if way == "tap":
        page.tap(button)
    else:
        page.keyboard.press("Enter")


@pytest.mark.parametrize("way", ["tap", "Enter"])
def test_what_was_typed_a_moment_ago_is_saved_and_the_next_page_opens(phone, way):
    page = phone.page
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    press(page, way)
    page.wait_for_url(re.compile("/unggahan$"))
    assert saved_answers(page)["nomor_surat_kehilangan"] == "Polsek Sawan"
    assert kept_on_device(page) == []


@pytest.mark.parametrize("link", ["nav.crumb a", "a.lang[hreflang]", "a.brand", "footer a[href*='standar']"])
def test_leaving_by_a_link_of_ours_asks_nothing_and_loses_nothing(phone, link):
    page, here = phone.page, phone.page.url
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    with page.expect_navigation():
        page.tap(link)
    if "hreflang" in link:
        with page.expect_navigation():
            page.tap("a.lang[hreflang=id]")
    else:
        assert page.url != here
    phone.go(here)
    expect(page.locator("[name=nomor_surat_kehilangan]")).to_have_value("Polsek Sawan")


def test_without_a_signal_the_answers_stay_on_the_phone_and_are_sent_when_it_is_back(phone):
    page = phone.page
    phone.context.set_offline(True)
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    page.tap(NEXT)
    expect(page.locator(LINE)).to_contain_text("tersimpan di perangkat ini")
    assert page.input_value("[name=nomor_surat_kehilangan]") == "Polsek Sawan" and len(kept_on_device(page)) == 1
    expect(page.locator("[data-pause]")).to_be_hidden()
    phone.check_page("tanpa-sinyal")
    phone.context.set_offline(False)
    expect(page.locator(LINE)).to_contain_text("Tersimpan otomatis")
    assert saved_answers(page)["nomor_surat_kehilangan"] == "Polsek Sawan" and kept_on_device(page) == []
    with page.expect_navigation():
        page.tap(NEXT)


def test_closed_without_a_signal_and_opened_another_day_it_goes_on(phone):
    page, here = phone.page, phone.page.url
    phone.context.set_offline(True)
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    page.tap(NEXT)
    expect(page.locator(LINE)).to_contain_text("tersimpan di perangkat ini")
    page = reopen(phone)
    phone.go(here)
    expect(page.locator(LINE)).to_contain_text("Tersimpan otomatis")
    assert page.input_value("[name=nomor_surat_kehilangan]") == "Polsek Sawan"
    assert saved_answers(page)["nomor_surat_kehilangan"] == "Polsek Sawan" and kept_on_device(page) == []


def test_another_page_of_the_same_account_sends_what_was_left_behind(phone):
    page, here = phone.page, phone.page.url
    phone.context.set_offline(True)
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    page.tap(NEXT)
    expect(page.locator(LINE)).to_contain_text("tersimpan di perangkat ini")
    page = reopen(phone)
    phone.go("/permohonan/")
    wait_until_sent(page)
    phone.go(here)
    assert saved_answers(page)["nomor_surat_kehilangan"] == "Polsek Sawan"


def test_what_was_changed_elsewhere_meanwhile_is_compared_first(office, phone, browser):
    page, here = phone.page, phone.page.url
    phone.context.set_offline(True)
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    page.tap(NEXT)
    expect(page.locator(LINE)).to_contain_text("tersimpan di perangkat ini")
    laptop = Person(browser, office[0].url)
    laptop.sign_in()
    laptop.go(here).fill("[name=nomor_surat_kehilangan]", "Polres Buleleng")
    expect(laptop.page.locator(LINE)).to_contain_text("Tersimpan otomatis")
    page = reopen(phone)
    phone.go("/permohonan/")
    with page.expect_navigation():
        page.tap("#isian-ponsel a")
    expect(page.locator(LINE)).to_contain_text("diubah di tempat lain")
    with page.expect_navigation():
        page.tap(NEXT)
    expect(page.locator("h1")).to_have_text("Isian mana yang dipakai?")
    with page.expect_navigation():
        page.tap("a[data-forget]")
    assert page.input_value("[name=nomor_surat_kehilangan]") == "Polres Buleleng" and kept_on_device(page) == []


def test_a_form_that_is_lost_on_the_way_leads_to_a_page_that_tries_again_and_keeps_it(phone):
    page = phone.page
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => true })")  # a signal that carries nothing
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    phone.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tidak ada sinyal")).to_be_visible()
    expect(page.locator("section[lang=id] [data-kept]")).to_be_visible()
    phone.check_page("luring")
    phone.context.set_offline(False)
    expect(page.locator(LINE)).to_contain_text("Tersimpan otomatis")
    assert saved_answers(page)["nomor_surat_kehilangan"] == "Polsek Sawan" and kept_on_device(page) == []


def test_another_account_on_the_same_phone_sees_nothing_and_signing_out_forgets(office, phone):
    page, here = phone.page, phone.page.url
    phone.context.set_offline(True)
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    page.tap(NEXT)
    expect(page.locator(LINE)).to_contain_text("tersimpan di perangkat ini")
    WebSession.delete().execute()
    phone.context.set_offline(False)
    expect(page.locator(LINE)).to_contain_text("sesi Anda sudah berakhir")
    phone.sign_in("pemohon2@aku.example")
    assert page.locator("#isian-ponsel").count() == 0 and len(kept_on_device(page)) == 1
    phone.go("/keluar")
    phone.press("Keluar")
    assert len(kept_on_device(page)) == 1, "the other account's answers wait for it"
    phone.sign_in()
    phone.go("/permohonan/")
    wait_until_sent(page)
    phone.context.set_offline(True)
    phone.context.set_offline(False)
    phone.go(here)
    page.evaluate("keptAnswers.put('/permohonan/x/isi/y', [['nama', 'Ni Luh']])")
    phone.go("/keluar")
    page.locator("main form button").tap()
    page.wait_for_url(re.compile("/$"))
    assert kept_on_device(page) == []


@pytest.mark.parametrize("end", ["the session is over", "the cookie is gone", "signed in anew in another tab"])
def test_a_session_that_ends_in_mid_form_costs_one_sign_in_and_one_press(phone, end):
    page = phone.page
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    expect(page.locator(LINE)).to_contain_text("Tersimpan otomatis")
    if end == "the cookie is gone":
        phone.context.clear_cookies()
    else:
        WebSession.delete().execute()
    if "anew" in end:
        phone.page = phone.context.new_page()
        phone.sign_in()
        phone.page = page
    type_into(page, "nomor_surat_kehilangan", "Polsek Kubutambahan")
    with page.expect_navigation():
        page.tap(NEXT)
    phone.check_page(f"sesi-{end}")
    if "anew" not in end:
        page.fill("[name=email]", "pemohon@aku.example")
        page.fill("[name=password]", "buleleng-2026")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Polsek Kubutambahan")
    page.tap("button:has-text('Lanjutkan')")
    page.wait_for_url(re.compile("/unggahan$"))
    assert saved_answers(page)["nomor_surat_kehilangan"] == "Polsek Kubutambahan" and kept_on_device(page) == []


def test_the_slip_of_a_counter_leads_into_the_account(office, browser):
    server, factory = office
    permohonan = factory.submit("KTP-HILANG", "counter")
    person = Person(browser, server.url, PHONE, has_touch=True, is_mobile=True)
    person.sign_in()
    page = person.page
    with page.expect_navigation():
        page.get_by_role("link", name="Masukkan dengan kode di slip").tap()
    person.check_page_at_widths("gabung", 360, 1366)
    page.set_viewport_size(PHONE)
    type_into(page, "nik", " ".join(re.findall("....", permohonan.applicant_nik)))
    type_into(page, "kode_slip", account_link.slip_code(permohonan).lower())
    with page.expect_navigation():
        page.get_by_role("button", name="Masukkan ke akun saya").tap()
    expect(page.locator("main")).to_have_attribute("data-number", permohonan.number)
    expect(page.locator("main")).to_contain_text("sekarang ada di akun Anda")
    assert not re.search(r"\d{16}", page.url)


def test_a_counter_goes_on_after_a_lost_signal_and_leaves_nothing_behind_on_signing_out(office, browser):
    server, factory = office
    permohonan = factory.begin("KTP-HILANG", "counter")
    person = Person(browser, server.url, has_touch=True)
    person.sign_in_as_staff("loket.pemaron@aku.example")
    page = person.go(f"/petugas/loket/permohonan/{permohonan.key}/isi/kehilangan")
    person.context.set_offline(True)
    type_into(page, "nomor_surat_kehilangan", "Polsek Sawan")
    page.keyboard.press("Enter")
    expect(page.locator(LINE)).to_contain_text("tersimpan di perangkat ini")
    person.context.set_offline(False)
    expect(page.locator(LINE)).to_contain_text("Tersimpan otomatis")
    assert saved_answers(page)["nomor_surat_kehilangan"] == "Polsek Sawan" and kept_on_device(page) == []
    page.evaluate("keptAnswers.put('/petugas/loket/permohonan/x/isi/y', [['nama', 'Ni Luh']])")
    person.press("Keluar")
    assert page.url.endswith("/petugas/masuk") and kept_on_device(page) == []


def test_the_first_tap_on_a_link_during_an_upload_says_so_and_the_second_leads_there(office, browser):
    server, factory = office
    permohonan = factory.begin("KTP-HILANG")
    person = Person(browser, server.url, PHONE, has_touch=True, is_mobile=True)
    person.sign_in()
    page = person.go(f"/permohonan/{permohonan.key}/unggahan")
    page.route("**/unggahan/formulir/*", lambda route: None)  # nobody answers
    one = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo("formulir")}
    page.set_input_files("[name=upload-formulir]", one)
    expect(page.locator(".sending progress")).to_be_visible()
    page.tap("nav.crumb a")
    expect(page.locator(".sending [role=status]")).to_contain_text("masih dikirim")
    assert page.url.endswith("/unggahan")
    with page.expect_navigation():
        page.tap("nav.crumb a")
    assert not page.url.endswith("/unggahan")
