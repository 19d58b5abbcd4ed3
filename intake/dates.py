"""Dates and times as people write them; it must not know what they are dates of."""

import re
from datetime import date

from intake.nik import MONTHS, today
from intake.text import Wrong, inside

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
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
        raise Wrong(f"{label} terlalu lama. Tulis tahun {EARLIEST} atau sesudahnya.")
    if not_future and day > today():
        raise Wrong(f"{label} belum terjadi. Periksa tahunnya.")
    if day.year > LATEST:
        raise Wrong(f"{label} terlalu jauh. Periksa tahunnya.")
    return day.isoformat()


def whole_numbers(parts: list[str] | None, label: str) -> list[int]:
    """Return day, month and year as numbers, or raise Wrong about what is missing or no ASCII digit."""
    if parts and not all(parts):
        raise Wrong(f"Lengkapi {inside(label)}: tanggal, bulan, dan tahun.")
    if not parts or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        raise Wrong(f"Tulis {inside(label)} dengan angka, misalnya 13 11 2026.")
    if len(parts[2]) != 4:
        raise Wrong(f"Tulis tahun pada {inside(label)} dengan empat angka, misalnya 1987.")
    return [int(part) for part in parts]


def real_date(numbers: list[int], label: str) -> date:
    """Return the date, or raise Wrong when the calendar has none like it."""
    day, month, year = numbers
    if not 1 <= month <= 12:
        raise Wrong(f"Bulan pada {inside(label)} hanya 1 sampai 12.")
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong(f"{label} tidak ada di kalender: {day} {MONTHS[month - 1]} {year}.") from None


def read_time(raw: str, label: str) -> str:
    """Return HH:MM from 4.25 or 04:25, or raise Wrong."""
    found = CLOCK.fullmatch(raw.strip())
    if not found:
        raise Wrong(f"Tulis {inside(label)} seperti 04.25 atau 21.30.")
    return f"{int(found[1]):02}:{found[2]}"


def shown_date(value: str) -> str:
    """Return "Jumat, 13 November 2026" for ISO text."""
    day = date.fromisoformat(value)
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def shown_time(value: str) -> str:
    """Return "04.25" for "04:25"."""
    return value.replace(":", ".")
