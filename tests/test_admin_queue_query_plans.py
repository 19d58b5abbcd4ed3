"""Query plans of lists on PostgreSQL: they keep to their indexes right after a load or a restore, before any VACUUM."""

import re

import pytest

from lib import encryption
from lib.database import database
from models import Outbox, Permohonan, Search, User
from tests.helpers.staff_client import EMAIL_BY_ROLE, sign_in_officer

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
MANY = 30_000
APPLICATION = {
    "key": "key || n",
    "number": "left(number, 6) || n",
    "state": "'completed'",
    "due_at": "due_at + n * interval '1 minute'",
}
JOB = {"state": "'done'", "run_after": "run_after + n * interval '1 minute'"}


@pytest.fixture
def loaded(app, submit):
    """An office with many applications that are done and one that waits, analysed but never vacuumed."""
    submit()
    _copy_first(Permohonan, APPLICATION)
    _copy_first(Outbox, JOB)
    database.execute_sql("ANALYZE")


def _copy_first(model, changed):
    """Add many copies of the first row of a table, with these columns changed."""
    table = model._meta.table_name
    columns = [field.column_name for field in model._meta.sorted_fields if field.column_name != "id"]
    values = ", ".join(changed.get(name) or f'"{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    first = f"(SELECT * FROM {table} ORDER BY id LIMIT 1) first"
    database.execute_sql(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    database.execute_sql(f"INSERT INTO {table} ({names}) SELECT {values} FROM {first}, generate_series(1, {MANY}) n")


def generic_plan(statement: str) -> str:
    """How the server would run a statement that it has prepared, whatever the values."""
    places = iter(range(1, 1000))
    text = re.sub("%s", lambda _: f"${next(places)}", statement)
    database.execute_sql("SET plan_cache_mode = force_generic_plan")
    database.execute_sql(f"PREPARE asked AS {text}")
    nothing = ", ".join(["NULL"] * (next(places) - 1))
    plan = database.execute_sql(f"EXPLAIN EXECUTE asked({nothing})" if nothing else "EXPLAIN EXECUTE asked").fetchall()
    database.execute_sql("DEALLOCATE asked")
    database.execute_sql("RESET plan_cache_mode")
    return "\n".join(line for (line,) in plan)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("admin", "/petugas/pemeriksaan/"),
        ("admin", "/petugas/pemeriksaan/?keadaan=submitted"),
        ("admin", "/petugas/pemeriksaan/?jalur=self_service"),
        ("siak_operator", "/petugas/siak/"),
        ("kabid", "/petugas/penarikan/"),
        ("counter_operator", "/petugas/loket/"),
        ("admin", "/petugas/"),
    ],
)
def test_states_are_counted_and_listed_by_their_index(app, loaded, query_count, role, path):
    officer = sign_in_officer(app, role)
    with query_count() as seen:
        officer.text(path)
    asked = [text for text in seen if "FROM permohonan p" in text]
    assert any("COUNT(*)" in text for text in asked)
    for text in asked:
        assert "Seq Scan on permohonan" not in generic_plan(text), text


def test_a_search_for_a_state_is_counted_by_its_index(app, loaded, query_count):
    officer, key = sign_in_officer(app, "admin"), encryption.random_token()
    Search.create(
        key=key, user=User.get(User.email == f"{EMAIL_BY_ROLE['admin']}@aku.example"), wanted={"keadaan": "submitted"}
    )
    with query_count() as seen:
        officer.text(f"/petugas/permohonan/?cari={key}")
    (counted,) = [text for text in seen if "COUNT(*)" in text and "FROM permohonan p" in text]
    assert "Seq Scan on permohonan" not in generic_plan(counted)


def test_what_failed_is_counted_by_its_index(app, loaded, query_count):
    it = sign_in_officer(app, "it")
    with query_count() as seen:
        it.text("/petugas/")
    counted = [text for text in seen if "COUNT(" in text and '"outbox"' in text]
    assert counted and not any("Seq Scan on outbox" in generic_plan(text) for text in counted)
