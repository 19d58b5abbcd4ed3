"""The two statements of a list, one for the rows of its page and one for its counts; it knows no view.

Each state is a branch of its own, read in order from its index, so that no list sorts or counts what it doesn't show,
however many applications there are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import peewee as pw
from flask import current_app

from casework import access_log, claims
from lib import fast_sql
from lib.fast_sql import Condition
from lib.name_search import EVERYTHING, Source
from models import Edition, Permohonan
from web.filters import MAX_COUNTED

CACHED = 2000  # conditions in a process; making one costs more than a tenth of a queue's page
PLACE = "LEFT JOIN village v ON v.id = t.village_id LEFT JOIN district d ON d.id = v.district_id"
JOINED = ("village_name", "district_name", *claims.CLAIM_FIELDS, "seen")  # in a row of a list, behind its own columns


def condition(key: tuple | None, query: Callable[[], pw.ModelSelect]) -> Condition:
    """Return the condition of a query; cached by its key, if there is one."""
    if key is None:
        return fast_sql.condition(query(), "p")
    cached: dict[tuple, Condition] = current_app.extensions.setdefault("conditions", {})
    if key not in cached:
        if len(cached) >= CACHED:
            cached.clear()
        cached[key] = fast_sql.condition(query(), "p")
    return cached[key]


def order_by_index(condition: Condition) -> Condition:
    """Order the condition of one state by the index of states, to be counted.

    Without an order, PostgreSQL's generic plan takes every state for equally frequent, and after a load or a restore,
    before any VACUUM, it reads the whole table to find the first few of a rare one.
    """
    where, values = condition
    return f"{where} ORDER BY p.due_at, p.id", values


def page(
    branches: Iterable[Condition],
    order: Sequence,
    size: int,
    offset: int,
    source: Source = EVERYTHING,
    viewer: int | None = None,
) -> list:
    """Fetch the rows of one page: of each branch at most as many as could be on it, then the first of all.

    Each with its place, the claim of its version, and which version the viewer saw, if it is said who that is.
    """
    wheres, values = zip(*branches, strict=True)
    directions = [_direction(one) for one in order]
    outer = ", ".join(f"o{place}{down}" for place, (_, down) in enumerate(directions))
    ids = _ids(wheres, directions, outer, size, offset, source)
    beside = f"v.name, d.name, {claims.CLAIM_COLUMNS}, {'NULL' if viewer is None else access_log.SEEN_VERSION}"
    both = f"FROM ({ids}) w JOIN permohonan t ON t.id = w.id {PLACE} {claims.CLAIM_JOIN} ORDER BY {outer}"
    given = chain([] if viewer is None else [viewer], *values)
    found = fast_sql.rows(f"SELECT {fast_sql.columns(Permohonan, 't')}, {beside} {both}", given)
    return list(map(fast_sql.shape(Permohonan, *JOINED), found))


def _ids(
    wheres: Sequence[str], directions: list[tuple[str, str]], outer: str, size: int, offset: int, source: Source
) -> str:
    """The ids of a page, with what it is ordered by."""
    named = ", ".join(f"p.{column} AS o{place}" for place, (column, _) in enumerate(directions))
    inner = ", ".join(f"{source.id if column == 'id' else f'p.{column}'}{down}" for column, down in directions)
    each = [f"SELECT p.id, {named} FROM {source.text} WHERE {where} ORDER BY {inner}" for where in wheres]  # noqa: S608
    if len(each) == 1:
        return f"{each[0]} LIMIT {size} OFFSET {offset}"
    few = (f"SELECT * FROM ({one} LIMIT {offset + size}) b{number}" for number, one in enumerate(each))  # noqa: S608
    return f"SELECT * FROM ({' UNION ALL '.join(few)}) u ORDER BY {outer} LIMIT {size} OFFSET {offset}"  # noqa: S608


def _direction(part) -> tuple[str, str]:
    """Column and direction of a part of an order."""
    down = isinstance(part, pw.Ordering) and part.direction == "DESC"
    field = part.node if isinstance(part, pw.Ordering) else part
    return field.column_name, " DESC" if down else ""


def counts(branches: Mapping[Any, Condition], at_most: int = MAX_COUNTED) -> dict[Any, int]:
    """Count what each branch holds, to just beyond `at_most`; one statement."""
    if not branches:
        return {}
    wheres, values = zip(*branches.values(), strict=True)
    few = (f"SELECT 1 FROM permohonan p WHERE {where} LIMIT {at_most + 1}" for where in wheres)  # noqa: S608 -- ours
    each = (f"SELECT {number}, COUNT(*) FROM ({one}) AS few_{number}" for number, one in enumerate(few))  # noqa: S608
    found: dict[int, int] = dict(fast_sql.rows(" UNION ALL ".join(each), chain(*values)))
    return {name: found[number] for number, name in enumerate(branches)}


def load_editions(rows: Iterable) -> None:
    """Read the editions of these rows that aren't known yet, all at once; one never changes once it is there."""
    known: dict[int, Edition] = current_app.extensions.setdefault("editions", {})
    if fresh := {row.edition_id for row in rows} - known.keys():
        known |= {one.id: one for one in Edition.select().where(Edition.id.in_(fresh))}


def attach_editions(rows: list[Permohonan]) -> list[Permohonan]:
    """Set the edition of each row."""
    load_editions(rows)
    known = current_app.extensions["editions"]
    for row in rows:
        row.__rel__["edition"] = known[row.edition_id]
    return rows
