"""Logs: the outbox with what failed, and who exported which list. They show no application."""

import peewee as pw
from flask import flash, redirect, request
from flask_admin import expose
from flask_admin.model.template import macro

import workflow
from admin_views.base import StaffModelView
from admin_views.scope import abort_not_found
from jobs import outbox
from models import Export, Outbox
from web.filters import MAX_COUNTED


def _count(state: str) -> int:
    """Count the jobs in a state, to just beyond MAX_COUNTED, in the order of its index: see queue/query.py."""
    jobs = Outbox.select(Outbox.id).where(Outbox.state == state).order_by(Outbox.run_after, Outbox.id)
    few = jobs.limit(MAX_COUNTED + 1).alias("few")
    return Outbox.select(pw.fn.COUNT(few.c.id)).from_(few).scalar()


class OutboxView(StaffModelView):
    """Yang harus dikerjakan mesin: pesan dan dokumen. Tim TI melihat kode saja, bukan isi permohonan."""

    model, name, endpoint, roles = Outbox, "Pekerjaan mesin", "pekerjaan", (workflow.IT,)
    column_list = ("id", "job", "state", "attempts", "run_after", "created_at", "error")
    column_labels = {
        "id": "Nomor", "job": "Pekerjaan", "state": "Keadaan", "attempts": "Percobaan", "run_after": "Dicoba lagi",
        "created_at": "Dijanjikan", "error": "Kesalahan",
    }  # fmt: skip
    column_formatters = {"job": macro("job"), "state": macro("state")}
    column_searchable_list = ("job", "error")
    column_filters = ("created_at", "run_after", "attempts")
    column_sortable_list = ("id", "attempts", "run_after", "created_at")
    order = (Outbox.id.desc(),)
    list_template = "staff/outbox.html"
    empty = "Tidak ada pekerjaan mesin."
    extra_arguments = ("keadaan",)
    TONES = {"waiting": "info", "running": "info", "failed": "bad", "done": "good", "withdrawn": ""}
    STATES = {
        "waiting": "Menunggu", "running": "Sedang dikerjakan", "failed": "Gagal", "done": "Selesai",
        "withdrawn": "Diurungkan",
    }  # fmt: skip

    def scope(self):
        return Outbox.select()  # codes only, so that Tim TI may see all of it

    def home_tiles(self):
        return [(self.STATES[state], _count(state), {"keadaan": state}) for state in ("failed", "waiting")]

    def may_retry(self, row: Outbox) -> bool:
        return row.state == "failed"

    def narrow(self):
        asked = request.args.get("keadaan", "")
        return super().narrow().where(Outbox.state == asked) if asked in self.STATES else super().narrow()

    @expose("/coba-lagi/", methods=("POST",))
    def try_again(self):
        """Retry a failed row once more."""
        row = self.get_one(request.form.get("id", "")) or abort_not_found()
        outbox.retry(row)
        flash(f"Pekerjaan {row.id} dicoba lagi.", "success")
        return redirect(self.get_url(".index_view"), 303)


class Exports(StaffModelView):
    """Siapa mengunduh daftar apa. Yang diketik saat mencari tidak dicatat, hanya jenisnya."""

    model, name, endpoint, roles = Export, "Unduhan daftar", "unduhan", (workflow.AUDITOR,)
    column_list = ("at", "user", "format", "rows", "wanted")
    column_labels = {"at": "Saat", "user": "Petugas", "format": "Jenis", "rows": "Baris", "wanted": "Dipersempit"}
    column_formatters = {"wanted": macro("narrowed")}
    column_sortable_list = ("at", "user", "rows")
    column_filters = ("at", "user", "format", "rows")
    order = (Export.id.desc(),)
    list_template = "staff/exports.html"
    empty = "Belum ada daftar yang diunduh."


LOGS = (OutboxView, Exports)
