"""Numbers of documents: their formats, a proposal, and that no two documents bear the same one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from casework import document_numbers
from casework.document_numbers import NumberUnusual
from casework.transitions import Incomplete, perform
from lib.database import local
from models import Document, Fact, Permohonan
from tests.helpers.factory import document_number
from workflow import NotAllowed

DEED = {"key": "akta", "kind": "pdf", "name": {"id": "Kutipan akta kelahiran"}, "number": "akta_lahir"}
CARD = {"key": "kk", "kind": "pdf", "name": {"id": "Kartu Keluarga"}, "number": "kk"}
LETTER = {"key": "surat", "kind": "pdf", "name": {"id": "Surat keterangan"}, "number": "surat"}


def draft(factory, permohonan, number, **more):
    documents = {one["key"]: {"number": number, **more} for one in permohonan.products}
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=documents)
    return Permohonan.get_by_id(permohonan.id)


@pytest.fixture
def at_siak(factory):
    return lambda code="AK-LAHIR": factory.advance_to(factory.submit(code), "siak_entry")


@pytest.mark.parametrize("number", ["5108-LU-13112026-0001", "5108-LT-01022026-9999"])
def test_a_number_of_its_kind_is_accepted(at_siak, number):
    document_numbers.check_number(at_siak(), DEED, number, sure=False)


@pytest.mark.parametrize(
    "number", ["5108-LU-13112026-001", "5108-KM-13112026-0001", "5107-LU-13112026-0001", "123/IST/2005"]
)
def test_another_form_is_told_with_an_example_and_may_be_confirmed(at_siak, number):
    permohonan = at_siak()
    with pytest.raises(NumberUnusual, match=f"seperti 5108-LU-{local():%d%m%Y}-0001"):
        document_numbers.check_number(permohonan, DEED, number, sure=False)
    document_numbers.check_number(permohonan, DEED, number, sure=True)


def test_a_missing_digit_of_a_family_card_is_told_and_can_not_be_confirmed(at_siak):
    permohonan = at_siak()
    for number, told in (("510899011226000", "ini 15 angka"), ("5108-9901-1226-0001", "angka dan huruf atau tanda")):
        with pytest.raises(ValueError, match=told):
            document_numbers.check_number(permohonan, CARD, number, sure=True)


@pytest.mark.parametrize("number", ["ASAL SAJA", "-", "000", "XXX", "TES", "BELUM", "NOMOR"])
def test_what_is_no_number_is_refused_everywhere(at_siak, number):
    permohonan = at_siak()
    for product in (DEED, CARD, LETTER):
        with pytest.raises(ValueError, match="yang sebenarnya"):
            document_numbers.check_number(permohonan, product, number, sure=True)


def test_a_second_document_with_the_number_is_told_which_application_has_it(factory, at_siak):
    first = draft(factory, at_siak(), "5108-LU-13112026-0001")
    second = at_siak()
    with pytest.raises(Incomplete, match=f"sudah dipakai permohonan {first.number}"):
        draft(factory, second, "5108-LU-13112026-0001", sure="ya")
    assert Permohonan.get_by_id(second.id).state == "siak_entry"


def test_two_operators_at_once_cannot_give_one_number_twice(app, factory, at_siak):
    waiting = [at_siak() for _ in range(4)]

    def press(permohonan):
        with app.app_context():
            try:
                draft(factory, Permohonan.get_by_id(permohonan.id), "5108-LU-13112026-0007")
                return ""
            except NotAllowed as reason:
                return str(reason)

    with ThreadPoolExecutor(4) as officers:
        told = list(officers.map(press, waiting))
    assert told.count("") == 1 and all("dipakai permohonan" in one for one in told if one), told
    assert Document.select().where(Document.number == "5108-LU-13112026-0007").count() == 1


def test_the_next_round_may_keep_its_number_and_another_one_sets_it_free(factory, at_siak):
    permohonan = draft(factory, at_siak(), "5108-LU-13112026-0001")
    perform(permohonan, "return_to_operator", factory.staff["adb"], reason="Nama salah.")
    permohonan = draft(factory, Permohonan.get_by_id(permohonan.id), "5108-LU-13112026-0001")
    perform(permohonan, "return_to_operator", factory.staff["adb"], reason="Nomor salah.")
    draft(factory, Permohonan.get_by_id(permohonan.id), "5108-LU-13112026-0002")
    assert draft(factory, at_siak(), "5108-LU-13112026-0001").state == "adb_review"


def test_a_family_card_keeps_its_number_within_the_family_only(factory, at_siak):
    first = at_siak("KK-HILANG")
    factory.upload_drafts(first)
    assert len(document_numbers.propose_number(first, first.products[0])) == 16, "the number that the family answered"
    number = "5108990112260099"
    draft(factory, first, number)
    same = at_siak("KK-RUSAK")
    document_numbers.check_number(same, same.products[0], number, sure=False)
    stranger = at_siak("KK-BARU")
    Document.update(data={"name": "Orang Lain"}).execute()
    with pytest.raises(ValueError, match="sudah dipakai"):
        document_numbers.check_number(stranger, stranger.products[0], number, sure=False)


def test_the_number_after_the_last_one_of_this_year_is_proposed(factory, at_siak):
    permohonan = at_siak()
    product = permohonan.products[0]
    assert document_numbers.propose_number(permohonan, product) == f"5108-LU-{local():%d%m%Y}-0001"
    draft(factory, permohonan, f"5108-LU-{local():%d%m%Y}-0041")
    assert document_numbers.propose_number(at_siak(), product) == f"5108-LU-{local():%d%m%Y}-0042"


def test_husband_and_wife_have_two_papers_with_one_number(factory, at_siak):
    permohonan = at_siak("AK-CERAI")
    factory.upload_drafts(permohonan)
    documents = {
        one["key"]: {"number": document_number(permohonan, one, n)} for n, one in enumerate(permohonan.products)
    }
    documents["akta_istri"]["number"] = "apa saja"
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=documents)
    papers = {one.product: one for one in Document.select()}
    assert papers["akta_suami"].number == papers["akta_istri"].number and papers["akta_istri"].number_key is None
    assert "Untuk suami" in papers["akta_suami"].data["heads"] and "Untuk istri" in papers["akta_istri"].data["heads"]


def test_another_regency_changes_the_formats_as_data(at_siak):
    formats = Fact.get(key="document_numbers").value
    formats["akta_lahir"] = {"name": "Nomor akta", "patterns": ["AL.{angka:3}/{tanggal}/{urut:6}"], "strict": True}
    Fact.update(value=formats).where(Fact.key == "document_numbers").execute()
    permohonan = at_siak()
    document_numbers.check_number(permohonan, DEED, "AL.123/01122026/000007", sure=False)
    with pytest.raises(ValueError, match="AL"):
        document_numbers.check_number(permohonan, DEED, "5108-LU-13112026-0001", sure=True)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"kk": []},
        {"KK": {"name": "x"}},
        {"kk": {"name": ""}},
        {"kk": {"name": "x", "patterns": "{angka:16}"}},
        {"kk": {"name": "x", "patterns": ["{nomor}"]}},
        {"kk": {"name": "x", "patterns": ["x" * 61]}},
        {"kk": {"name": "x", "strict": "ya"}},
    ],
)
def test_a_wrong_format_is_refused_with_a_sentence(app, wrong):
    assert document_numbers.format_error(wrong)
    assert document_numbers.format_error(Fact.get(key="document_numbers").value) == ""


def test_every_product_names_a_kind_of_number_that_there_is(app, factory):
    from tests.helpers.service_cases import services

    named = {one["number"] for body in services().values() for one in body["products"]} - {""}
    assert named <= set(document_numbers.kinds())
