"""Pages of the list over everything: by the key of the row beside them, so that the last is as quick as the first."""

from dataclasses import replace

from flask import g, request
from flask_login import current_user

from admin_views import listing
from admin_views.permohonan import PermohonanView
from admin_views.scope import KEY
from lib.name_search import EVERYTHING, Source
from models import Permohonan

BACKWARDS = (Permohonan.id.asc(),)


class FarPages(PermohonanView):
    """A list in the order of its ids, the newest first, in which one can go on and on."""

    order = (Permohonan.id.desc(),)

    def branches(self, states):
        """All states together stand in one order already."""
        if "whole" not in g:
            g.whole = self.whole()
        return {"": g.whole}

    def narrowed_branches(self):
        return self.branches(self.states)

    def whole(self) -> listing.Condition:
        """The condition of all that is listed."""
        return listing.condition((self.endpoint, *current_user.access_key), self.scope)

    def source(self) -> Source:
        """Where it is looked for."""
        return EVERYTHING

    def is_counted(self) -> bool:
        """Does one ask how many there are, or just for the first ones?"""
        return True

    def shown_page(self):
        anchor = self._anchor()
        rows, pages = self._next_to(*anchor) if anchor else self._from_the_start()
        page, size = self.asked_page()
        before = self._page(page - 1, size, sebelum=rows[0].key) if page > 1 and rows else pages.before
        after = self._page(page + 1, size, sesudah=rows[-1].key) if pages.after else ""
        return rows, replace(pages, before=before, after=after)

    def _anchor(self) -> tuple[str, int] | None:
        """Which way from which application, where the address names one within reach."""
        for way, sign in (("sesudah", "<"), ("sebelum", ">")):
            key = request.args.get(way, "")
            if KEY.fullmatch(key):
                found = self.scope().where(Permohonan.key == key).select(Permohonan.id).tuples().first()
                return (sign, found[0]) if found else None
        return None

    def _from_the_start(self) -> tuple[list, listing.Pages]:
        if self.is_counted():
            return super().shown_page()
        page, size = self.asked_page()
        page = min(page, self.count_cap // size)
        return self._numbered(self.first_rows(size + 1, page * size), page, size)

    def first_rows(self, size: int, offset: int) -> list:
        """So many of the list from a place on."""
        return listing.page(self.narrowed_branches().values(), self.order, size, offset, self.source())

    def _next_to(self, sign: str, anchor: int) -> tuple[list, listing.Pages]:
        (where, given), (page, size), source = self.branches(self.states)[""], self.asked_page(), self.source()
        branch = f"{where} AND {source.id} {sign} ?", (*given, anchor)
        order = BACKWARDS if sign == ">" else self.order
        return self._numbered(listing.page([branch], order, size + 1, 0, source), page, size)

    def _numbered(self, found: list, page: int, size: int) -> tuple[list, listing.Pages]:
        """A page, of which one row more was looked for, to know whether there is another."""
        rows, more = sorted(found[:size], reverse=True), len(found) > size
        last = page * size + len(rows)
        after = self._page(page + 1, size) if more else ""
        before = self._page(page - 1, size) if page else ""
        return rows, listing.Pages(page * size + 1 if rows else 0, last, last, more, before, after)
