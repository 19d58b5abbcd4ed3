"""The counter's job, L-a … L-m, and a Tridatu bundle with every detour, in a real browser; it can leave pictures."""

import re

import pytest

import run
from catalogue import definition, page_layout
from lib.processes import spawn, terminate
from models import Permohonan
from tests import machine
from tests.helpers.browser_office import browser_office
from tests.helpers.browser_person import DESKTOP, PHONE, Person, photo
from tests.helpers.factory import CHILDREN, SAMPLE_ANSWERS, SIAK_DRAFT, TODAY, sample_answers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
SEED = run.ROOT / "seed" / "layanan"
TABLET = {"width": 820, "height": 1180}
SIZES = {"1366": DESKTOP, "820": TABLET, "360": PHONE}
ENDING = str(SAMPLE_ANSWERS["nik"])[-4:]


@pytest.fixture(scope="module")
def office_server():
    """Web server and worker, as in the office."""
    with machine.fresh_server(REDIS_URL=machine.valkey()) as server:
        worker = spawn([*run.FLASK, "worker"], cwd=run.ROOT, env=server.env | {"BASE_URL": server.url})
        try:
            yield server
        finally:
            terminate(worker, grace=5)


@pytest.fixture
def people(office_server, browser):
    """A function that gives the person of an address, signed in at a browser of their own."""
    known: dict[str, Person] = {}

    def person(who):
        if who not in known:
            known[who] = Person(browser, office_server.url)
            known[who].sign_in_as_staff(f"{who}@aku.example")
        return known[who]

    yield person
    for one in known.values():
        unexpected = [text for text in one.errors if "422" not in text]
        assert not unexpected, unexpected


def look(person, name):
    """A picture of the page at three widths, the phone's seen by axe; nothing may scroll sideways."""
    for width, size in SIZES.items():
        person.page.set_viewport_size(size)
        person.check_page(f"loket-{name}-{width}", axe=size == PHONE)
        wide = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, width, wide)
    person.page.set_viewport_size(DESKTOP)


def take_in(operator, code, **answers):
    """L-a … L-c: choose the service, fill in, upload, check, send. Returns the number."""
    edition = definition.read_definition(SEED / f"{code}.toml")
    pages = page_layout.form_pages("counter", edition)
    sample = sample_answers([field for section in pages for field in section["fields"]])
    answers = sample | CHILDREN.get(code, {}) | answers
    page = operator.go("/petugas/loket/")
    operator.follow("Permohonan baru")
    look(operator, "01-layanan")
    page.fill("[name=q]", edition["name"]["id"].split(" (")[0])
    operator.press("Cari")
    operator.click_and_wait(page.locator(f"a[href$='/baru/{code}']").first)
    look(operator, f"02-mulai-{code}")
    operator.press(re.compile("Mulai mengisi|Buat permohonan baru"))  # also where a colleague has one open
    for section in pages:
        assert f"/isi/{section['key']}" in page.url
        for field in section["fields"]:
            fill(operator, field, answers)
        look(operator, f"03-isi-{code}-{section['key']}")
        operator.press("Simpan dan lanjutkan")
    assert "/unggahan" in page.url
    for requirement in edition["requirements"]:
        box = page.locator(f"[name='upload-{requirement['key']}']")
        if box.count():
            name = f"{requirement['key']}.jpg"
            box.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": photo(requirement["key"])})
    operator.press("Simpan dan lanjutkan")
    page.wait_for_url(re.compile("/periksa"))
    look(operator, f"04-periksa-{code}")
    page.check("[name=declaration]")
    number = page.locator("main").get_attribute("data-number")
    operator.press("Kirim permohonan")
    assert page.url.endswith("/petugas/loket/baru")
    look(operator, f"05-terkirim-{code}")
    href = page.get_by_role("link", name="Cetak slip").get_attribute("href")
    slip = page.request.get(operator.base + href)
    assert slip.ok and slip.body().startswith(b"%PDF-")
    return number


def fill(operator, field, answers):
    """One answer: the given one, or a sample; a group gets one row."""
    if field["type"] == "group":
        for item in field["item"]:
            fill(operator, item | {"key": f"{field['key']}-0-{item['key']}"}, {})
        return
    kind = field["type"]
    value = answers.get(field["key"]) or (field["options"][0][0] if kind == "choice" else SAMPLE_ANSWERS[kind])
    if kind == "number":
        value = max(field.get("min") or 0, 1)
    if field["key"] == "pemohon_email":
        return  # the resident has none
    box = operator.page.locator(f"[name='{field['key']}']").first
    if box.is_visible():
        operator.fill(field, value)


def act(person, screen, number, action, asks=False, **answers):
    """Press a button of a row, answer what it asks (ticks by True), and see that it was taken."""
    if action in ("send_to_siak", "submit_draft"):
        look_at(person, screen, number, action, **answers)
        return
    page = person.go(f"/petugas/{screen}/")
    row = page.locator(f"tr[data-number='{number}']")
    button = row.locator(f"[data-action='{action}']").first
    if not button.count():  # it stands on the application's own page alone
        person.click_and_wait(row.locator("a.num"))
        for draft in page.locator(".sheets a[data-title*=' Draf ']").all():  # nobody signs what they never saw
            draft.click()
            page.locator(".sheet-img").evaluate("picture => picture.decode()")
        button = page.locator(f"[data-bar] [data-action='{action}']")
    elif not button.is_visible():
        row.locator("summary").click()
    form = page.locator(f"form.ask:has(button[data-action='{action}'])")
    if asks or answers:
        button.click()
        form.wait_for()
        for name, value in answers.items():
            box = form.locator(f"[name='{name}']").first
            box.check() if value is True else box.fill(value)
        button = form.locator(f"button[data-action='{action}']")
    person.click_and_wait(button)
    assert not page.locator(".errors, .alert-danger").count(), page.inner_text("main")[:500]


def look_at(person, screen, number, action, **answers):
    """The same for what has to be looked at first: tick everything, answer, and press."""
    person.open_action(screen, number, action)
    page = person.page
    for name, value in answers.items():
        page.fill(f"#finish [name='{name}']", value)
    if "documents-kk-number" in answers:  # family cards come from SIAK; the next round keeps the draft
        pdf = {"name": "draf.pdf", "mimeType": "application/pdf", "buffer": SIAK_DRAFT}
        page.set_input_files("#finish [name='documents-kk-draft']", pdf)
    if answers:
        person.confirm(action)
    assert not page.locator(".errors, .alert-danger").count(), page.inner_text("main")[:500]


def mark_incomplete(admin, number, key, words):
    admin.open_action("pemeriksaan", number, "mark_incomplete")
    page = admin.page
    with admin.wait_for_autosave():
        page.locator(f"label:has(#deficiencies-{key}-fault)").click()
    with admin.wait_for_autosave():
        page.select_option(f"[name='deficiencies-{key}-reason']", index=1)
    with admin.wait_for_autosave():
        page.fill(f"[name='deficiencies-{key}-text']", words)
        page.keyboard.press("Tab")
    admin.confirm("mark_incomplete")


def correct(operator, number, key):
    """Only what fell short is open; it is replaced and sent again."""
    operator.open_action("loket", number, "resubmit")
    page = operator.page
    look(operator, f"06-perbaikan-{key}")
    assert page.locator("[name^='upload-']").count() == 1
    new = {"name": "baru.jpg", "mimeType": "image/jpeg", "buffer": photo("lebih terang")}
    page.locator(f"[name='upload-{key}']").set_input_files(new)
    operator.click_and_wait(page.locator("button[data-action=resubmit]"))  # the upload goes first
    assert "/details/" in page.url
    assert page.locator("main").get_attribute("data-state") == "submitted"


def sign(people, number, **numbers):
    """From the draft to the signed documents."""
    named = {f"documents-{key}-number": text for key, text in numbers.items()}
    act(people("siak"), "siak", number, "submit_draft", **named)
    act(people("adb"), "adb", number, "verify_adb")
    act(people("kabid"), "kabid", number, "verify_kabid")
    act(people("kadis"), "tte", number, "approve_tte", passphrase="tanda-tangan")


def hand_out(people, number, cards):
    """L-j … L-m: production sends it, the counter prints, numbers, hands over against a signature."""
    act(people("produksi"), "produksi", number, "publish_to_counter")
    operator = people("loket.pemaron")
    page = operator.go("/petugas/loket/")
    row = page.locator(f"tr[data-number='{number}']")
    look(operator, "07-cetak-tridatu" if cards else "07-cetak")
    href = row.get_by_role("link", name=re.compile("Cetak dokumen")).get_attribute("href")
    printed = page.request.get(operator.base + href)
    assert printed.ok and printed.body().startswith(b"%PDF-")
    act(operator, "loket", number, "print_document", **({"cards_received": True} if cards else {}))
    act(operator, "loket", number, "assign_queue_number", asks=True)
    look(operator, "08-nomor")
    slip = operator.page.get_by_role("link", name="Cetak slip").get_attribute("href")
    assert operator.page.request.get(operator.base + slip).body().startswith(b"%PDF-")


def hand_over(operator, number):
    operator.open_action("loket", number, "hand_over")
    page = operator.page
    page.check("[name=originals_seen]")
    pad, foot = (page.locator(one).bounding_box() for one in ("canvas", ".ask .foot"))
    assert pad["y"] + pad["height"] < foot["y"] and foot["y"] + foot["height"] <= DESKTOP["height"], "both in sight"
    page.mouse.move(pad["x"] + 40, pad["y"] + 60)
    page.mouse.down()
    for step in range(1, 20):
        page.mouse.move(pad["x"] + 40 + step * 12, pad["y"] + 60 + (-1) ** step * 20)
    page.mouse.up()
    look(operator, "09-serah-terima")
    operator.confirm("hand_over")


def test_a_resident_without_phone_or_mail_is_served_at_the_village_office(office_server, browser, people):
    operator, admin = people("loket.pemaron"), people("admin")
    look(operator, "00-beranda")
    operator.go("/petugas/loket/")
    look(operator, "00-loket")
    number = take_in(operator, "AK-LAHIR")
    mark_incomplete(admin, number, "surat_lahir", "Nama bayi tidak terbaca.")
    correct(operator, number, "surat_lahir")
    act(admin, "pemeriksaan", number, "send_to_siak")
    sign(people, number, akta=f"5108-LU-{TODAY}-0001")
    hand_out(people, number, cards=False)

    resident = Person(browser, office_server.url, PHONE)
    page = resident.go(f"/lacak?nomor={number}")
    page.fill("[name=nik4]", ENDING)
    resident.press("Lihat")
    assert page.get_by_text("A-001").first.is_visible() and page.get_by_text("Loket Desa Pemaron").first.is_visible()
    resident.check_page("loket-10-lacak-360")

    hand_over(operator, number)
    page = operator.go("/petugas/")
    assert not page.get_by_text(number).count(), "what is finished is no news any more"
    look(operator, "11-kabar")
    assert "utuh" in office_server.flask("log", "verify")


def test_a_service_is_chosen_by_typing_and_the_nik_goes_with_it(people):
    operator = people("loket.pemaron")
    page = operator.go("/petugas/loket/baru")
    page.keyboard.type(SAMPLE_ANSWERS["nik"])
    page.keyboard.press("Tab")
    page.keyboard.type("ktp-el hil")
    assert page.locator("[data-told]").inner_text() == "3 layanan cocok. Enter: KTP-el hilang."
    assert page.locator("[data-words]:visible").count() == 3
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/isi/pemohon" in page.url and SAMPLE_ANSWERS["nik"] not in page.url
    assert page.locator("[name=pemohon_nik]").input_value() == SAMPLE_ANSWERS["nik"]
    operator.go("/petugas/loket/baru")
    page.fill("[name=q]", "akte klahiran")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[data-found] b").first.inner_text() == "Akta kelahiran", "mistyped, the server finds it"


def test_a_stranger_gets_nothing_at_the_pickup_and_a_proxy_with_a_letter_does(browser):
    with browser_office() as (server, factory):
        permohonan = factory.advance_to(factory.submit("KTP-RUSAK"), "ready")
        pickup = Person(browser, server.url)
        pickup.sign_in_as_staff("pengambilan@aku.example")
        pickup.open_action("pengambilan", permohonan.number, "hand_over")
        page = pickup.page
        assert page.locator("#recipient_name").input_value() == permohonan.applicant_name
        assert not page.locator("#recipient_nik").is_visible(), "asked of a proxy only"
        page.fill("#recipient_name", "Ni Made Kuasa")
        page.locator("#signature-paper").check()
        pickup.confirm("hand_over")
        for name in ("originals_seen", "old_returned", "proxy_letter"):
            assert page.locator(f"#{name}-error").is_visible(), name
        assert (
            page.locator("#recipient_name").input_value() == "Ni Made Kuasa"
            and page.locator("#signature-paper").is_checked()
        )
        look(pickup, "12-penerima-lain")
        page.check("#originals_seen")
        page.fill("#old_missing", "Hilang, SKTLK/12/2026")
        page.check("#proxy_letter")
        page.fill("#recipient_nik", "5108 9945 0190 0019")
        pickup.confirm("hand_over")
        assert Permohonan.get_by_id(permohonan.id).state == "completed"


def test_a_tridatu_bundle_goes_every_way_round_and_ends_in_the_residents_hands(office_server, people):
    operator = people("loket.pemaron")
    number = take_in(operator, "AK-MATI", punya_pasangan="ya")
    mark_incomplete(people("admin"), number, "formulir", "Belum ditandatangani.")
    correct(operator, number, "formulir")
    act(people("admin"), "pemeriksaan", number, "send_to_siak")
    numbers = {"akta": f"5108-KM-{TODAY}-0001", "kk": "5108061311260001", "ktp_el": "5108990101909001"}
    named = {f"documents-{key}-number": text for key, text in numbers.items()}
    siak, adb, kabid, kadis = people("siak"), people("adb"), people("kabid"), people("kadis")
    act(siak, "siak", number, "submit_draft", **named)
    act(adb, "adb", number, "return_to_operator", reason="Nama ayah berbeda dengan KK.")
    act(siak, "siak", number, "submit_draft", **named)
    act(adb, "adb", number, "verify_adb")
    act(kabid, "kabid", number, "verify_kabid")
    act(kadis, "tte", number, "reject_tte", reason="Tanggal meninggal belum cocok dengan surat kematian.")
    sign(people, number, **numbers)
    act(kabid, "penarikan", number, "recall_document", reason="Salah ketik tempat meninggal.")
    sign(people, number, **numbers)

    production = people("produksi")
    act(production, "produksi", number, "wait_for_blank", asks=True)
    production.go("/petugas/produksi/?keadaan=awaiting_blank")
    look(production, "12-blangko")
    production.press(re.compile("Blangko KTP-el sudah datang"))
    assert production.page.get_by_text("siap dicetak lagi").first.is_visible()

    hand_out(people, number, cards=True)
    hand_over(operator, number)
    page = operator.go("/petugas/")
    assert not page.get_by_text(number).count(), "what is finished is no news any more"
    assert "utuh" in office_server.flask("log", "verify")


def test_a_cancelled_one_is_begun_anew_from_its_copy(people):
    operator = people("loket.pemaron")
    number = take_in(operator, "KTP-HILANG")
    act(people("admin"), "pemeriksaan", number, "cancel", reason="Data di SIAK berbeda dengan KK.")
    page = operator.go("/petugas/loket/?keadaan=cancelled")
    operator.click_and_wait(page.locator(f"tr[data-number='{number}'] a").first)
    look(operator, "13-dibatalkan")
    operator.press("Salin menjadi permohonan baru")
    assert "/periksa" in page.url and page.get_by_text("Data di SIAK berbeda dengan KK.").is_visible()
    assert page.locator("img.thumb").count() >= 1, "the papers came along"
    page = operator.go("/petugas/loket/?keadaan=draft")
    look(operator, "14-draf")
