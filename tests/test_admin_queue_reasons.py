"""Reasons that officers write: who is said to read them, who reads them, and where they arrive as work."""

from functools import partial

import pytest

import workflow
from admin_views.queue import checklist
from casework import action_form, timeline
from casework.inputs import INPUTS
from casework.transitions import Incomplete, perform
from intake.submission import originals
from models import Comparison, Document, MessageText, Outbox, Permohonan
from notify import message
from tests.helpers.batch_forms import post_batch, states_of
from tests.helpers.checklist import open_papers
from tests.helpers.staff_client import sign_in_officer

SECRET = "Kata yang dicari."


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role."""
    return partial(sign_in_officer, app)


SCREENS = {"admin": "pemeriksaan", "siak_operator": "siak", "adb": "adb", "kabid": "kabid", "kadis": "tte"}
WRITTEN = [
    (transition, source)
    for transition in workflow.TRANSITIONS
    for source in transition.sources[:1]
    if any(INPUTS[name].is_reason for name in transition.inputs) and transition.roles[0] in SCREENS
]


@pytest.mark.parametrize(("transition", "source"), WRITTEN, ids=[f"{one.action}-{source}" for one, source in WRITTEN])
def test_who_is_said_to_read_a_reason_reads_it_and_nobody_else(officer, factory, submit, transition, source):
    permohonan, role = factory.force_state(submit(), source), transition.roles[0]
    page = officer(role).text(f"/petugas/{SCREENS[role]}/aksi/{transition.action}/?id={permohonan.key}")
    said = {words for words in ("dibaca pemohon", "hanya petugas") if words in page.split('class="panel ask"')[1]}
    MessageText.update(body={"id": "{alasan} {kekurangan}"}).execute()  # whatever the office puts into its texts
    faults = [{"key": "nama_anak", "reason": "lainnya", "text": SECRET}]
    event = perform(permohonan, transition.action, factory.staff[role], reason=SECRET, deficiencies=faults)
    line = timeline.timeline(Permohonan.get_by_id(permohonan.id))[-1]
    sent = [row for row in Outbox.select().where(Outbox.event == event) if row.payload["audience"] == "applicant"]
    read = [line.reason, *(one.text for one in line.faults), *(message.for_event(row).body for row in sent)]
    assert said == ({"dibaca pemohon"} if any(SECRET in words for words in read) else {"hanya petugas"})
    known = timeline.timeline(permohonan, public=False)[-1]
    assert SECRET in [known.reason, *(one.text for one in known.faults)]


def test_the_words_of_the_head_of_the_office_stay_with_the_officers(factory, submit):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    perform(permohonan, "reject_tte", factory.staff["kadis"], reason=SECRET)
    assert timeline.timeline(permohonan)[-1].reason == ""
    assert timeline.timeline(permohonan, public=False)[-1].reason == SECRET


def test_whoever_applies_is_told_that_officers_read_it():
    transition = workflow.BY_ACTION["withdraw"][0]
    assert action_form.reader_of_reasons(transition, workflow.COUNTER_OPERATOR) == "dibaca pemohon"
    assert not workflow.BY_ACTION["submit"][0].explains, "why it is no duplicate is about other people"


# A return arrives as work

RETURNS = [
    ("adb_review", "return_to_operator", "adb"),
    ("kabid_review", "return_to_operator", "kabid"),
    ("awaiting_tte", "reject_tte", "kadis"),
    ("signed", "recall_document", "kabid"),
]


def work_page(person, screen, permohonan):
    return person.text(f"/petugas/{screen}/details/?id={permohonan.key}")


def row_of(page, key):
    """The row of the sheet in which a field is ticked."""
    return page.split(f'value="{key}" aria-label')[1].split("</tr>")[0]


@pytest.mark.parametrize(("state", "action", "role"), RETURNS, ids=[f"{action}-{role}" for _, action, role in RETURNS])
def test_what_was_wrong_stands_on_top_of_the_operators_page_and_beside_its_field(
    officer, factory, submit, state, action, role
):
    permohonan = factory.advance_to(submit(), state)
    number = Document.get(Document.product == "akta").number
    form = {
        "reason": "Salah tulis pada draf",
        "fields-nama_anak": "ya",
        "about-nama_anak": "Kurang huruf terakhir.",
        "fields-documents-akta-number": "ya",
        "about-tanggal_lahir": "tidak dicentang",
    }
    answer = officer(role).press(SCREENS[role], action, permohonan, **form)
    assert answer.status_code == 303
    permohonan = Permohonan.get_by_id(permohonan.id)
    assert permohonan.state == "revision"
    siak = officer("siak_operator")
    page = work_page(siak, "siak", permohonan)
    top = page.split('aria-labelledby="dikembalikan"')[1].split("</section>")[0]
    for words in ("Salah tulis pada draf", "Kurang huruf terakhir.", factory.staff[role].name):
        assert words in top
    assert "tidak dicentang" not in page
    assert page.index("dikembalikan") < page.index("Lembar input SIAK")
    assert "Kurang huruf terakhir." in row_of(page, "nama_anak")
    assert "returned-note" not in row_of(page, "tanggal_lahir")
    beside_number = page.split('name="documents-akta-number"')[0].rsplit("<label", 1)[1]
    assert "Salah tulis pada draf" in beside_number, "named without words of its own: the reason stands there"
    assert f'value="{number}"' in page, "numbers are kept"


def test_only_the_fields_that_a_return_names_are_keyed_again(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "adb_review")
    perform(permohonan, "return_to_operator", factory.staff["adb"], fields={"nama_anak": "Salah eja."})
    found = checklist.load(Permohonan.get_by_id(permohonan.id), checklist.KEYED)
    assert [item.key for item in found.left] == ["nama_anak"]
    siak = officer("siak_operator")
    ticked = [item.key for item in found.items]
    siak.post(
        f"/petugas/siak/periksa/?id={permohonan.key}",
        version=str(permohonan.version), checked="ya", keyed=ticked,
    )  # fmt: skip
    assert checklist.load(permohonan, checklist.KEYED).done
    assert "Salah eja." in row_of(work_page(siak, "siak", permohonan), "nama_anak"), "it can still be read"


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({}, {"reason": "Tulis alasannya."}),
        ({"fields": {"nama_anak": ""}}, {"reason": "Tulis alasannya."}),
        ({"reason": "x", "fields": {"sandi": "y"}}, {"fields": "Pilih isian dari daftar."}),
        ({"fields": {"nama_anak": "x" * 121}}, {"about-nama_anak": "Terlalu panjang: paling banyak 120 huruf."}),
    ],
)
def test_a_return_says_why_or_what_is_wrong_with_a_field_of_it(factory, submit, answers, errors):
    permohonan = factory.advance_to(submit(), "adb_review")
    with pytest.raises(Incomplete) as refusal:
        perform(permohonan, "return_to_operator", factory.staff["adb"], **answers)
    assert refusal.value.errors == errors


def test_what_was_typed_of_a_refused_return_stays_beside_its_field(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "adb_review")
    form = {"fields-nama_anak": "ya", "about-nama_anak": "y" * 121}
    answer = officer("adb").press("adb", "return_to_operator", permohonan, **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="about-nama_anak-error"' in page and "y" * 121 in page
    assert 'name="fields-nama_anak" value="ya" checked' in page


def test_what_the_draft_has_otherwise_is_named_first_with_the_words_at_hand(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "adb_review")
    found = {"label": "x", "value": "y", "verdict": "differs", "parts": [["I PUTU ", False], ["ARIA", True]]}
    findings = [found | {"key": key} for key in ("nama_anak", "nomor")]
    akta = Document.get(Document.product == "akta")
    row = Comparison.insert(document=akta, readable=True, findings=findings)
    row.on_conflict(conflict_target=[Comparison.document], update={Comparison.findings: findings}).execute()
    page = officer("adb").text(f"/petugas/adb/aksi/return_to_operator/?id={permohonan.key}")
    first = page.split('id="fields"')[1].split("<details")[0]
    assert 'name="fields-nama_anak"' in first and 'name="fields-documents-akta-number"' in first
    assert first.count('value="Di draf tertulis I PUTU ARIA"') == 2 and "checked" not in first


def test_a_draft_that_was_returned_is_not_offered_as_if_it_were_good(officer, factory, submit):
    permohonan = factory.advance_to(submit("KK-HILANG"), "adb_review")
    perform(permohonan, "return_to_operator", factory.staff["adb"], reason="Alamat di draf salah.")
    assert "Draf inilah yang dikembalikan" in work_page(officer("siak_operator"), "siak", permohonan)


# What SIAK or the operator found stands where the admin decides


def test_what_siak_has_against_it_begins_the_explanation_and_can_be_changed(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "siak_entry")
    words = "Tanggal lahir ibu 12-05-1990 di SIAK."
    perform(permohonan, "report_invalid", factory.staff["siak_operator"], reason=words)
    admin = officer("admin")
    assert words in work_page(admin, "pemeriksaan", permohonan)
    page = admin.text(f"/petugas/pemeriksaan/aksi/cancel/?id={permohonan.key}")
    box = page.split('<textarea class="form-control" id="reason"')[1].split("</textarea>")[0]
    assert words in box
    assert "dibaca pemohon" in page.split('for="reason"')[1].split("</label>")[0]
    answer = admin.press("pemeriksaan", "cancel", permohonan, reason="Perbaiki tanggal lahir ibu di KK dulu.")
    assert answer.status_code == 303
    last = timeline.timeline(Permohonan.get_by_id(permohonan.id))[-1]
    assert last.reason == "Perbaiki tanggal lahir ibu di KK dulu."
    admin.press("pemeriksaan", "undo_cancel", Permohonan.get_by_id(permohonan.id))
    assert words in work_page(admin, "pemeriksaan", permohonan).split("Riwayat")[0], "a slip takes nothing away"


def test_whoever_verifies_again_reads_what_was_asked_for(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "adb_review")
    perform(permohonan, "return_to_operator", factory.staff["adb"], fields={"nama_anak": "Salah eja."})
    permohonan = factory.perform(Permohonan.get_by_id(permohonan.id), "submit_draft", "siak_operator")
    top = work_page(officer("adb"), "adb", permohonan).split('aria-labelledby="dikembalikan"')[1].split("</section>")[0]
    assert "Sebelumnya: Draf dikembalikan ke operator" in top and "Nama lengkap anak: Salah eja." in top


def test_the_paper_that_was_found_short_comes_first_into_view(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "siak_entry")
    last = list(originals(permohonan))[-1]
    faults = [{"key": last, "reason": "tidak_terbaca", "text": ""}]
    perform(permohonan, "return_to_admin", factory.staff["siak_operator"], deficiencies=faults)
    admin = officer("admin")
    for address, first in (("", False), ("&lihat=0", True)):
        page = admin.text(f"/petugas/pemeriksaan/details/?id={permohonan.key}{address}")
        title = page.split('id="viewer-title"')[1].split("</b>")[0]
        assert (originals(permohonan)[last] in title) is not first


def test_an_emptied_explanation_stays_empty(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "siak_entry")
    perform(permohonan, "report_invalid", factory.staff["siak_operator"], reason="Beda.")
    answer = officer("admin").press("pemeriksaan", "cancel", permohonan, reason="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.split('<textarea class="form-control" id="reason"')[1].split(">")[1].startswith("</textarea")


def test_the_words_of_other_officers_are_shown_to_the_admin_but_not_put_into_the_applicants_mouth(
    officer, factory, submit
):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    perform(permohonan, "reject_tte", factory.staff["kadis"], reason=SECRET)
    page = officer("admin").text(f"/petugas/pemeriksaan/aksi/cancel/?id={permohonan.key}")
    assert SECRET in page
    assert SECRET not in page.split('<textarea class="form-control" id="reason"')[1].split("</textarea>")[0]


def test_what_the_operator_found_short_is_found_so_already_on_the_admins_page(officer, factory, submit):
    permohonan = factory.advance_to(submit(), "siak_entry")
    faults = [{"key": "surat_lahir", "reason": "tidak_terbaca", "text": "Tanggalnya buram."}]
    perform(permohonan, "return_to_admin", factory.staff["siak_operator"], deficiencies=faults)
    permohonan = Permohonan.get_by_id(permohonan.id)
    found = checklist.load(permohonan, checklist.COMPLETE)
    assert [(item.key, item.check.reason, item.check.text) for item in found.faults] == [
        ("surat_lahir", "tidak_terbaca", "Tanggalnya buram.")
    ]
    admin = officer("admin")
    page = work_page(admin, "pemeriksaan", permohonan)
    assert '<option value="tidak_terbaca" selected>' in page and ">Tanggalnya buram.</textarea>" in page
    open_papers(admin, permohonan)
    admin.post(
        f"/petugas/pemeriksaan/periksa/?id={permohonan.key}",
        version=str(permohonan.version), checked="ya", **{"deficiencies-surat_lahir-fault": ""},
    )  # fmt: skip
    assert checklist.load(permohonan, checklist.COMPLETE).done, "the admin judges"


def test_one_reason_for_many_names_no_field_of_the_first(officer, factory, submit):
    rows = [factory.advance_to(submit(), "adb_review") for _ in range(2)]
    adb = officer("adb")
    page = post_batch(adb, "adb", "return_to_operator", rows).text
    assert "hanya petugas" in page and 'id="reason"' in page and 'name="fields-' not in page
    post_batch(adb, "adb", "return_to_operator", rows, answered="ya", reason="Kop surat lama.")
    assert states_of(rows) == ["revision"] * 2
