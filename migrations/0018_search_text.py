"""Applications are found by a folded text: names without diacritics and apostrophes, numbers without hyphens.

It folds as the program of today does: whoever changes `fold` writes a migration that folds anew.
"""

from peewee import SqliteDatabase, TextField

from lib.name_search import search_text

OLD_INDEX = "permohonan_names"
BATCH = 1000


def up(migrator, db):
    if isinstance(db, SqliteDatabase):
        for name in ("insert", "delete", "update"):
            db.execute_sql(f"DROP TRIGGER IF EXISTS {OLD_INDEX}_{name}")
        db.execute_sql(f"DROP TABLE IF EXISTS {OLD_INDEX}")
    else:
        db.execute_sql(f"DROP INDEX IF EXISTS {OLD_INDEX}")
    migrator.migrate(migrator.add_column("permohonan", "search_text", TextField(default="")))
    last = 0
    while rows := _batch(db, last):
        fold_rows(db, rows)
        last = rows[-1][0]


def _batch(db, last):
    columns = "id, number, subject_name, applicant_name"
    submitted = f"id > {db.param} AND submitted_at IS NOT NULL"
    return db.execute_sql(
        f"SELECT {columns} FROM permohonan WHERE {submitted} ORDER BY id LIMIT {BATCH}", (last,)
    ).fetchall()


def fold_rows(db, rows):
    cases = " ".join([f"WHEN {db.param} THEN {db.param}"] * len(rows))
    values = [value for ident, *texts in rows for value in (ident, search_text(*texts))]
    marks = ", ".join([db.param] * len(rows))
    db.execute_sql(
        f"UPDATE permohonan SET search_text = CASE id {cases} END WHERE id IN ({marks})",
        (*values, *(ident for ident, *_ in rows)),
    )


def down(migrator, db):
    migrator.migrate(migrator.drop_column("permohonan", "search_text"))
