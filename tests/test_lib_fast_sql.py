"""Compiled queries read and write what peewee would have read and written, however many rows go together."""

from datetime import timedelta

import peewee as pw
import pytest

from accounts.reach import visible_as
from lib import fast_sql
from lib.database import now
from models import TABLES, Check, Event, EventText, Grant, Office, Outbox, Permohonan, User


def test_a_query_is_compiled_once_and_run_with_the_values_of_each_call(factory):
    made = []

    @fast_sql.prepared
    def users(emails, name):
        made.append(len(emails))
        return User.select(User.email).where(User.email.in_(emails), (User.name == name) | (User.name != name))

    admin, kadis = factory.staff["admin"], factory.staff["kadis"]
    assert users([admin.email], admin.name) == [(admin.email,)]
    assert users([kadis.email], kadis.name) == [(kadis.email,)]
    assert sorted(users([admin.email, kadis.email], "")) == sorted([(admin.email,), (kadis.email,)])
    assert made == [1, 2]


def test_a_row_becomes_the_object_that_peewee_would_have_made(factory, submit):
    submit()
    tried = set()
    for model in TABLES:
        query = model.select().order_by(model.id).limit(20)
        for row, one in zip(list(query.tuples()), query, strict=True):
            columns = fast_sql.prepared(lambda ident, of=model: of.select().where(of.id == ident))(row[0])[0]
            found = fast_sql.load(model, (*columns, "more"))
            assert {name: getattr(found, name) for name in found.__data__} == {
                name: getattr(one, name) for name in one.__data__
            }
            assert not found.is_dirty()
            tried.add(model)
    assert {User, Grant, Permohonan, Event, EventText} <= tried


def test_what_an_outer_join_did_not_find_is_none(factory):
    @fast_sql.prepared
    def grants(user):
        joined = User.select(User, Grant, Office).join(Grant, pw.JOIN.LEFT_OUTER, on=(Grant.user == User.id))
        return joined.join(Office, pw.JOIN.LEFT_OUTER, on=(Grant.office == Office.id)).where(User.id == user)

    def found(user):
        (row,) = grants(user.id)
        return fast_sql.load(Grant, row[fast_sql.width(User) :], office=Office)

    assert found(factory.other_applicant) is None
    assert found(factory.staff["admin"]).office.code == "dinas"


def test_a_condition_holds_for_the_rows_of_its_query(factory, submit):
    submit()
    for user in User.select():
        query = visible_as(user, *user.roles)
        where, values = fast_sql.condition(query, "p")
        found = fast_sql.rows(f"SELECT p.id FROM permohonan p WHERE {where}", values)
        assert {ident for (ident,) in found} == {one.id for one in query}, user.email


def test_rows_that_go_together_are_as_if_each_had_been_created_alone(factory, submit):
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


def test_kinds_of_values_come_back_as_they_went(factory, submit):
    by, moment = factory.staff["admin"].id, now()
    about = {"permohonan": submit().id, "kind": "complete", "digest": "0" * 64, "by": by}
    rows = [about | {"key": f"k{n}", "good": n > 0, "text": "a'b\n" * n, "at": moment} for n in range(3)]
    fast_sql.insert(Check, rows)
    found = Check.select().where(Check.kind == "complete", Check.digest == "0" * 64).order_by(Check.key)
    assert [(one.key, one.good, one.text, one.at, one.by_id) for one in found] == [
        (row["key"], row["good"], row["text"], moment, by) for row in rows
    ]


def test_an_update_tells_which_rows_it_changed_and_takes_lists_and_expressions(factory):
    ids = [ident for (ident,) in fast_sql.insert(Outbox, [{"job": f"j{n}"} for n in range(3)])]

    def next_attempt():
        return Outbox.attempts + 1

    changed = {"attempts": next_attempt, "payload": {"b": 1, "a": [2]}, "done_at": now()}
    found = fast_sql.update(Outbox, changed, {"id": ids[:2], "attempts": 0})
    assert sorted(ident for (ident,) in found) == sorted(ids[:2])
    assert fast_sql.update(Outbox, changed, {"id": ids[0], "attempts": 0}) == []
    first, _, third = map(Outbox.get_by_id, ids)
    assert (first.attempts, first.payload, first.done_at) == (1, changed["payload"], changed["done_at"])
    assert (third.attempts, third.done_at) == (0, None)
    assert fast_sql.update(Outbox, {"state": "done"}, {"id": ids[2]}, next_attempt) == [(1,)]
