"""Conditions: when a field, requirement, product or contradiction applies; evaluation of clean answers, no database.

A condition is a table of one of these shapes (examples as in the TOML of a service):

    { field = "status", is = ["2", "3"] }                  a choice, or a choice in some row: "anggota.hubungan"
    { field = "status", is_not = ["2"] }                   answered, and otherwise
    { field = "nik_ibu", answered = false }                nothing answered, or a reason in place of a number
    { field = "anak_diakui", at_least = 1, below = 10 }    a number, or the number of a group's rows
    { age = "tanggal_lahir", on = "tanggal_kawin", below = 21 }          full years; `on` absent: today
    { age = "anggota.nik", at_least = 17 }                 the date that a NIK encodes, of some row
    { age = "tanggal_lahir", unit = "days", at_least = 61 }              years, months, weeks or days
    { same = ["nik", "pemohon_nik"] }                      two answers are equal
    { all = [ … ] }, { any = [ … ] }, { none = [ … ] }     conditions together

What isn't answered has no age and no number, so that a comparison with it doesn't hold.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from catalogue import derived_answers, missing_number
from catalogue.nik import likely_birth_date, today

JUNCTIONS: dict[str, Callable] = {"all": all, "any": any, "none": lambda found: not any(found)}
SUBMITTED_ON = "diajukan_pada"  # a key beside the answers, ISO date: the day that counts as today, once submitted
UNITS = ("years", "months", "weeks", "days")


def is_met(when: Mapping | None, answers: Mapping) -> bool:
    """Say whether a condition is met by clean answers; no condition always is."""
    if not when:
        return True
    for word, join in JUNCTIONS.items():
        if word in when:
            return join(is_met(part, answers) for part in when[word])
    if "same" in when:
        first, second = (values_of(answers, key) for key in when["same"])
        return any(one in second for one in first if one not in (None, "", []) and not missing_number.is_missing(one))
    if "age" in when:
        on = _day_of(answers, when.get("on") or "today")
        adult = derived_answers.is_adult(when["age"].rpartition(".")[2])
        dates = (_date_of(value, adult) for value in values_of(answers, when["age"]))
        return any(day and on and _is_within(span(day, on, when.get("unit", "years")), when) for day in dates)
    return _is_answered_so(when, answers)


def _is_answered_so(when: Mapping, answers: Mapping) -> bool:
    values = [value for value in values_of(answers, when["field"]) if value not in (None, "", [])]
    if "is" in when:
        return any(value in when["is"] for value in values)
    if "is_not" in when:
        return any(value not in when["is_not"] for value in values)
    if "answered" in when:
        return any(not missing_number.is_missing(value) for value in values) == when["answered"]
    numbers = (len(value) if isinstance(value, list) else value for value in values)
    return any(isinstance(number, int) and _is_within(number, when) for number in numbers)


def _is_within(number: int, when: Mapping) -> bool:
    return when.get("at_least", number) <= number and ("below" not in when or number < when["below"])


def values_of(answers: Mapping, key: str) -> list:
    """Return the answers to a field, of an item of a group ("anggota.nik") one for each row."""
    group, _dot, item = key.partition(".")
    if not item:
        return [answers.get(key)]
    rows = answers.get(group)
    return [row.get(item) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def current_day(answers: Mapping) -> date:
    """Return the day that counts as today: that of the submission, once there was one."""
    return date.fromisoformat(answers[SUBMITTED_ON]) if answers.get(SUBMITTED_ON) else today()


def _day_of(answers: Mapping, on: str) -> date | None:
    if on == "today":
        return current_day(answers)
    return _date_of(answers.get(on), derived_answers.is_adult(on))


def _date_of(value: Any, adult: bool) -> date | None:
    """Return the date of an answer: a date, or that which a NIK encodes."""
    text = missing_number.number_of(value)
    if len(text) == 16 and text.isascii() and text.isdigit():
        return likely_birth_date(text, adult)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def span(start: date, end: date, unit: str = "years") -> int:
    """Return the full years, months, weeks or days from one date to another; negative if `end` is earlier.

    Somebody born on 29 February is a year older on 1 March of other years (a day that doesn't exist is counted as
    the one after it).
    """
    days = (end - start) // timedelta(days=1)
    if unit in ("days", "weeks"):
        return days if unit == "days" else days // 7
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return months if unit == "months" else months // 12


def atoms(when: Mapping | None) -> Iterator[Mapping]:
    """Yield the single comparisons of a condition."""
    word = next((word for word in JUNCTIONS if word in (when or {})), None)
    if when and word:
        for part in when[word]:
            yield from atoms(part)
    elif when:
        yield when


def named(when: Mapping | None) -> list[str]:
    """Return the fields that a condition names, an item of a group as "group.item", in its order."""
    found: dict[str, None] = {}
    for atom in atoms(when):
        keys = atom.get("same") or (atom.get("field") or atom["age"], atom.get("on", "today"))
        found |= {key: None for key in keys if key != "today"}
    return list(found)


def keys_of(when: Mapping | None) -> list[str]:
    """Return the keys of the fields on which a condition depends, in its order; of a group's item the group's."""
    return list(dict.fromkeys(key.partition(".")[0] for key in named(when)))
