"""The production queue and its card stock: when blank cards arrive, the system performs `blank_arrived`.

Who pressed is in the program's log, since a transition of the system names no person. It prints no card.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from flask import flash, redirect, request
from flask_admin import expose
from flask_login import current_user

import workflow
from admin_views.queue.actions import Button
from admin_views.queue.view import QueueView
from casework import transitions
from models import Event, EventText, Permohonan

LOG = logging.getLogger("aku.production")
# as production reads it
ARRIVED = replace(workflow.BY_ACTION["blank_arrived"][0], label="Blangko sudah datang", tone="main")
AT_MOST = 500  # at one press
NAMES = {"ktp": "KTP-el", "kia": "KIA"}  # of the blanks, by the first word of a card's key


class Production(QueueView):
    """Yang sudah terbit: dicetak, dikirim ke loket, atau menunggu blangko."""

    name, endpoint, roles = "Produksi", "produksi", (workflow.PRODUCTION,)
    states = ("signed", "awaiting_blank", "signing", "signing_unknown")
    column_list = ("due_at", "number", "applicant_name", "village", "track", "changed_at", "claim")
    list_template = "staff/production.html"

    def buttons(self, permohonan: Permohonan) -> list[Button]:
        made = super().buttons(permohonan)
        if permohonan.state in ARRIVED.sources:
            url = self.get_url(".blank_arrived", id=permohonan.key)
            made.append(Button(ARRIVED, ARRIVED.label, url, opens=False, in_dialog=False, for_many=False))
        return made

    def list_context(self):
        return {"blanks": self.waited_for()}

    def waiting(self) -> list[Permohonan]:
        """Select what waits for a blank, oldest first."""
        query = self.scope().where(Permohonan.state.in_(ARRIVED.sources))
        return list(query.order_by(Permohonan.changed_at, Permohonan.id).limit(AT_MOST))

    def waited_for(self) -> list[tuple[str, str, int]]:
        """Count how many applications wait for each blank: (blank, its name, number)."""
        counts = Counter(blanks_of(self.waiting()).values())
        return [(blank, NAMES.get(blank, blank), number) for blank, number in sorted(counts.items())]

    @expose("/blangko/", methods=("POST",))
    def blank_arrived(self):
        """One application (`id` in the address), or all that wait for one blank (`blank` in the form)."""
        blank = request.form.get("blank", "")
        if blank:
            found = blanks_of(rows := self.waiting())
            chosen = [row for row in rows if found[row.id] == blank]
        else:
            chosen = [self.get_one_or_404()]
        arrived = [permohonan for permohonan in chosen if _arrive(permohonan)]
        if arrived:
            flash(f"Blangko datang: {len(arrived)} permohonan siap dicetak lagi.", "success")
        return redirect(self.list_url(), 303)


def blanks_of(rows: Iterable[Permohonan]) -> dict[int, str]:
    """Map each id to the blank that it waits for, as its last `wait_for_blank` says."""
    ids = [row.id for row in rows]
    theirs = EventText.select(EventText, Event).join(Event).where(Event.permohonan.in_(ids))
    events = theirs.where(Event.target.in_(ARRIVED.sources)).order_by(Event.version)
    cards = {text.event.permohonan_id: text.texts.get("card", "") for text in events}
    return {ident: cards.get(ident, "").partition("_")[0] for ident in ids}


def _arrive(permohonan: Permohonan) -> bool:
    try:
        transitions.perform(permohonan, ARRIVED.action, None)
    except workflow.NotAllowed as refused:
        flash(str(refused), "error")
        return False
    LOG.warning("%s of %s was told by user %s", ARRIVED.action, permohonan.number, current_user.id)
    return True
