"""The case page in a real browser: claim the next, fill in the checklist, send, enter into SIAK, compare, return."""

import re

import pytest
from fpdf import FPDF
from playwright.sync_api import expect

from files import storage
from models import Attachment, Grant, Office, Permohonan, Revision, User, WebSession
from tests import machine
from tests.helpers.browser_office import browser_office
from tests.helpers.browser_person import Person
from tests.helpers.checklist import clear_checklist
from tests.helpers.factory import TODAY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
WIDTHS = (1366, 820)


@pytest.fixture
def office():
    """A web server with two applications at which nobody has looked, and a second admin: (server, their numbers)."""
    with browser_office(REDIS_URL=machine.valkey()) as (running, factory):
        dinas = Office.get(Office.code == "dinas")
        Grant.create(user=User.get(User.email == "pemohon2@aku.example"), role="admin", office=dinas)
        yield running, [_unseen(factory) for _ in range(2)]


@pytest.fixture
def server(office):
    return office[0]


def _unseen(factory):
    permohonan = factory.submit()
    clear_checklist(permohonan)
    return permohonan.number


def _look(person, name):
    person.check_page_at_widths(name, *WIDTHS)
    person.check_page_at_widths(name, 360, axe=0)  # by phone an officer looks something up


def _next(person, screen):
    person.claim_next(screen)
    return person.page


def _all_in_sight(page):
    """The bar and the list of papers stand in the window, one above the other, and only columns scroll."""
    papers, bar = (page.locator(one).last.bounding_box() for one in (".sheets", ".foot:visible"))
    assert papers["y"] + papers["height"] <= bar["y"] and bar["y"] + bar["height"] <= page.viewport_size["height"]
    assert page.evaluate(
        "[document.documentElement, document.querySelector('main')].every(e => e.scrollHeight <= e.clientHeight)"
    )


def _number(page):
    return page.locator("main").get_attribute("data-number")


def _draft(text):
    paper = FPDF()
    paper.add_page()
    paper.set_font("helvetica", size=11)
    paper.multi_cell(0, 6, text)
    return bytes(paper.output())


def test_a_morning_at_the_desk(office, staff_browser):
    server, (first, second) = office
    admin, colleague = staff_browser("admin"), staff_browser("pemohon2")
    page = _next(admin, "pemeriksaan")
    assert _number(page) == first
    _look(admin, "40-periksa")

    # The viewer and the keys
    papers = page.locator(".sheets li").all_inner_texts()
    for _ in range([n for n, words in enumerate(papers) if "Surat keterangan" in words][-1]):
        page.keyboard.press("]")
    expect(page.locator(".sheet-img")).not_to_have_js_property("naturalWidth", 0)
    page.keyboard.press("r")
    assert page.locator(".sheet-img").evaluate("img => img.style.transform") == "rotate(90deg)"
    page.keyboard.press("+")
    assert page.locator(".sheet-img").evaluate("img => img.style.width") == "135%"
    page.keyboard.press("?")
    admin.check_page("41-pintasan")
    page.get_by_label("Pakai pintasan satu tombol").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert not page.locator(".seg :checked").count()  # turned off
    page.get_by_role("button", name="Pintasan").click()
    page.get_by_label("Pakai pintasan satu tombol").check()
    page.keyboard.press("Escape")

    # Ticks are kept as they are made; a fault opens the return and shuts the way on
    with admin.wait_for_autosave():
        page.keyboard.press("1")
    with admin.wait_for_autosave():
        page.keyboard.press("1")  # of the next part: one need not go there first
    page.reload()
    assert page.locator(".yes :checked").count() == 2
    with admin.wait_for_autosave():
        page.keyboard.press("2")
    assert page.evaluate("document.activeElement.name").endswith("-reason")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.dataset.action") == "mark_incomplete"
    page.keyboard.press("Enter")
    expect(page.locator("[data-bar] [data-note]")).to_contain_text("Pilih alasannya dulu")
    assert page.evaluate("document.activeElement.name").endswith("-reason")
    with admin.wait_for_autosave():
        page.locator(".check:has(.no :checked) .yes").click()
    fault = page.locator("label:has(#deficiencies-nama_anak-fault)")
    with admin.wait_for_autosave():
        fault.click()
    assert page.locator("[data-bar] [data-action=mark_incomplete]").is_visible()
    assert not page.locator("[data-bar] [data-action=send_to_siak]").count()
    _look(admin, "42-kurang")
    page.locator("#catatan").click()
    page.locator("#note").fill("Nama anak sama dengan KTP ibunya?")
    page.keyboard.press("r")  # typed, not a shortcut
    admin.press("Simpan catatan")
    assert page.get_by_text("Nama anak sama dengan KTP ibunya?r").is_visible()
    with admin.wait_for_autosave():
        fault.click()  # taken back: answers are good unless they are faulted
    admin.open_papers()
    admin.click_and_wait(page.locator("[data-bar] [name=all]"))
    _look(admin, "43-lengkap")
    page.keyboard.press("s")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert _number(page) == second  # the next one, taken

    # A colleague sees who has it, and takes it over
    row = colleague.go("/petugas/pemeriksaan/").locator(f"tr[data-number='{second}']")
    assert "Kadek Sri Wahyuni" in row.inner_text()
    colleague.check_page("44-dipegang")
    colleague.page.keyboard.press("j")
    assert colleague.page.evaluate("document.activeElement.textContent") == second  # the row that is listed first
    colleague.click_and_wait(row.locator("a.num"))
    page.get_by_role("link", name="Batalkan permohonan").click()
    page.locator("dialog [name=reason]").fill("Sama dengan yang pekan lalu.")
    colleague.press("Ambil alih")
    assert colleague.page.get_by_role("button", name="Lepaskan").is_visible()
    page.locator("dialog button[data-action=cancel]").click()
    page.get_by_label("Ambil alih dari I Gede Suardana").wait_for()  # what was written is still there
    assert page.locator("dialog [name=reason]").input_value() == "Sama dengan yang pekan lalu."
    page.locator("dialog [data-close]").click()
    with admin.wait_for_autosave():
        page.locator("[data-bar] a[data-sheet]").click()
    expect(page.locator("[data-bar] [data-note]")).to_contain_text("Sedang dikerjakan I Gede")
    admin.check_page("45-diambil-alih")

    # The SIAK operator copies, ticks, finishes
    siak = staff_browser("siak")
    page = _next(siak, "siak")
    assert _number(page) == first
    for _ in range(3):
        with siak.wait_for_autosave():
            page.keyboard.press("c")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("[data-value]").nth(2).inner_text()
    page.reload()
    assert page.locator("[name=keyed]:checked").count() == 3
    assert not page.locator("[data-bar] [data-action=submit_draft]").count()
    _look(siak, "46-lembar-siak")
    siak.click_and_wait(page.locator("#check [name=all]"))
    with siak.wait_for_autosave():
        page.locator("[name=keyed]").last.uncheck()
    page.keyboard.press("c")  # the last one leads to the number that SIAK gave
    expect(page.locator("[name='documents-akta-number']")).to_be_focused()
    page.keyboard.type(f"5108-LU-{TODAY}-0001")
    siak.wait_for_button("submit_draft")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.action") == "submit_draft"
    wrong = f"KUTIPAN AKTA KELAHIRAN Nomor 5108-LU-{TODAY}-0010, tanggal 13-11-2026: I Putu Arya Wiguna"
    pdf = {"name": "draf.pdf", "mimeType": "application/pdf", "buffer": _draft(wrong)}
    page.set_input_files("[name='documents-akta-draft']", pdf)
    siak.confirm("submit_draft")
    assert page.get_by_text(f"{first}: masuk SIAK, draf diajukan untuk verifikasi.").is_visible()
    server.flask("drain")

    # ADB sees what differs and gives it back
    adb = staff_browser("adb")
    adb.go("/petugas/adb/")
    assert "1 perbedaan" in adb.page.locator(f"tr[data-number='{first}']").inner_text()
    _look(adb, "47-adb")
    page = _next(adb, "adb")
    assert page.locator("[data-field=nomor] mark").all_inner_texts() == ["10"]
    _look(adb, "48-beda")
    page.locator("[data-bar] [data-action=return_to_operator]").click()
    page.locator("dialog[open] textarea").fill("Nomor akta tertukar.")
    page.locator("dialog[open] [name='fields-documents-akta-number']").check()
    expect(page.locator("dialog[open] [name='about-documents-akta-number']")).to_have_value(re.compile("^Di draf"))
    expect(page.locator("dialog[open] [name='about-nama_anak']")).to_be_hidden()
    page.keyboard.press("Escape")  # by mistake
    page.locator("[data-bar] [data-action=return_to_operator]").click()
    expect(page.locator("dialog[open] textarea")).to_have_value("Nomor akta tertukar.")
    expect(page.locator("dialog[open] [name='fields-documents-akta-number']")).to_be_checked()
    _look(adb, "48-kembalikan")

    # The session ends before it is sent: what was written waits until one is signed in again
    WebSession.delete().where(WebSession.user == User.get(User.email == "adb@aku.example")).execute()
    adb.click_and_wait(page.locator("dialog[open] button.btn-danger"))
    _look(adb, "48-sesi-habis")
    page.fill("[name=email]", "adb@aku.example")
    page.fill("[name=password]", "buleleng-2026")
    adb.press("Masuk")
    assert page.get_by_text("Nomor akta tertukar.").is_visible()
    _look(adb, "48-lanjutkan")
    adb.press("Lanjutkan")
    adb.errors.clear()  # the browser told that it was refused
    assert page.get_by_text("tidak ada lagi yang menunggu Anda").is_visible()
    page = _next(siak, "siak")
    assert page.locator("[name=keyed]:not(:checked)").count() == 0  # nothing has changed: nothing to type again
    assert "Nomor akta tertukar." in page.locator(".log").inner_text()
    assert "Nomor akta tertukar." in page.locator(".returned").inner_text()
    expect(page.locator("#finish .returned-note")).to_contain_text("Di draf tertulis")
    expect(page.locator("[name='documents-akta-number']")).to_have_value(f"5108-LU-{TODAY}-0001")
    _look(siak, "49-dikembalikan")


def test_an_application_is_gone_through_by_keys_alone(office, staff_browser):
    _server, (first, second) = office
    admin = staff_browser("admin")
    page = admin.go("/petugas/pemeriksaan/")
    focus = "document.activeElement.dataset.action || document.activeElement.id"

    def leads(key, number):
        with page.expect_navigation():
            page.keyboard.press(key)
        assert _number(page) == number, key

    leads("n", first)
    _all_in_sight(page)
    leads(".", second)
    leads(",", first)
    page.keyboard.press("x")
    assert page.evaluate(focus) == "cancel"

    # A note that was begun outlasts the page, until it is saved
    page.keyboard.press("t")
    page.keyboard.type("Ibunya, kata ayah, x.")
    page.reload()
    expect(page.locator("#note")).to_have_value("Ibunya, kata ayah, x.")
    admin.press("Simpan catatan")
    assert page.get_by_text("Ibunya, kata ayah, x.").is_visible()
    expect(page.locator("#note")).to_have_value("")

    # What falls short, then good after all, then on to the next
    with admin.wait_for_autosave():
        page.keyboard.press("2")
    page.keyboard.press("Escape")
    for action in ("mark_incomplete", "cancel", "mark_incomplete"):
        page.keyboard.press("x")
        assert page.evaluate(focus) == action
    with admin.wait_for_autosave():
        page.locator(".check:has(.no :checked) .no input").focus()
        page.keyboard.press("ArrowLeft")
    while page.locator("[data-bar] a[data-sheet]").count():
        with admin.wait_for_autosave():
            page.keyboard.press("a")
    leads("a", first)
    page.keyboard.press("s")
    assert page.evaluate(focus) == "send_to_siak"
    leads("Enter", second)
    admin.go(page.url.replace("details/", "aksi/mark_incomplete/"))
    _all_in_sight(page)


def test_the_same_without_javascript(office, browser):
    server, (_, second) = office
    admin = Person(browser, server.url, script=False)
    admin.sign_in_as_staff("pemohon2@aku.example")
    page = admin.go("/petugas/pemeriksaan/")
    admin.click_and_wait(page.locator(f"tr[data-number='{second}'] a.num"))
    page.locator(".check .yes").first.click()
    admin.press("Simpan pemeriksaan")
    assert page.locator(".yes :checked").count() == 1
    page.locator(".check .yes").last.click()  # of a paper that is still shut
    admin.press("Simpan pemeriksaan")
    assert page.get_by_text("Belum dibuka, jadi belum ditandai baik").is_visible()
    assert page.locator(".yes :checked").count() == 1
    admin.open_papers()
    admin.click_and_wait(page.locator("[data-bar] [name=all]"))
    admin.click_and_wait(page.locator("[data-bar] [data-action=send_to_siak]"))
    admin.check_page("49-tanpa-skrip")
    assert page.get_by_text(f"{second}: berkas lengkap, dikirim ke operator SIAK.").count()


def _three_pages():
    paper = FPDF()
    paper.set_font("helvetica", size=40)
    for number in range(1, 4):
        paper.add_page()
        paper.cell(text=f"Halaman {number}")
    return bytes(paper.output())


def _add_pdf(number):
    permohonan = Permohonan.get(Permohonan.number == number)
    one = Attachment.select().join(Revision).where(Revision.permohonan == permohonan).order_by(Attachment.id).first()
    file = storage.store(_three_pages(), kind="upload", media_type="application/pdf", name="surat.pdf", pages=3)
    file.save(force_insert=True)
    Attachment.create(revision=one.revision, requirement=one.requirement, position=9, file=file)
    return file


def test_pages_are_looked_at_by_touch_by_keys_and_without_a_script(browser, office):
    """Thumbnails, next, zoom, turn on pages that we draw; the PDF is one press away; a fault leaves that."""
    server, (first, _second) = office
    key = _add_pdf(first).key
    for script in (True, False):
        person = Person(browser, server.url, script=script, has_touch=True)
        person.sign_in_as_staff("admin@aku.example")
        person.go("/petugas/pemeriksaan/")
        person.click_and_wait(person.page.locator(f"tr[data-number='{first}'] a.num").first)
        link = person.page.locator(f".sheets a:has(img[src*='{key}'])")
        (_with_script if script else _without_script)(person, link, key)
        person.context.close()


def _drawn(page, key, number):
    picture = page.locator(f".sheet-img[src*='{key}/halaman/{number}.jpg']")
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    return picture


def _with_script(person, link, key):
    page, asked = person.page, []
    page.on("request", lambda request: asked.append(request.url.partition("/petugas")[2]) if key in request.url else 0)
    link.tap()
    _drawn(page, key, 1)
    page.locator(".pages a[data-page='3']").tap()
    _drawn(page, key, 3)
    page.get_by_role("button", name="Halaman sebelumnya").tap()
    _drawn(page, key, 2)
    assert page.locator(".pages [aria-current]").inner_text().strip() == "2"
    page.get_by_role("button", name="Putar").tap()
    assert page.locator(".sheet-img").evaluate("img => img.style.transform") == "rotate(90deg)"
    for _ in range(2):
        page.get_by_role("button", name="Perbesar").focus()
        page.keyboard.press("Enter")
    expect(page.locator(".sheet-img[src$='besar=1']")).not_to_have_js_property("naturalWidth", 0)
    _look(person, "44-halaman")
    page.keyboard.press("}")
    _drawn(page, key, 3)
    title = page.locator("#viewer-title").inner_text()
    page.keyboard.press("}")
    assert page.locator("#viewer-title").inner_text() != title, "after the last page comes the next file"
    assert page.locator("#viewer-open").get_attribute("href") and not page.locator("iframe").count()
    page.route(re.compile("halaman/2.jpg"), lambda route: route.fulfill(status=422, body="x"))
    link.tap()
    page.locator(".pages a[data-page='2']").tap()
    page.locator(".sheet [role=status]").get_by_text("tidak dapat digambar").wait_for()
    assert page.locator("#viewer-open").get_attribute("href").endswith(key)


def _without_script(person, link, key):
    page = person.page
    person.click_and_wait(link)
    person.click_and_wait(page.locator(".pages a[data-page='2']"))
    assert page.locator(".sheet-img").get_attribute("src").endswith(f"{key}/halaman/2.jpg")
    assert page.locator(".pages [aria-current]").inner_text().strip() == "2"
    assert page.locator("#viewer-open").get_attribute("href").endswith(key)


def test_a_press_that_begins_while_the_last_words_are_saved_is_not_lost(office, staff_browser):
    _server, (_first, second) = office
    admin = staff_browser("admin")
    page = _next(admin, "pemeriksaan")
    with admin.wait_for_autosave():
        page.locator("label:has(#deficiencies-surat_lahir-fault)").click()
    with admin.wait_for_autosave():
        page.select_option("[name='deficiencies-surat_lahir-reason']", "tidak_terbaca")
    page.locator("[name='deficiencies-surat_lahir-text']").fill("Nama bayi tidak terbaca.")
    admin.wait_for_button("mark_incomplete").hover()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.mouse.down()  # the box is left, so that its words are saved; an answer comes before the button is let go
    page.wait_for_timeout(300)
    page.mouse.up()
    page.locator(f"main[data-number='{second}']").wait_for()


def test_the_keyboard_stays_on_the_button_when_the_bar_is_renewed(office, staff_browser):
    page = _next(admin := staff_browser("admin"), "pemeriksaan")
    with admin.wait_for_autosave():
        page.locator("label:has(#deficiencies-surat_lahir-fault)").click()
    with admin.wait_for_autosave():
        page.locator("[data-bar] [data-action=mark_incomplete]").focus()
        page.evaluate("document.getElementById('check').dispatchEvent(new Event('change'))")
    assert page.evaluate("document.activeElement.dataset.action") == "mark_incomplete"


def test_what_was_written_stands_where_the_next_one_decides(office, staff_browser):
    """SIAK's words begin the explanation; the operator's faults are found already; two presses once papers are open."""
    _server, (first, second) = office
    siak, admin = staff_browser("siak"), staff_browser("admin")
    for number in (first, second):
        page = admin.go("/petugas/pemeriksaan/")
        admin.click_and_wait(page.locator(f"tr[data-number='{number}'] a.num").first)
        admin.open_papers()
        admin.click_and_wait(page.locator("[data-bar] .btn-primary"))
        admin.click_and_wait(page.locator("[data-bar] .btn-primary"))
        assert Permohonan.get(Permohonan.number == number).state == "siak_entry"
    page = siak.go("/petugas/siak/")
    siak.click_and_wait(page.locator(f"tr[data-number='{first}'] a.num").first)
    page.locator("[data-bar] [data-action=report_invalid]").click()
    page.get_by_role("button", name="NIK tidak aktif").click()
    assert "hanya petugas" in page.locator("dialog[open] label[for=reason]").inner_text()
    siak.confirm("report_invalid")
    page = siak.go("/petugas/siak/")
    siak.click_and_wait(page.locator(f"tr[data-number='{second}'] a.num").first)
    siak.click_and_wait(page.locator("[data-bar] [data-action=return_to_admin]"))
    page.locator("label:has(#deficiencies-surat_lahir-fault)").click()
    page.select_option("[name='deficiencies-surat_lahir-reason']", "tidak_terbaca")
    _look(siak, "50-ke-admin")
    siak.confirm("return_to_admin")

    page = admin.go("/petugas/pemeriksaan/?keadaan=siak_invalid")
    admin.click_and_wait(page.locator(f"tr[data-number='{first}'] a.num").first)
    page.locator("[data-bar] [data-action=cancel]").click()
    expect(page.locator("dialog[open] [name=reason]")).to_have_value("NIK tidak aktif")
    assert "dibaca pemohon" in page.locator("dialog[open] label[for=reason]").inner_text()
    _look(admin, "51-batalkan")
    page.keyboard.press("Escape")
    page = admin.go("/petugas/pemeriksaan/")
    admin.click_and_wait(page.locator(f"tr[data-number='{second}'] a.num").first)
    assert page.locator("#deficiencies-surat_lahir-fault").is_checked()
    expect(page.locator("[data-bar] [data-action=mark_incomplete]")).to_be_visible()
    _look(admin, "52-dari-operator")
