"""Test data generator: many fictitious applications for load tests. Refused outside of AKU_ENV=demo.

The open and the newest applications are complete: events, texts, answers, files, documents. The older ones have only
milestone events, in a valid hash chain, with their texts as if erased. All share a few sample files.
"""

from collections.abc import Callable
from contextlib import contextmanager

from flask import current_app

import accounts
import sealing
from crowd.applications import Applications
from lib.database import database, is_sqlite, transaction

AT_ONCE = 2000
WHOLE = 20_000  # the newest ones have complete histories


def fill(rows: int, waiting: int = 0, tell: Callable[[int], None] = lambda done: None) -> None:
    """Generate `rows` applications, `waiting` or more just submitted; `tell` is called with the number done."""
    if not current_app.config["DEMO"]:
        raise accounts.Refused("Permohonan peragaan hanya ada dengan AKU_ENV=demo.")
    applications = Applications(rows, waiting, WHOLE)
    with _hurried():
        for first in range(0, rows, AT_ONCE):
            last = min(first + AT_ONCE, rows)
            with transaction():
                applications.add(range(first, last))
            sealing.seal()
            tell(last)
    database.execute_sql("ANALYZE")


@contextmanager
def _hurried():
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
