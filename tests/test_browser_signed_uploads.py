"""A production officer and a second reader in the browser, where documents are signed in SIAK."""

from datetime import date

import pytest

from documents import preparation, printouts, signing
from documents.tte import pki
from models import Permohonan, SignedUpload, User
from tests.helpers.browser_office import browser_office
from tests.helpers.browser_person import Person, chromium
from tests.helpers.pades_levels import Authority, sign_at_level
from tests.test_documents_draft_comparison import pdf, scan

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def siak_office():
    authority = Authority()
    with browser_office(TTE_URL="siak:") as (running, factory):
        root = signing.folder() / pki.ROOT_FILE
        root.write_bytes(root.read_bytes() + authority.root)
        User.update(certificate_name="I Nyoman Contoh").where(User.email == "kadis@aku.example").execute()
        yield running, factory, authority


def test_production_reads_what_differs_and_a_second_officer_lets_the_scan_go(siak_office, tmp_path):
    running, factory, authority = siak_office
    permohonan = factory.advance_to(factory.submit(), "awaiting_tte")
    permohonan = factory.force_state(permohonan, "signing")  # as the server does where SIAK signs
    kadis, document = authority.person("I Nyoman Contoh"), preparation.current_documents(permohonan)[0]
    good = printouts.pdf_to_sign(permohonan, document, factory.staff["kadis"], date(2026, 12, 1))
    papers = {
        "undangan": pdf("Undangan rapat bagi seluruh perbekel, hari Senin pukul 09.00 WITA."),
        "pindai": scan(),
        "akta": good,
    }
    for name, data in papers.items():
        (tmp_path / f"{name}.pdf").write_bytes(sign_at_level(authority, kadis, data, "B-LT"))
    with chromium() as browser:
        production = Person(browser, running.url, PHONE, has_touch=True)
        production.sign_in_as_staff("produksi@aku.example")
        page = production.page
        production.go(f"/petugas/produksi/aksi/record_signature/?id={permohonan.key}")
        for name, words in (("undangan", "Tidak satu pun nama"), ("pindai", "Petugas lain harus membacanya")):
            page.set_input_files("#signed-akta", tmp_path / f"{name}.pdf")
            production.click_and_wait(page.locator("form.ask button.btn-primary"))
            assert words in page.locator("#signed-akta-error").inner_text()
            production.check_page_at_widths(f"siak-{name}", 360)
        assert "Anda yang mengunggahnya" in page.locator("[data-waiting]").inner_text()
        kabid = Person(browser, running.url, {"width": 1280, "height": 900})
        kabid.sign_in_as_staff("kabid@aku.example")
        kabid.go(f"/petugas/permohonan/aksi/record_signature/?id={permohonan.key}")
        kabid.check_page("siak-orang-kedua")
        kabid.page.check("#read-akta")
        kabid.click_and_wait(kabid.page.locator("form.ask button.btn-primary"))
    assert Permohonan.get_by_id(permohonan.id).state == "signed" and not SignedUpload.select().exists()
