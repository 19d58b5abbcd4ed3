"""Questions come and go on the page by the same rule by which the server asks them: one table, in both."""

import pytest
from flask import render_template_string

from catalogue.conditions import SUBMITTED_ON
from tests import ROOT
from tests.helpers.condition_cases import CASES, FIELDS, TODAY
from web.wizard import form_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = """{% import "wizard/form_fields.html" as form with context %}<!doctype html><title>Isian</title>
<form data-aids="Diisi dari NIK.">{% for box in boxes %}{{ form.field(box) }}{% endfor %}</form>"""
ROWS = [{"nik": "5108990112090001", "hubungan": "1"}] * 2
TYPE = """(answers) => {
    const names = new Set([...document.querySelectorAll("form [name]")].map((one) => one.name));
    for (const name of names) for (const one of document.getElementsByName(name)) {
        if (one.type === "radio") one.checked = one.value === answers[name]; else one.value = answers[name] ?? "";
    }
    document.querySelector("form").dispatchEvent(new Event("input", { bubbles: true }));
}"""


def typed(answers):
    """Return answers as they stand in the page's controls."""
    found = {}
    for key, value in answers.items():
        if isinstance(value, list):
            found |= {f"{key}-{n}-{name}": text for n, row in enumerate(value) for name, text in row.items()}
        elif str(value).startswith("tanpa:"):
            found[f"{key}-tanpa"] = value.removeprefix("tanpa:")
        else:
            found[key] = "-".join(reversed(str(value).split("-"))) if FIELDS[key]["type"] == "date" else str(value)
    return found


@pytest.fixture
def database_kind():
    """The rule reads no database."""
    return "sqlite"


@pytest.fixture
def page(app, browser):
    """A page that asks a question under the condition of each case."""
    asked = list(FIELDS.values())
    whens = {f"kasus{n}": when for n, (when, _answers, _met) in enumerate(CASES)}
    asked += [
        {"key": key, "type": "text", "label": {"id": key}, "required": False, "when": whens[key]} for key in whens
    ]
    context = form_fields.FormContext({"anggota": ROWS}, {SUBMITTED_ON: TODAY}, {}, every=FIELDS)
    with app.test_request_context():
        html = render_template_string(PAGE, boxes=form_fields.build_fields(asked, context))
    page = browser.new_page()
    page.set_content(html)
    page.add_script_tag(content=(ROOT / "static" / "js" / "form_aids.js").read_text(encoding="utf-8"))
    return page


def test_the_page_decides_as_the_server_does(page):
    wrong = []
    for n, (when, answers, met) in enumerate(CASES):
        page.evaluate(TYPE, typed(answers))
        if page.locator(f"#kasus{n}").is_visible() is not met:
            wrong.append((when, answers, met))
    assert wrong == []
