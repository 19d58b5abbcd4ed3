"""The data that the office changes itself: reasons, texts, facts, calendar, places, people. For Tim TI only.

It shows no application. States and transitions are no data and can't be changed here.
"""

import hashlib
from collections.abc import Callable

import peewee as pw
from flask import flash, redirect, request, url_for
from flask_admin import expose

import accounts
import workflow
from admin_views import forms, naming
from admin_views.base import Records
from admin_views.scope import missing
from language import text
from lib.database import local, transaction
from models import REASON_KINDS, District, Fact, Grant, Holiday, MessageText, Office, Reason, User, Village

KINDS = REASON_KINDS | dict(forms.HOLIDAY_KINDS)
OVERTAKEN = (
    "Belum tersimpan: orang lain mengubah data ini sementara Anda mengisi. Lihat yang sekarang di daftarnya; "
    "bila isian Anda yang benar, simpan sekali lagi."
)


class Master(Records):
    """A table of the office's own data: read, and changed through an explicit form."""

    roles = (workflow.IT,)
    list_template = "staff/masters.html"
    change_form: type[forms.Form] | None = None
    new_form: type[forms.Form] | None = None
    columns: dict[str, str] = {}  # column: heading
    grants_roles = False

    def __init__(self):
        self.column_list, self.column_labels = tuple(self.columns), self.columns
        super().__init__()

    @expose("/")
    def index_view(self):
        self._template_args.update(ROLES=workflow.ROLES, KINDS=KINDS, naming=naming)
        return super().index_view()

    @expose("/ubah/", methods=("GET", "POST"))
    def change(self):
        """Change one row; only what is different is written."""
        kind = self.change_form or missing()
        row = self.wanted()
        form = kind(request.form if request.method == "POST" else None, obj=row)
        name, self._template_args["hint"] = self.called(row)
        self._template_args["seen"] = _digest(row)
        return self.answer(form, f"Ubah {self.title.lower()}: {name}", lambda: self._keep(row, form.data))

    def called(self, row: pw.Model) -> tuple[str, str]:
        """By which name a form says which row it changes, and what one should know about it."""
        return text(row.name), ""

    @expose("/baru/", methods=("GET", "POST"))
    def add(self):
        kind = self.new_form or missing()
        form = kind(request.form if request.method == "POST" else None)
        return self.answer(form, f"Tambah {self.title.lower()}", lambda: self.table.create(**form.data))

    def _keep(self, row: pw.Model, data: dict) -> bool:
        """Write what is different; False where somebody else changed the row since the form was shown."""
        if request.form.get("seen", _digest(row)) != _digest(row):
            return False
        changed = {name: value for name, value in data.items() if getattr(row, name) != value}
        as_read = (getattr(self.table, name) == getattr(row, name) for name in changed)
        here = self.table._meta.primary_key == row.id
        return not changed or bool(self.table.update(**changed).where(here, *as_read).execute())

    def answer(self, form: forms.Form, heading: str, keep: Callable[[], object]):
        """Show the form; when it was sent and is right, keep it in one transaction."""
        back = self.get_url(".index_view")
        if request.method == "POST" and form.validate():
            try:
                with transaction():
                    kept = keep()
            except pw.IntegrityError as reason:
                self.handle_view_exception(reason)
            else:
                flash(*(("Tersimpan.", "success") if kept else (OVERTAKEN, "error")))
                if kept:
                    return redirect(back, 303)
        status = 422 if request.method == "POST" else 200
        return self.render("staff/form.html", form=form, heading=heading, back=back), status


class Reasons(Master):
    """Alasan yang dapat dipilih petugas."""

    table, title, address = Reason, "Alasan", "alasan"
    columns = {"kind": "Dipakai untuk", "name": "Alasan", "next": "Petunjuk bagi pemohon", "active": "Dapat dipilih"}
    order = (Reason.kind, Reason.position, Reason.id)
    change_form, new_form = forms.ReasonForm, forms.NewReasonForm


class Messages(Master):
    """Kata-kata pesan kepada pemohon dan petugas."""

    table, title, address = MessageText, "Teks pesan", "pesan"
    columns = {"action": "Sesudah", "audience": "Kepada", "subject": "Judul"}
    order = (MessageText.action, MessageText.audience, MessageText.id)
    change_form = forms.MessageForm

    def called(self, row):
        hint = f"Kata dalam kurung kurawal diisi sendiri oleh sistem. Yang dapat dipakai: {naming.WORDS}."
        return naming.message(row.action, row.audience), hint


class Facts(Master):
    """Fakta kantor: nama, alamat, telepon, jam, janji layanan."""

    table, title, address = Fact, "Fakta kantor", "fakta"
    columns = {"key": "Fakta", "value": "Nilai", "note": "Keterangan"}
    order = (Fact.key,)
    change_form = forms.FactForm

    def called(self, row):
        return naming.fact(row.key)


class Holidays(Master):
    """Hari libur dan hari kantor tutup."""

    table, title, address = Holiday, "Kalender", "kalender"
    columns = {"day": "Tanggal", "name": "Nama", "kind": "Jenis", "closed": "Kantor tutup", "confirmed": "Pasti"}
    order = (Holiday.day.desc(), Holiday.id)
    change_form = new_form = forms.HolidayForm


class Villages(Master):
    """Desa dan kelurahan, menurut kode Kemendagri."""

    table, title, address = Village, "Desa", "desa"
    columns = {"code": "Kode", "name": "Nama", "kind": "Jenis", "district": "Kecamatan", "postcode": "Kode pos"}
    order = (Village.code,)

    def get_query(self):
        return Village.select(Village, District).join(District)


class Offices(Master):
    """Dinas dan loket desa, kelurahan, kecamatan."""

    table, title, address = Office, "Kantor dan loket", "kantor"
    columns = {"code": "Kode", "name": "Nama", "kind": "Jenis", "address": "Alamat"}
    order = (Office.code,)
    change_form = forms.OfficeForm


class People(Master):
    """Petugas dan perannya; akun baru dibuat di server dengan perintah flask staff add."""

    table, title, address = User, "Petugas", "orang"
    columns = {"name": "Nama", "email": "E-mail", "title": "Jabatan", "grants": "Peran", "disabled_at": "Akun"}
    order = (User.name, User.id)
    grants_roles = True

    def scope(self):
        return User.select().where(User.id.in_(Grant.select(Grant.user)))

    def completed(self, rows):
        theirs = Grant.select(Grant, Office).join(Office, pw.JOIN.LEFT_OUTER).where(Grant.user.in_(rows))
        by_user: dict[int, list[Grant]] = {}
        for grant in theirs.order_by(Grant.id) if rows else ():
            by_user.setdefault(grant.user_id, []).append(grant)
        for row in rows:
            row.held = by_user.get(row.id, [])
        return rows

    @expose("/peran/", methods=("GET", "POST"))
    def grant(self):
        """Give a person one more role."""
        person = self.wanted()
        form = forms.GrantForm(request.form if request.method == "POST" else None, since=local().date())
        form.role.choices = forms.choices([(role, workflow.ROLES[role].label) for role in workflow.STAFF])
        offices = Office.select().order_by(Office.kind, Office.name)
        form.office.choices = forms.choices((str(one.id), one.name) for one in offices)
        if request.method == "POST" and form.validate():
            facts = form.data | {"group": form.group.data or None, "office": int(form.office.data)}
            try:
                accounts.grant(person, facts.pop("role"), **facts)
            except accounts.Refused as reason:
                form.role.errors = [str(reason)]
            else:
                flash(f"Peran baru untuk {person.name} tersimpan.", "success")
                return redirect(url_for(f"{self.endpoint}.index_view"), 303)
        facts = {"form": form, "heading": f"Peran baru untuk {person.name}", "back": self.get_url(".index_view")}
        return self.render("staff/form.html", **facts), 422 if request.method == "POST" else 200


def _digest(row: pw.Model) -> str:
    """Stands for a row as it is, so that a form knows whether it still is what it showed."""
    return hashlib.sha256(repr(sorted(row.__data__.items())).encode()).hexdigest()[:20]


MASTERS = (Reasons, Messages, Facts, Holidays, Villages, Offices, People)
