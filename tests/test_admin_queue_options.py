"""Flask-Admin's options on a queue: `@action`, `column_formatters` and `column_labels` work; the others are refused."""

import re

import pytest
from flask import flash
from flask_admin.actions import action

from admin_views.queue.options import REFUSED
from admin_views.queue.view import LABELS, QueueView
from admin_views.search.view import SearchView
from config import ConfigError
from models import Permohonan
from tests.helpers.staff_client import sign_in_officer, table_row
from workflow import ADMIN

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


class Reminders(QueueView):
    """Yang dapat diingatkan."""

    name, endpoint, roles = "Pengingat", "pengingat", (ADMIN,)
    states = ("submitted",)
    column_list = ("number", "applicant_name", "track", "subject_nik")
    column_labels = LABELS | {"track": "Cara", "subject_nik": "NIK anak"}
    column_formatters = {"track": lambda view, context, model, name: f"lewat {model.track}"}

    @action("remind", "Ingatkan", "Kirim pengingat?")
    def remind(self, ids):
        numbers = [one.number for one in Permohonan.select().where(Permohonan.id.in_(ids))]
        flash(f"Diingatkan: {', '.join(numbers)}", "success")

    @action("forget", "Lupakan")
    def forget(self, ids):
        flash(f"{len(ids)} dilupakan", "success")

    @action("hide", "Sembunyikan")
    def hide(self, ids):
        raise AssertionError("it is not allowed")

    def is_action_allowed(self, name):
        return name != "hide" and super().is_action_allowed(name)


@pytest.fixture
def app(make_app):
    app = make_app()
    app.extensions["admin"][0].add_view(Reminders())
    with app.app_context():
        yield app


def test_an_action_stands_in_the_bar_and_fits_every_row(app, submit):
    row = submit()
    page = sign_in_officer(app, "admin").text("/petugas/pengingat/")
    offered = re.findall(r'formaction="(/petugas/pengingat/action/)" name="action"|name="action" value="(\w+)"', page)
    assert {name for _, name in offered if name} >= {"remind", "forget", "send_to_siak"}
    assert "Sembunyikan" not in page
    assert {"remind", "forget", "send_to_siak"} <= set(
        re.search(r'data-can="([^"]*)"', table_row(page, row))[1].split()
    )


def test_an_action_gets_the_ids_of_what_is_within_reach_after_its_question(app, submit, factory):
    mine, other = submit(), factory.advance_to(submit(), "completed")
    admin, address = sign_in_officer(app, "admin"), "/petugas/pengingat/action/"
    chosen = {"action": "remind", "rowid": [mine.key, "nothing", other.key]}
    asked = admin.post(address, **chosen)
    assert asked.status_code == 200 and "Kirim pengingat?" in asked.get_data(as_text=True)
    assert admin.post(address, **chosen, confirm="ya").status_code in (302, 303)
    done = admin.text("/petugas/pengingat/")
    assert f"Diingatkan: {mine.number}" in done and other.number not in done
    admin.post(address, action="forget", rowid=[mine.key])
    assert "1 dilupakan" in admin.text("/petugas/pengingat/")
    assert admin.post(address, action="hide", rowid=[mine.key]).status_code == 404
    assert sign_in_officer(app, "auditor").post(address, action="forget", rowid=[mine.key]).status_code == 404


def test_a_formatter_draws_its_column_and_a_label_names_it(app, submit):
    row = submit()
    page = sign_in_officer(app, "admin").text("/petugas/pengingat/")
    assert "lewat self_service" in table_row(page, row) and "Cara</th>" in page
    assert row.subject_nik and row.subject_nik not in page


@pytest.mark.parametrize("option", REFUSED)
def test_an_option_that_would_do_nothing_is_refused_with_a_sentence(app, option):
    value = True if option.startswith("can_") else ("number",)
    if "formatters" in option:
        value = {"number": str}
    screen = type("Tried", (QueueView,), {"name": "Coba", "endpoint": "coba", "roles": (ADMIN,), option: value})
    with pytest.raises(ConfigError, match="layar Tried"):
        screen()


@pytest.mark.parametrize(("base", "name", "told"), [(SearchView, "tell", "for_many"), (QueueView, "cancel", "langkah")])
def test_an_action_that_nobody_could_reach_is_refused(app, base, name, told):
    method = action(name, "Coba")(lambda self, ids: None)
    screen = type("Tried", (base,), {"name": "Coba", "endpoint": "coba", "roles": (ADMIN,), "tried": method})
    with pytest.raises(ConfigError, match=told):
        screen()
