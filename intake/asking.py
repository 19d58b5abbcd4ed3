"""Between an action's form and `performing.perform`: which answers to show, and how to read them from a request."""

from collections.abc import Mapping
from datetime import date

import office
from answers import ASKS, Ask
from answers.days import pickup_place
from answers.deficiencies import defectible
from models import Permohonan
from workflow import Transition

ALIKE = frozenset(("tick", "long", "text", "date", "card", "passphrase"))  # kinds: one answer can do for many
BESIDE = frozenset(("deficiencies", "documents", "passphrase", "signature", "signed"))  # kinds: with the papers in view


def alike(row: Transition) -> bool:
    """Can its questions be answered once for many applications? A declaration, for one, is everybody's own."""
    return all(ASKS[name].kind in ALIKE for name in row.asks)


def beside(row: Transition) -> bool:
    """Are its questions answered with the papers in view? Then it has a page; the others can do with a dialog."""
    return any(ASKS[name].kind in BESIDE for name in row.asks)


def asked(row: Transition, permohonan: Permohonan, role: str) -> list[Ask]:
    """The questions of a row that make sense for this application; none: a button alone will do."""
    return [ASKS[name] for name in row.asks if ASKS[name].wanted(permohonan, role)]


def proposed_day(permohonan: Permohonan) -> date:
    """The day that a form proposes for the pickup."""
    return office.propose_pickup_day(pickup_place(permohonan))


def read(row: Transition, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    """The answers to a row's questions, as `perform` takes them, from a posted form."""
    answers: dict = {}
    for name in row.asks:
        answers |= _READERS.get(ASKS[name].kind, _plain)(ASKS[name], permohonan, form, files)
    return answers


def _plain(ask: Ask, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    names = ask.kept or (ask.name,)
    return {name: form.get(name) for name in names}


def _date(ask: Ask, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    parts = [str(form.get(f"date-{part}") or "").strip() for part in "ymd"]
    if form.get("date") or not any(parts):
        return {"date": form.get("date")}
    return {"date": f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}"}


def _deficiencies(ask: Ask, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    """Only what was faulted: `deficiencies-<key>-fault` ticked, or a reason chosen."""
    found = []
    for key in defectible(permohonan):
        stem = f"deficiencies-{key}"
        reason, text = form.get(f"{stem}-reason") or "", form.get(f"{stem}-text") or ""
        if form.get(f"{stem}-fault") or reason or text.strip():
            found.append({"key": key, "reason": reason, "text": text})
    return {"deficiencies": found}


def _documents(ask: Ask, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    found = {}
    for product in permohonan.products:
        stem = f"documents-{product['key']}"
        found[product["key"]] = {"number": form.get(f"{stem}-number"), "draft": _bytes(files.get(f"{stem}-draft"))}
    return {"documents": found}


def _signed(ask: Ask, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    keys = (product["key"] for product in permohonan.products if product["kind"] == "pdf")
    return {"signed": {key: data for key in keys if (data := _bytes(files.get(f"signed-{key}")))}}


def _bytes(upload) -> bytes | None:
    return upload.read() or None if upload and upload.filename else None


def _passphrase(ask: Ask, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    return {"passphrase": form.get("passphrase"), "shown": form.get("shown")}


_READERS = {
    "date": _date,
    "deficiencies": _deficiencies,
    "documents": _documents,
    "signed": _signed,
    "passphrase": _passphrase,
}
