"""A status message to share by WhatsApp: number, state, holder, due date, pickup. Never a name or a NIK."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app
from flask_babel import gettext as _

from casework import timeline
from models import Permohonan
from web import filters


@dataclass(frozen=True)
class ShareMessage:
    """A text and the WhatsApp link that shares it."""

    text: str
    link: str


def share_message(permohonan: Permohonan, situation: timeline.StatusSummary, pickup) -> ShareMessage:
    """Compose the status message of an application; `pickup` is its pickup slot or None."""
    words = [f"{permohonan.number}: {situation.label}."]
    if pickup:
        day = ", ".join(filter(None, (pickup.day, pickup.hours and f"{pickup.hours} {filters.office_card()['tz']}")))
        where = {"number": pickup.number, "day": day, "place": pickup.place}
        words.append(_("Nomor antrean %(number)s, %(day)s, di %(place)s.", **where))
    elif situation.holder:
        holder = _("Pemohon") if situation.yours else situation.holder
        words.append(_("Sekarang di: %(holder)s.", holder=holder))
        if situation.late_days is not None:
            words.append(_("Terlambat: seharusnya sudah selesai %(day)s.", day=filters.long_date(situation.until)))
        elif situation.until:
            words.append(_("Paling lambat %(day)s.", day=filters.long_date(situation.until)))
    words.append(_("Lacak: %(address)s", address=f"{current_app.config['BASE_URL']}/lacak?nomor={permohonan.number}"))
    text = " ".join(words)
    return ShareMessage(text, f"https://wa.me/?text={quote(text, safe='')}")
