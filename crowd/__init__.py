"""Fills an office with made-up applications, to try it at size; never outside the demonstration, and nobody real.

The open ones and the newest have everything: events, texts, answers, files, documents. Of the many older ones the
history keeps its milestones only, in a chain that holds, with its texts as if they had been erased. Files are a few
samples that all share.
"""

from collections.abc import Callable
from contextlib import contextmanager

from flask import current_app

import accounts
import sealing
from crowd.applications import Applications
from lib.database import database, is_sqlite, transaction

AT_ONCE = 2000
WHOLE = 20_000  # the newest, whose history is complete


def fill(rows: int, waiting: int = 0, tell: Callable[[int], None] = lambda done: None) -> None:
    """Add `rows` applications, at least `waiting` of them submitted and untouched; `tell` hears how many are done."""
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
    """Without waiting for the disk after each part: what a power cut takes away can be made up again."""
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
