"""Hostile requests to every address, as everybody and as nobody: nothing breaks, leaks, leads away, or moves."""

import json
import random
import re
from collections import Counter

import pytest

from casework.transitions import Incomplete, perform
from models import Draft, Fact
from tests import machine
from tests.helpers.fuzz_office import VISITORS, FuzzOffice
from tests.helpers.http_fuzzer import URLENCODED, VALUES
from tests.helpers.invariants import InvariantChecker
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import sign_in_officer

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(3600)]


def test_nothing_hostile_breaks_leaks_leads_away_or_moves_by_looking(app, factory):
    seed = random.randrange(10**6)
    dice, answers = random.Random(seed), Counter()
    shooting = FuzzOffice(app, factory, dice)
    for _ in range(machine.repetitions(500, 20_000)):
        who = dice.choice(VISITORS)
        answers[shooting.send(who, shooting.make_request(who)).status_code] += 1
    print(f"seed {seed}: {sorted(answers.items())}")
    assert answers[200] and answers[303] and answers[422], f"seed {seed}: the shots reach nothing: {answers}"
    assert InvariantChecker().all_violations() == []


def test_a_part_of_a_form_without_a_name_is_refused_and_not_stumbled_over(app):
    """It has the name None, which used to end any POST in an exception."""
    for head in ("form-data", 'form-data; filename="a.pdf"'):
        body = f"--xyz\r\nContent-Disposition: {head}\r\n\r\nx\r\n--xyz--\r\n".encode()
        answer = app.test_client().post("/masuk", data=body, content_type="multipart/form-data; boundary=xyz")
        assert answer.status_code == 400


def test_a_form_too_long_to_be_read_at_once_is_refused(app):
    client = app.test_client()
    for url in ("/masuk", "/petugas/masuk", "/lacak"):
        assert client.post(url, data=b"a&" * 2**20 + b"a", content_type=URLENCODED).status_code == 413, url
        assert client.post(url, data=b"a&" * 1000, content_type=URLENCODED).status_code == 400, url


def test_a_fact_that_would_break_every_page_is_refused(app):
    """08.00 instead of 08:00 in the hours: a slip of the IT team used to end the whole site in server errors."""
    it = sign_in_officer(app, "it")
    for fact in Fact.select().where(Fact.key != "document_numbers"):  # it has fields of its own
        for value in (
            *VALUES[:: machine.repetitions(4, 1)],
            '{"0": ["08.00", "15.00"]}',
            '{"0": ["15:00", "08:00"]}',
            '{"0": ["08:00"]}',
            '{"name": "Dinas"}',
        ):
            answer = it.post(f"/petugas/fakta/ubah/?id={fact.id}", value=value)
            assert answer.status_code == 422 and "error" in answer.text, (fact.key, value)
        seen = re.search(r'name="seen" value="([^"]+)"', it.text(f"/petugas/fakta/ubah/?id={fact.id}"))[1]
        again = it.post(f"/petugas/fakta/ubah/?id={fact.id}", value=json.dumps(fact.value), seen=seen)
        assert again.status_code == (422 if fact.key == "document_numbers" else 303), "that one has fields of its own"


def test_an_odd_signature_or_name_keeps_no_receipt_from_being_drawn(app, factory):
    """What could not be drawn used to be taken, and broke the receipt for ever."""
    permohonan = factory.advance_to(factory.submit("KTP-HILANG"), "ready")
    proxy = {"recipient_name": "張 😀", "proxy_letter": True, "recipient_nik": "5108994501900019"}
    answers = {"originals_seen": True, "old_returned": True} | proxy
    for signature in (
        "",
        "[]",
        "[[]]",
        "[[[]]]",
        '[["12"]]',
        "[[[1,2,3]]]",
        '[[["1","2"]]]',
        "{}",
        "x",
        "[[[1,NaN]]]",
        "[" * 9999,
    ):
        with pytest.raises(Incomplete) as refused:
            perform(permohonan, "hand_over", factory.staff["pickup"], signature=signature, **answers)
        assert set(refused.value.errors) == {"signature"}
    perform(permohonan, "hand_over", factory.staff["pickup"], signature="[[[1,2],[3.5,4]]]", **answers)
    assert (
        sign_in_officer(app, "admin")
        .get(f"/petugas/permohonan/{permohonan.key}/tanda-terima.pdf")
        .data.startswith(b"%PDF")
    )


def test_an_emoji_keeps_no_form_from_being_printed(app, factory):
    permohonan, visitor = factory.begin(), PublicClient(app)
    visitor.sign_in()
    draft = Draft.get()
    Draft.update(answers=draft.answers | {"nama_anak": "I Putu 😀 張"}).where(Draft.id == draft.id).execute()
    assert visitor.get(f"/permohonan/{permohonan.key}/formulir.pdf").data.startswith(b"%PDF")
    for page in ("unggahan", "periksa"):
        assert visitor.get(f"/permohonan/{permohonan.key}/isi/{page}").status_code == 404
