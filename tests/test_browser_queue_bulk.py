"""Bulk actions in a real browser: bar and dialog, by mouse, by keyboard alone, without JavaScript, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests import machine
from tests.helpers import browser_person
from tests.helpers.browser_office import browser_office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
WIDTHS = (1366, 820, 360)


@pytest.fixture(scope="module")
def server():
    """A web server with something to do for the admin and for the Kadis."""
    with browser_office(REDIS_URL=machine.valkey()) as (running, factory):
        for state, count in (("submitted", 9), ("siak_entry", 6), ("awaiting_tte", 4)):
            for _ in range(count):
                factory.advance_to(factory.submit(), state)
        yield running


def _choose(person, screen, count):
    page = person.go(f"/petugas/{screen}/")
    for place in range(count):
        page.locator("input[name=rowid]").nth(place).check()
    return page


def _look_at_all_widths(person, name):
    person.check_page_at_widths(name, *WIDTHS)


def _focus(page):
    """Name, and action or value, of what has the focus."""
    return page.evaluate(
        "(({name, dataset, value}) => [name || '', dataset.action || value || ''])(document.activeElement)"
    )


def _tab_to(page, wanted, key="Tab"):
    for _ in range(60):
        page.keyboard.press(key)
        if wanted in _focus(page):
            return
    raise AssertionError(f"{wanted} is not reached by {key}; it stands at {_focus(page)}")


def test_several_are_sent_with_one_press_and_told_on_the_list(staff_browser):
    admin = staff_browser("admin")
    page = _choose(admin, "pemeriksaan", 0)
    assert not page.locator(".picks").is_visible()
    _choose(admin, "pemeriksaan", 2)
    assert page.locator(".picks [value=send_to_siak]").inner_text().split() == "Kirim ke SIAK (2)".split()
    expect(page.locator(".picks [data-note]")).to_have_text("2 dipilih; yang belum diperiksa dilewati")
    _look_at_all_widths(admin, "30-dipilih")
    page.locator(".picks [value=send_to_siak]").click()
    told = page.locator("[data-told]")
    expect(told).to_contain_text("2 berkas lengkap, dikirim ke operator SIAK.")
    expect(told).to_be_focused()
    assert re.search(r"/petugas/pemeriksaan/\?hasil=\d+$", page.url)
    _look_at_all_widths(admin, "31-hasil")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Cetak berkas").first.click()
    opened.value.close()


def test_the_keyboard_alone_is_enough(staff_browser):
    operator = staff_browser("siak")
    page = operator.go("/petugas/siak/")
    _tab_to(page, "rowid")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # leads to the bar, presses nothing
    assert _focus(page) == ["action", "ask_recording"]
    _tab_to(page, "report_invalid")
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for()
    expect(page.locator("dialog [name=reason]")).to_be_focused()
    _look_at_all_widths(operator, "32-tanya")
    page.keyboard.press("Escape")
    expect(page.locator(".picks [value=report_invalid]")).to_be_focused()
    assert not page.locator("dialog[open]").count()
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for()
    _tab_to(page, "report_invalid")
    page.keyboard.press("Enter")
    page.locator("dialog #reason-error").wait_for()
    expect(page.locator("dialog [role=alert]")).to_be_focused()
    _look_at_all_widths(operator, "33-tanya-salah")
    _tab_to(page, "reason")
    page.keyboard.type("NIK tidak ditemukan.")
    _tab_to(page, "report_invalid")
    page.keyboard.press("Enter")
    expect(page.locator("[data-told]")).to_contain_text("1 data tidak cocok dengan SIAK.")


def test_a_single_action_is_asked_over_the_list_and_goes_on_to_it(staff_browser):
    operator = staff_browser("siak")
    page = operator.go("/petugas/siak/")
    number = page.locator("tr[data-number]").first.get_attribute("data-number")
    operator.open_action("siak", number, "report_invalid")
    page.locator("dialog [data-close]").click()
    expect(page.locator(f"tr[data-number='{number}'] [data-action=report_invalid]")).to_be_focused()
    operator.open_action("siak", number, "report_invalid")
    operator.confirm("report_invalid")
    assert page.locator("dialog #reason-error").is_visible()
    page.fill("dialog [name=reason]", "NIK tidak ditemukan.")
    operator.check_page("34-satu")
    operator.confirm("report_invalid")
    assert page.get_by_text(f"{number}: data tidak cocok dengan SIAK.").is_visible()


def test_cancelling_stands_on_the_page_of_the_application_alone(staff_browser):
    admin = staff_browser("admin")
    page = admin.go("/petugas/permohonan/")
    assert not page.locator("[data-action=cancel]").count()
    admin.click_and_wait(page.locator("tr[data-state=submitted] a").first)
    page.locator(".foot [data-action=cancel]").click()
    page.locator("dialog[open] form").wait_for()
    assert page.locator("dialog[open] .foot :is(a, button)").all_inner_texts() == ["Kembali", "Batalkan permohonan"]
    admin.check_page("35-satu-di-berkas")
    page.locator("dialog [name=reason]").fill("Permohonan ganda.")
    admin.confirm("cancel")
    page.wait_for_url(re.compile("/petugas/permohonan/$"))


def test_the_kadis_signs_several_with_one_passphrase(staff_browser):
    kadis = staff_browser("kadis")
    page = kadis.go("/petugas/tte/")
    page.get_by_label("Pilih semua di halaman ini").check()
    kadis.click_and_wait(page.locator(".picks [value=approve_tte]"))
    assert "/massal/" in page.url
    assert page.locator("form.ask a[href*='/draf/']").count() == 4
    page.fill("[name=passphrase]", "bukan ini")
    kadis.confirm("approve_tte")
    assert page.locator("#passphrase-error").is_visible()
    _look_at_all_widths(kadis, "36-tte")
    page.fill("[name=passphrase]", "tanda-tangan")
    kadis.confirm("approve_tte")
    assert "4 disetujui Kepala Dinas." in page.locator("[data-told]").inner_text()
    kadis.check_page("37-tte-hasil")


def test_without_javascript_the_same_boxes_and_buttons_lead_over_a_page(staff_browser):
    operator = staff_browser("siak", script=False, size=browser_person.PHONE)
    page = _choose(operator, "siak", 2)
    operator.check_page("38-tanpa-skrip")
    operator.click_and_wait(page.locator(".picks [value=report_invalid]"))
    operator.confirm("report_invalid")
    assert page.locator("#reason-error").is_visible()
    page.fill("[name=reason]", "NIK tidak ditemukan.")
    operator.confirm("report_invalid")
    assert "2 data tidak cocok dengan SIAK." in page.locator("[data-told]").inner_text()
