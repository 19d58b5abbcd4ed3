"""The staff side as officers use it: what they see, what they can press, and what happens then."""

import re
from functools import partial

import pytest

import workflow
from accounts.reach import grants_for
from admin_views import office_data_labels
from files.inspection.pdf_text import extract_text
from models import Event, Fact, Grant, Holiday, MessageText, Office, Outbox, Permohonan, Reason, Statement, User
from seed import load
from tests.helpers.factory import SAMPLE_ANSWERS, TODAY, OfficeFactory
from tests.helpers.staff_client import EMAIL_BY_ROLE, TOKEN, offered_actions, sign_in_officer, table_row


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role: officer("admin")."""
    return partial(sign_in_officer, app)


@pytest.mark.parametrize("database_kind", ["sqlite"])  # pages against the table; who reaches what: test_staff_reach
@pytest.mark.parametrize("track", ["self_service", "counter"])
def test_the_buttons_are_those_that_the_workflow_allows(officer, submit, factory, track):
    permohonan = factory.advance_to(submit("AK-LAHIR", track), "awaiting_tte")
    everybody = {role: officer(role) for role in EMAIL_BY_ROLE if role != "it"}
    for state in workflow.STATES:
        permohonan = factory.force_state(permohonan, state)
        for role, person in everybody.items():
            user = User.get(User.email == f"{EMAIL_BY_ROLE[role]}@aku.example")
            page = person.get(f"/petugas/permohonan/details/?id={permohonan.key}")
            if page.status_code == 404:
                assert not grants_for(permohonan, user, role)
                continue
            wanted = {row.action for row in workflow.allowed(permohonan, user)}
            assert set(offered_actions(page.get_data(as_text=True))) == wanted, (state, role)


def test_a_list_shows_the_same_buttons_but_those_for_which_one_has_to_look(officer, submit):
    permohonan = submit()
    row = table_row(officer("admin").text("/petugas/pemeriksaan/"), permohonan)
    assert offered_actions(row) == []
    assert 'data-can="send_to_siak "' in row and "Kerjakan" in row
    assert 'data-state="submitted"' in row
    assert permohonan.applicant_nik not in row
    assert permohonan.applicant_nik[-4:] in row


def test_a_button_without_questions_moves_at_once(officer, submit):
    permohonan = submit()
    answer = officer("admin").press("pemeriksaan", "send_to_siak", permohonan)
    assert answer.status_code == 303
    assert Permohonan.get_by_id(permohonan.id).state == "siak_entry"


def test_a_button_without_a_token_does_nothing(officer, submit):
    permohonan = submit()
    answer = officer("admin").client.post(f"/petugas/pemeriksaan/aksi/send_to_siak/?id={permohonan.key}")
    assert answer.status_code == 400
    assert Permohonan.get_by_id(permohonan.id).state == "submitted"


def test_who_comes_second_is_told_who_was_first(officer, submit):
    seen = submit()
    officer("admin").press("pemeriksaan", "send_to_siak", seen)
    admin = officer("admin")
    assert admin.press("pemeriksaan", "cancel", seen, reason="Ganda").status_code == 303
    assert "sudah diproses oleh Kadek Sri Wahyuni" in admin.text("/petugas/pemeriksaan/")
    assert Event.select().where(Event.permohonan == seen.id).count() == 2


def test_a_bad_form_keeps_what_was_typed_and_names_the_fault(officer, submit):
    permohonan = submit()
    typed = {
        "deficiencies-surat_lahir-fault": "ya",
        "deficiencies-surat_lahir-text": "Buram di <b>kanan</b>",
        "deficiencies-nama_anak-reason": "lainnya",
    }
    answer = officer("admin").press("pemeriksaan", "mark_incomplete", permohonan, **typed)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="deficiencies-surat_lahir-reason-error"' in html
    assert 'role="alert"' in html
    assert "Buram di &lt;b&gt;kanan&lt;/b&gt;" in html
    assert Permohonan.get_by_id(permohonan.id).state == "submitted"


def test_a_number_that_grows_in_capitals_is_refused_where_it_is_typed(officer, submit, factory):
    permohonan = factory.advance_to(submit(), "siak_entry")
    answer = officer("siak_operator").press("siak", "submit_draft", permohonan, **{"documents-akta-number": "ß" * 60})
    assert answer.status_code == 422 and 'id="documents-akta-number-error"' in answer.text


def test_a_wrong_passphrase_is_named_and_never_comes_back(officer, submit, factory):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    answer = officer("kadis").press("tte", "approve_tte", permohonan, passphrase="salah-sekali")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="passphrase-error"' in html
    assert "salah-sekali" not in html


def test_cards_alone_are_approved_with_the_own_password(officer, submit, factory):
    permohonan = factory.advance_to(submit("KIA-BARU"), "awaiting_tte")
    kadis = officer("kadis")
    assert 'name="password"' in kadis.text(f"/petugas/tte/aksi/approve_tte/?id={permohonan.key}")
    refused = kadis.press("tte", "approve_tte", permohonan, password="salah")
    assert 'id="password-error"' in refused.get_data(as_text=True)
    assert kadis.press("tte", "approve_tte", permohonan, password="buleleng-2026").status_code == 303
    assert Permohonan.get_by_id(permohonan.id).state == "signed"


ROAD = (
    ("admin", "pemeriksaan", "send_to_siak", {}),
    ("siak_operator", "siak", "submit_draft", {"documents-akta-number": f"5108-LU-{TODAY}-0001"}),
    ("adb", "adb", "verify_adb", {}),
    ("kabid", "kabid", "verify_kabid", {}),
    ("kadis", "tte", "approve_tte", {"passphrase": "tanda-tangan"}),
    ("siak_operator", "cetak", "print_document", {}),
    ("admin", "nomor-antrean", "assign_queue_number", {}),
    ("pickup", "pengambilan", "hand_over",
     {"originals_seen": "ya", "old_returned": "ya", "recipient_name": SAMPLE_ANSWERS["name"],
      "signature": "[[[10,10],[90,50]]]"}),
)  # fmt: skip


def test_the_whole_road_is_walked_through_the_pages(officer, submit, factory):
    permohonan = submit()
    people = {role: officer(role) for role, *_ in ROAD}
    for role, screen, action, answers in ROAD:
        row = table_row(people[role].text(f"/petugas/{screen}/"), permohonan)
        looked_at = action in ("send_to_siak", "submit_draft", *workflow.FOUR_EYES[1:])  # on the application's page
        assert action in offered_actions(row) or ("Kerjakan" in row and looked_at), action
        answer = people[role].press(screen, action, permohonan, **answers)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        permohonan = Permohonan.get_by_id(permohonan.id)
        if action == "submit_draft":
            factory.find_drafts_same(permohonan)
    assert permohonan.state == "completed"
    papers = ("dossier.pdf", "slip.pdf", "tanda-terima.pdf", "draf/akta.pdf")
    for paper in papers:
        answer = people["pickup"].get(f"/petugas/permohonan/{permohonan.key}/{paper}")
        assert answer.data.startswith(b"%PDF"), paper


def test_a_failed_promise_is_tried_again(officer, submit):
    submit()
    row = Outbox.select().first()
    Outbox.update(state="failed", error="550").where(Outbox.id == row.id).execute()
    assert officer("it").post("/petugas/pekerjaan/coba-lagi/", id=str(row.id)).status_code == 303
    assert Outbox.get_by_id(row.id).state == "waiting"


def test_it_and_kadis_never_meet_in_one_person(officer, factory):
    kadis = factory.staff["kadis"]
    office = str(kadis.grants[0].office_id)
    url = f"/petugas/orang/peran/?id={kadis.id}"
    answer = officer("it").post(url, role="it", office=office, group="", since="2026-01-01")
    assert answer.status_code == 422
    assert 'id="role-error"' in answer.get_data(as_text=True)
    assert Grant.select().where(Grant.user == kadis).count() == 1


def test_where_siak_signs_production_uploads_what_was_signed(make_app):
    app = make_app(TTE_URL="siak:")
    with app.app_context():
        factory = OfficeFactory()
        permohonan = factory.advance_to(factory.submit(), "awaiting_tte")
        kadis = sign_in_officer(app, "kadis")
        assert 'name="password"' in kadis.text(f"/petugas/tte/aksi/approve_tte/?id={permohonan.key}")
        kadis.press("tte", "approve_tte", permohonan, password="buleleng-2026")
        permohonan = Permohonan.get_by_id(permohonan.id)
        production = sign_in_officer(app, "production")
        row = table_row(production.text("/petugas/produksi/"), permohonan)
        assert offered_actions(row) == ["record_signature", "record_signing_failure"]
        refused = production.press("produksi", "record_signature", permohonan)
        assert 'id="signed-akta-error"' in refused.get_data(as_text=True)


def seen_in(page):
    """What a form says that it showed."""
    return re.search(r'name="seen" value="([^"]+)"', page)[1]


def test_a_message_text_is_changed_in_both_languages(officer):
    text = MessageText.select().first()
    it = officer("it")
    url = f"/petugas/pesan/ubah/?id={text.id}"
    seen = seen_in(it.text(url))
    assert it.post(url, subject=["", "Hello"], body=["Isi", ""]).status_code == 422
    misspelt = it.post(url, subject=["Halo {nomer}", ""], body=["Isi", "About {number}"])
    assert misspelt.status_code == 422 and "{nomer}" in misspelt.text and "{number}" in misspelt.text
    assert it.post(url, subject=["Halo {nomor}", "Hello"], body=["Isi", ""], seen=seen).status_code == 303
    kept = MessageText.get_by_id(text.id)
    assert (kept.subject, kept.body) == ({"id": "Halo {nomor}", "en": "Hello"}, {"id": "Isi"})


def test_what_one_changes_is_not_undone_by_an_older_form(officer):
    row = Reason.select().where(Reason.kind == "cancel").first()
    one, other, url = officer("it"), officer("it"), f"/petugas/alasan/ubah/?id={row.id}"
    seen = seen_in(one.text(url))
    facts = {"name": list(row.name.values()), "next": list(row.next.values()), "position": "7", "active": "y"}
    assert other.post(url, **facts | {"name": ["Nama baru", "New name"]}, seen=seen).status_code == 303
    late = one.post(url, **facts | {"position": "8"}, seen=seen)
    assert late.status_code == 422 and "orang lain mengubah data ini" in late.text
    kept = Reason.get_by_id(row.id)
    assert (kept.name["id"], kept.position) == ("Nama baru", 7)
    again = seen_in(late.text)
    assert one.post(url, **facts | {"position": "8"}, seen=again).status_code == 303, "who insists is right"
    assert Reason.get_by_id(row.id).position == 8


def test_texts_and_facts_go_by_their_names(officer):
    it, text = officer("it"), MessageText.get(action="mark_incomplete", audience="applicant")
    page = it.text(f"/petugas/pesan/ubah/?id={text.id}")
    assert "<h1>Ubah teks pesan: Berkas kurang lengkap, kepada pemohon</h1>" in page and "{kekurangan}" in page
    assert all(row.action in office_data_labels.ACTIONS for row in MessageText.select())
    listed = it.text("/petugas/fakta/")
    assert "Cara menghitung janji layanan" in listed and "hanya hari kerja" in listed
    assert {row.key for row in Fact.select()} == set(office_data_labels.FACTS)
    fact = Fact.get(key="sla_counts")
    assert "<h1>Ubah fakta kantor: Cara menghitung janji layanan</h1>" in it.text(f"/petugas/fakta/ubah/?id={fact.id}")
    for address, table in (("alasan", Reason), ("kalender", Holiday), ("kantor", Office)):
        assert it.get(f"/petugas/{address}/ubah/?id={table.select().first().id}").status_code == 200


def test_a_fact_that_is_no_json_is_refused_and_kept_on_the_page(officer):
    fact = Fact.select().first()
    answer = officer("it").post(f"/petugas/fakta/ubah/?id={fact.id}", value="{rusak", note="")
    assert answer.status_code == 422
    assert "{rusak" in answer.get_data(as_text=True)
    assert Fact.get_by_id(fact.id).value == fact.value


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app, officer):
    someone = officer("admin")
    someone.post("/petugas/keluar")
    answers = set()
    for email in ("admin@aku.example", "nobody@aku.example", "pemohon@aku.example"):
        answer = someone.post("/petugas/masuk", "/petugas/masuk", email=email, password="salah")
        answers.add(TOKEN.sub("", answer.text.replace(f'value="{email}"', "")))
    assert len(answers) == 1


def test_those_without_a_queue_see_what_is_theirs_on_the_first_page(officer, submit):
    submit()
    Outbox.update(state="failed").where(Outbox.id == Outbox.select(Outbox.id).limit(1)).execute()
    engineer = officer("it").text("/petugas/")
    assert re.search(r'href="/petugas/pekerjaan/\?keadaan=failed"><span class="soft">Gagal</span><b>1</b>', engineer)
    assert "Akun dikunci" in engineer and "Janji layanan" not in engineer
    auditor = officer("auditor").text("/petugas/")
    assert "Janji layanan" in auditor, "who reads everything sees what is late"
    assert "Gagal" not in auditor and "Akun dikunci" not in auditor


def test_who_comes_for_a_document_is_usually_who_applied_or_is_concerned(officer, submit, factory):
    permohonan = factory.force_state(submit("KTP-HILANG", pemohon_nama="Ni Ketut Rai"), "ready")
    page = officer("pickup").text(f"/petugas/pengambilan/aksi/hand_over/?id={permohonan.key}")
    assert 'name="recipient_name" maxlength="120" autocomplete="off" value="Ni Ketut Rai"' in page
    assert f'data-fill="recipient_name" data-words="{permohonan.subject_name}"' in page
    original = "Surat keterangan kehilangan dari kepolisian"
    assert re.search(f'id="viewer-title"[^>]*>[^<]*{original}<', page), "what is compared with the original is on top"


@pytest.mark.parametrize("screen, role", [("pengambilan", "pickup"), ("loket", "counter_operator"), ("adb", "adb")])
def test_the_keys_work_in_every_queue_and_on_every_work_page(officer, submit, factory, screen, role):
    permohonan = submit("AK-LAHIR", "counter" if screen == "loket" else "self_service")
    factory.advance_to(permohonan, {"adb": "adb_review", "loket": "submitted", "pengambilan": "ready"}[screen])
    person = officer(role)
    for page in (f"/petugas/{screen}/", f"/petugas/{screen}/details/?id={permohonan.key}"):
        text = person.text(page)
        assert 'id="shortcuts"' in text and text.count("data-keys-open") == 1 and "shortcuts.js" in text, page


def test_the_words_of_a_statement_are_changed_previewed_and_outlive_the_next_start(officer):
    row, it = Statement.get(code="F-2.03"), officer("it")
    url, page = f"/petugas/pernyataan/ubah/?id={row.id}", officer("it").text("/petugas/pernyataan/")
    assert "F-2.03" in page and "Meterai Rp10.000" in page
    words = {"name": ["SPTJM kelahiran", "Birth"], "title": "Judul baru", "legal": "Pasal 1", "stamp_duty": "10000"}
    texts = [part["text"] for part in row.body["parts"]]
    for wrong in (["Saya {nama_anak} benar", *texts[1:]], ["", *texts[1:]], texts[1:], ["{anak", *texts[1:]]):
        told = it.post(url, **words, note=["", ""], texts=wrong, seen=seen_in(it.text(url)))
        assert told.status_code == 422 and "Belum tersimpan" in told.text
    assert "Kata ini tidak dikenal: {nama_anak}" in it.post(url, **words, texts=["{nama_anak}", *texts[1:]]).text
    changed = ["Saya {pemohon} menyatakan:", *texts[1:]]
    assert it.post(url, **words, note=["", ""], texts=changed, seen=seen_in(it.text(url))).status_code == 303
    load.init()
    kept = Statement.get(code="F-2.03").body
    assert (kept["title"], kept["stamp_duty"], kept["parts"][0]["text"]) == ("Judul baru", 10000, changed[0])
    assert kept["signers"] == row.body["signers"] and "note" not in kept
    pdf = it.get(f"/petugas/pernyataan/lihat/?id={row.id}")
    assert pdf.mimetype == "application/pdf" and "Judul baru" in extract_text(pdf.data)
