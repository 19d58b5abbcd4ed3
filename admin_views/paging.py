"""Pages of the list over everything: by the key of the row beside them, so that the last is as quick as the first."""

from dataclasses import replace

from flask import g, request
from flask_login import current_user

from admin_views import listing
from admin_views.permohonan import PermohonanView
from admin_views.scope import KEY
from models import Permohonan

BACKWARDS = (Permohonan.id.asc(),)


class FarPages(PermohonanView):
    """A list in the order of its ids, the newest first, in which one can go on and on."""

    order = (Permohonan.id.desc(),)

    def branches(self, states):
        """All states together stand in one order already."""
        if "whole" not in g:
            key = (self.endpoint, *listing.person(current_user)) if self.is_whole() else None
            g.whole = listing.condition(key, self.narrow)
        return {"": g.whole}

    def narrowed_branches(self):
        return self.branches(self.states)

    def is_whole(self) -> bool:
        """Is everything listed, not what somebody searched for?"""
        return True

    def shown_page(self):
        anchor = self._anchor()
        rows, pages = self._next_to(*anchor) if anchor else super().shown_page()
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

    def _next_to(self, sign: str, anchor: int) -> tuple[list, listing.Pages]:
        (where, given), (page, size) = self.branches(self.states)[""], self.asked_page()
        branch = f"{where} AND p.id {sign} ?", (*given, anchor)
        rows = listing.page([branch], BACKWARDS if sign == ">" else self.order, size, 0)
        first, last = page * size + 1, page * size + len(rows)
        after = self._page(page + 1, size) if len(rows) == size else ""
        pages = listing.Pages(first, last, last, bool(after), self._page(page - 1, size), after)
        return sorted(rows, reverse=True), pages
