"""Taking work and giving it back: the next of a queue, this one, release, take over; who may act, workflow.py says."""

from contextlib import suppress

from flask import flash, redirect, request
from flask_admin import expose
from flask_login import current_user

import claims
import workflow
from admin_views import checking
from admin_views.base import led
from admin_views.many import Many
from models import Permohonan

NONE_LEFT = "Antrean ini selesai: tidak ada lagi yang menunggu Anda. Terima kasih."
NONE_SUCH = "Tidak ada yang cocok dengan saringan ini. Hapus saringannya untuk melihat yang lain."
ALL_TAKEN = "Semua yang menunggu sedang dikerjakan orang lain."
NOTHING_TO_DO = "Tidak ada yang dapat Anda lakukan pada permohonan ini sekarang."


class Claiming(Many):
    """A list of applications that officers take one after the other, where `claimable` says so."""

    claimable = True

    def with_claims(self, rows: list[Permohonan]) -> list[Permohonan]:
        """The rows, each with the claim that counts for it (or None), asked for once for all of them."""
        found = claims.current_claims(rows)
        for row in rows:
            row.claim = found.get(row.id)
        return rows

    def shown_states(self) -> tuple[str, ...]:
        raise NotImplementedError

    def filters(self) -> dict[str, str]:
        raise NotImplementedError

    def nothing(self) -> str:
        """What an empty list says."""
        return NONE_SUCH if self.filters() else self.empty

    def work_page(self, permohonan: Permohonan) -> str:
        return self.get_url(f"{self.endpoint}.details_view", id=permohonan.key)

    @expose("/berikutnya/", methods=("POST",))
    def next_view(self):
        """Open the one with the least working time left that is free, or one's own already."""
        return redirect(self._begun() or self._next(), 303)

    def _begun(self) -> str:
        """What the officer holds, where nothing free is more urgent."""
        for row in self.with_claims(list(self._waiting().limit(claims.CANDIDATES))):
            if row.claim is None:
                break
            if row.claim.user_id == current_user.id:
                return self.work_page(row)
        return ""

    def _next(self) -> str:
        """Where the next one is, claimed; where there is none, what is one's own, or the list."""
        if found := claims.take_next(self._waiting(), current_user):
            return self.work_page(found)
        rows = self.with_claims(list(self._waiting().limit(claims.CANDIDATES)))
        mine = [row for row in rows if row.claim and row.claim.user_id == current_user.id]
        if mine:
            flash("Yang lain sudah diambil; ini yang masih Anda pegang.", "info")
            return self.work_page(mine[0])
        none = NONE_SUCH if self.filters() else NONE_LEFT
        flash(ALL_TAKEN if any(row.claim for row in rows) else none, "info")
        return self.back()

    def _waiting(self):
        states = [state for state in self.shown_states() if not workflow.STATES[state].pauses]
        return self.narrow().where(Permohonan.state.in_(states)).order_by(*self.order)

    @expose("/ambil/", methods=("POST",))
    def take_view(self):
        """Take this one, and open it."""
        return self._claim(claims.take)

    @expose("/ambil-alih/", methods=("POST",))
    def take_over_view(self):
        """Take it from a colleague; who from whom is kept."""
        return self._claim(claims.take_over)

    def _claim(self, take):
        permohonan = self.wanted()
        try:
            if not workflow.allowed(permohonan, current_user):
                raise workflow.NotAllowed(NOTHING_TO_DO)
            take(permohonan, current_user)
        except workflow.NotAllowed as refusal:
            flash(str(refusal), "error")
        return redirect(self.work_page(permohonan), 303)

    @expose("/lepas/", methods=("POST",))
    def release_view(self):
        """Give it back to the queue."""
        permohonan = self.wanted()
        if claims.release(permohonan, current_user):
            flash(f"Dilepas: {permohonan.number}. Siapa pun dapat mengambilnya.", "success")
        else:
            flash(f"{permohonan.number} sedang tidak Anda pegang.", "info")
        return redirect(self.back(), 303)

    def refused(self, permohonan: Permohonan, refusal: workflow.NotAllowed):
        """Say why nothing was done: where it can be put right, else on the list."""
        flash(str(refusal), "error")
        if isinstance(refusal, checking.Unready):
            return redirect(self.workplace(permohonan), 303)
        stays = isinstance(refusal, claims.ClaimedByAnother)
        return redirect(self.work_page(permohonan) if stays else self.back(), 303)

    def workplace(self, permohonan: Permohonan) -> str:
        """The work page of the queue in which it waits; another screen has no place for ticks."""
        assert self.admin
        queues = [self, *(view for view in self.admin._views if isinstance(view, Claiming))]
        mine = (one for one in queues if one.claimable and one.is_accessible() and permohonan.state in one.states)
        return next(mine, self).work_page(permohonan)

    def hold(self, permohonan: Permohonan) -> None:
        """Whoever answers a form works on it, until it is sent."""
        with suppress(workflow.NotAllowed):
            claims.take(permohonan, current_user)

    def onward(self):
        """After a press: to the next one where the officer works one after the other, else to the list."""
        if not (self.claimable and request.args.get("lanjut")):
            return redirect(self.back(), 303)
        return led(self._next())
