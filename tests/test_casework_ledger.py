"""The event log can't be changed unnoticed: triggers refuse, and without them the chain and the seals show it."""

from datetime import timedelta

import peewee as pw
import pytest

from casework import ledger
from lib.database import database, is_sqlite, now
from models import Attachment, Event, EventText, Outbox, Permohonan, Revision, Seal


@pytest.fixture
def history(factory, submit):
    """An application with five events."""
    return factory.advance_to(submit(), "awaiting_tte")


def _without_triggers(table):
    for operation in ("update", "delete"):
        where = "" if is_sqlite() else f" ON {table}"
        database.execute_sql(f"DROP TRIGGER {table}_no_{operation}{where}")


def _remove(event):
    EventText.delete().where(EventText.event == event).execute()
    Outbox.update(event=None).where(Outbox.event == event).execute()
    Event.delete().where(Event.id == event.id).execute()


def test_a_whole_log_has_nothing_to_say(history):
    assert list(ledger.verify()) == []


@pytest.mark.parametrize("table", [Event, Revision, Attachment])
def test_what_was_recorded_can_neither_be_changed_nor_deleted(history, table):
    field = next(iter(table._meta.sorted_fields[1:]))
    for attempt in (table.update({field: field}), table.delete()):
        with pytest.raises(pw.DatabaseError, match="append-only"):
            attempt.execute()


def test_a_changed_event_is_named(history):
    _without_triggers("event")
    Event.update(action="cancel").where(Event.version == 3).execute()
    assert f"permohonan {history.id}: peristiwa versi 3 berubah" in list(ledger.verify())


def test_a_removed_event_is_named(history):
    _without_triggers("event")
    _remove(Event.get(Event.version == 3))
    assert f"permohonan {history.id}: peristiwa sebelum versi 4 hilang" in list(ledger.verify())


def test_a_cut_tail_is_found_by_the_state_and_by_the_seal(history, set_clock):
    set_clock(2036, 1, 1, 9, 0)
    assert ledger.seal()
    _without_triggers("event")
    last = Event.select().order_by(Event.version.desc()).get()
    _remove(last)
    Permohonan.update(state=last.source, version=last.version - 1).execute()
    assert any("segel" in fault for fault in ledger.verify())


def test_a_state_set_behind_the_workflows_back_is_named(factory, history):
    factory.force_state(history, "completed")
    assert any("tidak sama dengan peristiwa terakhirnya" in fault for fault in ledger.verify())


def test_erasing_a_name_breaks_no_chain_and_changing_it_does(history):
    EventText.update(texts={"actor": "Orang Lain"}).where(EventText.event == Event.get(Event.version == 2)).execute()
    assert any("teks peristiwa versi 2 berubah" in fault for fault in ledger.verify())
    EventText.delete().execute()
    assert list(ledger.verify()) == []


def test_seals_follow_one_another_without_gap_and_leave_what_is_not_settled(app, history, set_clock):
    assert ledger.seal() is None  # younger than two minutes
    moment = now()
    app.config["CLOCK"] = lambda: moment + timedelta(minutes=3)
    first = ledger.seal()
    assert (first.since, first.until) == (1, Event.select(pw.fn.MAX(Event.id)).scalar())
    assert ledger.seal() is None
    assert list(ledger.verify()) == [] and Seal.select().count() == 1
