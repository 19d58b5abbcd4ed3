"""A morning at the office: fifty applications of both tracks worked off by every role at real browsers.

A few by hand, as officers do it, with everything that comes between; the many by batches. What must hold at the end
is asked of the tables.
"""

import re
from collections import Counter
from random import Random

import pytest
from fpdf import FPDF

from catalogue.definition_parts import source_of
from jobs import outbox
from models import Check, Document, Event, Grant, Office, Permohonan, User
from seed import siak_drafts
from seed.generate.residents import Residents
from tests import machine
from tests.helpers.browser_office import browser_office
from tests.helpers.factory import TODAY
from tests.helpers.invariants import InvariantChecker
from workflow import perform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
FIFTY = {
    ("AK-LAHIR", "self_service"): 8, ("AK-LAHIR", "counter"): 4, ("KTP-HILANG", "self_service"): 14,
    ("KTP-HILANG", "counter"): 8, ("PIN-KELUAR", "self_service"): 4, ("PIN-KELUAR", "counter"): 2,
    ("KK-HILANG", "self_service"): 6, ("KK-HILANG", "counter"): 4,
}  # fmt: skip
BY_HAND = 4  # at which nobody has looked before
KEYED = 15  # of those that are keyed into SIAK in the browser; a colleague does the others elsewhere
NOTHING = "Belum ada yang diproses; "
ARRIVED = "main:not([data-left])"
WRONG = f"KUTIPAN AKTA KELAHIRAN Nomor 5108-LU-{TODAY}-0010, tanggal 13-11-2026: {{name}}"


@pytest.fixture
def office():
    """Fifty applications came in overnight; colleagues have looked through all but the first few."""
    with browser_office(REDIS_URL=machine.valkey(), WORKERS="2") as (running, factory):
        dinas, residents = Office.get(Office.code == "dinas"), Residents(Random(50))
        Grant.create(user=User.get(User.email == "pemohon2@aku.example"), role="admin", office=dinas)
        kinds = [kind for kind, count in FIFTY.items() for _ in range(count)]
        Random(5).shuffle(kinds)
        kinds.sort(key=("AK-LAHIR", "self_service").__ne__)  # those that are done by hand
        for code, track in kinds:
            factory.submit(code, track, residents.create().name)
        first = Permohonan.select(Permohonan.id).order_by(Permohonan.id).limit(BY_HAND)
        Check.delete().where(Check.permohonan.in_(first)).execute()
        yield running, factory


@pytest.fixture
def server(office):
    return office[0]


def return_it(officer, key, text):
    """Say what falls short of one part, with a reason from the list; the next one opens."""
    page = officer.page
    with officer.wait_for_autosave():
        page.locator(f"label:has(#deficiencies-{key}-fault)").click()
    with officer.wait_for_autosave():
        page.select_option(f"[name='deficiencies-{key}-reason']", "tidak_terbaca")
    page.locator(f"[name='deficiencies-{key}-text']").fill(text)
    return officer.wait_for_next(officer.wait_for_button("mark_incomplete").click)


def all_of_it(officer, screen, action, **answers):
    """Choose the whole page and do one thing to it, until nothing more can be done; gives what was told each time."""
    page, told = officer.go(f"/petugas/{screen}"), [""]
    while not told[-1].startswith(NOTHING) and page.locator(f"[name=rowid][data-can~={action}]").count():
        page.get_by_label("Pilih semua di halaman ini").check()
        leave(page)
        page.locator(f".picks [value={action}]").click()
        page.locator(f"dialog[open] form.ask, {ARRIVED} form.ask, {ARRIVED} #told").first.wait_for()
        if page.locator("form.ask").count():
            answer(page, answers)
            officer.confirm(action)
        told.append(page.locator(f"{ARRIVED} #told").inner_text().strip())
        page.wait_for_load_state()
    return told[1:]


def answer(page, answers):
    """What is asked once for all of them, where it is asked."""
    for name, value in answers.items():
        box = page.locator(f"form.ask [name='{name}']")
        if box.count():
            box.check() if value is True else box.fill(value)


def leave(page):
    """Mark what is on the screen, so that what comes after it is known from it."""
    page.locator("main").evaluate("main => main.dataset.left = 'ya'")


def check_papers(admin, colleague, numbers):
    """Two admins at one queue: they get different ones, return two, press the same one, and send the many."""
    page, beside = admin.page, colleague.page
    assert admin.claim_next("pemeriksaan") == numbers[0]
    assert colleague.claim_next("pemeriksaan") == numbers[1]
    row = colleague.go("/petugas/pemeriksaan/").locator(f"tr[data-number='{numbers[0]}']")
    assert "Kadek Sri Wahyuni" in row.inner_text() and not row.locator("[data-action]").count()
    assert return_it(admin, "surat_lahir", "Nama bayi tidak terbaca.") == numbers[2]
    colleague.click_and_wait(beside.locator(f"tr[data-number='{numbers[1]}'] a.num"))
    assert return_it(colleague, "nama_anak", "Berbeda dengan surat lahir.") == numbers[3]

    with admin.wait_for_autosave():
        page.locator(".check .yes").first.click()
    admin.open_papers()
    admin.click_and_wait(page.locator("[data-bar] [name=all]"))
    colleague.go(page.url)
    colleague.press("Ambil alih")
    assert colleague.wait_for_next(colleague.wait_for_button("send_to_siak").click) == numbers[4]
    admin.click_and_wait(admin.wait_for_button("send_to_siak"))
    page.get_by_text(re.compile("sudah diproses oleh I Gede Suardana pukul .*: Berkas lengkap")).wait_for()
    told = all_of_it(admin, "pemeriksaan/", "send_to_siak")
    assert told[-1] == f"{NOTHING}2 dilewati: diambil oleh I Gede Suardana.", told
    assert (
        colleague.wait_for_next(colleague.wait_for_button("send_to_siak").click) == numbers[3]
    )  # the last one, still held
    colleague.open_papers()
    colleague.click_and_wait(beside.locator("[data-bar] [name=all]"))
    colleague.click_and_wait(colleague.wait_for_button("send_to_siak"))
    beside.get_by_text("tidak ada lagi yang menunggu Anda").wait_for()


def key_in(siak, factory):
    """The sheet copied and ticked line by line, then by one press; gives the number of the one with a mistake."""
    page, planted = siak.page, siak.claim_next("siak")
    mistaken = Permohonan.get(Permohonan.number == planted)
    Check.delete().where(Check.permohonan == mistaken).execute()
    page.reload()
    with siak.wait_for_autosave():
        page.keyboard.press("c")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("[data-value]").first.inner_text()
    siak.click_and_wait(page.locator("#check [name=all]"))
    words = WRONG.format(name=mistaken.subject_name)
    pdf = {"name": "draf.pdf", "mimeType": "application/pdf", "buffer": draft(words)}
    page.set_input_files("[name='documents-akta-draft']", pdf)
    finish(siak, f"5108-LU-{TODAY}-0001")
    for _ in range(KEYED):
        if page.locator("#check [name=all]").count():
            siak.click_and_wait(page.locator("#check [name=all]"))
        finish(siak)
    here = siak.number()
    for other in Permohonan.select().where(Permohonan.state == "siak_entry", Permohonan.number != here):
        documents = siak_drafts.upload_drafts(other)
        perform(other, "submit_draft", factory.staff["siak_operator"], documents=documents)
    finish(siak)
    page.get_by_text("tidak ada lagi yang menunggu Anda").wait_for()
    return planted


def finish(siak, number=""):
    """The number of each product and the draft of those that SIAK makes, and the next one."""
    page, permohonan = siak.page, Permohonan.get(Permohonan.number == siak.number())
    for product in permohonan.products:
        typed = number or siak_drafts.draft_number(permohonan, product)
        page.fill(f"[name='documents-{product['key']}-number']", typed)
        if product["kind"] == "pdf" and source_of(product) == "siak":
            made = siak_drafts.siak_draft(permohonan, product, typed)
            pdf = {"name": "draf.pdf", "mimeType": "application/pdf", "buffer": made}
            page.set_input_files(f"[name='documents-{product['key']}-draft']", pdf)
    siak.click_and_wait(siak.wait_for_button("submit_draft"))


def draft(text):
    paper = FPDF()
    paper.add_page()
    paper.set_font("helvetica", size=11)
    paper.multi_cell(0, 6, text)
    return bytes(paper.output())


def verify(adb, siak, planted):
    """What differs shows red and is not verified with the many; it goes back, is mended, and comes again."""
    page = adb.go("/petugas/adb/")
    assert "1 perbedaan" in page.locator(f"tr[data-number='{planted}']").inner_text()
    told = all_of_it(adb, "adb/", "verify_adb")
    unread = "1 dilewati: buka dan baca dulu drafnya: Kutipan akta kelahiran (1 perbedaan)."
    assert told[-1].endswith(unread) and page.locator("tr[data-number]").count() == 1, told
    assert adb.claim_next("adb") == planted
    assert page.locator("[data-field=nomor] mark").all_inner_texts() == ["10"]
    adb.check_page("50-beda")
    adb.wait_for_button("return_to_operator").click()
    page.locator("dialog[open] textarea").fill("Nomor akta tertukar.")
    adb.confirm("return_to_operator")
    page.get_by_text("tidak ada lagi yang menunggu Anda").wait_for()
    assert siak.claim_next("siak") == planted and "Nomor akta tertukar." in siak.page.locator(".log").inner_text()
    finish(siak, f"5108-LU-{TODAY}-0010")
    siak.page.get_by_text("tidak ada lagi yang menunggu Anda").wait_for()
    outbox.drain()
    assert all_of_it(adb, "adb/", "verify_adb") == ["1 draf diverifikasi Pejabat ADB."]


def sign(kabid, kadis):
    all_of_it(kabid, "kabid/", "verify_kabid")
    told = all_of_it(kadis, "tte/", "approve_tte", passphrase="tanda-tangan", password="buleleng-2026")
    assert sum(int(words.split()[0]) for words in told) == 48, told


def hand_out(siak, admin, production, counter):
    """Printed here or sent to the counters, numbered, and one of each track in somebody's hands."""
    all_of_it(siak, "cetak/", "print_document")
    production.go("/petugas/produksi/")
    production.page.select_option("[name=tempat]", "51.08.06.2004")
    production.press("Saring")
    pile = production.page.url.partition("/petugas/")[2]
    assert "tempat=" in pile
    all_of_it(production, pile, "publish_to_counter")
    assert "tempat=51.08.06.2004" in production.page.url, "still narrowed"
    all_of_it(admin, "nomor-antrean/", "assign_queue_number")
    all_of_it(counter, "loket/", "print_document", cards_received=True)
    all_of_it(counter, "loket/", "assign_queue_number")


def test_a_morning_of_fifty_applications(office, staff_browser):
    numbers = [row.number for row in Permohonan.select().order_by(Permohonan.id)]
    assert InvariantChecker().violations() == []
    check_papers(staff_browser("admin"), staff_browser("pemohon2"), numbers)
    siak = staff_browser("siak")
    planted = key_in(siak, office[1])
    outbox.drain()
    adb = staff_browser("adb")
    verify(adb, siak, planted)
    sign(staff_browser("kabid"), staff_browser("kadis"))
    hand_out(siak, staff_browser("admin"), staff_browser("produksi"), staff_browser("loket.pemaron"))
    outbox.drain()
    assert InvariantChecker().all_violations() == []
    all_is_where_it_should_be(numbers)


def all_is_where_it_should_be(numbers):
    """Two wait for their applicants, the others for somebody to fetch them; nothing was done twice."""
    assert len(numbers) == len(set(numbers)) == 50
    states = Counter(row.state for row in Permohonan.select())
    assert states == {"incomplete": 2, "ready": 48}
    for action, times in (("send_to_siak", 48), ("approve_tte", 48), ("record_signature", 48), ("mark_incomplete", 2)):
        assert Event.select().where(Event.action == action).count() == times, action
    signed = Document.select().where(Document.signed_at.is_null(False))
    assert len({one.permohonan_id for one in signed}) == 48 - sum(FIFTY[kind] for kind in FIFTY if kind[0][:3] == "KTP")
