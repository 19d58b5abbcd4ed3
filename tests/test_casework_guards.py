"""Guards whose absence nobody would notice on an ordinary day: each test fails when its guard is removed."""

from datetime import timedelta
from functools import partial

import pytest

import workflow
from admin_views.queue import bulk, checklist, query
from casework import bulk as casework_bulk
from casework import claims
from casework.transitions import AlreadyDone, perform
from documents import signing
from lib.database import now
from models import Batch, Claim, Document, Grant, Outbox, Permohonan, User
from tests.helpers.batch_forms import post_batch, states_of
from tests.helpers.checklist import clear_checklist, open_papers, tick_checklist
from tests.helpers.document_samples import pdf_text
from tests.helpers.factory import TODAY
from tests.helpers.staff_client import sign_in_officer

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # what they guard is the same on both


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role."""
    return partial(sign_in_officer, app)


@pytest.fixture
def colleague(factory, grant):
    """A second admin."""
    grant(factory.other_applicant, "admin")
    return User.get_by_id(factory.other_applicant.id)


def fresh(permohonan):
    return Permohonan.get_by_id(permohonan.id)


# One row, and a pile of them


def test_who_saw_the_same_state_of_an_earlier_version_comes_too_late(factory, submit):
    seen = submit()
    factory.perform(factory.perform(fresh(seen), "send_to_siak", "admin"), "return_to_admin", "siak_operator")
    assert fresh(seen).state == seen.state
    with pytest.raises(AlreadyDone):
        perform(seen, "cancel", factory.staff["admin"], reason="Ganda")
    assert fresh(seen).state == "submitted"


def test_each_of_a_pile_keeps_a_clock_of_its_own(factory, submit):
    rows = [factory.perform(submit("KTP-HILANG"), "send_to_siak", "admin") for _ in range(2)]
    rows = [factory.perform(row, "ask_recording", "siak_operator") for row in rows]
    Permohonan.update(paused_at=now() - timedelta(days=8)).where(Permohonan.id == rows[0].id).execute()
    first, second = map(fresh, rows)
    casework_bulk.perform(
        [(first, {}), (second, {})], "resume_entry", User.get_by_id(factory.staff["siak_operator"].id)
    )
    assert fresh(rows[0]).due_at > fresh(rows[1]).due_at, "who waited for a week has that week more"


def test_one_that_is_refused_stops_none_behind_it(factory, submit):
    wrong, right = factory.advance_to(submit(), "adb_review"), submit()
    tick_checklist(right)
    done = casework_bulk.perform([(wrong, {}), (right, {})], "send_to_siak", User.get_by_id(factory.staff["admin"].id))
    assert done == [right] and states_of([wrong, right]) == ["adb_review", "siak_entry"]


def test_what_has_to_be_checked_is_never_piled(app):
    piled = [row for row in workflow.TRANSITIONS if casework_bulk.supports(row)]
    assert piled and not any(row.checks or row.after_commit for row in piled)


def test_a_pile_wakes_the_workers_for_all_that_it_promised(app, factory, submit):
    rows, woken = [submit(), submit()], []
    app.extensions["workflow"].enqueue = lambda *ids: woken.extend(ids)
    before = {row.id for row in Outbox.select()}
    casework_bulk.perform([(row, {}) for row in rows], "send_to_siak", User.get_by_id(factory.staff["admin"].id))
    assert set(woken) == {row.id for row in Outbox.select()} - before != set()


def test_who_promised_nothing_wakes_the_workers_for_nothing(app, factory, submit):
    permohonan = factory.perform(
        factory.perform(submit("KTP-HILANG"), "send_to_siak", "admin"), "ask_recording", "siak_operator"
    )
    woken = []
    app.extensions["workflow"].enqueue = lambda *ids: woken.extend(ids)
    factory.perform(permohonan, "resume_entry", "siak_operator")
    assert woken == []


def test_a_new_draft_begins_with_nobody_but_its_maker(factory, submit):
    permohonan = factory.perform(factory.advance_to(submit(), "kabid_review"), "return_to_operator", "kabid")
    permohonan = factory.perform(permohonan, "submit_draft", "siak_operator")
    assert permohonan.round_people == {"submit_draft": [factory.staff["siak_operator"].id]}


def test_whom_one_acts_for_cannot_be_the_second_pair_of_eyes(factory, submit, grant):
    deputy, adb = factory.other_applicant, factory.staff["adb"]
    grant(deputy, "siak_operator", acting_for=adb)
    permohonan = factory.advance_to(submit(), "siak_entry")
    perform(permohonan, "submit_draft", User.get_by_id(deputy.id), **factory.answers(permohonan, "submit_draft"))
    with pytest.raises(workflow.NotAllowed, match="orang lain"):
        perform(fresh(permohonan), "verify_adb", User.get_by_id(adb.id))


def test_reminders_are_counted_anew_in_every_state(factory, submit):
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    Permohonan.update(reminded=2).where(Permohonan.id == permohonan.id).execute()
    perform(fresh(permohonan), "withdraw", factory.applicant, reason="")
    assert fresh(permohonan).reminded == 0


def test_who_was_first_on_another_day_is_told_with_the_day(factory, submit, set_clock):
    set_clock(2026, 11, 23, 10, 0)
    seen = submit()
    factory.perform(fresh(seen), "send_to_siak", "admin")
    for day, told in ((23, "10.00 WITA: "), (24, "10.00 WITA Sen, 23 Nov 2026: ")):
        set_clock(2026, 11, day, 11, 0)
        with pytest.raises(AlreadyDone) as late:
            perform(seen, "cancel", factory.staff["admin"], reason="Ganda")
        assert told in str(late.value)


# Claims and ticks


def test_a_claim_of_what_has_moved_on_is_taken_over_by_nobody(factory, submit, colleague):
    seen = submit()
    claims.take(seen, colleague)
    factory.perform(fresh(seen), "send_to_siak", "admin")
    with pytest.raises(AlreadyDone):
        claims.take_over(seen, factory.staff["admin"])


def test_a_claim_of_an_earlier_version_hides_nothing(factory, submit, colleague):
    permohonan = submit()
    claims.take(permohonan, colleague)
    factory.perform(factory.perform(permohonan, "send_to_siak", "admin"), "return_to_admin", "siak_operator")
    waiting = Permohonan.select().where(Permohonan.state == "submitted")
    assert claims.take_next(waiting, User.get_by_id(factory.staff["admin"].id)) == permohonan


def test_a_list_shows_no_claim_that_has_lapsed(officer, submit, colleague):
    claims.take(submit(), colleague)
    admin = officer("admin")
    assert colleague.name in admin.text("/petugas/pemeriksaan/")
    Claim.update(active_at=now() - timedelta(minutes=claims.IDLE_MINUTES + 1)).execute()
    assert colleague.name not in admin.text("/petugas/pemeriksaan/")


def check(person, permohonan, **form):
    url = f"/petugas/pemeriksaan/periksa/?id={permohonan.key}"
    return person.post(url, **{"version": str(permohonan.version), "checked": "ya"} | form)


def test_all_good_calls_neither_a_fault_good_nor_what_was_not_sent(officer, submit):
    permohonan, admin = submit("AK-MATI"), officer("admin")
    clear_checklist(permohonan)
    needed = next(part for part in checklist.load(permohonan, "complete").items if part.needed)
    check(admin, permohonan, **{f"deficiencies-{needed.key}-fault": "ya"})
    open_papers(admin, permohonan)
    check(admin, permohonan, all="ya")
    found = {part.key: part for part in checklist.load(permohonan, "complete").items}
    assert found[needed.key].fault
    assert all(part.check is None for part in found.values() if not part.needed)
    assert all(part.good for part in found.values() if part.needed and part.key != needed.key)
    url = f"/petugas/pemeriksaan/aksi/send_to_siak/?id={permohonan.key}"
    admin.post(url, version=str(permohonan.version))
    assert states_of([permohonan]) == ["submitted"], "all was looked at, and one part is short"


def test_a_stale_page_keeps_no_tick(officer, submit):
    permohonan = submit()
    clear_checklist(permohonan)
    check(officer("admin"), permohonan, version=str(permohonan.version - 1), all="ya")
    assert not any(part.check for part in checklist.load(permohonan, "complete").items)


def test_the_next_one_is_never_one_that_waits_for_its_applicant(officer, submit, factory):
    factory.perform(factory.perform(submit("KTP-HILANG"), "send_to_siak", "admin"), "ask_recording", "siak_operator")
    siak = officer("siak_operator")
    answer = siak.post("/petugas/siak/berikutnya/?keadaan=awaiting_recording")
    assert "details" not in answer.location


# Who reads and does what


def test_whose_lists_are_whose_does_not_hang_on_the_screen_alone(officer):
    it, auditor, admin = officer("it"), officer("auditor"), officer("admin")
    for address in (
        "pekerjaan",
        "orang",
        "fakta",
        "alasan",
        "pesan",
        "pernyataan",
        "dokumen",
        "kalender",
        "kantor",
        "layanan",
    ):
        assert it.get(f"/petugas/{address}/").status_code == 200
        assert auditor.get(f"/petugas/{address}/").status_code == admin.get(f"/petugas/{address}/").status_code == 404
    assert auditor.get("/petugas/unduhan/").status_code == 200
    assert it.get("/petugas/unduhan/").status_code == it.get("/petugas/permohonan/").status_code == 404


def test_a_person_without_a_role_is_no_row_for_tim_ti(officer, factory):
    it = officer("it")
    assert not Grant.select().where(Grant.user == factory.other_applicant.id).exists()
    assert it.get(f"/petugas/orang/peran/?id={factory.staff['admin'].id}").status_code == 200
    assert it.get(f"/petugas/orang/peran/?id={factory.other_applicant.id}").status_code == 404


def test_a_signed_document_is_read_by_who_reaches_its_application(officer, submit, factory):
    factory.advance_to(submit(), "signed")
    file = Document.select().where(Document.file.is_null(False)).get().file.key
    assert officer("production").get(f"/petugas/berkas/{file}").status_code == 200
    assert officer("counter_operator").get(f"/petugas/berkas/{file}").status_code == 404


def test_the_draft_that_is_shown_is_that_of_the_present_round(officer, submit, factory):
    permohonan = factory.perform(factory.advance_to(submit(), "adb_review"), "return_to_operator", "adb")
    numbers = {"akta": {"number": f"5108-LU-{TODAY}-0777"}}
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=numbers)
    pdf = officer("adb").get(f"/petugas/permohonan/{permohonan.key}/draf/akta.pdf")
    assert f"5108-LU-{TODAY}-0777" in pdf_text(pdf.data)


def test_who_only_reads_has_no_draft_compared(officer, submit, factory):
    permohonan = factory.advance_to(submit(), "adb_review")
    assert officer("auditor").post(f"/petugas/permohonan/bandingkan/?id={permohonan.key}").status_code == 404


def test_pressed_twice_is_told_so_to_the_same_person_only(officer, submit, factory, colleague):
    permohonan = submit()
    perform(fresh(permohonan), "send_to_siak", colleague)
    form = {f"version-{permohonan.key}": str(permohonan.version), "rowid": permohonan.key, "action": "send_to_siak"}
    officer("admin").post("/petugas/pemeriksaan/massal/", **form)
    kept = Batch.select().order_by(Batch.id.desc()).get()
    assert kept.done == [] and colleague.name in kept.skipped[0][1]


def test_a_password_is_not_carried_over_an_ended_session_by_another_name(officer, submit):
    admin = officer("admin")
    fields = {"kept": "/petugas/pemeriksaan/", "kept-password": "rahasia-1", "kept-reason": "Ganda saja"}
    page = admin.post("/petugas/masuk", "/petugas/", email="admin@aku.example", password="salah", **fields).text
    assert "Ganda saja" in page and "rahasia-1" not in page


def test_what_is_signed_at_once_is_of_the_present_round_and_no_more_than_was_decided(
    officer, submit, factory, monkeypatch
):
    first = factory.perform(factory.advance_to(submit(), "awaiting_tte"), "reject_tte", "kadis")
    rows = [
        factory.advance_to(factory.perform(first, "submit_draft", "siak_operator"), "adb_review"),
        factory.advance_to(submit(), "adb_review"),
    ]
    factory.find_drafts_same(*rows)
    for action, role in (("verify_adb", "adb"), ("verify_kabid", "kabid")):
        rows = [factory.perform(row, action, role) for row in rows]
    kadis = officer("kadis")
    page = post_batch(kadis, "tte", "approve_tte", rows).text
    assert all(f'name="shown-{row.key}" value="{signing.digest_of_documents(row)}"' in page for row in rows)
    monkeypatch.setattr(bulk, "SIGNED_AT_ONCE", 1)
    page = post_batch(kadis, "tte", "approve_tte", rows).text
    assert f"shown-{rows[0].key}" in page and f"shown-{rows[1].key}" not in page


def test_blank_cards_of_one_kind_are_no_blanks_for_another(officer, submit, factory):
    rows = [factory.advance_to(submit(code), "signed") for code in ("KTP-HILANG", "KIA-BARU")]
    waiting = [factory.perform(row, "wait_for_blank", "production") for row in rows]
    officer("production").post("/petugas/produksi/blangko/", blank="kia")
    assert states_of(waiting) == ["awaiting_blank", "signed"]


# Pages of lists


def test_a_later_page_goes_on_where_the_one_before_ended(app, submit):
    rows = [submit() for _ in range(6)]
    Permohonan.update(state="siak_invalid").where(Permohonan.id.in_([row.id for row in rows[::2]])).execute()
    both = [("p.state = ?", (state,)) for state in ("submitted", "siak_invalid")]
    for order, wanted in (((Permohonan.id,), rows), ((Permohonan.id.desc(),), rows[::-1])):
        found = [query.page(both, order, 2, offset) for offset in (0, 2, 4)]
        assert [row.key for page in found for row in page] == [row.key for row in wanted]


def test_a_narrowed_list_counts_what_it_shows(officer, submit):
    for code in ("AK-LAHIR", "AK-LAHIR", "AK-MATI"):
        submit(code)
    page = officer("admin").text("/petugas/pemeriksaan/?layanan=AK-MATI")
    assert page.count("<tr data-number") == 1 and "1 dari 1" in page


def test_the_newest_stands_first_in_the_list_over_everything(officer, submit):
    old, new = submit(), submit()
    page = officer("auditor").text("/petugas/permohonan/")
    assert page.index(new.number) < page.index(old.number)
