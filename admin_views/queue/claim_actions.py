"""Claiming from a queue: the next application, this one, release, take over; workflow.py says who may act."""

from collections.abc import Callable
from contextlib import suppress

import peewee as pw
from flask import flash, redirect
from flask_login import current_user

import workflow
from admin_views.queue import checklist, filters
from casework import claims
from documents import draft_comparison, signed_uploads
from models import Permohonan, User

NONE_LEFT = "Antrean ini selesai: tidak ada lagi yang menunggu Anda. Terima kasih."
NONE_SUCH = "Tidak ada yang cocok dengan saringan ini. Hapus saringannya untuk melihat yang lain."
ALL_TAKEN = "Semua yang menunggu sedang dikerjakan orang lain."
NOTHING_TO_DO = "Tidak ada yang dapat Anda lakukan pada permohonan ini sekarang."


def load_claims(rows: list[Permohonan]) -> list[Permohonan]:
    """Set `claim` of each row to the claim that counts for it, or None; one statement for all of them."""
    found = claims.current_claims(rows)
    for row in rows:
        row.claim = found.get(row.id)
    return rows


def current_or_next(view) -> str:
    """Claim the next application, unless the officer holds one that is as urgent; returns the address of its page."""
    for row in load_claims(list(_waiting(view).limit(claims.CANDIDATES))):
        if row.claim is None:
            break
        if row.claim.user_id == current_user.id:
            return view.work_page(row)
    return claim_next(view)


def claim_next(view) -> str:
    """Claim the next free application of this queue.

    Returns the address of its page; where there is none, of what one holds oneself, or of the list.
    """
    if found := claims.take_next(_waiting(view), current_user):
        return view.work_page(found)
    rows = load_claims(list(_waiting(view).limit(claims.CANDIDATES)))
    mine = [row for row in rows if row.claim and row.claim.user_id == current_user.id]
    if mine:
        flash("Yang lain sudah diambil; ini yang masih Anda pegang.", "info")
        return view.work_page(mine[0])
    none = NONE_SUCH if filters.from_request() else NONE_LEFT
    flash(ALL_TAKEN if any(row.claim for row in rows) else none, "info")
    return view.list_url()


def _waiting(view) -> pw.ModelSelect:
    """Select the applications that wait for this queue, in its order."""
    states = [state for state in view.shown_states() if not workflow.STATES[state].pauses]
    return view.narrow().where(Permohonan.state.in_(states)).order_by(*view.order)


def claim(permohonan: Permohonan, how: Callable[[Permohonan, User], None]) -> None:
    """Claim this application (`claims.take` or `claims.take_over`), or say why not."""
    try:
        if not workflow.allowed(permohonan, current_user):
            raise workflow.NotAllowed(NOTHING_TO_DO)
        how(permohonan, current_user)
    except workflow.NotAllowed as refusal:
        flash(str(refusal), "error")


def release(permohonan: Permohonan) -> None:
    """Give it back to the queue."""
    if claims.release(permohonan, current_user):
        flash(f"Dilepas: {permohonan.number}. Siapa pun dapat mengambilnya.", "success")
    else:
        flash(f"{permohonan.number} sedang tidak Anda pegang.", "info")


def hold(permohonan: Permohonan) -> None:
    """Claim it while somebody answers its form, until that is sent; not where a second officer has to read."""
    if signed_uploads.waiting_uploads(permohonan):
        return
    with suppress(workflow.NotAllowed):
        claims.take(permohonan, current_user)


def refused(view, permohonan: Permohonan, refusal: workflow.NotAllowed):
    """Redirect to where a refusal can be put right, else to the list, and say why nothing was done."""
    flash(str(refusal), "error")
    if isinstance(refusal, checklist.ChecklistIncomplete):
        return redirect(view.own_queue(permohonan).work_page(permohonan), 303)
    stays = isinstance(refusal, claims.ClaimedByAnother | checklist.PapersUnopened | draft_comparison.DraftUnread)
    return redirect(view.work_page(permohonan) if stays else view.list_url(), 303)
