"""Following without an account, and checking a document by its code: no names, few tries."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest

import office
from lib import encryption
from lib.database import now
from models import Permohonan
from public import tracking
from tests.helpers.factory import SAMPLE_ANSWERS
from tests.helpers.public_client import field_error

ENDING = str(SAMPLE_ANSWERS["nik"])[-4:]


def track(anybody, number, digits=ENDING, **more):
    return anybody.post("/lacak", {"nomor": number, "nik4": digits}, **more)


def test_number_and_four_digits_tell_the_state_and_no_name(anonymous, submit):
    permohonan = submit()
    page = track(anonymous, permohonan.number)
    assert 'data-state="submitted"' in page.text and "Admin AKU Online" in page.text and "data-timeline" in page.text
    assert permohonan.subject_name not in page.text and permohonan.applicant_nik not in page.text


def test_the_pickup_stands_there_with_place_and_hours(anonymous, factory, submit):
    page = track(anonymous, factory.advance_to(submit(), "ready").number)
    assert "A-001" in page.text and re.search(r"\d\d\.\d\d–\d\d\.\d\d", page.text) and "Kabupaten Buleleng" in page.text


def test_the_number_is_understood_however_it_is_typed(anonymous, submit):
    number = submit().number
    for typed in (
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        number.removeprefix("AKU-"),
        f" {number} ",
    ):
        assert office.normalize_number(typed) == number
    assert office.normalize_number(number.replace("0", "O").replace("1", "I")) == number


def test_a_mistyped_number_is_told_at_once_and_costs_no_try(anonymous, submit):
    number = submit().number
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    for _ in range(tracking.GUESSES_PER_NUMBER + 1):
        assert "salah ketik" in field_error(track(anonymous, wrong), "nomor")
    assert track(anonymous, number).status_code == 200


@pytest.mark.parametrize(
    "typed", ["{}", "\u200b{}\u202c", "'{}", "510899\u20134505 90 {}", "5108 9945 0590 {}", "\u202a5108-9945-0590-{}"]
)
def test_four_digits_are_read_with_marks_and_a_whole_nik_by_its_last_four(anonymous, submit, typed):
    assert track(anonymous, submit().number, typed.format(ENDING)).status_code == 200


@pytest.mark.parametrize("digits", ["", "12", "abcd", "12345", "123456789012345", "²²²²", "\x00", "9" * 500])
def test_four_digits_are_four_digits(anonymous, submit, digits):
    page = track(anonymous, submit().number, digits)
    assert page.status_code == 422 and field_error(page, "nik4")


def test_five_wrong_tries_close_it_for_that_number_also_with_the_right_digits(anonymous, submit):
    number = submit().number
    answers = [track(anonymous, number, "0009") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [404] * 5 and "Masih ada 4 kesempatan" in answers[0].text
    locked = track(anonymous, number)
    assert locked.status_code == 429 and "15 menit" in locked.text


def test_an_unknown_number_is_answered_and_counted_like_a_known_one(anonymous, submit):
    known, stem = submit().number, "261123-AAAAAA"
    unknown = f"AKU-{stem}-{encryption.check_character(stem)}"
    texts = [re.sub(r'value="[^"]*"', "", track(anonymous, number, "0009").text) for number in (known, unknown)]
    assert texts[0] == texts[1]
    assert [track(anonymous, unknown, "0009").status_code for _ in range(5)] == [404] * 4 + [429]


def test_one_address_cannot_try_many_numbers(anonymous, submit):
    submit()
    codes = []
    for n in range(21):
        stem = f"261123-AAAA{n:02d}"
        codes.append(track(anonymous, f"AKU-{stem}-{encryption.check_character(stem)}", "0009").status_code)
    assert codes == [404] * 20 + [429]


def test_a_draft_cannot_be_followed(anonymous, factory):
    permohonan = factory.begin()
    Permohonan.update(applicant_nik=SAMPLE_ANSWERS["nik"]).execute()
    assert track(anonymous, permohonan.number).status_code == 404


def test_the_number_of_the_slip_s_code_is_filled_in(anonymous):
    assert 'value="AKU-261123-7QK2MD-4"' in anonymous.get("/lacak?nomor=AKU-261123-7QK2MD-4").text


@pytest.mark.parametrize("until", ["submitted", "ready"])
def test_a_sentence_can_be_sent_on_that_names_no_person(anonymous, factory, submit, until):
    permohonan = factory.advance_to(submit(), until)
    page = track(anonymous, permohonan.number).text
    words = unescape(re.search(r"data-share>(.*?)</p>", page)[1])
    assert words.startswith(f"{permohonan.number}: ") and words.endswith(f"/lacak?nomor={permohonan.number}")
    assert ("A-001" in words and "WITA" in words) if until == "ready" else "Admin AKU Online" in words
    link = unquote(unescape(re.search(r'href="https://wa\.me/\?text=([^"]+)"', page)[1]))
    assert (
        link == words
        and "Putu" not in words
        and str(SAMPLE_ANSWERS["nik"])[-4:] not in words.replace(permohonan.number, "")
    )


def test_the_whole_standard_of_service_is_published(anonymous):
    page = anonymous.get("/standar-pelayanan").text
    assert re.findall(r"<h2[^>]*>(\d+)\. ", page) == [str(n) for n in range(1, 15)]
    assert "Maklumat pelayanan" in page and "Belum diumumkan" not in page


def test_the_printed_example_is_a_number_as_it_should_be(anonymous):
    page = anonymous.get("/lacak").text
    example = re.search(r"AKU-\d{6}-\w{6}-\w", page)[0]
    assert tracking.normalize_number(example) == example
    assert "tidak cocok" in unescape(track(anonymous, example).text)


def test_late_is_said_without_signing_in_too(anonymous, factory, submit):
    permohonan = submit()
    Permohonan.update(due_at=now() - timedelta(days=7)).where(Permohonan.id == permohonan.id).execute()
    page = track(anonymous, permohonan.number).text
    assert "Terlambat sejak" in page and "SP4N-LAPOR" in page and "Paling lambat" not in page
    assert "Terlambat: seharusnya sudah selesai" in page, "in what is shared by WhatsApp"


def test_a_card_has_no_signature_on_its_path(anonymous, factory):
    page = track(anonymous, factory.advance_to(factory.submit("KTP-HILANG"), "ready").number).text
    assert "Persetujuan Kepala Dinas" in page and "Tanda tangan elektronik" not in page
    assert "Siap diambil: KTP-el" in page and "Surat keterangan kehilangan dari kepolisian" in page
