"""Every public page in the states that change its looks, at a phone's and a desktop's width; two flows by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

import accounts
from accounts import one_time_links, recovery
from app import create_app
from casework.transitions import perform
from intake import appointments, drafts
from lib import encryption
from lib.database import database
from models import Document, Draft, DraftFile, Edition, Office, Permohonan, User
from public import password_reset
from tests import machine
from tests.helpers.browser_person import DESKTOP, PHONE, Person, photo
from tests.helpers.factory import OfficeFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
NO_PAGES = {  # GET addresses that answer with a file, or lead on
    *("public.form_pdf", "public.sample", "public.document", "public.slip", "public.receipt", "public.filled_form"),
    *("public.statement_pdf", "public.filled_statement"),
    *("public.own_file", "public.letter_file", "public.manifest", "public.service_worker", "public.switch"),
    *("public.resume", "public.correct", "public.arrive", "public.appointment_calendar"),
}
WIDE = {"width": 1280, "height": 900}
MOST_TABS = 80


@pytest.fixture(scope="module")
def office_server():
    """A server with applications on every part of the way; gives it, and endpoint → addresses of its pages."""
    with machine.fresh_server() as server:
        app = create_app(INSTANCE_DIR=server.env["INSTANCE_DIR"], TESTING=True, ARGON2_COST=server.env["ARGON2_COST"])
        with app.app_context():
            places = _places(OfficeFactory())
            database.close()
        wanted = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
        server.flask("drain")
        yield server, places, {name for name in wanted if name.startswith("public.")}


def _places(factory) -> dict[str, list[str]]:
    returned, ready = _returned(factory), factory.advance_to(factory.submit(), "ready")
    drafted, unregistered = factory.begin("AK-MATI"), factory.begin("BIO-WNI")
    draft = drafts.get_draft(drafted)
    DraftFile.delete().where(DraftFile.requirement == "pernyataan_tanpa_dokumen").execute()
    Draft.update(answers=draft.answers | {"pemohon_email": "a@b.example"}).where(Draft.id == draft.id).execute()
    card, sent, done = (
        factory.advance_to(factory.submit("KTP-HILANG"), "ready"),
        factory.submit("KK-BARU"),
        _done(factory),
    )
    cancelled = factory.perform(factory.submit("PIN-KELUAR"), "cancel", "admin")
    recording = factory.perform(
        factory.advance_to(factory.submit("KTP-BARU"), "siak_entry"), "ask_recording", "siak_operator"
    )
    place = Office.get(Office.kind == "dinas")
    day, hours = next(iter(appointments.free_hours(place).items()))
    kept, gone = (_appointment(place, day, hours[0]) for _ in range(2))
    appointments.cancel(gone)
    all_of = (drafted, returned, ready, card, sent, done, cancelled, recording)
    way = f"/permohonan/{drafted.key}"
    signed = Document.select().where(Document.signed_at.is_null(False)).get()
    return {
        "public.home": ["/"],
        "public.services": ["/layanan/", "/layanan/?q=hilang", "/layanan/?q=xyzzy"],
        "public.service": [f"/layanan/{code}" for code in ("AK-LAHIR", "AK-KAWIN", "KTP-BARU", "AK-MATI")],
        "public.info": ["/info/ikd", "/info/legalisasi", "/info/unduh-lagi", "/rekam-ktp"],
        "public.book": ["/janji", "/janji?untuk=ikd"],
        "public.appointment": [f"/janji/{kept.code}", f"/janji/{gone.code}"],
        "public.mine": ["/permohonan/"],
        "public.link": ["/permohonan/gabung"],
        "public.begin": ["/permohonan/baru/KIA-BARU", "/permohonan/baru/AK-MATI"],
        "public.one": [f"/permohonan/{one.key}" for one in all_of],
        "public.access_report": [f"/permohonan/{sent.key}/akses"],
        "public.act": [
            f"/permohonan/{sent.key}/tindakan/withdraw",
            f"/permohonan/{card.key}/tindakan/reschedule_pickup",
            f"/permohonan/{ready.key}/tindakan/keep_digital",
            f"/permohonan/{recording.key}/tindakan/reschedule_recording",
        ],
        "public.fill": [f"{way}/isi/{section}" for section in _sections(drafted)],
        "public.upload": [f"{way}/unggahan", f"/permohonan/{unregistered.key}/unggahan"],
        "public.sign_form": [f"{way}/tanda-tangan"],
        "public.sign_statement": [f"/permohonan/{unregistered.key}/tanda-tangan/pernyataan_tanpa_dokumen"],
        "public.check": [f"{way}/periksa"],
        "public.verify": [f"/verifikasi/{signed.verification_key}"],
        "public.verification": ["/verifikasi"],
        **_fixed(),
        **_secret(factory),
    }


def _appointment(place, day, hour):
    who = appointments.Contact(f"Ni Luh {encryption.random_token()}", "", "", "", "id")
    return appointments.book(place, day, hour, "ikd", who, encryption.random_token())[0]


def _fixed() -> dict[str, list[str]]:
    names = {
        "standard": "/standar-pelayanan", "counters": "/loket", "track": "/lacak?nomor=AKU-261123-7QK2MD-4",
        "register": "/daftar", "sign_in": "/masuk", "forgotten": "/lupa-sandi", "sign_out": "/keluar",
        "recover": "/pulihkan", "offline": "/luring", "letters": "/demo/surat",
        "forms": "/formulir", "account": "/akun", "new_address": "/akun/alamat", "change_password": "/akun/sandi",
    }  # fmt: skip
    sent = [f"/surat-terkirim/{what}" for what in password_reset.SENT_MESSAGES]
    return {f"public.{name}": [path] for name, path in names.items()} | {"public.letter_sent": sent}


def _secret(factory) -> dict[str, list[str]]:
    """Pages behind a link in a letter."""
    who = factory.other_applicant
    new = User.create(email="baru@aku.example", name="Ni Made Baru", password=accounts.hash_password("tiga ekor ayam"))
    pickup = User.get_by_id(factory.staff["pickup"].id)
    row = recovery.find_by_code(recovery.issue_code(who, pickup, {"ktp_el"}))
    assert row
    recovery.set_new_email(row, "lain@aku.example")
    return {
        "public.move": [f"/akun/alamat/{one_time_links.create(factory.applicant, 'move', 'lain@aku.example')}"],
        "public.confirm": [f"/konfirmasi/{one_time_links.create(new, 'confirm', new.email)}"],
        "public.new_password": [f"/sandi-baru/{one_time_links.create(who, 'reset', who.email)}"],
        "public.rebind": [f"/alamat-baru/{one_time_links.create(who, 'rebind', 'lain@aku.example')}"],
        "public.stop_recovery": [f"/batalkan-pemulihan/{one_time_links.create(who, 'stop', who.email)}"],
    }


def _returned(factory) -> Permohonan:
    """Came back twice, so that there is something to correct and something that was changed."""
    faults = [
        {"key": "surat_lahir", "reason": "tidak_terbaca", "text": "Nama bayi tidak terbaca."},
        {"key": "nama_ayah", "reason": "lainnya", "text": "Berbeda dengan KK."},
    ]
    permohonan = factory.submit()
    perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=faults)
    return Permohonan.get_by_id(permohonan.id)


def _done(factory) -> Permohonan:
    return factory.advance_to(factory.submit("AK-KUTIPAN2"), "completed")


def _sections(permohonan) -> list[str]:
    permohonan.edition = Edition.get_by_id(permohonan.edition_id)
    return [section["key"] for section in drafts.form_pages(permohonan)]


def test_every_public_page_is_looked_at(office_server):
    """A new page needs a line in _places, or stands in NO_PAGES."""
    _, places, endpoints = office_server
    assert set(places) == endpoints - NO_PAGES


def test_axe_finds_nothing_on_any_public_page_and_none_scrolls_sideways(office_server, browser):
    server, places, _ = office_server
    alone = {"service_workers": "block"}  # which would fetch its pages again beside each of them: a third of the time
    stranger, owner = Person(browser, server.url, PHONE, **alone), Person(browser, server.url, PHONE, **alone)
    owner.sign_in()
    for endpoint, paths in places.items():
        for n, path in enumerate(paths):
            inside = path.startswith(("/permohonan", "/akun")) or path == "/keluar"
            _look(owner if inside else stranger, path, f"publik-{endpoint.partition('.')[2]}-{n}")
    _look(stranger, "/tidak-ada", "publik-404", 404)
    for path, name in (("/daftar", "register"), ("/lacak", "track"), ("/pulihkan", "recover"), ("/masuk", "sign_in")):
        stranger.go(path)
        stranger.click_and_wait(stranger.page.locator("main form button").last)
        assert stranger.page.locator("[role=alert]").first.is_visible()
        _judge(stranger, f"publik-{name}-salah")
    told = [text for person in (stranger, owner) for text in person.errors]
    assert [text for text in told if " 404 " not in text and " 422 " not in text] == []


def _look(person, path, name, status=200) -> None:
    answer = person.page.goto(person.base + path)
    assert answer.status == status, (path, answer.status)
    assert person.page.url.startswith(person.base + path), f"{path} leads to {person.page.url}"
    _judge(person, name)


def _judge(person, name) -> None:
    for size in (WIDE, PHONE):
        person.page.set_viewport_size(size)
        person.check_page(f"{name}-{size['width']}", axe=size is PHONE)
        sideways = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, (name, size, sideways)


# By keyboard alone


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on it, and see that it shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", selector):
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none", f"nobody sees the focus on {selector}"
            return
    raise AssertionError(f"{MOST_TABS} tabs do not lead to {selector} on {page.url}")


def test_following_an_application_by_keyboard_alone(office_server, browser):
    server, places, _ = office_server
    person = Person(browser, server.url, DESKTOP)
    owner = Person(browser, server.url, DESKTOP)
    owner.sign_in()
    number = owner.go(places["public.one"][2]).locator("main").get_attribute("data-number")
    page = person.go("/")
    _tab_to(page, "a[href='/lacak']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lacak")
    _tab_to(page, "#nomor")
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type("12")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#nik4-error").is_visible()
    expect(page.locator("[role=alert]")).to_be_focused()  # what is wrong comes first
    _tab_to(page, "[role=alert] a")
    page.keyboard.press("Enter")
    expect(page.locator("#nik4")).to_be_focused()  # the sentence leads to its field
    page.keyboard.press("Control+a")
    page.keyboard.type("0001")
    page.keyboard.press("Enter")
    page.locator("[data-timeline]").wait_for()
    assert page.locator("main").get_attribute("data-number") == number
    assert "I Putu" not in page.inner_text("body"), "no name"
    shared = page.locator("a[href^='https://wa.me/']").get_attribute("href")
    assert number in shared and "Putu" not in shared and "5108" not in shared


def test_correcting_a_return_by_keyboard_alone(office_server, browser):
    server, places, _ = office_server
    person = Person(browser, server.url, DESKTOP)
    person.sign_in()
    choosers = []
    person.page.on("filechooser", lambda one: choosers.append(one))  # before the page: keys overtake it
    page = person.go(places["public.one"][1])
    _tab_to(page, "#upload-surat_lahir")
    with page.expect_event("filechooser"):
        page.keyboard.press("Enter")
    choosers[0].set_files({"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo("lebih terang")})
    page.locator(".files a", has_text="foto.jpg").wait_for()
    _tab_to(page, "#nama_ayah")
    page.keyboard.press("Control+a")
    page.keyboard.type("I Made Wiguna")
    expect(page.locator("#tersimpan")).to_contain_text("Tersimpan otomatis pukul")
    page = person.go(places["public.one"][1])  # as if the browser had died
    expect(page.locator("#nama_ayah")).to_have_value("I Made Wiguna")
    _tab_to(page, "[data-action=resubmit]")
    page.keyboard.press("Enter")
    page.locator("main[data-state=submitted]").wait_for()
    assert re.search("Yang diubah pada kiriman ke-2", page.inner_text("main"))
    page.locator("details", has_text="Yang diubah").evaluate("one => one.open = true")
    _judge(person, "publik-one-diubah")
