"""Brings a database to today's tables, and puts back what is no model: append-only triggers, the index of names."""

from pathlib import Path

from playhouse.migrations import Runner

from models import desk, log, names, people, permohonan, services, trail
from models.base import Table, database, is_sqlite

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
TABLES: tuple[type[Table], ...] = (
    people.District,
    people.Village,
    people.Office,
    people.User,
    people.Grant,
    people.WebSession,
    people.Token,
    people.Attempt,
    people.Address,
    people.Recovery,
    services.Layanan,
    services.Edition,
    services.Reason,
    services.MessageText,
    services.Fact,
    services.Holiday,
    permohonan.StoredFile,
    permohonan.Permohonan,
    permohonan.Draft,
    permohonan.DraftFile,
    permohonan.Revision,
    permohonan.Attachment,
    permohonan.Document,
    permohonan.Handover,
    permohonan.PickupCounter,
    log.Event,
    log.EventText,
    log.Deficiency,
    log.Seal,
    log.Outbox,
    log.Notice,
    desk.Claim,
    desk.ClaimChange,
    desk.Note,
    desk.Check,
    desk.Batch,
    desk.Comparison,
    trail.Access,
    trail.Search,
    trail.Export,
)
APPEND_ONLY = ("event", "seal", "revision", "attachment", "claim_change", "note", "access", "export")


def migrate() -> list[str]:
    """Apply what is missing, in order; returns the names applied. Run once, before web and worker start."""
    applied = Runner(database.obj, str(FOLDER)).up()
    for table in APPEND_ONLY:
        for operation in ("UPDATE", "DELETE"):
            _forbid(table, operation)
    names.prepare()
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
