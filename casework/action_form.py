"""The form of a transition: which inputs it shows, and how its posted answers are read for `transitions.perform`."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

import office
from accounts.roles import APPLICANT
from casework.inputs import INPUTS, Input
from casework.inputs.days import open_days, pickup_place, recording_office
from casework.inputs.deficiencies import defectible
from catalogue.applicant_section import PROXY_LETTER
from lib.text_normalization import normalize_number
from models import Office, Permohonan
from workflow import Transition

PICKUP_DAY = "pickup_date"  # its input
SHARED = frozenset(
    ("tick", "long", "text", "date", "card", "passphrase", "returned")
)  # kinds: one answer can do for many
ON_A_PAGE = frozenset(("deficiencies", "documents", "passphrase", "signature", "signed"))  # kinds: papers in view


def answerable_once(transition: Transition) -> bool:
    """Return whether it can be done to many, its inputs answered once; a declaration, for one, can't."""
    return not transition.alone and all(INPUTS[name].kind in SHARED for name in transition.inputs)


def needs_page(transition: Transition) -> bool:
    """Return whether its inputs are answered on a page, with the papers in view; for the others a dialog will do."""
    return any(INPUTS[name].kind in ON_A_PAGE for name in transition.inputs)


def inputs_for(transition: Transition, permohonan: Permohonan, role: str) -> list[Input]:
    """Return the inputs that apply to this application; none: a button alone will do."""
    return [INPUTS[name] for name in transition.inputs if INPUTS[name].applies(permohonan, role)]


def reader_of_reasons(transition: Transition, role: str) -> str:
    """Return the readers of the reasons that are given with it, as they stand beside each field of reasons."""
    if role == APPLICANT:
        return _("dibaca oleh petugas")
    return "dibaca pemohon" if transition.explains else "hanya petugas"


def proposed_day(transition: Transition, permohonan: Permohonan) -> date:
    """Return the day that a form proposes: the next one on which the place of pickup or recording is open."""
    return office.propose_pickup_day(_place_of_day(transition, permohonan))


def days_to_choose(transition: Transition, permohonan: Permohonan) -> list[date]:
    """List the days that can be chosen; none where the transition asks for no day."""
    if not any(INPUTS[name].kind == "date" for name in transition.inputs):
        return []
    return open_days(_place_of_day(transition, permohonan), proposed_day(transition, permohonan))


def day_so_far(transition: Transition, permohonan: Permohonan) -> date | None:
    """Return the day that another one takes the place of."""
    return permohonan.pickup_on if PICKUP_DAY in transition.inputs else permohonan.recording_on


def _place_of_day(transition: Transition, permohonan: Permohonan) -> Office | None:
    at_pickup = PICKUP_DAY in transition.inputs
    return pickup_place(permohonan) if at_pickup else recording_office(permohonan.recording_place)


def read_answers(transition: Transition, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    """Return the answers from a posted form, as `perform` takes them; not validated."""
    answers: dict = {}
    for name in transition.inputs:
        answers |= _READERS.get(INPUTS[name].kind, _plain)(INPUTS[name], permohonan, form, files)
    return answers


def _plain(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    return {name: form.get(name) for name in one.recorded or (one.name,)}


def _date(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    parts = [normalize_number(str(form.get(f"date-{part}") or "")) for part in "ymd"]
    if form.get("date") or not any(parts):
        return {"date": form.get("date")}
    return {"date": f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}"}


def _deficiencies(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    """Return only what was faulted: `deficiencies-<key>-fault` ticked, or a reason chosen."""
    found = []
    for key in defectible(permohonan):
        stem = f"deficiencies-{key}"
        reason, text = form.get(f"{stem}-reason") or "", form.get(f"{stem}-text") or ""
        if form.get(f"{stem}-fault") or reason or text.strip():
            found.append({"key": key, "reason": reason, "text": text})
    return {"deficiencies": found}


def _returned(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    """Return the words, and of the fields that are ticked what is wrong with each: `fields-<key>`, `about-<key>`."""
    ticked = [name.removeprefix("fields-") for name in form if name.startswith("fields-")]
    return {"reason": form.get("reason"), "fields": {key: form.get(f"about-{key}") for key in ticked}}


def _documents(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    found = {}
    for product in permohonan.products:
        stem = f"documents-{product['key']}"
        found[product["key"]] = {"number": form.get(f"{stem}-number"), "draft": _bytes(files.get(f"{stem}-draft"))}
        found[product["key"]] |= {name: form.get(f"{stem}-{name}") for name in ("here", "sure")}
    return {"documents": found}


def _signed(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    keys = [product["key"] for product in permohonan.products if product["kind"] == "pdf"]
    found = {key: data for key in keys if (data := _bytes(files.get(f"signed-{key}")))}
    return {"signed": found, "read": {key: form.get(f"read-{key}") for key in keys}}


def _originals(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    return {"originals_seen": form.get("originals_seen"), "originals": _ticked(permohonan, form, "original")}


def _old_papers(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    return _plain(one, permohonan, form, files) | {"old_papers": _ticked(permohonan, form, "old")}


def _ticked(permohonan: Permohonan, form: Mapping, stem: str) -> list[str]:
    keys = (need["key"] for need in (*permohonan.edition.body["requirements"], PROXY_LETTER))
    return [key for key in keys if form.get(f"{stem}-{key}")]


def _bytes(upload) -> bytes | None:
    return upload.read() or None if upload and upload.filename else None


def _passphrase(one: Input, permohonan: Permohonan, form: Mapping, files: Mapping) -> dict:
    return {"passphrase": form.get("passphrase"), "shown": form.get("shown")}


_READERS = {
    "date": _date, "deficiencies": _deficiencies, "documents": _documents, "signed": _signed, "passphrase": _passphrase,
    "originals": _originals, "old_papers": _old_papers, "returned": _returned,
}  # fmt: skip
