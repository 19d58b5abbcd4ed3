"""Numbers of documents: their formats, a proposal, and that no two documents bear the same one."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from casework import document_numbers
from casework.document_numbers import NumberUnusual
from casework.transitions import Incomplete, perform
from lib.database import local
from models import Document, Fact, Permohonan
from tests.helpers.factory import TODAY, document_number
from tests.helpers.race import before_next_transaction
from tests.helpers.staff_client import sign_in_officer
from workflow import NotAllowed

DEED = {"key": "akta", "kind": "pdf", "name": {"id": "Kutipan akta kelahiran"}, "number": "akta_lahir"}
CARD = {"key": "kk", "kind": "pdf", "name": {"id": "Kartu Keluarga"}, "number": "kk"}
LETTER = {"key": "surat", "kind": "pdf", "name": {"id": "Surat keterangan"}, "number": "surat"}


def draft(factory, permohonan, number, **more):
    documents = {one["key"]: {"number": number, **more} for one in permohonan.products}
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=documents)
    return Permohonan.get_by_id(permohonan.id)


@pytest.fixture
def officer(app, factory):
    return partial(sign_in_officer, app)


@pytest.fixture
def at_siak(factory):
    return lambda code="AK-LAHIR": factory.advance_to(factory.submit(code), "siak_entry")


@pytest.mark.parametrize("number", [f"5108-LU-{TODAY}-0001", f"5108-LT-{TODAY}-9999"])
def test_a_number_of_its_kind_is_accepted(at_siak, number):
    document_numbers.check_number(at_siak(), DEED, number, sure=False)


@pytest.mark.parametrize(
    "number", ["5108-LU-13112026-001", f"5108-KM-{TODAY}-0001", "5107-LU-13112026-0001", "123/IST/2005"]
)
def test_another_form_is_told_with_an_example_and_may_be_confirmed(at_siak, number):
    permohonan = at_siak()
    with pytest.raises(NumberUnusual, match=f"seperti 5108-LU-{local():%d%m%Y}-0001"):
        document_numbers.check_number(permohonan, DEED, number, sure=False)
    document_numbers.check_number(permohonan, DEED, number, sure=True)


def test_a_missing_digit_of_a_family_card_is_told_and_can_not_be_confirmed(at_siak):
    permohonan = at_siak()
    for number, told in (("510899011226000", "ini 15 angka"), ("510899011226O001", "15 angka dan huruf atau tanda")):
        with pytest.raises(ValueError, match=told):
            document_numbers.check_number(permohonan, CARD, number, sure=True)


PLACEHOLDERS = ("ASAL SAJA", "-", "000", "XXX", "TES", "BELUM", "NOMOR", "tes 1", "1111111111111111")


@pytest.mark.parametrize("number", PLACEHOLDERS)
def test_what_is_no_number_is_refused_everywhere(at_siak, number):
    permohonan = at_siak()
    for product in (DEED, CARD, LETTER):
        with pytest.raises(ValueError, match="yang sebenarnya"):
            document_numbers.check_number(permohonan, product, number, sure=True)


def test_a_second_document_with_the_number_is_told_which_application_has_it(factory, at_siak):
    first = draft(factory, at_siak(), f"5108-LU-{TODAY}-0001")
    second = at_siak()
    with pytest.raises(Incomplete, match=f"sudah dipakai permohonan {first.number}"):
        draft(factory, second, f"5108-LU-{TODAY}-0001", sure="ya")
    assert Permohonan.get_by_id(second.id).state == "siak_entry"


def test_two_operators_at_once_cannot_give_one_number_twice(app, factory, at_siak):
    waiting = [at_siak() for _ in range(4)]

    def press(permohonan):
        with app.app_context():
            try:
                draft(factory, Permohonan.get_by_id(permohonan.id), f"5108-LU-{TODAY}-0007")
                return ""
            except NotAllowed as reason:
                return str(reason)

    with ThreadPoolExecutor(4) as officers:
        told = list(officers.map(press, waiting))
    holder = Document.get(Document.number == f"5108-LU-{TODAY}-0007").permohonan.number
    assert told.count("") == 1 and all(f"dipakai permohonan {holder}." in one for one in told if one), told
    assert Document.select().where(Document.number == f"5108-LU-{TODAY}-0007").count() == 1


def test_the_next_round_may_keep_its_number_and_another_one_sets_it_free(factory, at_siak):
    permohonan = draft(factory, at_siak(), f"5108-LU-{TODAY}-0001")
    perform(permohonan, "return_to_operator", factory.staff["adb"], reason="Nama salah.")
    permohonan = draft(factory, Permohonan.get_by_id(permohonan.id), f"5108-LU-{TODAY}-0001")
    perform(permohonan, "return_to_operator", factory.staff["adb"], reason="Nomor salah.")
    draft(factory, Permohonan.get_by_id(permohonan.id), f"5108-LU-{TODAY}-0002")
    assert draft(factory, at_siak(), f"5108-LU-{TODAY}-0001").state == "adb_review"


def test_a_family_card_keeps_its_number_within_the_family_only(factory, at_siak):
    first = at_siak("KK-HILANG")
    factory.upload_drafts(first)
    assert document_numbers.propose_numbers(first, first.products[0]) == ["5108991311260001"], "as the family answered"
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
    late = f"5108-LT-{TODAY}-0001"
    assert document_numbers.propose_numbers(permohonan, product) == [f"5108-LU-{TODAY}-0001", late]
    draft(factory, permohonan, f"5108-LU-{TODAY}-0041")
    following = at_siak()
    assert document_numbers.propose_numbers(following, product) == [f"5108-LU-{TODAY}-0042", late]
    draft(factory, following, f"5108-LU-{TODAY}-9999")
    assert document_numbers.propose_numbers(at_siak(), product) == [late], "four digits hold no more"


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
        document_numbers.check_number(permohonan, DEED, f"5108-LU-{TODAY}-0001", sure=True)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"kk": []},
        {"KK": {"name": "x"}},
        {"kk": {"name": ""}},
        {"kk": {"name": "x", "patterns": "{angka:16}"}},
        {"kk": {"name": "x", "patterns": ["{nomor}"]}},
        {"kk": {"name": "x", "patterns": ["X" * 61 + "{urut:4}"]}},
        {"kk": {"name": "x", "patterns": ["{urut:4}/{urut:4}"]}},
        {"kk": {"name": "x", "patterns": ["{tanggal}-{tanggal}-{urut:4}"]}},
        {"kk": {"name": "x", "patterns": ["{urut:0}"]}},
        {"kk": {"name": "x", "patterns": ["{angka:999999999}"]}},
        {"kk": {"name": "x", "patterns": ["{wilayah}"]}},
        {"kk": {"name": "x", "patterns": ["skpwni/{urut:4}"]}},
        {"kk": {"name": "x", "patterns": ["A  {urut:4}"]}},
        {"kk": {"name": "x", "patterns": [4]}},
        {},
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


@pytest.mark.parametrize(
    ("days", "told"), [(1, "belum tiba"), (365, "belum tiba"), (-8, "jauh sebelum"), (-365, "jauh sebelum")]
)
def test_a_date_that_cannot_be_is_told_and_may_be_confirmed(at_siak, days, told):
    permohonan, number = at_siak(), f"5108-LU-{local() + timedelta(days=days):%d%m%Y}-0001"
    with pytest.raises(NumberUnusual, match=told):
        document_numbers.check_number(permohonan, DEED, number, sure=False)
    document_numbers.check_number(permohonan, DEED, number, sure=True)


def test_a_day_that_no_calendar_has_is_told(at_siak):
    for number in ("5108-LU-31022026-0001", "5108-LU-00002026-0001", "5108-LU-39192026-0001"):
        with pytest.raises(NumberUnusual, match="tidak ada di kalender"):
            document_numbers.check_number(at_siak(), DEED, number, sure=False)
        assert document_numbers.number_key(DEED, number, "AK-LAHIR")


def test_the_year_of_a_number_is_that_of_its_date_so_that_new_year_frees_none(app):
    assert document_numbers.number_key(DEED, "5108-LU-30122025-0001", "AK-LAHIR").startswith("akta_lahir/2025/")
    assert document_numbers.number_key(LETTER, "470/1", "X").startswith(f"surat/{local().year}/")


@pytest.mark.parametrize("number", ["5108991311260011", "5108991311260010", "5108991311620001"])
def test_a_number_nearly_like_the_one_that_the_family_gave_is_told(at_siak, number):
    permohonan = at_siak("KK-HILANG")
    with pytest.raises(NumberUnusual, match="Hampir sama dengan nomor di permohonan, 5108991311260001"):
        document_numbers.check_number(permohonan, permohonan.products[0], number, sure=False)
    document_numbers.check_number(permohonan, permohonan.products[0], "5108062912260047", sure=False)


def test_a_nik_is_no_number_of_a_family_card(at_siak):
    permohonan = at_siak("KK-HILANG")
    with pytest.raises(ValueError, match="Ini NIK"):
        document_numbers.check_number(permohonan, permohonan.products[0], "5108994505900001", sure=True)


@pytest.mark.parametrize(
    ("product", "typed", "stored"),
    [
        (CARD, " 5108 9901.1226-0001 ", "5108990112260001"),
        (DEED, "5108-lu-01122026 - 0001", "5108-LU-01122026-0001"),
        (DEED, "123 / ist / 2005", "123 / IST / 2005"),
        (LETTER, "470/1  tahun 2026", "470/1 TAHUN 2026"),
    ],
)
def test_spaces_and_signs_that_a_form_does_not_have_are_left_out(app, product, typed, stored):
    assert document_numbers.tidy(product, typed) == stored


def test_a_note_on_the_deed_of_somebody_else_is_told(factory, at_siak):
    note = {"key": "akta", "kind": "pdf", "name": {"id": "Catatan pinggir"}, "number": "akta"}
    draft(factory, at_siak(), f"5108-LU-{TODAY}-0001")
    document_numbers.check_number(at_siak(), note, f"5108-LU-{TODAY}-0001", sure=False)  # the same child
    Document.update(data={"name": "Orang Lain"}).execute()
    with pytest.raises(ValueError, match="sudah dipakai"):
        document_numbers.check_number(at_siak(), note, f"5108-LU-{TODAY}-0001", sure=True)


def test_numbers_of_documents_from_before_break_nothing(factory, at_siak):
    """An office that upgrades has documents that share a number, and none of their keys."""
    for serial in (1, 2):
        draft(factory, at_siak(), f"5108-LU-{TODAY}-000{serial}")
    Document.update(number="ASAL SAJA", number_key=None).execute()
    older = Permohonan.get()
    perform(older, "return_to_operator", factory.staff["adb"], reason="Nomornya salah.")
    assert draft(factory, Permohonan.get_by_id(older.id), f"5108-LU-{TODAY}-0003").state == "adb_review"


def test_whoever_presses_second_is_told_beside_the_field_and_loses_nothing(app, factory, at_siak, officer):
    first, second, number = at_siak(), at_siak(), f"5108-LU-{TODAY}-0001"
    siak = officer("siak_operator")
    before_next_transaction(app, lambda: draft(factory, first, number))
    answer = siak.press("siak", "submit_draft", second, **{"documents-akta-number": number})
    assert answer.status_code == 422 and f"sudah dipakai permohonan {first.number}." in answer.text
    assert 'id="documents-akta-number-error"' in answer.text and f'value="{number}"' in answer.text
    assert Permohonan.get_by_id(second.id).state == "siak_entry"


def test_the_form_offers_the_next_number_and_asks_only_for_an_odd_one_whether_it_is_so(factory, at_siak, officer):
    permohonan, siak = at_siak(), officer("siak_operator")
    page = siak.text(f"/petugas/siak/aksi/submit_draft/?id={permohonan.key}")
    assert f'data-words="5108-LU-{TODAY}-0001"' in page and "akta-sure" not in page
    answer = siak.press("siak", "submit_draft", permohonan, **{"documents-akta-number": "12/IST/2005"})
    assert answer.status_code == 422 and 'name="documents-akta-sure"' in answer.text and "12/IST/2005" in answer.text
    answer = siak.press("siak", "submit_draft", permohonan, **{"documents-akta-number": "ASAL SAJA"})
    assert answer.status_code == 422 and "akta-sure" not in answer.text
    typed = {"documents-akta-number": "12/IST/2005", "documents-akta-sure": "ya"}
    assert siak.press("siak", "submit_draft", permohonan, **typed).status_code == 303
    assert Document.get().number == "12/IST/2005"


def _posted(page, **changes):
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    posted = {"seen": seen, "note": ""}
    for key, one in Fact.get(key="document_numbers").value.items():
        posted |= {f"value-{key}-name": one["name"], f"value-{key}-patterns": "\n".join(one.get("patterns", []))}
        posted |= {f"value-{key}-{flag}": "ya" for flag in ("strict", "again") if one.get(flag)}
    return posted | {f"value-{name}": value for name, value in changes.items()}


def test_the_office_changes_the_formats_in_fields(app, officer):
    fact, it = Fact.get(key="document_numbers"), officer("it")
    url = f"/petugas/fakta/ubah/?id={fact.id}"
    page = it.text(url)
    assert "JSON" not in page and f"Hari ini, misalnya: 5108-LU-{TODAY}-0001" in page
    assert it.post(url, **_posted(page)).status_code == 303
    assert document_numbers.kinds() == {key: document_numbers.FREE | one for key, one in fact.value.items()}
    answer = it.post(url, **_posted(it.text(url), **{"skpwni-patterns": "PINDAH/{urut}/{urut}"}))
    assert answer.status_code == 422 and "Nomor SKPWNI: " in answer.text and "PINDAH/{urut}/{urut}" in answer.text
    typed = _posted(it.text(url), **{"skpwni-patterns": "474.1/{urut:3}/PINDAH\r\n474.2/{urut:3}\r\n"})
    assert it.post(url, **typed).status_code == 303
    assert document_numbers.kinds()["skpwni"]["patterns"] == ["474.1/{urut:3}/PINDAH", "474.2/{urut:3}"]
    for wrong in ({}, {"seen": "x", "value-kk-name": "x" * 9000}, {"value": json.dumps(fact.value)}):
        assert it.post(url, **wrong).status_code == 422


def test_whatever_the_notation_allows_is_read_as_it_is_written(app):
    """What a pattern renders it matches; the serial and the date come back; no other digit count does."""
    random, signs = Random(13), "ABC-/. ()+*?[]\\^$|"
    for _round in range(2000):
        between = ["".join(random.choices(signs, k=random.randrange(4))) for _ in range(4)]
        wide, more = random.randint(1, 9), random.randint(1, 20)
        tokens = [f"{{urut:{wide}}}", "{tanggal}", f"{{angka:{more}}}"]
        random.shuffle(tokens)
        pattern = " ".join("".join(a + b for a, b in zip(between, [*tokens, ""], strict=True)).split())
        if document_numbers.format_error({"kk": {"name": "x", "patterns": [pattern]}}):
            continue
        kind, serial = document_numbers.FREE | {"patterns": [pattern]}, random.randrange(10**wide)
        (number,) = document_numbers.examples(kind, serial)
        found = document_numbers._regex(pattern).fullmatch(number)
        assert found and int(found["urut"]) == serial and found["tanggal"] == f"{local():%d%m%Y}", (pattern, number)
        assert not document_numbers._regex(pattern).fullmatch(number + "1"), pattern
