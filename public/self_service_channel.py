"""The self-service channel: applicants fill in their own applications on the public pages."""

from flask import flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

import workflow
from accounts.reach import visible_as
from intake import application_copy, drafts
from models import Permohonan
from public import access, application_status
from web import filters
from web.wizard import ApplicationInChannel, Channel

MAX_UNFINISHED = 5  # of the same service, looked at before a new one begins


class SelfServiceChannel(Channel):
    """Applicants who are signed in and apply for themselves."""

    role, blueprint, root, frame = workflow.APPLICANT, "public", "/permohonan", "public/base.html"
    words = {
        "begin": _l(
            "Siapkan foto atau PDF dokumen berikut. Belum lengkap pun boleh mulai; jawaban tersimpan setiap halaman."
        ),
        "unfinished": _l("Anda sudah punya permohonan ini"),
        "later": _l("Lanjutkan kapan saja, juga dari ponsel lain."),
        "pause": _l("Anda boleh berhenti kapan saja dan melanjutkan di ponsel lain."),
        "unsure": _l("Tidak tahu jawabannya? Tekan “Simpan, lanjut nanti”, lalu tanyakan dulu."),
        "help": _l("atau datang ke loket desa"),
        "form": _l(
            "Tidak perlu menulis formulir dengan tangan: unduh yang sudah terisi jawaban Anda, cetak, tanda "
            "tangani, lalu foto."
        ),
        "sign": _l("Tanda tangani dengan jari di kotak di bawah. Tidak perlu mencetak."),
        "check": _l("Periksa jawaban Anda"),
        "check_note": _l(
            "Samakan dengan dokumen asli, terutama ejaan nama. Setelah dikirim, isian hanya dapat diubah "
            "bila petugas memintanya."
        ),
        "declare": "",
        "yours": _l("Permohonan Anda"),
        "news": _l("Kabar dikirim ke e-mail dan halaman ini."),
        "faults": _l("perlu Anda perbaiki"),
        "resend": _l("Begitu Anda mengirim ulang, kami lanjutkan dari sini."),
        "waiting": _l("Hitungan waktu layanan berhenti selama menunggu Anda."),
        "double": _l("Jika nomornya benar, tunggu sampai selesai, atau tanyakan kepada kami:"),
        "overrule": _l(
            "Kami memproses satu saja. Jika ini memang hal lain, datanglah ke loket desa atau kantor kami; petugas "
            "dapat meneruskannya."
        ),
        "corrected": _l("Perbaikan Anda kami terima. Pemeriksaan dilanjutkan dengan nomor yang sama."),
    }

    def require_access(self, view):
        return access.login_required(view)

    def find(self, key):
        return access.own_application(key)

    def home_url(self):
        return url_for("public.mine")

    def about(self, edition):
        return url_for("public.service", code=edition.layanan.code)

    def begin(self, edition, place, known):
        return drafts.create_application(edition, owner=current_user._get_current_object())

    def unfinished_applications(self, edition):
        mine = visible_as(current_user, self.role).where(Permohonan.layanan == edition.layanan_id)
        newest = mine.order_by(Permohonan.id.desc()).limit(MAX_UNFINISHED)
        return [one for one in newest if not workflow.STATES[one.state].ends_clock]

    def copy(self, permohonan):
        return application_copy.copy_application(permohonan, current_user._get_current_object())

    def page(self, case, correction):
        return application_status.status_page(case, correction)

    def after_submission(self, case: ApplicationInChannel):
        flash(submission_message(case.permohonan), "good")
        return case.redirect_to("one")


def submission_message(permohonan: Permohonan) -> str:
    """Return the confirmation of a submission: its number and due date."""
    taken = _("Permohonan kami terima dengan nomor %(number)s.", number=permohonan.number)
    day = filters.long_date(permohonan.due_at)
    return " ".join([taken, _("Selesai paling lambat %(day)s.", day=day)]) if day else taken
