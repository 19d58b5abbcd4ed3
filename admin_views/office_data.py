"""The office's own reference data: reasons, texts, facts, calendar, places, staff and roles. For Tim TI only.

It shows no application. States and transitions are no data and can't be changed here.
"""

import peewee as pw
from flask import flash, redirect, request
from flask_admin import expose
from flask_admin.helpers import get_form_data
from flask_admin.model.template import EndpointLinkRowAction, macro

import accounts
import workflow
from admin_views import forms, office_data_labels
from admin_views.base import StaffModelView
from admin_views.files import PDF, file_response
from catalogue import document_templates, statements
from documents import printouts
from lib.database import local
from models import (
    REASON_KINDS,
    District,
    DocumentTemplate,
    Fact,
    Grant,
    Holiday,
    MessageText,
    Office,
    Reason,
    Statement,
    User,
    Village,
)

PLACES = (("dinas", "Dinas"), ("kecamatan", "Kecamatan"), ("desa", "Desa"), ("kelurahan", "Kelurahan"))


class OfficeData(StaffModelView):
    """A table of the office's own data: read and searched, and changed through a form."""

    roles = (workflow.IT,)
    list_template = "staff/office_data.html"
    can_edit = True

    @expose("/")
    def index_view(self):
        self._template_args.update(ROLES=workflow.ROLES, naming=office_data_labels)
        return super().index_view()


class Reasons(OfficeData):
    """Alasan yang dapat dipilih petugas."""

    model, name, endpoint = Reason, "Alasan", "alasan"
    column_list = ("kind", "name", "next", "active")
    column_labels = {
        "kind": "Dipakai untuk", "name": "Alasan", "next": "Petunjuk bagi pemohon", "active": "Dapat dipilih",
    }  # fmt: skip
    column_choices = {"kind": list(REASON_KINDS.items())}
    column_searchable_list = ("name", "next")
    column_filters = ("kind", "active")
    order = (Reason.kind, Reason.position, Reason.id)
    can_create = True
    form = forms.ReasonForm

    def get_create_form(self):
        return forms.NewReasonForm


class Messages(OfficeData):
    """Kata-kata pesan kepada pemohon dan petugas."""

    model, name, endpoint = MessageText, "Teks pesan", "pesan"
    column_list = ("action", "audience", "subject")
    column_labels = {"action": "Sesudah", "audience": "Kepada", "subject": "Judul", "body": "Isi"}
    column_choices = {
        "action": list(office_data_labels.ACTIONS.items()),
        "audience": list(office_data_labels.AUDIENCES.items()),
    }
    column_searchable_list = ("subject", "body")
    column_filters = ("audience",)
    order = (MessageText.action, MessageText.audience, MessageText.id)
    form = forms.MessageForm

    def form_heading(self, row):
        hint = (
            f"Kata dalam kurung kurawal diisi sendiri oleh sistem. Yang dapat dipakai: {office_data_labels.WORDS}. "
            "Baris yang dimulai dengan {ada kartu} hanya dikirim bila ada kartunya, yang dimulai dengan {tanpa kartu} "
            "bila tidak ada; begitu juga dengan kata lain."
        )
        return office_data_labels.message(row.action, row.audience), hint


class Statements(OfficeData):
    """Surat pernyataan dan surat kuasa yang diberikan situs ini: kata-katanya."""

    model, name, endpoint = Statement, "Surat pernyataan", "pernyataan"
    column_list = ("code", "body", "changed_at")
    column_labels = {"code": "Kode", "body": "Surat", "changed_at": "Diubah kantor"}
    column_formatters = {"body": macro("statement")}
    column_searchable_list = ("code", "body")
    column_sortable_list = ("code", "changed_at")
    column_extra_row_actions = [EndpointLinkRowAction("", ".preview", title="Lihat yang kosong (PDF)")]
    order = (Statement.code,)
    form = forms.StatementForm

    def form_heading(self, row):
        words = ", ".join(f"{{{name}}}" for name in statements.placeholders(row.body))
        hint = f"Kata dalam kurung kurawal diisi sendiri oleh sistem. Yang dapat dipakai: {words}."
        return row.code, " ".join((hint, *(f"Perlu diputuskan kantor: {one}" for one in row.body["ask_office"])))

    @expose("/lihat/")
    def preview(self):
        """Return the blank statement (PDF) with the words as they are stored."""
        row = self.get_one_or_404()
        return file_response(lambda: printouts.statement(row.body), PDF, f"{row.code}.pdf")


class DocumentTemplates(OfficeData):
    """Bentuk dokumen yang dibuat di sini (kutipan akta, catatan pinggir, surat): kata-katanya."""

    model, name, endpoint = DocumentTemplate, "Bentuk dokumen", "dokumen"
    column_list = ("code", "body", "changed_at")
    column_labels = {"code": "Kode", "body": "Dokumen", "changed_at": "Diubah kantor"}
    column_formatters = {"body": macro("document_template")}
    column_searchable_list = ("code", "body")
    column_sortable_list = ("code", "changed_at")
    column_extra_row_actions = [EndpointLinkRowAction("", ".preview", title="Lihat contohnya (PDF)")]
    order = (DocumentTemplate.code,)
    form = forms.DocumentTemplateForm

    def form_heading(self, row):
        words = ", ".join(f"{{{name}}}" for name in document_templates.placeholders(row.body))
        filters = ", ".join(document_templates.FILTERS)
        hint = (
            f"Kata dalam kurung kurawal diisi sendiri oleh sistem. Yang dapat dipakai: {words}. Cara cetak, misalnya "
            f"{{tanggal|words}}: {filters}. Yang di dalam kurung siku tidak dicetak bila isinya kosong."
        )
        return row.code, " ".join((hint, *(f"Perlu diputuskan kantor: {one}" for one in row.body["ask_office"])))

    @expose("/lihat/")
    def preview(self):
        """Return a sample (PDF) with the words as they are stored, labels in place of answers."""
        row = self.get_one_or_404()
        return file_response(lambda: printouts.document_sample(row.body), PDF, f"{row.code}.pdf")


class Facts(OfficeData):
    """Fakta kantor: nama, alamat, telepon, jam, janji layanan."""

    model, name, endpoint = Fact, "Fakta kantor", "fakta"
    column_list = ("key", "value", "note")
    column_labels = {"key": "Fakta", "value": "Nilai", "note": "Keterangan"}
    column_formatters = {"key": macro("fact_key"), "value": macro("json_value"), "note": macro("fact_note")}
    column_searchable_list = ("key", "note")
    order = (Fact.key,)
    form = forms.FactForm

    def edit_form(self, obj=None):
        """Return the form of a fact: fields for the formats of document numbers, JSON for the others."""
        numbers = obj is not None and obj.key == "document_numbers"
        return (forms.NumberFormatsForm if numbers else forms.FactForm)(get_form_data(), obj=obj)

    def form_heading(self, row):
        return office_data_labels.fact(row.key)


class Holidays(OfficeData):
    """Hari libur dan hari kantor tutup."""

    model, name, endpoint = Holiday, "Kalender", "kalender"
    column_list = ("day", "name", "kind", "closed", "confirmed")
    column_labels = {"day": "Tanggal", "name": "Nama", "kind": "Jenis", "closed": "Kantor tutup", "confirmed": "Pasti"}
    column_choices = {"kind": forms.HOLIDAY_KINDS}
    column_searchable_list = ("name",)
    column_filters = ("day", "kind", "closed", "confirmed")
    order = (Holiday.day.desc(), Holiday.id)
    can_create = True
    form = forms.HolidayForm


class Villages(OfficeData):
    """Desa dan kelurahan, menurut kode Kemendagri."""

    model, name, endpoint = Village, "Desa", "desa"
    column_list = ("code", "name", "kind", "district", "postcode")
    column_labels = {"code": "Kode", "name": "Nama", "kind": "Jenis", "district": "Kecamatan", "postcode": "Kode pos"}
    column_choices = {"kind": PLACES}
    column_searchable_list = ("code", "name", District.name, "postcode")
    column_filters = ("district", "kind")
    order = (Village.code,)
    can_edit = False


class Offices(OfficeData):
    """Dinas dan loket desa, kelurahan, kecamatan."""

    model, name, endpoint = Office, "Kantor dan loket", "kantor"
    column_list = ("code", "name", "kind", "address", "appointments_per_hour")
    column_labels = {
        "code": "Kode", "name": "Nama", "kind": "Jenis", "address": "Alamat", "appointments_per_hour": "Janji per jam",
    }  # fmt: skip
    column_choices = {"kind": PLACES}
    column_searchable_list = ("code", "name", "address")
    column_filters = ("kind",)
    order = (Office.code,)
    form = forms.OfficeForm


class People(OfficeData):
    """Petugas, peran, dan nama pada sertifikat TTE; akun baru dibuat di server dengan perintah flask staff add."""

    model, name, endpoint = User, "Petugas", "orang"
    column_list = ("name", "email", "title", "grants", "disabled_at")
    column_labels = {"name": "Nama", "email": "E-mail", "title": "Jabatan", "grants": "Peran", "disabled_at": "Akun"}
    column_formatters = {"grants": macro("grants"), "disabled_at": macro("account")}
    column_searchable_list = ("name", "email", "title")
    column_sortable_list = ("name", "email", "title", "disabled_at")
    column_extra_row_actions = [
        EndpointLinkRowAction("", ".grant", title="Beri peran"),
        EndpointLinkRowAction("", ".certificate", title="Jabatan, pangkat, NIP, sertifikat TTE"),
    ]
    order = (User.name, User.id)
    can_edit = False

    def prefetch_related(self, rows):
        theirs = Grant.select(Grant, Office).join(Office, pw.JOIN.LEFT_OUTER).where(Grant.user.in_(rows))
        by_user: dict[int, list[Grant]] = {}
        for grant in theirs.order_by(Grant.id) if rows else ():
            by_user.setdefault(grant.user_id, []).append(grant)
        for row in rows:
            row.listed_grants = by_user.get(row.id, [])
        return rows

    @expose("/peran/", methods=("GET", "POST"))
    def grant(self):
        """Give a person one more role."""
        person, posted = self.get_one_or_404(), request.method == "POST"
        form = forms.GrantForm(request.form if posted else None, since=local().date())
        form.role.choices = forms.choices([(role, workflow.ROLES[role].label) for role in workflow.STAFF])
        offices = Office.select().order_by(Office.kind, Office.name)
        form.office.choices = forms.choices((str(one.id), one.name) for one in offices)
        if posted and form.validate() and self._is_granted(person, form):
            flash(f"Peran baru untuk {person.name} tersimpan.", "success")
            return redirect(self.get_url(".index_view"), 303)
        facts = {"form": form, "heading": f"Peran baru untuk {person.name}", "back": self.get_url(".index_view")}
        return self.render("staff/form.html", **facts), 422 if posted else 200

    @expose("/sertifikat/", methods=("GET", "POST"))
    def certificate(self):
        """Record what documents print below a person's signature, and the name on their certificate."""
        person, posted = self.get_one_or_404(), request.method == "POST"
        names = ("title", "rank", "nip", "certificate_name")
        form = forms.SignerForm(request.form if posted else None, **{name: getattr(person, name) for name in names})
        if posted and form.validate():
            User.update(**{name: (form[name].data or "").strip() for name in names}).where(
                User.id == person.id
            ).execute()
            flash(f"Tanda tangan {person.name} tersimpan.", "success")
            return redirect(self.get_url(".index_view"), 303)
        facts = {"form": form, "heading": f"Tanda tangan {person.name}", "back": self.get_url(".index_view")}
        return self.render("staff/form.html", **facts), 422 if posted else 200

    def _is_granted(self, person: User, form: forms.GrantForm) -> bool:
        facts = form.data | {"group": form.group.data or None, "office": int(form.office.data)}
        try:
            accounts.grant_role(person, facts.pop("role"), **facts)
        except accounts.AccountRefused as reason:
            form.role.errors = [str(reason)]
            return False
        return True


OFFICE_DATA = (Reasons, Messages, Statements, DocumentTemplates, Facts, Holidays, Villages, Offices, People)
