"""The main job, M-a … M-n, played by all roles in a real browser on real servers; it can leave pictures."""

import re
import subprocess
import time
import urllib.request

import pytest
from playwright.sync_api import expect

import run
from catalogue import definition, page_layout
from documents.tte.verify import verify
from lib.processes import spawn, terminate
from tests import machine
from tests.helpers import browser_person
from tests.helpers.browser_person import Person, photo
from tests.helpers.factory import TODAY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
SEED = run.ROOT / "seed" / "layanan" / "AK-LAHIR.toml"


def _served(post):
    return machine.fresh_server(SMTP_URL=post.url, REDIS_URL=machine.valkey(), WORKERS="2")


@pytest.fixture
def office_server():
    """Web server, worker, queue and mail server, as in the office."""
    with machine.smtp() as post, _served(post) as server:
        env = server.env | {"BASE_URL": server.url}
        worker = spawn([*run.FLASK, "worker"], cwd=run.ROOT, env=env)
        try:
            yield server, post
        finally:
            terminate(worker, grace=5)


def _letter(post, words, seconds=90):
    """The next letter whose subject holds these words."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for one in post.letters:
            if words in one.message["Subject"]:
                return one.message
        time.sleep(0.1)
    raise AssertionError(f"no letter about {words!r}: {[one.message['Subject'] for one in post.letters]}")


def _register(person, post):
    """M-d: an account, confirmed by the link in the mail."""
    page = person.go("/daftar")
    for name, value in {
        "name": "Ni Made Uji Coba",
        "email": "made.uji@aku.example",
        "password": "tiga ekor ayam",
        "phone": "081200004417",
    }.items():
        page.fill(f"[name={name}]", value)
    person.check_page("01-daftar")
    person.press("Buat akun")
    text = _letter(post, "Konfirmasi").get_body().get_content()
    person.go(re.search(r"https?://\S+/konfirmasi/\S+", text)[0])
    person.check_page("02-aktifkan")
    person.press("Aktifkan")


def _apply(person, post, edition):
    """M-b, M-c, M-e: read, download the blank form, fill in, upload, check, submit. Returns the number."""
    page = person.go("/layanan/AK-LAHIR")
    person.check_page("03-layanan")
    form = page.request.get(person.base + "/layanan/AK-LAHIR/formulir.pdf")
    assert form.ok and form.body().startswith(b"%PDF-")
    person.go("/permohonan/baru/AK-LAHIR")
    person.press("Mulai mengisi")
    for section in page_layout.form_pages("self_service", edition):
        person.fill_section(section)
        person.check_page(f"04-isi-{section['key']}")
        person.press("Simpan dan lanjutkan")
    for requirement in edition["requirements"]:
        box = page.locator(f"[name='upload-{requirement['key']}']")
        if box.count():
            name = f"{requirement['key']}.jpg"
            box.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": photo(requirement["key"])})
    person.press("Simpan dan lanjutkan")  # waits for the uploads
    page.wait_for_url(re.compile("/periksa"))
    person.check_page("05-periksa")
    person.press("Kirim permohonan")  # without the declaration: refused beside it, nothing lost
    assert page.locator("#declaration-error").is_visible()
    letter = _letter(post, "Kode konfirmasi").get_body().get_content()  # the address isn't the account's
    page.fill("[name=kode_email]", re.search(r"\b(\d{6}|\d{3} \d{3})\b", letter)[0])
    page.check("[name=declaration]")
    person.press("Kirim permohonan")
    page.wait_for_url(re.compile(r"/permohonan/[a-z2-7]+$"))
    person.check_page("06-diterima")
    assert page.locator("main").get_attribute("data-state") == "submitted"
    return page.locator("main").get_attribute("data-number")


def _return_and_correct(admin, person, number, home):
    """M-f, M-g: the admin names what falls short; the applicant corrects just that and sends it again."""
    admin.open_action("pemeriksaan", number, "mark_incomplete")
    assert not admin.page.locator("[data-bar] [data-action=mark_incomplete]").count()  # not without a fault
    with admin.wait_for_autosave():
        admin.page.locator("label:has(#deficiencies-surat_lahir-fault)").click()
    admin.wait_for_button("mark_incomplete").click()
    reason = admin.page.locator("[name='deficiencies-surat_lahir-reason']")
    expect(reason).to_be_focused()  # not without the reason
    with admin.wait_for_autosave():
        reason.select_option(index=1)
    with admin.wait_for_autosave():
        words = admin.page.locator("[name='deficiencies-surat_lahir-text']")
        words.fill("Nama bayi tidak terbaca. Foto ulang di tempat terang.")
        words.blur()
    admin.check_page("07-kurang-lengkap")
    admin.confirm("mark_incomplete")
    page = person.go(home)
    assert page.locator("main").get_attribute("data-state") == "incomplete"
    assert page.get_by_text("Nama bayi tidak terbaca").first.is_visible()
    person.check_page("08-dikembalikan")
    box = page.locator("[name='upload-surat_lahir']")
    if not box.count():
        person.follow(re.compile("Perbaiki|Ganti|Lengkapi"))
        box = page.locator("[name='upload-surat_lahir']")
    assert page.locator("[name^='upload-']").count() == 1, "only what fell short can be changed"
    box.set_input_files(
        {"name": "baru.jpg", "mimeType": "image/jpeg", "buffer": photo("lebih terang", size=(1600, 1200))}
    )
    page.locator("[data-action=resubmit]").click()  # the upload goes first
    page.locator("main[data-state=submitted]").wait_for()


def _staff(browser, base, who):
    person = Person(browser, base)
    person.sign_in_as_staff(f"{who}@aku.example")
    return person


def test_one_application_from_the_first_click_to_the_signature_at_the_counter(office_server, browser, tmp_path):
    server, post = office_server
    edition = definition.read_definition(SEED)
    applicant_ = Person(browser, server.url, browser_person.PHONE)
    applicant_.go("/")
    applicant_.check_page("00-beranda")
    _register(applicant_, post)
    number = _apply(applicant_, post, edition)
    home = applicant_.page.url
    assert "kami terima" in _letter(post, number)["Subject"]

    admin = _staff(browser, server.url, "admin")
    admin.check_page("06-admin-beranda")
    _return_and_correct(admin, applicant_, number, home)
    server.flask("drain")  # by itself it leaves in two minutes, so that it can be undone
    assert "dilengkapi" in _letter(post, "dilengkapi")["Subject"]
    admin.go("/petugas/pemeriksaan/")
    admin.check_page("09-pemeriksaan")
    admin.click_and_wait(admin.page.locator(f"tr[data-number='{number}'] a").first)
    admin.check_page("10-berkas")
    admin.open_action("pemeriksaan", number, "send_to_siak")

    siak = _staff(browser, server.url, "siak")
    siak.go("/petugas/siak/")
    siak.check_page("11-siak")
    siak.open_action("siak", number, "submit_draft")
    siak.page.fill("[name='documents-akta-number']", f"5108-LU-{TODAY}-0001")
    siak.check_page("12-draf")
    siak.confirm("submit_draft")

    adb, kabid = _staff(browser, server.url, "adb"), _staff(browser, server.url, "kabid")
    adb.open_action("adb", number, "verify_adb")
    kabid.open_action("kabid", number, "return_to_operator")  # M-j
    kabid.page.fill("[name=reason]", "Ejaan nama ibu berbeda dengan KK.")
    kabid.check_page("13-kembalikan")
    kabid.confirm("return_to_operator")
    siak.open_action("siak", number, "submit_draft")
    siak.page.fill("[name='documents-akta-number']", f"5108-LU-{TODAY}-0001")
    siak.confirm("submit_draft")
    adb.open_action("adb", number, "verify_adb")
    kabid.open_action("kabid", number, "verify_kabid")

    kadis = _staff(browser, server.url, "kadis")
    kadis.open_action("tte", number, "approve_tte")
    assert kadis.page.evaluate("document.activeElement.id") == "passphrase", "no mouse needed"
    kadis.page.fill("[name=passphrase]", "bukan ini")
    kadis.confirm("approve_tte")
    assert kadis.page.locator("#passphrase-error").is_visible()
    kadis.page.fill("[name=passphrase]", "tanda-tangan")
    kadis.check_page("14-tte")
    kadis.confirm("approve_tte")
    kadis.check_page("15-tte-selesai")

    letter = _letter(post, "terbit")
    (part,) = list(letter.iter_attachments())
    pdf = tmp_path / "akta.pdf"
    pdf.write_bytes(part.get_content())
    told = subprocess.run([machine.poppler("pdfsig"), str(pdf)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in told
    page = applicant_.go(home)
    applicant_.check_page("16-terbit")
    href = page.locator("a[href*='/dokumen/']").first.get_attribute("href")
    same = page.request.get(server.url + href)
    assert same.body() == pdf.read_bytes()
    assert not verify(same.body()[:-100], []).valid

    siak.open_action("cetak", number, "print_document")
    admin.open_action("nomor-antrean", number, "assign_queue_number")
    admin.check_page("17-nomor")
    admin.confirm("assign_queue_number")
    page = applicant_.go(home)
    applicant_.check_page("18-siap")
    assert page.get_by_text("A-001").first.is_visible()

    pickup = _staff(browser, server.url, "pengambilan")
    pickup.open_action("pengambilan", number, "hand_over")
    pickup.page.check("[name=originals_seen]")
    pickup.page.locator("canvas").scroll_into_view_if_needed()
    pad = pickup.page.locator("canvas").bounding_box()
    pickup.page.mouse.move(pad["x"] + 40, pad["y"] + 120)
    pickup.page.mouse.down()
    for step in range(1, 20):
        pickup.page.mouse.move(pad["x"] + 40 + step * 15, pad["y"] + 120 + (-1) ** step * 40)
    pickup.page.mouse.up()
    pickup.check_page("19-serah-terima")
    pickup.confirm("hand_over")
    page = applicant_.go(home)
    applicant_.check_page("20-selesai")
    assert page.locator("main").get_attribute("data-state") == "completed"
    assert page.locator("ol[data-timeline] > li").count() >= 12
    receipt = page.request.get(home + "/tanda-terima.pdf")
    assert receipt.ok and receipt.body().startswith(b"%PDF-")

    assert "utuh" in server.flask("log", "verify")
    for person in (applicant_, admin, siak, adb, kabid, kadis, pickup):
        unexpected = [text for text in person.errors if "422" not in text]
        assert not unexpected, unexpected
    with urllib.request.urlopen(f"{server.url}/readyz", timeout=60) as answer:
        assert answer.status == 200


def test_the_same_pages_work_without_javascript(office_server, browser):
    server, _ = office_server
    person = Person(browser, server.url, browser_person.PHONE, script=False)
    person.sign_in("pemohon2@aku.example")
    page = person.page
    edition = definition.read_definition(run.ROOT / "seed" / "layanan" / "KTP-HILANG.toml")
    person.go("/permohonan/baru/KTP-HILANG")
    person.press("Mulai mengisi")
    for section in page_layout.form_pages("self_service", edition):
        person.fill_section(section)
        person.press("Simpan dan lanjutkan")
    for requirement in edition["requirements"]:
        box = page.locator(f"[name='upload-{requirement['key']}']")
        box.set_input_files({"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo(requirement["key"])})
    person.press("Simpan dan lanjutkan")
    page.locator("[name=own_address]").click()
    page.check("[name=declaration]")
    person.press("Kirim permohonan")
    assert page.locator("main").get_attribute("data-state") == "submitted"
