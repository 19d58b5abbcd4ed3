"""Date inputs of transitions: the days for recording and for pickup, on which the place is open."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

import office
from accounts.roles import APPLICANT
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
    """Validate the day on which the person comes to be recorded, by the hours of the place."""
    named = str(answers.get("place") or "") if role != APPLICANT else ""
    return {"date": _open_day(_parse_date(answers), recording_office(named.strip() or permohonan.recording_place))}


def recording_office(name: str) -> Office | None:
    """Return the office of this name, whose hours a recording there has; any other place has those of the Dinas."""
    return Office.get_or_none(Office.name == name)


def open_days(place: Office | None, first: date) -> list[date]:
    """List the days on which the place is open, from `first` on, that can be chosen."""
    clock, last = office.calendar(place), local().date() + timedelta(days=DAYS_AHEAD)
    days = [first]
    while (following := clock.next_open(days[-1])) <= last:
        days.append(following)
    return days


def pickup_place(permohonan: Permohonan) -> Office:
    """Return the office of its pickup: the counter that took it in, else the Dinas."""
    return permohonan.office if permohonan.track == "counter" else Office.get(Office.kind == "dinas")


def pickup(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the day of the pickup; without one, it is the day that the office proposes."""
    place = pickup_place(permohonan)
    return {"date": _open_day(_parse_date(answers) or office.propose_pickup_day(place), place)}
