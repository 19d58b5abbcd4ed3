"""What Flask-Admin's documentation says of ModelView, BaseView and actions is true of StaffModelView and StaffView.

Each view is opened as the right role, as another one, and without signing in; nothing of it is open to anybody else.
"""

import csv
import io
import re
import zipfile
from datetime import date, datetime
from functools import partial

import peewee as pw
import pytest
from flask import flash
from flask_admin import expose
from flask_admin.actions import action
from flask_admin.contrib.peewee.filters import BasePeeweeFilter, BooleanEqualFilter
from flask_admin.helpers import set_current_view
from flask_admin.model.template import EndpointLinkRowAction, LinkRowAction
from wtforms import TextAreaField
from wtforms.validators import InputRequired, ValidationError

import admin_views
from admin_views.base import StaffModelView, StaffView
from config import ConfigError
from lib.database import BaseModel, UtcDateTimeField, foreign_key, local, now
from models import District, Event, Export, Outbox, Permohonan, StoredFile, User, Village
from tests.helpers.staff_client import sign_in_officer
from workflow import ADMIN, AUDITOR, IT

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
NIK = "5108061203990001"


class Complaint(BaseModel):
    """A table of Tim TI's own."""

    title = pw.CharField(60, unique=True)
    body = pw.TextField(default="")
    nik = pw.CharField(16, default="")
    weight = pw.IntegerField(default=0)
    day = pw.DateField(null=True)
    at = UtcDateTimeField(default=now)
    done = pw.BooleanField(default=False)
    village = foreign_key(Village, null=True)
    permohonan = foreign_key(Permohonan, null=True)


class Reply(BaseModel):
    complaint = foreign_key(Complaint)
    words = pw.CharField(60)


class ComplaintView(StaffModelView):
    """Keluhan warga."""

    roles = (IT,)
    column_list = ("title", "village.district.name", "weight", "day", "at", "done", "nik")
    column_labels = {"title": "Judul", "village.district.name": "Kecamatan", "day": "Hari"}
    column_descriptions = {"weight": "Makin besar makin penting"}
    column_formatters = {"weight": lambda view, context, row, name: f"{row.weight} poin"}
    column_searchable_list = ("title", "village.name", District.name)
    column_sortable_list = ("title", ("village.district.name", "village.district.name"), "weight", "at")
    column_filters = ("title", "weight", "day", "at", "done", "village", District.name)
    column_default_sort = ("weight", True)
    column_details_list = ("title", "body", "village", "nik")
    column_export_list = ("title", "nik", "at", "weight", "village")
    can_create = can_edit = can_delete = can_export = can_view_details = True
    form_columns = ("title", "body", "weight", "day", "at", "done", "village")
    form_args = {"title": {"label": "Judul keluhan", "validators": [InputRequired("Judulnya apa?")]}}
    form_overrides = {"body": TextAreaField}
    form_widget_args = {"body": {"rows": 9}}

    @action("remind", "Ingatkan", "Kirim pengingat?")
    def remind(self, ids):
        flash(f"{len(ids)} diingatkan", "success")
        Complaint.update(body="diingatkan").where(Complaint.id.in_(ids)).execute()

    @action("close", "Tutup")
    def close(self, ids):
        Complaint.update(done=True).where(Complaint.id.in_(ids)).execute()


@pytest.fixture
def build(make_app):
    """A function that starts the office with views of one's own, and makes a few complaints."""

    def start(*views):
        app = make_app()
        for view in views:
            app.extensions["admin"][0].add_view(view)
        context = app.app_context()
        context.push()
        contexts.append(context)
        app.extensions["database"].create_tables([Complaint, Reply])
        places = list(Village.select().order_by(Village.code))
        for number in range(1, 4):
            Complaint.create(
                title=f"Keluhan {number}", nik=NIK, weight=number, day=date(2026, 11, number), body="panjang",
                at=datetime(2026, 11, number, 1, 30), village=places[number * 20],
            )  # fmt: skip
        return app

    contexts = []
    yield start
    for context in reversed(contexts):
        context.pop()


@pytest.fixture
def it(build):
    """Tim TI, with the screen of complaints at /petugas/keluhan/."""
    person = sign_in_officer(build(ComplaintView(Complaint, name="Keluhan", endpoint="keluhan")), "it")
    person.post_ = partial(person.post, page="/petugas/keluhan/")
    return person


def stranger(app, method, url, **data):
    with app.app_context():
        return app.test_client().open(url, method=method, data=data)


def rows_of(page):
    """The titles in the rows of a list, once each."""
    body = re.sub(r'<span class="sr-only">.*?</span>', "", page.partition("<tbody>")[2].partition("</tbody>")[0])
    return list(dict.fromkeys(re.findall(r"Keluhan \d", body)))


def field(page, name):
    return re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1]


def flashed(page):
    return re.sub(r"<[^>]+>", "", " ".join(re.findall(r'<p class="alert.*?</p>', page, re.S)))


# How a view is made


class Shortest(StaffModelView):
    model, roles = District, (IT,)


class Named(StaffModelView):
    model, name, endpoint, roles = District, "Kecamatan", "kecamatan", (IT,)
    column_list = ("code", "name")
    column_searchable_list = ("name",)
    column_filters = ("code",)
    can_create = can_edit = True


def test_a_view_is_made_as_documented_or_by_attributes_in_the_menu_or_by_add_view(make_app, monkeypatch):
    made = StaffModelView.__new__(type("Made", (Named,), {}))
    made.__init__(Village, "Semua desa", endpoint="semua-desa")
    monkeypatch.setattr(admin_views, "MENU", (*admin_views.MENU, ("Daftar", (Named, made))))
    app = make_app()
    app.extensions["admin"][0].add_view(Shortest(category="Daftar"))
    with app.app_context():
        home = sign_in_officer(app, "it").text("/petugas/")
        for address, words in (("kecamatan", "Kecamatan"), ("semua-desa", "Semua desa"), ("district", "District")):
            assert f'<a href="/petugas/{address}/">{words}</a>' in home
        assert home.count("<summary>Daftar</summary>") == 1
        it = sign_in_officer(app, "it")
        assert "Sukasada" in it.text("/petugas/kecamatan/") and "Pemaron" in it.text(
            "/petugas/semua-desa/?search=pemaron"
        )
        assert "/petugas/district/ubah/" not in it.text("/petugas/district/"), "shut by default"
        for closed in (
            "new/",
            "baru/",
            "edit/?id=1",
            "ubah/?id=1",
            "details/?id=1",
            "delete/",
            "export/csv/",
            "action/",
        ):
            assert it.get(f"/petugas/district/{closed}").status_code == 404, closed
            assert it.post(f"/petugas/district/{closed}", id="1").status_code == 404, closed
        it.post("/petugas/kecamatan/new/", code="51.08.99", name="Baru")
        assert District.get(District.code == "51.08.99").name == "Baru"


ENDPOINTS = (
    ("GET", "/"), ("GET", "/new/"), ("POST", "/new/"), ("GET", "/edit/?id={0}"), ("POST", "/edit/?id={0}"),
    ("GET", "/details/?id={0}"), ("GET", "/delete/?id={0}"), ("POST", "/delete/"), ("POST", "/action/"),
    ("GET", "/export/csv/"), ("GET", "/export/xlsx/"), ("GET", "/ubah/?id={0}"), ("GET", "/baru/"),
)  # fmt: skip
FORM = {
    "title": "Bocor", "body": "x", "weight": "9", "day": "2026-11-30", "at": "2026-11-30T08:00", "village": "__None",
    "action": "close", "confirm": "ya",
}  # fmt: skip


@pytest.mark.parametrize(("method", "address"), ENDPOINTS)
def test_nobody_else_gets_anywhere(build, method, address):
    app = build(ComplaintView(Complaint, name="Keluhan", endpoint="keluhan"))
    row = Complaint.get()
    data = FORM | {"id": str(row.id), "rowid": str(row.id)} if method == "POST" else {}
    url = f"/petugas/keluhan{address.format(row.id)}"
    nothing = sign_in_officer(app, "auditor").get("/petugas/alasan/").data
    answer = stranger(app, method, url, **data)
    assert answer.status_code in (303, 400) and (method == "POST" or "/petugas/masuk" in answer.headers["Location"])
    other = sign_in_officer(app, "auditor")
    answer = other.get(url) if method == "GET" else other.post(url, **data)
    assert (answer.status_code, answer.data) == (404, nothing)
    it = sign_in_officer(app, "it")
    if method == "POST":
        assert it.client.post(url, data=data).status_code == 400, "no token"
    assert sorted(one.title for one in Complaint.select()) == ["Keluhan 1", "Keluhan 2", "Keluhan 3"]
    assert not Complaint.select().where(Complaint.done).count() and not Export.select().count()
    answer = it.get(url) if method == "GET" else it.post(url, **data)
    assert answer.status_code in (200, 303, 422), "but its role does"
    answer.close()


def test_what_is_shut_for_good_has_no_address(it):
    for address in ("ajax/lookup/?name=village&query=a", "ajax/update/"):
        assert it.get(f"/petugas/keluhan/{address}").status_code == 404
        assert it.post(f"/petugas/keluhan/{address}", list_form_pk="1", title="x").status_code == 404


# The list


def test_a_list_shows_labels_relations_formatters_times_of_the_office_and_masked_niks(it):
    page = it.text("/petugas/keluhan/")
    assert rows_of(page) == ["Keluhan 3", "Keluhan 2", "Keluhan 1"], "column_default_sort"
    place = Complaint.get(Complaint.title == "Keluhan 1").village.district.name
    for words in (
        "Judul",
        "Kecamatan",
        "3 poin",
        "Makin besar makin penting",
        "Selasa, 3 November 2026",
        "Sel, 3 Nov 2026, 09.30",
    ):
        assert words in page, words
    assert f">{place}</td>" in page and ">Tidak</td>" in page
    assert NIK not in page and f"…{NIK[-4:]}" in page
    assert 'lang="id"' in page and not re.search(r"\b(Create|Search|Records?|Edit|Delete|Filter)\b", page)


def test_a_list_is_searched_sorted_and_walked_through(it, monkeypatch):
    assert rows_of(it.text("/petugas/keluhan/?search=keluhan+2")) == ["Keluhan 2"]
    place = Complaint.get(Complaint.title == "Keluhan 3").village
    for named in (place, place.district):
        assert "Keluhan 3" in rows_of(it.text(f"/petugas/keluhan/?search={named.name[:6].upper()}"))
    assert len(rows_of(it.text("/petugas/keluhan/?search=%3DKeluhan"))) == 0, "=: equals"
    assert rows_of(it.text("/petugas/keluhan/?search=^Kel")) and not rows_of(it.text("/petugas/keluhan/?search=^uhan"))
    assert "Tidak ada yang cocok" in it.text("/petugas/keluhan/?search=%25")
    assert rows_of(it.text("/petugas/keluhan/?sort=0")) == ["Keluhan 1", "Keluhan 2", "Keluhan 3"]
    assert rows_of(it.text("/petugas/keluhan/?sort=0&desc=1")) == ["Keluhan 3", "Keluhan 2", "Keluhan 1"]
    by_place = [one.title for one in sorted(Complaint.select(), key=lambda one: one.village.district.name)]
    assert rows_of(it.text("/petugas/keluhan/?sort=1"))[0] == by_place[0]
    assert 'aria-sort="ascending"' in it.text("/petugas/keluhan/?sort=0")
    monkeypatch.setattr(ComplaintView, "page_size", 2)
    assert rows_of(it.text("/petugas/keluhan/")) == ["Keluhan 3", "Keluhan 2"]
    assert (
        rows_of(it.text("/petugas/keluhan/?page=1"))
        == rows_of(it.text("/petugas/keluhan/?page=99999"))
        == ["Keluhan 1"]
    )


FILTERED = (
    # column, operation, value: which
    ("title", "memuat", "2", "2"), ("title", "tidak memuat", "2", "31"),
    ("title", "ada di daftar", "Keluhan 1, Keluhan 3", "31"),
    ("weight", "lebih besar dari", "1", "32"), ("weight", "sama dengan", "2", "2"),
    ("day", "lebih besar dari", "2026-11-01", "32"), ("day", "sama dengan", "2026-11-02", "2"),
    ("day", "kosong", "1", ""),
    ("at", "lebih besar dari", "2026-11-02T09:29", "32"), ("at", "lebih besar dari", "2026-11-02 09:30:00", "3"),
    ("at", "lebih kecil dari", "2026-11-02", "1"), ("at", "antara", "2026-11-02 00:00:00 to 2026-11-03 09:30:00", "32"),
    ("day", "antara", "2026-11-01 to 2026-11-02", "21"), ("done", "sama dengan", "0", "321"),
    ("done", "sama dengan", "1", ""),
)  # fmt: skip


@pytest.mark.parametrize(("column", "operation", "value", "wanted"), FILTERED)
def test_column_filters_work_by_the_documented_arguments(it, column, operation, value, wanted):
    view = it.client.application.extensions["admin"][0]._views[-1]
    with it.client.application.test_request_context("/petugas/"):
        set_current_view(view)  # whose translations the names of the operations are in
        name = view.get_column_name(column)
        number = next(
            n for n, one in enumerate(view._filters) if one.name == name and str(one.operation()) == operation
        )
    page = it.get(f"/petugas/keluhan/?{'flt0_'}{number}={value.replace(' ', '+')}").text
    assert rows_of(page) == [f"Keluhan {one}" for one in wanted]
    assert 'class="chip on"' in page and f"{name} {operation}" in page


def test_column_filters_work_on_a_relation_and_by_the_form_without_a_script(it):
    page, row = it.text("/petugas/keluhan/"), Complaint.get(Complaint.title == "Keluhan 2")
    line = re.search(r'aria-label="Village".*?</div>', page, re.S)[0]
    assert f'<option value="{row.village_id}">{row.village.name}</option>' in line
    names = re.findall(r'name="([^"]+)"', line)
    arg = re.search(r'<option value="(\d+)">sama dengan', line)[1]
    plain = it.get(f"/petugas/keluhan/?{names[0]}={arg}&{names[1]}={row.village_id}").location
    assert plain == f"/petugas/keluhan/?flt0_{arg}={row.village_id}"
    found = it.text(plain)
    assert rows_of(found) == ["Keluhan 2"] and f"Village sama dengan {row.village.name}" in found
    by_name = re.search(r'aria-label="Kecamatan".*?</div>', page, re.S)[0]
    names, arg = re.findall(r'name="([^"]+)"', by_name), re.search(r'<option value="(\d+)">memuat', by_name)[1]
    plain = it.get(f"/petugas/keluhan/?{names[0]}={arg}&{names[1]}={row.village.district.name}").location
    assert "Keluhan 2" in rows_of(it.text(plain))
    link = re.search(r'class="chip on" href="([^"]+)"', found)[1]
    assert len(rows_of(it.text(link))) == 3, "and it is taken off again"


HOSTILE = (
    "flt0_7=99999999999999999999999", "flt0_9=x", "flt0_0=%00", "flt0_5=9" * 300, "flt0_40=x", "flt1_21=0001-01-01",
    "search=%00", "search=" + "a+" * 4000, "sort=2", "sort=-1", "sort=5&desc=9", "page=-4", "page_size=10000",
    "saring-0a=0&nilai-0a=%00", "saring-9z=7", "url=//evil.example", "flt0_21=0001-01-01T00:00", "search=_%25\\'",
)  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_addresses_break_nothing(it, query):
    assert it.get(f"/petugas/keluhan/?{query}").status_code in (200, 303, 404)
    assert it.get(f"/petugas/keluhan/export/csv/?{query}").status_code in (200, 303, 404)


def test_a_longer_list_needs_no_more_statements(it, query_count):
    def statements():
        it.get("/petugas/keluhan/")
        with query_count() as seen:
            it.get("/petugas/keluhan/")
        return len(seen)

    few, place = statements(), Village.get()
    for number in range(20):
        Complaint.create(title=f"Lagi {number}", village=place)
    assert statements() == few


class Brown(BasePeeweeFilter):
    def apply(self, query, value):
        return query.filter(self.column == "Keluhan 1") if value == "1" else query.filter(self.column != "Keluhan 1")

    def operation(self):
        return "nomor satu"


def test_filters_of_ones_own_choices_and_row_actions_work_as_documented(build):
    class View(StaffModelView):
        model, name, endpoint, roles = Complaint, "Keluhan", "keluhan", (IT,)
        column_list = ("title", "weight", "pair")
        column_formatters = {"pair": lambda view, context, row, name: f"{row.title}/{row.weight}"}
        column_choices = {"weight": [(1, "ringan"), (2, "sedang"), (3, "berat")]}
        column_filters = (
            BooleanEqualFilter(column=Complaint.done, name="Selesai"), "weight",
            Brown(column=Complaint.title, name="Judul", options=(("1", "Ya"), ("0", "Tidak"))),
        )  # fmt: skip
        named_filter_urls = True
        column_extra_row_actions = [
            LinkRowAction("fa fa-x", "/petugas/alasan/?page={row_id}", title="Alasan"),
            EndpointLinkRowAction("fa fa-y", "desa.index_view", title="Desanya"),
        ]

    it = sign_in_officer(build(View()), "it")
    page = it.text("/petugas/keluhan/")
    assert "Keluhan 2/2" in page and ">sedang</td>" in page
    assert 'href="/petugas/alasan/?page=1">Alasan</a>' in page and "/petugas/desa/?id=1" in page
    assert rows_of(it.text("/petugas/keluhan/?flt0_judul_nomor_satu=1")) == ["Keluhan 1"]
    assert rows_of(it.text("/petugas/keluhan/?flt0_selesai_equals=1")) == []
    assert rows_of(it.text("/petugas/keluhan/?flt0_weight_equals=2")) == ["Keluhan 2"]


# Details, forms, deletion


def test_details_show_their_columns(it):
    row = Complaint.get()
    page = it.text(f"/petugas/keluhan/details/?id={row.id}")
    assert "panjang" in page and row.village.name in page and NIK not in page and "<h1>Keluhan 1</h1>" in page
    assert it.get("/petugas/keluhan/details/?id=999").status_code == 404


def test_a_row_is_created_by_its_form(it):
    page = it.text("/petugas/keluhan/baru/")
    assert (
        "<h1>Tambah keluhan</h1>" in page and "Judul keluhan" in page and 'rows="9"' in page and "Makin besar" in page
    )
    assert 'name="nik"' not in page and 'type="date"' in page and 'type="datetime-local"' in page
    refused = it.post("/petugas/keluhan/baru/", **FORM | {"title": "", "weight": "x"})
    assert refused.status_code == 422 and "Judulnya apa?" in refused.text and 'id="weight-error"' in refused.text
    village = Village.get()
    made = it.post("/petugas/keluhan/baru/", **FORM | {"village": str(village.id), "nik": NIK, "done": "y"})
    row = Complaint.get(Complaint.title == "Bocor")
    assert made.status_code == 303 and made.location == "/petugas/keluhan/" and row.village == village and row.done
    assert row.at == datetime(2026, 11, 30, 0, 0) and row.day == date(2026, 11, 30), "typed in WITA, kept in UTC"
    assert row.nik == "", "what is no column of the form is not written"
    twice = it.post("/petugas/keluhan/new/", **FORM)
    assert twice.status_code == 422 and "bertabrakan" in flashed(twice.text)
    for hostile in ("999999", "x", "1 OR 1=1", "9" * 30):
        assert it.post("/petugas/keluhan/new/", **FORM | {"title": "Aneh", "village": hostile}).status_code == 422
    assert it.post("/petugas/keluhan/new/", **FORM | {"title": "Aneh", "weight": "9" * 20}).status_code == 422
    assert it.post("/petugas/keluhan/new/", **FORM | {"title": "x" * 61}).status_code == 422


def test_a_form_writes_what_changed_and_nothing_that_somebody_else_changed(it):
    row = Complaint.get(Complaint.title == "Keluhan 1")
    Complaint.update(at=datetime(2026, 11, 1, 1, 30, 17)).where(Complaint.id == row.id).execute()
    url = f"/petugas/keluhan/edit/?id={row.id}"
    page = it.text(url)
    seen, same = field(page, "seen"), {"title": "Keluhan 1", "body": "panjang", "weight": "1", "day": "2026-11-01"}
    same |= {"at": "2026-11-01T09:30", "village": str(row.village_id)}
    assert f'value="{same["at"]}"' in page and f'<option selected value="{row.village_id}">' in page
    assert it.post(url, **same | {"weight": "5"}).status_code == 422, "a form that doesn't say what it showed"
    assert Complaint.get_by_id(row.id).weight == 1
    kept = it.post(url, seen=seen, **same | {"weight": "5"})
    assert kept.status_code == 303
    now_ = Complaint.get_by_id(row.id)
    assert (now_.weight, now_.at.second, now_.nik) == (5, 17, NIK)
    late = it.post(url, seen=seen, **same | {"body": "lain"})
    assert (
        late.status_code == 422
        and "orang lain mengubah data ini" in flashed(late.text)
        and "lain</textarea>" in late.text
    )
    assert Complaint.get_by_id(row.id).body == "panjang"
    assert it.post(url, seen=field(late.text, "seen"), **same | {"body": "lain", "weight": "5"}).status_code == 303
    assert it.get("/petugas/keluhan/edit/?id=999").status_code == 404


def test_the_hooks_of_a_form_are_called_in_its_transaction(build):
    done = []

    class View(ComplaintView):
        def on_model_change(self, form, model, is_created):
            if model.title == "Tidak":
                Complaint.update(body="tersentuh").execute()
                raise ValidationError("Judul itu tidak boleh.")
            model.body = f"{model.body}!"
            done.append(("on", is_created))

        def after_model_change(self, form, model, is_created):
            done.append(("after", is_created, model.id is not None))

        def on_model_delete(self, model):
            if model.title == "Keluhan 1":
                raise ValidationError("Yang pertama tetap.")

    it = sign_in_officer(build(View(Complaint, "Keluhan", endpoint="keluhan")), "it")
    refused = it.post("/petugas/keluhan/new/", **FORM | {"title": "Tidak"})
    assert refused.status_code == 422 and "Judul itu tidak boleh." in flashed(refused.text)
    assert not Complaint.select().where((Complaint.title == "Tidak") | (Complaint.body == "tersentuh")).count()
    it.post("/petugas/keluhan/new/", **FORM)
    assert Complaint.get(Complaint.title == "Bocor").body == "x!" and done == [("on", True), ("after", True, True)]
    it.post("/petugas/keluhan/delete/", id=str(Complaint.get(Complaint.title == "Keluhan 1").id))
    assert Complaint.select().where(Complaint.title == "Keluhan 1").count()


def test_a_row_is_deleted_after_a_question_and_never_what_depends_on_it(it):
    first, second, _ = Complaint.select().order_by(Complaint.id)
    Reply.create(complaint=second, words="jawab")
    asked = it.text(f"/petugas/keluhan/delete/?id={first.id}")
    assert "Yakin menghapus data ini?" in asked and "Keluhan 1" in asked and Complaint.select().count() == 3
    gone = it.post("/petugas/keluhan/delete/", id=str(first.id))
    assert gone.status_code == 303 and Complaint.select().count() == 2
    it.post("/petugas/keluhan/delete/", id=str(second.id))
    assert "masih dipakai" in flashed(it.text("/petugas/keluhan/")) and Reply.select().count() == 1
    assert it.post("/petugas/keluhan/delete/", id="999").status_code == 404


# Actions


def test_an_action_is_done_for_one_and_for_many_within_scope(it):
    ids = [str(one.id) for one in Complaint.select().order_by(Complaint.id)]
    page = it.text("/petugas/keluhan/")
    assert re.findall(r'form="batch"[^>]*value="(\w+)"', page.split('class="foot picks"')[1]) == [
        "remind",
        "close",
        "delete",
    ]
    done = it.post("/petugas/keluhan/action/", action="close", rowid=[ids[0], "999", "x", ids[0]])
    assert done.status_code == 303 and [one.done for one in Complaint.select().order_by(Complaint.id)] == [
        True,
        False,
        False,
    ]
    assert it.post("/petugas/keluhan/action/", action="close", rowid=["999", "' OR 1=1"]).status_code == 404
    assert it.post("/petugas/keluhan/action/", action="nothing", rowid=ids).status_code == 404
    it.post("/petugas/keluhan/action/", action="close")
    assert "Pilih paling sedikit satu data." in flashed(it.text("/petugas/keluhan/"))


def test_an_action_with_a_confirmation_asks_first(it):
    ids = [str(one.id) for one in Complaint.select().order_by(Complaint.id)][:2]
    asked = it.post("/petugas/keluhan/action/", action="remind", rowid=ids)
    assert asked.status_code == 200 and "Kirim pengingat?" in asked.text and "Keluhan 1, Keluhan 2" in asked.text
    assert not Complaint.select().where(Complaint.body == "diingatkan").count()
    form = (
        dict(re.findall(r'name="(action|confirm)" value="(\w+)"', asked.text)),
        re.findall(r'name="rowid" value="(\d+)"', asked.text),
    )
    it.post("/petugas/keluhan/action/", rowid=form[1], **form[0])
    assert Complaint.select().where(Complaint.body == "diingatkan").count() == 2
    assert "2 diingatkan" in flashed(it.text("/petugas/keluhan/"))
    it.post("/petugas/keluhan/action/", action="delete", rowid=ids, confirm="ya")
    assert [one.title for one in Complaint.select()] == ["Keluhan 3"]


def test_the_script_gets_the_question_alone_and_sends_the_answer_itself(it):
    ids, token = [str(Complaint.get().id)], field(it.text("/petugas/keluhan/"), "csrf_token")
    ask = partial(it.client.post, "/petugas/keluhan/action/", headers={"X-Requested-With": "dialog"})
    data = {"csrf_token": token, "action": "remind", "rowid": ids}
    asked = ask(data=data)
    assert 'class="panel ask"' in asked.text and "<main" not in asked.text
    assert ask(data=data | {"confirm": "ya"}).status_code == 204
    assert not Complaint.select().where(Complaint.body == "diingatkan").count(), "whatever it answers, it is done once"


# Scope


class Mine(ComplaintView):
    def scope(self):
        return Complaint.select().where(Complaint.weight < 3)


def test_one_scope_holds_on_every_endpoint(build):
    it = sign_in_officer(build(Mine(Complaint, "Keluhan", endpoint="keluhan")), "it")
    hidden = Complaint.get(Complaint.weight == 3)
    assert rows_of(it.text("/petugas/keluhan/")) == ["Keluhan 2", "Keluhan 1"]
    assert "Keluhan 3" not in it.get("/petugas/keluhan/export/csv/").text
    for address in ("details/?id={}", "edit/?id={}", "ubah/?id={}", "delete/?id={}"):
        seen, nothing = (it.get(f"/petugas/keluhan/{address.format(ident)}") for ident in (hidden.id, 999))
        assert (seen.status_code, seen.data) == (404, nothing.data), address
    for address, data in (("edit/?id={}", FORM | {"seen": "x"}), ("delete/", {"id": str(hidden.id)})):
        assert it.post(f"/petugas/keluhan/{address.format(hidden.id)}", **data).status_code == 404
    for name in ("close", "remind", "delete"):
        data = {"action": name, "confirm": "ya"}
        assert it.post("/petugas/keluhan/action/", rowid=str(hidden.id), **data).status_code == 404
    assert Complaint.get_by_id(hidden.id).__data__ == hidden.__data__
    assert it.get("/petugas/keluhan/details/?id=1&id=2").status_code == 404


class Documented(ComplaintView):
    """As Flask-Admin's documentation narrows a view, and switches an action off."""

    page_size = 2

    def get_query(self):
        return super().get_query().where(self.model.weight < 3)

    def is_action_allowed(self, name):
        from flask_login import current_user

        return super().is_action_allowed(name) and not (name == "remind" and AUDITOR in current_user.roles)


def test_what_the_documentation_narrows_is_narrowed_everywhere(build):
    app = build(Documented(Complaint, "Keluhan", endpoint="keluhan"))
    it, hidden = sign_in_officer(app, "it"), Complaint.get(Complaint.weight == 3)
    page = it.text("/petugas/keluhan/")
    assert rows_of(page) == ["Keluhan 2", "Keluhan 1"] and "1–2 dari 2" in page
    for address in ("details", "edit", "delete"):
        assert it.get(f"/petugas/keluhan/{address}/?id={hidden.id}").status_code == 404
    assert it.post("/petugas/keluhan/action/", action="close", rowid=str(hidden.id)).status_code == 404
    assert "Keluhan 3" not in it.get("/petugas/keluhan/export/csv/").text
    assert it.post("/petugas/keluhan/action/", action="remind", rowid="1", confirm="ya").status_code == 303


def test_what_belongs_to_an_application_is_within_the_reach_of_the_person(build, request):
    class Files(StaffModelView):
        model, roles, endpoint, name = Permohonan, (IT, AUDITOR, ADMIN), "berkas-semua", "Berkas"
        column_list = ("number", "applicant_nik", "village", "submitted_at")

    class Events(StaffModelView):
        model, roles, endpoint, can_view_details, can_export = Event, (IT, AUDITOR), "peristiwa", True, True

    from tests.helpers.factory import OfficeFactory

    app = build(Files(), Events(), ComplaintView(Complaint, "Keluhan", endpoint="keluhan"))
    permohonan = OfficeFactory().submit()
    auditor, it = sign_in_officer(app, "auditor"), sign_in_officer(app, "it")
    page = auditor.text("/petugas/berkas-semua/")
    assert permohonan.number in page and permohonan.applicant_nik not in page
    assert permohonan.number not in it.text("/petugas/berkas-semua/")
    event = Event.get(Event.permohonan == permohonan)
    assert auditor.get(f"/petugas/peristiwa/details/?id={event.id}").status_code == 200
    assert it.get(f"/petugas/peristiwa/details/?id={event.id}").status_code == 404
    assert permohonan.number not in it.get("/petugas/peristiwa/export/csv/").text


# Export


def test_an_export_is_masked_harmless_narrowed_and_logged(it):
    Complaint.update(title="=1+1").where(Complaint.weight == 3).execute()
    answer = it.get("/petugas/keluhan/export/csv/")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == ["Judul", "Nik", "At", "Weight", "Village"]
    place = Complaint.get(Complaint.weight == 3).village.name
    assert lines[1] == ["'=1+1", f"…{NIK[-4:]}", "2026-11-03 09:30", "3 poin", place] and len(lines) == 4
    assert "attachment" in answer.headers["Content-Disposition"]
    with it.get("/petugas/keluhan/export/xlsx/?search=keluhan") as answer:
        book = zipfile.ZipFile(io.BytesIO(answer.data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Keluhan 2" in sheet and f"…{NIK[-4:]}" in sheet and NIK not in sheet and "1+1" not in sheet
    first, second = Export.select().order_by(Export.id)
    assert (first.format, first.user.email, first.wanted["daftar"]) == ("csv", "it@aku.example", "keluhan")
    assert (second.rows, second.wanted) == (2, {"daftar": "keluhan", "cari": "teks"}), "what was typed is not kept"
    assert it.get("/petugas/keluhan/export/json/").status_code == 404


# What is refused at the start

REFUSED = (
    ({"inline_models": (Reply,)}, "inline_models"),
    ({"column_editable_list": ("title",)}, "column_editable_list"),
    ({"form_ajax_refs": {"village": {"fields": ("name",)}}}, "form_ajax_refs"),
    ({"column_list": ("title", "wieght")}, "kolom 'wieght' tidak ada. Maksudnya 'weight'?"),
    ({"column_list": ("title", "village.districk.name")}, "kolom 'village.districk.name' tidak ada"),
    ({"column_list": "title"}, "misalnya ('title',)."),
    ({"form_columns": ("titel",)}, "Maksudnya 'title'?"),
    ({"column_searchable_list": ("weight",)}, "kolom teks 'weight' tidak ada"),
    ({"column_searchable_list": ("nik",)}, "'nik' tidak boleh muncul di alamat"),
    ({"column_filters": ("nik",)}, "'nik' tidak boleh muncul di alamat"),
    ({"column_filters": ("wieght",)}, "Maksudnya 'weight'?"),
    ({"column_filters": ("permohonan",)}, "misalnya 'permohonan.number'"),
    ({"column_filters": (User.name,)}, "tidak jelas jalan ke User.name"),
    ({"column_sortable_list": ("wieght",)}, "Maksudnya 'weight'?"),
    ({"column_default_sort": "wieght"}, "Maksudnya 'weight'?"),
    ({"export_types": ["csv", "jsonn"]}, "jenis unduhan 'jsonn' tidak ada"),
    ({"roles": ()}, "perlu `roles`"),
    ({"endpoint": "Keluhan Warga"}, "perlu `endpoint`"),
    ({"model": None}, "perlu `model`"),
    ({"model": StoredFile}, "berisi rahasia"),
    ({"model": Permohonan, "can_edit": True}, "keadaan hanya berpindah lewat workflow.py"),
    ({"model": Outbox, "can_delete": True}, "tabel Outbox tidak dapat dihapus"),
    ({"model": Event, "can_create": True}, "tabel Event tidak dapat ditambah"),
    ({"model": User, "can_edit": True}, "akun lewat accounts/"),
    ({"model": User, "can_edit": True}, "sebut di EDITABLE"),
    ({"model": Permohonan, "can_edit": property(lambda self: True)}, "tidak dapat diubah"),
)  # fmt: skip


@pytest.mark.parametrize(("options", "told"), REFUSED, ids=[f"{n}-{told}" for n, (_, told) in enumerate(REFUSED)])
def test_what_cannot_work_is_refused_with_a_sentence(app, options, told):
    facts = {"model": Complaint, "name": "Keluhan", "endpoint": "keluhan", "roles": (IT,)} | options
    with pytest.raises(ConfigError, match=re.escape(told)) as refused:
        type("Odd", (StaffModelView,), facts)()
    assert "layar Odd" in str(refused.value)


def test_an_option_may_be_a_property_that_asks_who_it_is(build):
    class View(ComplaintView):
        roles = (IT, AUDITOR)

        @property
        def can_edit(self):
            from flask_login import current_user

            return IT in current_user.roles

    app, row = build(View(Complaint, "Keluhan", endpoint="keluhan")), Complaint.get()
    assert sign_in_officer(app, "it").get(f"/petugas/keluhan/edit/?id={row.id}").status_code == 200
    auditor = sign_in_officer(app, "auditor")
    assert auditor.get(f"/petugas/keluhan/edit/?id={row.id}").status_code == 404
    assert "/ubah/" not in auditor.text("/petugas/keluhan/")


# BaseView


class Analytics(StaffView):
    roles = (IT, AUDITOR)

    @expose("/")
    def index(self):
        return self.render("staff/missing.html")

    @expose("/test/")
    def test(self):
        return f"{local():%Y}"


def test_a_page_of_ones_own_works_as_documented(make_app):
    app = make_app()
    app.extensions["admin"][0].add_view(Analytics(name="Analitik", endpoint="analitik"))
    with app.app_context():
        for role in ("it", "auditor"):
            person = sign_in_officer(app, role)
            assert (
                person.get("/petugas/analitik/").status_code == person.get("/petugas/analitik/test/").status_code == 200
            )
            assert 'href="/petugas/analitik/">Analitik</a>' in person.text("/petugas/")
        assert sign_in_officer(app, "admin").get("/petugas/analitik/test/").status_code == 404
    assert "/petugas/masuk" in app.test_client().get("/petugas/analitik/").headers["Location"]
