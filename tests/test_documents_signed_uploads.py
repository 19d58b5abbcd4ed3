"""What production hands in: only this very document, rightly signed, becomes the applicant's; else a person reads."""

import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.transitions import Incomplete, Move, last_event, perform
from documents import preparation, printouts, signed_uploads, signing
from documents.tte import pki
from jobs import outbox
from lib.database import now
from models import Document, EventText, Grant, Office, Permohonan, SignedUpload, StoredFile, User
from tests.helpers.factory import TODAY, OfficeFactory
from tests.helpers.pades_levels import LEVELS, Authority, sign_at_level
from tests.helpers.race import before_next_transaction
from tests.helpers.staff_client import sign_in_officer
from tests.test_documents_draft_comparison import pdf, scan
from workflow import TRANSITIONS, NotAllowed

NUMBER = f"5108-LU-{TODAY}-0001"


@pytest.fixture(params=["sqlite"])  # what is read of a PDF is the same on both
def database_kind(request):
    return request.param


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def kadis_certificate(authority):
    return authority.person("I NYOMAN CONTOH, S.Sos.", days=(-400, 400))


@pytest.fixture
def app(make_app, authority):
    """An office whose documents are signed in SIAK, which knows the certificate of its Kadis."""
    app = make_app(TTE_URL="siak:")
    with app.app_context():
        root = signing.folder() / pki.ROOT_FILE
        root.write_bytes(root.read_bytes() + authority.root)
        User.update(certificate_name="I Nyoman Contoh, S.Sos").where(User.email == "kadis@aku.example").execute()
        yield app


@pytest.fixture
def factory(app):
    return OfficeFactory()


@pytest.fixture
def sent(factory):
    """A function that brings an application to production: approved, and to be signed in SIAK."""

    def send(code="AK-LAHIR", draft=None, number=NUMBER, name=""):
        permohonan = factory.advance_to(factory.submit(code, name=name), "siak_entry")
        numbers = {
            one["key"]: {"number": f"{number}{n or ''}", "sure": "ya"} for n, one in enumerate(permohonan.products)
        }
        numbers[permohonan.products[0]["key"]]["draft"] = draft
        perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=numbers)
        outbox.drain()
        return approve(factory, permohonan)

    return send


def approve(factory, permohonan):
    for action, role in (("verify_adb", "adb"), ("verify_kabid", "kabid"), ("approve_tte", "kadis")):
        permohonan = factory.perform(Permohonan.get_by_id(permohonan.id), action, role)
    assert permohonan.state == "signing"
    return permohonan


@pytest.fixture
def sign(authority, kadis_certificate):
    def sign(pdf, level="B-LT", person=None, **more):
        return sign_at_level(authority, person or kadis_certificate, pdf, level, **more)

    return sign


@pytest.fixture
def second_officer(factory):
    person = User.create(email="produksi2@aku.example", name="Ni Kadek Kedua", password="-", confirmed_at=now())
    Grant.create(user=person, role="production", office=Office.get(Office.kind == "dinas"))
    return person


def issued(permohonan, factory, number=""):
    """The PDF that SIAK makes: here laid out from the answers; with another `number` if given."""
    document = preparation.current_documents(permohonan)[0]
    if number:
        document.data = json.loads(json.dumps(document.data).replace(document.number, number))
        document.number = number
    return printouts.pdf_to_sign(permohonan, document, factory.staff["kadis"], date(2026, 12, 1))


def hand_in(permohonan, factory, data, who="production", **more):
    person = who if isinstance(who, User) else factory.staff[who]
    perform(permohonan, "record_signature", person, signed={"akta": data} if data else {}, **more)
    return Permohonan.get_by_id(permohonan.id)


def refusal(permohonan, factory, data, **more):
    with pytest.raises(Incomplete) as refused:
        hand_in(permohonan, factory, data, **more)
    assert Permohonan.get_by_id(permohonan.id).state == "signing"
    assert set(refused.value.errors) == {"signed-akta"}
    return refused.value.errors["signed-akta"]


@pytest.mark.parametrize("level", LEVELS)
def test_this_document_of_every_level_is_issued_with_signer_and_serial(level, factory, sent, sign, kadis_certificate):
    permohonan = sent()
    data = sign(issued(permohonan, factory), level)
    assert hand_in(permohonan, factory, data).state == "signed"
    document = Document.get()
    assert document.signer == factory.staff["kadis"].name
    assert int(document.certificate_serial, 16) == kadis_certificate[1].serial_number
    assert signing.is_signed(document)


def test_a_document_is_dated_by_its_time_stamp_and_outlives_its_certificate(factory, sent, sign, authority):
    then = datetime.now(UTC) - timedelta(days=3)
    former = authority.person("I Nyoman Contoh, S.Sos.", days=(-400, -2))
    permohonan = sent()
    assert hand_in(permohonan, factory, sign(issued(permohonan, factory), person=former, at=then)).state == "signed"
    assert abs(Document.get().signed_at - then.replace(tzinfo=None)) < timedelta(seconds=2)
    assert signing.is_signed(Document.get())


# Not this document


def test_another_familys_deed_is_refused_and_said_how_it_differs(factory, sent, sign):
    other = sent(number="470/77/IST", name="Ni Luh Sekar Lestari")
    told = refusal(sent(), factory, sign(issued(other, factory)))
    assert "Tidak satu pun nama" in told
    assert f"Nomor dokumen: seharusnya {NUMBER}, di PDF ini tidak ada." in told


def test_another_number_alone_is_refused(factory, sent, sign):
    other = sent(number=f"5108-LU-{TODAY}-0002")
    told = refusal(sent(), factory, sign(issued(other, factory)))
    assert told == f"Nomor dokumen: seharusnya {NUMBER}, di PDF ini 5108-LU-{TODAY}-0002."


def test_another_name_under_the_right_number_is_refused(factory, sent, sign):
    other = sent(name="I Putu Arya Wijaya", number=f"5108-LU-{TODAY}-0009")
    told = refusal(sent(), factory, sign(issued(other, factory, NUMBER)))
    assert "seharusnya I Putu Arya Wiguna, di PDF ini I PUTU ARYA WIJAYA" in told


def test_an_invitation_signed_by_the_kadis_is_refused(factory, sent, sign):
    invitation = pdf("Undangan rapat koordinasi bagi seluruh perbekel se-Kecamatan Buleleng, Senin pukul 09.00.")
    assert "Tidak satu pun nama dari permohonan ini ada di PDF ini." in refusal(sent(), factory, sign(invitation))


def test_what_differs_from_the_verified_draft_is_refused(factory, sent, sign):
    """Two officers read "ke-2"; SIAK signed "ke-3"."""
    text = f"Kutipan akta {NUMBER}. I Putu Arya Wiguna lahir 13-11-2026, anak dari I Putu Arya Wiguna. "
    permohonan = sent(draft=pdf(text + "Tempat lahir Singaraja. DRAF"))
    assert "Tanggal lahir" in refusal(permohonan, factory, sign(pdf(text.replace("13-11-2026", "14-11-2026"))))
    told = refusal(permohonan, factory, sign(pdf(text + "Tempat lahir Denpasar.")))
    assert "belum terbit" in told and "Kata dari draf yang tidak ada di PDF ini: SINGARAJA." in told
    assert hand_in(permohonan, factory, sign(pdf(text + "Tempat lahir Singaraja. Ditandatangani."))).state == "signed"


def test_an_unsigned_or_broken_pdf_is_refused(factory, sent, sign):
    permohonan = sent()
    whole = issued(permohonan, factory)
    for data in (b"", b"%PDF-1.7 no", whole, sign(whole)[:-300]):
        assert refusal(permohonan, factory, data)
    assert not SignedUpload.select().exists()


def test_a_pdf_is_used_for_one_document_only(factory, sent, sign):
    permohonan = sent()
    data = sign(issued(permohonan, factory))
    hand_in(permohonan, factory, data)
    assert "sudah dipakai" in refusal(sent(number=f"5108-LU-{TODAY}-0009"), factory, data)
    both = sent("AK-AKUI", number="5108-AA-13112026-000")
    pdfs = {one.product: data for one in preparation.current_documents(both) if one.kind == "pdf"}
    with pytest.raises(Incomplete, match="yang sama diunggah untuk dua dokumen"):
        perform(both, "record_signature", factory.staff["production"], signed=pdfs)


def test_a_recalled_pdf_is_not_issued_again(factory, sent, sign):
    permohonan = sent()
    data = sign(issued(permohonan, factory))
    permohonan = hand_in(permohonan, factory, data)
    perform(permohonan, "recall_document", factory.staff["kabid"], reason="Salah ketik.")
    again = factory.advance_to(Permohonan.get_by_id(permohonan.id), "revision")
    perform(again, "submit_draft", factory.staff["siak_operator"], documents={"akta": {"number": NUMBER}})
    assert "sudah dipakai" in refusal(approve(factory, again), factory, data)


# Who signed


def test_another_signer_is_refused_by_name(factory, sent, sign, authority):
    permohonan = sent()
    told = refusal(permohonan, factory, sign(issued(permohonan, factory), person=authority.person("Drs. Orang Lain")))
    assert "“Drs. Orang Lain”" in told and "I Nyoman Contoh, S.Sos" in told


def test_the_stand_in_of_that_day_may_sign_and_of_another_day_not(factory, sent, sign, authority):
    person = User.create(email="plh@aku.example", name="Ni Wayan Plh", password="-", certificate_name="Ni Wayan Plh")
    week = {"since": now().date() - timedelta(days=8), "until": now().date() - timedelta(days=2)}
    Grant.create(user=person, role="kadis", office=Office.get(Office.kind == "dinas"), **week)
    permohonan, stand_in = sent(), authority.person("Ni Wayan Plh")
    whole = issued(permohonan, factory)
    assert "yang berwenang pada hari itu" in refusal(permohonan, factory, sign(whole, person=stand_in))
    then = datetime.now(UTC) - timedelta(days=5)
    assert hand_in(permohonan, factory, sign(whole, person=stand_in, at=then)).state == "signed"
    assert Document.get().signer == "Ni Wayan Plh"


def test_a_certificate_whose_name_nobody_recorded_asks_for_a_second_officer(factory, sent, sign, second_officer):
    User.update(certificate_name="").execute()
    permohonan = sent()
    told = refusal(permohonan, factory, sign(issued(permohonan, factory)))
    assert "I NYOMAN CONTOH, S.Sos." in told and "belum dicatat Tim TI" in told and "Petugas lain" in told


# The second officer


def read(permohonan):
    return {"akta": SignedUpload.get().file.sha256}


def test_a_scan_is_issued_once_another_officer_has_read_it(factory, sent, sign, second_officer):
    permohonan = sent()
    data = sign(scan())
    told = refusal(permohonan, factory, data)
    assert told.startswith("PDF ini kami simpan, tetapi belum terbit.") and "hasil pindai" in told
    assert "Anda sendiri" in refusal(permohonan, factory, None, read=read(permohonan))
    assert "centang" in refusal(permohonan, factory, None, who=second_officer)
    assert hand_in(permohonan, factory, None, who=second_officer, read=read(permohonan)).state == "signed"
    document = Document.get()
    assert (
        document.file.sha256 == StoredFile.get(StoredFile.kind == "document").sha256
        and not SignedUpload.select().exists()
    )
    told = EventText.get(EventText.event == last_event(Permohonan.get())).texts
    assert (told["actor"], told["uploaded_by"]) == ("Ni Kadek Kedua", factory.staff["production"].name)


def test_kabid_may_be_the_second_officer(factory, sent, sign):
    permohonan = sent()
    refusal(permohonan, factory, sign(scan()))
    assert hand_in(permohonan, factory, None, who="kabid", read=read(permohonan)).state == "signed"


def test_who_replaces_the_upload_has_not_read_it_for_the_others(factory, sent, sign, second_officer):
    """What was read is bound to what is issued; the files that waited before are erased."""
    permohonan = sent()
    refusal(permohonan, factory, sign(scan()))
    seen = read(permohonan)
    refusal(permohonan, factory, sign(scan()))
    assert "centang" in refusal(permohonan, factory, None, who=second_officer, read=seen)
    assert "belum terbit" in refusal(permohonan, factory, sign(scan()), who=second_officer, read=seen)
    assert SignedUpload.get().by == second_officer
    assert StoredFile.select().where(StoredFile.kind == "document").count() == 1
    assert hand_in(permohonan, factory, None, read=read(permohonan)).state == "signed"


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_an_upload_replaced_at_the_moment_of_confirming_is_not_issued(app, factory, sent, sign, second_officer):
    permohonan = sent()
    refusal(permohonan, factory, sign(scan()))
    seen, other = read(permohonan), sign(scan())
    before_next_transaction(app, lambda: refusal(permohonan, factory, other))
    with pytest.raises(NotAllowed, match="baru saja diganti"):
        hand_in(permohonan, factory, None, who=second_officer, read=seen)
    assert Permohonan.get().state == "signing" and Document.get().file is None
    assert SignedUpload.get().file.sha256 != seen["akta"]


def test_an_upload_that_is_gone_by_the_time_of_its_check_is_told_in_words(factory, sent):
    permohonan, transition = sent(), next(one for one in TRANSITIONS if one.action == "record_signature")
    move = Move(permohonan, transition, "production", None, factory.staff["production"], {"signed": {}, "read": {}})
    with pytest.raises(NotAllowed, match="baru saja diganti"):
        signed_uploads.verify_uploaded(move)


def test_a_waiting_upload_is_verified_again_when_it_is_confirmed(factory, sent, sign, second_officer):
    permohonan = sent()
    refusal(permohonan, factory, sign(scan()))
    (signing.folder() / pki.ROOT_FILE).write_bytes(Authority("Root Lain").root)
    assert "tidak kami kenal" in refusal(permohonan, factory, None, who=second_officer, read=read(permohonan))


# Without a PDF, and for the public


def test_a_card_without_a_pdf_asks_for_no_upload(factory):
    permohonan = factory.advance_to(factory.submit("KTP-HILANG"), "awaiting_tte")
    perform(permohonan, "approve_tte", factory.staff["kadis"])
    assert Permohonan.get().state == "signed"


def test_a_card_that_waits_for_an_upload_since_an_older_version_goes_on_by_itself(app, factory):
    permohonan = factory.force_state(factory.advance_to(factory.submit("KTP-HILANG"), "awaiting_tte"), "signing")
    page = sign_in_officer(app, "production").text(f"/petugas/produksi/aksi/record_signature/?id={permohonan.key}")
    assert 'type="file"' not in page
    Permohonan.update(changed_at=now() - timedelta(hours=1)).execute()
    assert signing.finish_interrupted() == 1 and Permohonan.get().state == "signed"


def test_the_public_page_knows_nothing_of_what_waits_and_then_names_signer_and_day(app, factory, sent, sign):
    permohonan = sent()
    url = f"/verifikasi/{Document.get().verification_key}"
    refusal(permohonan, factory, sign(scan()))
    assert app.test_client().get(url).status_code == 404
    hand_in(permohonan, factory, sign(issued(permohonan, factory)))
    page = app.test_client().get(url).get_data(as_text=True)
    assert "asli dan berlaku" in page and NUMBER in page and factory.staff["kadis"].name in page
    perform(Permohonan.get(), "recall_document", factory.staff["kabid"], reason="Salah ketik.")
    assert "dicabut" in app.test_client().get(url).get_data(as_text=True)


def test_the_form_says_beside_the_field_what_differs_and_shows_what_waits(app, factory, sent, sign):
    permohonan = sent()
    production = sign_in_officer(app, "production")
    upload = {"signed-akta": (io.BytesIO(sign(scan())), "akta.pdf")}
    answer = production.press("produksi", "record_signature", permohonan, **upload)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="signed-akta-error"' in page and "hasil pindai" in page
    assert 'data-waiting="akta"' in page and "Anda yang mengunggahnya" in page
    shown = re.search(r'href="(/petugas/berkas/[^"]+)"', page)[1]
    assert production.get(shown).data.startswith(b"%PDF")
    kabid = sign_in_officer(app, "kabid")
    page = kabid.text(f"/petugas/permohonan/aksi/record_signature/?id={permohonan.key}")
    ticked = re.search(r'name="read-akta" value="([0-9a-f]{64})"', page)[1]
    done = kabid.press("permohonan", "record_signature", permohonan, **{"read-akta": ticked})
    assert done.status_code == 303, re.findall(r"<p class=.wrong.*?</p>|errors.*?</div>", done.text, re.S)
    assert Permohonan.get().state == "signed"
    assert f"diunggah {factory.staff['production'].name}" in kabid.text(
        f"/petugas/permohonan/details/?id={permohonan.key}"
    )
