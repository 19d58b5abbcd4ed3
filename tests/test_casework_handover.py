"""The handover: who may receive documents, which old papers come back, and what the receipt says of both."""

import pytest

from casework import timeline
from casework.transitions import Incomplete, perform
from documents import printouts
from models import EventText, Handover, Permohonan
from tests.test_documents_layout import pdf_words

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the checks ask the database little
PROXY = {"proxy_letter": True, "recipient_name": "Ni Made Kuasa", "recipient_nik": "5108994501900019"}


@pytest.fixture
def ready(submit, factory):
    """A function that returns an application whose documents wait for Ni Ketut Rai."""
    return lambda code="AK-LAHIR", **given: factory.force_state(
        submit(code, pemohon_nama="Ni Ketut Rai", **given), "ready"
    )


@pytest.fixture
def hand_over(factory):
    """A function that hands over, everything in order but for some answers; returns the faults by their names."""

    def press(permohonan, **answers):
        given = factory.answers(permohonan, "hand_over") | answers
        try:
            perform(permohonan, "hand_over", factory.staff["pickup"], **given)
        except Incomplete as refused:
            assert Permohonan.get_by_id(permohonan.id).state == "ready" and not Handover.select().exists()
            return refused.errors
        return {}

    return press


@pytest.mark.parametrize("name", ["Ni Ketut Rai", "  ni ketut  RAI "])
def test_the_applicant_needs_no_letter(ready, hand_over, name):
    assert hand_over(ready(), recipient_name=name) == {}
    assert not Handover.get().proxy_letter


def test_neither_does_the_person_concerned(ready, hand_over):
    permohonan = ready("KTP-HILANG", nama="I Gede Sudana")
    assert permohonan.subject_name == "I Gede Sudana"
    assert hand_over(permohonan, recipient_name="I Gede Sudana") == {}


@pytest.mark.parametrize("code", ["AK-LAHIR", "AK-MATI"])
def test_neither_a_child_nor_the_deceased_signs_for_it(ready, hand_over, code):
    permohonan = ready(code)
    assert permohonan.subject_name not in ("", "Ni Ketut Rai")
    assert list(hand_over(permohonan, recipient_name=permohonan.subject_name)) == ["proxy_letter"]


def test_anybody_else_gets_nothing_without_a_letter(ready, hand_over):
    errors = hand_over(ready(), recipient_name="Ni Made Kuasa", recipient_nik=PROXY["recipient_nik"])
    assert list(errors) == ["proxy_letter"]
    assert errors["proxy_letter"].startswith("Ni Made Kuasa bukan pemohon (Ni Ketut Rai)")


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"recipient_nik": ""}, {"recipient_nik"}),
        ({"recipient_nik": "51089945"}, {"recipient_nik"}),
        ({"recipient_name": ""}, {"recipient_name"}),
        ({"recipient_name": "Ni Ketut Rai", "recipient_nik": ""}, {"recipient_name", "recipient_nik"}),
        ({"recipient_nik": "5108994505900001"}, {"recipient_nik"}),
    ],
)
def test_a_letter_alone_is_not_enough(ready, hand_over, given, faults):
    permohonan = ready(pemohon_nik="5108994505900001")
    assert set(hand_over(permohonan, **PROXY | given)) == faults
    assert hand_over(permohonan, **PROXY) == {}, "with name and NIK it is"


def test_a_proxy_may_bear_the_applicants_name(ready, hand_over):
    assert hand_over(ready(), **PROXY | {"recipient_name": "Ni Ketut Rai"}) == {}
    assert Handover.get().proxy_letter


def test_the_receipt_names_the_proxys_letter_but_not_the_whole_nik(ready, hand_over):
    permohonan = ready()
    hand_over(permohonan, **PROXY)
    said = pdf_words(printouts.receipt(permohonan))
    assert "Ni Made Kuasa" in said and "surat kuasa F-1.07, NIK …0019" in said and PROXY["recipient_nik"] not in said
    assert EventText.select().order_by(EventText.id.desc()).get().texts["recipient_nik"] == PROXY["recipient_nik"]
    staff, public = (timeline.timeline(permohonan, public=one)[-1].who for one in (False, True))
    assert staff.endswith(", kepada Ni Made Kuasa") and "Kuasa" not in public


def test_an_old_card_comes_back_or_its_loss_is_noted(ready, hand_over):
    permohonan = ready("KTP-RUSAK")
    errors = hand_over(permohonan, old_returned=False)
    assert errors == {"old_returned": "Belum ditarik: KTP-el yang rusak, asli. Tandai, atau tulis mengapa tidak ada."}
    both = hand_over(permohonan, old_missing="Hilang.")
    assert list(both) == ["old_missing"], "taken back and missing contradict each other"
    assert hand_over(permohonan, old_returned=False, old_missing="Hilang, SKTLK/12/2026") == {}
    said = pdf_words(printouts.receipt(permohonan))
    assert "Dokumen lama yang tidak ditarik: Hilang, SKTLK/12/2026 KTP-el yang rusak, asli" in said
    assert not Handover.get().old_returned


def test_of_several_old_papers_each_is_ticked_for_itself(ready, hand_over):
    permohonan = ready("AK-CERAI")
    papers = set(printouts.papers_to_take_back(permohonan))
    assert {"ktp_el_suami", "ktp_el_istri"} < papers
    errors = hand_over(permohonan, old_returned=False, old_papers=sorted(papers - {"ktp_el_istri"}))
    assert errors == {"old_returned": "Belum ditarik: KTP-el asli istri. Tandai, atau tulis mengapa tidak ada."}
    assert hand_over(permohonan, old_returned=False, old_papers=sorted(papers)) == {}
    assert "tidak ditarik" not in pdf_words(printouts.receipt(permohonan))


def test_where_nothing_has_to_come_back_nothing_is_asked(ready, hand_over):
    assert hand_over(ready(), old_returned=None, old_missing=None) == {}
    assert "Dokumen lama yang ditarik Tidak ada." in pdf_words(printouts.receipt(Permohonan.get()))


def test_all_faults_are_told_at_once(ready, hand_over):
    stranger = {"recipient_name": "Orang Lain", "originals_seen": None, "old_returned": None, "signature": ""}
    faults = hand_over(ready("KTP-RUSAK"), **stranger)
    assert list(faults) == ["originals_seen", "old_returned", "proxy_letter", "signature"]
