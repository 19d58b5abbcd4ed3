"""Account recovery at counters: look up by NIK, record the identity documents seen, print a code; and its log."""

from flask import current_app, flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.model.template import macro
from flask_login import current_user

import office
import workflow
from accounts import rate_limits, recovery
from admin_views import columns
from admin_views.base import StaffModelView
from admin_views.files import PDF, file_response
from admin_views.scope import abort_not_found
from catalogue.nik import clean_nik
from catalogue.text_input import InvalidAnswer
from documents import layout
from lib import encryption
from lib.database import now
from models import Recovery, User

GIVERS = (workflow.COUNTER_OPERATOR, workflow.PICKUP)
READERS = (workflow.IT, workflow.AUDITOR)
NOBODY = (
    "Tidak ada akun atas NIK itu yang dapat dipulihkan di sini. Akun dikenali dari permohonan yang pernah dikirim "
    "atas nama pemiliknya, di wilayah loket ini. Tanpa itu, daftar akun baru saja; permohonan diikuti dengan nomornya."
)


class Recoveries(StaffModelView):
    """Akun warga yang dipulihkan di loket karena e-mail lamanya tidak dapat dibuka: siapa, oleh siapa, dan hasilnya."""

    model, name, endpoint, roles = Recovery, "Pemulihan akun", "pemulihan", (*GIVERS, *READERS)
    column_list = ("at", "user", "officer", "seen", "state")
    column_labels = {"at": "Waktu", "user": "Akun", "officer": "Petugas", "seen": "Yang dilihat", "state": "Hasil"}
    column_formatters = {name: macro(f"{name}_cell") for name in ("user", "officer", "seen", "state")}
    column_sortable_list = ("at", "user", "officer")
    column_filters = ("at",)
    column_searchable_list = ("user.name",)
    order = (Recovery.id.desc(),)
    list_template = "staff/recoveries.html"
    empty = "Belum ada akun yang dipulihkan."

    def scope(self):
        """Tim TI and auditor read all; a counter what it did itself."""
        everything = current_user.roles & set(READERS)
        return Recovery.select() if everything else Recovery.select().where(Recovery.officer == current_user.id)

    def home_tiles(self):
        return [("Akun dikunci", recovery.count_locked(), {})] if workflow.IT in current_user.roles else []

    def get_query(self):
        return columns.with_relations(Recovery, ("user", "officer", "office"))

    @expose("/")
    def index_view(self):
        may_settle = workflow.IT in current_user.roles
        self._template_args.update(may_give=self._gives(), may_settle=may_settle, PAPERS=recovery.IDENTITY_DOCUMENTS)
        self._template_args.update(outcome=outcome, is_locked=recovery.is_locked)
        return super().index_view()

    def _gives(self) -> bool:
        return bool(current_user.roles & set(GIVERS))

    @expose("/cari/", methods=("POST",))
    def search(self):
        """The accounts of a NIK; posted, so that it stands in no address."""
        return self._found()

    def _found(self, error: str = "", wrong: str = ""):
        if not self._gives():
            abort_not_found()
        typed = request.form.get("nik", "")[:100]
        try:
            nik = clean_nik(typed, "NIK")
            found = recovery.look_up_accounts(nik, current_user)
        except (InvalidAnswer, rate_limits.RateLimited) as refused:
            nik, found, error = "", [], str(refused)
        choices = [(user, choice(user)) for user in found]
        error = error or ("" if found else NOBODY)
        facts = {"typed": typed, "nik": nik, "choices": choices, "error": error, "wrong": wrong}
        page = self.render("staff/recovery.html", papers=recovery.IDENTITY_DOCUMENTS, **facts)
        return page, 422 if error or wrong else 200

    @expose("/kode/", methods=("POST",))
    def give(self):
        """Print a code for one of the accounts; it is shown nowhere but on this paper."""
        if not self._gives():
            abort_not_found()
        if not request.form.get("present"):
            return self._found(wrong="Kode hanya untuk pemilik akun yang datang sendiri.")
        try:
            nik = clean_nik(request.form.get("nik", ""), "NIK")
            found = {choice(user): user for user in recovery.find_accounts(nik, current_user)}
            user = found.get(request.form.get("account", "")) or abort_not_found()
            seen = set(request.form.getlist("seen"))
            code = recovery.issue_code(user, current_user, seen)
        except (InvalidAnswer, rate_limits.RateLimited, recovery.RecoveryRefused) as refused:
            return self._found(wrong=str(refused))
        return file_response(lambda: _slip(code, seen), PDF, "kode-pemulihan.pdf")

    @expose("/buka/", methods=("POST",))
    def settle(self):
        """Open an account again that the old address had locked."""
        row = self.get_one(request.form.get("id", ""))
        if row is None or workflow.IT not in current_user.roles:
            abort_not_found()
        if recovery.unlock(row, current_user):
            flash("Kunci akun dibuka.", "success")
        return redirect(url_for(f"{self.endpoint}.index_view"), 303)


def choice(user: User) -> str:
    """Names an account in a form without telling its number."""
    return encryption.keyed_hash(str(user.id), "recovery-choice")[:20]


def outcome(row: Recovery) -> tuple[str, str]:
    """Return the outcome of a recovery in words, and its tone."""
    if recovery.is_locked(row):
        return "Disangkal pemilik alamat lama, akun dikunci", "bad"
    if row.used_at:
        return "Pulih, kuncinya dibuka Tim TI" if row.settled_at else "Pulih", "good"
    if row.stopped_at:
        return "Dibatalkan", "warn"
    return ("Menunggu dipakai", "info") if row.expires_at > now() else ("Lewat waktu, tidak dipakai", "")


def _slip(code: str, seen: set[str]) -> bytes:
    facts = {
        "code": recovery.format_code(code),
        "until": office.moment_in_words(now() + recovery.CODE_LIFETIME),
        "url": f"{current_app.config['BASE_URL']}/pulihkan",
        "officer": current_user.name,
        "seen": "; ".join(words for key, words in recovery.IDENTITY_DOCUMENTS.items() if key in seen),
    }
    return layout.recovery_slip(facts, office=office.contact_details(), demo=current_app.config["DEMO"])
