"""Access control of the staff side: a view without a gate is refused at the start or answers 404."""

import re

import pytest
from flask_admin import Admin, BaseView, expose
from flask_admin.contrib.peewee import ModelView

import admin_views
from admin_views.base import StaffView
from config import ConfigError
from models import District
from tests.helpers.staff_client import TOKEN, sign_in_officer
from workflow import AUDITOR, IT

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


class Report(BaseView):
    @expose("/")
    def index(self):
        return "buka"


class StaffReport(StaffView):
    roles = (IT,)

    @expose("/")
    def index(self):
        return "laporan"

    @expose("/rinci/<int:number>", methods=("GET", "POST"))
    def detail(self, number):
        return f"rinci {number}"


def stranger(app, method, url, **data):
    """What somebody gets who is not signed in."""
    with app.app_context():  # of its own: nobody is remembered in it
        return app.test_client().open(url, method=method, data=data)


@pytest.mark.parametrize("screen", [ModelView, Report, ModelView(District), Report(name="Laporan")])
def test_a_plain_view_in_the_menu_stops_the_start_with_a_sentence(make_app, monkeypatch, screen):
    monkeypatch.setattr(admin_views, "MENU", (*admin_views.MENU, ("Coba", (screen,))))
    with pytest.raises(ConfigError, match="Turunkan dari StaffModelView"):
        make_app()


def test_a_plain_view_is_not_added_either(app):
    admin = app.extensions["admin"][0]
    with pytest.raises(ConfigError, match="layar ModelView: tampilan Flask-Admin biasa terbuka"):
        admin.add_view(ModelView(District))
    with pytest.raises(ConfigError, match="layar Report"):
        admin.add_views(Report())


def test_a_view_without_roles_or_with_an_unknown_one_is_refused(app):
    for roles, told in (((), "perlu `roles`"), (("itt",), "peran 'itt' tidak ada. Maksudnya 'it'?"), ("it", "koma")):
        with pytest.raises(ConfigError, match=re.escape(told)):
            type("Odd", (StaffReport,), {"roles": roles})()


def test_an_address_that_is_taken_is_told(app):
    with pytest.raises(ConfigError, match="alamat 'orang' sudah dipakai People"):
        app.extensions["admin"][0].add_view(StaffReport("Laporan", endpoint="orang"))


def test_what_comes_in_past_the_start_answers_like_what_is_not_there(make_app):
    app = make_app()
    Admin(app, url="/petugas/lain", endpoint="lain", name="Lain").add_view(ModelView(District, url="/petugas/bocor"))
    Admin(app, url="/kelola", endpoint="kelola").add_view(ModelView(District, endpoint="jauh"))
    app.add_url_rule("/petugas/selundup", "selundup", lambda: "terbuka", methods=("GET", "POST"))
    with app.app_context():
        before, it = District.select().count(), sign_in_officer(app, "it")
        nothing = it.get("/petugas/permohonan/slip/").status_code, it.get("/petugas/desa/?url=//x").data
        places = (
            "/petugas/bocor/",
            "/petugas/bocor/new/",
            "/petugas/selundup",
            "/petugas/lain/",
            "/kelola/",
            "/kelola/jauh/",
        )
        for place in places:
            for answer in (stranger(app, "GET", place), it.get(place)):
                assert (answer.status_code, answer.data) == (404, nothing[1]), place
            for answer in (
                stranger(app, "POST", place, code="99", name="Bocor"),
                it.post(place, code="99", name="Bocor"),
            ):
                assert answer.status_code == 404, place
        assert it.post("/petugas/bocor/new/", code="99", name="Bocor").status_code == 404
        assert District.select().count() == before


def test_a_view_of_ones_own_stands_in_the_menu_of_its_role_and_is_shut_to_others(make_app):
    app = make_app()
    app.extensions["admin"][0].add_view(StaffReport("Laporan bulanan", endpoint="laporan", category="Pengaturan"))
    with app.app_context():
        it, auditor = sign_in_officer(app, "it"), sign_in_officer(app, "auditor")
        assert it.text("/petugas/laporan/") == "laporan" and it.text("/petugas/laporan/rinci/7") == "rinci 7"
        assert 'href="/petugas/laporan/">Laporan bulanan</a>' in it.text("/petugas/")
        assert "Laporan bulanan" not in auditor.text("/petugas/")
        assert (
            auditor.get("/petugas/laporan/").status_code == auditor.get("/petugas/laporan/rinci/7").status_code == 404
        )
        assert "/petugas/masuk" in stranger(app, "GET", "/petugas/laporan/").headers["Location"]
        assert it.client.post("/petugas/laporan/rinci/7").status_code == 400, "no token"
        assert it.post("/petugas/laporan/rinci/7").data == b"rinci 7"


def test_a_subclass_can_shut_itself_further_but_never_open(make_app):
    class Open(StaffReport):
        def is_accessible(self):
            return True

    class Shut(StaffReport):
        roles = (IT, AUDITOR)

        def is_accessible(self):
            return False

    app = make_app()
    app.extensions["admin"][0].add_views(Open("Buka", endpoint="buka"), Shut("Tutup", endpoint="tutup"))
    with app.app_context():
        it, auditor = sign_in_officer(app, "it"), sign_in_officer(app, "auditor")
        assert it.get("/petugas/buka/").status_code == 200
        assert auditor.get("/petugas/buka/").status_code == it.get("/petugas/tutup/").status_code == 404
        assert "/petugas/masuk" in stranger(app, "GET", "/petugas/buka/").headers["Location"]
        assert "Buka</a>" not in auditor.text("/petugas/") and "Tutup</a>" not in it.text("/petugas/")
        assert TOKEN.search(it.text("/petugas/"))
