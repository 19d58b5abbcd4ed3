"""Editions of a service on screens: differences, publishing, going back to an old one, one file out and in."""

import peewee as pw
from flask import Response, flash, redirect, request
from flask_admin import expose
from flask_login import current_user

from admin_views.services.base import ServiceScreen, number
from intake import comparing, faults, outline, proposals, services, sharing
from intake.shape import Malformed
from models import Edition, Layanan, StoredFile, User

WAITING = "Masih ada usulan {} yang belum terbit. Terbitkan atau buang dulu, supaya tidak ada yang hilang."


class Versions(ServiceScreen):
    """Mixed into the screen of services."""

    @expose("/terbitkan/", methods=("GET", "POST"))
    def publish(self):
        """What changes for applicants, and the press that makes it so."""
        row = self.wanted()
        before = proposals.newest(row)
        if request.method == "POST":
            return self._publish(row)
        body = proposals.body_of(row, before)
        wrong = faults.faults(body, services.read_codes())
        facts = {"row": row, "body": body, "before": before, "faults": wrong}
        changes = comparing.compare(before.body if before else {}, body)
        return self.render("staff/layanan/publish.html", changes=changes, **facts)

    def _publish(self, row: Layanan):
        before = number(request.form.get("number", ""))
        try:
            edition = proposals.publish(row, self.seen(), before, current_user._get_current_object())
        except (proposals.Changed, proposals.Refused) as reason:
            flash(f"Tidak diterbitkan: {reason}", "warn")
        except Malformed as wrong:
            flash(f"Tidak diterbitkan: {faults.problem_sentence(wrong)}", "error")
        else:
            opened = "Pemohon melihatnya mulai sekarang." if row.active else "Layanan ini masih ditutup."
            flash(
                f"Edisi {edition.number} terbit. {opened} Permohonan yang berjalan tetap memakai edisinya.", "success"
            )
        return redirect(self.get_url(".overview", id=row.id), 303)

    @expose("/edisi/")
    def editions(self):
        """Every edition: who, when; what the one that is asked for changed."""
        row = self.wanted()
        ones = list(
            Edition.select(Edition, User)
            .join(User, pw.JOIN.LEFT_OUTER, on=(Edition.published_by == User.id))
            .where(Edition.layanan == row.id)
            .order_by(Edition.number.desc())
        )
        shown = self.edition(row) if self.named("nomor") else ones[0] if ones else None
        before = next((one for one in ones if shown and one.number == shown.number - 1), None)
        changes = comparing.compare(before.body, shown.body) if before and shown else []
        facts = {"row": row, "editions": ones, "shown": shown, "before": before, "changes": changes}
        return self.render("staff/layanan/editions.html", body=proposals.body_of(row), **facts)

    @expose("/edisi/pakai/", methods=("POST",))
    def restore(self):
        """Make an old edition the proposal; publishing it is the next press."""
        row = self.wanted()
        old = self.edition(row)
        try:
            if row.proposal is not None:
                raise proposals.Refused(WAITING.format(row.code))
            proposals.keep(row, old.body, self.seen(), current_user)
        except (proposals.Changed, proposals.Refused) as reason:
            flash(str(reason), "warn")
            return redirect(self.get_url(".overview", id=row.id), 303)
        return redirect(self.get_url(".publish", id=row.id), 303)

    @expose("/unduh/")
    def export(self):
        """The proposal, or the edition that is asked for, as one readable file."""
        row = self.wanted()
        body = self.edition(row).body if self.named("nomor") else proposals.body_of(row)
        try:
            text = sharing.to_toml(services.check(body))
        except Malformed as wrong:
            flash(f"Belum dapat diunduh. {faults.problem_sentence(wrong)}", "warn")
            return redirect(self.get_url(".overview", id=row.id), 303)
        answer = Response(text, mimetype="application/toml")
        answer.headers["Content-Disposition"] = f'attachment; filename="{row.code}.toml"'
        return answer

    @expose("/muat/", methods=("GET", "POST"))
    def load(self):
        """A file from another office, or from a text editor, as a proposal."""
        error = ""
        if request.method == "POST":
            try:
                row = self._loaded()
            except (sharing.Refused, proposals.Refused, proposals.Changed) as reason:
                error = str(reason)
            else:
                flash("Berkas dimuat sebagai usulan. Periksa perbedaannya, lalu terbitkan.", "success")
                return redirect(self.get_url(".publish", id=row.id), 303)
        return self.render("staff/layanan/load.html", error=error), 422 if error else 200

    def _loaded(self) -> Layanan:
        posted = request.files.get("file")
        if posted is None or not posted.filename:
            raise sharing.Refused("Pilih berkas .toml dulu.")
        body = _without_strange_samples(sharing.from_toml(posted.stream.read(sharing.LARGEST + 1)))
        row = Layanan.get_or_none(Layanan.code == body["code"])
        if row is None:
            return proposals.begin(body["code"], body, current_user)
        if row.proposal is not None:
            raise proposals.Refused(WAITING.format(row.code))
        proposals.keep(row, body, row.version, current_user)
        return row


def _without_strange_samples(body: dict) -> dict:
    """Without the pictures that another office uploaded: they did not come along."""
    uploaded = [one for one in body["requirements"] if len(one.get("sample", "")) == outline.UPLOADED]
    for one in uploaded:
        here = (StoredFile.key == one["sample"]) & (StoredFile.kind == "sample")
        if not StoredFile.select().where(here).exists():
            del one["sample"]
            flash(f"Gambar contoh “{one['name']['id']}” tidak ikut; unggah lagi di sini.", "warn")
    return body
