"""Mails that verify an address, about account recovery, and about appointments."""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

import accounts
from accounts import one_time_links
from intake import appointments, email_verification
from models import Address, Appointment, Office, Outbox, Recovery, User
from notify.message import Message, absolute_url, render_mail

CONFIRM_PAGE, STOP_PAGE, APPOINTMENT_PAGE = "/alamat-baru/{}", "/batalkan-pemulihan/{}", "/janji/{}"


def for_address(row: Outbox) -> Message:
    """Render the mail with the verification code of an address; the code is created now and stored as a hash only."""
    asked = Address.select(Address, User).join(User).where(Address.id == row.payload["address"]).get()
    return render_mail(row, "address_code", asked.user, asked.email, kode=email_verification.make_code(asked))


def for_recovery(row: Outbox) -> Message:
    """Render a recovery mail: a notice to the old address, or the link to the new one."""
    query = Recovery.select(Recovery, User).join(User, on=Recovery.user)
    case = query.where(Recovery.id == row.payload["recovery"]).get()
    purpose = row.payload["purpose"]
    if purpose != "rebind":
        page = absolute_url(STOP_PAGE.format(one_time_links.create(case.user, "stop", case.old_email)))
        return render_mail(row, f"recovery_{purpose}", case.user, case.old_email, alamat=page)
    other = accounts.find_user(case.new_email)
    if other and other.id != case.user_id:  # the page doesn't reveal that the address has an account
        return render_mail(row, "account_exists", other, other.email, alamat=absolute_url("/masuk"))
    page = absolute_url(CONFIRM_PAGE.format(one_time_links.create(case.user, "rebind", case.new_email)))
    return render_mail(row, "recovery_rebind", case.user, case.new_email, alamat=page)


def for_appointment(row: Outbox) -> Message:
    """Render the mail with place, time and code of an appointment, in the language in which it was made."""
    query = Appointment.select(Appointment, Office).join(Office).where(Appointment.id == row.payload["appointment"])
    made = query.get()
    with force_locale(made.language):
        when = f"{appointments.in_words(made.day, made.hour)} {current_app.config['ZONE']}"
        places = {
            "layanan": _(appointments.PURPOSES[made.purpose]),
            "perekaman": _("di %(place)s pada %(day)s", place=made.office.name, day=when),
            "alamat": absolute_url(APPOINTMENT_PAGE.format(made.code)),
        }
    person = User(name=made.name, language=made.language)  # in no table
    return render_mail(row, "appointment_made", person, made.email, kode=made.code, **places)
