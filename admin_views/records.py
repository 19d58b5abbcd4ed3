"""What is looked up rather than worked off: all applications, the log of one, and what the outbox still owes."""

import peewee as pw
from flask import flash, redirect, request, url_for
from flask_admin import expose

import outbox
import workflow
from admin_views.base import NUMBER, Records
from admin_views.permohonan import PermohonanView
from admin_views.scope import STAFF, missing
from models import Event, EventText, Outbox, Permohonan, by_name, is_sqlite

SUBMITTED = tuple(state for state in workflow.STATES if state != "draft")
READERS = tuple(role for role in STAFF if role != workflow.IT)
FOUND_AT_MOST, LETTERS_AT_LEAST, LETTERS_AT_MOST = 50, 3, 100
WHOLE_NUMBER = len("AKU-261123-ABCDEF-G")


class Applications(PermohonanView):
    """Semua permohonan yang dapat dijangkau seseorang, dalam keadaan apa pun."""

    title, address, roles, states = "Semua permohonan", "permohonan", READERS, SUBMITTED
    column_list = ("number", "applicant_name", "village", "track", "state", "submitted_at")
    order = (Permohonan.id.desc(),)
    on_home = for_many = claimable = False
    empty = "Belum ada permohonan yang dapat Anda lihat."

    def waiting_states(self):
        return self.states

    def tabs(self):
        return []  # to count a million finished ones would take longer than the list itself

    @expose("/cari/", methods=("POST",))
    def search(self):
        """By number, NIK or name; posted, so that no NIK stands in an address."""
        wanted = " ".join(request.form.get("q", "").replace("\0", "").split())[:LETTERS_AT_MOST]
        rows = self.completed(list(self._found(wanted))) if len(wanted) >= LETTERS_AT_LEAST else []
        facts = {"wanted": wanted, "data": rows, "list_columns": self._list_columns}
        return self.render("staff/found.html", **facts, **self.words())

    def _found(self, wanted: str):
        return self.get_query().where(Permohonan.id.in_(_ids(self.scope(), wanted))).order_by(*self.order)

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


def _ids(scope: pw.ModelSelect, wanted: str) -> list[int]:
    """Routed by shape, so that each kind of search has an index."""
    digits = wanted.replace(" ", "").replace(".", "").replace("-", "")
    if len(digits) == 16 and digits.isascii() and digits.isdigit():
        shape = (Permohonan.applicant_nik == digits) | (Permohonan.subject_nik == digits)
    elif wanted.upper().startswith("AKU-"):
        shape = _numbered(wanted.upper())
    else:
        return by_name(scope, wanted, FOUND_AT_MOST)
    return [row[0] for row in scope.select(Permohonan.id).where(shape).limit(FOUND_AT_MOST).tuples()]


def _numbered(number: str) -> pw.Expression:
    """A whole number, or how one begins; the bounds are for SQLite, where no index helps with LIKE."""
    if len(number) == WHOLE_NUMBER:
        return Permohonan.number == number
    begins = Permohonan.number.startswith(number)
    return begins & (Permohonan.number >= number) & (Permohonan.number < f"{number}~") if is_sqlite() else begins


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
        outbox.try_again(row)
        flash(f"Pekerjaan {row.id} dicoba lagi.", "success")
        return redirect(url_for(f"{self.endpoint}.index_view"), 303)


RECORDS = (Applications, Promises)
