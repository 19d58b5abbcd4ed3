"""Pages for everybody: home, services, a service, blank forms, service standard, counters, information."""

import itertools

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

import office
from catalogue import closed_services, statements
from documents import printouts
from lib.database import local
from lib.i18n import format_time
from models import District, Fact, Grant, Office
from web import filters, information_pages, service_directory, service_search

BLANK_FORM_MAX_AGE = 3600  # seconds in browsers' caches


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/", "home", home)
    blueprint.add_url_rule("/layanan/", "services", services)
    blueprint.add_url_rule("/layanan/<code>", "service", service)
    blueprint.add_url_rule("/layanan/<code>/formulir.pdf", "form_pdf", blank_form)
    blueprint.add_url_rule("/formulir", "forms", forms)
    blueprint.add_url_rule("/formulir/<code>.pdf", "statement_pdf", blank_statement)
    blueprint.add_url_rule("/standar-pelayanan", "standard", standard)
    blueprint.add_url_rule("/loket", "counters", counters)
    blueprint.add_url_rule("/info/<page>", "info", information_page)
    blueprint.add_url_rule("/rekam-ktp", "info", information_page, defaults={"page": "rekam-ktp"})


def home() -> str:
    """Show the home page: search, life events, tracking, opening hours."""
    groups = service_directory.by_category()
    number = sum(len(members) for _, members in groups)
    return render_template("public/home.html", groups=groups, number=number, opening=_opening_hours())


def _opening_hours() -> tuple[str, str]:
    """Return whether the pickup counter is open now, as text and its tone."""
    clock, there, zone = office.calendar(), local(), filters.office_card()["tz"]
    hours = clock.on(there.date())
    if hours and there.time() < hours[0]:
        return _("Loket buka hari ini pukul %(time)s %(zone)s", time=format_time(hours[0]), zone=zone), ""
    if hours and there.time() < hours[1]:
        return _("Loket buka sampai pukul %(time)s %(zone)s", time=format_time(hours[1]), zone=zone), "good"
    return _("Loket tutup, buka lagi %(day)s", day=office.long_date(clock.next_open(there.date()))), ""


def services() -> str:
    """List the services by life event, or those that match the search."""
    asked = request.args.get("q", "").strip()
    groups, found = service_directory.by_category(), service_search.search_all(asked) if asked else []
    pages = information_pages.all_pages()
    return render_template("public/services.html", groups=groups, asked=asked[:100], found=found, pages=pages)


def service(code: str) -> str:
    """Show a service: requirements, fields, processing time, and the link to apply."""
    if edition := service_directory.find_service(code):
        return render_template("public/service.html", **service_directory.service_facts(edition))
    closed = closed_services.find_closed(code) or abort(404)
    leads = service_directory.open_leads(closed.edition.body) if closed.joined else []
    return render_template("public/service_closed.html", closed=closed, leads=leads)


def information_page(page: str) -> str:
    """Show an information page, with the ways on from it: to one's own applications where somebody is signed in."""
    found = information_pages.find_page(page) or abort(404)
    ways = [
        (url_for(endpoint, **parts), _(words))
        for endpoint, parts, words in information_pages.WAYS.get(page, ())
        if "code" not in parts or service_directory.find_service(parts["code"])
    ]
    if page == "unduh-lagi":
        own = ("public.mine", _("Permohonan saya")) if current_user.is_authenticated else ("public.sign_in", _("Masuk"))
        ways.insert(0, (url_for(own[0]), own[1]))
    return render_template("public/information.html", page=found, ways=ways, paragraphs=information_pages.paragraphs)


def blank_form(code: str) -> Response | WerkzeugResponse:
    """Download the blank form of a service (M-b); a closed one says so instead."""
    edition = service_directory.find_service(code)
    if edition is None:
        return redirect(url_for("public.service", code=code), 303) if closed_services.find_closed(code) else abort(404)
    return _blank_pdf(printouts.application_form(edition), f"{edition.body['form_code']}-{edition.layanan.code}.pdf")


def forms() -> str:
    """List all blank statements and forms, for people who write by hand."""
    offered = service_directory.current_services()
    return render_template("public/forms.html", statements=statements.stored().values(), services=offered)


def blank_statement(code: str) -> Response:
    """Download a blank statement (F-2.03, …)."""
    statement = statements.stored(code[:20]).get(code) or abort(404)
    return _blank_pdf(printouts.statement(statement), f"{code}.pdf")


def _blank_pdf(pdf: bytes, name: str) -> Response:
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    for_all = f"public, max-age={BLANK_FORM_MAX_AGE}"
    answer.headers["Cache-Control"] = "no-store" if current_user.is_authenticated else for_all
    return answer


def standard() -> str:
    """Show the service standard (UU 25/2009) and the privacy notice."""
    offered = service_directory.current_services()
    laws = sorted({law for edition in offered for law in edition.body["legal"]})
    facts = {row.key: row.value for row in Fact.select()}
    staff_count = str(len({grant.user_id for grant in Grant.in_force()}))
    return render_template("public/standard.html", laws=laws, facts=facts, services=offered, staff_count=staff_count)


def counters() -> str:
    """List the village counters, for residents without a telephone or internet."""
    rows = Office.select(Office, District).join(District).order_by(District.name, Office.id)
    places = [(name, list(members)) for name, members in itertools.groupby(rows, lambda row: row.district.name)]
    return render_template("public/counters.html", places=places)
