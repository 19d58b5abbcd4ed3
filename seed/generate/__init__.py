"""Test data generator: many fictitious applications for load tests. Refused outside of AKU_ENV=demo.

The open and the newest applications are complete: events, texts, answers, files, documents. The older ones have only
milestone events, in a valid hash chain, with their texts as if erased. All share a few sample files.
"""

from collections.abc import Callable
from contextlib import contextmanager

from flask import current_app

import accounts
from casework import ledger
from lib.database import database, is_sqlite, transaction
from seed.generate.applications import ApplicationGenerator

BATCH_SIZE = 2000
FULL_HISTORIES = 20_000  # the newest ones have complete histories


def generate_applications(rows: int, waiting: int = 0, tell: Callable[[int], None] = lambda done: None) -> None:
    """Generate `rows` applications, `waiting` or more just submitted; `tell` is called with the number done."""
    if not current_app.config["DEMO"]:
        raise accounts.AccountRefused("Permohonan peragaan hanya ada dengan AKU_ENV=demo.")
    applications = ApplicationGenerator(rows, waiting, FULL_HISTORIES)
    with _without_fsync():
        for first in range(0, rows, BATCH_SIZE):
            last = min(first + BATCH_SIZE, rows)
            with transaction():
                applications.add(range(first, last))
            ledger.seal()
            tell(last)
    database.execute_sql("ANALYZE")


@contextmanager
def _without_fsync():
    """Turn off syncing to disk after each commit: the data can be generated again."""
    if not is_sqlite():
        database.execute_sql("SET synchronous_commit = off")
        yield
        database.execute_sql("SET synchronous_commit = on")
        return
    database.execute_sql("PRAGMA synchronous = off")
    database.execute_sql("PRAGMA cache_size = -400000")
    yield
    database.execute_sql("PRAGMA synchronous = full")
    database.execute_sql("PRAGMA cache_size = -32000")
