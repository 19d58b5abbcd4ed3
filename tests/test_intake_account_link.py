"""From the counter into an account: the one-time code on the slip, who may use it, and what follows."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest

import workflow
from accounts.reach import grants_for, visible_as
from documents import printouts
from intake import account_link
from lib.database import database, now
from models import Note, Permohonan, User
from tests.helpers.counter_client import CounterClient
from tests.helpers.document_samples import pdf_words
from tests.helpers.public_client import PublicClient, field_error
from workflow import COUNTER

CODE = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}")
PATH = "/permohonan/gabung"
OTHER = "pemohon2@aku.example"


@pytest.fixture
def permohonan(submit):
    """An application that a counter took in."""
    return submit("KTP-HILANG", COUNTER)


def printed_code(permohonan):
    return CODE.search(pdf_words(printouts.slip(Permohonan.get_by_id(permohonan.id))))[0]


def link(visitor, permohonan, code, nik=None):
    return visitor.post(PATH, {"kode_slip": code, "nik": nik or permohonan.applicant_nik})


def test_the_code_on_the_slip_brings_an_application_into_the_account(app, permohonan, applicant_client, factory):
    Permohonan.update(email="").where(Permohonan.id == permohonan.id).execute()
    typed = f" {printed_code(permohonan).lower().replace('-', ' ')} "
    answer = link(applicant_client, permohonan, typed, " ".join(re.findall("....", permohonan.applicant_nik)))
    assert answer.location == f"/permohonan/{permohonan.key}"
    page = applicant_client.get(answer.location)
    assert page.status_code == 200 and "sekarang ada di akun Anda" in page.text
    assert permohonan.number in applicant_client.get("/permohonan/").text
    mine = Permohonan.get_by_id(permohonan.id)
    assert (mine.owner_id, mine.email, mine.track) == (factory.applicant.id, factory.applicant.email, COUNTER)
    assert grants_for(mine, factory.applicant, "applicant") and mine in visible_as(factory.applicant, "applicant")
    assert [(note.author_id, note.text) for note in Note.select()] == [(factory.applicant.id, account_link.NOTE)]
    counter = CounterClient(app).get(f"/petugas/loket/details/?id={permohonan.key}")
    assert account_link.NOTE in counter.text, "the counter is told, and goes on with it"


def test_an_address_that_the_counter_wrote_down_stays(permohonan, applicant_client):
    Permohonan.update(email="warga@contoh.id").where(Permohonan.id == permohonan.id).execute()
    assert link(applicant_client, permohonan, printed_code(permohonan)).status_code == 303
    assert Permohonan.get_by_id(permohonan.id).email == "warga@contoh.id"


def test_both_go_on_with_it_each_with_their_own_steps(app, permohonan, applicant_client, factory, staff):
    link(applicant_client, permohonan, printed_code(permohonan))
    factory.perform(Permohonan.get_by_id(permohonan.id), "mark_incomplete", "admin")
    returned = Permohonan.get_by_id(permohonan.id)
    for person in (factory.applicant, staff["counter_operator"]):
        assert {"resubmit", "withdraw"} <= {one.action for one in workflow.allowed(returned, person)}
    assert 'data-action="resubmit"' in applicant_client.get(f"/permohonan/{permohonan.key}").text


def test_a_code_serves_once_and_the_second_account_hears_that_somebody_was_first(app, permohonan, applicant_client):
    code = printed_code(permohonan)
    assert link(applicant_client, permohonan, code).status_code == 303
    assert link(applicant_client, permohonan, code).status_code == 303, "pressed twice"
    second = PublicClient(app)
    second.sign_in(OTHER)
    refused = link(second, permohonan, code)
    assert refused.status_code == 409 and "lebih dulu dimasukkan" in refused.text
    assert User.get_by_id(Permohonan.get_by_id(permohonan.id).owner_id).name not in refused.text
    assert not CODE.search(pdf_words(printouts.slip(Permohonan.get_by_id(permohonan.id))))
    assert Note.select().count() == 1


def test_two_accounts_at_once_and_one_of_them_gets_it(app, permohonan, factory):
    code, start, ended = account_link.normalize_slip_code(printed_code(permohonan)), Barrier(2), []

    def run(user):
        with app.app_context(), app.test_request_context(), database.connection_context():
            start.wait()
            try:
                ended.append(bool(account_link.link(user, code, permohonan.applicant_nik)))
            except account_link.LinkRefused:
                ended.append(False)

    people = [Thread(target=run, args=(user,)) for user in (factory.applicant, factory.other_applicant)]
    [one.start() for one in people]
    [one.join() for one in people]
    assert sorted(ended) == [False, True] and Note.select().count() == 1


def test_a_slip_that_is_found_is_not_enough_and_guessing_ends_soon(permohonan, applicant_client, submit):
    code, other = printed_code(permohonan), submit("KTP-HILANG", COUNTER, name="Ni Luh Lain")
    wrong = "5108990101900003"
    assert wrong != permohonan.applicant_nik
    assert link(applicant_client, permohonan, code, wrong).status_code == 404
    typo = link(applicant_client, permohonan, code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert typo.status_code == 422 and "salah ketik" in field_error(typo, "kode_slip")
    assert link(applicant_client, permohonan, "").status_code == 422
    answers = [link(applicant_client, permohonan, code, wrong).status_code for _ in range(7)]
    assert answers[-1] == 429 and Permohonan.get_by_id(permohonan.id).owner_id is None and other


def test_the_slip_can_be_loaded_again_but_a_later_one_ends_the_earlier_code(permohonan, applicant_client, set_clock):
    set_clock(2026, 12, 1, 9, 0)
    first = printed_code(permohonan)
    set_clock(2026, 12, 1, 9, 10)
    assert printed_code(permohonan) == first, "a viewer loads the PDF twice"
    set_clock(2026, 12, 1, 9, 11)
    second = printed_code(permohonan)
    assert second != first
    assert link(applicant_client, permohonan, first).status_code == 404
    Permohonan.update(slip_code_at=now() - timedelta(days=91)).where(Permohonan.id == permohonan.id).execute()
    old = account_link._code(Permohonan.get_by_id(permohonan.id))
    assert link(applicant_client, permohonan, old).status_code == 404, "too old"
    assert Permohonan.get_by_id(permohonan.id).owner_id is None


def test_no_account_of_staff_takes_an_application_of_a_resident(app, permohonan):
    officer = PublicClient(app)
    officer.sign_in("loket.pemaron@aku.example")
    refused = link(officer, permohonan, printed_code(permohonan))
    assert refused.status_code == 409 and "Akun petugas" in refused.text


def test_a_slip_of_an_own_application_or_of_somebody_without_a_nik_has_no_code(permohonan, submit):
    assert account_link.slip_code(submit("KTP-HILANG")) == ""
    Permohonan.update(applicant_nik="").where(Permohonan.id == permohonan.id).execute()
    assert account_link.slip_code(Permohonan.get_by_id(permohonan.id)) == ""


def test_neither_code_nor_nik_stands_in_an_address(permohonan, anonymous):
    answer = anonymous.get(PATH)
    assert answer.status_code == 303 and answer.location == "/masuk?next=/permohonan/gabung"
    words = pdf_words(printouts.slip(Permohonan.get_by_id(permohonan.id)))
    assert "/permohonan/gabung" in words and "gabung?" not in words
