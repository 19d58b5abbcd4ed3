"""Cases of services played in a browser: four on a phone, two at a village counter, from the first page to the number.

The facts are those of tests/service_cases/; the pages must ask, want and promise what the tables say.
"""

import re
from datetime import date

import pytest

from catalogue.missing_number import is_missing, reason_of
from tests import machine
from tests.helpers.browser_person import PHONE, Person, photo
from tests.helpers.service_cases import Filler, judge, read_cases, services

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
ON_A_PHONE = (
    "a foundling needs the police record or the guardian's statement",
    "a bride of 20 with a prenuptial agreement",
    "a child born outside a religious marriage is acknowledged by court order",
    "a migrant worker returns without SKPLN",
)
AT_A_COUNTER = ("a foreign tourist dies here", "somebody joins a relative's KK inside Buleleng")
CASES = {case["name"]: case for case in read_cases() if case["file"] == "twelve.toml"}


@pytest.fixture(scope="module")
def server():
    with machine.fresh_server() as running:
        yield running


def fill_in(person, case, track):
    """Fill in all pages; what must not be asked is on none of them. Returns what the tables expect."""
    found = judge(case["service"], case["answers"], date.today().isoformat(), track)
    page, answers = person.page, _controls(case["service"], track, found.answers)
    while "/isi/" in page.url:
        before = page.url
        for key, (field, value) in answers.items():
            if page.locator(f"[name='{key}']").count() and key != "pemohon_email":
                _answer(person, field | {"key": key}, value)
        silent = [key for key in case.get("not_asked", ()) if page.locator(f"[name='{key}']").first.is_visible()]
        assert not silent, f"asked without need: {silent}"
        person.check_page(f"kasus-{case['service']}-{before.rpartition('/')[2]}")
        person.press("Simpan dan lanjutkan")
        assert page.url != before, page.locator("[role=alert]").inner_text()
    return found


def _controls(code, track, answers):
    """Return (field, value) by the name of the control, rows of groups included, in the order of the form."""

    found = {}
    for field in Filler(services()[code], {}, track).fields:
        value = answers.get(field["key"])
        if field["type"] != "group" and value not in (None, ""):
            found[field["key"]] = (field, value)
        for number, row in enumerate(value or ()) if field["type"] == "group" else ():
            items = {item["key"]: item for item in field["item"]}
            found |= {f"{field['key']}-{number}-{key}": (items[key], text) for key, text in row.items()}
    return found


def _answer(person, field, value):
    page, key = person.page, field["key"]
    if not is_missing(value):
        person.fill(field, value)
        return
    reason, detail = reason_of(value)
    page.locator(f"details:has([name='{key}-tanpa'])").evaluate("box => box.open = true")
    page.select_option(f"[name='{key}-tanpa']", reason)
    if detail:
        page.fill(f"[name='{key}-ket']", detail)


def hand_in(person, code, found):
    """Upload what is wanted, and nothing else is offered; read what will be issued; submit."""
    page, products = person.page, services()[code]["products"]
    shown = {box.get_attribute("name").removeprefix("upload-") for box in page.locator("[name^=upload-]").all()}
    assert shown == {key for group in found.papers for key in group} | found.optional
    for group in found.papers:
        key = min(group)
        picture = {"name": f"{key}.jpg", "mimeType": "image/jpeg", "buffer": photo(key, size=(900, 1200))}
        page.locator(f"[name='upload-{key}']").set_input_files(picture)
    person.press("Simpan dan lanjutkan")
    page.wait_for_url(re.compile("/periksa"))
    person.check_page(f"kasus-{code}-periksa")
    promised = [one["name"]["id"] for one in products if one["key"] in found.products]
    assert page.locator("#terbit li").all_inner_texts() == promised
    page.check("[name=declaration]")
    person.press("Kirim permohonan")


@pytest.mark.parametrize("name", ON_A_PHONE)
def test_on_a_phone_a_resident_is_asked_and_promised_what_fits(browser, server, name):
    case = CASES[name]
    person = Person(browser, server.url, PHONE, has_touch=True)
    person.sign_in()
    page = person.go(f"/permohonan/baru/{case['service']}")
    page.get_by_role("button", name="Mulai mengisi").tap()
    page.wait_for_url(re.compile("/isi/"))
    found = fill_in(person, case, "self_service")
    hand_in(person, case["service"], found)
    page.wait_for_url(re.compile(r"/permohonan/[a-z2-7]+$"))
    assert page.locator("main").get_attribute("data-state") == "submitted"
    assert not [text for text in person.errors if "422" not in text]


@pytest.mark.parametrize("name", AT_A_COUNTER)
def test_at_a_counter_the_operator_is_asked_what_fits(browser, server, name):
    case = CASES[name]
    operator = Person(browser, server.url)
    operator.sign_in_as_staff("loket.pemaron@aku.example")
    operator.go("/petugas/loket/")
    operator.follow("Permohonan baru")
    operator.page.fill("[name=q]", services()[case["service"]]["name"]["id"].split(" (")[0])
    operator.press("Cari")
    operator.click_and_wait(operator.page.locator(f"button[formaction$='/baru/{case['service']}']").first)
    found = fill_in(operator, case, "counter")
    hand_in(operator, case["service"], found)
    assert operator.page.url.endswith("/petugas/loket/baru")
    assert operator.page.get_by_role("link", name="Cetak slip").is_visible()
