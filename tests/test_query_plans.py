"""Query plans of lists on PostgreSQL: they keep to their indexes right after a load or a restore, before any VACUUM."""

import re

import pytest

from lib import encryption
from lib.database import database
from models import Permohonan, Search, User
from tests.helpers.staff_client import EMAIL_BY_ROLE, sign_in_officer

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
MANY = 30_000
MADE = {
    "id": None,
    "key": "key || n",
    "number": "left(number, 6) || n",
    "state": "'completed'",
    "due_at": "due_at + n * interval '1 minute'",
}


@pytest.fixture
def loaded(app, submit):
    """An office with many applications that are done and one that waits, analysed but never vacuumed."""
    submit()
    database.execute_sql("ALTER TABLE permohonan SET (autovacuum_enabled = off)")
    columns = [field.column_name for field in Permohonan._meta.sorted_fields if field.column_name != "id"]
    values = ", ".join(MADE.get(name) or f'"{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    database.execute_sql(
        f"INSERT INTO permohonan ({names}) SELECT {values} FROM permohonan, generate_series(1, {MANY}) n"
    )
    database.execute_sql("ANALYZE")


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
