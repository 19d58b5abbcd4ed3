"""Cases of services, as tables in service_cases/: the facts of a person in; papers, fields, products, refusals out."""

import pytest

from tests.helpers import service_cases

CASES = [pytest.param(case, id=f"{case['service']}: {case['name']}") for case in service_cases.read_cases()]


@pytest.mark.parametrize("case", CASES)
def test_a_service_asks_wants_and_yields_what_fits_the_person(case):
    wrong = service_cases.differences(case)
    assert not wrong, f"{case['file']}: {case['service']}, {case['name']}:\n  " + "\n  ".join(wrong)


@pytest.mark.parametrize("code", sorted(service_cases.services()))
def test_an_everyday_form_is_accepted_without_a_warning(code):
    found = service_cases.judge(code, {})
    assert (found.errors, found.warnings) == ({}, {})
