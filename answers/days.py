"""The days that an action can be given: a day for recording, a day for picking up, both of open hours."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

import office
from answers.words import Refused
from lib.database import local
from models import Office, Permohonan


def _date(answers: Mapping, name: str = "date") -> date | None:
    value = answers.get(name)
    if isinstance(value, date) or not value:
        return value or None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
        raise Refused({name: _("Tulis tanggal lengkap: hari, bulan, dan tahun.")})
    try:
        return date.fromisoformat(str(value))
    except ValueError as reason:
        raise Refused({name: _("Tanggal ini tidak ada di kalender.")}) from reason


def _open_day(day: date | None, place: Office | None) -> date:
    """A day from today to sixty days ahead on which the place is open."""
    clock, today = office.calendar(place), local().date()
    if day is None:
        raise Refused({"date": _("Pilih hari.")})
    if not today <= day <= today + timedelta(days=60):
        raise Refused({"date": _("Pilih hari mulai hari ini sampai 60 hari ke depan.")})
    if not clock.on(day):
        following = office.long_date(clock.next_open(day))
        shut = _("%(day)s tutup. Hari buka berikutnya %(next)s.", day=office.long_date(day), next=following)
        raise Refused({"date": shut})
    return day


def recording(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    return {"date": _open_day(_date(answers), None)}


def pickup_place(permohonan: Permohonan) -> Office:
    """Where it is fetched: at the counter that took it in, else at the Dinas."""
    return permohonan.office if permohonan.track == "counter" else Office.get(Office.kind == "dinas")


def pickup(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    place = pickup_place(permohonan)
    return {"date": _open_day(_date(answers) or office.propose_pickup_day(place), place)}
