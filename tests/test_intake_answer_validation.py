"""Answers that contradict each other are said beside the field when a page is saved, and block what is sent."""

import copy
from datetime import timedelta

import pytest

from casework.transitions import Incomplete, perform
from catalogue import conditions, definition, nik
from intake import answer_validation, attachments, autosave, drafts, submission
from lib.database import now
from models import Draft, Edition, Permohonan, Revision

CODE = "KTP-HILANG"
OLD = {
    "key": "sudah_tua",
    "field": "tanggal_lahir",
    "when": {"age": "tanggal_lahir", "at_least": 90},
    "text": {"id": "Sudah 90 tahun: kami yang datang.", "en": "90 or older: we come to you."},
}


@pytest.fixture
def database_kind():
    """No query of its own: the rules are the same on both."""
    return "sqlite"


def change_edition(permohonan, **parts):
    """Add parts to the edition of an application."""
    body = copy.deepcopy(permohonan.edition.body)
    for kind, more in parts.items():
        body[kind] = [*body.get(kind, []), *more]
    Edition.update(body=definition.validate_definition(body)).where(Edition.id == permohonan.edition_id).execute()
    return Permohonan.get_by_id(permohonan.id)


def answer(permohonan, **answers):
    """Change answers of a draft."""
    draft = drafts.get_draft(permohonan)
    Draft.update(answers=draft.answers | answers).where(Draft.id == draft.id).execute()


def page_of(permohonan, key):
    """Return the key of the page with a field."""
    pages = drafts.form_pages(permohonan)
    return next(page["key"] for page in pages if key in {field["key"] for field in page["fields"]})


def save(permohonan, key, **more):
    """Save the page of a field, as its form would be sent."""
    draft = drafts.get_draft(permohonan)
    raw = {name: str(value) for name, value in (draft.answers | more).items() if not isinstance(value, list)}
    return autosave.save_page(permohonan, page_of(permohonan, key), raw, draft.version)


def test_a_contradiction_is_said_beside_its_field_and_the_answer_stays(factory):
    permohonan = change_edition(factory.begin(CODE), contradictions=[OLD])
    state = save(permohonan, "tanggal_lahir", tanggal_lahir="05-05-1930")
    assert state.errors["tanggal_lahir"] == "Sudah 90 tahun: kami yang datang."
    assert drafts.get_draft(permohonan).answers["tanggal_lahir"] == "1930-05-05"
    with pytest.raises(Incomplete, match="Sudah 90 tahun"):
        perform(permohonan, "submit", factory.applicant, declaration=True)


def test_a_doubt_is_said_and_blocks_nothing(factory):
    permohonan = change_edition(factory.begin(CODE), contradictions=[OLD | {"kind": "warn"}])
    state = save(permohonan, "tanggal_lahir", tanggal_lahir="05-05-1930")
    assert "Sudah 90 tahun" in state.warnings["tanggal_lahir"] and "tanggal_lahir" not in state.errors
    assert "tanggal_lahir" not in submission.submission_errors(permohonan)


def test_what_is_not_answered_yet_contradicts_nothing(factory):
    other = {"none": [{"field": "alasan_kia", "is": ["1"]}]}
    permohonan = change_edition(
        factory.begin("KIA-GANTI"), contradictions=[OLD | {"field": "pemohon_nik", "when": other}]
    )
    answers = {key: value for key, value in drafts.get_draft(permohonan).answers.items() if key != "alasan_kia"}
    Draft.update(answers=answers).where(Draft.permohonan == permohonan.id).execute()
    assert "pemohon_nik" not in save(permohonan, "pemohon_nik").errors
    answer(permohonan, alasan_kia="2")
    assert "pemohon_nik" in save(permohonan, "pemohon_nik").errors


def test_the_deceased_does_not_apply_for_their_own_deed(factory):
    permohonan = factory.begin("AK-MATI")
    given = drafts.get_draft(permohonan).answers
    answer(permohonan, nik=given["pemohon_nik"])
    assert "yang meninggal" in submission.submission_errors(permohonan)["nik"]


def test_an_old_edition_knows_only_simple_conditions_and_goes_on(factory):
    permohonan = factory.begin("KTP-HILANG")
    body = {key: value for key, value in permohonan.edition.body.items() if key not in ("contradictions", "leads")}
    Edition.update(body=body).where(Edition.id == permohonan.edition_id).execute()
    perform(Permohonan.get_by_id(permohonan.id), "submit", factory.applicant, declaration=True)


def test_a_correction_is_not_blocked_by_what_was_accepted_before(factory):
    permohonan = factory.submit("AK-LAHIR")
    revision = submission.last_revision(permohonan)
    same = revision.answers | {"nik_ayah": revision.answers["nik_ibu"]}
    Revision.create(permohonan=permohonan, number=2, answers=same, by=factory.applicant)
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    draft = drafts.get_draft(permohonan)
    assert submission.last_revision(permohonan).number == 2
    assert answer_validation.validate_draft(permohonan, draft, drafts.village_names())[1] == {}
    wrong = draft.answers | {"nik_saksi_1": revision.answers["nik_saksi_2"]}
    Draft.update(answers=wrong).where(Draft.id == draft.id).execute()
    errors = answer_validation.validate_draft(permohonan, drafts.get_draft(permohonan), drafts.village_names())[1]
    assert len(errors) == 1 and "Saksi harus orang lain" in next(iter(errors.values()))


def test_a_birthday_between_submission_and_correction_changes_nothing(factory, monkeypatch):
    photo = {
        "key": "foto_baru",
        "name": {"id": "Foto baru"},
        "help": {"id": "Foto."},
        "required": "when",
        "when": {"age": "tanggal_lahir", "at_least": 40},
    }
    permohonan = change_edition(factory.begin(CODE), requirements=[photo])
    tomorrow = nik.today() + timedelta(days=1)
    birthday = tomorrow.replace(year=tomorrow.year - 40)
    answer(permohonan, tanggal_lahir=birthday.isoformat())
    perform(permohonan, "submit", factory.applicant, declaration=True)
    permohonan = factory.perform(Permohonan.get_by_id(permohonan.id), "mark_incomplete", "admin")
    for module in (conditions, answer_validation):
        monkeypatch.setattr(module, "today", lambda: tomorrow + timedelta(days=30))
    draft = drafts.get_draft(permohonan)
    assert conditions.current_day(draft.answers) < tomorrow
    asked = {slot.requirement["key"] for slot in attachments.upload_slots(permohonan, draft.answers, [])}
    assert "foto_baru" not in asked
    assert "upload-foto_baru" not in submission.submission_errors(permohonan)
    assert conditions.is_met(photo["when"], {"tanggal_lahir": birthday.isoformat()}), "a new application is asked"


def test_an_application_from_before_the_rule_is_judged_by_the_day_of_its_submission(factory):
    permohonan = factory.submit(CODE)
    revision = submission.last_revision(permohonan)
    old = {key: value for key, value in revision.answers.items() if key != conditions.SUBMITTED_ON}
    Revision.create(permohonan=permohonan, number=2, answers=old, by=factory.applicant)
    Permohonan.update(submitted_at=now() - timedelta(days=40)).where(Permohonan.id == permohonan.id).execute()
    permohonan = factory.perform(Permohonan.get_by_id(permohonan.id), "mark_incomplete", "admin")
    day = conditions.current_day(drafts.get_draft(permohonan).answers)
    assert nik.today() - day == timedelta(days=40)
