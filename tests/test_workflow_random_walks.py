"""Random walks over the whole table, on both tracks and for every kind of product: no application gets stuck."""

import random

import pytest
from flask import g

import office
import workflow
from admin_views.queue.view import QueueView
from casework import ledger
from casework.transitions import Incomplete, NotAllowed, perform
from documents import signing
from intake import drafts
from models import Document, Event, Office, Permohonan
from tests.helpers.staff_client import registered_views
from workflow import STATES, TRANSITIONS

STEPS = 45


def _actors(factory, row, permohonan):
    """Who could perform this row now."""
    found = [None] if "system" in row.roles and workflow.permitting_grant(row, permohonan, None) else []
    return found + [person for person in factory.all_users if row in workflow.allowed(permohonan, person)]


def _open_to_somebody(factory, permohonan):
    return [
        (row, actor)
        for row in TRANSITIONS
        if permohonan.state in row.sources
        for actor in _actors(factory, row, permohonan)
    ]


def _queues_of(app, factory, permohonan):
    """The queues, each with a person in whose list of it the application stands."""
    found = []
    for person in factory.all_users:
        with app.test_request_context():
            g._login_user = person
            for view in registered_views(app):
                lists = isinstance(view, QueueView) and view.show_on_home and view.is_accessible()
                if lists and view.scope().where(Permohonan.id == permohonan.id).exists():
                    found.append((view.endpoint, person.email))
    return found


def _prepare(factory, permohonan, row):
    """What an applicant does before sending a correction."""
    if row.action == "resubmit":
        draft = drafts.get_draft(permohonan)
        for key in draft.open_keys:
            if key in {one["key"] for one in permohonan.edition.body["requirements"]}:
                factory.attach(permohonan, key)


WALKS = [
    *[("sqlite", code, track) for code in ("AK-LAHIR", "KTP-HILANG", "AK-MATI") for track in workflow.TRACKS],
    *zip(["postgresql"] * 2, ("AK-LAHIR", "KTP-HILANG"), workflow.TRACKS, strict=True),  # the same table
]


@pytest.mark.parametrize(("database_kind", "code", "track"), WALKS)
def test_no_walk_over_the_table_ends_where_nobody_can_act(app, factory, code, track):
    dice = random.Random(f"{code}{track}")
    seen = set()
    for _ in range(2):
        permohonan = factory.submit(code, track)
        for _ in range(STEPS):
            ways = _open_to_somebody(factory, permohonan)
            if permohonan.state == "cancelled":
                break
            assert ways, f"nobody can act on {permohonan.state}"
            gentle = [way for way in ways if way[0].target != "cancelled"] or ways
            onward = [way for way in gentle if way[0].tone == "main"]
            row, actor = dice.choice(onward if onward and dice.random() < 0.7 else gentle)
            _prepare(factory, permohonan, row)
            try:
                perform(permohonan, row.action, actor, **factory.answers(permohonan, row.action))
            except (Incomplete, NotAllowed) as refused:
                assert actor is None, (row.action, str(refused))  # the system alone may find nothing to record
            permohonan = Permohonan.get_by_id(permohonan.id)
            if permohonan.state not in seen and permohonan.state not in ("cancelled", "completed"):
                assert _queues_of(app, factory, permohonan), f"{permohonan.state} is in nobody's queue"
            seen.add(permohonan.state)
            if permohonan.state == "signing":
                signing.finish_interrupted()
    assert list(ledger.verify()) == []
    assert {"siak_entry", "adb_review", "awaiting_tte", "signed", "ready", "completed"} <= seen


def test_every_open_state_is_in_the_queue_of_an_active_person(factory, submit):
    """After any transition each open application waits for somebody who can reach it and act."""
    for track in ("self_service", "counter"):
        permohonan = submit("AK-MATI", track)
        for state in set(STATES) - {"draft", "cancelled", "completed"}:
            permohonan.state = state
            ways = _open_to_somebody(factory, permohonan)
            assert ways, (track, state)


def test_numbers_of_one_place_and_day_never_meet(factory):
    for _ in range(3):
        factory.advance_to(factory.submit(), "ready")
    numbers = [(row.pickup_office_id, row.pickup_on, row.pickup_number) for row in Permohonan.select()]
    assert len(set(numbers)) == 3
    place = Office.get(Office.kind == "dinas")
    assert {row.pickup_on for row in Permohonan.select()} == {office.propose_pickup_day(place)}


def test_a_recalled_document_is_revoked_and_its_application_goes_round_again(factory, submit):
    permohonan = factory.advance_to(submit(), "completed")
    permohonan = factory.perform(permohonan, "recall_document", "kabid")
    assert permohonan.state == "revision" and permohonan.pickup_number is None
    assert Document.get().revoked_at is not None
    permohonan = factory.perform(permohonan, "submit_draft", "siak_operator")
    permohonan = factory.perform(factory.perform(permohonan, "verify_adb", "adb"), "verify_kabid", "kabid")
    permohonan = factory.perform(permohonan, "approve_tte", "kadis")
    assert permohonan.state == "signed" and Document.select().count() == 2
    assert Event.select().where(Event.action == "approve_tte").count() == 2
