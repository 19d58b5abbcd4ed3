"""MISSION, reading 5: the site is the app. It installs, opens without a signal, and keeps nothing personal."""

import re

import pytest

from tests import machine
from tests.helpers import browser_person

KEPT = """async () => { // beside what is shown: nothing on the page tells when
  while (!(await caches.match("/layanan/AK-LAHIR"))) await new Promise((done) => setTimeout(done, 50));
}"""


def test_reading_5_the_manifest_says_what_android_asks_for(anonymous):
    page = anonymous.get("/manifest.webmanifest")
    assert page.mimetype == "application/manifest+json"
    facts = page.get_json()
    assert facts["display"] == "standalone" and facts["short_name"] == "AKU Online"
    for icon in facts["icons"]:
        assert anonymous.get(icon["src"]).data.startswith(b"\x89PNG")


def test_every_address_the_service_worker_keeps_exists_and_is_public(anonymous):
    worker = anonymous.get("/sw.js")
    assert worker.mimetype == "text/javascript" and worker.headers["Cache-Control"] == "no-cache"
    keeps = re.search(r"KEEPS = \[(.*?)\]", worker.text)[1]
    for address in re.findall(r'"([^"]+)"', keeps):
        assert anonymous.get(address).status_code == 200, address


@pytest.mark.browser
@pytest.mark.slow
def test_reading_5_without_a_signal_known_pages_open_and_personal_ones_are_not_kept(browser):
    with machine.fresh_server() as server:
        person = browser_person.Person(browser, server.url, browser_person.PHONE)
        page = person.go("/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        person.sign_in()
        person.go("/layanan/AK-LAHIR")
        person.go("/permohonan/")
        page.evaluate(KEPT)
        person.context.set_offline(True)
        assert page.goto(server.url + "/layanan/AK-LAHIR").ok
        assert page.get_by_role("heading", name="Akta kelahiran").first.is_visible()
        page.goto(server.url + "/permohonan/")
        assert page.get_by_role("heading", name="Tidak ada sinyal").is_visible()
        person.context.set_offline(False)
        page.get_by_role("heading", name="Permohonan saya").wait_for()  # it tries again by itself
        kept = page.evaluate(
            "caches.keys().then(async (names) => (await Promise.all(names.map(async (n) => "
            "(await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat())"
        )
        assert not [path for path in kept if path.startswith(("/permohonan", "/petugas", "/masuk"))]
