"""Parses and formats dates and times as people write them."""

import re
from datetime import date, time

from flask_babel import gettext as _

from catalogue.nik import today
from catalogue.text_input import InvalidAnswer, mid_sentence
from lib import i18n
from lib.text_normalization import normalize_number

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
DIGITS_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
WRITTEN_DATE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})")
CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")


def split_date(raw: str | list[str]) -> list[str] | None:
    """Split a date into day, month and year as written; None for other text.

    It is three boxes, ISO text, 13-11-2026, or 13112026, since some phones' keypads have digits only.
    """
    if isinstance(raw, (list, tuple)):
        return [normalize_number(part) for part in raw]
    text = normalize_number(raw)
    if found := ISO_DATE.fullmatch(text):
        return list(reversed(found.groups()))
    found = WRITTEN_DATE.fullmatch(text) or DIGITS_DATE.fullmatch(text)
    return list(found.groups()) if found else None


def parse_date(raw: str | list[str], label: str, not_future: bool = False) -> str:
    """Parse a date between 1900 and 2100; returns ISO text or raises InvalidAnswer."""
    day = calendar_date(parse_numbers(split_date(raw), label), label)
    if day.year < EARLIEST_YEAR:
        early = _("%(label)s terlalu lama. Tulis tahun %(year)s atau sesudahnya.", label=label, year=EARLIEST_YEAR)
        raise InvalidAnswer(early)
    if not_future and day > today():
        raise InvalidAnswer(_("%(label)s belum terjadi. Periksa tahunnya.", label=label))
    if day.year > LATEST_YEAR:
        raise InvalidAnswer(_("%(label)s terlalu jauh. Periksa tahunnya.", label=label))
    return day.isoformat()


def parse_numbers(parts: list[str] | None, label: str) -> list[int]:
    """Parse day, month and year; raises InvalidAnswer where one is missing or isn't made of ASCII digits."""
    name = mid_sentence(label)
    if parts and not all(parts):
        raise InvalidAnswer(_("Lengkapi %(label)s: tanggal, bulan, dan tahun.", label=name))
    if not parts or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        raise InvalidAnswer(_("Tulis %(label)s dengan angka, misalnya 13 11 2026.", label=name))
    if len(parts[2]) != 4:
        raise InvalidAnswer(_("Tulis tahun pada %(label)s dengan empat angka, misalnya 1987.", label=name))
    return [int(part) for part in parts]


def calendar_date(numbers: list[int], label: str) -> date:
    """Return the date, or raise InvalidAnswer if it isn't in the calendar."""
    day, month, year = numbers
    if not 1 <= month <= 12:
        raise InvalidAnswer(_("Bulan pada %(label)s hanya 1 sampai 12.", label=mid_sentence(label)))
    try:
        return date(year, month, day)
    except ValueError:
        written = f"{day} {i18n.month_name(month)} {year}"
        raise InvalidAnswer(_("%(label)s tidak ada di kalender: %(day)s.", label=label, day=written)) from None


def parse_time(raw: str, label: str) -> str:
    """Parse a time of day, 4.25 or 04:25; returns HH:MM or raises InvalidAnswer."""
    found = CLOCK_TIME.fullmatch(normalize_number(raw))
    if not found:
        raise InvalidAnswer(_("Tulis %(label)s seperti 04.25 atau 21.30.", label=mid_sentence(label)))
    return f"{int(found[1]):02}:{found[2]}"


def format_date(value: str) -> str:
    """Format an ISO date in the reader's language: "Jumat, 13 November 2026"."""
    return i18n.long_date(date.fromisoformat(value))


def format_time(value: str) -> str:
    """Format a time in the reader's language: "04.25", in English "04:25"."""
    return i18n.format_time(time.fromisoformat(value)) if CLOCK_TIME.fullmatch(value) else value
