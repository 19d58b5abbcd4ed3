"""Layanan: the list of what the office offers, its order, what is open, and how a new service begins."""

from flask import flash, redirect, request
from flask_admin import expose
from flask_login import current_user

from admin_views.services.forms import NewForm
from admin_views.services.parts import Parts
from admin_views.services.preview import Preview
from admin_views.services.versions import Versions
from intake import outline, proposals
from models import Edition, Layanan

SCRATCH = ("", "Dari awal, tanpa menyalin")


class Services(Parts, Versions, Preview):
    """Apa yang ditawarkan kantor ini. Perubahan baru berlaku setelah diterbitkan."""

    order = (Layanan.position, Layanan.code, Layanan.id)
    page_size, page_size_options = 100, (25, 50, 100)
    list_template = "staff/layanan/list.html"
    empty = "Belum ada layanan. Tekan “Layanan baru”."

    def completed(self, rows):
        newest = {one.layanan_id: one for one in Edition.select().order_by(Edition.number)} if rows else {}
        for row in rows:
            row.newest = newest.get(row.id)
            row.body = proposals.body_of(row, row.newest)
        return rows

    @expose("/urutan/", methods=("POST",))
    def arrange(self):
        """Move a service up or down in the lists that applicants see."""
        row = self.wanted()
        proposals.arrange(row, -1 if request.form.get("way") == "up" else 1)
        return redirect(self.get_url(".index_view", _anchor=row.code), 303)

    @expose("/buka/", methods=("POST",))
    def switch(self):
        """Open a service for new applications, or close it."""
        row, active = self.wanted(), request.form.get("active") == "ya"
        proposals.switch(row, active)
        flash(f"{row.code} {'dibuka' if active else 'ditutup'} untuk permohonan baru.", "success")
        return redirect(self.get_url(".overview", id=row.id), 303)

    @expose("/baru/", methods=("GET", "POST"))
    def add(self):
        """Begin a service from nothing, or from another one."""
        posted = request.method == "POST"
        form = NewForm(request.form if posted else None)
        known = self.completed(list(Layanan.select().order_by(*self.order)))
        form.model.choices = [SCRATCH, *((one.code, f"Salinan {one.code} · {self._name(one)}") for one in known)]
        if posted and form.validate():
            source = next((one.body for one in known if one.code == form.model.data), None)
            try:
                row = proposals.begin(form.code.data, _begun(form.data, source), current_user)
            except proposals.Refused as reason:
                form.code.errors = [str(reason)]
            else:
                flash("Layanan baru tersimpan sebagai usulan. Pemohon belum melihatnya.", "success")
                return redirect(self.get_url(".overview", id=row.id), 303)
        facts = {"heading": "Layanan baru", "back": self.get_url(".index_view"), "press": "Buat usulan"}
        return self.render("staff/layanan/form.html", form=form, **facts), 422 if posted else 200

    def _name(self, row: Layanan) -> str:
        return row.body["name"]["id"] if row.body else ""


def _begun(typed: dict, source: dict | None) -> dict:
    """The first proposal, as the form says."""
    if source is None:
        return outline.begun(typed["code"], typed["name"], typed["form_code"], typed["group"], typed["category"])
    given = {key: typed[key] for key in ("form_code", "group", "category") if typed[key]}
    return source | given | {"name": typed["name"], "code": typed["code"]}
