"""The last page before an application goes out: every answer to look over once more, and the declaration."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for

import templating
from answers import ASKS
from intake import applying, fields, submitting
from models import Draft, Permohonan
from public import acting, doors, uploading
from public import applying as way

SUBMIT = "submit"


@dataclass
class Part:
    """A section as it is looked over."""

    title: str
    href: str
    rows: list[tuple[str, str, str, str]]  # key, label, value, warning


def add_to(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/periksa", "check", check, methods=("GET", "POST"))


@doors.signed_in
def check(key: str):
    """Look over everything; send it."""
    permohonan = doors.own(key)
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
    if request.method == "GET":
        if draft is None or draft.open_keys is not None:
            return redirect(url_for("public.one", key=key), 303)
        return _shown(permohonan, draft, {})
    done = acting.perform(permohonan, SUBMIT, acting.answers(permohonan, SUBMIT))
    if done.errors and draft is not None:
        return _shown(permohonan, draft, done.errors), 422
    if done.happened:
        flash(f"Permohonan kami terima dengan nomor {permohonan.number}.{_promise(permohonan)}", "good")
    return redirect(url_for("public.one", key=key), 303)


def _promise(permohonan: Permohonan) -> str:
    day = templating.long_date(permohonan.due_at)
    return f" Selesai paling lambat {day}." if day else ""


def _shown(permohonan: Permohonan, draft: Draft, errors: dict[str, str]) -> str:
    slots = uploading.slots(permohonan, draft)
    missing = submitting.faults(permohonan)
    own = {name: text for name, text in errors.items() if name in ASKS and name not in missing}
    return render_template(
        "public/check.html",
        permohonan=permohonan,
        parts=_parts(permohonan, draft),
        slots=slots,
        missing=links(permohonan, missing, slots),
        tried=bool(errors),
        own=own,
        declaration=ASKS["declaration"],
        way=way.step(permohonan, "periksa"),
    )


def _parts(permohonan: Permohonan, draft: Draft) -> list[Part]:
    names, out = applying.villages(), []
    known: dict = {}
    for section in applying.sections(permohonan):
        clean, _, odd = fields.check_section(section, draft.answers | draft.typed, known, names)
        known |= clean
        asked = [part for part in section["fields"] if fields.shown(part, draft.answers)]
        rows = [_row(part, draft.answers.get(part["key"]), odd, names) for part in asked]
        href = url_for("public.fill", key=permohonan.key, section=section["key"], periksa=1)
        out.append(Part(section["title"]["id"], href, rows))
    return out


def _row(part: dict, value, odd: dict[str, str], names: dict[str, str]) -> tuple[str, str, str, str]:
    warning = " ".join(text for name, text in odd.items() if name.split("-")[0] == part["key"])
    return part["key"], part["label"]["id"], fields.display(part, value, names), warning


def links(permohonan: Permohonan, errors: dict[str, str], slots: list) -> list[tuple[str, str]]:
    """(address of the control, sentence) for each fault, in the order of the pages."""
    home = {part["key"]: section["key"] for section in applying.sections(permohonan) for part in section["fields"]}
    out = []
    for name, sentence in errors.items():
        if section := home.get(name.split("-")[0]):
            out.append((url_for("public.fill", key=permohonan.key, section=section, periksa=1, _anchor=name), sentence))
    uploads = uploading.missing_in(slots)
    return out + [(url_for("public.upload", key=permohonan.key, _anchor=name), text) for name, text in uploads.items()]
