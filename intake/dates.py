"""Dates and times as people write them; it must not know what they are dates of."""

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
    """Return day, month and year as written: from three boxes, from ISO text, from 13-11-2026, or None."""
    if isinstance(raw, (list, tuple)):
        return [part.strip() for part in raw]
    text = raw.strip()
    if found := ISO.fullmatch(text):
        return list(reversed(found.groups()))
    found = WRITTEN.fullmatch(text)
    return list(found.groups()) if found else None


def read_date(raw: str | list[str], label: str, not_future: bool = False) -> str:
    """Return ISO text for a date in the plausible centuries, or raise Wrong."""
    day = real_date(whole_numbers(parts_of(raw), label), label)
    if day.year < EARLIEST:
        raise Wrong(_("%(label)s terlalu lama. Tulis tahun %(year)s atau sesudahnya.", label=label, year=EARLIEST))
    if not_future and day > today():
        raise Wrong(_("%(label)s belum terjadi. Periksa tahunnya.", label=label))
    if day.year > LATEST:
        raise Wrong(_("%(label)s terlalu jauh. Periksa tahunnya.", label=label))
    return day.isoformat()


def whole_numbers(parts: list[str] | None, label: str) -> list[int]:
    """Return day, month and year as numbers, or raise Wrong about what is missing or no ASCII digit."""
    if parts and not all(parts):
        raise Wrong(_("Lengkapi %(label)s: tanggal, bulan, dan tahun.", label=inside(label)))
    if not parts or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        raise Wrong(_("Tulis %(label)s dengan angka, misalnya 13 11 2026.", label=inside(label)))
    if len(parts[2]) != 4:
        raise Wrong(_("Tulis tahun pada %(label)s dengan empat angka, misalnya 1987.", label=inside(label)))
    return [int(part) for part in parts]


def real_date(numbers: list[int], label: str) -> date:
    """Return the date, or raise Wrong when the calendar has none like it."""
    day, month, year = numbers
    if not 1 <= month <= 12:
        raise Wrong(_("Bulan pada %(label)s hanya 1 sampai 12.", label=inside(label)))
    try:
        return date(year, month, day)
    except ValueError:
        written = f"{day} {language.month(month)} {year}"
        raise Wrong(_("%(label)s tidak ada di kalender: %(day)s.", label=label, day=written)) from None


def read_time(raw: str, label: str) -> str:
    """Return HH:MM from 4.25 or 04:25, or raise Wrong."""
    found = CLOCK.fullmatch(raw.strip())
    if not found:
        raise Wrong(_("Tulis %(label)s seperti 04.25 atau 21.30.", label=inside(label)))
    return f"{int(found[1]):02}:{found[2]}"


def shown_date(value: str) -> str:
    """Return "Jumat, 13 November 2026" for ISO text, in the reader's language."""
    return language.long_date(date.fromisoformat(value))


def shown_time(value: str) -> str:
    """Return "04.25" for "04:25"; in English the colon stays."""
    return language.clock_time(time.fromisoformat(value)) if CLOCK.fullmatch(value) else value
