"""Decisions on drafts: by itself goes only what is as the answers; the rest after the officer has opened it."""

import re
from datetime import timedelta

import pytest

from documents import draft_comparison
from jobs import schedule
from lib.database import now
from models import Comparison, Document, OpenedSheet, Permohonan
from tests.helpers.batch_forms import batch_result, count_signed, post_batch, states_of
from tests.helpers.staff_client import offered_actions, sign_in_officer, table_row

ROLES = (("adb", "adb", "verify_adb", "adb_review"), ("kabid", "kabid", "verify_kabid", "kabid_review"),
         ("kadis", "tte", "approve_tte", "awaiting_tte"))  # fmt: skip
VERDICTS = {"beda": ["same", "differs"], "baca": ["same", "missing"], "sama": ["same"]}


@pytest.fixture
def waiting(factory, submit):
    """A function that makes an application whose drafts wait with a verdict; "": not compared yet."""

    def make(verdict, state="adb_review", code="AK-LAHIR"):
        permohonan = factory.advance_to(submit(code), state)
        Comparison.delete().where(Comparison.document.in_(documents(permohonan))).execute()
        for document in documents(permohonan) if verdict else ():
            findings = [
                {"key": "nama", "label": "Nama", "value": "A", "parts": [], "verdict": one} for one in VERDICTS[verdict]
            ]
            Comparison.create(document=document, readable=True, findings=findings)
        draft_comparison._store_verdict(permohonan)
        return Permohonan.get_by_id(permohonan.id)

    return make


def documents(permohonan):
    return list(Document.select().where(Document.permohonan == permohonan.id, Document.kind == "pdf"))


def answers(role):
    return {"passphrase": "tanda-tangan"} if role == "kadis" else {}


@pytest.mark.parametrize("role, screen, action, state", ROLES)
def test_a_batch_takes_only_what_is_as_the_answers_or_was_opened(app, waiting, role, screen, action, state):
    rows = [waiting(verdict, state) for verdict in ("sama", "beda", "baca", "")]
    officer = sign_in_officer(app, role)
    page = officer.text(f"/petugas/{screen}/")
    assert [action in offered_actions(table_row(page, row)) for row in rows] == [True, False, False, False]
    assert [f"{action} " in table_row(page, row) for row in rows] == [True, False, False, False]
    assert page.count(">Baca draf<") == 3

    told = batch_result(post_batch(officer, screen, action, rows, answered="ya", **answers(role)))
    assert {number for number, _ in told[1]} == {row.number for row in rows[1:]}
    why = [re.search(r"\((.*)\)", sentence)[1] for _, sentence in told[1]]
    assert why == ["1 perbedaan", "1 tidak ditemukan", "belum dibandingkan"]
    assert states_of(rows)[0] != state and states_of(rows)[1:] == [state] * 3

    for row in rows[1:]:
        officer.text(f"/petugas/{screen}/details/?id={row.key}")
    assert ">Baca draf<" not in officer.text(f"/petugas/{screen}/")
    post_batch(officer, screen, action, rows[1:], answered="ya", **answers(role))
    assert state not in states_of(rows)


@pytest.mark.parametrize("role, screen, action, state", ROLES)
def test_a_press_on_what_was_not_opened_is_refused_and_leads_to_it(app, waiting, role, screen, action, state):
    """Also from a page of before, and from a request that no page sends."""
    row, officer = waiting("beda", state), sign_in_officer(app, role)
    address = f"/petugas/{screen}/aksi/{action}/?id={row.key}"
    dialog = officer.client.get(address, headers={"X-Requested-With": "dialog"})
    assert dialog.status_code == 303, "a dialog has no draft beside it"
    refused = officer.post(address, version=str(row.version), **answers(role))
    assert refused.status_code == 303 and f"details/?id={row.key}" in refused.location
    assert states_of([row]) == [state] and not count_signed([row])
    assert "buka dan baca dulu drafnya: Kutipan akta kelahiran (1 perbedaan)" in officer.text(refused.location)
    officer.post(address, version=str(row.version), **answers(role))
    assert states_of([row]) != [state], "the page that it led to shows the draft"


def test_what_a_colleague_opened_or_what_was_opened_in_an_earlier_round_is_not_read(app, factory, waiting, grant):
    row = waiting("beda")
    adb, kabid = sign_in_officer(app, "adb"), sign_in_officer(app, "kabid")
    adb.text(f"/petugas/adb/details/?id={row.key}")
    adb.press("adb", "verify_adb", row, opened=False)
    row = Permohonan.get_by_id(row.id)
    assert row.state == "kabid_review"
    assert kabid.press("kabid", "verify_kabid", row, opened=False).status_code == 303 and states_of([row]) == [
        "kabid_review"
    ]
    kabid.text(f"/petugas/kabid/details/?id={row.key}")
    factory.perform(Permohonan.get_by_id(row.id), "return_to_operator", "kabid")
    again = factory.perform(Permohonan.get_by_id(row.id), "submit_draft", "siak_operator")
    assert again.draft_verdict == "baca", "until it is compared"
    assert adb.press("adb", "verify_adb", again, opened=False).status_code == 303 and states_of([again]) == [
        "adb_review"
    ]


def test_each_of_several_drafts_has_to_be_opened(app, waiting):
    row, adb = waiting("baca", code="AK-AKUI"), sign_in_officer(app, "adb")
    _first, second = documents(row)
    adb.text(f"/petugas/adb/details/?id={row.key}")
    adb.press("adb", "verify_adb", row, opened=False)
    assert states_of([row]) == ["adb_review"]
    opened = adb.post(f"/petugas/permohonan/{row.key}/draf/{second.product}.pdf")  # as the viewer tells
    assert (opened.status_code, opened.data) == (204, b"")
    adb.press("adb", "verify_adb", row, opened=False)
    assert states_of([row]) == ["kabid_review"]


def test_opening_is_recorded_once_and_for_nobody_without_reach(app, waiting):
    row, adb = waiting("baca"), sign_in_officer(app, "adb")
    (document,) = documents(row)
    for _ in range(3):
        adb.text(f"/petugas/adb/details/?id={row.key}")
        adb.get(f"/petugas/permohonan/{row.key}/draf/{document.product}.pdf")
    assert [one.sheet for one in OpenedSheet.select()] == [f"document-{document.id}"]
    stranger = sign_in_officer(app, "counter_operator")
    assert stranger.post(f"/petugas/permohonan/{row.key}/draf/{document.product}.pdf").status_code == 404
    assert OpenedSheet.select().count() == 1


def test_the_verdict_stands_beside_each_row_of_the_question_and_of_the_result(app, waiting):
    good, read = waiting("sama", "awaiting_tte"), waiting("beda", "awaiting_tte")
    kadis = sign_in_officer(app, "kadis")
    kadis.text(f"/petugas/tte/details/?id={read.key}")
    asked = post_batch(kadis, "tte", "approve_tte", [good, read]).text
    for row, words in ((good, "Sama dengan isian"), (read, "1 perbedaan")):
        assert words in asked[asked.index(f">{row.number}<") :].partition("</li>")[0]
    answer = post_batch(kadis, "tte", "approve_tte", [good, read], answered="ya", **answers("kadis"))
    result = answer.text
    told = result[result.index("data-told") : result.index("</section>", result.index("data-told"))]
    for row, words in ((good, "Sama dengan isian"), (read, "1 perbedaan")):
        assert words in told[told.index(f">{row.number}<") :].partition("</li>")[0]


def test_tabs_narrow_by_verdict_with_counts(app, waiting):
    rows = {verdict: waiting(verdict) for verdict in ("sama", "beda", "baca", "")}
    adb = sign_in_officer(app, "adb")
    page = adb.text("/petugas/adb/")
    for code, words, count in (
        ("sama", "Sama dengan isian", 1),
        ("beda", "Ada perbedaan", 1),
        ("baca", "Baca sendiri", 2),
    ):
        assert re.search(rf'href="/petugas/adb/\?draf={code}">{words} <span class="badge">{count}<', page), code
        shown = set(re.findall(r'data-number="([^"]+)"', adb.text(f"/petugas/adb/?draf={code}")))
        assert shown == {rows[one].number for one in ((code, "") if code == "baca" else (code,))}
    assert "draf=" not in sign_in_officer(app, "admin").text("/petugas/pemeriksaan/")


def test_a_comparison_of_an_older_round_says_nothing_of_the_present_one(factory, submit):
    permohonan = factory.advance_to(submit(), "adb_review")
    draft_comparison._store_verdict(Permohonan(**permohonan.__data__ | {"round": 7}))
    assert Permohonan.get_by_id(permohonan.id).draft_verdict == "sama"


def test_who_verified_stands_in_the_row(app, factory, waiting, staff):
    row = waiting("sama", "awaiting_tte")
    told = table_row(sign_in_officer(app, "kadis").text("/petugas/tte/"), row)
    for role, words in (("adb", "ADB"), ("kabid", "Kabid")):
        assert f"{staff[role].name}<small>{words}</small>" in told
    factory.perform(row, "return_to_operator", "kabid")
    again = factory.perform(Permohonan.get_by_id(row.id), "submit_draft", "siak_operator")
    again = factory.perform(again, "verify_adb", "adb")
    told = table_row(sign_in_officer(app, "kabid").text("/petugas/kabid/"), again)
    assert "<small>ADB</small>" in told and "<small>Kabid</small>" not in told, "the round before counts no more"


def test_what_was_opened_is_forgotten_a_month_after_the_end(app, factory, submit, waiting):
    ended, running = factory.advance_to(submit(), "completed"), waiting("baca")
    for one in (ended, running):
        OpenedSheet.create(permohonan=one, user=factory.staff["adb"], sheet="x", at=now() - timedelta(days=40))
    schedule.run_all()
    assert OpenedSheet.select().count() == 2, "it may still be recalled"
    Permohonan.update(changed_at=now() - timedelta(days=31)).execute()
    schedule.run_all()
    assert [one.permohonan_id for one in OpenedSheet.select()] == [running.id]
