"""A morning at the desk in a real browser: take the next, tick, send, type into SIAK, see what differs, return it."""

import io
import re

import pytest
from fpdf import FPDF
from PIL import Image

from app import create_app
from models import Grant, Office, User
from performing import perform
from tests import browsing, machine
from tests.browsing import Person, photo
from tests.looking import forget
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
WIDTHS = (1366, 820)


@pytest.fixture(scope="module")
def house():
    """A web server with two applications at which nobody has looked, and a second admin."""
    with machine.fresh_server(REDIS_URL=machine.valkey()) as server:
        app = create_app(INSTANCE_DIR=server.env["INSTANCE_DIR"], TESTING=True)
        with app.app_context():
            world = World()
            dinas = Office.get(Office.code == "dinas")
            Grant.create(user=User.get(User.email == "pemohon2@aku.example"), role="admin", office=dinas)
            numbers = [_unseen(world) for _ in range(2)]
        yield server, numbers


def _unseen(world):
    permohonan = world.begin()
    picture = io.BytesIO()
    Image.open(io.BytesIO(photo("surat lahir", size=(600, 800)))).save(picture, "PNG")
    world.attach(permohonan, "surat_lahir", picture.getvalue())
    perform(permohonan, "submit", world.applicant, declaration=True)
    forget(permohonan)
    return permohonan.number


@pytest.fixture(scope="module")
def browser():
    with browsing.chromium() as running:
        yield running


@pytest.fixture
def enter(house, browser):
    """A function that signs in: enter("admin")."""
    people = []

    def come_in(who, **more):
        people.append(person := Person(browser, house[0].url, **more))
        person.context.grant_permissions(["clipboard-read", "clipboard-write"])
        person.sign_in_as_staff(f"{who}@aku.example")
        return person

    yield come_in
    for person in people:
        unexpected = [text for text in person.errors if "422" not in text]
        assert not unexpected, unexpected


def _look(person, name):
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 768 if width > 1000 else 1100})
        person.look(f"{name}-{width}")
        wider = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, (name, width)
    person.page.set_viewport_size(browsing.DESK)


def _next(person, screen):
    person.go(f"/petugas/{screen}/")
    person.page.locator("[data-claim=next]").click()
    person.page.wait_for_url(re.compile("/details/"))
    return person.page


def _number(page):
    return page.locator("main").get_attribute("data-number")


def _saved(page, act):
    """Do something that is kept at once, and wait until it is."""
    with page.expect_response(re.compile("/periksa/")):
        act()
    page.wait_for_load_state()


def _draft(text):
    paper = FPDF()
    paper.add_page()
    paper.set_font("helvetica", size=11)
    paper.multi_cell(0, 6, text)
    return bytes(paper.output())


def test_a_morning_at_the_desk(house, enter):
    server, (first, second) = house
    admin, colleague = enter("admin"), enter("pemohon2")
    page = _next(admin, "pemeriksaan")
    assert _number(page) == first
    _look(admin, "40-periksa")

    # The viewer and the keys
    while page.locator(".sheets [aria-current]").inner_text().count("Surat keterangan") == 0:
        page.keyboard.press("]")
    while not page.locator(".sheet-img").evaluate("img => img.naturalWidth"):
        page.keyboard.press("]")
        page.wait_for_timeout(100)
    page.keyboard.press("r")
    assert page.locator(".sheet-img").evaluate("img => img.style.transform") == "rotate(90deg)"
    page.keyboard.press("+")
    assert page.locator(".sheet-img").evaluate("img => img.style.width") == "135%"
    page.keyboard.press("?")
    admin.look("41-pintasan")
    page.get_by_label("Pakai pintasan satu tombol").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert not page.locator(".seg :checked").count()  # turned off
    page.get_by_role("button", name="Pintasan").click()
    page.get_by_label("Pakai pintasan satu tombol").check()
    page.keyboard.press("Escape")

    # Ticks are kept as they are made; a fault opens the return and shuts the way on
    _saved(page, lambda: page.keyboard.press("1"))
    page.reload()
    assert page.locator(".yes :checked").count() == 1
    fault = page.locator("label:has(#deficiencies-nama_anak-fault)")
    _saved(page, fault.click)
    page.locator("[data-bar] [data-action=mark_incomplete]").wait_for()
    assert not page.locator("[data-bar] [data-action=send_to_siak]").count()
    _look(admin, "42-kurang")
    page.locator("#note").fill("Nama anak sama dengan KTP ibunya?")
    page.keyboard.press("r")  # typed, not a shortcut
    page.get_by_role("button", name="Simpan catatan").click()
    page.get_by_text("Nama anak sama dengan KTP ibunya?r").wait_for()
    _saved(page, page.locator(".check:has(#deficiencies-nama_anak-fault) .yes").click)
    page.locator("[data-bar] [name=all]").click()
    page.locator("[data-bar] [data-action=send_to_siak]").wait_for()
    _look(admin, "43-lengkap")
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.locator(f"main[data-number='{second}']").wait_for()  # the next one, taken

    # A colleague sees who has it, and takes it over
    row = colleague.go("/petugas/pemeriksaan/").locator(f"tr[data-number='{second}']")
    assert "Kadek Sri Wahyuni" in row.inner_text()
    colleague.look("44-dipegang")
    row.locator("a.num").click()
    colleague.page.get_by_role("button", name="Ambil alih").click()
    colleague.page.get_by_role("button", name="Lepaskan").wait_for()
    page.locator("[data-bar] [name=all]").click()
    page.get_by_role("alert").get_by_text("Sedang dikerjakan I Gede").wait_for()
    admin.look("45-diambil-alih")

    # The SIAK operator copies, ticks, finishes
    siak = enter("siak")
    page = _next(siak, "siak")
    assert _number(page) == first
    for _ in range(3):
        _saved(page, lambda: page.keyboard.press("c"))
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("[data-value]").nth(2).inner_text()
    page.reload()
    assert page.locator("[name=keyed]:checked").count() == 3
    assert not page.locator("[data-bar] [data-action=submit_draft]").count()
    _look(siak, "46-lembar-siak")
    page.locator("#check [name=all]").click()
    page.locator("[data-bar] [data-action=submit_draft]").wait_for()
    page.fill("[name='documents-akta-number']", "5108-LU-13112026-0001")
    wrong = "KUTIPAN AKTA KELAHIRAN Nomor 5108-LU-13112026-0010, tanggal 13-11-2026: I Putu Arya Wiguna"
    pdf = {"name": "draf.pdf", "mimeType": "application/pdf", "buffer": _draft(wrong)}
    page.set_input_files("[name='documents-akta-draft']", pdf)
    siak.confirm("submit_draft")
    page.get_by_text(f"{first}: masuk SIAK, draf diajukan untuk verifikasi.").wait_for()
    server.flask("drain")

    # ADB sees what differs and gives it back
    adb = enter("adb")
    adb.go("/petugas/adb/")
    assert "1 perbedaan" in adb.page.locator(f"tr[data-number='{first}']").inner_text()
    _look(adb, "47-adb")
    page = _next(adb, "adb")
    assert page.locator("[data-field=nomor] mark").all_inner_texts() == ["10"]
    _look(adb, "48-beda")
    page.locator("[data-bar] [data-action=return_to_operator]").click()
    page.locator("dialog[open] textarea").fill("Nomor akta tertukar.")
    adb.confirm("return_to_operator")
    page.get_by_text("tidak ada lagi yang menunggu Anda").wait_for()
    page = _next(siak, "siak")
    assert page.locator("[name=keyed]:not(:checked)").count() == 0  # nothing has changed: nothing to type again
    assert "Nomor akta tertukar." in page.locator(".log").inner_text()


def test_the_same_without_javascript(house, browser):
    server, (_, second) = house
    admin = Person(browser, server.url, script=False)
    admin.sign_in_as_staff("pemohon2@aku.example")
    page = admin.go("/petugas/pemeriksaan/")
    page.locator(f"tr[data-number='{second}'] a.num").click()
    page.locator(".check .yes").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan pemeriksaan").click()
    assert page.locator(".yes :checked").count() == 1
    page.locator("[data-bar] [name=all]").click()
    with page.expect_navigation():
        page.locator("[data-bar] [data-action=send_to_siak]").click()
    admin.look("49-tanpa-skrip")
    assert page.get_by_text(f"{second}: berkas lengkap, dikirim ke operator SIAK.").count()
