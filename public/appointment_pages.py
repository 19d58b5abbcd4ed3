"""Appointments for recordings and IKD: choosing an hour, the page of one with its calendar file, cancelling it."""

from datetime import date, timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import EmailField, HiddenField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, ValidationError

import office
from accounts import rate_limits
from intake import appointments
from intake.appointments import AppointmentRefused
from jobs import outbox
from lib import encryption, i18n
from lib.database import now
from lib.text_normalization import is_blank
from models import Appointment, Office
from public import account_forms, email_checks, tracking
from public.account_forms import TranslatedForm, field_validator

BOOKINGS, MAILS, GUESSES = 10, 3, 20  # in rate_limits.WINDOW: from a client IP, to an address; wrong codes
BOOKINGS_A_DAY = 40  # from a client IP, which many share behind a mobile network
DAY = timedelta(days=1)
MAX_TYPED = 40  # characters that are read of a code
Answer = tuple[str, int] | str | WerkzeugResponse


class BookingForm(TranslatedForm):
    """The form of an appointment at one place; `hours` are its free ones."""

    purpose = SelectField(_l("Untuk apa?"), name="untuk")
    moment = SelectField(
        _l("Hari dan jam"), [InputRequired(_l("Pilih hari dan jam."))], name="waktu", validate_choice=False
    )
    name = account_forms.name_field()
    phone = TelField(_l("Nomor HP"), [field_validator("phone", _l("Nomor HP"), 20)], name="hp")
    email = EmailField(_l("E-mail"), [field_validator("email", _l("E-mail"), account_forms.MAX_EMAIL_LENGTH)])
    number = StringField(_l("Nomor permohonan"), name="nomor")
    once = HiddenField()

    def __init__(self, hours: dict[date, list[str]], **given):
        super().__init__(**given)
        self.hours = {f"{day} {hour}": (day, hour) for day, times in hours.items() for hour in times}
        self.purpose.choices = [(code, _(words)) for code, words in appointments.PURPOSES.items()]
        shown = [(code, appointments.in_words(*moment)) for code, moment in self.hours.items()]
        self.moment.choices = [("", f"– {_('Pilih')} –"), *shown]

    def validate_moment(self, field):
        if field.data not in self.hours:
            raise ValidationError(_(appointments.FULL))

    def validate_phone(self, field):
        if not field.data and is_blank(self.email.data or ""):
            raise ValidationError(_("Isi nomor HP atau e-mail, supaya kami dapat memberi kabar."))

    def validate_number(self, field):
        field.data = (field.data or "")[: tracking.MAX_TYPED]
        number = office.normalize_number(field.data)
        if not number and not is_blank(field.data):
            raise ValidationError(str(tracking.MISTYPED_NUMBER))
        field.data = number


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/janji", "book", book, methods=("GET", "POST"))
    blueprint.add_url_rule("/janji/<appointment>", "appointment", show)
    blueprint.add_url_rule("/janji/<appointment>/kalender.ics", "appointment_calendar", calendar_file)
    blueprint.add_url_rule("/janji/<appointment>/batal", "cancel_appointment", cancel, methods=("POST",))


def book() -> Answer:
    """Choose a place, day and hour; on POST, book it. A code that was typed leads to its appointment."""
    if typed := request.args.get("kode"):
        found = _find(typed)
        return redirect(url_for("public.appointment", appointment=found.code), 303) if found else _unknown_code()
    places, wanted = appointments.places(), request.values.get("tempat")
    place = next((one for one in places if one.code == wanted), None)
    if request.method == "POST" and place:
        return _posted(BookingForm(appointments.free_hours(place)), places, place)
    place = place or (places[0] if places else None)
    form = BookingForm(appointments.free_hours(place) if place else {}, purpose=request.args.get("untuk"), **_known())
    refused = _("Tempat ini tidak menerima janji. Pilih yang lain.") if request.method == "POST" else ""
    return _page(422 if refused else 200, form, places, place, refused)


def _posted(form: BookingForm, places: list[Office], place: Office) -> Answer:
    named = encryption.RANDOM_NAME.fullmatch(form.once.data or "")
    if made := named and appointments.made_by(form.once.data):  # the button was pressed twice
        return redirect(url_for("public.appointment", appointment=made.code), 303)
    if not form.validate() or email_checks.ask_about_typo(form):
        return _page(422, form, places, place)
    if not named:
        return _page(422, form, places, place, _("Halaman ini sudah lama terbuka. Periksa, lalu kirim sekali lagi."))
    return _book(form, places, place)


def _known() -> dict[str, str]:
    """Return what is known of the person who is signed in, for a form that is opened."""
    if not current_user.is_authenticated:
        return {}
    return {"name": current_user.name, "phone": current_user.phone, "email": current_user.email}


def _book(form: BookingForm, places: list[Office], place: Office) -> Answer:
    email = form.email.data.lower()
    who = appointments.Contact(form.name.data, form.phone.data, email, form.number.data, i18n.current_language())
    try:
        address = rate_limits.bucket("appointment", request.remote_addr or "-")
        rate_limits.check(address, BOOKINGS_A_DAY, DAY)
        rate_limits.consume(address, BOOKINGS)
        if email:
            rate_limits.consume(rate_limits.bucket("appointment-to", email), MAILS)
        made, promised = appointments.book(place, *form.hours[form.moment.data], form.purpose.data, who, form.once.data)
    except rate_limits.RateLimited as refused:
        return _page(429, form, places, place, str(refused))
    except AppointmentRefused as refused:
        return _page(409, form, places, place, str(refused))
    outbox.enqueue(*promised)
    return redirect(url_for("public.appointment", appointment=made.code), 303)


def _page(status: int, form: BookingForm, places: list[Office], place: Office | None, refusal: str = "") -> Answer:
    if not encryption.RANDOM_NAME.fullmatch(form.once.data or ""):
        form.once.data = encryption.random_token()
    return render_template("public/book.html", form=form, places=places, place=place, refusal=refusal), status


def _unknown_code() -> Answer:
    return render_template("public/appointment_unknown.html"), 404


def _find(typed: str) -> Appointment | None:
    """Find an appointment by a code from an address; who guesses is slowed down."""
    guessed = rate_limits.bucket("appointment-code", request.remote_addr or "-")
    try:
        rate_limits.check(guessed, GUESSES)
    except rate_limits.RateLimited:
        abort(429)
    found = appointments.find(typed[:MAX_TYPED])
    if found is None:
        rate_limits.record_attempts(guessed)
    return found


def show(appointment: str) -> Answer:
    """Show an appointment to who has its code: place, day, hour, and how to cancel it. No name stands here."""
    made = _find(appointment)
    if made is None:
        return _unknown_code()
    facts = {"when": appointments.in_words(made.day, made.hour), "purpose": _(appointments.PURPOSES[made.purpose])}
    return render_template("public/appointment.html", made=made, is_open=appointments.is_open(made), **facts)


def cancel(appointment: str) -> WerkzeugResponse:
    """Cancel an appointment by its code; its hour is free again."""
    made = _find(appointment) or abort(404)
    if appointments.is_open(made):
        appointments.cancel(made)
        flash(_("Janji ini dibatalkan. Jamnya dapat dipakai orang lain."), "good")
    return redirect(url_for("public.appointment", appointment=made.code), 303)


def calendar_file(appointment: str) -> Response:
    """Return the appointment as an iCalendar file (RFC 5545)."""
    made = _find(appointment)
    if made is None or not appointments.is_open(made):
        abort(404)
    begin, end = appointments.span(made)
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//AKU Online//Janji//ID", "BEGIN:VEVENT",
        f"UID:{made.code}@{request.host}", f"DTSTAMP:{now():%Y%m%dT%H%M%SZ}",
        f"DTSTART:{begin:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{_escape(_(appointments.PURPOSES[made.purpose]))}",
        f"LOCATION:{_escape(', '.join(filter(None, (made.office.name, made.office.address))))}",
        f"DESCRIPTION:{_escape(_('Kode janji: %(code)s', code=made.code))}",
        "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    answer = Response("\r\n".join(map(_fold, lines)), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="janji-{made.code}.ics"'
    return answer


def _escape(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _fold(line: str) -> str:
    """Fold a line of an iCalendar file, which may have 75 octets at most."""
    return "\r\n ".join(line[at : at + 60] for at in range(0, len(line), 60))
