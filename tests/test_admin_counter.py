"""The counter channel (L-a … L-m): its pages for intake, correction, printing, handing over; blanks, messages."""

import re
import tomllib
from pathlib import Path

import pytest

import workflow
from casework import transitions
from intake import drafts, submission
from jobs import outbox
from models import Draft, DraftFile, Event, MessageText, Notice, Permohonan, User
from tests.helpers.counter_client import HOME, CounterClient, application_url, reload
from tests.helpers.factory import SAMPLE_ANSWERS, TODAY
from tests.helpers.public_client import PublicClient, field_error, jpeg_upload
from tests.helpers.staff_client import offered_actions, sign_in_officer, table_row

ENDING = str(SAMPLE_ANSWERS["nik"])[-4:]


@pytest.fixture
def operator(app, factory):
    return CounterClient(app)


@pytest.fixture
def staff_client(app, factory):
    """The same operator's client on the staff screens."""
    return sign_in_officer(app, "counter_operator")


@pytest.fixture
def press(app, factory):
    """Return a function that performs an action as the person with a role, and reloads the application."""
    people = {}

    def go(permohonan, role, screen, action, **answers):
        person = people.setdefault(role, sign_in_officer(app, role))
        answer = person.press(screen, action, permohonan, **answers)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return reload(permohonan)

    return go


NUMBERS = {"documents-akta-number": f"5108-KM-{TODAY}-0001", "documents-kk-number": "5108990112260001"}
ROAD = (
    ("admin", "pemeriksaan", "send_to_siak", {}),
    ("siak_operator", "siak", "submit_draft", NUMBERS),
    ("adb", "adb", "verify_adb", {}),
    ("kabid", "kabid", "verify_kabid", {}),
    ("kadis", "tte", "approve_tte", {"passphrase": "tanda-tangan"}),
    ("production", "produksi", "publish_to_counter", {}),
    ("counter_operator", "loket", "print_document", {"cards_received": "ya"}),
    ("counter_operator", "loket", "assign_queue_number", {}),
    ("counter_operator", "loket", "hand_over",
     {"originals_seen": "ya", "old_returned": "ya", "recipient_name": SAMPLE_ANSWERS["name"],
      "signature": "[[[10,10],[90,50]]]"}),
)  # fmt: skip


def test_the_whole_track_is_walked_through_the_pages(operator, staff_client, press, factory):
    permohonan = operator.submit_application("AK-MATI")
    assert (permohonan.state, permohonan.track, permohonan.owner_id) == ("submitted", "counter", None)
    assert permohonan.helper.email == "loket.pemaron@aku.example" and permohonan.office.code == "51.08.06.2004"
    for role, screen, action, answers in ROAD:
        if role == "counter_operator":
            assert action in offered_actions(table_row(staff_client.text(f"{HOME}/"), permohonan)), action
        if action == "submit_draft":
            factory.upload_drafts(permohonan)
        permohonan = press(permohonan, role, screen, action, **answers)
    assert permohonan.state == "completed"


def test_the_slip_is_offered_right_after_sending_and_again_with_the_pickup(operator, staff_client, press, factory):
    permohonan = operator.submit_application()
    home = operator.get(f"{HOME}/").text
    slip = f"/petugas/permohonan/{permohonan.key}/slip.pdf"
    assert slip in home and permohonan.number in home
    assert operator.get(slip).data.startswith(b"%PDF-")
    permohonan = factory.advance_to(permohonan, "signed")
    permohonan = press(permohonan, "production", "produksi", "publish_to_counter")
    permohonan = press(permohonan, "counter_operator", "loket", "print_document", cards_received="ya")
    staff_client.press("loket", "assign_queue_number", permohonan)
    assert slip in staff_client.text(f"{HOME}/")


def test_a_service_is_found_by_everyday_words_or_by_its_event(operator):
    assert f"{HOME}/permohonan/baru/AK-MATI" in operator.get(f"{HOME}/baru?q=meninggal").text
    everything = operator.get(f"{HOME}/baru").text
    assert all(f"{HOME}/permohonan/baru/{code}" in everything for code in ("AK-LAHIR", "KK-BARU", "PIN-KELUAR"))
    assert "Tidak ada layanan yang cocok" in operator.get(f"{HOME}/baru?q=zzzz").text
    assert operator.get(f"{HOME}/permohonan/baru/TIDAK-ADA").status_code == 404


def test_beginning_twice_is_one_draft_and_begun_ones_are_offered(operator):
    assert operator.begin().id == operator.begin().id
    permohonan = operator.begin()
    operator.fill(permohonan, "pemohon")
    assert permohonan.number in operator.get(f"{HOME}/permohonan/baru/KTP-HILANG").text


def test_wrong_answers_stay_as_typed_and_good_files_are_kept(operator):
    permohonan = operator.begin()
    page = operator.fill(permohonan, "pemohon", pemohon_nik="5108 9945", pemohon_nama="<b>x</b>")
    assert page.status_code == 422 and "baru 8 angka" in field_error(page, "pemohon_nik")
    assert 'value="5108 9945"' in page.text and "&lt;b&gt;x&lt;/b&gt;" in page.text
    program = (jpeg_upload()[0].__class__(b"MZ" + bytes(200)), "kartu.jpg")
    answer = operator.post(
        f"{application_url(permohonan)}/unggahan", {"upload-formulir": jpeg_upload(), "upload-kk": program}
    )
    assert answer.status_code == 422 and "berkas program" in field_error(answer, "upload-kk")
    (row,) = DraftFile.select()
    assert row.requirement == "formulir"
    got = operator.get(f"{application_url(permohonan)}/berkas/{row.file.key}")
    assert got.status_code == 200 and "attachment" in got.headers["Content-Disposition"]
    assert operator.get(f"{application_url(permohonan)}/formulir.pdf").data.startswith(b"%PDF-")
    sent = operator.post(f"{application_url(permohonan)}/periksa")
    assert sent.status_code == 422 and field_error(sent, "declaration") and reload(permohonan).state == "draft"


def test_sending_twice_is_one_application_and_no_complaint(operator):
    permohonan = operator.submit_application()
    answer = operator.post(
        f"{application_url(permohonan)}/periksa", {"declaration": "ya"}, page=f"{HOME}/", follow=True
    )
    assert answer.location == f"{HOME}/details/?id={permohonan.key}"
    assert Event.select().where(Event.permohonan == permohonan.id).count() == 1
    assert "sudah diproses" not in operator.get(answer.location).text


@pytest.fixture
def returned_application(operator, press):
    """An application returned with deficiencies of one upload and one field."""
    permohonan = operator.submit_application("AK-LAHIR")
    faults = {
        "deficiencies-surat_lahir-fault": "ya", "deficiencies-surat_lahir-reason": "tidak_terbaca",
        "deficiencies-nama_ayah-fault": "ya", "deficiencies-nama_ayah-reason": "lainnya",
        "deficiencies-nama_ayah-text": "Berbeda dengan KK.",
    }  # fmt: skip
    return press(permohonan, "admin", "pemeriksaan", "mark_incomplete", **faults)


def test_a_return_opens_just_what_fell_short_and_goes_out_again(operator, staff_client, returned_application):
    assert "resubmit" in offered_actions(table_row(staff_client.text(f"{HOME}/"), returned_application))
    page = operator.get(application_url(returned_application))
    assert set(re.findall(r'name="(upload-\w+|nama_\w+)"', page.text)) >= {"upload-surat_lahir", "nama_ayah"}
    assert "upload-kk" not in page.text and "Berbeda dengan KK." in page.text
    version = re.search(r'name="draft_version" value="(\d+)"', page.text)[1]
    form = {"draft_version": version, "replace-surat_lahir": "ya", "nama_ayah": "I Made Wiguna"}
    wrong = operator.post(
        f"{application_url(returned_application)}/perbaikan", form, page=application_url(returned_application)
    )
    assert wrong.status_code == 422 and "Ganti Surat keterangan" in field_error(wrong, "upload-surat_lahir")
    form["draft_version"] = re.search(r'name="draft_version" value="(\d+)"', wrong.text)[1]
    files = {"upload-surat_lahir": jpeg_upload("lebih terang"), "nama_ibu": "Orang Lain"}
    answer = operator.post(
        f"{application_url(returned_application)}/perbaikan", form | files, page=application_url(returned_application)
    )
    assert answer.status_code == 303 and reload(returned_application).state == "submitted"
    revision = submission.last_revision(returned_application)
    assert revision.number == 2 and revision.answers["nama_ayah"] == "I Made Wiguna"
    assert revision.answers["nama_ibu"] == SAMPLE_ANSWERS["name"]


def test_withdrawing_needs_a_reason_at_the_counter_and_closes_the_correction(
    operator, staff_client, returned_application
):
    refused = staff_client.press("loket", "withdraw", returned_application)
    assert refused.status_code == 422 and 'id="reason-error"' in refused.get_data(as_text=True)
    assert staff_client.press("loket", "withdraw", returned_application, reason="Salah layanan").status_code == 303
    assert reload(returned_application).state == "cancelled"
    assert (
        operator.get(application_url(returned_application)).location == f"{HOME}/details/?id={returned_application.key}"
    )


def test_the_only_village_of_a_counter_is_chosen_beforehand(operator):
    permohonan = operator.begin("KTP-HILANG")
    page = operator.get(f"{application_url(permohonan)}/isi/pemilik").text
    assert '<option value="51.08.06.2004" selected>' in page


def test_a_cancelled_application_is_begun_anew_from_a_copy_once(operator, staff_client, press):
    permohonan = press(
        operator.submit_application(), "admin", "pemeriksaan", "cancel", reason="Tanggal lahir berbeda di SIAK."
    )
    details = f"{HOME}/details/?id={permohonan.key}"
    assert f"{application_url(permohonan)}/salin" in staff_client.text(details)
    ways = {operator.post(f"{application_url(permohonan)}/salin", page=details).location for _ in range(2)}
    fresh = Permohonan.select().order_by(Permohonan.id.desc()).get()
    assert ways == {f"{application_url(fresh)}/periksa"} and fresh.helper_id == permohonan.helper_id
    assert Draft.get(Draft.permohonan == fresh).answers["nik"] == SAMPLE_ANSWERS["nik"] and DraftFile.select().exists()
    running = operator.submit_application("KK-HILANG")
    assert operator.post(f"{application_url(running)}/salin", page=f"{HOME}/").location == application_url(running)


def test_an_applicant_too_begins_anew_from_a_copy(app, factory):
    permohonan = factory.perform(factory.submit("KTP-HILANG"), "cancel", "admin")
    visitor = PublicClient(app)
    visitor.sign_in()
    home = f"/permohonan/{permohonan.key}"
    assert f"{home}/salin" in visitor.get(home).text
    assert visitor.post(f"{home}/salin", page=home).location == visitor.post(f"{home}/salin", page=home).location
    fresh = Permohonan.select().order_by(Permohonan.id.desc()).get()
    assert fresh.id != permohonan.id and fresh.owner == factory.applicant and fresh.state == "draft"
    running = factory.submit()
    assert "/salin" not in visitor.get(f"/permohonan/{running.key}").text


def test_what_production_published_is_printed_as_one_pdf(staff_client, press, factory):
    permohonan = factory.advance_to(factory.submit("AK-MATI", "counter"), "signed")
    permohonan = press(permohonan, "production", "produksi", "publish_to_counter")
    paper = f"/petugas/permohonan/{permohonan.key}/dokumen.pdf"
    assert paper in staff_client.text(f"{HOME}/details/?id={permohonan.key}")
    assert staff_client.get(paper).data.startswith(b"%PDF-")
    refused = staff_client.press("loket", "print_document", permohonan)
    assert 'id="cards_received-error"' in refused.get_data(as_text=True)


def test_blank_cards_arrive_for_one_application_or_for_all_that_wait_for_them(app, factory, caplog):
    waiting = [
        factory.advance_to(factory.submit("AK-MATI", "counter"), "signed"),
        factory.advance_to(factory.submit("KTP-HILANG"), "signed"),
    ]
    waiting.append(factory.advance_to(factory.submit("KIA-BARU"), "signed"))
    waiting = [factory.perform(one, "wait_for_blank", "production") for one in waiting]
    production = sign_in_officer(app, "production")
    page = production.text("/petugas/produksi/?keadaan=awaiting_blank")
    assert "Blangko KTP-el sudah datang (2 permohonan)" in page and "Blangko KIA sudah datang (1 permohonan)" in page
    assert offered_actions(table_row(page, waiting[0])) == ["blank_arrived"]
    production.post("/petugas/produksi/blangko/", blank="ktp")
    assert [reload(one).state for one in waiting] == ["signed", "signed", "awaiting_blank"]
    production.post(f"/petugas/produksi/blangko/?id={waiting[2].key}")
    assert reload(waiting[2]).state == "signed"
    event = transitions.last_event(waiting[2])
    assert (event.actor, event.role) == (None, "system")
    user = User.get(User.email == "produksi@aku.example")
    assert f"blank_arrived of {waiting[2].number} was told by user {user.id}" in caplog.text


def test_only_production_tells_of_blanks(app, factory):
    permohonan = factory.perform(
        factory.advance_to(factory.submit("KTP-HILANG"), "signed"), "wait_for_blank", "production"
    )
    for role in ("siak_operator", "counter_operator", "admin"):
        answer = sign_in_officer(app, role).post(f"/petugas/produksi/blangko/?id={permohonan.key}")
        assert answer.status_code == 404
    assert reload(permohonan).state == "awaiting_blank"


def test_the_resident_follows_it_by_number_and_nik_with_pickup_place_day_and_hours(app, factory, press):
    permohonan = factory.advance_to(factory.submit("AK-LAHIR", "counter"), "signed")
    permohonan = press(permohonan, "production", "produksi", "publish_to_counter")
    permohonan = press(permohonan, "counter_operator", "loket", "print_document")
    permohonan = press(permohonan, "counter_operator", "loket", "assign_queue_number")
    page = PublicClient(app).post("/lacak", {"nomor": permohonan.number, "nik4": ENDING})
    assert page.status_code == 200 and 'data-state="ready"' in page.text
    assert "Loket Desa Pemaron" in page.text and "A-001" in page.text
    assert re.search(r"\d\d\.\d\d–\d\d\.\d\d", page.text) and re.search(r"(Senin|Selasa|Rabu|Kamis|Jumat),", page.text)


def test_the_operator_is_told_on_the_staff_home_what_went_wrong(staff_client, operator, factory):
    permohonan = factory.advance_to(operator.submit_application(), "awaiting_tte")
    outbox.drain()
    assert permohonan.number not in staff_client.text("/petugas/"), "what goes its way stands in the list"
    factory.perform(permohonan, "reject_tte", "kadis")
    outbox.drain()
    told = staff_client.text("/petugas/").split('aria-label="Pemberitahuan"', 1)[1]
    assert f'Tidak disetujui – dibatalkan untuk diperbaiki: <b class="num">{permohonan.number}</b>' in told
    notice = Notice.get(Notice.user == permohonan.helper_id)
    assert "{" not in notice.subject + notice.body


def test_the_first_page_of_a_counter_leads_to_a_new_application_and_no_other_does(operator, app):
    assert 'class="btn btn-primary" href="/petugas/loket/baru"' in operator.get("/petugas/").text
    assert "/petugas/loket/baru" not in sign_in_officer(app, "admin").text("/petugas/")


def test_every_row_that_tells_the_counter_has_words_for_it(app):
    told = {row.action for row in workflow.TRANSITIONS if workflow.COUNTER in row.notifies} | {"reminder"}
    texts = {text.action: text for text in MessageText.select().where(MessageText.audience == "counter")}
    assert set(texts) == told
    for text in texts.values():
        assert "{alamat}" not in text.body["id"], "the applicant's page is no page of the counter's"
        assert "{nomor}" in text.subject["id"] and "nik" not in text.subject["id"].lower()


def test_who_has_no_account_is_sent_to_the_page_that_needs_none(factory, app):
    permohonan = factory.submit("AK-LAHIR", "counter")
    assert permohonan.email and not permohonan.owner_id
    outbox.drain()
    letters = [path.read_bytes() for path in Path(app.config["INSTANCE_DIR"], "mail").glob("*.eml")]
    assert any(f"/lacak?nomor=3D{permohonan.number}".encode() in letter or
               f"/lacak?nomor={permohonan.number}".encode() in letter for letter in letters)  # fmt: skip


def test_the_seed_names_every_place_that_its_words_fill():
    seed = tomllib.loads((Path(__file__).parent.parent / "seed" / "messages.toml").read_text())
    from notify.message import PLACEHOLDERS

    for row in seed["messages"]:
        assert set(re.findall(r"{(\w+)}", row["subject"]["id"] + row["body"]["id"])) <= set(PLACEHOLDERS), row["action"]


def test_the_next_resident_is_asked_for_by_nik_and_service_on_one_page(operator):
    page = operator.get(f"{HOME}/baru").text
    assert page.index('name="nik"') < page.index('name="q"') < page.index('formaction="/petugas/loket/permohonan/baru/')
    before = operator.submit_application("KTP-HILANG")
    shown = operator.post(f"{HOME}/baru", {"nik": before.applicant_nik, "q": "akte kelahiran"})
    assert shown.status_code == 200 and before.number in shown.text and "Layanan yang cocok" in shown.text
    assert f'value="{before.applicant_nik}"' in shown.text, "what was typed stays"
    begun = operator.begin("AK-LAHIR", nik=before.applicant_nik)
    assert drafts.get_draft(begun).answers == {"pemohon_nik": before.applicant_nik}


def test_what_was_begun_for_the_same_nik_is_offered_before_a_new_one(operator):
    nik = SAMPLE_ANSWERS["nik"]
    first = operator.begin("KTP-HILANG", nik=nik)
    assert operator.begin("KTP-HILANG", nik=nik).id == first.id, "nothing was typed yet"
    operator.fill(first, "pemohon", pemohon_nik=nik)
    shown = operator.post(f"{HOME}/permohonan/baru/KTP-HILANG", {"nik": nik})
    assert first.number in shown.text and "Draf Anda untuk layanan ini" in shown.text
    assert Permohonan.select().count() == 1
    assert operator.begin("KTP-HILANG", nik=nik, seen="1").id != first.id
    assert operator.begin("KTP-UBAH", nik=nik).id != first.id


def test_a_nik_that_is_none_is_said_beside_its_field(operator):
    shown = operator.post(f"{HOME}/baru", {"nik": "5108", "q": ""}).text
    assert 'id="nik-error"' in shown and 'value="5108"' in shown


def test_a_resident_of_another_counter_is_not_known_here(app, operator):
    before = operator.submit_application("KTP-HILANG")
    elsewhere = CounterClient(app, "loket.sukasada@aku.example")
    shown = elsewhere.post(f"{HOME}/baru", {"nik": before.applicant_nik, "q": ""}).text
    assert before.number not in shown and "Belum pernah mengajukan di loket ini" in shown
