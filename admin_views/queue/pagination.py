"""Pagination: by the number of the page where a list is counted, by keyset where it may be long; it renders nothing.

Keyset pagination starts at the key of the row beside the page, so that the last page is as quick as the first.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from admin_views.queue import query, sort_order
from admin_views.queue.query import Condition
from admin_views.scope import KEY
from lib.name_search import EVERYTHING, Source
from models import Permohonan
from web.filters import MAX_COUNTED

ARGUMENTS = ("page", "page_size", "sesudah", "sebelum")  # of an address: which page of a list
FURTHEST = 1_000_000  # the number of a page
NEWEST_FIRST, OLDEST_FIRST = (Permohonan.id.desc(),), (Permohonan.id.asc(),)
Page = tuple[list, "Pages"]


@dataclass(frozen=True)
class Pages:
    """The position of a page among the others; a URL is empty where there is no such page."""

    first: int
    last: int
    count: int
    more: bool  # there are more than were counted
    before: str
    after: str


def requested(view) -> tuple[int, int]:
    """Read the number of the page that was asked for, and how many rows it has."""
    size = request.args.get("page_size", 0, type=int)
    page = min(max(request.args.get("page", 0, type=int), 0), FURTHEST)
    return page, size if size in view.page_size_options else view.page_size


def numbered_page(view, branches: Collection[Condition], counts: Collection[int], viewer: int | None = None) -> Page:
    """Fetch the page that was asked for of a list whose branches were counted."""
    page, size = requested(view)
    more, count = max(counts, default=0) > MAX_COUNTED, sum(counts)
    page = min(page, (view.count_cap if more else max(count - 1, 0)) // size)
    rows = query.page(branches, sort_order.order(view), size, page * size, viewer=viewer)
    last = page * size + len(rows)
    onward = len(rows) == size and (more or last < count)
    before, after = _url(view, page - 1, size) if page else "", _url(view, page + 1, size) if onward else ""
    return rows, Pages(page * size + 1, last, max(count, last), more, before, after)


def uncounted_page(view, first_rows: Callable[[int, int], list]) -> Page:
    """Fetch the page that was asked for of a list that nobody counts, by `first_rows(size, offset)`."""
    page, size = requested(view)
    page = min(page, view.count_cap // size)
    return _without_surplus(view, first_rows(size + 1, page * size), page, size)


def keyset_page(view, anchor: tuple[str, int], listed: Condition, source: Source = EVERYTHING) -> Page:
    """Fetch the page beside a row, newest first: `anchor` is "<" (after it) or ">" (before it), and its id."""
    (sign, ident), (page, size), (where, given) = anchor, requested(view), listed
    branch: Condition = f"{where} AND {source.id} {sign} ?", (*given, ident)
    order: Sequence[Any] = OLDEST_FIRST if sign == ">" else NEWEST_FIRST
    return _without_surplus(view, query.page([branch], order, size + 1, 0, source), page, size)


def anchor(view) -> tuple[str, int] | None:
    """Read which way from which application, where the address names one within reach."""
    for way, sign in (("sesudah", "<"), ("sebelum", ">")):
        key = request.args.get(way, "")
        if KEY.fullmatch(key):
            found = view.scope().where(Permohonan.key == key).select(Permohonan.id).tuples().first()
            return (sign, found[0]) if found else None
    return None


def link_by_keyset(view, rows: list, pages: Pages) -> Page:
    """Give a page the addresses of its neighbours by keyset: by its first and its last row."""
    page, size = requested(view)
    before = _url(view, page - 1, size, sebelum=rows[0].key) if page > 1 and rows else pages.before
    after = _url(view, page + 1, size, sesudah=rows[-1].key) if pages.after else ""
    return rows, replace(pages, before=before, after=after)


def _without_surplus(view, found: list, page: int, size: int) -> Page:
    """A page, of which one row more was looked for, to know whether there is another."""
    rows, more = sorted(found[:size], reverse=True), len(found) > size
    last = page * size + len(rows)
    after = _url(view, page + 1, size) if more else ""
    before = _url(view, page - 1, size) if page else ""
    return rows, Pages(page * size + 1 if rows else 0, last, last, more, before, after)


def _url(view, page: int, size: int, **more) -> str:
    """The address of another page of this list."""
    kept: dict = {name: request.args[name] for name in view.extra_arguments if name in request.args}
    kept |= {"page": page} if page else {}
    kept |= {"page_size": size} if size != view.page_size else {}
    return view.address_of(**kept, **more)
