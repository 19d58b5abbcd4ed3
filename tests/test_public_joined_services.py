"""One door for one event: a service that is part of another takes no new applications, and leads to that one."""

import pytest

from lib.database import now
from models import Edition, Layanan, Permohonan
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import sign_in_officer
from web import service_directory, service_search
from workflow import perform

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
TEXT = {"id": "Ini bagian dari KTP-el hilang: satu kali mengisi.", "en": "This is part of a lost card."}


@pytest.fixture
def publish(app):
    """A function that publishes a service's next edition with other facts."""

    def change(code, **facts):
        old = Edition.current().where(Layanan.code == code).get()
        return Edition.create(layanan=old.layanan, number=old.number + 1, body=old.body | facts, published_at=now())

    return change


@pytest.fixture
def join(publish):
    return lambda: publish(
        "KTP-RUSAK", part_of={"code": "KTP-HILANG", "text": TEXT}, search_words=["kartu patah sekali"]
    )


def test_both_its_addresses_say_so_and_lead_there(app, join):
    join()
    visitor = PublicClient(app)
    page = visitor.get("/layanan/KTP-RUSAK")
    assert page.status_code == 200 and "Ini bagian dari KTP-el hilang" in page.text and "Ditutup" not in page.text
    assert 'href="/layanan/KTP-HILANG"' in page.text and "/permohonan/baru/" not in page.text
    for path in ("/permohonan/baru/KTP-RUSAK", "/permohonan/baru/KTP-RUSAK?nama=x", "/layanan/KTP-RUSAK/formulir.pdf"):
        assert visitor.get(path).location == "/layanan/KTP-RUSAK", "without signing in"
    assert "/layanan/KTP-RUSAK" not in visitor.get("/layanan/").text, "nor is it in the directory"


def test_nobody_begins_it_anew(app, applicant_client, join):
    join()
    assert applicant_client.post("/permohonan/baru/KTP-RUSAK", page="/keluar").status_code == 303
    operator = sign_in_officer(app, "counter_operator")
    answer = operator.get("/petugas/loket/permohonan/baru/KTP-RUSAK")
    assert answer.location == "/petugas/loket/permohonan/baru/KTP-HILANG"
    assert "Ini bagian dari KTP-el hilang" in operator.text(answer.location)
    assert not Permohonan.select().exists()


def test_an_old_application_of_it_is_not_copied(applicant_client, factory, submit, join):
    ended = factory.perform(submit("KTP-RUSAK"), "cancel", "admin")
    assert "/salin" in applicant_client.get(f"/permohonan/{ended.key}").text
    join()
    page = applicant_client.get(f"/permohonan/{ended.key}")
    assert "/salin" not in page.text and 'href="/layanan/KTP-HILANG"' in page.text
    applicant_client.post(f"/permohonan/{ended.key}/salin", page=f"/permohonan/{ended.key}")
    assert Permohonan.select().count() == 1


def test_its_words_find_the_door(app, join):
    join()
    found = [one.layanan.code for one in service_search.search("kartu patah sekali")]
    assert found[0] == "KTP-HILANG" and "KTP-RUSAK" not in found
    assert service_directory.find_service("KTP-RUSAK") is None


def test_a_draft_begun_before_says_so_and_can_be_sent(applicant_client, factory, join):
    permohonan = factory.begin("KTP-RUSAK")
    join()
    page = applicant_client.get(f"/permohonan/{permohonan.key}/periksa")
    assert "data-closed" in page.text and "boleh diteruskan" in page.text
    perform(Permohonan.get_by_id(permohonan.id), "submit", factory.applicant, declaration=True)
    sent = Permohonan.get_by_id(permohonan.id)
    assert sent.state == "submitted" and sent.edition_id == permohonan.edition_id


def test_a_door_that_is_closed_itself_is_not_led_to(anonymous, join):
    join()
    Layanan.update(active=False).where(Layanan.code == "KTP-HILANG").execute()
    page = anonymous.get("/layanan/KTP-RUSAK")
    assert page.status_code == 200 and 'href="/layanan/"' in page.text and 'href="/layanan/KTP-HILANG"' not in page.text


def test_its_page_says_what_to_know_first_and_where_others_go(anonymous, publish):
    leads = [
        {"code": "AK-MATI", "text": {"id": "Bayi sempat hidup?"}},
        {"code": "TIDAK-ADA", "text": {"id": "Tidak tampil."}},
    ]
    publish("LAHIR-MATI", opening={"id": "Kami turut berduka."}, leads=leads, report_within_days=30)
    text = anonymous.get("/layanan/LAHIR-MATI").text
    assert "Kami turut berduka." in text and "Bayi sempat hidup?" in text and "Tidak tampil." not in text
    assert text.index("Bukan ini yang Anda cari?") < text.index("Yang perlu disiapkan")
    assert "Lewat dari itu tetap kami terima." in text and "tetap gratis" not in text


def test_the_opening_stands_above_the_first_question_only(applicant_client, factory, publish):
    publish("AK-MATI", opening={"id": "Kami turut berduka."})
    home = f"/permohonan/{factory.begin('AK-MATI').key}"
    assert "Kami turut berduka." in applicant_client.get(f"{home}/isi/pemohon").text
    assert "Kami turut berduka." not in applicant_client.get(f"{home}/unggahan").text
