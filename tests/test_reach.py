"""Who reaches what: the condition for the database and the question about one object say the same."""

import itertools

import pytest

import roles
from accounts.reach import reaching, visible_as, visible_to
from intake import applying
from lib.database import now
from models import Grant, Office, Permohonan, User, Village


def _some_of_everything(world):
    """Applications of both tracks and divisions, drafts and submitted ones, of several offices and villages."""
    made = [world.begin("AK-LAHIR"), world.submit("KTP-HILANG"), world.submit("AK-MATI")]
    made += [world.submit("AK-LAHIR", "counter"), world.begin("AK-MATI", "counter")]
    foreign = world.submit("KTP-HILANG", "counter")
    Permohonan.update(village=Village.get(Village.code == "51.08.01.2001")).where(Permohonan.id == foreign.id).execute()
    sukasada = User.get(User.email == "loket.sukasada@aku.example")
    place = Office.get(Office.code == "51.08.05")
    made.append(applying.begin(world.edition("AK-LAHIR"), helper=sukasada, place=place))
    return list(Permohonan.select())


def test_the_query_and_the_question_agree_for_every_person_and_application(world, grant):
    everything = _some_of_everything(world)
    grant(world.stranger, "adb", group="capil")
    for user in User.select():
        visible = {row.id for row in visible_to(user)}
        asked = {row.id for row, role in itertools.product(everything, [*user.roles]) if reaching(row, user, role)}
        assert visible == asked, user.email


def test_each_role_of_the_query_agrees_too(world):
    everything = _some_of_everything(world)
    for user in User.select():
        for role in user.roles:
            visible = {row.id for row in visible_as(user, role)}
            assert visible == {row.id for row in everything if reaching(row, user, role)}, (user.email, role)


@pytest.mark.parametrize("reach", roles.REACHES)
def test_whatever_a_new_role_reaches_the_query_and_the_question_agree(world, monkeypatch, reach):
    """A role is its row in ROLES: reach, buttons and lists follow from the word that stands there."""
    everything = _some_of_everything(world)
    Permohonan.update(owner=world.stranger).where(Permohonan.id == everything[0].id).execute()
    monkeypatch.setitem(roles.ROLES, "archivist", roles.Role("Arsiparis", reach))
    office = world.staff["counter_operator"].grants[0].office_id
    Grant.create(user=world.stranger, role="archivist", group="capil", office=office)
    person = User.get_by_id(world.stranger.id)
    visible = {row.id for row in visible_as(person, "archivist")}
    assert visible == {row.id for row in Permohonan.select() if reaching(row, person, "archivist")}
    assert bool(visible) == (reach != roles.NOTHING)


def test_a_role_that_the_program_no_longer_knows_reaches_nothing(world, grant, submit):
    permohonan = submit()
    grant(world.stranger, "archivist")
    person = User.get_by_id(world.stranger.id)
    assert visible_to(person).count() == 0 and not reaching(permohonan, person, "archivist")


def test_a_counter_sees_its_own_applications_of_its_own_villages_only(world):
    _some_of_everything(world)
    pemaron = world.staff["counter_operator"]
    seen = list(visible_as(pemaron, "counter_operator"))
    assert {row.track for row in seen} == {"counter"}
    assert {row.office.code for row in seen} == {"51.08.06.2004"}
    assert {row.village.code for row in seen if row.village_id} == {"51.08.06.2004"}


def test_a_draft_is_seen_by_its_author_and_nobody_in_the_office(world):
    draft = world.begin()
    seers = {user.email for user in User.select() if draft in visible_to(user)}
    assert seers == {"pemohon@aku.example"}


def test_the_it_team_sees_no_application_and_the_auditor_all_that_were_submitted(world):
    _some_of_everything(world)
    assert visible_to(world.staff["it"]).count() == 0
    submitted = Permohonan.select().where(Permohonan.submitted_at.is_null(False)).count()
    assert visible_to(world.staff["auditor"]).count() == submitted > 0


def test_a_disabled_person_reaches_nothing_of_the_office(world, submit):
    submit()
    User.update(disabled_at=now()).where(User.id == world.staff["admin"].id).execute()
    assert visible_to(User.get_by_id(world.staff["admin"].id)).count() == 0
