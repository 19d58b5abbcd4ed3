"""A status message to share by WhatsApp: number, state, holder, due date, pickup. Never a name or a NIK."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app
from flask_babel import gettext as _

import history
import templating
from models import Permohonan


@dataclass(frozen=True)
class Share:
    """A text and the WhatsApp link that shares it."""

    text: str
    link: str


def share(permohonan: Permohonan, situation: history.StatusSummary, pickup) -> Share:
    """Compose the status message of an application; `pickup` is its pickup slot or None."""
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
