"""The last page before an application goes out: every answer to look over once more, and the declaration."""

from dataclasses import dataclass

from flask import request

import templating
from answers import INPUTS
from filling import addressing, doubling, performing, uploading
from filling import applying as way
from filling.side import Case
from intake import applying, fields, saving, submitting
from models import Draft

SUBMIT = "submit"


@dataclass
class Part:
    """A section as it is looked over."""

    title: str
    href: str
    rows: list[tuple[str, str, str, str]]  # key, label, value, warning


def check(case: Case):
    """Look over everything; send it."""
    draft = way.open_draft(case)
    if request.method == "GET" and draft:
        saving.remember(draft, "periksa")
        return _shown(case, draft, {})
    if request.method == "GET":
        return case.to("one")
    if draft is not None:
        if answer := addressing.answered(case, draft, case.url("check")):
            return answer
        if wrong := addressing.settle(case, draft):
            wrong |= performing.unanswered(case.permohonan, SUBMIT, case.side.role)
            return _shown(case, draft, wrong), 422
    given = performing.answers(case.permohonan, SUBMIT, case.side.role)
    done = performing.perform(case.permohonan, SUBMIT, given)
    if done.errors and draft is not None:
        return _shown(case, draft, done.errors), 422
    return case.side.sent(case) if done.happened else case.to("one")


def _shown(case: Case, draft: Draft, errors: dict[str, str]) -> str:
    permohonan = case.permohonan
    slots = uploading.slots(permohonan, draft)
    missing = submitting.faults(permohonan)
    here = (*INPUTS, "double", addressing.addresses.CODE_FIELD)  # what this page itself asks
    own = {name: text for name, text in errors.items() if name in here and name not in missing}
    return case.render(
        "filling/check.html",
        parts=_parts(case, draft),
        slots=slots,
        missing=links(case, missing),
        tried=bool(errors),
        own=own,
        declaration=INPUTS["declaration"],
        address=addressing.view(case, draft, errors),
        other_matter=INPUTS["other_matter"],
        double=doubling.notices(case, draft.answers),
        way=way.step(case, "periksa"),
    )


def _parts(case: Case, draft: Draft) -> list[Part]:
    names, out = applying.villages(), []
    known: dict = {}
    for page in applying.sections(case.permohonan):
        clean, _, odd = fields.check_section(page, draft.answers | draft.typed, known, names)
        known |= clean
        href = case.url("fill", section=page["key"], periksa=1)
        for section in page["parts"]:
            asked = [part for part in section["fields"] if fields.shown(part, draft.answers)]
            rows = [_row(part, draft.answers.get(part["key"]), odd, names) for part in asked]
            out.append(Part(templating.text(section["title"]), href, rows))
    return out


def _row(part: dict, value, odd: dict[str, str], names: dict[str, str]) -> tuple[str, str, str, str]:
    warning = " ".join(text for name, text in odd.items() if name.split("-")[0] == part["key"])
    return part["key"], templating.text(part["label"]), fields.display(part, value, names), warning


def links(case: Case, errors: dict[str, str]) -> list[tuple[str, str]]:
    """(address of the control, sentence) for each fault, in the order of the pages."""
    home = {part["key"]: section["key"] for section in applying.sections(case.permohonan) for part in section["fields"]}
    out = []
    for name, sentence in errors.items():
        if section := home.get(name.split("-")[0]):
            out.append((case.url("fill", section=section, periksa=1, _anchor=name), sentence))
        elif name.startswith("upload-"):
            out.append((case.url("upload", _anchor=name), sentence))
    return out
