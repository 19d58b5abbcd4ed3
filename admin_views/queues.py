"""The queues as data, one or two for each role. The buttons of a row come from workflow.py."""

from admin_views.card_stock import Production
from admin_views.counter import Counter
from admin_views.queue.view import QueueView
from models import Permohonan
from workflow import ADB, ADMIN, KABID, KADIS, PICKUP, SELF_SERVICE, SIAK_OPERATOR

SIGNED_COLUMNS = ("due_at", "number", "applicant_name", "village", "track", "changed_at", "claim")
DRAFT_COLUMNS = ("due_at", "number", "applicant_name", "draft", "village", "claim")
VERIFIED_COLUMNS = ("due_at", "number", "applicant_name", "draft", "verified", "claim")


class Completeness(QueueView):
    """Berkas yang baru masuk, dan yang menurut SIAK tidak valid."""

    name, endpoint, roles = "Pemeriksaan berkas", "pemeriksaan", (ADMIN,)
    states = ("submitted", "siak_invalid", "incomplete")


class PickupNumbers(QueueView):
    """Yang sudah dicetak dan menunggu nomor pengambilan."""

    name, endpoint, roles = "Nomor antrean", "nomor-antrean", (ADMIN,)
    states, track = ("printed", "uncollected"), SELF_SERVICE
    column_list = SIGNED_COLUMNS


class SiakEntry(QueueView):
    """Yang harus dimasukkan ke SIAK."""

    name, endpoint, roles = "Input SIAK", "siak", (SIAK_OPERATOR,)
    states = ("siak_entry", "revision", "awaiting_recording")


class Printing(QueueView):
    """Yang sudah terbit dan dicetak di Dinas."""

    name, endpoint, roles = "Cetak", "cetak", (SIAK_OPERATOR,)
    states, track = ("signed",), SELF_SERVICE
    column_list = SIGNED_COLUMNS


class AdbReview(QueueView):
    """Draf yang menunggu verifikasi Pejabat ADB."""

    name, endpoint, roles = "Verifikasi ADB", "adb", (ADB,)
    column_list = DRAFT_COLUMNS


class KabidReview(QueueView):
    """Draf yang menunggu verifikasi Kepala Bidang."""

    name, endpoint, roles = "Verifikasi Kepala Bidang", "kabid", (KABID,)
    states = ("kabid_review", "awaiting_tte")
    column_list = VERIFIED_COLUMNS


class Recalls(QueueView):
    """Dokumen terbit yang masih dapat ditarik."""

    name, endpoint, roles = "Penarikan", "penarikan", (KABID,)
    states = ("signed", "printed", "published", "ready", "uncollected", "completed")
    column_list = ("number", "applicant_name", "village", "state", "changed_at")
    order = (Permohonan.changed_at.desc(), Permohonan.id.desc())
    empty = "Belum ada dokumen terbit."
    claimable = False


class Signing(QueueView):
    """Yang menunggu tanda tangan elektronik Kepala Dinas."""

    name, endpoint, roles = "Tanda tangan elektronik", "tte", (KADIS,)
    column_list = VERIFIED_COLUMNS


class Pickup(QueueView):
    """Yang siap diambil pemohonnya di loket Dinas."""

    name, endpoint, roles = "Pengambilan", "pengambilan", (PICKUP,)
    states, track = ("ready", "uncollected"), SELF_SERVICE
    column_list = ("queue_number", "number", "applicant_name", "village", "changed_at")
    claimable = False  # whoever stands at the counter is next
    order = (Permohonan.pickup_on, Permohonan.pickup_number, Permohonan.id)


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
