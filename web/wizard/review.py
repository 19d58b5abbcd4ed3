"""Review, the wizard's last page: all answers and files, what is missing, the declaration, and submission."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

import workflow
from casework.action_form import reader_of_reasons
from casework.inputs import INPUTS
from catalogue import fields
from intake import answer_validation, autosave, drafts, email_verification, submission
from models import Draft
from web import filters
from web.wizard import actions, copied_from, duplicate_notices, email_code, field_pages, upload_page
from web.wizard.channel import ApplicationInChannel

SUBMIT = "submit"
DIGITS = ("nik", "kk")


@dataclass
class ReviewRow:
    """An answer on the review page; `digits` are set in groups of four, and copied without the gaps."""

    label: str
    value: str
    warning: str
    digits: bool


@dataclass
class ReviewSection:
    """A section on the review page."""

    title: str
    href: str
    rows: list[ReviewRow]


def check(case: ApplicationInChannel):
    """Show the review page; on POST, verify the e-mail address and submit the application."""
    draft = field_pages.draft_to_fill(case)
    if request.method == "GET" and draft:
        autosave.remember_page(draft, "periksa")
        return _render(case, draft, {})
    if request.method == "GET":
        return case.redirect_to("one")
    if draft is not None:
        if response := email_code.handle_button(case, draft, case.url("check")):
            return response
        if errors := email_code.verify_typed_code(case, draft):
            errors |= actions.missing_inputs(case.permohonan, SUBMIT, case.channel.role)
            return _render(case, draft, errors), 422
    given = actions.read_inputs(case.permohonan, SUBMIT, case.channel.role)
    result = actions.perform_action(case.permohonan, SUBMIT, given)
    if result.errors and draft is not None:
        return _render(case, draft, result.errors), 422
    return case.channel.after_submission(case) if result.happened else case.redirect_to("one")


def _render(case: ApplicationInChannel, draft: Draft, errors: dict[str, str]) -> str:
    permohonan = case.permohonan
    slots = upload_page.upload_fields(permohonan, draft)
    missing = submission.submission_errors(permohonan)
    here = (*INPUTS, "double", email_verification.CODE_FIELD)  # the names of this page's own controls
    own = {name: text for name, text in errors.items() if name in here and name not in missing}
    return case.render(
        "wizard/review.html",
        parts=_review_sections(case, draft),
        slots=slots,
        missing=error_links(case, missing),
        tried=bool(errors),
        own=own,
        declaration=INPUTS["declaration"],
        address=email_code.email_question(case, draft, errors),
        other_matter=INPUTS["other_matter"],
        reader=reader_of_reasons(workflow.BY_ACTION["submit"][0], workflow.COUNTER_OPERATOR),
        products=[one for one in permohonan.edition.body["products"] if fields.is_shown(one, draft.answers)],
        recipients=_recipients(case, draft.answers),
        double=duplicate_notices.notices_for(case, draft.answers),
        copied=copied_from.earlier_faults(case),
        progress=field_pages.progress(case, "periksa"),
    )


def _recipients(case: ApplicationInChannel, answers: dict) -> list[str]:
    """Say who gets the messages: those for whom the transitions write them, by the e-mail address that was typed."""
    permohonan, email = case.permohonan, answers.get("pemohon_email")
    lines = (
        [_("Kabar ke e-mail %(email)s.", email=email)]
        if email
        else [_("Tanpa e-mail: lihat kabarnya di halaman Lacak.")]
    )
    if permohonan.owner:
        lines.append(_("Kabar di halaman permohonan ini, di akun %(email)s.", email=permohonan.owner.email))
    if permohonan.helper:
        lines.append(f"Kabar di beranda {permohonan.helper.name}, {permohonan.office.name}.")
    if phone := answers.get("pemohon_hp"):
        lines.append(_("Nomor HP %(phone)s hanya dipakai petugas bila perlu bertanya.", phone=phone))
    return lines


def _review_sections(case: ApplicationInChannel, draft: Draft) -> list[ReviewSection]:
    names, found = drafts.village_names(), []
    for page in drafts.form_pages(case.permohonan):
        raw = draft.answers | draft.typed
        _clean, _wrong, warnings = answer_validation.validate_page(case.permohonan, draft, page, raw, names)
        href = case.url("fill", section=page["key"], periksa=1)
        for section in page["parts"]:
            anchor = f"#bagian-{section['key']}" if len(page["parts"]) > 1 else ""
            shown = [field for field in section["fields"] if fields.is_shown(field, draft.answers)]
            rows = [_row(field, draft.answers.get(field["key"]), warnings, names) for field in shown]
            found += [ReviewSection(filters.localized(section["title"]), href + anchor, rows)] if rows else []
    return found


def _row(field: dict, value, warnings: dict[str, str], names: dict[str, str]) -> ReviewRow:
    warning = " ".join(text for name, text in warnings.items() if name.split("-")[0] == field["key"])
    shown = fields.display(field, value, names)
    return ReviewRow(filters.localized(field["label"]), shown, warning, shown.isdigit() and field["type"] in DIGITS)


def error_links(case: ApplicationInChannel, errors: dict[str, str]) -> list[tuple[str, str]]:
    """Return (URL of the control, sentence) for each error, in the order of the pages."""
    pages = {field["key"]: page["key"] for page in drafts.form_pages(case.permohonan) for field in page["fields"]}
    found = []
    for name, sentence in errors.items():
        if page := pages.get(name.split("-")[0]):
            found.append((case.url("fill", section=page, periksa=1, _anchor=name), sentence))
        elif name.startswith("upload-"):
            found.append((case.url("upload", _anchor=name), sentence))
    return found
