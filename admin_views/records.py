"""What is looked up rather than worked off: all applications, the log of one, and what the outbox still owes."""

import peewee as pw
from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_login import current_user

import outbox
import workflow
from admin_views.base import NUMBER, Records
from admin_views.exporting import Exporting
from admin_views.scope import missing, reachable
from models import Event, EventText, Export, Outbox, Permohonan, User
from roles import NOTHING
from templating import COUNTED

SUBMITTED = tuple(state for state in workflow.STATES if state != "draft")
READERS = tuple(role for role in workflow.STAFF if workflow.ROLES[role].reach != NOTHING)


class Applications(Exporting):
    """Semua yang dapat Anda lihat, dalam keadaan apa pun; yang terbaru paling atas."""

    title, address, roles, states = "Semua permohonan", "permohonan", READERS, SUBMITTED
    column_list = ("number", "applicant_name", "village", "track", "state", "submitted_at")
    order = (Permohonan.id.desc(),)
    on_home = for_many = claimable = False
    empty = "Tidak ada permohonan yang cocok di antara yang dapat Anda lihat."

    def waiting_states(self):
        return self.states

    def scope(self):
        return reachable(current_user, self.roles).where(Permohonan.state != "draft")

    @expose("/log/")
    def log(self):
        """The chain of one application: every event with its codes and the head of its hash."""
        permohonan = self.wanted()
        events = list(
            Event.select(Event, EventText)
            .join(EventText, pw.JOIN.LEFT_OUTER, on=(EventText.event == Event.id), attr="text")
            .where(Event.permohonan == permohonan.id)
            .order_by(Event.version)
        )
        return self.render("staff/log.html", permohonan=permohonan, events=events, roles=workflow.ROLES, **self.words())


class Promises(Records):
    """Yang harus dikerjakan mesin: pesan dan dokumen. Tim TI melihat kode saja, bukan isi permohonan."""

    table, title, address, roles = Outbox, "Pekerjaan mesin", "pekerjaan", (workflow.IT,)
    column_list = ("id", "job", "state", "attempts", "run_after", "created_at", "error")
    column_labels = {
        "id": "Nomor", "job": "Pekerjaan", "state": "Keadaan", "attempts": "Percobaan", "run_after": "Dicoba lagi",
        "created_at": "Dijanjikan", "error": "Kesalahan",
    }  # fmt: skip
    order = (Outbox.id.desc(),)
    list_template = "staff/promises.html"
    empty = "Tidak ada pekerjaan mesin."
    extra_arguments = ("keadaan",)
    TONES = {"waiting": "info", "running": "info", "failed": "bad", "done": "good"}
    STATES = {"waiting": "Menunggu", "running": "Sedang dikerjakan", "failed": "Gagal", "done": "Selesai"}

    def errands(self):
        waiting = {state: Outbox.select(Outbox.id).where(Outbox.state == state) for state in ("failed", "waiting")}
        return [
            (self.STATES[state], rows.limit(COUNTED + 1).count(), {"keadaan": state}) for state, rows in waiting.items()
        ]

    def may_retry(self, row: Outbox) -> bool:
        return row.state == "failed"

    def narrow(self):
        asked = request.args.get("keadaan", "")
        return self.scope().where(Outbox.state == asked) if asked in self.STATES else self.scope()

    @expose("/coba-lagi/", methods=("POST",))
    def try_again(self):
        """Try a failed row once more."""
        asked = request.form.get("id", "")
        row = Outbox.get_or_none(Outbox.id == int(asked)) if NUMBER.fullmatch(asked) else None
        if row is None:
            missing()
        outbox.retry(row)
        flash(f"Pekerjaan {row.id} dicoba lagi.", "success")
        return redirect(url_for(f"{self.endpoint}.index_view"), 303)


class Exports(Records):
    """Siapa mengunduh daftar apa. Yang diketik saat mencari tidak dicatat, hanya jenisnya."""

    table, title, address, roles = Export, "Unduhan daftar", "unduhan", (workflow.AUDITOR,)
    column_list = ("at", "user", "format", "rows", "wanted")
    column_labels = {"at": "Saat", "user": "Petugas", "format": "Jenis", "rows": "Baris", "wanted": "Dipersempit"}
    order = (Export.id.desc(),)
    list_template = "staff/exports.html"
    empty = "Belum ada daftar yang diunduh."

    def get_query(self):
        return Export.select(Export, User).join(User)


RECORDS = (Applications, Promises, Exports)
