"""Which applications a page of a list shows, and how many wait: by indexes alone, however many there are.

Each state is a branch of its own, read in order from its index, so that no list sorts or counts what it doesn't show.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import peewee as pw
from flask import current_app

from models import Edition, Permohonan, User, quick
from templating import COUNTED

REMEMBERED = 2000  # conditions
PLACE = ("village_name", "district_name")  # in a row of a list, behind the columns of its table
Condition = tuple[str, tuple]


@dataclass(frozen=True)
class Pages:
    """Where a page lies among the others; an address is empty where there is none."""

    first: int
    last: int
    count: int
    more: bool  # there are more than were counted
    before: str
    after: str


def person(user: User) -> tuple:
    """What somebody's reach and buttons hang on."""
    return user.id, *((one.role, one.office_id, one.group, one.area, one.acting_for_id) for one in user.grants)


def condition(key: tuple | None, query: Callable[[], pw.ModelSelect]) -> Condition:
    """The text behind WHERE of a query and its values; made once for each key, if there is one."""
    if key is None:
        return _condition(query())
    known: OrderedDict[tuple, Condition] = current_app.extensions.setdefault("conditions", OrderedDict())
    if key not in known:
        known[key] = _condition(query())
        if len(known) > REMEMBERED:
            known.popitem(last=False)
    return known[key]


def _condition(query: pw.ModelSelect) -> Condition:
    text, values = query.select(pw.SQL("1")).sql()
    return text.partition(" WHERE ")[2].replace("%s", "?").replace('"t1".', "p."), tuple(values)


def page(branches: Iterable[Condition], order: Sequence, size: int, offset: int) -> list:
    """The rows of one page: of each branch at most as many as could be on it, then the first of all."""
    columns, directions = zip(*(_part(one) for one in order), strict=True)
    named = ", ".join(f"p.{column} AS o{place}" for place, column in enumerate(columns))
    inner = ", ".join(f"p.{column}{down}" for column, down in zip(columns, directions, strict=True))
    outer = ", ".join(f"o{place}{down}" for place, down in enumerate(directions))
    texts: list[str] = []
    values: list = []
    for number, (where, given) in enumerate(branches):
        one = f"SELECT p.id, {named} FROM permohonan p WHERE {where} ORDER BY {inner} LIMIT {offset + size}"  # noqa: S608
        texts.append(f"SELECT * FROM ({one}) b{number}")  # noqa: S608 -- names and numbers of ours
        values += given
    whole = f"SELECT * FROM ({' UNION ALL '.join(texts)}) u ORDER BY {outer} LIMIT {size} OFFSET {offset}"  # noqa: S608
    places = "LEFT JOIN village v ON v.id = t.village_id LEFT JOIN district d ON d.id = v.district_id"
    read = f"{quick.columns(Permohonan, 't')}, v.name, d.name FROM ({whole}) w JOIN permohonan t ON t.id = w.id"
    found = quick.rows(f"SELECT {read} {places} ORDER BY {outer}", values)
    return list(map(quick.shape(Permohonan, *PLACE), found))


def _part(part) -> tuple[str, str]:
    """Column and direction of a part of an order."""
    down = isinstance(part, pw.Ordering) and part.direction == "DESC"
    field = part.node if isinstance(part, pw.Ordering) else part
    return field.column_name, " DESC" if down else ""


def counts(branches: Mapping[Any, Condition], at_most: int = COUNTED) -> dict[Any, int]:
    """How many each branch holds, counted to just beyond `at_most`; one statement."""
    texts: list[str] = []
    values: list = []
    for number, (where, given) in enumerate(branches.values()):
        few = f"SELECT 1 FROM permohonan p WHERE {where} LIMIT {at_most + 1}"  # noqa: S608
        texts.append(f"SELECT {number}, COUNT(*) FROM ({few}) AS few_{number}")  # noqa: S608 -- numbers of ours
        values += given
    found = dict(quick.rows(" UNION ALL ".join(texts), values)) if texts else {}
    return {name: found[number] for number, name in enumerate(branches)}


def read(ids: list[int]) -> list[Permohonan]:
    """The applications with these ids, in this order."""
    return quick.by_ids(Permohonan, ids)


def learn(rows: Iterable) -> None:
    """Read the editions of these rows that aren't known yet, all at once; one never changes once it is there."""
    known: dict[int, Edition] = current_app.extensions.setdefault("editions", {})
    if fresh := {row.edition_id for row in rows} - known.keys():
        known |= {one.id: one for one in Edition.select().where(Edition.id.in_(fresh))}


def joined(rows: list[Permohonan]) -> list[Permohonan]:
    """The same, each with its edition."""
    learn(rows)
    for row in rows:
        row.__rel__["edition"] = current_app.extensions["editions"][row.edition_id]
    return rows
