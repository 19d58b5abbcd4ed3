"""Date extraction from texts, in digits and in Indonesian words, as (day, month, year). Validates none."""

import re
from collections.abc import Iterator

DayMonthYear = tuple[int, int, int]
MONTH_NAMES = (
    ("JANUARI", "JAN"),
    ("FEBRUARI", "PEBRUARI", "FEB"),
    ("MARET", "MAR"),
    ("APRIL", "APR"),
    ("MEI",),
    ("JUNI", "JUN"),
    ("JULI", "JUL"),
    ("AGUSTUS", "AGU", "AGT"),
    ("SEPTEMBER", "SEP"),
    ("OKTOBER", "OKT"),
    ("NOVEMBER", "NOPEMBER", "NOV"),
    ("DESEMBER", "DES"),
)
MONTH_NUMBERS = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names}
ONES = {"SATU": 1, "DUA": 2, "TIGA": 3, "EMPAT": 4, "LIMA": 5, "ENAM": 6, "TUJUH": 7, "DELAPAN": 8, "SEMBILAN": 9}
COMPOUNDS = {"SEPULUH": 10, "SEBELAS": 11, "SERATUS": 100, "SERIBU": 1000}
MULTIPLIERS = {"PULUH": 10, "RATUS": 100, "RIBU": 1000}
NUMERALS = frozenset((*ONES, *COMPOUNDS, *MULTIPLIERS, "BELAS"))
NUMERIC_DATE = re.compile(r"(?<![\d])(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})(?!\d)")
ISO_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?!\d)")
NAMED_MONTH_DATE = re.compile(r"(?<!\d)(\d{1,2})[\s-]+([A-Z]{3,9})\.?[\s-]+(\d{4})(?!\d)")


def extract_dates(text: str) -> Iterator[DayMonthYear]:
    """Yield all dates of a text, including impossible ones."""
    text = text.upper()
    for day, month, year in NUMERIC_DATE.findall(text):
        yield int(day), int(month), int(year)
    for year, month, day in ISO_DATE.findall(text):
        yield int(day), int(month), int(year)
    for day, name, year in NAMED_MONTH_DATE.findall(text):
        if name in MONTH_NUMBERS:
            yield int(day), MONTH_NUMBERS[name], int(year)
    yield from _in_words(re.findall(r"[A-Z]+", re.sub(r"-\s*\n\s*", "", text)))


def _in_words(words: list[str]) -> Iterator[DayMonthYear]:
    """Yield dates in words: TIGA BELAS NOVEMBER TAHUN DUA RIBU DUA PULUH ENAM."""
    for place, word in enumerate(words):
        if word not in MONTH_NUMBERS:
            continue
        before, after = place, place + 1
        while before > 0 and words[before - 1] in NUMERALS and place - before < 4:
            before -= 1
        after += words[after : after + 1] == ["TAHUN"]
        until = after
        while until < len(words) and words[until] in NUMERALS:
            until += 1
        day, year = parse_number(words[before:place]), parse_number(words[after:until])
        if day and year:
            yield day, MONTH_NUMBERS[word], year


def parse_number(words: list[str]) -> int:
    """Parse an Indonesian number in words: dua ribu dua puluh enam → 2026; 0 if it is none."""
    total = part = 0
    for word in words:
        if word in ONES:
            part += ONES[word]
        elif word in COMPOUNDS:
            total += COMPOUNDS[word]
        elif word == "BELAS":
            total, part = total + 10 + part, 0
        elif word in MULTIPLIERS:
            total, part = total + part * MULTIPLIERS[word], 0
        else:
            return 0
    return total + part
