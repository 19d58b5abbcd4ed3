"""Review, the wizard's last page: all answers and files, what is missing, the declaration, and submission."""

from dataclasses import dataclass

from flask import request

import templating
from answers import INPUTS
from filling import addressing, doubling, performing, uploading
from filling import applying as field_pages
from filling.side import Case
from intake import addresses, applying, fields, saving, submitting
from models import Draft

SUBMIT = "submit"


@dataclass
class Part:
    """A section on the review page."""

    title: str
    href: str
    rows: list[tuple[str, str, str, str]]  # key, label, value, warning


def check(case: Case):
    """Show the review page; on POST, verify the e-mail address and submit the application."""
    draft = field_pages.open_draft(case)
    if request.method == "GET" and draft:
        saving.remember(draft, "periksa")
        return _shown(case, draft, {})
    if request.method == "GET":
        return case.to("one")
    if draft is not None:
        if response := addressing.answered(case, draft, case.url("check")):
            return response
        if errors := addressing.settle(case, draft):
            errors |= performing.unanswered(case.permohonan, SUBMIT, case.channel.role)
            return _shown(case, draft, errors), 422
    given = performing.answers(case.permohonan, SUBMIT, case.channel.role)
    result = performing.perform(case.permohonan, SUBMIT, given)
    if result.errors and draft is not None:
        return _shown(case, draft, result.errors), 422
    return case.channel.sent(case) if result.happened else case.to("one")


def _shown(case: Case, draft: Draft, errors: dict[str, str]) -> str:
    permohonan = case.permohonan
    slots = uploading.slots(permohonan, draft)
    missing = submitting.faults(permohonan)
    here = (*INPUTS, "double", addresses.CODE_FIELD)  # the names of this page's own controls
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
        progress=field_pages.step(case, "periksa"),
    )


def _parts(case: Case, draft: Draft) -> list[Part]:
    names, found = applying.villages(), []
    known: dict = {}
    for page in applying.sections(case.permohonan):
        clean, _errors, warnings = fields.check_section(page, draft.answers | draft.typed, known, names)
        known |= clean
        href = case.url("fill", section=page["key"], periksa=1)
        for section in page["parts"]:
            shown = [field for field in section["fields"] if fields.shown(field, draft.answers)]
            rows = [_row(field, draft.answers.get(field["key"]), warnings, names) for field in shown]
            found.append(Part(templating.text(section["title"]), href, rows))
    return found


def _row(field: dict, value, warnings: dict[str, str], names: dict[str, str]) -> tuple[str, str, str, str]:
    warning = " ".join(text for name, text in warnings.items() if name.split("-")[0] == field["key"])
    return field["key"], templating.text(field["label"]), fields.display(field, value, names), warning


def links(case: Case, errors: dict[str, str]) -> list[tuple[str, str]]:
    """Return (URL of the control, sentence) for each error, in the order of the pages."""
    pages = {field["key"]: page["key"] for page in applying.sections(case.permohonan) for field in page["fields"]}
    found = []
    for name, sentence in errors.items():
        if page := pages.get(name.split("-")[0]):
            found.append((case.url("fill", section=page, periksa=1, _anchor=name), sentence))
        elif name.startswith("upload-"):
            found.append((case.url("upload", _anchor=name), sentence))
    return found
