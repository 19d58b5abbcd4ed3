"""An applicant's own pages: status, correcting a return, withdrawing, pickup, downloads; and strangers' 404."""

import re
from datetime import timedelta

import pytest

import office
import workflow
from casework import timeline
from casework.transitions import perform
from intake import submission
from jobs import outbox
from lib.database import local as real_local
from lib.database import now
from models import Document, Draft, Event, Handover, Permohonan
from public import application_status
from tests.helpers.public_client import PublicClient, field_error, jpeg_upload
from tests.helpers.staff_client import sign_in_officer

POSTED = ("/isi/anak", "/unggahan", "/periksa", "/perbaikan", "/tindakan/withdraw")
FILES = ("/dokumen/1.pdf", "/slip.pdf", "/tanda-terima.pdf", "/formulir.pdf", "/berkas/" + "a" * 26)


@pytest.fixture
def returned(factory, submit):
    """An application that came back with a faulty upload and a faulty field."""
    permohonan = submit()
    faults = [
        {"key": "surat_lahir", "reason": "tidak_terbaca", "text": "Nama bayi tidak terbaca."},
        {"key": "nama_ayah", "reason": "lainnya", "text": "Berbeda dengan <KK>."},
    ]
    perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=faults)
    return Permohonan.get_by_id(permohonan.id)


def again(permohonan):
    return Permohonan.get_by_id(permohonan.id)


def press(visitor, permohonan, action, **answers):
    """Perform an action from its page, as somebody who has seen it."""
    page = f"/permohonan/{permohonan.key}/tindakan/{action}"
    version = re.search(r'name="version" value="(\d+)"', visitor.get(page).text)[1]
    return visitor.post(page, {"version": version} | answers)


def version_on(page):
    return re.search(r'name="draft_version" value="(\d+)"', page.text)[1]


def correct(visitor, permohonan, **form):
    page = visitor.get(f"/permohonan/{permohonan.key}")
    form = {"draft_version": version_on(page), "replace-surat_lahir": "ya", "nama_ayah": "I Made Wiguna"} | form
    return visitor.post(f"/permohonan/{permohonan.key}/perbaikan", form, page=f"/permohonan/{permohonan.key}")


def test_a_return_names_each_fault_and_opens_just_that(applicant_client, returned):
    page = applicant_client.get(f"/permohonan/{returned.key}")
    assert 'data-state="incomplete"' in page.text and 'data-action="resubmit"' in page.text
    assert "Nama bayi tidak terbaca." in page.text and "Berbeda dengan &lt;KK&gt;." in page.text
    assert set(re.findall(r'name="(upload-\w+|nama_\w+)"', page.text)) == {"upload-surat_lahir", "nama_ayah"}
    assert "Kartu Keluarga (KK) orang tua" in page.text.split("Yang sudah baik")[1]


def test_a_correction_replaces_what_was_faulty_and_goes_out_again(applicant_client, returned):
    assert correct(applicant_client, returned, **{"upload-surat_lahir": jpeg_upload("lebih terang")}).status_code == 303
    assert again(returned).state == "submitted" and again(returned).number == returned.number
    revision = submission.last_revision(returned)
    assert revision.number == 2 and revision.answers["nama_ayah"] == "I Made Wiguna"
    (row,) = [row for row in submission.revision_attachments(revision) if row.requirement == "surat_lahir"]
    assert row.file.name == "foto.jpg"


def test_new_pages_can_be_laid_beside_the_old_ones(applicant_client, returned):
    correct(
        applicant_client, returned, **{"upload-surat_lahir": jpeg_upload("halaman 2"), "replace-surat_lahir": "tidak"}
    )
    rows = submission.revision_attachments(submission.last_revision(returned))
    assert len([row for row in rows if row.requirement == "surat_lahir"]) == 2


def test_an_unchanged_upload_is_asked_for_beside_it(applicant_client, returned):
    page = correct(applicant_client, returned)
    assert page.status_code == 422 and "Ganti Surat keterangan kelahiran" in field_error(page, "upload-surat_lahir")
    assert again(returned).state == "incomplete" and 'value="I Made Wiguna"' in page.text


def test_a_wrong_correction_keeps_the_good_files_and_what_was_typed(applicant_client, returned):
    page = correct(applicant_client, returned, nama_ayah="", **{"upload-surat_lahir": jpeg_upload("terang")})
    assert page.status_code == 422 and "Isi nama lengkap ayah" in field_error(page, "nama_ayah")
    assert correct(applicant_client, returned).status_code == 303, "the file was kept"


def test_what_was_not_faulted_stays_whatever_is_posted(applicant_client, returned):
    extra = {"nama_ibu": "Orang Lain", "upload-kk": jpeg_upload("lain"), "upload-surat_lahir": jpeg_upload("terang")}
    correct(applicant_client, returned, **extra)
    revision = submission.last_revision(returned)
    assert revision.number == 2 and revision.answers["nama_ibu"] == "I Putu Arya Wiguna"
    assert [row.file.media_type for row in submission.revision_attachments(revision) if row.requirement == "kk"] == [
        "image/png"
    ]


def test_a_stranger_s_application_answers_like_one_that_does_not_exist(app, returned, factory):
    strangers = {"pemohon2@aku.example": PublicClient(app), "admin@aku.example": PublicClient(app)}
    for email, stranger in strangers.items():
        stranger.sign_in(email)
        for part in (*POSTED, "", "/isi", *FILES):
            real = stranger.get(f"/permohonan/{returned.key}{part}")
            none = stranger.get(f"/permohonan/{'a' * 26}{part}")
            assert (real.status_code, real.data) == (404, none.data), (email, part)
        for part in POSTED:
            real = stranger.post(f"/permohonan/{returned.key}{part}", page="/keluar")
            none = stranger.post(f"/permohonan/{'a' * 26}{part}", page="/keluar")
            assert (real.status_code, real.data) == (404, none.data), (email, part)
        assert returned.number not in stranger.get("/permohonan/").text
    assert again(returned).version == returned.version


def test_visitors_are_asked_to_sign_in_whether_it_exists_or_not(app, returned):
    visitor = PublicClient(app)
    assert visitor.get(f"/permohonan/{returned.key}").location == f"/masuk?next=/permohonan/{returned.key}"
    assert visitor.get("/permohonan/" + "a" * 26).status_code == 303


def test_the_list_says_of_each_where_it_stands(applicant_client, submit):
    permohonan = submit()
    page = applicant_client.get("/permohonan/")
    assert f'data-number="{permohonan.number}" data-state="submitted"' in page.text
    assert "Diterima – menunggu pemeriksaan berkas" in page.text and "Sekarang di: Admin AKU Online" in page.text


def test_what_one_was_filling_in_lately_is_put_in_front_and_leads_to_its_last_page(applicant_client, factory, submit):
    submit()
    assert "Lanjutkan mengisi" not in applicant_client.get("/permohonan/").text
    permohonan = factory.begin()
    applicant_client.get(f"/permohonan/{permohonan.key}/unggahan")
    page = applicant_client.get("/permohonan/").text
    way = re.search(r'href="([^"]+)">Lanjutkan mengisi', page)[1]
    assert applicant_client.get(way).location == f"/permohonan/{permohonan.key}/unggahan"
    assert page.count('class="btn"') == 1, "one main button a screen"
    Draft.update(saved_at=now() - application_status.RECENT_DRAFT).execute()
    assert "Lanjutkan mengisi" not in applicant_client.get("/permohonan/").text


def test_two_unfinished_ones_are_chosen_from_the_list(applicant_client, factory, returned):
    assert "Lanjutkan mengisi" not in applicant_client.get("/permohonan/").text, "a return is corrected on its own page"
    factory.begin()
    assert "Lanjutkan mengisi" in applicant_client.get("/permohonan/").text
    factory.begin()
    assert "Lanjutkan mengisi" not in applicant_client.get("/permohonan/").text


def test_every_state_has_its_page_and_offers_just_what_the_table_allows(applicant_client, factory, submit):
    permohonan = submit()
    for state in workflow.STATES:
        factory.force_state(permohonan, state)
        page = applicant_client.get(f"/permohonan/{permohonan.key}")
        rows = workflow.allowed(again(permohonan), factory.applicant)
        allowed = {row.action for row in rows if "applicant" in row.roles}
        offered = set(re.findall(r'data-action="(\w+)"', page.text))
        assert page.status_code == 200 and offered <= allowed, state
        assert allowed - offered <= {"resubmit"}, state  # its form needs the draft of a real return


def test_withdrawing_twice_happens_once_and_nobody_complains(applicant_client, submit):
    permohonan = submit()
    way = f"/permohonan/{permohonan.key}/tindakan/withdraw"
    assert 'name="reason"' in applicant_client.get(way).text
    for _ in range(2):
        assert (
            applicant_client.post(way, {"reason": "Salah layanan", "version": "1"}, page="/keluar").status_code == 303
        )
    assert again(permohonan).state == "cancelled" and Event.select().count() == 2
    assert "sudah diproses" not in applicant_client.get(f"/permohonan/{permohonan.key}").text


def test_a_reason_that_is_too_long_gets_its_sentence_and_stays(applicant_client, submit):
    permohonan = submit()
    page = applicant_client.post(
        f"/permohonan/{permohonan.key}/tindakan/withdraw", {"reason": "x" * 1001, "version": "1"}
    )
    assert page.status_code == 422 and "Terlalu panjang" in field_error(page, "reason") and "x" * 1001 in page.text


def test_a_step_that_is_not_open_is_told_not_taken(applicant_client, submit):
    permohonan = submit()
    for action in ("keep_digital", "reschedule_pickup"):
        answer = applicant_client.post(
            f"/permohonan/{permohonan.key}/tindakan/{action}", {"date": "2026-11-25", "version": "1"}, page="/keluar"
        )
        assert answer.status_code == 303
    assert again(permohonan).state == "submitted"
    for action in ("mark_incomplete", "approve_tte", "x"):
        assert (
            applicant_client.post(f"/permohonan/{permohonan.key}/tindakan/{action}", page="/keluar").status_code == 404
        )


def test_issued_pdfs_are_there_after_the_signature_and_not_before(applicant_client, factory, submit):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    way = f"/permohonan/{permohonan.key}/dokumen/1.pdf"
    assert applicant_client.get(way).status_code == 404
    permohonan = factory.perform(permohonan, "approve_tte", "kadis")
    got = applicant_client.get(way)
    assert got.data.startswith(b"%PDF-") and got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Disposition"] == f'attachment; filename="akta-{permohonan.number}.pdf"'
    assert (
        got.headers["Cache-Control"] == "no-store" and way in applicant_client.get(f"/permohonan/{permohonan.key}").text
    )
    for n in ("0", "2", "99", "100", "-1", "x"):
        assert applicant_client.get(f"/permohonan/{permohonan.key}/dokumen/{n}.pdf").status_code == 404
    Document.update(revoked_at=now()).execute()
    assert applicant_client.get(way).status_code == 404


def test_the_pickup_is_shown_moved_and_ends_with_a_receipt(applicant_client, factory, submit):
    permohonan = factory.advance_to(submit(), "ready")
    home = f"/permohonan/{permohonan.key}"
    page = applicant_client.get(home)
    assert "A-001" in page.text and re.search(r"08\.[03]0–1[25]\.[03]0", page.text)
    form = applicant_client.get(f"{home}/tindakan/reschedule_pickup")
    days = re.findall(r'<option value="([0-9-]{10})"', form.text)
    assert len(days) > 20
    chosen = {"date": days[5], "version": again(permohonan).version}
    assert applicant_client.post(f"{home}/tindakan/reschedule_pickup", chosen).status_code == 303
    assert str(again(permohonan).pickup_on) == days[5]
    past = {"date": "2020-01-01", "version": again(permohonan).version}
    wrong = applicant_client.post(f"{home}/tindakan/reschedule_pickup", past)
    assert wrong.status_code == 422 and "60 hari" in field_error(wrong, "date")
    assert applicant_client.get(f"{home}/tanda-terima.pdf").status_code == 404
    factory.perform(again(permohonan), "hand_over", "pickup")
    assert Handover.select().count() == 1 and f"{home}/tanda-terima.pdf" in applicant_client.get(home).text
    assert applicant_client.get(f"{home}/tanda-terima.pdf").data.startswith(b"%PDF-")
    assert applicant_client.get(f"{home}/slip.pdf").data.startswith(b"%PDF-")


def test_who_is_content_with_the_pdf_is_asked_once_more_and_can_still_have_a_print(applicant_client, factory, submit):
    permohonan = factory.advance_to(submit(), "signed")
    home = f"/permohonan/{permohonan.key}"
    assert applicant_client.post(f"{home}/tindakan/keep_digital", page="/keluar").status_code == 422
    assert again(permohonan).state == "signed", "a press that has seen no question ends nothing"
    asked = applicant_client.get(f"{home}/tindakan/keep_digital").text
    assert "Berubah pikiran?" in asked and "Tidak jadi" in asked
    press(applicant_client, permohonan, "keep_digital")
    assert again(permohonan).state == "completed"
    page = applicant_client.get(home).text
    assert 'data-action="ask_for_print"' in page
    press(applicant_client, permohonan, "ask_for_print")
    assert again(permohonan).state == "signed" and again(permohonan).due_at > now()
    page = applicant_client.get(home).text
    assert "Tidak ada yang perlu diambil" not in page and "Sekarang di" in page and "Cetakan siap diambil" in page


def test_the_timeline_tells_what_happened_what_goes_on_and_what_will_come(applicant_client, factory, submit):
    permohonan = factory.advance_to(submit(), "adb_review")
    page = applicant_client.get(f"/permohonan/{permohonan.key}").text
    steps = re.search(r"<ol[^>]*data-timeline>(.*?)</ol>", page, re.DOTALL)[1]
    assert re.findall(r"<li(?: class=\"([\w ]+)\")?", steps) == ["done", "done", "done", "now", "", ""]
    assert "Kadek" not in steps, "the public page names roles, not people"


def test_letters_in_the_inbox_are_on_the_page(applicant_client, submit):
    permohonan = submit()
    outbox.drain()
    assert f"Permohonan {permohonan.number} kami terima" in applicant_client.get(f"/permohonan/{permohonan.key}").text


def test_a_status_page_needs_few_statements_however_long_its_history(applicant_client, returned, query_count):
    with query_count() as seen:
        applicant_client.get(f"/permohonan/{returned.key}")
    assert len(seen) < 30, len(seen)  # with a correction that opens other answers too


def test_a_draft_s_page_leads_on(applicant_client, factory):
    permohonan = factory.begin()
    page = applicant_client.get(f"/permohonan/{permohonan.key}")
    assert 'data-action="submit"' in page.text and f"/permohonan/{permohonan.key}/isi" in page.text
    assert Draft.select().count() == 1


def test_the_applicant_sees_which_officers_opened_the_application(app, submit):
    permohonan = submit()
    owner, stranger = PublicClient(app), PublicClient(app)
    owner.sign_in(permohonan.owner.email)
    stranger.sign_in("pemohon2@aku.example")
    page = f"/permohonan/{permohonan.key}/akses"
    assert "Belum ada petugas" in owner.get(page).text
    officer = sign_in_officer(app, "admin")
    officer.text(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    officer.get(f"/petugas/permohonan/{permohonan.key}/dossier.pdf")
    seen = owner.get(page).text
    assert "Admin AKU Online" in seen and "mencetak permohonan" in seen and "Kadek" not in seen
    assert stranger.get(page).status_code == 404


def test_a_pickup_can_be_put_off_to_the_sixtieth_day_and_no_further(app, factory, submit, set_clock):
    set_clock(2026, 11, 20, 9, 0)  # the 60th day is a Tuesday, 19 January
    permohonan = factory.advance_to(submit(), "ready")
    visitor = PublicClient(app)
    visitor.sign_in()
    url = f"/permohonan/{permohonan.key}/tindakan/reschedule_pickup"
    days = re.findall(r'<option value="([0-9-]{10})"', visitor.get(url).text)
    assert (days[0], days[-1]) == ("2026-11-20", "2027-01-19")
    late = visitor.post(url, {"date": "2027-01-20", "version": permohonan.version})
    assert late.status_code == 422 and "60 hari" in field_error(late, "date")
    assert visitor.post(url, {"date": days[-1], "version": permohonan.version}).status_code == 303


def test_what_was_not_collected_gets_a_new_day_from_its_applicant(applicant_client, factory, submit):
    permohonan = factory.perform(factory.advance_to(submit(), "ready"), "set_aside", "system")
    home = f"/permohonan/{permohonan.key}"
    assert 'data-action="reschedule_pickup"' in applicant_client.get(home).text
    days = re.findall(r'<option value="([0-9-]{10})"', applicant_client.get(f"{home}/tindakan/reschedule_pickup").text)
    assert press(applicant_client, permohonan, "reschedule_pickup", date=days[3]).status_code == 303
    moved = again(permohonan)
    assert (moved.state, str(moved.pickup_on)) == ("ready", days[3]) and moved.pickup_number


def test_the_day_of_a_recording_is_moved_by_its_applicant_and_the_place_stays(applicant_client, factory, submit):
    permohonan = factory.perform(
        factory.advance_to(submit("KTP-HILANG"), "siak_entry"), "ask_recording", "siak_operator"
    )
    page = applicant_client.get(f"/permohonan/{permohonan.key}/tindakan/reschedule_recording").text
    days = re.findall(r'<option value="([0-9-]{10})"', page)
    assert 'name="place"' not in page
    press(applicant_client, permohonan, "reschedule_recording", date=days[4], place="Rumah saya")
    moved = again(permohonan)
    assert (moved.state, moved.recording_place) == ("awaiting_recording", "Kantor Dinas")
    assert str(moved.recording_on) == days[4] and moved.paused_at == permohonan.paused_at
    outbox.drain()
    told = applicant_client.get(f"/permohonan/{permohonan.key}").text
    assert re.search(r"Kantor Dinas pada \w+, \d+ \w+ \d{4}, \d\d\.\d\d–\d\d\.\d\d WITA", told)


def test_a_far_day_is_no_reason_to_be_closed_before_it(factory, submit):
    permohonan = factory.advance_to(submit("KTP-HILANG"), "siak_entry")
    far = office.calendar().next_open((now() + timedelta(days=50)).date())
    perform(permohonan, "ask_recording", factory.staff["siak_operator"], place="Kantor Dinas", date=str(far))
    assert again(permohonan).lapses_at.date() > far


def test_who_presses_on_a_return_that_was_undone_is_told_so(applicant_client, factory, returned):
    page = applicant_client.get(f"/permohonan/{returned.key}")
    factory.perform(returned, "undo_incomplete", "admin")
    form = {"draft_version": version_on(page), "nama_ayah": "I Made Wiguna"}
    assert applicant_client.post(f"/permohonan/{returned.key}/perbaikan", form, page="/keluar").status_code == 303
    assert "Pengembalian diurungkan" in applicant_client.get(f"/permohonan/{returned.key}").text


@pytest.mark.parametrize(
    ("code", "state", "label", "path_end"),
    [
        ("AK-LAHIR", "signed", "Disetujui – dokumen terbit", "Dokumen terbit"),
        ("KTP-HILANG", "signed", "Disetujui – kartu segera dicetak", "Kartu siap diambil"),
        ("KTP-HILANG", "awaiting_tte", "Menunggu persetujuan Kepala Dinas", "Kartu siap diambil"),
        ("AK-KAWIN", "awaiting_tte", "Menunggu tanda tangan elektronik Kepala Dinas", "Kartu siap diambil"),
        ("AK-LAHIR", "ready", "Pengajuan selesai – siap diambil", "Cetakan siap diambil"),
    ],
)
def test_label_and_path_follow_from_what_the_service_yields(
    applicant_client, factory, submit, code, state, label, path_end
):
    permohonan = factory.advance_to(submit(code), state)
    page = applicant_client.get(f"/permohonan/{permohonan.key}").text
    steps = re.findall(r"<b>(.*?)</b>", re.search(r"<ol[^>]*data-timeline>(.*?)</ol>", page, re.DOTALL)[1])
    assert label in page
    assert path_end == timeline.progress(permohonan)[-1][0]
    assert (steps[-1] == path_end) or timeline.is_in_hand(permohonan)
    assert ("Tanda tangan elektronik" in page or "Ditandatangani secara elektronik" in page) == permohonan.has_pdf


def test_an_issued_pdf_stands_first_and_nothing_has_to_be_collected(applicant_client, factory, submit):
    permohonan = factory.advance_to(submit(), "signed")
    page = applicant_client.get(f"/permohonan/{permohonan.key}").text
    order = [page.index(words) for words in ("Dokumen Anda sudah terbit", "Unduh", "Tidak ada yang perlu diambil")]
    assert order == sorted(order) and "Sekarang di" not in page and "Paling lambat" not in page


def test_a_resident_without_an_address_collects_the_print(factory, app):
    permohonan = factory.advance_to(factory.submit("AK-LAHIR", "counter"), "signed")
    assert timeline.status_summary(permohonan).holder == "", "the mail carried the PDF"
    permohonan.email = ""
    summary = timeline.status_summary(permohonan)
    assert "Operator" in summary.holder and timeline.progress(permohonan)[-1][0] == "Cetakan siap diambil"


def test_late_is_said_with_since_when_the_step_and_where_to_complain(applicant_client, submit):
    permohonan = submit()
    url = f"/permohonan/{permohonan.key}"
    assert "data-late" not in applicant_client.get(url).text
    Permohonan.update(due_at=now() - timedelta(days=7)).where(Permohonan.id == permohonan.id).execute()
    page = applicant_client.get(url).text
    late = re.search(r"data-late>.*?</section>", page, re.DOTALL)[0]
    assert "Terlambat sejak" in late and "Langkah sekarang: Pemeriksaan berkas, di: Admin AKU Online." in late
    assert "SP4N-LAPOR" in late and "tel:" in late and "hari kerja dari janji kami" in late
    assert "Paling lambat" not in page


def test_what_waits_for_the_applicant_is_not_late(applicant_client, factory, submit):
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    Permohonan.update(due_at=now() - timedelta(days=7)).where(Permohonan.id == permohonan.id).execute()
    assert "data-late" not in applicant_client.get(f"/permohonan/{permohonan.key}").text


def test_the_page_turns_late_though_it_was_cached(applicant_client, submit, monkeypatch):
    permohonan = submit()
    url = f"/permohonan/{permohonan.key}"
    assert "data-late" not in applicant_client.get(url).text and "data-late" not in applicant_client.get(url).text
    later = now() + timedelta(days=30)
    monkeypatch.setattr(timeline, "now", lambda: later)
    monkeypatch.setattr(timeline, "local", lambda at=None: real_local(at or later))
    assert "data-late" in applicant_client.get(url).text


def test_withdrawing_is_a_quiet_link_at_the_end(applicant_client, submit):
    page = applicant_client.get(f"/permohonan/{submit().key}").text
    link = re.search(r'<a[^>]*data-action="withdraw"[^>]*>', page)
    assert "btn" not in link[0] and link.start() > page.index("data-timeline") and link.start() > page.index("WhatsApp")
