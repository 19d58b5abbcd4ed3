"""The service editor: list, proposal, parts, preview, publication and editions of services, for Tim TI.

A route reads the request and answers; what a valid service is, and what becomes of its proposal, `catalogue` decides.
"""

import peewee as pw
from flask import Response, current_app, flash, g, redirect, request
from flask_admin import expose
from flask_login import current_user

import workflow
from admin_views.base import StaffModelView
from admin_views.files import PDF, file_response
from admin_views.scope import abort_not_found
from admin_views.service_editor import editions, parts, preview
from admin_views.service_editor.part_forms import NewServiceForm, ServiceForm
from catalogue import definition, definition_parts, diff, import_export, labels, proposals, validation
from catalogue.schema import InvalidDefinition
from documents import printouts
from models import Edition, Layanan, User
from web import service_directory

FROM_NOTHING = ("", "Dari awal, tanpa menyalin")


class ServiceEditor(StaffModelView):
    """Apa yang ditawarkan kantor ini. Perubahan baru berlaku setelah diterbitkan."""

    model, name, endpoint = Layanan, "Layanan", "layanan"
    roles = (workflow.IT,)
    order = (Layanan.position, Layanan.code, Layanan.id)
    page_size, page_size_options = 100, (25, 50, 100)
    list_template = "staff/layanan/list.html"
    empty = "Belum ada layanan. Tekan “Layanan baru”."

    # The list of services

    def prefetch_related(self, rows):
        newest = {one.layanan_id: one for one in Edition.select().order_by(Edition.number)} if rows else {}
        for row in rows:
            row.newest = newest.get(row.id)
            row.body = proposals.proposal_body(row, row.newest)
        return rows

    @expose("/urutan/", methods=("POST",))
    def arrange(self):
        """Move a service up or down in the lists that applicants see."""
        row = self.get_one_or_404()
        proposals.move_service(row, -1 if request.form.get("way") == "up" else 1)
        return redirect(self.get_url(".index_view", _anchor=row.code), 303)

    @expose("/buka/", methods=("POST",))
    def switch(self):
        """Open a service for new applications, or close it, with what its page says then."""
        row, active = self.get_one_or_404(), request.form.get("active") == "ya"
        try:
            proposals.set_active(row, active, None if active else proposals.closing_from(row, request.form))
        except proposals.ProposalRefused as reason:
            flash(str(reason), "error")
            return self._to_overview(row)
        flash(f"{row.code} {'dibuka' if active else 'ditutup'} untuk permohonan baru.", "success")
        return self._to_overview(row)

    @expose("/baru/", methods=("GET", "POST"))
    def add(self):
        """Create a service from nothing, or as a copy of another one."""
        posted = request.method == "POST"
        form = NewServiceForm(request.form if posted else None)
        known = self.prefetch_related(list(Layanan.select().order_by(*self.order)))
        copies = ((one.code, f"Salinan {one.code} · {one.body['name']['id'] if one.body else ''}") for one in known)
        form.model.choices = [FROM_NOTHING, *copies]
        if posted and form.validate():
            source = next((one.body for one in known if one.code == form.model.data), None)
            try:
                row = proposals.create_service(form.code.data, _first_body(form.data, source), current_user)
            except proposals.ProposalRefused as reason:
                form.code.errors = [str(reason)]
            else:
                flash("Layanan baru tersimpan sebagai usulan. Pemohon belum melihatnya.", "success")
                return self._to_overview(row)
        facts = {"heading": "Layanan baru", "back": self.get_url(".index_view"), "press": "Buat usulan"}
        return self.render("staff/layanan/form.html", form=form, **facts), 422 if posted else 200

    # The proposal and its parts

    @expose("/susun/")
    def overview(self):
        """Show the whole proposal of a service, and what it lacks before it can be published."""
        row = self.get_one_or_404()
        newest = proposals.newest_edition(row)
        body = proposals.proposal_body(row, newest)
        facts = {
            "row": row,
            "body": body,
            "newest": newest,
            "faults": _find_problems(row, body) if row.proposal else [],
            "labels": labels,
            "closing": row.closing or {"note": {}},
            "others": service_directory.current_services(),
            "differs": row.proposal is not None and (newest is None or newest.body != row.proposal),
        }
        return self.render("staff/layanan/overview.html", **facts)

    @expose("/keterangan/", methods=("GET", "POST"))
    def facts(self):
        """Edit name, form code, processing time and the other facts of a service."""
        row = self.get_one_or_404()
        body, conflict = proposals.proposal_body(row), ""
        form = ServiceForm(request.form if request.method == "POST" else None, data=body)
        others = proposals.other_services(row).items()
        form.offer_services([(code, f"{one['name']['id']} ({code})") for code, one in others if not one.get("part_of")])
        if request.method == "POST" and form.validate():
            given = {key: value for key, value in (body | form.data).items() if value is not None}
            wrong = [one for one in validation.find_problems(given, {}) if not one.kind and one.sentence]
            try:
                if not parts.add_error(form, wrong[0].sentence if wrong else ""):
                    proposals.save(row, given, _seen_version(), current_user)
                    return self._saved(row, "keterangan")
            except proposals.ProposalConflict as changed:
                conflict, row = str(changed), self.get_one_or_404()
        return self._form_page(row, form, "Keterangan umum", conflict)

    @expose("/unsur/", methods=("GET", "POST"))
    def part(self):
        """Edit one product, requirement, section or field, or add one."""
        row, kind = self.get_one_or_404(), _argument("jenis")
        body, key, home = proposals.proposal_body(row), _argument("kunci"), _argument("di")
        spot = definition_parts.find_part(body, kind, key) if key and kind in parts.FORMS else None
        if kind not in parts.FORMS or (not spot if key else definition_parts.part_list(body, kind, home) is None):
            return self._part_gone(row) if request.method == "POST" else abort_not_found()
        home = home or definition_parts.parent_key(body, kind, key)
        scene, before, conflict = parts.context(row, body, kind, key, home), spot.part if spot else {}, ""
        form = parts.FORMS[kind](request.form if request.method == "POST" else None, before, scene)
        if request.method == "POST" and form.validate():
            try:
                if parts.save(row, form, before, _seen_version(), current_user):
                    return self._saved(row, f"{kind}-{form.own_key()}" if kind != "items" else f"fields-{home}")
            except (proposals.ProposalConflict, definition_parts.EditRefused) as changed:
                conflict, row = str(changed), self.get_one_or_404()
        heading = parts.heading(kind, spot)
        return self._form_page(row, form, heading, conflict, scene=scene, spot=spot, template="staff/layanan/part.html")

    @expose("/susunan/", methods=("POST",))
    def rearrange(self):
        """Move a part up or down, or remove it."""
        row = self.get_one_or_404()
        body = proposals.proposal_body(row)
        kind, _, rest = (request.form.get("move") or request.form.get("remove") or "").partition(":")
        key, _, way = rest.partition(":")
        if kind not in parts.FORMS or not definition_parts.find_part(body, kind, key):
            return self._part_gone(row)
        try:
            if request.form.get("move"):
                definition_parts.move_part(body, kind, key, -1 if way == "up" else 1)
            else:
                flash(f"“{parts.remove(body, kind, key)}” dihapus dari usulan.", "success")
            proposals.save(row, body, _seen_version(), current_user)
        except (proposals.ProposalConflict, definition_parts.EditRefused) as changed:
            flash(f"Belum tersimpan: {changed}", "warn")
        anchor = f"{kind}-{key}" if request.form.get("move") else kind
        return self._to_overview(row, anchor.partition(".")[0])

    @expose("/buang/", methods=("POST",))
    def discard(self):
        """Discard the proposal; a service that was never published is deleted with it."""
        row = self.get_one_or_404()
        try:
            proposals.discard(row, _seen_version(), current_user)
        except proposals.ProposalConflict as changed:
            flash(f"Tidak dibuang: {changed}", "warn")
            return self._to_overview(row)
        flash(f"Usulan {row.code} dibuang.", "success")
        return redirect(self.get_url(".index_view"), 303)

    def _to_overview(self, row: Layanan, anchor: str | None = None):
        return redirect(self.get_url(".overview", id=row.id, _anchor=anchor), 303)

    def _saved(self, row: Layanan, anchor: str):
        flash("Tersimpan dalam usulan. Pemohon melihatnya setelah diterbitkan.", "success")
        return self._to_overview(row, anchor)

    def _part_gone(self, row: Layanan):
        flash("Bagian itu sudah tidak ada dalam usulan; mungkin baru dihapus orang lain.", "warn")
        return self._to_overview(row)

    def _form_page(self, row: Layanan, form, heading: str, conflict: str = "", **more):
        template = more.pop("template", "staff/layanan/form.html")
        facts = {"row": row, "form": form, "heading": heading, "conflict": conflict, "press": "Simpan"}
        facts["back"] = self.get_url(".overview", id=row.id)
        status = 409 if conflict else 422 if request.method == "POST" else 200
        return self.render(template, **facts, **more), status

    # Preview

    @expose("/pratinjau/")
    def preview(self):
        """Show the proposal in the frame of a phone, with the answers on which other fields depend."""
        row = self.get_one_or_404()
        body, wrong = preview.renderable_body(row)
        pages = preview.page_names(row, body) if not wrong else {}
        here = _argument("hal") if _argument("hal") in pages else "layanan"
        g.frames = True
        facts = {"row": row, "body": body, "wrong": wrong, "pages": pages, "here": here}
        facts |= {"asked": preview.deciding_fields(body), "given": preview.given_arguments()}
        return self.render("staff/layanan/preview.html", answers_of=definition_parts.choice_options, **facts)

    @expose("/pratinjau/isi/")
    def inside(self):
        """Return one applicants' page of the proposal, to stand in the frame of the phone."""
        row = self.get_one_or_404()
        body, wrong = preview.renderable_body(row)
        page = _argument("hal") or "layanan"
        if wrong or page not in preview.page_names(row, body):
            abort_not_found()
        g.framed = True
        given = preview.given_arguments()
        address = lambda hal: self.get_url(".inside", id=row.id, hal=hal, **given)  # noqa: E731
        side = preview.PreviewChannel(current_app.extensions["channels"]["applicant"], address)
        return preview.render_page(side, preview.unsaved_edition(row, body), page, given)

    @expose("/formulir/")
    def blank_form(self):
        """Return the blank form (PDF) of the proposal."""
        row = self.get_one_or_404()
        body, wrong = preview.renderable_body(row)
        if wrong:
            abort_not_found()
        edition = preview.unsaved_edition(row, body)
        return file_response(lambda: printouts.application_form(edition), PDF, f"formulir-{row.code}-usulan.pdf")

    # Publication and editions

    @expose("/terbitkan/", methods=("GET", "POST"))
    def publish(self):
        """Show what the proposal changes for applicants, and publish it."""
        row = self.get_one_or_404()
        before = proposals.newest_edition(row)
        if request.method == "POST":
            return self._publish(row)
        body = proposals.proposal_body(row, before)
        wrong = _find_problems(row, body)
        facts = {"row": row, "body": body, "before": before, "faults": wrong}
        changes = diff.compare(before.body if before else {}, body)
        return self.render("staff/layanan/publish.html", changes=changes, **facts)

    def _publish(self, row: Layanan):
        before = _whole_number(request.form.get("number", ""))
        try:
            edition = proposals.publish(row, _seen_version(), before, current_user._get_current_object())
        except (proposals.ProposalConflict, proposals.ProposalRefused) as reason:
            flash(f"Tidak diterbitkan: {reason}", "warn")
        except InvalidDefinition as wrong:
            flash(f"Tidak diterbitkan: {validation.problem_sentence(wrong)}", "error")
        else:
            opened = "Pemohon melihatnya mulai sekarang." if row.active else "Layanan ini masih ditutup."
            running = "Permohonan yang berjalan tetap memakai edisinya."
            flash(f"Edisi {edition.number} terbit. {opened} {running}", "success")
        return self._to_overview(row)

    @expose("/edisi/")
    def editions(self):
        """List the editions with their publishers, and what the selected one changed."""
        row = self.get_one_or_404()
        query = Edition.select(Edition, User).join(User, pw.JOIN.LEFT_OUTER, on=(Edition.published_by == User.id))
        ones = list(query.where(Edition.layanan == row.id).order_by(Edition.number.desc()))
        shown = _selected_edition(row) if _argument("nomor") else ones[0] if ones else None
        before = next((one for one in ones if shown and one.number == shown.number - 1), None)
        changes = diff.compare(before.body, shown.body) if before and shown else []
        facts = {"row": row, "editions": ones, "shown": shown, "before": before, "changes": changes}
        return self.render("staff/layanan/editions.html", body=proposals.proposal_body(row), **facts)

    @expose("/edisi/pakai/", methods=("POST",))
    def restore(self):
        """Make an old edition the proposal, to be published again."""
        row = self.get_one_or_404()
        old = _selected_edition(row)
        try:
            editions.refuse_pending_proposal(row)
            proposals.save(row, old.body, _seen_version(), current_user)
        except (proposals.ProposalConflict, proposals.ProposalRefused) as reason:
            flash(str(reason), "warn")
            return self._to_overview(row)
        return redirect(self.get_url(".publish", id=row.id), 303)

    @expose("/unduh/")
    def export(self):
        """Export the proposal, or the selected edition, as a TOML file."""
        row = self.get_one_or_404()
        body = _selected_edition(row).body if _argument("nomor") else proposals.proposal_body(row)
        try:
            text = import_export.to_toml(definition.validate_definition(body))
        except InvalidDefinition as wrong:
            flash(f"Belum dapat diunduh. {validation.problem_sentence(wrong)}", "warn")
            return self._to_overview(row)
        answer = Response(text, mimetype="application/toml")
        answer.headers["Content-Disposition"] = f'attachment; filename="{row.code}.toml"'
        return answer

    @expose("/muat/", methods=("GET", "POST"))
    def load(self):
        """Import a TOML file, of another office or from a text editor, as a proposal."""
        error = ""
        if request.method == "POST":
            try:
                row = editions.import_file(request.files.get("file"), current_user)
            except (import_export.ImportRefused, proposals.ProposalRefused, proposals.ProposalConflict) as reason:
                error = str(reason)
            else:
                flash("Berkas dimuat sebagai usulan. Periksa perbedaannya, lalu terbitkan.", "success")
                return redirect(self.get_url(".publish", id=row.id), 303)
        return self.render("staff/layanan/load.html", error=error), 422 if error else 200


def _find_problems(row: Layanan, body: dict) -> list[validation.Problem]:
    """Return the problems of a proposal, and of the ways from it to other services."""
    found = validation.find_problems(body, definition.read_codes())
    return [*found, *validation.find_link_problems(body, proposals.other_services(row))]


def _argument(name: str) -> str:
    """Return an argument of the URL, cut to 100 characters."""
    return request.args.get(name, "")[:100]


def _whole_number(text: str) -> int:
    """Parse a number from a form or a URL; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _seen_version() -> int:
    """Return the proposal's version from which the page was rendered; -1, which no proposal has, if it is absent."""
    return _whole_number(request.form.get("version", ""))


def _selected_edition(row: Layanan) -> Edition:
    """Return the edition that the URL names by its number, or end the request with 404."""
    wanted = (Edition.layanan == row.id) & (Edition.number == _whole_number(_argument("nomor")))
    return Edition.select().where(wanted).first() or abort_not_found()


def _first_body(typed: dict, source: dict | None) -> dict:
    """Return the first proposal of a new service: empty, or a copy of `source`."""
    if source is None:
        needed = ("code", "name", "form_code", "group", "category")
        return definition_parts.new_service(*(typed[key] for key in needed))
    given = {key: typed[key] for key in ("form_code", "group", "category") if typed[key]}
    return source | given | {"name": typed["name"], "code": typed["code"]}
