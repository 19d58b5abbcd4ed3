"""The short way of writing keeps what the models' own way would have kept, however many rows go together."""

from datetime import timedelta

import pytest

from lib import fast_sql
from lib.database import now
from models import Check, Outbox


def test_rows_that_go_together_are_as_if_each_had_been_created_alone(world, submit):
    event, moment = submit().events.get(), now()
    each = [
        {"event": event.id, "job": "tell", "payload": {"n": 1, "ä": None}, "run_after": moment, "leased_until": None},
        {"event": None, "job": "tell", "payload": {}, "run_after": moment + timedelta(1), "leased_until": moment},
    ]
    together = [Outbox.get_by_id(ident) for (ident,) in fast_sql.insert(Outbox, each)]
    alone = [Outbox.create(**facts) for facts in each]
    for one, other in zip(together, map(Outbox.get_by_id, alone), strict=True):
        kept = {name: value for name, value in one.__data__.items() if name not in ("id", "created_at")}
        assert kept == {name: other.__data__[name] for name in kept}
        assert abs(one.created_at - other.created_at) < timedelta(minutes=5)


@pytest.mark.parametrize("count", [1, 2, 700])
def test_rows_that_are_all_the_same_are_kept_as_many_as_they_are(app, count):
    ids = [ident for (ident,) in fast_sql.insert(Outbox, [{"job": "tell"}] * count)]
    assert len(set(ids)) == count == Outbox.select().where(Outbox.id.in_(ids), Outbox.job == "tell").count()
    assert fast_sql.insert(Outbox, []) == []


def test_values_that_are_only_equal_are_kept_as_they_are(app):
    """In JSON 1 and true are two things, and to Python one."""
    several = [{"n": 1}, {"n": True}, {"n": 1.0}, {"n": [0, False]}, {"n": [False, 0]}]
    for payloads in (several, several[1::-1], several[3:]):
        ids = fast_sql.insert(Outbox, [{"job": f"j{number}", "payload": one} for number, one in enumerate(payloads)])
        kept = [Outbox.get_by_id(ident).payload for (ident,) in ids]
        assert list(map(repr, kept)) == list(map(repr, payloads))


def test_kinds_of_values_come_back_as_they_went(world, submit):
    by, moment = world.staff["admin"].id, now()
    about = {"permohonan": submit().id, "kind": "complete", "digest": "0" * 64, "by": by}
    rows = [about | {"key": f"k{n}", "good": n > 0, "text": "a'b\n" * n, "at": moment} for n in range(3)]
    fast_sql.insert(Check, rows)
    found = Check.select().where(Check.kind == "complete", Check.digest == "0" * 64).order_by(Check.key)
    assert [(one.key, one.good, one.text, one.at, one.by_id) for one in found] == [
        (row["key"], row["good"], row["text"], moment, by) for row in rows
    ]
