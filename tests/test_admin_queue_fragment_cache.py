"""Cached rows of a list: nobody is shown what was rendered for another, and nothing outdated stays."""

from datetime import date, datetime

import pytest
from jinja2 import meta

from admin_views import fragment_cache
from admin_views.queue import rows
from lib.database import from_local
from models import Edition, Fact, Grant, Holiday, Layanan, Permohonan, User, Village
from tests.helpers.staff_client import Officer, offered_actions, sign_in_officer, table_row

ALL, QUEUE = "/petugas/permohonan/", "/petugas/pemeriksaan/"
DRAWN = ("queue_row", "queue_parts", "cells", "frame", "shortcuts", "search_fields")


@pytest.fixture
def colleague(app, factory, grant):
    """A second admin, signed in."""
    grant(factory.other_applicant, "admin")
    User.update(password=User.get(User.email == "admin@aku.example").password).where(
        User.id == factory.other_applicant.id
    ).execute()
    return Officer(app, factory.other_applicant.email)


def test_each_sees_the_buttons_of_their_own_rights_in_the_same_row(app, submit, factory):
    row = factory.advance_to(submit(), "siak_entry")
    siak, auditor = sign_in_officer(app, "siak_operator"), sign_in_officer(app, "auditor")
    for _ in range(2):  # drawn, then remembered
        assert "report_invalid" in offered_actions(table_row(siak.text(ALL), row))
        assert not offered_actions(table_row(auditor.text(ALL), row))
    factory.perform(row, "report_invalid", "siak_operator")
    assert not offered_actions(table_row(siak.text(ALL), row))
    Grant.delete().where(Grant.user == factory.staff["siak_operator"].id).execute()
    Grant.create(user=factory.staff["siak_operator"], role="auditor")
    assert not offered_actions(table_row(siak.text(ALL), row))


def test_four_eyes_count_for_each_by_themselves(app, submit, factory, grant):
    """Who acts for the one who drafted it is refused like them; who acts for nobody isn't."""
    row = factory.advance_to(submit(), "adb_review")
    adb = sign_in_officer(app, "adb")
    assert "verify_adb" in offered_actions(table_row(adb.text("/petugas/adb/"), row))
    Grant.update(acting_for=factory.staff["siak_operator"].id).where(Grant.user == factory.staff["adb"].id).execute()
    assert "verify_adb" not in offered_actions(table_row(adb.text("/petugas/adb/"), row))


def test_a_claim_shows_to_its_holder_and_to_others_at_once(app, submit, factory, colleague):
    row, admin = submit(), sign_in_officer(app, "admin")
    assert "bebas" in table_row(admin.text(QUEUE), row) and "bebas" in table_row(colleague.text(QUEUE), row)
    admin.post(f"{QUEUE}ambil/?id={row.key}")
    mine, theirs = table_row(admin.text(QUEUE), row), table_row(colleague.text(QUEUE), row)
    assert "Anda," in mine and "Lanjutkan" in mine
    assert f"{factory.staff['admin'].name}," in theirs and "Lihat" in theirs and not offered_actions(theirs)
    User.update(name="Nama Baru").where(User.id == factory.staff["admin"].id).execute()
    assert "Nama Baru," in table_row(colleague.text(QUEUE), row)
    admin.post(f"{QUEUE}lepas/?id={row.key}")
    assert "bebas" in table_row(colleague.text(QUEUE), row)


def test_new_is_new_for_each_until_they_looked(app, submit, colleague):
    row, admin = submit(), sign_in_officer(app, "admin")
    assert ">Baru<" in table_row(admin.text(QUEUE), row)
    admin.text(f"{QUEUE}details/?id={row.key}")
    assert ">Baru<" not in table_row(admin.text(QUEUE), row)
    assert ">Baru<" in table_row(colleague.text(QUEUE), row)


def test_what_a_row_says_changes_with_what_it_says_it_of(app, submit):
    row, admin = submit(), sign_in_officer(app, "admin")
    table_row(admin.text(QUEUE), row)
    Permohonan.update(subject_name="I Nengah Baru").where(Permohonan.id == row.id).execute()
    Village.update(name="Desa Ganti Nama").where(Village.id == row.village_id).execute()
    now = table_row(admin.text(QUEUE), row)
    assert "I Nengah Baru" in now and "Desa Ganti Nama," in now


def test_the_working_time_goes_on_and_follows_the_office(app, submit, set_clock):
    set_clock(2026, 11, 23, 9, 0)
    row, admin = submit(), sign_in_officer(app, "admin")
    due = from_local(datetime(2026, 11, 24, 9, 0))
    Permohonan.update(due_at=due).where(Permohonan.id == row.id).execute()
    assert "sisa 1 hari<" in table_row(admin.text(QUEUE), row)
    set_clock(2026, 11, 23, 9, 20)
    assert "sisa 6 j 40 m<" in table_row(admin.text(QUEUE), row)
    Holiday.create(day=date(2026, 11, 24), kind="kantor", name="Tutup", closed=True)
    assert "sisa 5 j 40 m<" in table_row(admin.text(QUEUE), row)
    Fact.update(value={str(day): ["08:00", "11:30"] for day in range(5)}).where(Fact.key == "hours").execute()
    assert "sisa 2 j 10 m<" in table_row(admin.text(QUEUE), row)


def test_a_service_with_a_new_name_is_offered_by_it_at_once_and_old_applications_keep_theirs(app, submit):
    old, admin = submit(), sign_in_officer(app, "admin")
    assert "Akta kelahiran" in table_row(admin.text(ALL), old)
    last = Edition.get(Edition.id == old.edition_id)
    body = last.body | {"name": {"id": "Akta lahir baru", "en": "New"}}
    new = Edition.create(layanan=Layanan.get(Layanan.code == "AK-LAHIR"), number=last.number + 1, body=body)
    page = admin.text(ALL)
    assert ">Akta lahir baru</option>" in page and "Akta lahir baru" not in table_row(page, old)
    Permohonan.update(edition=new.id).where(Permohonan.id == old.id).execute()
    assert "Akta lahir baru" in table_row(admin.text(ALL), old)


def test_a_choice_that_was_refused_is_kept_on_that_page_only(app, submit):
    row, admin = submit(), sign_in_officer(app, "admin")
    many = [row.key, *(f"x{number}" for number in range(400))]
    refused = admin.post(f"{QUEUE}massal/", action="send_to_siak", rowid=many)
    assert refused.status_code == 422 and "checked" in table_row(refused.get_data(as_text=True), row)
    assert "checked" not in table_row(admin.text(QUEUE), row)


def test_no_more_is_remembered_than_was_decided(app):
    assert app.extensions["rows"].cache_info().maxsize == rows.CACHED
    assert app.jinja_env.globals["drawn"].cache_info().maxsize == fragment_cache.REMEMBERED
    with pytest.raises(TypeError, match="unhashable"):
        app.jinja_env.globals["drawn"]("staff/queue_parts.html", "tabs", [])


@pytest.mark.parametrize("database_kind", ["sqlite"])  # templates know none
def test_what_is_remembered_shows_nothing_but_its_arguments(app):
    for name in DRAWN:
        source = app.jinja_env.loader.get_source(app.jinja_env, f"staff/{name}.html")[0]
        seen = meta.find_undeclared_variables(app.jinja_env.parse(source))
        assert seen <= {"asset", "url_for"}, (name, seen)
