"""A table of Tim TI's own in a real browser, with and without JavaScript: every page of it, at two widths."""

import threading
from datetime import date, datetime

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

import admin_views
from lib.database import database
from models import Village
from tests.helpers.browser_person import Person
from tests.test_flask_admin_documented import NIK, Complaint, ComplaintView, Reply

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.parametrize("database_kind", ["sqlite"]),
]
WIDTHS = (1366, 360)


@pytest.fixture
def address(make_app, monkeypatch):
    """Where an office listens whose menu has a table of its own."""
    own = ComplaintView(Complaint, "Keluhan", endpoint="keluhan")
    monkeypatch.setattr(admin_views, "MENU", (*admin_views.MENU, ("Pengaturan", (own,))))
    app = make_app()
    with app.app_context():
        database.obj.create_tables([Complaint, Reply])
        for number, village in enumerate(Village.select().limit(30), 1):
            Complaint.create(
                title=f"Keluhan {number}", nik=NIK, weight=number, day=date(2026, 11, number % 28 + 1), village=village,
                at=datetime(2026, 11, 1, 1, 30), body="panjang sekali " * 20,
            )  # fmt: skip
        database.close()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_table_is_searched_filtered_changed_deleted_acted_on_and_taken_away(address, browser, script):
    person = Person(browser, address, script=script)
    person.sign_in_as_staff("it@aku.example")
    page = person.go("/petugas/keluhan/")
    page.fill("#search", "keluhan 1")
    person.click_and_wait(page.get_by_role("button", name="Cari"))
    page.locator(".filter-rows summary").click()
    page.get_by_label("Cara menyaring Weight").first.select_option(label="lebih besar dari")
    page.get_by_label("Nilai Weight").first.fill("12")
    _look(person, "saringan", script)
    person.press("Terapkan")
    expect(page.locator("tbody tr")).to_have_count(8)
    person.follow("Judul")
    expect(page.locator("tbody tr").first).to_contain_text("Keluhan 13")
    person.follow("Lihat Keluhan 13")
    _look(person, "rincian", script)
    person.follow("Ubah")
    page.fill("[name=title]", "")
    person.press("Simpan")
    _look(person, "formulir", script)
    page.fill("[name=title]", "Keluhan 13 lagi")
    person.press("Simpan")
    expect(page.locator("tbody")).to_contain_text("Keluhan 13 lagi")
    _confirm(person, page.get_by_role("link", name="Hapus Keluhan 13 lagi"), "Yakin menghapus data ini?", script)
    expect(page.locator(".alert-success")).to_contain_text("1 data berhasil dihapus.")
    for box in page.locator("input[type=checkbox][name=rowid]").all()[:2]:
        box.check()
    _look(person, "dipilih", script)
    _confirm(person, page.locator(".picks [value=remind]"), "Kirim pengingat?", script)
    expect(page.locator(".alert-success")).to_contain_text("2 diingatkan")
    with page.expect_download() as file:
        page.get_by_role("link", name="Unduh CSV").click()
    assert file.value.suggested_filename.endswith(".csv")
    assert [error for error in person.errors if "422" not in error] == []


def _look(person, name, script):
    if script:
        person.check_page_at_widths(f"tabel-{name}", *WIDTHS)


def _confirm(person, asks, words, script):
    """Press what asks first, and say yes: in our dialog, or on a page of its own."""
    if script:
        asks.focus()
        person.page.keyboard.press("Enter")
        person.page.locator("dialog[open] form").wait_for()
    else:
        person.click_and_wait(asks)
    form = person.page.locator("form.ask")
    expect(form).to_contain_text(words)
    person.click_and_wait(form.locator(".foot button"))
