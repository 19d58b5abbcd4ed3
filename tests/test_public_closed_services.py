"""A closed service says that it is closed and what serves instead, wherever somebody still has its address."""

import pytest

from intake import drafts
from lib.database import transaction
from models import Draft, Layanan, Permohonan
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import sign_in_officer
from workflow import NotAllowed, perform

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def close(app):
    """A function that closes a service as Tim TI does."""

    def press(code, **words):
        row = Layanan.get(Layanan.code == code)
        page = f"/petugas/layanan/buka/?id={row.id}"
        return sign_in_officer(app, "it").post(page, active="tidak", **words)

    return press


CLOSING = {"instead": "KIA-GANTI", "note-id": "Sejak 1 Desember.", "note-en": "Since 1 December."}


def test_its_page_says_so_and_leads_to_what_serves_instead(app, close):
    close("KIA-BARU", **CLOSING)
    visitor = PublicClient(app)
    page = visitor.get("/layanan/KIA-BARU")
    assert page.status_code == 200 and "sudah ditutup" in page.text and "Sejak 1 Desember." in page.text
    assert 'href="/layanan/KIA-GANTI"' in page.text and "/permohonan/baru/KIA-BARU" not in page.text
    for path in ("/permohonan/baru/KIA-BARU", "/layanan/KIA-BARU/formulir.pdf"):
        assert visitor.get(path).location == "/layanan/KIA-BARU", "without signing in"
    assert visitor.get("/layanan/TIDAK-ADA").status_code == 404


def test_without_a_successor_it_leads_to_the_others(app, close):
    close("KIA-BARU")
    assert 'href="/layanan/"' in PublicClient(app).get("/layanan/KIA-BARU").text


def test_a_draft_of_it_says_so_on_every_page_keeps_what_was_typed_and_is_not_sent(
    applicant_client, factory, submit, close
):
    sent, permohonan = submit("KIA-BARU"), factory.begin("KIA-BARU")
    close("KIA-BARU", **CLOSING)
    home = f"/permohonan/{permohonan.key}"
    for path in ("", "/isi/pemohon", "/unggahan", "/periksa"):
        page = applicant_client.get(home + path)
        page = applicant_client.get(page.location) if page.status_code == 303 else page
        assert "data-closed" in page.text and "KIA-GANTI" in page.text, path
    answer = applicant_client.post(f"{home}/periksa", {"declaration": "ya", "version": "0"})
    assert answer.status_code == 303 and "sudah ditutup" in applicant_client.get(answer.location).text
    with pytest.raises(NotAllowed, match="Gantinya"):
        perform(Permohonan.get_by_id(permohonan.id), "submit", factory.applicant, declaration=True)
    assert Draft.select().where(Draft.permohonan == permohonan.id).exists()
    assert "data-closed" not in applicant_client.get(f"/permohonan/{sent.key}").text, "what was sent is finished"


def test_what_was_sent_before_can_be_corrected(factory, submit, close):
    permohonan = factory.perform(submit("KIA-BARU"), "mark_incomplete", "admin")
    close("KIA-BARU")
    with transaction():
        key = drafts.get_draft(permohonan).open_keys[0]
    factory.attach(permohonan, key, b"another picture")
    assert factory.perform(permohonan, "resubmit", "applicant").state == "submitted"


def test_a_counter_is_told_too(app, close):
    close("KIA-BARU")
    operator = sign_in_officer(app, "counter_operator")
    answer = operator.get("/petugas/loket/permohonan/baru/KIA-BARU")
    assert answer.status_code == 303 and "sudah ditutup" in operator.text(answer.location)


def test_a_successor_that_is_closed_itself_or_no_service_is_refused(app, close):
    close("KIA-GANTI")
    for instead in ("KIA-GANTI", "KIA-BARU", "X" * 50):
        close("KIA-BARU", instead=instead)
        assert Layanan.get(Layanan.code == "KIA-BARU").active
    close("KIA-BARU", **{"note-id": "x" * 501})
    close("KIA-BARU", **{"note-en": "Only English."})
    assert Layanan.get(Layanan.code == "KIA-BARU").active
