"""Claims: one officer wins, the others read who has it, and every claim expires."""

import threading
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import pytest

import models
import workflow
from casework import claims, transitions
from lib.database import database, now
from models import Claim, ClaimChange, Permohonan, User
from tests.helpers.race import before_next_transaction
from tests.helpers.staff_client import sign_in_officer, table_row
from tests.test_faults_concurrent_requests import at_once


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role."""
    return partial(sign_in_officer, app)


@pytest.fixture
def second_admin(factory, grant):
    """A colleague of the admin."""
    grant(factory.other_applicant, "admin")
    return User.get_by_id(factory.other_applicant.id)


@pytest.fixture
def later(app):
    """A function that lets minutes pass."""

    def pass_by(minutes):
        moment = now() + timedelta(minutes=minutes)
        app.config["CLOCK"] = lambda: moment

    return pass_by


def where(answer):
    """Which application a redirect leads to."""
    return Permohonan.get_or_none(Permohonan.key == answer.location.partition("details/?id=")[2])


def test_twenty_claim_at_once_and_nineteen_are_told_by_whom(app, submit, staff, grant):
    permohonan = submit()
    people = [staff["admin"]]
    for number in range(19):
        one = User.create(email=f"admin{number}@aku.example", name=f"Admin {number}", password="-")
        grant(one, "admin")
        people.append(one)
    won, told, ready = [], [], threading.Barrier(20)

    def claim(person):
        with app.app_context():
            mine = Permohonan.get_by_id(permohonan.id)
            ready.wait()
            try:
                claims.take(mine, person)
                won.append(person.name)
            except claims.ClaimedByAnother as refusal:
                told.append(str(refusal))
            finally:
                database.close()

    threads = [threading.Thread(target=claim, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and len(told) == 19
    assert all(f"Sedang dikerjakan {won[0]} sejak" in sentence for sentence in told)
    assert Claim.select().count() == ClaimChange.select().count() == 1


def test_the_next_one_is_the_most_urgent_that_nobody_has(submit, staff, second_admin):
    rows = [submit() for _ in range(3)]
    for row, day in zip(rows, (26, 24, 25), strict=True):
        Permohonan.update(due_at=datetime(2026, 11, day)).where(Permohonan.id == row.id).execute()
    waiting = Permohonan.select().where(Permohonan.state == "submitted").order_by(Permohonan.due_at, Permohonan.id)
    given = [claims.take_next(waiting, user) for user in (staff["admin"], second_admin, staff["admin"], second_admin)]
    assert [one and one.id for one in given] == [rows[1].id, rows[2].id, rows[0].id, None]


def test_the_next_one_is_one_on_which_this_person_may_act(factory, submit, grant):
    mine, others = factory.advance_to(submit(), "adb_review"), factory.advance_to(submit(), "adb_review")
    grant(factory.staff["siak_operator"], "adb")
    operator = User.get_by_id(factory.staff["siak_operator"].id)
    people = others.round_people | {"submit_draft": [factory.staff["kadis"].id]}
    Permohonan.update(round_people=people).where(Permohonan.id == others.id).execute()
    waiting = Permohonan.select().where(Permohonan.state == "adb_review").order_by(Permohonan.id)
    assert claims.take_next(waiting, operator).id == others.id  # four eyes: the own draft is left alone
    assert claims.take_next(waiting, operator) is None
    assert claims.current_claim(mine) is None


def test_an_idle_claim_lapses_after_the_time_that_the_office_set(submit, staff, second_admin, later):
    permohonan = submit()
    claims.take(permohonan, staff["admin"])
    later(29)
    with pytest.raises(claims.ClaimedByAnother):
        claims.take(permohonan, second_admin)
    later(2)
    assert claims.current_claim(permohonan) is None
    claims.take(permohonan, second_admin)
    assert claims.current_claim(permohonan).user_id == second_admin.id
    models.Fact.update(value=5).where(models.Fact.key == "claim_minutes").execute()
    later(6)
    assert claims.current_claim(permohonan) is None


def test_whoever_is_at_work_keeps_it(submit, staff, later):
    permohonan = submit()
    claims.take(permohonan, staff["admin"])
    for _ in range(3):
        later(20)
        claims.refresh(claims.current_claim(permohonan), staff["admin"])
    assert claims.current_claim(permohonan).user_id == staff["admin"].id


def test_every_transition_ends_the_claim(factory, submit, staff):
    permohonan = submit()
    claims.take(permohonan, staff["admin"])
    moved = factory.perform(Permohonan.get_by_id(permohonan.id), "send_to_siak", "admin")
    assert claims.current_claim(moved) is None
    claims.take(moved, staff["siak_operator"])
    with pytest.raises(transitions.AlreadyDone):
        claims.take(permohonan, staff["admin"])  # as an old page still shows it
    assert claims.current_claim(moved).user_id == staff["siak_operator"].id


def test_a_take_over_says_who_from_whom_and_release_gives_back(submit, staff, second_admin):
    permohonan = submit()
    claims.take(permohonan, staff["admin"])
    claims.take_over(permohonan, second_admin)
    claims.release(permohonan, staff["admin"])  # not theirs any more
    assert claims.current_claim(permohonan).user_id == second_admin.id
    claims.release(permohonan, second_admin)
    assert claims.current_claim(permohonan) is None
    told = [(one.what, one.by.name, one.holder and one.holder.name) for one in claims.claim_history(permohonan)]
    name, other = staff["admin"].name, second_admin.name
    assert told == [("taken", name, None), ("taken_over", other, name), ("released", other, None)]
    with pytest.raises(Exception, match="append-only"):
        ClaimChange.delete().execute()


def test_the_desk_takes_works_and_goes_on_to_the_next(officer, submit, staff):
    first, second = submit(), submit()
    admin = officer("admin")
    assert "Kerjakan berikutnya" in admin.text("/petugas/")
    assert where(admin.post("/petugas/pemeriksaan/berikutnya/")).id == first.id
    assert "Anda, " in table_row(admin.text("/petugas/pemeriksaan/"), first)
    answer = admin.post(
        f"/petugas/pemeriksaan/aksi/cancel/?id={first.key}&lanjut=ya", version=str(first.version), reason="Ganda."
    )
    assert where(answer).id == second.id
    assert claims.current_claim(second).user_id == staff["admin"].id
    assert admin.post(f"/petugas/pemeriksaan/lepas/?id={second.key}").status_code == 303
    assert claims.current_claim(second) is None


def test_a_colleague_reads_who_has_it_and_must_take_over_first(officer, submit, second_admin, factory):
    permohonan = submit()
    claims.take(permohonan, second_admin)
    admin, me = officer("admin"), factory.staff["admin"]
    page = f"/petugas/pemeriksaan/details/?id={permohonan.key}"
    assert second_admin.name in table_row(admin.text("/petugas/pemeriksaan/"), permohonan)
    assert "Ambil alih" in admin.text(page)
    answer = admin.press("pemeriksaan", "cancel", permohonan, reason="Ganda.")
    assert f"Sedang dikerjakan {second_admin.name} sejak" in answer.text
    assert Permohonan.get_by_id(permohonan.id).state == "submitted"
    said = admin.post("/petugas/pemeriksaan/massal/", action="send_to_siak", rowid=permohonan.key)
    assert f"diambil oleh {second_admin.name}." in admin.text(said.location)
    admin.post(f"/petugas/pemeriksaan/ambil-alih/?id={permohonan.key}")
    assert claims.current_claim(permohonan).user_id == me.id
    assert admin.press("pemeriksaan", "cancel", permohonan, reason="Ganda.").status_code == 303
    assert Permohonan.get_by_id(permohonan.id).state == "cancelled"


def test_what_was_written_while_somebody_else_took_it_can_still_be_sent(officer, submit, second_admin, factory):
    permohonan, words = submit(), "Sama dengan permohonan pekan lalu."
    admin = officer("admin")
    claims.take(permohonan, second_admin)
    answer = admin.press("pemeriksaan", "cancel", permohonan, reason=words)
    assert answer.status_code == 422 and words in answer.text
    assert f"Ambil alih dari {second_admin.name}" in answer.text
    assert admin.press("pemeriksaan", "cancel", permohonan, reason=words, take_over="ya").status_code == 303
    assert Permohonan.get_by_id(permohonan.id).state == "cancelled"
    assert [one.what for one in claims.claim_history(permohonan)] == ["taken", "taken_over"]


def test_a_press_without_questions_is_told_on_the_work_page_who_has_it(officer, submit, second_admin):
    permohonan = submit()
    claims.take(permohonan, second_admin)
    admin = officer("admin")
    answer = admin.press("pemeriksaan", "send_to_siak", permohonan)
    assert where(answer).id == permohonan.id
    assert f"Sedang dikerjakan {second_admin.name} sejak" in admin.text(answer.location)


def test_nobody_takes_what_they_cannot_act_on_or_reach(officer, submit, factory):
    permohonan = submit()
    officer("auditor").post(f"/petugas/permohonan/ambil/?id={permohonan.key}")
    assert officer("counter_operator").post(f"/petugas/loket/ambil/?id={permohonan.key}").status_code == 404
    assert officer("siak_operator").post(f"/petugas/pemeriksaan/ambil/?id={permohonan.key}").status_code == 404
    officer("auditor").press("permohonan", "cancel", permohonan, reason="x", take_over="ya")
    assert Claim.select().count() == 0


def test_claims_cost_a_list_the_same_for_one_row_and_for_many(officer, submit, staff, query_count):
    admin, counts = officer("admin"), []
    claims.take(submit(), staff["admin"])
    admin.get("/petugas/pemeriksaan/")  # what is remembered between pages
    for _ in range(2):
        for _ in range(3):
            claims.take(submit(), staff["admin"])
        admin._forget()
        with query_count() as seen:
            admin.get("/petugas/pemeriksaan/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_taking_and_giving_back_at_once_ends_in_a_sentence(app, submit, staff, grant):
    """Beaten by a claim that was gone when its holder was looked up: a server error on PostgreSQL."""
    permohonan = submit()
    one = User.create(email="admin.dua@aku.example", name="Admin Dua", password="-")
    grant(one, "admin")

    def press(person):
        def often():
            mine = Permohonan.get_by_id(permohonan.id)
            for _turn in range(40):
                with suppress(workflow.NotAllowed):
                    claims.take(mine, person)
                claims.release(mine, person)

        return often

    assert at_once(app, *[press(person) for person in (staff["admin"], one) * 3]) == [None] * 6


def test_the_page_knows_how_long_one_still_holds_it(officer, submit, staff):
    permohonan = submit()
    claims.take(permohonan, staff["admin"])
    Claim.update(active_at=now() - timedelta(minutes=26)).execute()
    claims.refresh(claims.current_claim(permohonan), staff["siak_operator"])  # somebody else's looking keeps nothing
    assert 200 < claims.seconds_left(claims.current_claim(permohonan)) <= 240
    page = officer("admin").text(f"/petugas/pemeriksaan/details/?id={permohonan.key}")  # looking is work
    assert 'data-lapses="1' in page and "Tetap saya kerjakan" in page


@pytest.fixture
def third_admin(factory, grant):
    """One more colleague of the admin."""
    grant(factory.staff["adb"], "admin")
    return User.get_by_id(factory.staff["adb"].id)


def test_a_claim_that_has_changed_hands_since_it_was_seen_is_not_taken_over(
    app, submit, staff, second_admin, third_admin, later
):
    permohonan = submit()
    later(0)  # and the clock stands: both claims are of the same moment
    claims.take(permohonan, second_admin)
    before_next_transaction(app, lambda: claims.take_over(permohonan, third_admin))
    with pytest.raises(claims.ClaimedByAnother, match=f"Sedang dikerjakan {third_admin.name} sejak"):
        claims.take_over(permohonan, staff["admin"])
    assert claims.current_claim(permohonan).user_id == third_admin.id
    assert [one.by for one in claims.claim_history(permohonan)] == [second_admin, third_admin]


def test_a_claim_that_was_given_back_and_taken_anew_is_not_the_one_that_was_seen(
    app, submit, staff, second_admin, later
):
    permohonan = submit()
    claims.take(permohonan, second_admin)

    def take_anew():
        later(1)
        claims.release(permohonan, second_admin)
        claims.take(permohonan, second_admin)

    before_next_transaction(app, take_anew)
    with pytest.raises(claims.ClaimedByAnother):
        claims.take_over(permohonan, staff["admin"])
    assert claims.current_claim(permohonan).user_id == second_admin.id


def test_taking_over_what_one_holds_already_keeps_it(submit, staff, later):
    permohonan = submit()
    claims.take(permohonan, staff["admin"])
    since = Claim.get().since
    later(20)
    claims.take_over(permohonan, staff["admin"])
    assert [one.what for one in claims.claim_history(permohonan)] == ["taken"]
    assert (Claim.get().since, Claim.get().active_at) == (since, now())


def test_whoever_lost_a_claim_keeps_it_alive_for_nobody(submit, staff, second_admin, later):
    permohonan = submit()
    claims.take(permohonan, staff["admin"])
    lost = claims.current_claim(permohonan)
    claims.take_over(permohonan, second_admin)
    last = Claim.get().active_at
    later(20)
    claims.refresh(lost, staff["admin"])
    assert Claim.get().active_at == last
