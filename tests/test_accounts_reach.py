"""Row-level permissions: the condition for the database and the check of one object say the same."""

import itertools

import pytest

from accounts import roles
from accounts.reach import grants_for, visible_as, visible_to
from intake import drafts
from lib.database import now
from models import Grant, Office, Permohonan, User, Village


def _some_of_everything(factory):
    """Applications of both tracks and divisions, drafts and submitted ones, of several offices and villages."""
    made = [factory.begin("AK-LAHIR"), factory.submit("KTP-HILANG"), factory.submit("AK-MATI")]
    made += [factory.submit("AK-LAHIR", "counter"), factory.begin("AK-MATI", "counter")]
    foreign = factory.submit("KTP-HILANG", "counter")
    Permohonan.update(village=Village.get(Village.code == "51.08.01.2001")).where(Permohonan.id == foreign.id).execute()
    sukasada = User.get(User.email == "loket.sukasada@aku.example")
    place = Office.get(Office.code == "51.08.05")
    made.append(drafts.create_application(factory.edition("AK-LAHIR"), helper=sukasada, place=place))
    return list(Permohonan.select())


def test_the_query_and_the_question_agree_for_every_person_and_application(factory, grant):
    everything = _some_of_everything(factory)
    grant(factory.other_applicant, "adb", group="capil")
    for user in User.select():
        visible = {row.id for row in visible_to(user)}
        asked = {row.id for row, role in itertools.product(everything, [*user.roles]) if grants_for(row, user, role)}
        assert visible == asked, user.email


def test_each_role_of_the_query_agrees_too(factory):
    everything = _some_of_everything(factory)
    for user in User.select():
        for role in user.roles:
            visible = {row.id for row in visible_as(user, role)}
            assert visible == {row.id for row in everything if grants_for(row, user, role)}, (user.email, role)


@pytest.mark.parametrize("reach", roles.REACHES)
def test_whatever_a_new_role_reaches_the_query_and_the_question_agree(factory, monkeypatch, reach):
    """A role is its row in ROLES: reach, buttons and lists follow from the word that stands there."""
    everything = _some_of_everything(factory)
    Permohonan.update(owner=factory.other_applicant).where(Permohonan.id == everything[0].id).execute()
    monkeypatch.setitem(roles.ROLES, "archivist", roles.Role("Arsiparis", reach))
    office = factory.staff["counter_operator"].grants[0].office_id
    Grant.create(user=factory.other_applicant, role="archivist", group="capil", office=office)
    person = User.get_by_id(factory.other_applicant.id)
    visible = {row.id for row in visible_as(person, "archivist")}
    assert visible == {row.id for row in Permohonan.select() if grants_for(row, person, "archivist")}
    assert bool(visible) == (reach != roles.NOTHING)


def test_a_role_that_the_program_no_longer_knows_reaches_nothing(factory, grant, submit):
    permohonan = submit()
    grant(factory.other_applicant, "archivist")
    person = User.get_by_id(factory.other_applicant.id)
    assert visible_to(person).count() == 0 and not grants_for(permohonan, person, "archivist")


def test_a_counter_sees_its_own_applications_of_its_own_villages_only(factory):
    _some_of_everything(factory)
    pemaron = factory.staff["counter_operator"]
    seen = list(visible_as(pemaron, "counter_operator"))
    assert {row.track for row in seen} == {"counter"}
    assert {row.office.code for row in seen} == {"51.08.06.2004"}
    assert {row.village.code for row in seen if row.village_id} == {"51.08.06.2004"}


def test_a_draft_is_seen_by_its_author_and_nobody_in_the_office(factory):
    draft = factory.begin()
    seers = {user.email for user in User.select() if draft in visible_to(user)}
    assert seers == {"pemohon@aku.example"}


def test_the_it_team_sees_no_application_and_the_auditor_all_that_were_submitted(factory):
    _some_of_everything(factory)
    assert visible_to(factory.staff["it"]).count() == 0
    submitted = Permohonan.select().where(Permohonan.submitted_at.is_null(False)).count()
    assert visible_to(factory.staff["auditor"]).count() == submitted > 0


def test_a_disabled_person_reaches_nothing_of_the_office(factory, submit):
    submit()
    User.update(disabled_at=now()).where(User.id == factory.staff["admin"].id).execute()
    assert visible_to(User.get_by_id(factory.staff["admin"].id)).count() == 0
