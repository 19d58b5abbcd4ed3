"""Renders messages from events and the office's message texts (templates with placeholders). Sends nothing.

A line that begins with {ada x} is sent only where the placeholder x has a value; one with {tanpa x}, where it has none.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

import accounts
import office
import workflow
from accounts import one_time_links
from casework import timeline
from casework.inputs.days import recording_office
from files import storage
from intake import submission
from lib import encryption, i18n
from lib.i18n import N_, format_time
from models import Document, Event, EventText, MessageText, Office, Outbox, Permohonan, StoredFile, User

# Placeholders that a text may use in braces; all others are rejected when it is saved.
PLACEHOLDERS = tuple(
    "nomor layanan dokumen pdf kartu nama status alasan kekurangan sampai terlambat alamat pengambilan bawaan "
    "perekaman lampiran kantor telepon kode".split()
)
CONDITION = re.compile(r"{(ada|tanpa) (\w+)}")
FREE_NOTE = N_("Semua layanan kami GRATIS. Bila ada yang meminta bayaran, laporkan kepada kami.")


@dataclass
class Message:
    """One message to one audience through one channel."""

    channel: str
    outbox: Outbox
    subject: str
    body: str
    to: str = ""  # e-mail address
    permohonan: Permohonan | None = None
    user: int | None = None  # whose inbox
    role: str = ""  # whose inbox, as a role
    files: list[tuple[str, bytes]] = field(default_factory=list)
    is_pressing: bool = False  # it tells of a return, a refusal or a failure

    @property
    def id(self) -> str:
        """Return the id for deduplication, the same at every retry of the outbox row."""
        return encryption.keyed_hash(f"outbox:{self.outbox.id}", "message-id")[:32]


def for_event(row: Outbox) -> Message:
    """Render the message of a transition for one audience and channel."""
    event: Event = row.event
    permohonan = Permohonan.get_by_id(event.permohonan_id)
    transition = workflow.transition_of(event)
    audience, channel = row.payload["audience"], row.payload["channel"]
    with force_locale(_language_of(permohonan, audience)):
        action = "reminder" if row.payload.get("reminder") else event.action
        subject, body = _templates(permohonan, action, audience, transition)
        body += _footer() * (channel == "email")
        attaches = channel == "email" and audience == workflow.APPLICANT and transition.attach_documents
        files = _signed_files(permohonan, event) if attaches else []
        places = _placeholder_values(permohonan, event)
        if audience == workflow.APPLICANT and not transition.explains:
            places["alasan"] = places["kekurangan"] = ""  # written for officers, whatever the office puts into its text
        places |= {"lampiran": ", ".join(name for name, _data in files)}
        title = _fill_placeholders(subject, places | _short_names(permohonan))
    message = Message(channel, row, title, _fill_placeholders(body, places), files=files)
    message.permohonan = permohonan
    message.is_pressing = workflow.tells_of_trouble(event.action)
    if audience == workflow.APPLICANT:
        message.to, message.user = permohonan.email, permohonan.owner_id
    elif audience == workflow.COUNTER:
        message.user = permohonan.helper_id
    else:
        message.role = audience
    return message


def _language_of(permohonan: Permohonan, audience: str) -> str:
    """Return the recipient's language; Indonesian for staff and counters."""
    to_owner = audience == workflow.APPLICANT and permohonan.owner_id
    return permohonan.owner.language if to_owner else i18n.DEFAULT_LANGUAGE


def _footer() -> str:
    return f"\n\n{{kantor}} · {{telepon}}\n{_(FREE_NOTE)}"


def _templates(permohonan: Permohonan, action: str, audience: str, transition: workflow.Transition) -> tuple[str, str]:
    kind = audience if audience in (workflow.APPLICANT, workflow.COUNTER) else "staff"
    text = MessageText.get_or_none(MessageText.action == action, MessageText.audience == kind)
    if text:
        return i18n.localized(text.subject), i18n.localized(text.body)
    done, which = _(transition.past_label_for(permohonan)), _("Permohonan {nomor}: {dokumen}.")
    return f"{done}: {{nomor}}", f"{done}.\n\n{which}\n\n{{alamat}}"


def _fill_placeholders(text: str, places: dict[str, str]) -> str:
    kept = (CONDITION.sub("", line) for line in text.splitlines() if _holds(line, places))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    for name, value in places.items():
        text = text.replace("{" + name + "}", value)
    return text


def _holds(line: str, places: dict[str, str]) -> bool:
    return all(bool(places.get(name)) == (word == "ada") for word, name in CONDITION.findall(line))


def _product_names(permohonan: Permohonan, kind: str = "") -> list[str]:
    return [i18n.localized(one["name"]) for one in permohonan.products if kind in ("", one["kind"])]


def _short_names(permohonan: Permohonan) -> dict[str, str]:
    """Name the first of several documents, for subjects."""
    kinds = {"dokumen": "", "pdf": "pdf", "kartu": "card"}
    return {name: _shorten(_product_names(permohonan, kind)) for name, kind in kinds.items()}


def _shorten(names: list[str]) -> str:
    if len(names) < 3:
        return i18n.join_words(names)
    return _("%(first)s dan %(number)s dokumen lain", first=names[0], number=len(names) - 1)


def _placeholder_values(permohonan: Permohonan, event: Event) -> dict[str, str]:
    texts = EventText.get_or_none(EventText.event == event)
    card = office.contact_details()
    faults = timeline.deficiencies_of(permohonan, [event.id]).get(event.id, [])
    situation = timeline.status_summary(permohonan)
    return {
        "nomor": permohonan.number,
        "layanan": i18n.localized(permohonan.edition.body["name"]),
        "dokumen": i18n.join_words(_product_names(permohonan)),
        "pdf": i18n.join_words(_product_names(permohonan, "pdf")),
        "kartu": i18n.join_words(_product_names(permohonan, "card")),
        "nama": permohonan.applicant_name or _("pemohon"),  # of a draft nobody knows it yet
        "status": _(workflow.STATES[event.target].label),
        "alasan": (texts.texts.get("reason") if texts else "") or "",
        "kekurangan": "\n".join(f"- {one.label}: {one.reason}. {one.text}".rstrip() for one in faults),
        "sampai": office.long_date(situation.until) if situation.until else "",
        "terlambat": office.long_date(situation.until) if situation.late_days is not None and situation.until else "",
        "alamat": _status_url(permohonan),
        "pengambilan": describe_pickup(permohonan),
        "bawaan": "\n".join(f"- {name}" for name in submission.original_names(permohonan)),
        "perekaman": _describe_recording(texts.texts if texts else {}),
        "kantor": f"{card.get('name', '')} {card.get('regency', '')}".strip(),
        "telepon": card.get("phone", ""),
    }


def _status_url(permohonan: Permohonan) -> str:
    """Return the URL of the application; without an account, of the tracking page."""
    base = current_app.config["BASE_URL"]
    return f"{base}/permohonan/{permohonan.key}" if permohonan.owner_id else f"{base}/lacak?nomor={permohonan.number}"


def _describe_recording(texts: dict) -> str:
    """Describe place and day of the biometric recording, from the event."""
    day = texts.get("date")
    if not day:
        return ""
    place, when = texts.get("place", ""), date.fromisoformat(day)
    return _("di %(place)s pada %(day)s", place=place, day=_day_and_hours(recording_office(place), when))


def _day_and_hours(place: Office | None, day: date) -> str:
    """Format a day with the hours at which a place is open on it: "Kamis, 26 November 2026, 08.00–15.00 WITA"."""
    hours, when = office.calendar(place).on(day), office.long_date(day)
    if not hours:
        return when
    return f"{when}, {format_time(hours[0])}–{format_time(hours[1])} {current_app.config['ZONE']}"


def describe_pickup(permohonan: Permohonan) -> str:
    """Describe the pickup: "nomor A-027, Kamis, 26 November 2026, 08.00–15.00 WITA, di …"."""
    if not permohonan.pickup_number or not permohonan.pickup_on:
        return ""
    place = permohonan.pickup_office
    when = _day_and_hours(place, permohonan.pickup_on)
    number = office.queue_number(permohonan.pickup_number)
    return _("nomor %(number)s, %(when)s, di %(place)s", number=number, when=when, place=place.name)


def _signed_files(permohonan: Permohonan, event: Event) -> list[tuple[str, bytes]]:
    this_round = (Document.permohonan == permohonan.id) & (Document.round == event.codes["round"])
    query = Document.select(Document, StoredFile).join(StoredFile, on=(Document.file == StoredFile.id), attr="file")
    rows = query.where(this_round, Document.revoked_at.is_null()).order_by(Document.id)
    return [(f"{permohonan.number}-{row.product}.pdf", storage.read(row.file)) for row in rows]


ACCOUNT_PAGES = {"confirm": "/konfirmasi/{secret}", "reset": "/sandi-baru/{secret}", "exists": "/masuk"}
ACCOUNT_PAGES |= {"move": "/akun/alamat/{secret}", "moved": "/masuk", "password": "/lupa-sandi"}


def for_account(row: Outbox) -> Message:
    """Render a mail about an account; the token of its link is created now and stored as a hash only."""
    user, purpose = User.get_by_id(row.payload["user"]), row.payload["purpose"]
    to = row.payload.get("email", user.email)  # not the account's: the new address, or the old one
    if purpose == "move" and (other := accounts.find_user(to)) and other.id != user.id:
        user, purpose = other, "exists"  # the page doesn't reveal that the address has an account
    page = ACCOUNT_PAGES[purpose]
    secret = one_time_links.create(user, purpose, to) if "{secret}" in page else ""
    return render_mail(row, f"account_{purpose}", user, to, alamat=absolute_url(page.format(secret=secret)))


def absolute_url(page: str) -> str:
    """Return the absolute URL of a page."""
    return current_app.config["BASE_URL"] + page


def render_mail(row: Outbox, text: str, user: User, to: str, **places: str) -> Message:
    """Render a mail that is not about an application, from the message text `text`."""
    words = MessageText.get(MessageText.action == text)
    card = office.contact_details()
    places |= {
        "nama": user.name,
        "kantor": f"{card.get('name', '')} {card.get('regency', '')}".strip(),
        "telepon": card.get("phone", ""),
    }
    with force_locale(user.language):
        subject, body = i18n.localized(words.subject), i18n.localized(words.body) + _footer()
    return Message("email", row, subject, _fill_placeholders(body, places), to=to, user=user.id)
