"""Appointments for biometric recordings and activations: free hours, booking, cancelling, erasing; no page, no mail."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _

import office
from lib import encryption
from lib.database import advisory_lock, from_local, local, now, transaction
from lib.i18n import N_, format_time
from lib.text_normalization import fold
from models import Appointment, Office, Outbox, User

PURPOSES = {"rekam": N_("Perekaman KTP-el"), "ikd": N_("Aktivasi IKD")}
HOUR = timedelta(hours=1)
DAYS_AHEAD = 10  # working days that are offered
KEPT = timedelta(days=30)  # after its day
CODE_LENGTH = 10  # 50 bits
MAX_OPEN = 6  # appointments that are reached by one telephone or address: a family's
FULL = N_("Jam itu baru saja penuh. Pilih jam lain.")
TOO_MANY = N_("Dengan nomor HP atau e-mail ini sudah ada %(number)s janji. Untuk janji lain, telepon kami.")
DOUBLE = N_("Dengan nama dan nomor ini sudah ada janji. Batalkan yang lama dengan kodenya, atau telepon kami.")


class AppointmentRefused(Exception):
    """The appointment can't be made or cancelled; the message says why."""


@dataclass(frozen=True)
class Contact:
    """A person who comes, and how to reach them."""

    name: str
    phone: str
    email: str
    number: str
    language: str


def places() -> list[Office]:
    """Return the offices that give appointments, the Dinas first."""
    giving = Office.select().where(Office.appointments_per_hour > 0)
    return sorted(giving.order_by(Office.name), key=lambda one: one.kind != "dinas")


def free_hours(place: Office) -> dict[date, list[str]]:
    """Return the hours that are free at a place on its next working days; a day without any is left out."""
    clock, day = office.calendar(place), local().date()
    taken = _taken(place)
    found: dict[date, list[str]] = {}
    for _day in range(DAYS_AHEAD):
        day = clock.next_open(day)
        hours = [hour for hour in _hours(clock.on(day)) if taken[day, hour] < place.appointments_per_hour]
        found |= {day: hours} if hours else {}
    return found


def _hours(opened: office.Hours) -> Iterator[str]:
    """Yield the hours that end before the office closes."""
    begin, end = (datetime.combine(date.min, moment) for moment in opened or (time.min, time.min))
    while begin + HOUR <= end:
        yield f"{begin:%H:%M}"
        begin += HOUR


def _taken(place: Office) -> Counter:
    coming = (Appointment.office == place.id) & (Appointment.day > local().date()) & Appointment.seat.is_null(False)
    return Counter(Appointment.select(Appointment.day, Appointment.hour).where(coming).tuples())


def book(place: Office, day: date, hour: str, purpose: str, who: Contact, once: str) -> tuple[Appointment, list[int]]:
    """Book a seat in an hour; returns the appointment and the ids of its outbox rows.

    The same form sent twice gives the same appointment. Raises AppointmentRefused.
    """
    with transaction():
        advisory_lock("appointments")
        if made := made_by(once):
            return made, []
        _refuse_more(purpose, who)
        if hour not in free_hours(place).get(day, ()):
            raise AppointmentRefused(_(FULL))
        facts = {"office": place, "day": day, "hour": hour, "purpose": purpose, "once": once, **vars(who)}
        made = Appointment.create(code=encryption.random_code(CODE_LENGTH), seat=_free_seat(place, day, hour), **facts)
        return made, [Outbox.add("appointment_mail", appointment=made.id).id] if who.email else []


def made_by(once: str) -> Appointment | None:
    """Return the appointment that a form has made; None before it was sent."""
    return Appointment.get_or_none(Appointment.once == once)


def _refuse_more(purpose: str, who: Contact) -> None:
    """Refuse a person's second appointment for one purpose, and a contact that holds too many seats."""
    coming = Appointment.seat.is_null(False) & (Appointment.day > local().date())
    same = ((Appointment.phone == who.phone) & (who.phone != "")) | (
        (Appointment.email == who.email) & (who.email != "")
    )
    held = list(Appointment.select(Appointment.name, Appointment.purpose).where(coming, same))
    if any(one.purpose == purpose and fold(one.name) == fold(who.name) for one in held):
        raise AppointmentRefused(_(DOUBLE))
    if len(held) >= MAX_OPEN:
        raise AppointmentRefused(_(TOO_MANY, number=MAX_OPEN))


def _free_seat(place: Office, day: date, hour: str) -> int:
    here = (Appointment.office == place.id) & (Appointment.day == day) & (Appointment.hour == hour)
    taken = {seat for (seat,) in Appointment.select(Appointment.seat).where(here).tuples()}
    return next(seat for seat in range(1, place.appointments_per_hour + 1) if seat not in taken)


def find(typed: str) -> Appointment | None:
    """Find an appointment by its code, as typed."""
    code = encryption.normalize_code(typed)
    query = Appointment.select(Appointment, Office).join(Office)
    return query.where(Appointment.code == code).first() if len(code) == CODE_LENGTH else None


def is_open(appointment: Appointment) -> bool:
    """Say whether somebody is still expected: it is neither cancelled nor past."""
    return appointment.seat is not None and appointment.arrived is None and appointment.day >= local().date()


def cancel(appointment: Appointment) -> None:
    """Cancel an appointment, so that its seat is free again; twice is harmless."""
    if is_open(appointment):
        open_one = (Appointment.id == appointment.id) & Appointment.seat.is_null(False)
        Appointment.update(seat=None, cancelled_at=now()).where(open_one).execute()


def span(appointment: Appointment) -> tuple[datetime, datetime]:
    """Return begin and end of an appointment in UTC."""
    begin = from_local(datetime.combine(appointment.day, time.fromisoformat(appointment.hour)))
    return begin, begin + HOUR


def in_words(day: date, hour: str) -> str:
    """Format day and hour: "Rabu, 2 Desember 2026, 08.00–09.00"."""
    begin = datetime.combine(day, time.fromisoformat(hour))
    return f"{office.long_date(day)}, {format_time(begin)}–{format_time(begin + HOUR)}"


def mark(ids: list, arrived: bool, officer: User) -> int:
    """Record whether people arrived; returns how many were marked: of a cancelled or future one nobody can say."""
    due = Appointment.seat.is_null(False) & (Appointment.day <= local().date())
    marked = Appointment.update(arrived=arrived, marked_by=officer.id).where(Appointment.id.in_(ids), due)
    return marked.execute()


def delete_expired() -> None:
    """Delete appointments a month after their day."""
    Appointment.delete().where(Appointment.day < local().date() - KEPT).execute()
