"""Generated applications: any number, with a complete event log, nobody real, and work for each role."""

import re

import pytest

import accounts
from casework import document_numbers, ledger
from casework.transitions import perform
from models import Attachment, Document, Event, Permohonan, Revision, User
from seed import generate
from seed.generate.transition_paths import OPEN_STATES
from workflow import allowed


@pytest.fixture
def crowded(app, monkeypatch):
    monkeypatch.setattr(generate, "FULL_HISTORIES", 100)
    generate.generate_applications(400, waiting=60)
    return app


def test_a_crowd_is_mostly_finished_and_its_log_is_whole(crowded):
    states = [row.state for row in Permohonan.select()]
    assert len(states) == 400 and states.count("completed") > 250
    assert {"submitted"} <= set(states) <= {*OPEN_STATES, "completed", "cancelled"}
    assert list(ledger.verify()) == []
    assert Event.select().count() > 1000
    assert all(Attachment.select().where(Attachment.revision == row).exists() for row in Revision.select()[-20:])


def test_a_crowd_can_be_added_to_and_worked_on(crowded, factory):
    generate.generate_applications(50, waiting=50)
    assert Permohonan.select().count() == 450
    newest = Permohonan.select().order_by(Permohonan.id.desc()).get()
    assert allowed(newest, factory.staff["admin"])
    perform(newest, "send_to_siak", factory.staff["admin"])
    assert factory.submit().state == "submitted"  # the next number after theirs is free
    assert list(ledger.verify()) == []


def test_nobody_in_a_crowd_is_real(crowded):
    niks = {row.nik for row in User.select()} | {row.subject_nik for row in Permohonan.select()}
    niks |= set(re.findall(r"\b[0-9]{16}\b", str([row.answers for row in Revision.select()])))
    assert len(niks) > 400 and all(nik.startswith("510899") for nik in niks)
    assert all(row.email.endswith("@aku.example") for row in User.select())


def test_the_numbers_of_a_crowd_have_their_form_and_none_stands_twice(crowded):
    seen = {}
    for document in Document.select(Document, Permohonan).join(Permohonan).where(Document.kind == "pdf"):
        body = document.permohonan.edition.body
        product = next(one for one in body["products"] if one["key"] == document.product)
        kind = document_numbers.kind_of(product)
        assert document_numbers.tidy(product, document.number) == document.number
        assert not kind["patterns"] or document_numbers._match(kind, document.number), document.number
        assert seen.setdefault(document.number, document.permohonan_id) == document.permohonan_id, document.number
    assert len(seen) > 200


def test_there_is_no_crowd_outside_the_demonstration(app):
    app.config["DEMO"] = False
    with pytest.raises(accounts.AccountRefused):
        generate.generate_applications(1)
