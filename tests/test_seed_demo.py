"""The demonstration: made-up people and applications in every queue, once, and never in production."""

import re

import accounts
from casework import ledger
from catalogue import fields
from documents import draft_comparison
from files.inspection import clean
from intake import drafts
from models import Comparison, Office, Permohonan, Revision, User
from seed import demo


def test_every_place_of_the_procedure_has_something_to_show_and_a_second_run_adds_nothing(app):
    demo.create_applications()
    states = {row.state for row in Permohonan.select()}
    assert {"submitted", "incomplete", "siak_entry", "adb_review", "awaiting_tte", "signed", "ready"} <= states
    assert {row.track for row in Permohonan.select()} == {"self_service", "counter"}
    before = Permohonan.select().count()
    demo.create_people()
    demo.create_applications()
    assert Permohonan.select().count() == before
    assert list(ledger.verify()) == []


def test_elsewhere_it_says_that_its_villages_are_missing(app):
    Office.update(code="73.09.01").where(Office.code == "51.08.05").execute()
    answer = app.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 1 and "tidak ada 51.08.05). Dengan wilayah Anda sendiri" in answer.output


def test_no_number_in_it_could_be_anybodys(app):
    demo.create_applications()
    found = {row.nik for row in User.select()} | set(
        re.findall(r"\b[0-9]{16}\b", str([r.answers for r in Revision.select()]))
    )
    assert found and all(nik.startswith("510899") for nik in found)


def test_what_is_told_of_its_people_holds_together(app):
    demo.create_applications()
    for permohonan in Permohonan.select():
        answers = Revision.get(Revision.permohonan == permohonan.id).answers
        _, errors, warnings = fields.validate_edition({"sections": drafts.form_pages(permohonan)}, answers)
        assert (errors, warnings) == ({}, {}), permohonan.edition.body["code"]
        draft_comparison.compare_drafts(permohonan)
        told = draft_comparison.load_results([permohonan]).get(permohonan.id, [])
        assert {one.tone for one in told} <= {"good"}, [one.findings for one in told]
    assert Comparison.select().count() == 6
    adults = [row.answers for row in Revision.select() if row.permohonan.edition.body["code"].startswith("KTP-")]
    assert adults and all(row["tanggal_lahir"] < "2009" for row in adults)


def test_its_pictures_would_pass_as_uploads():
    assert clean(demo._sample_photo("Kartu Keluarga orang tua")).warnings == ()


def test_the_people_sign_in_with_the_password_that_is_printed(app):
    kadis = User.get(User.email == "kadis@aku.example")
    assert accounts.reauthenticate(kadis, demo.PASSWORD)
