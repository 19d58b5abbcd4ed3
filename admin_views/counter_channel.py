"""The counter channel (L-a … L-c): operators fill in applications for residents, at their own counters only."""

from dataclasses import replace
from functools import wraps

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

import workflow
from accounts.reach import visible_as
from admin_views.gate import require_sign_in
from admin_views.scope import abort_not_found, find
from intake import application_copy, drafts, revision_diff
from models import Permohonan
from web import filters, service_directory, service_search, wizard
from web.wizard import ApplicationInChannel, Channel
from web.wizard.field_pages import draft_to_fill, typed_nik

MAX_QUERY, MAX_UNFINISHED = 100, 5
ACTION_PAGES = {"submit": "counter.check", "resubmit": "counter.one"}  # actions that have a page of their own


class CounterChannel(Channel):
    """Counter operators, for residents who need neither account nor e-mail."""

    role, blueprint, root = workflow.COUNTER_OPERATOR, "counter", "/petugas/loket/permohonan"
    frame, for_others = "staff/counter_frame.html", True
    # fmt: off
    words = {
        "about": "Pilih layanan lain",
        "begin": "Dokumen yang diminta dari pemohon. Belum lengkap pun boleh dimulai: tersimpan sebagai draf Anda.",
        "unfinished": "Draf Anda untuk layanan ini",
        "later": "Lanjutkan kapan saja dari Draf saya.",
        "pause": "Hanya Anda yang melihat draf ini, sampai dikirim.",
        "unsure": "Pemohon belum membawa datanya? Tekan “Simpan, lanjut nanti”; drafnya menunggu 30 hari.",
        "help": "",
        "form": "Cetak formulir yang sudah terisi jawaban, minta pemohon menandatangani, lalu foto atau pindai.",
        "sign": "Serahkan layar kepada pemohon; ia yang menandatangani di kotak di bawah, dengan jari atau pena.",
        "check": "Periksa bersama pemohon",
        "check_note": "Bacakan ejaan nama, NIK, dan tanggal. Setelah dikirim, isian berubah hanya bila admin meminta.",
        "declare": "Bacakan kepada pemohon, dan centang bila pemohon menyetujuinya.",
        "yours": "Permohonan ini",
        "news": "Cetak slipnya untuk pemohon: nomor, dan kode QR untuk melacak. Kabarnya juga masuk ke beranda Anda.",
        "faults": "perlu diperbaiki",
        "resend": "Begitu dikirim ulang, pemeriksaan dilanjutkan dari sini.",
        "waiting": "Hitungan waktu layanan berhenti selama menunggu perbaikan ini.",
        "double": "Bila benar, tanyakan ke Dinas:",
        "overrule": "Jika ini memang hal lain, teruskan, dan tulis alasannya di halaman terakhir.",
        "corrected": "Perbaikan dikirim. Pemeriksaan dilanjutkan dengan nomor yang sama.",
    }
    # fmt: on

    def require_access(self, view):
        @wraps(view)
        def shown(**parts):
            if not current_user.is_authenticated or not current_user.is_staff:
                return require_sign_in()
            if self.role not in current_user.roles:
                abort_not_found()
            return view(**parts)

        return shown

    def find(self, key):
        return find(current_user, key, (self.role,))

    def home_url(self):
        return url_for("loket.index_view")

    def about(self, edition):
        return url_for("counter.services", _anchor=edition.body["category"])

    def offices(self):
        held = {grant.office_id: grant.office for grant in current_user.as_role(self.role) if grant.village_ids}
        return list(held.values())

    def begin(self, edition, place, known):
        return drafts.create_application(edition, helper=current_user._get_current_object(), place=place, known=known)

    def unfinished_applications(self, edition):
        unsent = Permohonan.submitted_at.is_null() & Permohonan.lapses_at.is_null(False)
        mine = visible_as(current_user, self.role).where(Permohonan.layanan == edition.layanan_id, unsent)
        return list(mine.order_by(Permohonan.id.desc()).limit(MAX_UNFINISHED))

    def copy(self, permohonan):
        return application_copy.copy_application(permohonan, None, current_user._get_current_object())

    def villages(self, permohonan):
        names = drafts.village_names()
        return {village.code: names[village.code] for village in permohonan.office.villages().order_by("name")}

    def page(self, case, correction):
        """Render the application while there is something to fill in; else redirect to its page in the queue."""
        permohonan = case.permohonan
        if correction is None and draft_to_fill(case) is None:
            return redirect(url_for("loket.details_view", id=permohonan.key), 303)
        rows = [row for row in workflow.allowed(permohonan, current_user) if row.action not in ACTION_PAGES]
        changes = revision_diff.revision_changes(permohonan)
        facts = {"rows": rows, "state": workflow.STATES[permohonan.state], "changes": changes}
        return case.render("staff/counter_application.html", correction=correction, **facts)

    def after_submission(self, case: ApplicationInChannel):
        """Redirect to where the next resident is taken in, with a link to the slip of this one."""
        number, day = case.permohonan.number, filters.long_date(case.permohonan.due_at)
        until = f" Selesai paling lambat {day}." if day else ""
        flash(f"Permohonan dikirim dengan nomor {number}.{until}", "success")
        slip = [url_for("staff_files.slip", key=case.permohonan.key), f"Cetak slip {number}"]
        flash(slip, "paper")  # type: ignore[arg-type]
        return redirect(url_for("counter.services"), 303)


CHANNEL = CounterChannel()
bp = Blueprint("counter", __name__)
wizard.mount(bp, CHANNEL)


def action_page_url(permohonan: Permohonan, action: str) -> str:
    """Return the URL of the counter's own page for an action that has one, else ""."""
    mine = permohonan.track == workflow.COUNTER and CHANNEL.role in current_user.roles
    return url_for(ACTION_PAGES[action], key=permohonan.key) if mine and action in ACTION_PAGES else ""


def with_action_page(button, permohonan: Permohonan):
    """Return the button, linked to the counter's own page of its action if there is one."""
    page = action_page_url(permohonan, button.transition.action)
    return replace(button, url=page, opens=True, in_dialog=False, for_many=False) if page else button


def choose_service():
    """Choose who has come and for what: the NIK first, then the service by typing or from the list."""
    asked = request.values.get("q", "").strip()[:MAX_QUERY]
    known, wrong = typed_nik(CHANNEL)
    return render_template(
        "staff/services.html",
        channel=CHANNEL,
        groups=service_directory.by_category(),
        asked=asked,
        found=service_search.search(asked) if asked else [],
        places=CHANNEL.offices(),
        earlier=earlier_applications(known["pemohon_nik"]) if known else [],
        known=known,
        wrong=wrong,
        STATES=workflow.STATES,
    )


def earlier_applications(nik: str) -> list[Permohonan]:
    """Return the last applications of a resident that the operator reaches, by the NIK of applicant or subject."""
    theirs = (Permohonan.applicant_nik == nik) | (Permohonan.subject_nik == nik)
    ids = [
        ident for (ident,) in Permohonan.select(Permohonan.id).where(theirs).tuples()
    ]  # by index; an office has many
    reached = visible_as(current_user, CHANNEL.role).where(Permohonan.id.in_(ids))
    return list(reached.order_by(Permohonan.id.desc()).limit(MAX_UNFINISHED))


bp.add_url_rule("/petugas/loket/baru", "services", CHANNEL.require_access(choose_service), methods=("GET", "POST"))
