"""A status sentence to be sent on by WhatsApp or by hand: number, state, holder, day, pickup; never a name or a NIK."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app
from flask_babel import gettext as _

import history
import templating
from models import Permohonan


@dataclass(frozen=True)
class Share:
    """The words, and the address that hands them to WhatsApp."""

    words: str
    link: str


def share(permohonan: Permohonan, situation: history.StatusSummary, pickup) -> Share:
    """What may be said of an application to anybody; `pickup` is status.Pickup or None."""
    words = [f"{permohonan.number}: {situation.label}."]
    if pickup:
        day = ", ".join(filter(None, (pickup.day, pickup.hours and f"{pickup.hours} {templating.card()['tz']}")))
        words.append(
            _("Nomor antrean %(number)s, %(day)s, di %(place)s.", number=pickup.number, day=day, place=pickup.place)
        )
    elif situation.holder:
        holder = _("Pemohon") if situation.yours else situation.holder
        words.append(_("Sekarang ditunggu dari %(holder)s.", holder=holder))
        if situation.until:
            words.append(_("Paling lambat %(day)s.", day=templating.long_date(situation.until)))
    words.append(_("Lacak: %(address)s", address=f"{current_app.config['BASE_URL']}/lacak?nomor={permohonan.number}"))
    text = " ".join(words)
    return Share(text, f"https://wa.me/?text={quote(text, safe='')}")
