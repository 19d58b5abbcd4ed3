"""Preview of a proposal: the real pages of an applicant, in the frame of a phone. Nothing is saved or sent.

Only our own pages may frame them, and their forms lead nowhere (see FRAMED in app.py).
"""

from contextlib import suppress
from typing import Any

from flask import render_template, request

from catalogue import conditions, definition, definition_parts, fields, proposals, validation
from catalogue.schema import InvalidDefinition
from intake import autosave
from intake import drafts as intake
from models import Draft, Edition, Layanan, Permohonan
from web import filters, service_directory
from web.wizard import ApplicationInChannel, field_pages, upload_page

FIRST = {"layanan": "Halaman layanan", "mulai": "Mulai"}
LAST = {"unggahan": "Dokumen"}
PAGES = {"begin": "mulai", "one": "mulai", "upload": "unggahan", "check": "unggahan"}
GIVEN = "jawab-"  # prefix of URL arguments: supposed answers of the applicant


class PreviewChannel:
    """The self-service channel, except that every URL leads to the preview."""

    glass = True  # a page saves nothing

    def __init__(self, side, address):
        self.side, self.address = side, address

    def __getattr__(self, name: str) -> Any:
        return getattr(self.side, name)

    def url(self, page: str, **parts) -> str:
        return self.address(parts.get("section") or PAGES.get(page, "mulai"))

    def home(self) -> str:
        return self.address("mulai")

    def about(self, edition: Edition) -> str:
        return self.address("layanan")


def given_arguments() -> dict[str, str]:
    """Return the arguments of the URL that hold the supposed answers."""
    return {key: value for key, value in request.args.items() if key.startswith(GIVEN)}


def unsaved_edition(row: Layanan, body: dict) -> Edition:
    """Return the proposal as an edition that is in no table."""
    return Edition(layanan=row, number=0, body=body)


def renderable_body(row: Layanan) -> tuple[dict, str]:
    """Return the proposal with its defaults and without empty sections, and why it can't be rendered yet."""
    body = proposals.proposal_body(row)
    filled = [one for one in body.get("sections", ()) if one.get("fields")]
    try:
        return definition.validate_definition(body | {"sections": filled}), ""
    except InvalidDefinition as wrong:
        return body, validation.problem_sentence(wrong)


def page_names(row: Layanan, body: dict) -> dict[str, str]:
    """Return the pages of the preview: code to name, in their order."""
    sections = intake.form_pages(_unsaved_permohonan(unsaved_edition(row, body)))
    return FIRST | {one["key"]: filters.localized(one["title"]) for one in sections} | LAST


def _unsaved_permohonan(edition: Edition) -> Permohonan:
    """Return an application that is in no table."""
    facts = {"track": "self_service", "state": "draft", "number": "AKU-CONTOH"}
    return Permohonan(key="a" * 26, layanan=edition.layanan, edition=edition, **facts)


def deciding_fields(body: dict) -> list[dict]:
    """Return the fields on which other parts depend."""
    parts = [*body.get("requirements", ()), *body.get("products", ()), *definition_parts.all_fields(body)]
    keys = {key for one in parts for key in conditions.keys_of(one.get("when"))}
    return [one for one in definition_parts.all_fields(body) if one["key"] in keys]


def _clean_answers(permohonan: Permohonan, given: dict[str, str]) -> dict:
    """Return the supposed answers that are valid ones."""
    found = {}
    for field in intake.form_fields(permohonan):
        if field["key"] in given and field["type"] != "group":
            with suppress(fields.InvalidAnswer):
                found[field["key"]] = fields.clean(field | {"required": False}, given[field["key"]])
    return found


def render_page(side: Any, edition: Edition, page: str, given: dict[str, str]) -> str:
    """Render one page of the preview, as if the applicant had answered what `given` says."""
    if page == "layanan":
        return render_template("public/service.html", **service_directory.service_facts(edition))
    if page == "mulai":
        facts = {"open_ones": [], "places": [], "wrong": ""}
        return render_template("wizard/start.html", channel=side, edition=edition, body=edition.body, **facts)
    permohonan = _unsaved_permohonan(edition)
    answers = _clean_answers(permohonan, {key.removeprefix(GIVEN): value for key, value in given.items()})
    case, draft = ApplicationInChannel(side, permohonan), Draft(answers=answers, typed={}, version=0)
    if page == "unggahan":
        return upload_page.render_page(case, draft, {})
    section = next(one for one in intake.form_pages(permohonan) if one["key"] == page)
    return field_pages.render_page(case, autosave.PageState(section, dict(answers)), draft)
