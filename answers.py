"""What an action of the workflow can ask for: each answer's name, words, and the check on the server.

One entry serves the form that is shown and the check of what comes back. It stores nothing.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _

import office
from language import text
from marking import N_
from models import Office, Permohonan, Reason, local

LONG, SHORT, REASON = 1000, 120, 40
SIGNATURE_BYTES, ON_PAPER = 200_000, b"paper"
YES = frozenset(("ya", "on", "1", "true", "y"))


class Refused(Exception):
    """Answers are missing or wrong: `errors` maps a field's name to a sentence."""

    def __init__(self, errors: Mapping[str, str]):
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Ask:
    """One thing that an action asks for; `clean` returns the checked values by name, or raises Refused."""

    name: str
    kind: str  # which piece of form: tick | long | text | date | deficiencies | documents | …
    label: str
    clean: Callable[[Mapping, Permohonan, str], dict]
    hint: str = ""
    kept: tuple[str, ...] = ()  # names that go into the record
    wanted: Callable[[Permohonan, str], bool] = lambda permohonan, role: True


def plain(value, limit: int) -> str:
    """Text as it may be stored: trimmed, NFC, without control or direction characters, not longer than `limit`."""
    text = unicodedata.normalize("NFC", str(value or "")).replace("\r\n", "\n").strip()
    if not text.isprintable():
        text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    if len(text) > limit:
        raise ValueError(_("Terlalu panjang: paling banyak %(most)s huruf.", most=limit))
    return text


def _text(name: str, missing: str, limit: int = LONG, required: Callable[[str], bool] = lambda role: True):
    def clean(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
        try:
            text = plain(answers.get(name), limit)
        except ValueError as reason:
            raise Refused({name: str(reason)}) from reason
        if not text and required(role):
            raise Refused({name: _(missing)})
        return {name: text}

    return clean


def _tick(name: str, missing: str = ""):
    def clean(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
        value = answers.get(name)
        ticked = value is True or str(value).lower() in YES
        if missing and not ticked:
            raise Refused({name: _(missing)})
        return {name: ticked}

    return clean


def _other_matter(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Why it is no second application for the same thing; only an officer of a counter can say so."""
    clean = _text("reason", "", required=lambda role: False)
    return clean(answers if role == "counter_operator" else {}, permohonan, role)


def _date(answers: Mapping, name: str = "date") -> date | None:
    value = answers.get(name)
    if isinstance(value, date) or not value:
        return value or None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
        raise Refused({name: _("Tulis tanggal lengkap: hari, bulan, dan tahun.")})
    try:
        return date.fromisoformat(str(value))
    except ValueError as reason:
        raise Refused({name: _("Tanggal ini tidak ada di kalender.")}) from reason


def _open_day(day: date | None, place: Office | None) -> date:
    """A day from today to sixty days ahead on which the place is open."""
    clock, today = office.calendar(place), local().date()
    if day is None:
        raise Refused({"date": _("Pilih hari.")})
    if not today <= day <= today + timedelta(days=60):
        raise Refused({"date": _("Pilih hari mulai hari ini sampai 60 hari ke depan.")})
    if not clock.on(day):
        following = office.long_date(clock.next_open(day))
        shut = _("%(day)s tutup. Hari buka berikutnya %(next)s.", day=office.long_date(day), next=following)
        raise Refused({"date": shut})
    return day


def _recording(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    return {"date": _open_day(_date(answers), None)}


def pickup_place(permohonan: Permohonan) -> Office:
    """Where it is fetched: at the counter that took it in, else at the Dinas."""
    return permohonan.office if permohonan.track == "counter" else Office.get(Office.kind == "dinas")


def _pickup(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    place = pickup_place(permohonan)
    return {"date": _open_day(_date(answers) or office.propose_pickup(place), place)}


def defectible(permohonan: Permohonan) -> dict[str, str]:
    """Key → label of every requirement and field that can fall short."""
    body = permohonan.edition.body
    found = {part["key"]: text(part["name"]) for part in body["requirements"]} | {
        "surat_kuasa": _("Surat kuasa (F-1.07)")
    }
    return found | {part["key"]: text(part["label"]) for section in body["sections"] for part in section["fields"]}


def offered(permohonan: Permohonan, key: str) -> list[str]:
    """The reasons that a requirement names as its own; none: any will do."""
    parts = permohonan.edition.body["requirements"]
    return next((one.get("reasons") or [] for one in parts if one["key"] == key), [])


def _strange(permohonan: Permohonan, key: str, reason: str) -> bool:
    """Is it none of the requirement's own reasons, while some of these can be picked?"""
    own = offered(permohonan, key)
    in_use = Reason.key.in_(own) & (Reason.kind == "deficiency") & Reason.active
    return bool(own) and reason not in own and Reason.select().where(in_use).exists()


def _deficiencies(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    known = defectible(permohonan)
    out, errors = [], {}
    for item in answers.get("deficiencies") or []:
        key = str(item.get("key", ""))
        if key not in known:
            errors["deficiencies"] = "Pilih syarat atau isian dari daftar."
            continue
        name, values = "reason", {}
        try:
            for name, limit in (("reason", REASON), ("text", LONG)):
                values[name] = plain(item.get(name), limit)
        except ValueError as wrong:
            errors[f"deficiencies-{key}-{name}"] = str(wrong)
            continue
        if not values["reason"]:
            errors[f"deficiencies-{key}-reason"] = "Pilih alasan, supaya pemohon tahu apa yang harus diperbaiki."
        elif _strange(permohonan, key, values["reason"]):
            errors[f"deficiencies-{key}-reason"] = "Alasan ini tidak untuk syarat ini. Pilih dari daftarnya."
        elif values["reason"] == "lainnya" and not values["text"]:
            errors[f"deficiencies-{key}-text"] = "Tulis alasannya."
        out.append({"key": key} | values)
    if not out and not errors:
        errors["deficiencies"] = "Tandai sedikitnya satu syarat atau isian yang kurang, dan alasannya."
    if errors:
        raise Refused(errors)
    return {"deficiencies": out}


def _documents(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    given = answers.get("documents") or {}
    out, errors = {}, {}
    for product in permohonan.products:
        key = product["key"]
        one = given.get(key) or {}
        try:
            number = plain(one.get("number"), 60).upper()
        except ValueError as wrong:
            errors[f"documents-{key}-number"] = str(wrong)
            continue
        if not number and product["kind"] == "pdf":
            errors[f"documents-{key}-number"] = f"Isi nomor {product['name']['id']} dari SIAK."
        out[key] = {"number": number, "draft": one.get("draft") or None}
    if errors:
        raise Refused(errors)
    return {"documents": out}


def asks_passphrase(permohonan: Permohonan) -> bool:
    """Nothing is signed here where the products are cards only, or where SIAK signs."""
    return permohonan.has_pdf and not current_app.config["TTE_URL"].startswith("siak:")


def _passphrase(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    value = str(answers.get("passphrase") or "")
    if asks_passphrase(permohonan) and not value:
        raise Refused({"passphrase": "Isi frasa sandi TTE Anda."})
    return {"passphrase": value, "shown": answers.get("shown")}


def _cards(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    clean = _tick("cards_received", "Tandai bahwa kartu sudah Anda terima." if permohonan.has_card else "")
    return clean(answers, permohonan, role)


def _card(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    cards = [product["key"] for product in permohonan.products if product["kind"] == "card"]
    card = str(answers.get("card") or cards[0])
    if card not in cards:
        raise Refused({"card": "Pilih kartu dari daftar."})
    return {"card": card}


def _signature(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    value = answers.get("signature")
    data = value if isinstance(value, bytes) else str(value or "").strip().encode()
    if not data or data in (b"[]", b"[[]]"):
        raise Refused({"signature": "Penerima belum menandatangani."})
    if len(data) > SIGNATURE_BYTES:
        raise Refused({"signature": "Tanda tangan ini terlalu besar. Kosongkan, lalu tanda tangani lagi."})
    if data != ON_PAPER and not _is_strokes(data):
        raise Refused({"signature": "Tanda tangan tidak terbaca. Kosongkan, lalu tanda tangani lagi."})
    return {"signature": data}


def _is_strokes(data: bytes) -> bool:
    """Lists of points, as drawn on the screen; a single odd one would keep the receipt from being drawn."""
    try:
        strokes = json.loads(data)
        points = [point for stroke in strokes for point in stroke]
        return bool(points) and all(0 <= n <= 2000 for x, y in points for n in (x, y))
    except (ValueError, TypeError, RecursionError):
        return False


def _signed(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    given = answers.get("signed") or {}
    missing = {
        f"signed-{product['key']}": f"Unggah PDF {product['name']['id']} yang sudah ditandatangani di SIAK."
        for product in permohonan.products
        if product["kind"] == "pdf" and not given.get(product["key"])
    }
    if missing:
        raise Refused(missing)
    return {"signed": dict(given)}


_DECLARATION = N_(
    "Saya menyatakan isian dan dokumen ini benar. Saya tahu bahwa memberi keterangan palsu dapat dipidana "
    "menurut Undang-Undang Administrasi Kependudukan."
)
# fmt: off
ASKS = {ask.name: ask for ask in (
    Ask("declaration", "declaration", _DECLARATION, _tick("declaration", N_("Centang pernyataan ini sebelum mengirim."))),
    Ask("deficiencies", "deficiencies", "Apa yang kurang?", _deficiencies, "Pemohon membaca alasan ini dan hanya dapat mengubah yang Anda tandai."),
    Ask("reason", "long", "Alasan", _text("reason", "Tulis alasannya."), kept=("reason",)),
    Ask("reason_of_helper", "long", N_("Alasan"), _text("reason", N_("Tulis alasan permohonan ini ditarik."), required=lambda role: role == "counter_operator"), N_("Boleh kosong jika Anda sendiri pemohonnya."), kept=("reason",)),
    Ask("other_matter", "long", "Mengapa ini bukan permohonan ganda?", _other_matter, "Dibaca admin yang memeriksa berkas.", kept=("reason",), wanted=lambda permohonan, role: role == "counter_operator"),
    Ask("undo_in_siak", "tick", "Ada yang harus dibatalkan juga di SIAK", _tick("undo_in_siak"), kept=("undo_in_siak",)),
    Ask("place", "text", "Tempat perekaman", _text("place", "Isi tempat perekaman.", SHORT), kept=("place",)),
    Ask("date", "date", "Hari", _recording, kept=("date",)),
    Ask("pickup_date", "date", N_("Hari pengambilan"), _pickup, N_("Nomor antrean diberikan untuk hari ini."), kept=("date",)),
    Ask("documents", "documents", "Nomor dan draf dokumen", _documents),
    Ask("passphrase", "passphrase", "Frasa sandi TTE", _passphrase, "Tidak disimpan di mana pun.", wanted=lambda permohonan, role: asks_passphrase(permohonan)),
    Ask("card", "card", "Kartu yang menunggu blangko", _card, kept=("card",)),
    Ask("cards_received", "tick", "Kartu sudah saya terima dari Dinas", _cards, kept=("cards_received",), wanted=lambda permohonan, role: permohonan.has_card),
    Ask("originals_seen", "tick", "Dokumen asli sudah ditunjukkan dan cocok dengan unggahan", _tick("originals_seen", "Tandai setelah Anda melihat dokumen aslinya."), kept=("originals_seen",)),
    Ask("old_returned", "tick", "Kartu atau dokumen lama sudah ditarik", _tick("old_returned"), "Kosongkan jika tidak ada yang ditarik.", kept=("old_returned",)),
    Ask("proxy_letter", "tick", "Diambil orang lain dengan surat kuasa (F-1.07)", _tick("proxy_letter"), kept=("proxy_letter",)),
    Ask("recipient_name", "text", "Nama penerima", _text("recipient_name", "Isi nama penerima.", SHORT), kept=("recipient_name",)),
    Ask("signature", "signature", "Tanda tangan penerima", _signature),
    Ask("signed", "signed", "PDF bertanda tangan dari SIAK", _signed),
)}
# fmt: on
