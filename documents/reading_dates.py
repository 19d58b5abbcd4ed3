"""Date extraction from texts, in digits and in Indonesian words, as (day, month, year). Validates none."""

import re
from collections.abc import Iterator

Day = tuple[int, int, int]
MONTHS = (
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
MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
ONES = {"SATU": 1, "DUA": 2, "TIGA": 3, "EMPAT": 4, "LIMA": 5, "ENAM": 6, "TUJUH": 7, "DELAPAN": 8, "SEMBILAN": 9}
WHOLE = {"SEPULUH": 10, "SEBELAS": 11, "SERATUS": 100, "SERIBU": 1000}
TIMES = {"PULUH": 10, "RATUS": 100, "RIBU": 1000}
NUMERAL = frozenset((*ONES, *WHOLE, *TIMES, "BELAS"))
FIGURES = re.compile(r"(?<![\d])(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})(?!\d)")
ISO = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?!\d)")
NAMED = re.compile(r"(?<!\d)(\d{1,2})[\s-]+([A-Z]{3,9})\.?[\s-]+(\d{4})(?!\d)")


def found_in(text: str) -> Iterator[Day]:
    """Yield all dates of a text, including impossible ones."""
    text = text.upper()
    for day, month, year in FIGURES.findall(text):
        yield int(day), int(month), int(year)
    for year, month, day in ISO.findall(text):
        yield int(day), int(month), int(year)
    for day, name, year in NAMED.findall(text):
        if name in MONTH:
            yield int(day), MONTH[name], int(year)
    yield from _in_words(re.findall(r"[A-Z]+", re.sub(r"-\s*\n\s*", "", text)))


def _in_words(words: list[str]) -> Iterator[Day]:
    """Yield dates in words: TIGA BELAS NOVEMBER TAHUN DUA RIBU DUA PULUH ENAM."""
    for place, word in enumerate(words):
        if word not in MONTH:
            continue
        before, after = place, place + 1
        while before > 0 and words[before - 1] in NUMERAL and place - before < 4:
            before -= 1
        after += words[after : after + 1] == ["TAHUN"]
        until = after
        while until < len(words) and words[until] in NUMERAL:
            until += 1
        day, year = number(words[before:place]), number(words[after:until])
        if day and year:
            yield day, MONTH[word], year


def number(words: list[str]) -> int:
    """Parse an Indonesian number in words: dua ribu dua puluh enam → 2026; 0 if it is none."""
    total = part = 0
    for word in words:
        if word in ONES:
            part += ONES[word]
        elif word in WHOLE:
            total += WHOLE[word]
        elif word == "BELAS":
            total, part = total + 10 + part, 0
        elif word in TIMES:
            total, part = total + part * TIMES[word], 0
        else:
            return 0
    return total + part
