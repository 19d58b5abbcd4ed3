"""Search criteria: conditions on applications; it knows no page and no reach."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import peewee as pw
from flask import request
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

import office
import workflow
from admin_views import forms
from casework import figures
from casework.inputs.words import plain
from catalogue.nik import SEPARATORS
from documents.draft_comparison import VERDICTS
from lib import fast_sql
from lib.database import from_local, is_sqlite, local, now
from lib.text_normalization import normalize_number
from models import District, Edition, Layanan, Office, Village

LETTERS_AT_LEAST, LETTERS_AT_MOST = 3, 100
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
ANY = ("", "Semua")
PROMISES = [ANY, ("lewat", "Lewat waktu"), ("hari_ini", "Jatuh tempo hari ini"), ("besok", "Jatuh tempo besok")]
ENDED = tuple(state.code for state in workflow.STATES.values() if state.ends_clock or state.pauses)
DATED = [("", "Diajukan"), ("selesai", "Selesai"), ("terlambat", "Selesai lewat waktu")]
DATED += [("dikembalikan", "Dikembalikan ke pemohon")]
EVENTS = {"selesai": "finished", "terlambat": "late", "dikembalikan": "returned"}
STATES = tuple((code, state.label) for code, state in workflow.STATES.items() if code != "draft")
SHORT = "Tulis nomor permohonan atau bagiannya, nomor antrean, 16 angka NIK, atau sedikitnya tiga huruf nama."
NUMBER = re.compile(r"AKU-[0-9]{0,6}|AKU-[0-9]{6}-[0-9A-Z]{0,6}|AKU-[0-9]{6}-[0-9A-Z]{6}-[0-9A-Z]?")  # how one begins
CALLED = re.compile(r"A-?0*([0-9]{1,4})", re.I)  # a pickup number, as office.queue_number writes it
FETCHED = timedelta(days=31)  # of those that somebody may still bring
Q_LABEL = "Nomor, NIK, atau nama"
HANDED_OVER = {state for row in workflow.TRANSITIONS if row.action == "hand_over" for state in row.sources}


class SearchForm(forms.Form):
    """The criteria of a search; each may stay empty."""

    q = StringField(Q_LABEL, [Length(max=LETTERS_AT_MOST, message="Terlalu panjang.")])
    layanan = SelectField("Layanan", default="")
    keadaan = SelectField("Keadaan", default="")
    jalur = SelectField("Jalur", default="")
    tempat = SelectField("Tempat", default="")
    menurut = SelectField("Tanggal", default="")
    dari = DateField("Dari tanggal", [Optional()])
    sampai = DateField("Sampai tanggal", [Optional()])
    loket = StringField("Kode loket", [Length(max=13, message="Terlalu panjang.")])
    janji = SelectField("Janji layanan", choices=forms.choices(tuple(PROMISES)), default="")

    def validate_q(self, field):
        if 0 < len(typed_text(field.data or "")) < LETTERS_AT_LEAST:
            raise ValidationError(SHORT)

    def validate_menurut(self, field):
        if field.data and not self.dari.data:
            raise ValidationError("Isi juga tanggal mulainya.")

    def validate_dari(self, field):
        if field.data and not EARLIEST <= field.data <= LATEST:
            raise ValidationError("Periksa tahunnya.")

    def validate_sampai(self, field):
        self.validate_dari(field)
        if field.data and self.dari.data and field.data < self.dari.data:
            raise ValidationError("Tanggal ini lebih awal dari tanggal mulainya.")

    @property
    def wanted(self) -> dict[str, str]:
        """Return the criteria as they are stored."""
        kept = {name: plain(str(value), LETTERS_AT_MOST) for name, value in self.data.items() if value}
        return kept | ({"q": typed_text(kept["q"])} if "q" in kept else {})


def typed_text(raw: str) -> str:
    """Return the text of a search as it is stored: one line, and a whole number as it is printed."""
    text = re.sub(r"\AAKU[ -]?(?=[0-9])", "AKU-", " ".join(normalize_number(raw).split()), flags=re.I)
    return office.normalize_number(text) or text


def label_of(name: str, code: str) -> str:
    """Label a promise, service, place or track as people call it; the code where it is unknown."""
    if name == "janji":
        return dict(PROMISES)[code]
    if name == "jalur":
        return workflow.TRACKS[code]
    if name == "tempat":
        place = Village.get_or_none(Village.code == code) or District.get_or_none(District.code == code)
        return place.name if place else code
    if name == "loket":
        counter = Office.get_or_none(Office.code == code)
        return counter.name if counter else code
    edition = Edition.select().join(Layanan).where(Layanan.code == code).order_by(Edition.number.desc()).first()
    return edition.body["name"]["id"] if edition else code


def condition(wanted: dict[str, str]) -> tuple[str, tuple]:
    """Make the condition of what was searched for, but for a name, over the columns of an application."""
    happened = wanted.get("menurut", "")
    asked: list[tuple] = [_happened(happened, wanted)] if happened else []
    dated = {name: value for name, value in wanted.items() if not (happened and name in ("dari", "sampai"))}
    asked += [_CONDITIONS[name](value) for name, value in dated.items() if name in _CONDITIONS]
    return " AND ".join(["1 = 1", *(text for text, *_ in asked)]), tuple(value for _, *some in asked for value in some)


def narrow(query: pw.ModelSelect, wanted: dict[str, str]) -> pw.ModelSelect:
    """Narrow a query to what was searched for, but for a name."""
    text, values = condition(wanted)
    return query.where(pw.SQL(text if is_sqlite() else text.replace("?", "%s"), values))


def searched_name(wanted: dict[str, str]) -> str:
    """Return the name that is searched for, if it is one."""
    return wanted["q"] if "q" in wanted and kind_of(wanted["q"]) == "nama" else ""


def _typed(text: str) -> tuple:
    """Routed by shape, so that each kind of search has an index; a name has one of its own: lib/name_search.py."""
    if called := CALLED.fullmatch(text):
        return _called(int(called[1]))
    if kind_of(text) == "nik":
        digits = text.translate(SEPARATORS)
        return "(applicant_nik = ? OR subject_nik = ?)", digits, digits
    return _numbered(text.upper()) if kind_of(text) == "nomor" else ("1 = 1",)


def _called(number: int) -> tuple:
    """Return the condition for a pickup number, of any day; served by the index of numbers."""
    slot = "pickup_office_id IN (SELECT o.id FROM office o) AND pickup_on >= ? AND pickup_number = ?"
    since = str(local().date() - FETCHED)
    return f"{slot} AND state IN ({fast_sql.marks(HANDED_OVER)})", since, number, *HANDED_OVER


def _numbered(number: str) -> tuple:
    """A whole number, or how one begins; the bounds are for SQLite's index: elsewhere letters have another order."""
    if office.normalize_number(number):
        return "number = ?", number
    begins = "substr(number, 1, ?) = ?", len(number), number
    return (f"{begins[0]} AND number >= ? AND number < ?", *begins[1:], number, f"{number}~") if is_sqlite() else begins


def typed_before(text: str) -> str:
    """Mask the text of a search as its page may repeat it."""
    return f"…{text[-4:]}" if kind_of(text) == "nik" else text


def kind_of(text: str) -> str:
    """Classify typed text by its shape: antrean, nik, nomor or nama."""
    if CALLED.fullmatch(text):
        return "antrean"
    if re.fullmatch("[0-9]{16}", text.translate(SEPARATORS)):
        return "nik"
    return "nomor" if NUMBER.fullmatch(text.upper()) else "nama"


def _midnight(day: str, later: int = 0) -> str:
    return str(from_local(datetime.combine(date.fromisoformat(day) + timedelta(days=later), time.min)))


def _bounds() -> dict[str, tuple[str, str]]:
    """Each choice of PROMISES: between which moments it is due. What is late is not due today any more."""
    today, present = local().date().isoformat(), str(now())
    midnight, next_midnight = _midnight(today, 1), _midnight(today, 2)
    long_ago = _midnight(EARLIEST.isoformat())
    return {"lewat": (long_ago, present), "hari_ini": (present, midnight), "besok": (midnight, next_midnight)}


def promises() -> dict[str, tuple[str, tuple]]:
    """Map each choice of PROMISES to its condition over running applications."""
    return {code: ("due_at >= ? AND due_at < ?", both) for code, both in _bounds().items()}


def _promise(kind: str) -> tuple:
    text, values = promises()[kind]
    return f"state NOT IN ({fast_sql.marks(ENDED)}) AND {text}", *ENDED, *values


def _happened(kind: str, wanted: dict[str, str]) -> tuple:
    """Return the condition that something happened between two days."""
    since, until = wanted.get("dari", EARLIEST.isoformat()), wanted.get("sampai", LATEST.isoformat())
    events = "SELECT e.permohonan_id FROM event e JOIN permohonan q ON q.id = e.permohonan_id"
    text = f"id IN ({events} WHERE e.at >= ? AND e.at < ? AND {figures.HAPPENED[EVENTS[kind]]})"
    return text, _midnight(since), _midnight(until, 1)


OF_PLACE = "SELECT v.id FROM village v JOIN district d ON d.id = v.district_id WHERE v.code = ? OR d.code = ?"
OF_COUNTER = "track = ? AND office_id IN (SELECT o.id FROM office o WHERE o.code = ?)"
_CONDITIONS: dict[str, Callable[[str], tuple]] = {
    "q": _typed,
    "layanan": lambda code: ("layanan_id IN (SELECT l.id FROM layanan l WHERE l.code = ?)", code),
    "keadaan": lambda code: ("state = ?", code),
    "jalur": lambda code: ("track = ?", code),
    "tempat": lambda code: (f"village_id IN ({OF_PLACE})", code, code),
    "dari": lambda day: ("submitted_at >= ?", _midnight(day)),
    "sampai": lambda day: ("submitted_at < ?", _midnight(day, 1)),
    "janji": _promise,
    "loket": lambda code: (OF_COUNTER, workflow.COUNTER, code),
    "draf": lambda code: ("draft_verdict = ?", code),
}


def asked_verdict() -> str:
    """Return the draft verdict by which the address narrows a queue; "" where it doesn't."""
    asked = request.args.get("draf", "")
    return asked if asked in VERDICTS else ""


def loggable(wanted: dict[str, str]) -> dict[str, str]:
    """Redact a search for the log: of typed text only its kind, for it may be a NIK or a name."""
    return wanted | ({"q": kind_of(wanted["q"])} if "q" in wanted else {})
