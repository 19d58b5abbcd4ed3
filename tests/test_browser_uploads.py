"""Uploads in a real browser: chunks, warnings, rejections, a lost connection, a killed server."""

import io
import re

import pytest
from PIL import Image, ImageEnhance

from tests import machine
from tests.helpers import upload_corpus
from tests.helpers.browser_person import DESKTOP, PHONE, Person, photo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
SLOW = {"offline": False, "latency": 100, "downloadThroughput": 200_000, "uploadThroughput": 100_000}


def file(name, data):
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def dark():
    return upload_corpus.jpeg_bytes(ImageEnhance.Brightness(Image.open(io.BytesIO(photo("gelap")))).enhance(0.2))


def look(person, name):
    for width, size in (("1280", DESKTOP), ("360", PHONE)):
        person.page.set_viewport_size(size)
        person.check_page(f"unggah-{name}-{width}", axe=size == PHONE)


def begin(browser, url, **more):
    """Somebody at the page of uploads of a new application."""
    person = Person(browser, url, PHONE, **more)
    person.sign_in()
    page = person.page
    person.go("/permohonan/baru/KTP-HILANG")
    person.press(re.compile("Mulai mengisi|Buat permohonan baru"))
    person.go(page.url.partition("/isi")[0] + "/unggahan")
    return person


def slot(page, requirement):
    return page.locator(f".slot:has(#upload-{requirement})")


def test_uploads_go_on_whatever_happens_and_end_as_one_file_each(browser):
    with machine.fresh_server() as server:
        person = begin(browser, server.url)
        page = person.page
        look(person, "kosong")
        page.set_input_files("#upload-formulir", [file("satu.jpg", photo("satu")), file("dua.jpg", photo("dua"))])
        slot(page, "formulir").locator("li:nth-child(2) .tag.good").wait_for()
        page.set_input_files("#upload-formulir", [file("satu.jpg", photo("satu"))])
        page.set_input_files("#upload-surat_kehilangan", [file("gelap.jpg", dark())])
        slot(page, "surat_kehilangan").locator(".doubted").wait_for()
        assert slot(page, "formulir").locator("li").count() == 2, "the same photo chosen again is the same file"
        page.set_input_files("#upload-kk", [file("kk.jpg", b"MZ" + bytes(300))])
        page.locator("#upload-kk-error").wait_for()
        assert page.locator("#upload-kk").get_attribute("aria-describedby") == "upload-kk-error"
        look(person, "diperingatkan")
        _by_keyboard(page)
        look(person, "tetap-dipakai")
        _through_cuts(person, server)
        assert [text for text in person.errors if "ERR_" not in text and "422" not in text] == []


def _by_keyboard(page):
    """Say why the dark photo stays, with keys alone."""
    page.locator("summary:has-text('Tetap pakai')").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Aslinya luntur.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    slot(page, "surat_kehilangan").get_by_text("Aslinya luntur.").wait_for()


def _through_cuts(person, server):
    """No signal for a while, then a server that dies: the upload ends by itself, and the button waits for it."""
    page = person.page
    wire = person.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    noise = upload_corpus.jpeg_bytes(Image.effect_noise((1800, 1800), 60), quality=60)
    page.set_input_files("#upload-kk", [file("kk.jpg", noise)])
    line = slot(page, "kk").locator(".sending:has(progress)")
    line.get_by_text(re.compile(r"Mengunggah [1-9]\d? %")).wait_for()
    wire.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
    line.get_by_text("Sinyal terputus").wait_for()
    look(person, "terputus")
    server.kill()
    wire.send("Network.emulateNetworkConditions", SLOW)
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    server.start()
    page.wait_for_url(re.compile("/periksa"))
    person.go(page.url.replace("/periksa", "/unggahan"))
    assert [slot(page, key).locator("li").count() for key in ("formulir", "surat_kehilangan", "kk")] == [2, 1, 1]
    look(person, "selesai")


@pytest.fixture(scope="module")
def office_server():
    with machine.fresh_server() as server:
        yield server


@pytest.fixture
def phone(browser, office_server):
    """An applicant with a touch screen at the page of uploads; what a proxy would say is routed by the test."""
    person = begin(browser, office_server.url, has_touch=True, service_workers="block")
    yield person
    person.context.close()


def choose(person, requirement, *files):
    """Tap the file button, whose words are the page's, and choose."""
    with person.page.expect_file_chooser() as opened:
        slot(person.page, requirement).locator("label.chooser").tap()
    opened.value.set_files(list(files))


def failed(person, requirement, sentence):
    line = slot(person.page, requirement).locator(".sending.no")
    line.get_by_text(sentence).wait_for()
    assert line.count() == 1, "told once"
    return line


def leave(person):
    person.page.get_by_role("button", name="Simpan dan lanjutkan").tap()


def test_an_empty_file_is_refused_at_once_and_the_others_go_on(phone):
    page = phone.page
    choose(phone, "formulir", file("kosong.jpg", b""), file(f"{'nama-panjang-' * 9}.jpg", photo("isi")))
    line = failed(phone, "formulir", "Berkas ini kosong")
    assert not line.get_by_role("button").count(), "trying the same again is no use"
    assert page.locator("#upload-formulir").get_attribute("aria-describedby") == "upload-formulir-error"
    slot(page, "formulir").locator(".tag.good").wait_for()
    assert slot(page, "formulir").locator(".sending.vh [role=status]").inner_text() == "Terbaca", "not the neighbour's"
    choose(phone, "surat_kehilangan", file("surat.jpg", photo("surat")))
    leave(phone)
    page.wait_for_url(re.compile("/periksa"))
    phone.go(page.url.replace("/periksa", "/unggahan"))
    look(phone, "nama-panjang")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_fault_of_ours_is_called_ours_ends_and_can_be_tried_again(phone):
    page = phone.page
    sick = re.compile("/unggahan/formulir/")
    page.route(sick, lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway"))
    choose(phone, "formulir", file("satu.jpg", photo("satu")))
    slot(page, "formulir").get_by_text("gangguan di pihak kami").wait_for()
    choose(phone, "kk", file("dua.jpg", photo("dua")))
    leave(phone)
    slot(page, "kk").locator(".tag.good").wait_for()
    line = failed(phone, "formulir", "Tekan “Coba lagi”")
    assert "Sinyal" not in page.locator("main").inner_text() and "/unggahan" in page.url
    look(phone, "gagal")
    page.unroute(sick)
    line.get_by_role("button", name="Coba lagi").tap()
    slot(page, "formulir").locator(".tag.good").wait_for()
    leave(phone)
    page.locator("[role=alert]").wait_for()  # one paper is missing: nothing waited


def test_a_proxy_that_takes_less_gets_smaller_pieces_and_one_that_takes_none_is_named(phone):
    page, sent = phone.page, []

    def front(takes):
        def answer(route):
            size = len(route.request.post_data_buffer or b"")
            sent.append((size, size > takes))
            route.fulfill(status=413, content_type="text/html", body="<h1>413") if size > takes else route.continue_()

        page.unroute_all()
        page.route(re.compile("/unggahan/.*/"), answer)

    front(takes=40_000)
    choose(phone, "formulir", file("satu.jpg", photo("satu")))
    slot(page, "formulir").locator(".tag.good").wait_for()
    assert [size for size, refused in sent if refused] == [131_072, 65_536] and max(sent)[0] < 2**20
    front(takes=4000)
    choose(phone, "kk", file("dua.jpg", photo("dua")))
    failed(phone, "kk", "menolak kiriman sekecil ini (413)")


def test_who_is_signed_out_in_the_middle_is_told_and_goes_on(phone):
    page = phone.page
    cookies = phone.context.cookies()
    phone.context.clear_cookies()
    choose(phone, "formulir", file("satu.jpg", photo("satu")))
    line = failed(phone, "formulir", "Anda sudah keluar")
    other = phone.context.new_page()
    other.goto(phone.base + "/masuk")
    other.fill("[name=email]", "pemohon@aku.example")
    other.fill("[name=password]", "buleleng-2026")
    other.keyboard.press("Enter")
    other.wait_for_url(re.compile("/permohonan/$"))
    assert phone.context.cookies() != cookies
    line.get_by_role("button", name="Coba lagi").tap()
    slot(page, "formulir").locator(".tag.good").wait_for()


def test_a_fault_of_the_page_itself_stops_nothing_else(phone):
    page = phone.page
    page.evaluate("""() => {
        const real = crypto.subtle.digest.bind(crypto.subtle);
        crypto.subtle.digest = () => { crypto.subtle.digest = real; throw new TypeError("x"); };
    }""")
    choose(phone, "formulir", file("satu.jpg", photo("satu")), file("dua.jpg", photo("dua")))
    line = failed(phone, "formulir", "kesalahan di halaman kami")
    slot(page, "formulir").locator(".tag.good").wait_for()
    line.get_by_role("button", name="Coba lagi").focus()
    page.keyboard.press("Enter")
    slot(page, "formulir").locator("li:nth-child(2) .tag.good").wait_for()
    assert any("TypeError" in text for text in phone.errors)


def test_a_field_whose_page_was_sent_meanwhile_says_so(phone):
    page = phone.page
    for requirement in ("formulir", "surat_kehilangan"):
        choose(phone, requirement, file("satu.jpg", photo(requirement)))
        slot(page, requirement).locator(".tag.good").wait_for()
    page.route(
        re.compile("/unggahan/"),
        lambda route: route.fulfill(
            status=410, content_type="text/plain; charset=utf-8", body="Permohonan ini sudah dikirim."
        ),
    )
    choose(phone, "kk", file("kk.jpg", photo("kk")))
    assert not failed(phone, "kk", "sudah dikirim").get_by_role("button").count()


def test_without_a_script_the_browser_s_own_button_works(browser, office_server):
    person = begin(browser, office_server.url, script=False)
    page = person.page
    assert page.locator("#upload-formulir").bounding_box()["width"] > 200
    page.set_input_files("#upload-formulir", [file("kosong.jpg", b"")])
    page.set_input_files("#upload-surat_kehilangan", [file("isi.jpg", photo("isi"))])
    person.press("Simpan dan lanjutkan")
    assert "Berkas ini kosong" in page.locator("#upload-formulir-error").inner_text()
    assert slot(page, "surat_kehilangan").locator(".tag.good").count() == 1
