"""Service directory: the services on offer (cached), by category, and what the page of one shows."""

import itertools
import math

import peewee as pw
from flask import current_app
from flask_babel import gettext as _

import office
from catalogue import condition_text, definition_parts, statements
from catalogue.applicant_section import PROXY_LETTER
from catalogue.categories import CATEGORIES, Category
from models import Duration, Edition, Layanan

FIELD_MINUTES, PHOTO_MINUTES = 0.3, 1.5  # while nothing is measured


def current_services() -> list[Edition]:
    """Return the current editions of the services that take new applications, in the office's order; cached."""
    return _published()[0]


def joined_services() -> dict[str, list[Edition]]:
    """Return the services that are part of another (`part_of`), by the code of that one; cached."""
    return _published()[1]


def _published() -> tuple[list[Edition], dict[str, list[Edition]]]:
    """Return the services on offer, and those that are part of them; cached by `publication_stamp`."""
    stamp = publication_stamp()
    cached_stamp, found = current_app.extensions.get("catalogue", (None, ([], {})))
    if cached_stamp == stamp:
        return found
    offered: list[Edition] = []
    joined: dict[str, list[Edition]] = {}
    for edition in Edition.current():
        part_of = edition.body.get("part_of")
        (joined.setdefault(part_of["code"], []) if part_of else offered).append(edition)
    current_app.extensions["catalogue"] = (stamp, (offered, joined))
    return offered, joined


def publication_stamp() -> tuple:
    """Return the cache key of what is on offer: it changes when the office publishes, opens or closes a service."""
    newest = Edition.select(pw.fn.MAX(Edition.id))
    query = Layanan.select(Layanan.id, Layanan.code, Layanan.position, newest).where(Layanan.active)
    return tuple(query.order_by(Layanan.id).tuples())


def find_service(code: str) -> Edition | None:
    """Find the current edition of a service that takes new applications, by its code."""
    return next((edition for edition in current_services() if edition.layanan.code == code), None)


def service_facts(edition: Edition) -> dict:
    """Return what the page of a service shows about an edition."""
    kinds = {product["kind"] for product in edition.body["products"]}
    duration = Duration.get_or_none(Duration.layanan == edition.layanan_id)
    return {
        "edition": edition,
        "body": edition.body,
        "statements": statements.of_requirements([*edition.body["requirements"], PROXY_LETTER]),
        "proxy_statement": PROXY_LETTER["statement"],
        "papers": papers_by_case(edition.body["requirements"]),
        "needs": requirement_conditions(edition.body),
        "yields": product_conditions(edition.body),
        "leads": open_leads(edition.body),
        "late_report": office.fact("late_report"),
        "minutes": (duration and duration.filling_minutes) or filling_minutes(edition.body),
        "duration": duration,
        "has_card": "card" in kinds,
        "has_pdf": "pdf" in kinds,
    }


def open_leads(body: dict) -> list[tuple[dict, Edition]]:
    """Return the leads to services that take new applications, each with its edition."""
    return [(lead, found) for lead in body.get("leads", ()) if (found := find_service(lead["code"]))]


def filling_minutes(body: dict) -> int:
    """Estimate the minutes of filling in, to the next five; what only some are asked for counts half."""
    asked = sum(0.5 if field.get("when") else 1 for field in definition_parts.all_fields(body))
    photos = sum(_photographs(*group) for group in group_alternatives(body["requirements"]))
    minutes = asked * FIELD_MINUTES + photos * PHOTO_MINUTES
    return max(5, 5 * math.ceil(minutes / 5))


def _photographs(word: str, members: list[dict]) -> float:
    """Count what has to be photographed; of alternatives one."""
    counts = [{"always": 1, "when": 0.5}.get(one["required"], 0) for one in members]
    return max(counts) if word else sum(counts)


def group_alternatives(requirements: list[dict]) -> list[tuple[str, list[dict]]]:
    """Group requirements that are alternatives (`one_of`), in their order: (the word they share, or "", members)."""
    together = itertools.groupby(requirements, lambda requirement: requirement.get("one_of") or "")
    return [(word, list(members)) for word, members in together]


def papers_by_case(requirements: list[dict]) -> list[tuple[str, list[dict]]]:
    """Group requirements by case: what everybody brings, the alternatives, what depends, what is optional."""
    found: dict[tuple[str, str], list[dict]] = {("always", ""): []}
    for one in requirements:
        word = one.get("one_of") or ""
        found.setdefault(("one", word) if word else (one["required"], ""), []).append(one)
    cases = ("always", "one", "when", "optional")
    groups = sorted(found.items(), key=lambda group: cases.index(group[0][0]))
    return [(case, members) for (case, _word), members in groups if members]


def requirement_conditions(body: dict) -> dict[str, str]:
    """Return the conditions of requirements in words, by key."""
    fields = definition_parts.fields_by_key(body)
    return {one["key"]: condition_text.sentence(one.get("when"), fields) for one in body["requirements"]}


def product_conditions(body: dict) -> dict[str, str]:
    """Return in which cases a product is made, by key; of one that is always made nothing."""
    fields = definition_parts.fields_by_key(body)
    some = [one for one in body["products"] if condition_text.sentence(one.get("when"), fields)]
    return {one["key"]: _("Bila %(clause)s.", clause=condition_text.clause(one["when"], fields)) for one in some}


def by_category() -> list[tuple[Category, list[Edition]]]:
    """Return the services by category; a category without a service is left out."""
    editions = current_services()
    groups = {code: [edition for edition in editions if edition.body["category"] == code] for code in CATEGORIES}
    return [(CATEGORIES[code], members) for code, members in groups.items() if members]
