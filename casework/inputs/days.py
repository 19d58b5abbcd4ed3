"""Date inputs of transitions: the days for recording and for pickup, on which the place is open."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

import office
from casework.inputs.words import InvalidInput
from lib.database import local
from lib.text_normalization import normalize_number
from models import Office, Permohonan

DAYS_AHEAD = 60  # how far ahead a day can be chosen


def _parse_date(answers: Mapping, name: str = "date") -> date | None:
    value = answers.get(name)
    if isinstance(value, date) or not value:
        return value or None
    value = normalize_number(str(value))
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise InvalidInput({name: _("Tulis tanggal lengkap: hari, bulan, dan tahun.")})
    try:
        return date.fromisoformat(value)
    except ValueError as reason:
        raise InvalidInput({name: _("Tanggal ini tidak ada di kalender.")}) from reason


def _open_day(day: date | None, place: Office | None) -> date:
    """Return the day if the place is open on it, from today to DAYS_AHEAD; else raise InvalidInput."""
    clock, today = office.calendar(place), local().date()
    if day is None:
        raise InvalidInput({"date": _("Pilih hari.")})
    if not today <= day <= today + timedelta(days=DAYS_AHEAD):
        raise InvalidInput({"date": _("Pilih hari mulai hari ini sampai %(days)s hari ke depan.", days=DAYS_AHEAD)})
    if not clock.on(day):
        following = office.long_date(clock.next_open(day))
        shut = _("%(day)s tutup. Hari buka berikutnya %(next)s.", day=office.long_date(day), next=following)
        raise InvalidInput({"date": shut})
    return day


def recording(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the day on which the person comes to be recorded, at the Dinas."""
    return {"date": _open_day(_parse_date(answers), None)}


def pickup_place(permohonan: Permohonan) -> Office:
    """Return the office of its pickup: the counter that took it in, else the Dinas."""
    return permohonan.office if permohonan.track == "counter" else Office.get(Office.kind == "dinas")


def pickup(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the day of the pickup; without one, it is the day that the office proposes."""
    place = pickup_place(permohonan)
    return {"date": _open_day(_parse_date(answers) or office.propose_pickup_day(place), place)}
