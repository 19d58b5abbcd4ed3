"""Migrations of the schema, then what is no model: append-only triggers, the index for name search."""

from pathlib import Path

from playhouse.migrations import Runner

from lib import name_search
from lib.database import database, is_sqlite

FOLDER = Path(__file__).resolve().parent
APPEND_ONLY = ("event", "seal", "revision", "attachment", "claim_change", "note", "access", "export")


def migrate() -> list[str]:
    """Apply pending migrations, in order, and return their names. Run once, before web and worker start."""
    applied = Runner(database.obj, str(FOLDER)).up()
    for table in APPEND_ONLY:
        for operation in ("UPDATE", "DELETE"):
            _forbid(table, operation)
    name_search.create_index()
    return applied


def _forbid(table: str, operation: str) -> None:
    name = f"{table}_no_{operation.lower()}"
    if is_sqlite():
        database.execute_sql(
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {operation} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    database.execute_sql(
        "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$ LANGUAGE plpgsql"
    )
    database.execute_sql(
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
    )
