"""Undoing, and ways on for whoever waits, in a real browser: by mouse, keyboard, touch and Enter; without scripts."""

import re

import pytest
from playwright.sync_api import expect

from models import Notice, Permohonan
from tests.helpers.browser_office import browser_office
from tests.helpers.browser_person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def office():
    with browser_office() as found:
        yield found


@pytest.fixture
def server(office):
    return office[0]


@pytest.fixture
def factory(office):
    return office[1]


@pytest.fixture
def phone(server, browser):
    """The applicant, with a phone of 360 px that is touched."""
    person = Person(browser, server.url, PHONE, has_touch=True, is_mobile=True)
    person.sign_in()
    yield person
    assert not person.errors, person.errors


def state_of(permohonan):
    return Permohonan.get_by_id(permohonan.id).state


def tap(person, action):
    """Tap the link or button of an action, and wait for the page that it leads to."""
    with person.page.expect_navigation():
        person.page.locator(f"[data-action={action}]").first.tap()


def test_a_return_is_undone_by_mouse_and_nobody_hears_of_it(staff_browser, factory):
    permohonan = factory.submit()
    admin = staff_browser("admin")
    page = admin.go(f"/petugas/pemeriksaan/aksi/mark_incomplete/?id={permohonan.key}")
    page.locator("label:has(#deficiencies-surat_lahir-fault)").click()
    page.select_option("[name='deficiencies-surat_lahir-reason']", index=1)
    page.fill("[name='deficiencies-surat_lahir-text']", "Buram.")
    admin.confirm("mark_incomplete")
    assert state_of(permohonan) == "incomplete"
    undo = page.locator("[data-undo]")
    expect(undo).to_contain_text("Pemohon baru diberi tahu pukul")
    expect(undo.locator("[data-left]")).to_contain_text(re.compile(r"sisa [01]:\d\d"))
    assert undo.locator("[data-left]").get_attribute("aria-hidden") == "true", "no second is read out"
    admin.check_page_at_widths("60-urungkan", 1366, 820, 360)
    admin.click_and_wait(undo.locator("[data-action=undo_incomplete]"))
    assert state_of(permohonan) == "submitted" and page.locator("main").get_attribute("data-state") == "submitted"
    assert not Notice.select().where(Notice.permohonan == permohonan.id).exists()


def test_without_javascript_a_cancellation_is_undone_by_its_button(staff_browser, factory):
    permohonan = factory.submit()
    admin = staff_browser("admin", script=False)
    page = admin.go(f"/petugas/pemeriksaan/aksi/cancel/?id={permohonan.key}")
    page.fill("[name=reason]", "Ganda.")
    admin.confirm("cancel")
    assert state_of(permohonan) == "cancelled"
    assert re.search(r"pukul \d\d\.\d\d\.\d\d WITA", page.locator("[data-undo]").inner_text())
    admin.click_and_wait(page.locator("[data-action=undo_cancel]").first)
    assert state_of(permohonan) == "submitted"


def test_who_did_not_come_for_it_takes_a_new_day_by_touch(phone, factory):
    permohonan = factory.perform(factory.advance_to(factory.submit(), "ready"), "set_aside", "system")
    page = phone.go(f"/permohonan/{permohonan.key}")
    phone.check_page("62-belum-diambil")
    tap(phone, "reschedule_pickup")
    page.select_option("[name=date]", index=2)
    phone.check_page("63-hari-pengambilan")
    tap(phone, "reschedule_pickup")
    assert page.locator("main").get_attribute("data-state") == "ready"


def test_the_day_of_a_recording_is_moved_by_enter(phone, factory):
    asked = factory.advance_to(factory.submit("KTP-HILANG"), "siak_entry")
    permohonan = factory.perform(asked, "ask_recording", "siak_operator")
    page = phone.go(f"/permohonan/{permohonan.key}")
    phone.check_page("64-perekaman")
    page.locator("[data-action=reschedule_recording]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    chosen = page.locator("[name=date] option").nth(4).get_attribute("value")
    page.select_option("[name=date]", chosen)
    phone.check_page("65-hari-perekaman")
    page.locator("button[data-action=reschedule_recording]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert str(Permohonan.get_by_id(permohonan.id).recording_on) == chosen


def test_the_pdf_is_enough_asks_once_more_and_a_print_can_be_had_after_all(phone, factory):
    permohonan = factory.advance_to(factory.submit(), "printed")
    page = phone.go(f"/permohonan/{permohonan.key}")
    tap(phone, "keep_digital")
    assert state_of(permohonan) == "printed"
    phone.check_page("66-pdf-cukup")
    phone.follow("Tidak jadi")
    tap(phone, "keep_digital")
    tap(phone, "keep_digital")
    assert state_of(permohonan) == "completed"
    phone.check_page("67-selesai-pdf")
    tap(phone, "ask_for_print")
    phone.check_page("68-minta-cetakan")
    tap(phone, "ask_for_print")
    assert page.locator("main").get_attribute("data-state") == "signed"


def test_after_a_recall_the_page_says_that_the_paper_is_void(phone, factory):
    permohonan = factory.perform(factory.advance_to(factory.submit(), "completed"), "recall_document", "kabid")
    page = phone.go(f"/permohonan/{permohonan.key}")
    assert "tidak berlaku lagi" in page.locator("[data-recalled]").inner_text()
    phone.check_page("69-ditarik")
    page = phone.go(f"/lacak?nomor={permohonan.number}")
    page.fill("[name=nik4]", permohonan.applicant_nik[-4:])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Bawa dan serahkan" in page.locator("[data-recalled]").inner_text()
    phone.check_page("70-ditarik-lacak")


def test_a_password_is_changed_by_enter_and_one_stays_signed_in(phone):
    page = phone.go("/akun")
    phone.check_page("71-akun")
    phone.follow("Ganti kata sandi")
    page.fill("[name=old_password]", "buleleng-2026")
    page.fill("[name=password]", "pendek")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "8 karakter" in page.locator("#password-error").inner_text()
    phone.check_page("72-kata-sandi-salah")
    for name, value in (("old_password", "buleleng-2026"), ("password", "buleleng-2026")):
        page.fill(f"[name={name}]", value)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/akun") and page.get_by_text("Kata sandi baru sudah berlaku").count()
    phone.errors[:] = [text for text in phone.errors if "422" not in text]
