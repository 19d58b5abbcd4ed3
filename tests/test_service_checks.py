"""Checks that walk all services: nothing is demanded that nobody can get, nothing asked or promised without a use."""

import re
from functools import cache

import pytest

from catalogue import applicant_section, condition_checks, conditions, page_layout, siak_forms, statements
from tests.helpers import service_cases

SERVICES = service_cases.services()
CASES = list(service_cases.read_cases())
ALL = pytest.mark.parametrize("code", sorted(SERVICES))
TAKING = pytest.mark.parametrize("code", sorted(code for code, one in SERVICES.items() if not one.get("part_of")))
FROM_OTHERS = {  # declarations that somebody else writes; whatever else is called so, the site gives
    "pernyataan_maskapai": "the airline",
}
DECLARATION = re.compile(r"\bF-\d\.\d\d\b|\b(SPTJM|pernyataan|persetujuan|kuasa|izin orang tua)\b", re.IGNORECASE)


def fields_of(code):
    return [field for section in SERVICES[code]["sections"] for field in section["fields"]]


def known_fields(code):
    """All fields that a condition may name, the applicant's among them."""
    sections = applicant_section.form_sections("self_service", SERVICES[code])
    return {field["key"]: field for section in sections for field in section["fields"]}


def cases_of(code):
    return [case for case in CASES if case["service"] == code]


@cache
def outcomes(code):
    return [service_cases.judge(code, case.get("answers", {}), case.get("today", "2026-12-01"),
                                case.get("track", "self_service")) for case in cases_of(code)]  # fmt: skip


@ALL
def test_every_form_and_declaration_that_is_demanded_can_be_had_here(code):
    demanded = [*SERVICES[code]["requirements"], applicant_section.PROXY_LETTER]
    named = [one for one in demanded if DECLARATION.search(one["name"]["id"]) and one["key"] != "formulir"]
    missing = [one["key"] for one in named if not one.get("statement") and one["key"] not in FROM_OTHERS]
    assert missing == [], "the site demands these and doesn't give them"


@ALL
def test_every_statement_of_a_requirement_exists(code):
    assert {one["statement"] for one in SERVICES[code]["requirements"] if one.get("statement")} <= statements.codes()


@ALL
def test_every_condition_can_be_met(code):
    known, body = known_fields(code), SERVICES[code]
    parts = [*body["requirements"], *body["products"], *body["contradictions"], *fields_of(code)]
    never = [one["key"] for one in parts if one.get("when") and not condition_checks.can_be_true(one["when"], known)]
    assert never == []


@ALL
def test_every_question_is_for_siak_or_a_paper_or_decides_about_something(code):
    body = SERVICES[code]
    items = [item for field in fields_of(code) for item in field["item"]]
    parts = [*body["products"], *body["requirements"], *body["contradictions"], *fields_of(code), *items]
    used = {key for one in parts for key in conditions.keys_of(one.get("when"))}
    used |= {key for one in body["products"] for key in (*one.get("prints", ()), one.get("holder"))}
    for name in {one["statement"] for one in body["requirements"] if one.get("statement")}:
        statement = statements.read_statement(statements.FOLDER / f"{name}.toml")
        used |= {key for field in statements.all_fields(statement) for key in field["from"]}
        used |= {key for part in statement["parts"] for key in part["table"]}
    idle = [
        one["key"] for one in fields_of(code) if "siak" not in one and not one["subject"] and one["key"] not in used
    ]
    assert idle == []


@ALL
def test_siak_is_told_everything_in_a_part_of_the_services_form(code):
    form = SERVICES[code]["form_code"]
    astray = [one["key"] for one in fields_of(code) if "siak" in one and not siak_forms.part_title(form, one)]
    assert astray == [], f"their numbers are in no part of {form}"


@ALL
def test_other_services_that_are_named_exist(code):
    body = SERVICES[code]
    named = [one["code"] for one in [*body["leads"], *([body["part_of"]] if body.get("part_of") else [])]]
    assert set(named) <= set(SERVICES) - {code}
    assert not [one for one in named if SERVICES[one].get("part_of")], "it leads to a door that is closed itself"


def test_there_are_more_than_fifty_cases():
    assert len(CASES) >= 52


@TAKING
def test_a_service_is_tried_once_as_everybody_has_it_and_once_as_the_odd_one_has_it(code):
    assert len(cases_of(code)) >= 2
    assert any("papers" in case for case in cases_of(code))


@TAKING
def test_every_product_and_paper_comes_up_in_some_case(code):
    found = outcomes(code)
    products = {key for one in found for key in one.products}
    papers = {key for one in found for group in (*one.papers, one.optional) for key in group}
    assert {one["key"] for one in SERVICES[code]["products"]} - products == set()
    assert {one["key"] for one in SERVICES[code]["requirements"]} - papers == set()


@TAKING
def test_no_page_asks_nothing_of_somebody(code):
    pages = page_layout.form_pages("self_service", SERVICES[code])
    asked = [found.asked for found in outcomes(code)]
    assert [page["key"] for page in pages for keys in asked if not keys & {one["key"] for one in page["fields"]}] == []
