"""A proposal as an applicant will see it: the real pages on a phone's width; nothing is kept or sent.

The pages inside may stand in a frame of our own, and their forms lead nowhere (see FRAMED in app.py).
"""

from typing import Any

from flask import current_app, g, render_template, request
from flask_admin import expose

import papers
import templating
from admin_views.files import PDF, sent
from admin_views.scope import abort_not_found
from admin_views.services.base import ServiceScreen
from filling import Case, applying, catalogue, uploading
from intake import applying as intake
from intake import faults, outline, proposals, saving, services
from intake.shape import Malformed
from models import Draft, Edition, Layanan, Permohonan

FIRST = {"layanan": "Halaman layanan", "mulai": "Mulai"}
LAST = {"unggahan": "Dokumen"}
PAGES = {"begin": "mulai", "one": "mulai", "upload": "unggahan", "check": "unggahan"}
GIVEN = "jawab-"  # arguments: what the applicant is supposed to have answered


class Glass:
    """The applicants' side, except that every address leads to the preview."""

    glass = True  # nothing behind it: a page saves nothing

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


class Preview(ServiceScreen):
    """Mixed into the screen of services."""

    @expose("/pratinjau/")
    def preview(self):
        """A phone with the proposal in it, and what the applicant is supposed to have answered."""
        row = self.wanted()
        body, wrong = _drawable(row)
        asked = _deciding(body)
        given = {key: value for key, value in request.args.items() if key.startswith(GIVEN)}
        pages = _pages(row, body) if not wrong else {}
        here = self.named("hal") if self.named("hal") in pages else "layanan"
        g.frames = True
        facts = {"row": row, "body": body, "wrong": wrong, "asked": asked, "given": given, "pages": pages, "here": here}
        return self.render("staff/layanan/preview.html", answers_of=outline.answers_of, **facts)

    @expose("/pratinjau/isi/")
    def inside(self):
        """One page of it, as it stands in the phone."""
        row = self.wanted()
        body, wrong = _drawable(row)
        page = self.named("hal") or "layanan"
        if wrong or page not in _pages(row, body):
            abort_not_found()
        g.framed = True
        given = {key: value for key, value in request.args.items() if key.startswith(GIVEN)}
        edition = Edition(layanan=row, number=0, body=body)
        address = lambda hal: self.get_url(".inside", id=row.id, hal=hal, **given)  # noqa: E731
        side = Glass(current_app.extensions["channels"]["applicant"], address)
        answers = {key.removeprefix(GIVEN): value for key, value in given.items()}
        return _drawn(side, edition, page, answers)

    @expose("/formulir/")
    def blank_form(self):
        """The blank form of the proposal."""
        row = self.wanted()
        body, wrong = _drawable(row)
        if wrong:
            abort_not_found()
        edition = Edition(layanan=row, number=0, body=body)
        return sent(lambda: papers.blank_form(edition), PDF, f"formulir-{row.code}-usulan.pdf")


def _drawable(row: Layanan) -> tuple[dict, str]:
    """The proposal with its defaults, without sections that are still empty; and why it can't be drawn yet."""
    body = proposals.body_of(row)
    filled = [one for one in body.get("sections", ()) if one.get("fields")]
    try:
        return services.check(body | {"sections": filled}), ""
    except Malformed as wrong:
        return body, faults.problem_sentence(wrong)


def _pages(row: Layanan, body: dict) -> dict[str, str]:
    laid = intake.sections(_made_up(Edition(layanan=row, number=0, body=body)))
    return FIRST | {one["key"]: templating.text(one["title"]) for one in laid} | LAST


def _made_up(edition: Edition) -> Permohonan:
    """An application that is in no table."""
    facts = {"track": "self_service", "state": "draft", "number": "AKU-CONTOH"}
    return Permohonan(key="a" * 26, layanan=edition.layanan, edition=edition, **facts)


def _deciding(body: dict) -> list[dict]:
    """The choices on which something on another page depends."""
    parts = [*body.get("requirements", ()), *body.get("products", ()), *outline.fields_of(body)]
    keys = {one["when"]["field"] for one in parts if one.get("when")}
    return [one for one in outline.fields_of(body) if one["key"] in keys]


def _drawn(side: Any, edition: Edition, page: str, answers: dict) -> str:
    if page == "layanan":
        return render_template("public/service.html", **catalogue.about(edition))
    if page == "mulai":
        facts = {"open_ones": [], "places": [], "wrong": ""}
        return render_template("filling/begin.html", channel=side, edition=edition, body=edition.body, **facts)
    permohonan = _made_up(edition)
    case, draft = Case(side, permohonan), Draft(answers=answers, typed={}, version=0)
    if page == "unggahan":
        return uploading.drawn(case, draft, {})
    section = next(one for one in intake.sections(permohonan) if one["key"] == page)
    return applying.drawn(case, saving.Page(section, dict(answers)), draft)
