"""Four eyes: whoever misses a button because of an earlier step is told why, and who may press it."""

import pytest

from casework import four_eyes
from models import Permohonan, User
from tests.helpers.staff_client import offered_actions, sign_in_officer, table_row

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def checked_draft(factory, submit, grant):
    """An application whose draft the ADB has verified, who is also acting Kabid today."""
    grant(factory.staff["adb"], "kabid", acting_for=factory.other_applicant)
    return factory.advance_to(submit(), "kabid_review")


def test_an_acting_official_who_verified_sees_why_the_button_is_missing(app, checked_draft, factory):
    adb, kabid = sign_in_officer(app, "adb"), factory.staff["kabid"]
    page = adb.text(f"/petugas/kabid/details/?id={checked_draft.key}")
    sentence = "“Ajukan ke Kepala Dinas” harus ditekan orang lain: Anda sudah menekan “Draf benar” pada draf ini."
    assert "verify_kabid" not in offered_actions(page)
    assert f"{sentence} Yang dapat: {kabid.name}." in page
    row = table_row(adb.text("/petugas/kabid/"), checked_draft)
    assert "perlu orang lain" in row and "verify_kabid" not in offered_actions(row)
    refused = adb.press("kabid", "verify_kabid", checked_draft)
    assert refused.status_code < 500 and Permohonan.get_by_id(checked_draft.id).state == "kabid_review"
    assert sentence in adb.text(refused.location)


def test_a_stand_in_is_told_that_it_was_the_other(factory, submit, grant):
    permohonan = factory.advance_to(submit(), "kabid_review")
    grant(factory.other_applicant, "kabid", acting_for=factory.staff["adb"])
    stand_in = User.get_by_id(factory.other_applicant.id)
    (step,) = four_eyes.barred_steps(permohonan, stand_in)
    assert "Orang yang Anda gantikan sudah menekan “Draf benar”" in step.reason


def test_nobody_else_is_told_anything(app, checked_draft, factory):
    for role in ("kabid", "kadis", "siak_operator", "pickup"):
        assert four_eyes.barred_steps(Permohonan.get_by_id(checked_draft.id), factory.staff[role]) == []
    assert "orang lain" not in table_row(sign_in_officer(app, "kabid").text("/petugas/kabid/"), checked_draft)


def test_where_nobody_may_press_it_that_is_said(checked_draft, factory):
    User.update(disabled_at=checked_draft.changed_at).where(User.id == factory.staff["kabid"].id).execute()
    (sentence,) = four_eyes.explain(checked_draft, User.get_by_id(factory.staff["adb"].id))
    assert sentence.endswith("Belum ada yang dapat; hubungi Tim TI.")
