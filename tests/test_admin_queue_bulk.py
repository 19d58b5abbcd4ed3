"""Bulk actions: each row succeeds or fails on its own, inputs are asked once, results are shown row by row."""

import re
from datetime import timedelta
from functools import partial

import pytest

import workflow
from admin_views.queue import bulk
from casework import action_form
from casework import bulk as casework_bulk
from casework.transitions import last_event, perform
from documents import printouts
from jobs import schedule
from lib.database import now
from models import Batch, Event, Office, Permohonan, User
from tests.helpers.batch_forms import batch_result, post_batch, states_of
from tests.helpers.document_samples import pdf_text
from tests.helpers.invariants import InvariantChecker
from tests.helpers.staff_client import EMAIL_BY_ROLE, TOKEN, Officer, registered_views, sign_in_officer


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role: officer("admin")."""
    return partial(sign_in_officer, app)


@pytest.fixture
def waiting(factory):
    """A function that makes applications in a state: waiting("awaiting_tte", 3)."""

    def make(state, count, code="AK-LAHIR"):
        return [factory.advance_to(factory.submit(code), state) for _ in range(count)]

    return make


# Rows on their own


def test_a_wrong_row_does_not_stop_the_others_and_is_told_with_its_reason(officer, factory, waiting):
    rows = waiting("submitted", 4)
    factory.perform(rows[1], "send_to_siak", "admin")  # somebody was first
    wrong = factory.advance_to(factory.submit(), "adb_review")
    answer = post_batch(officer("admin"), "pemeriksaan", "send_to_siak", [*rows, wrong])
    summary, sentences = batch_result(answer)
    assert answer.status_code == 200
    assert summary.startswith("3 berkas lengkap, dikirim ke operator SIAK; 2 dilewati")
    assert dict(sentences).keys() == {rows[1].number, wrong.number}
    assert "sudah diproses oleh Kadek Sri Wahyuni" in dict(sentences)[rows[1].number]
    assert states_of([*rows, wrong]) == ["siak_entry"] * 4 + ["adb_review"]


def test_many_that_are_skipped_for_one_reason_are_told_as_one(officer, factory, waiting):
    rows = waiting("submitted", 5)
    for row in rows[:4]:
        factory.perform(row, "send_to_siak", "admin")
    answer = post_batch(officer("admin"), "pemeriksaan", "send_to_siak", rows)
    part = answer.text.split("data-told", 1)[1].split("</details>", 1)[0]
    assert part.count("sudah diproses oleh") == 2, "in the title, and once for the four"
    assert "<b>4 permohonan</b>" in part and all(row.number in part for row in rows[:4])


def test_a_row_that_moved_and_came_back_is_not_the_row_that_was_seen(officer, factory, waiting):
    (seen,) = waiting("submitted", 1)
    factory.perform(factory.perform(seen, "send_to_siak", "admin"), "return_to_admin", "siak_operator")
    _, sentences = batch_result(post_batch(officer("admin"), "pemeriksaan", "send_to_siak", [seen]))
    assert "Made Ariawan" in sentences[0][1]
    assert states_of([seen]) == ["submitted"]


def test_four_eyes_and_other_roles_are_refused_row_by_row(officer, factory, waiting, grant):
    mine, others = waiting("adb_review", 2)
    people = others.round_people | {"submit_draft": [factory.staff["adb"].id]}
    Permohonan.update(round_people=people).where(Permohonan.id == mine.id).execute()
    summary, _ = batch_result(post_batch(officer("adb"), "adb", "verify_adb", [mine, others]))
    assert summary.startswith("1 draf diverifikasi Pejabat ADB; 1 dilewati: “Draf benar” harus ditekan orang lain")
    assert states_of([mine, others]) == ["adb_review", "kabid_review"]


def test_out_of_reach_is_told_exactly_like_what_does_not_exist(app, factory, submit):
    hidden = submit("AK-LAHIR", "counter")
    other = Officer(app, "loket.sukasada@aku.example")
    answers = []
    for key in (hidden.key, "a" * 26, "\0", "x" * 5000):
        for more in ({}, {"reason": "Coba saja"}):
            answer = other.get(other.post("/petugas/loket/massal/", action="withdraw", rowid=[key], **more).location)
            answers.append((answer.status_code, TOKEN.sub("", answer.text)))
        assert other.post("/petugas/loket/cetak/slip/", rowid=[key]).status_code == 404
    assert len(set(answers)) == 1
    assert "1 permohonan</b> Tidak ditemukan." in answers[0][1]
    assert hidden.number not in answers[0][1]
    assert states_of([hidden]) == ["submitted"]


def test_what_others_do_cannot_be_done_from_a_screen(officer, waiting):
    rows = waiting("submitted", 2)
    admin = officer("admin")
    for action in ("approve_tte", "mark_incomplete", "submit_draft", "expire", "nothing", ""):
        assert post_batch(admin, "pemeriksaan", action, rows).status_code == 404, action
    assert post_batch(admin, "permohonan", "send_to_siak", rows).status_code == 404  # a list to look things up
    assert post_batch(officer("auditor"), "pemeriksaan", "send_to_siak", rows).status_code == 404
    assert post_batch(admin, "pemeriksaan", "withdraw", rows).status_code == 404
    assert states_of(rows) == ["submitted"] * 2


def test_too_many_or_none_is_refused_and_the_choice_is_kept(officer, waiting):
    rows = waiting("submitted", 1)
    admin = officer("admin")
    none = post_batch(admin, "pemeriksaan", "send_to_siak", [])
    assert none.status_code == 422 and "Belum ada yang dipilih" in none.text
    keys = [rows[0].key, *(f"{n:026}" for n in range(bulk.AT_ONCE))]
    many = admin.post("/petugas/pemeriksaan/massal/", action="send_to_siak", rowid=keys)
    assert many.status_code == 422 and "paling banyak 100" in many.text
    assert f'value="{rows[0].key}" checked' in many.text
    assert states_of(rows) == ["submitted"]
    assert admin.get("/petugas/pemeriksaan/massal/").location == "/petugas/pemeriksaan/"


# Questions, once


def test_what_is_asked_is_asked_once_and_a_missing_reason_moves_nothing(officer, factory, waiting):
    rows = waiting("adb_review", 3)
    adb = officer("adb")
    asked = post_batch(adb, "adb", "return_to_operator", rows)
    assert asked.status_code == 200 and asked.text.count('name="reason"') == 1
    assert all(f'name="version-{row.key}" value="{row.version}"' in asked.text for row in rows)
    wrong = post_batch(adb, "adb", "return_to_operator", rows, answered="ya", reason=" ")
    assert wrong.status_code == 422 and wrong.text.count('id="reason-error"') == 1
    assert states_of(rows) == ["adb_review"] * 3
    summary, _ = batch_result(post_batch(adb, "adb", "return_to_operator", rows, answered="ya", reason="Nama salah"))
    assert summary == "3 draf dikembalikan ke operator." and states_of(rows) == ["revision"] * 3


def test_the_form_says_who_will_be_left_out(officer, waiting):
    rows = [*waiting("adb_review", 1), *waiting("kabid_review", 1)]
    text = post_batch(officer("adb"), "adb", "return_to_operator", rows).text
    assert "Kembalikan ke operator: 1 permohonan" in text and "1 dilewati" in text
    assert rows[1].number in text


def test_nothing_is_cancelled_in_a_list_nor_many_at_once(officer, waiting):
    rows, admin = waiting("submitted", 2), officer("admin")
    page = admin.text("/petugas/pemeriksaan/")
    assert "Batalkan" not in page and "/aksi/cancel/" not in page
    assert post_batch(admin, "pemeriksaan", "cancel", rows, answered="ya", reason="Ganda").status_code == 404
    assert states_of(rows) == ["submitted"] * 2
    alone = admin.text(f"/petugas/pemeriksaan/details/?id={rows[0].key}")
    assert re.search(r'data-action="cancel"[^>]*>Batalkan permohonan<', alone)
    asked = admin.text(f"/petugas/pemeriksaan/aksi/cancel/?id={rows[0].key}")
    assert re.search(r"data-close>Kembali</a>\s*<button[^>]*>Batalkan permohonan</button>", asked)


def test_a_card_that_is_out_of_stock_is_named_once_and_counts_for_those_that_have_it(officer, waiting):
    rows = [*waiting("signed", 1, "KTP-HILANG"), *waiting("signed", 1, "KIA-BARU"), *waiting("signed", 1)]
    production = officer("production")
    text = post_batch(production, "produksi", "wait_for_blank", rows).text
    cards = re.findall(r'<option value="(\w+)"', text)
    assert len(cards) == 2
    _, sentences = batch_result(
        post_batch(production, "produksi", "wait_for_blank", rows, answered="ya", card=cards[0])
    )
    assert states_of(rows) == ["awaiting_blank", "signed", "signed"]
    assert [number for number, _ in sentences] == [rows[2].number, rows[1].number]


def test_each_gets_a_pickup_number_of_its_own_and_the_slips_can_be_printed_at_once(officer, waiting):
    rows = waiting("printed", 3)
    admin = officer("admin")
    day = re.findall(
        r'name="date" value="([^"]+)"', post_batch(admin, "nomor-antrean", "assign_queue_number", rows).text
    )
    closed = post_batch(admin, "nomor-antrean", "assign_queue_number", rows, answered="ya", date="2026-02-30")
    assert closed.status_code == 422 and closed.text.count('id="date-error"') == 1
    answer = post_batch(admin, "nomor-antrean", "assign_queue_number", rows, answered="ya", date=day)
    assert batch_result(answer)[0] == "3 siap diambil."
    assert [Permohonan.get_by_id(row.id).pickup_number for row in rows] == [1, 2, 3]
    assert "Cetak slip (3)" in answer.text


def test_pressing_twice_does_it_once_and_says_the_same(officer, waiting):
    rows = waiting("submitted", 3)
    admin = officer("admin")
    first = post_batch(admin, "pemeriksaan", "send_to_siak", rows)
    again = post_batch(admin, "pemeriksaan", "send_to_siak", rows)
    assert batch_result(first) == batch_result(again) == ("3 berkas lengkap, dikirim ke operator SIAK.", [])
    assert Event.select().where(Event.action == "send_to_siak").count() == 3
    doubled = post_batch(admin, "pemeriksaan", "send_to_siak", [*rows, *rows])
    assert batch_result(doubled)[0].startswith("3 ")


def test_how_it_went_is_told_to_who_pressed_and_however_often_the_page_is_loaded(officer, factory, waiting, grant):
    rows, admin = waiting("adb_review", 2), officer("adb")
    form = {"action": "return_to_operator", "rowid": [row.key for row in rows], "answered": "ya", "reason": "Ganda"}
    form |= {f"version-{row.key}": str(row.version) for row in rows}
    page = admin.post("/petugas/adb/massal/", **form).location
    told = ["2 draf dikembalikan ke operator."] * 3
    assert [batch_result(admin.get(page))[0] for _ in range(3)] == told
    assert Event.select().where(Event.action == "return_to_operator").count() == 2
    grant(User.get(User.email == "auditor@aku.example"), "adb")
    colleague = officer("auditor")
    assert "data-told" not in colleague.text(page) and "data-told" not in admin.text("/petugas/adb/")
    for other in (page.replace("petugas/adb", "petugas/permohonan"), re.sub("[0-9]+$", "999999999", page)):
        assert "data-told" not in admin.text(other)
    for strange in ("", "0", "-1", "1e3", "٣", "9" * 40, "x' OR 1"):
        assert admin.get(f"/petugas/adb/?hasil={strange}").status_code == 200


def test_what_went_out_of_reach_since_is_not_named(app, submit):
    ours = submit("AK-LAHIR", "counter")
    counter = Officer(app, "loket.pemaron@aku.example")
    page = counter.post(
        "/petugas/loket/massal/", action="withdraw", rowid=[ours.key], answered="ya", reason="x"
    ).location
    assert ours.number in counter.text(page)
    Permohonan.update(office=Office.get(Office.kind == "dinas")).where(Permohonan.id == ours.id).execute()
    assert "data-told" in (text := counter.text(page)) and ours.number not in text


def test_a_batch_is_forgotten_after_a_day(officer, waiting):
    post_batch(officer("admin"), "pemeriksaan", "send_to_siak", waiting("submitted", 1))
    schedule.run_all()
    assert Batch.select().count() == 1
    Batch.update(at=now() - timedelta(hours=25)).execute()
    schedule.run_all()
    assert Batch.select().count() == 0


# What the bar offers


def test_the_bar_offers_what_the_table_allows_and_one_answer_can_do_for_all(app, officer, factory, waiting):
    for state in (
        "submitted",
        "siak_entry",
        "adb_review",
        "kabid_review",
        "awaiting_tte",
        "signed",
        "printed",
        "ready",
    ):
        waiting(state, 1)
        factory.force_state(factory.submit("AK-LAHIR", "counter"), state)
    for role in EMAIL_BY_ROLE.keys() - {"it"}:
        person = officer(role)
        for screen in (one for one in registered_views(app) if role in one.roles and getattr(one, "for_many", False)):
            text = person.text(f"{screen.url}/")
            offered = re.findall(r'name="action" value="(\w+)"', text)
            possible = {
                row.action
                for row in workflow.TRANSITIONS
                if role in row.roles and set(row.sources) & set(screen.states) and action_form.answerable_once(row)
            }
            assert set(offered) <= possible, screen.endpoint
            assert offered or 'name="rowid"' not in text or "formaction" in text, screen.endpoint
            assert {*" ".join(re.findall(r'data-can="([^"]*)"', text)).split()} == set(offered), screen.endpoint


def test_every_action_of_the_bar_is_one_that_some_row_allows(officer, waiting):
    waiting("submitted", 2)
    text = officer("admin").text("/petugas/pemeriksaan/")
    assert re.findall(r'name="action" value="(\w+)"', text) == ["send_to_siak"]
    assert text.count('data-can="send_to_siak "') == 2
    assert "Cetak berkas" in text
    assert 'name="rowid"' not in officer("auditor").text("/petugas/permohonan/")


def test_questions_with_papers_in_view_have_a_page_and_the_others_come_alone(officer, waiting):
    (row,) = waiting("submitted", 1)
    admin = officer("admin")
    for action, alone in (("cancel", True), ("mark_incomplete", False)):
        url = f"/petugas/pemeriksaan/aksi/{action}/?id={row.key}"
        text = admin.client.get(url, headers={"X-Requested-With": "dialog"}).text
        assert ("<main" not in text) is alone and 'class="panel ask"' in text, action
        assert "<main" in admin.text(url), action


def test_papers_named_in_the_table_can_be_printed():
    assert {row.printout for row in workflow.TRANSITIONS} - {""} == set(printouts.PRINTOUTS)


def test_a_longer_batch_needs_no_more_statements(officer, waiting, query_count):
    admin, counts = officer("admin"), []
    post_batch(admin, "pemeriksaan", "send_to_siak", waiting("submitted", 2))  # what is remembered between pages
    for size in (2, 6):
        rows = waiting("submitted", size)
        with query_count() as seen:
            post_batch(admin, "pemeriksaan", "send_to_siak", rows)
        counts.append(len(seen))
    assert counts[0] == counts[1], counts


def test_a_pile_writes_what_each_alone_would_have_written(app, factory, waiting):
    """The same row, event, texts and promises, and a chain that goes on from each one's own past."""
    rows, adb = waiting("adb_review", 3), factory.staff["adb"]
    alone = perform(Permohonan.get_by_id(rows[0].id), "verify_adb", User.get_by_id(adb.id))
    piled = [(Permohonan.get_by_id(row.id), {}) for row in rows[1:]]
    assert casework_bulk.perform(piled, "verify_adb", User.get_by_id(adb.id)) == rows[1:]
    events = [alone, *(last_event(row) for row in rows[1:])]
    assert len({(one.version, one.action, one.source, one.target, one.role, str(one.codes)) for one in events}) == 1
    assert len({str((one.text_rows.get().texts, [row.payload for row in one.promised])) for one in events}) == 1
    people = [Permohonan.get_by_id(row.id).round_people for row in rows]
    assert all(found["verify_adb"] == [adb.id] for found in people)
    assert [row.state for row, _ in piled] == states_of(rows[1:]) == ["kabid_review"] * 2
    assert InvariantChecker().all_violations() == []


def test_of_a_pile_those_that_somebody_else_moved_stay_as_they_are(app, factory, waiting):
    rows = waiting("submitted", 3)
    seen = [(Permohonan.get_by_id(row.id), {"reason": "Ganda"}) for row in rows]
    factory.perform(rows[1], "send_to_siak", "admin")
    done = casework_bulk.perform(seen, "cancel", User.get_by_id(factory.staff["admin"].id))
    assert done == [rows[0], rows[2]] and states_of(rows) == ["cancelled", "siak_entry", "cancelled"]
    assert InvariantChecker().all_violations() == []


def test_a_pile_goes_to_each_counter_with_a_list_of_its_own(factory, submit):
    chosen = [factory.advance_to(submit("AK-LAHIR", "counter"), "signed") for _ in range(2)]
    whole = printouts.combine("consignment", chosen)
    words = pdf_text(whole)
    assert all(one.number in words for one in chosen) and chosen[0].office.name in words and "2 permohonan" in words
