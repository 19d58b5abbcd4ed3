"""Parses and formats dates and times as people write them; it must not know what they are dates of."""

import re
from datetime import date, time

from flask_babel import gettext as _

import language
from intake.nik import today
from intake.text import Wrong, inside

EARLIEST, LATEST = 1900, 2100
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
WRITTEN = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")


def parts_of(raw: str | list[str]) -> list[str] | None:
    """Split a date into day, month and year as written: three boxes, ISO text, or 13-11-2026; None for other text."""
    if isinstance(raw, (list, tuple)):
        return [part.strip() for part in raw]
    text = raw.strip()
    if found := ISO.fullmatch(text):
        return list(reversed(found.groups()))
    found = WRITTEN.fullmatch(text)
    return list(found.groups()) if found else None


def read_date(raw: str | list[str], label: str, not_future: bool = False) -> str:
    """Parse a date between 1900 and 2100; returns ISO text or raises Wrong."""
    day = real_date(whole_numbers(parts_of(raw), label), label)
    if day.year < EARLIEST:
        raise Wrong(_("%(label)s terlalu lama. Tulis tahun %(year)s atau sesudahnya.", label=label, year=EARLIEST))
    if not_future and day > today():
        raise Wrong(_("%(label)s belum terjadi. Periksa tahunnya.", label=label))
    if day.year > LATEST:
        raise Wrong(_("%(label)s terlalu jauh. Periksa tahunnya.", label=label))
    return day.isoformat()


def whole_numbers(parts: list[str] | None, label: str) -> list[int]:
    """Parse day, month and year; raises Wrong where one is missing or isn't made of ASCII digits."""
    if parts and not all(parts):
        raise Wrong(_("Lengkapi %(label)s: tanggal, bulan, dan tahun.", label=inside(label)))
    if not parts or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        raise Wrong(_("Tulis %(label)s dengan angka, misalnya 13 11 2026.", label=inside(label)))
    if len(parts[2]) != 4:
        raise Wrong(_("Tulis tahun pada %(label)s dengan empat angka, misalnya 1987.", label=inside(label)))
    return [int(part) for part in parts]


def real_date(numbers: list[int], label: str) -> date:
    """Return the date, or raise Wrong if it isn't in the calendar."""
    day, month, year = numbers
    if not 1 <= month <= 12:
        raise Wrong(_("Bulan pada %(label)s hanya 1 sampai 12.", label=inside(label)))
    try:
        return date(year, month, day)
    except ValueError:
        written = f"{day} {language.month(month)} {year}"
        raise Wrong(_("%(label)s tidak ada di kalender: %(day)s.", label=label, day=written)) from None


def read_time(raw: str, label: str) -> str:
    """Parse a time of day, 4.25 or 04:25; returns HH:MM or raises Wrong."""
    found = CLOCK.fullmatch(raw.strip())
    if not found:
        raise Wrong(_("Tulis %(label)s seperti 04.25 atau 21.30.", label=inside(label)))
    return f"{int(found[1]):02}:{found[2]}"


def shown_date(value: str) -> str:
    """Format an ISO date in the reader's language: "Jumat, 13 November 2026"."""
    return language.long_date(date.fromisoformat(value))


def shown_time(value: str) -> str:
    """Format a time in the reader's language: "04.25", in English "04:25"."""
    return language.clock_time(time.fromisoformat(value)) if CLOCK.fullmatch(value) else value
