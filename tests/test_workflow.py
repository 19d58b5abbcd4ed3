"""The workflow table and `perform`: permissions, concurrent actions, what is recorded."""

import threading

import pytest

import workflow
from accounts.roles import OWN, OWN_OFFICE
from casework import ledger, timeline, transitions
from lib.database import database, local
from models import Deficiency, Event, EventText, Outbox, Permohonan, User
from tests.helpers.factory import transition_params
from tests.helpers.staff_client import sign_in_officer
from workflow import CONDITIONS, ROLES, STATES, TRACKS, TRANSITIONS, NotAllowed, perform

ROW_IDS, ROWS = zip(*transition_params(), strict=True)


def test_the_table_speaks_only_of_states_and_roles_that_exist():
    for row in TRANSITIONS:
        assert {*row.sources, row.target} <= set(STATES)
        assert set(row.roles) <= set(ROLES)
        assert row.track is None or row.track in TRACKS


def test_every_open_state_can_be_left_and_every_state_can_be_reached():
    targets = {row.target for row in TRANSITIONS} | {"draft"}
    sources = {source for row in TRANSITIONS for source in row.sources}
    assert targets == set(STATES)
    assert set(STATES) <= sources
    lasting = {source for row in TRANSITIONS if not row.is_timed for source in row.sources}
    assert set(STATES) - lasting == {"cancelled"}, "what was cancelled can be taken back for a moment only"


def test_every_waiting_role_of_a_state_has_a_row_out_of_it():
    for state in STATES.values():
        leaving = [row for row in TRANSITIONS if state.code in row.sources]
        served = {role for row in leaving for role in (*row.roles, *row.triggered_by)}
        assert set(state.waits) <= served, state.code


@pytest.mark.parametrize("code", ["AK-LAHIR", "KTP-HILANG"])
def test_in_every_state_the_applicant_has_something_to_do_or_a_sentence_to_read(factory, submit, code):
    permohonan = submit(code)
    reached = {row.target for row in TRANSITIONS if row.track in (None, permohonan.track)} | {"draft"}
    for state in (STATES[code] for code in reached):
        permohonan.state = state.code
        actions = [row.action for row in workflow.allowed(permohonan, factory.applicant)]
        situation = timeline.status_summary(permohonan)
        assert actions or "applicant" not in state.waits, f"{state.code} waits for somebody who can do nothing"
        assert actions or situation.sentence or state.final, f"nothing is said in {state.code}"
        assert situation.label.strip(), state.code


def test_the_main_road_leads_from_submission_to_the_signature_at_the_counter(factory, submit):
    permohonan = factory.advance_to(submit(), "completed")
    actions = [event.action for event in Event.select().order_by(Event.version)]
    assert actions[0] == "submit" and actions[-1] == "hand_over"
    assert permohonan.version == len(actions) == Event.select().count()


@pytest.mark.parametrize("track", TRACKS)
def test_what_the_table_does_not_allow_changes_nothing(factory, submit, track):
    """Every (state, role, action) of the whole table on this track: allowed exactly where a row says so."""
    permohonan = submit(track=track)
    people = factory.staff | {"applicant": factory.applicant if track == "self_service" else factory.other_applicant}
    before = _everything()
    for state in STATES:
        permohonan.state = state
        for role, person in people.items():
            permitted = {row.action for row in workflow.allowed(permohonan, person)}
            expected = {
                row.action
                for row in TRANSITIONS
                if state in row.sources and _may(row, role, track) and CONDITIONS[row.condition].holds(permohonan)
            }
            assert permitted == expected, (state, role)
            for action in {row.action for row in TRANSITIONS} - permitted:
                with pytest.raises(NotAllowed):
                    perform(permohonan, action, person)
    assert _everything() == before


def _may(row, role, track):
    if row.track not in (None, track):
        return False
    only = {OWN: "self_service", OWN_OFFICE: "counter"}.get(ROLES[role].reach, track)
    return role in row.roles and track == only


def _everything():
    rows_of = Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version).tuples()
    return sorted(rows_of), Event.select().count(), Outbox.select().count(), Deficiency.select().count()


def test_asking_what_is_allowed_asks_the_database_nothing(app, factory, submit, query_count):
    permohonan = submit()
    admin = factory.staff["admin"]
    assert admin.roles
    with query_count() as queries:
        assert workflow.allowed(permohonan, admin)
    assert queries == []


def test_two_officers_press_at_once_and_one_wins(staff, submit):
    seen_by_a = submit()
    seen_by_b = Permohonan.get_by_id(seen_by_a.id)
    perform(seen_by_a, "send_to_siak", staff["admin"])
    with pytest.raises(transitions.AlreadyDone, match=f"sudah diproses oleh {staff['admin'].name} pukul"):
        perform(seen_by_b, "send_to_siak", staff["admin"])
    assert Event.select().count() == 2


def test_a_press_finds_its_transition_once(app, submit, monkeypatch):
    permohonan, found, find = submit(), [], transitions.find_transition

    def counted(*args):
        found.append(find(*args))
        return found[-1]

    admin = sign_in_officer(app, "admin")
    monkeypatch.setattr(transitions, "find_transition", counted)
    assert admin.press("pemeriksaan", "send_to_siak", permohonan).status_code == 303
    assert [one.transition.action for one in found] == ["send_to_siak"]
    assert Permohonan.get_by_id(permohonan.id).state == "siak_entry"


def test_whoever_comes_late_with_a_fresh_page_is_told_too(staff, submit):
    perform(submit(), "send_to_siak", staff["admin"])
    with pytest.raises(transitions.AlreadyDone, match="sudah diproses"):
        perform(Permohonan.get(), "mark_incomplete", staff["admin"])


def _race(app, permohonan, person, threads=20):
    """Let many press the same button at the same moment; returns what each was told."""
    gate, told = threading.Barrier(threads), []

    def press():
        with app.app_context(), database.connection_context():
            mine, me = Permohonan.get_by_id(permohonan.id), User.get_by_id(person.id)
            assert me.roles
            gate.wait()
            try:
                perform(mine, "send_to_siak", me)
                told.append("won")
            except transitions.AlreadyDone as late:
                told.append(str(late))

    crowd = [threading.Thread(target=press) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return told


def test_of_twenty_who_press_at_once_exactly_one_wins(app, staff, submit):
    permohonan = submit()
    told = _race(app, permohonan, staff["admin"])
    assert len(told) == 20 and told.count("won") == 1
    assert Event.select().where(Event.action == "send_to_siak").count() == 1
    assert Permohonan.get().version == 2


def test_without_the_guard_the_same_race_has_more_than_one_winner(app, staff, submit, monkeypatch):
    """The control: were the compare-and-swap not there, the race above would have been lost."""
    permohonan = submit()

    def unguarded(move):
        seen = move.permohonan
        Permohonan.update(state=move.transition.target, version=seen.version + 1).where(
            Permohonan.id == seen.id
        ).execute()
        move.event = Event(**ledger.append_events({seen.id: None}, [({}, _facts(move))])[0][seen.id])

    numbers = iter(range(100, 200))

    def _facts(move):
        return {
            "permohonan": move.permohonan.id,
            "version": next(numbers),
            "at": move.at,
            "action": move.transition.action,
            "source": move.transition.sources[0],
            "target": move.transition.target,
            "role": move.role,
            "actor": move.actor.id,
            "acting_for": None,
            "codes": {},
        }

    monkeypatch.setattr(transitions, "_compare_and_swap", unguarded)
    assert _race(app, permohonan, staff["admin"]).count("won") > 1


def test_nobody_does_two_of_draft_adb_kabid_and_kadis_in_one_round(factory, submit, officer_with_all_roles):
    """DECISIONS 3: the person acted for counts too; a new round begins afresh."""
    permohonan = factory.advance_to(submit(), "siak_entry")
    person = officer_with_all_roles
    perform(permohonan, "submit_draft", person, **factory.answers(permohonan, "submit_draft"))
    with pytest.raises(NotAllowed, match="orang lain"):
        perform(permohonan, "verify_adb", person)
    assert "verify_adb" not in {row.action for row in workflow.allowed(permohonan, person)}
    permohonan = factory.perform(permohonan, "verify_adb", "adb")
    with pytest.raises(NotAllowed, match="orang lain"):
        perform(permohonan, "verify_kabid", person)
    permohonan = factory.perform(permohonan, "verify_kabid", "kabid")
    with pytest.raises(NotAllowed, match="orang lain"):
        perform(permohonan, "approve_tte", person, passphrase="tanda-tangan")
    permohonan = factory.perform(permohonan, "return_to_operator", "kabid")
    permohonan = factory.perform(permohonan, "submit_draft", "siak_operator")
    assert permohonan.round == 2
    perform(permohonan, "verify_adb", person)


def test_acting_for_somebody_counts_as_that_somebody(factory, submit, grant):
    deputy = factory.other_applicant
    grant(deputy, "kabid", acting_for=factory.staff["adb"])
    permohonan = factory.advance_to(submit(), "kabid_review")
    with pytest.raises(NotAllowed, match="orang lain"):
        perform(permohonan, "verify_kabid", User.get_by_id(deputy.id))


def test_a_role_of_yesterday_and_one_of_tomorrow_permit_nothing(factory, submit, grant):
    today = local().date()
    permohonan, person = submit(), factory.other_applicant
    grant(person, "admin", since=today.replace(year=today.year - 1), until=today.replace(year=today.year - 1))
    grant(person, "admin", since=today.replace(year=today.year + 1))
    with pytest.raises(NotAllowed):
        perform(permohonan, "send_to_siak", User.get_by_id(person.id))


def test_what_is_missing_is_said_by_the_name_of_the_answer_and_nothing_moves(staff, submit):
    permohonan = submit()
    with pytest.raises(transitions.Incomplete) as refused:
        perform(permohonan, "mark_incomplete", staff["admin"], deficiencies=[])
    assert set(refused.value.errors) == {"deficiencies"}
    assert Permohonan.get().state == "submitted"


def test_a_return_names_each_fault_and_keeps_the_words_out_of_the_chain(factory, submit):
    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    fault = Deficiency.get()
    assert (fault.key, fault.reason, fault.text) == ("surat_lahir", "tidak_terbaca", "Buram.")
    event = Event.select().order_by(Event.version.desc()).get()
    assert "Buram" not in str(event.__data__)
    assert permohonan.state == "incomplete" and permohonan.paused_at and permohonan.lapses_at


def test_every_promise_of_a_row_is_written_in_the_same_transaction(submit):
    permohonan = submit()
    told = sorted((row.payload["audience"], row.payload["channel"]) for row in Outbox.select())
    assert told == [("admin", "inbox"), ("applicant", "email"), ("applicant", "inbox")]
    assert permohonan.email == "pemohon@aku.example"


def test_a_failure_inside_the_transaction_leaves_nothing_behind(app, staff, submit, monkeypatch):
    permohonan = submit()
    before = _everything()

    def breaks(*args, **kwargs):
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(transitions, "outbox_rows", breaks)
    with pytest.raises(RuntimeError):
        perform(permohonan, "send_to_siak", staff["admin"])
    assert _everything() == before
    assert permohonan.state == "submitted"


def test_the_event_names_the_officer_in_an_erasable_text_only(staff, submit):
    perform(submit(), "send_to_siak", staff["admin"])
    event = Event.select().order_by(Event.version.desc()).get()
    assert EventText.get(EventText.event == event).texts["actor"] == staff["admin"].name
    assert staff["admin"].name not in str(event.codes)
