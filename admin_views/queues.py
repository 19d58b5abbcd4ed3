"""The queues, one or two a role: what waits for whom. Which buttons a row has, the workflow's table says."""

import draft_checks
from admin_views.blanks import Blanks
from admin_views.counter import Counter
from admin_views.permohonan import PermohonanView
from workflow import ADB, ADMIN, KABID, KADIS, PICKUP, PRODUCTION, SELF_SERVICE, SIAK_OPERATOR

SIGNED = ("due_at", "number", "applicant_name", "village", "track", "changed_at", "claim")


class Drafts(PermohonanView):
    """Applications whose drafts are checked, each with how its draft compares with the answers."""

    column_list = ("due_at", "number", "applicant_name", "draft", "village", "claim")

    def beside(self, rows):
        """Words and tone of each verdict."""
        found = draft_checks.verdicts(rows)
        return {ident: tuple((one.words, one.tone) for one in several) for ident, several in found.items()}


class Completeness(PermohonanView):
    """Berkas yang baru masuk, dan yang menurut SIAK tidak valid."""

    title, address, roles = "Pemeriksaan berkas", "pemeriksaan", (ADMIN,)
    states = ("submitted", "siak_invalid", "incomplete")


class PickupNumbers(PermohonanView):
    """Yang sudah dicetak dan menunggu nomor pengambilan."""

    title, address, roles = "Nomor antrean", "nomor-antrean", (ADMIN,)
    states, track = ("printed", "uncollected"), SELF_SERVICE
    column_list = SIGNED


class SiakEntry(PermohonanView):
    """Yang harus dimasukkan ke SIAK."""

    title, address, roles = "Input SIAK", "siak", (SIAK_OPERATOR,)
    states = ("siak_entry", "revision", "awaiting_recording")


class Printing(PermohonanView):
    """Yang sudah terbit dan dicetak di Dinas."""

    title, address, roles = "Cetak", "cetak", (SIAK_OPERATOR,)
    states, track = ("signed",), SELF_SERVICE
    column_list = SIGNED


class AdbReview(Drafts):
    """Draf yang menunggu verifikasi Pejabat ADB."""

    title, address, roles = "Verifikasi ADB", "adb", (ADB,)


class KabidReview(Drafts):
    """Draf yang menunggu verifikasi Kepala Bidang."""

    title, address, roles = "Verifikasi Kepala Bidang", "kabid", (KABID,)
    states = ("kabid_review", "awaiting_tte")


class Recalls(PermohonanView):
    """Dokumen terbit yang masih dapat ditarik."""

    title, address, roles = "Penarikan", "penarikan", (KABID,)
    states = ("signed", "printed", "published", "ready", "uncollected", "completed")
    column_list = ("number", "applicant_name", "village", "state", "changed_at")
    order = (PermohonanView.table.changed_at.desc(), PermohonanView.table.id.desc())
    empty = "Belum ada dokumen terbit."
    claimable = False


class Signing(Drafts):
    """Yang menunggu tanda tangan elektronik Kepala Dinas."""

    title, address, roles = "Tanda tangan elektronik", "tte", (KADIS,)


class Production(Blanks):
    """Yang sudah terbit: dicetak, dikirim ke loket, atau menunggu blangko."""

    title, address, roles = "Produksi", "produksi", (PRODUCTION,)
    states = ("signed", "awaiting_blank", "signing", "signing_unknown")
    column_list = SIGNED
    list_template = "staff/production.html"


class Pickup(PermohonanView):
    """Yang siap diambil pemohonnya di loket Dinas."""

    title, address, roles = "Pengambilan", "pengambilan", (PICKUP,)
    states, track = ("ready", "uncollected"), SELF_SERVICE
    column_list = ("queue_number", "number", "applicant_name", "village", "changed_at")
    claimable = False  # whoever stands at the counter is next
    order = (PermohonanView.table.pickup_on, PermohonanView.table.pickup_number, PermohonanView.table.id)


QUEUES = (
    Completeness,
    PickupNumbers,
    SiakEntry,
    Printing,
    AdbReview,
    KabidReview,
    Recalls,
    Signing,
    Production,
    Pickup,
    Counter,
)
