"""The office's business calendar and numbers: working time, due dates, pickup slots; no rule of the procedure."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import peewee as pw
from flask import current_app
from flask_babel import gettext as _

from lib import encryption, fast_sql
from lib.database import canonical_json, from_local, local
from lib.i18n import format_time, long_date
from models import Fact, Holiday, Office, Permohonan, PickupCounter

DAY = timedelta(days=1)
MONTHS_AHEAD = timedelta(days=500)
DEFAULT_HOURS = {str(day): ["08:00", "15:00"] for day in range(4)} | {"4": ["08:30", "12:30"]}  # T-4
CLOCK_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
LETTERHEAD = ("name", "regency", "province", "place", "address", "phone", "email")
INFORMATION_PREFIX = "info_"  # of the facts that hold the information pages
CERTIFICATES = ("local", "bsre", "siak")  # whose certificate signed: the office's own, BSrE's, SIAK's
CHOICES = {"sla_counts": ("working", "calendar"), "sla_starts": ("submitted", "complete")}
Hours = tuple[time, time] | None


def fact(key: str, default=None):
    """Read a fact of this office."""
    found = _fact(key)
    return json.loads(found[0][0]) if found else default


@fast_sql.prepared
def _fact(key: str) -> pw.ModelSelect:
    return Fact.select(Fact.value).where(Fact.key == key)


def fact_error(key: str, value) -> str:
    """Validate a new value of a fact: an error text, since a wrong one would break every page; else nothing."""
    if key == "hours":
        good = isinstance(value, dict) and value and all(_are_hours(day, hours) for day, hours in value.items())
        return "" if good else 'Tulis hari 0 (Senin) sampai 6 (Minggu), misalnya {"0": ["08:00", "15:00"]}.'
    if key == "office":
        good = isinstance(value, dict) and all(isinstance(value.get(name), str) for name in {*LETTERHEAD, *value})
        return "" if good else f"Tulis semuanya sebagai teks, sedikitnya {', '.join(LETTERHEAD)}."
    if key == "standard":
        good = isinstance(value, dict) and value and all(map(_are_words, value.values()))
        return "" if good else 'Tulis setiap bagian seperti {"id": "…", "en": "…"}.'
    if key == "certificate_sentences":
        good = isinstance(value, dict) and set(CERTIFICATES) <= set(value) and all(map(_are_words, value.values()))
        texts = "".join(text for words in value.values() for text in words.values()) if good else "{"
        good = not set("{}") & set(texts.replace("{kantor}", ""))
        return "" if good else 'Tulis local, bsre, dan siak seperti {"id": "…", "en": "…"}; {kantor} boleh dipakai.'
    if key == "late_report":
        return "" if _are_words(value) else 'Tulis {"id": "…", "en": "…"}.'
    if key.startswith(INFORMATION_PREFIX):
        return "" if _is_information(value) else 'Tulis "name", "short", "sections" dengan {"id": "…", "en": "…"}.'
    if key == "claim_minutes":
        good = type(value) is int and 5 <= value <= 480
        return "" if good else "Tulis menit sebagai angka, dari 5 sampai 480."
    choices = CHOICES.get(key)
    return f"Pilih salah satu: {', '.join(choices)}." if choices and value not in choices else ""


def _are_words(text) -> bool:
    return isinstance(text, dict) and bool(text.get("id")) and all(isinstance(words, str) for words in text.values())


def _is_information(page) -> bool:
    if not isinstance(page, dict) or not all(_are_words(page.get(key)) for key in ("name", "short")):
        return False
    sections, words = page.get("sections"), page.get("search_words", [])
    if not isinstance(sections, list) or not isinstance(words, list):
        return False
    texts = (one.get(key) for one in sections if isinstance(one, dict) for key in ("title", "text"))
    good = all(isinstance(one, dict) for one in sections) and all(map(_are_words, texts))
    return good and all(isinstance(word, str) for word in words)


def _are_hours(day: str, hours) -> bool:
    if not isinstance(hours, list) or len(hours) != 2 or day not in tuple("0123456"):
        return False
    return all(isinstance(text, str) and CLOCK_TIME.fullmatch(text) for text in hours) and hours[0] < hours[1]


def contact_details() -> dict:
    """Return name, address, telephone and opening hours of the office, for letterheads and pages."""
    return fact("office", {}) | {"hours": hours_in_words(calendar()), "tz": current_app.config["ZONE"]}


def certificate_sentence(signed_with: str) -> dict[str, str]:
    """Return the sentence on whose certificate signed (local: the office's own, bsre, siak), in both languages."""
    card = fact("office", {})
    sentence = fact("certificate_sentences", {}).get(signed_with) or {"id": ""}
    return {language: text.format(kantor=f"{card['name']} {card['regency']}") for language, text in sentence.items()}


@dataclass(frozen=True, eq=False)
class Calendar:
    """Business calendar: opening hours by weekday, and closed days. Times are local."""

    hours: dict
    closed: frozenset[date]

    def on(self, day: date) -> Hours:
        """Return opening and closing time of a day; None when closed."""
        if day in self.closed or str(day.weekday()) not in self.hours:
            return None
        opens, closes = self.hours[str(day.weekday())]
        return time.fromisoformat(opens), time.fromisoformat(closes)

    def next_open(self, day: date) -> date:
        """Return the first working day after `day`."""
        for _day in range(MONTHS_AHEAD.days):
            day += DAY
            if self.on(day):
                return day
        raise ValueError("the calendar has no working day in more than a year")

    def minutes_a_day(self) -> float:
        """Return the working minutes of a day of ordinary opening, on average over the week."""
        spans = [map(time.fromisoformat, hours) for hours in self.hours.values()]
        minutes = [60 * (b.hour - a.hour) + b.minute - a.minute for a, b in spans]
        return sum(minutes) / len(minutes)

    def due(self, submitted: datetime, days: int) -> datetime:
        """Return the close of the last of `days` working days; day 1 is the first after the submission's date (T-1)."""
        day = submitted.date()
        for _day in range(days):
            day = self.next_open(day)
        return self._close(day)

    def days_after(self, first: date, last: date) -> int:
        """Count the working days after `first`, up to and including `last`."""
        days = (first + DAY * n for n in range(1, (last - first).days + 1))
        return sum(self.on(day) is not None for day in days)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Count the working minutes from start to end; negative when end lies before start."""
        if end < start:
            return -self.minutes_between(end, start)
        first, last = start.date(), end.date()
        if first == last:
            return int(self._seconds(first, start, end) // 60)
        midnight = datetime.combine(last, time.min)
        ends = self._seconds(first, start, datetime.combine(first, time.max)) + self._seconds(last, midnight, end)
        return int((ends + _whole_days(self, first, last)) // 60)

    def _seconds(self, day: date, start: datetime, end: datetime) -> float:
        """Count the working seconds of one day between two times of it."""
        hours = self.on(day)
        if not hours:
            return 0.0
        opens, closes = max(start, datetime.combine(day, hours[0])), min(end, datetime.combine(day, hours[1]))
        return max(0.0, (closes - opens).total_seconds())

    def later(self, moment: datetime, minutes: int) -> datetime:
        """Add working minutes to a time."""
        day = moment.date()
        while True:
            if hours := self.on(day):
                begin = max(moment, datetime.combine(day, hours[0]))
                left = (datetime.combine(day, hours[1]) - begin).total_seconds() / 60
                if left >= minutes:
                    return begin + timedelta(minutes=minutes)
                minutes -= max(0, int(left))
            day = self.next_open(day)
            moment = datetime.combine(day, time.min)

    def _close(self, day: date) -> datetime:
        hours = self.on(day)
        assert hours, f"{day} is closed"
        return datetime.combine(day, hours[1])


@lru_cache(4000)
def _whole_days(clock: Calendar, first: date, last: date) -> float:
    """Sum the working seconds of the days between two days; cached, since many applications are due on the same day."""
    total, day = 0.0, first + DAY
    while day < last:
        if hours := clock.on(day):
            total += (datetime.combine(day, hours[1]) - datetime.combine(day, hours[0])).total_seconds()
        day += DAY
    return total


class CalendarDays(Calendar):
    """Calendar of an office whose service standard counts calendar days."""

    def on(self, day: date) -> Hours:
        return time(8, 0), time(15, 0)


def calendar(place: Office | None = None) -> Calendar:
    """Load the calendar of the office, or of a place with hours of its own (T-4 is every place's default)."""
    since = local().date() - timedelta(days=120)
    found = _closed_days_and_hours(since, since + 2 * MONTHS_AHEAD)
    closed = tuple(day for day, _ in found)
    if place and place.hours:
        return _calendar(canonical_json(place.hours), closed)
    stored = found[0][1] if found else canonical_json(fact("hours", DEFAULT_HOURS))
    return _calendar(stored or canonical_json(DEFAULT_HOURS), closed)


@fast_sql.prepared
def _closed_days_and_hours(since: date, until: date) -> pw.ModelSelect:
    hours, closed = Fact.select(Fact.value).where(Fact.key == "hours"), Holiday.day.between(since, until)
    return Holiday.select(Holiday.day, hours).where(Holiday.closed, closed).order_by(Holiday.day)


@lru_cache(20)
def _calendar(hours: str, closed: tuple) -> Calendar:
    """Make the calendar; cached, so that `_whole_days` sums a stretch of days only once."""
    days = frozenset(date.fromisoformat(str(day)) for day in closed)
    return Calendar(json.loads(hours), days)


def due(submitted: datetime, days: int) -> datetime:
    """Return the due date of an application submitted at a UTC time, in UTC."""
    clock: Calendar = calendar()
    if fact("sla_counts", "working") == "calendar":
        clock = CalendarDays(clock.hours, clock.closed)
    return from_local(clock.due(local(submitted), days))


def postpone(due_at: datetime, paused_at: datetime, until: datetime) -> datetime:
    """Postpone a due date by the working minutes that a pause overlaps. All in UTC."""
    clock = calendar()
    return from_local(clock.later(local(due_at), clock.minutes_between(local(paused_at), local(until))))


def minutes_left(due_at: datetime, at: datetime, clock: Calendar) -> int:
    """Count the working minutes until the due date; negative when overdue."""
    return clock.minutes_between(local(at), local(due_at))


def propose_pickup_day(place: Office | None) -> date:
    """Return the next day on which the place is open; today while it still is."""
    clock, moment = calendar(place), local()
    hours = clock.on(moment.date())
    return moment.date() if hours and moment.time() < hours[1] else clock.next_open(moment.date())


def allot_pickup_number(place: Office, day: date) -> int:
    """Allot the next pickup number of a place and a day, inside the caller's transaction; no two get the same."""
    PickupCounter.insert(office=place, day=day, last=0).on_conflict_ignore().execute()
    this = (PickupCounter.office == place.id) & (PickupCounter.day == day)
    PickupCounter.update(last=PickupCounter.last + 1).where(this).execute()
    return PickupCounter.get(this).last


def new_number() -> str:
    """Make an application number: AKU, the local date, six random characters, a check character."""
    while True:
        stem = f"AKU-{local():%y%m%d}-{encryption.random_code(6)}"
        number = f"{stem}-{encryption.check_character(stem.removeprefix('AKU-'))}"
        if not Permohonan.select().where(Permohonan.number == number).exists():
            return number


NUMBER_PATTERN = re.compile(r"(?:AKU)?([0-9]{6})([0-9A-HJKMNP-TV-Z]{6})([0-9A-HJKMNP-TV-Z])")


def normalize_number(typed: str) -> str:
    """Normalize a typed application number to its form, AKU-261123-7QK2MD-J; "" if its check character is wrong."""
    found = NUMBER_PATTERN.fullmatch(encryption.normalize_code(typed))
    if not found or encryption.check_character(f"{found[1]}-{found[2]}") != found[3]:
        return ""
    return f"AKU-{found[1]}-{found[2]}-{found[3]}"


def moment_in_words(moment: datetime) -> str:
    """Format a UTC time: Rabu, 25 November 2026 pukul 10.42 WITA."""
    there = local(moment)
    zone = current_app.config["ZONE"]
    return _("%(day)s pukul %(time)s %(zone)s", day=long_date(there.date()), time=format_time(there), zone=zone)


def hours_in_words(clock: Calendar) -> list[list[str]]:
    """Format opening hours, neighbouring days with equal hours together: [["Senin–Kamis", "08.00–15.00"], …]."""
    names = (_("Senin"), _("Selasa"), _("Rabu"), _("Kamis"), _("Jumat"), _("Sabtu"), _("Minggu"))
    spans: list[list] = []
    for day in range(7):
        hours = clock.hours.get(str(day))
        if not hours:
            continue
        text = "–".join(format_time(time.fromisoformat(part)) for part in hours)
        if spans and spans[-1][2] == text and spans[-1][1] == day - 1:
            spans[-1][1] = day
        else:
            spans.append([day, day, text])
    return [[names[a] if a == b else f"{names[a]}–{names[b]}", text] for a, b, text in spans]


def queue_number(number: int) -> str:
    """Format a pickup number as it is called up: A-027."""
    return f"A-{number:03d}"
