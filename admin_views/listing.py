"""Which applications a page of a list shows, and how many wait: by indexes alone, however many there are.

Each state is a branch of its own, read in order from its index, so that no list sorts or counts what it doesn't show.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import peewee as pw
from flask import current_app

import claims
import trail
from lib import fast_sql
from lib.fast_sql import Condition
from lib.name_search import EVERYTHING, Source
from models import Edition, Permohonan
from templating import COUNTED

REMEMBERED = 2000  # conditions and statements
PLACE = "LEFT JOIN village v ON v.id = t.village_id LEFT JOIN district d ON d.id = v.district_id"
BESIDE = ("village_name", "district_name", *claims.CLAIM_FIELDS, "seen")  # in a row of a list, behind its own columns


@dataclass(frozen=True)
class Pages:
    """Where a page lies among the others; an address is empty where there is none."""

    first: int
    last: int
    count: int
    more: bool  # there are more than were counted
    before: str
    after: str


def condition(key: tuple | None, query: Callable[[], pw.ModelSelect]) -> Condition:
    """The text behind WHERE of a query and its values; made once for each key, if there is one."""
    if key is None:
        return fast_sql.condition(query(), "p")
    known: OrderedDict[tuple, Condition] = current_app.extensions.setdefault("conditions", OrderedDict())
    if key not in known:
        known[key] = fast_sql.condition(query(), "p")
        if len(known) > REMEMBERED:
            known.popitem(last=False)
    return known[key]


def page(
    branches: Iterable[Condition],
    order: Sequence,
    size: int,
    offset: int,
    source: Source = EVERYTHING,
    viewer: int | None = None,
) -> list:
    """The rows of one page: of each branch at most as many as could be on it, then the first of all.

    Each with its place, the claim of its version, and which version the viewer saw, if it is said who that is.
    """
    wheres, values = zip(*branches, strict=True)
    text = _page(wheres, tuple(_part(one) for one in order), size, offset, source, viewer is not None)
    given = chain([] if viewer is None else [viewer], *values)
    return list(map(fast_sql.shape(Permohonan, *BESIDE), fast_sql.rows(text, given)))


@lru_cache(REMEMBERED)
def _page(
    wheres: tuple[str, ...], order: tuple[tuple[str, str], ...], size: int, offset: int, source: Source, seen: bool
) -> str:
    """The statement of a page."""
    outer = ", ".join(f"o{place}{down}" for place, (_, down) in enumerate(order))
    ids = _ids(wheres, order, outer, size, offset, source)
    beside = f"v.name, d.name, {claims.CLAIM_COLUMNS}, {trail.SEEN_VERSION if seen else 'NULL'}"
    both = f"FROM ({ids}) w JOIN permohonan t ON t.id = w.id {PLACE} {claims.CLAIM_JOIN} ORDER BY {outer}"
    return f"SELECT {fast_sql.columns(Permohonan, 't')}, {beside} {both}"


def _ids(
    wheres: tuple[str, ...], order: tuple[tuple[str, str], ...], outer: str, size: int, offset: int, source: Source
) -> str:
    """The ids of a page, with what it is ordered by."""
    named = ", ".join(f"p.{column} AS o{place}" for place, (column, _) in enumerate(order))
    inner = ", ".join(f"{source.id if column == 'id' else f'p.{column}'}{down}" for column, down in order)
    each = [f"SELECT p.id, {named} FROM {source.text} WHERE {where} ORDER BY {inner}" for where in wheres]  # noqa: S608
    if len(each) == 1:
        return f"{each[0]} LIMIT {size} OFFSET {offset}"
    few = (f"SELECT * FROM ({one} LIMIT {offset + size}) b{number}" for number, one in enumerate(each))  # noqa: S608
    return f"SELECT * FROM ({' UNION ALL '.join(few)}) u ORDER BY {outer} LIMIT {size} OFFSET {offset}"  # noqa: S608


def _part(part) -> tuple[str, str]:
    """Column and direction of a part of an order."""
    down = isinstance(part, pw.Ordering) and part.direction == "DESC"
    field = part.node if isinstance(part, pw.Ordering) else part
    return field.column_name, " DESC" if down else ""


def counts(branches: Mapping[Any, Condition], at_most: int = COUNTED) -> dict[Any, int]:
    """How many each branch holds, counted to just beyond `at_most`; one statement."""
    if not branches:
        return {}
    wheres, values = zip(*branches.values(), strict=True)
    found: dict[Any, int] = dict(fast_sql.rows(_counts(wheres, at_most), chain(*values)))
    return {name: found[number] for number, name in enumerate(branches)}


@lru_cache(REMEMBERED)
def _counts(wheres: tuple[str, ...], at_most: int) -> str:
    """The statement that counts branches by their number."""
    few = (f"SELECT 1 FROM permohonan p WHERE {where} LIMIT {at_most + 1}" for where in wheres)  # noqa: S608 -- ours
    each = (f"SELECT {number}, COUNT(*) FROM ({one}) AS few_{number}" for number, one in enumerate(few))  # noqa: S608
    return " UNION ALL ".join(each)


def learn(rows: Iterable) -> None:
    """Read the editions of these rows that aren't known yet, all at once; one never changes once it is there."""
    known: dict[int, Edition] = current_app.extensions.setdefault("editions", {})
    if fresh := {row.edition_id for row in rows} - known.keys():
        known |= {one.id: one for one in Edition.select().where(Edition.id.in_(fresh))}


def joined(rows: list[Permohonan]) -> list[Permohonan]:
    """The same, each with its edition."""
    learn(rows)
    known = current_app.extensions["editions"]
    for row in rows:
        row.__rel__["edition"] = known[row.edition_id]
    return rows
