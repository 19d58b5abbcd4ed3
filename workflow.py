"""The office's procedure as one table, and who may perform which row of it.

Buttons, permissions, forms, history, messages, diagram and tests derive from STATES and TRANSITIONS. This
module asks the database nothing and moves nothing; `performing` does, and `perform` is the door to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from flask import current_app

from accounts.reach import reaching
from marking import N_
from models import Event, Grant, Permohonan, User

SELF_SERVICE, COUNTER = "self_service", "counter"
TRACKS = {SELF_SERVICE: "Mandiri", COUNTER: "Loket"}
# fmt: off
APPLICANT, COUNTER_OPERATOR, ADMIN, SIAK_OPERATOR, ADB, KABID = "applicant", "counter_operator", "admin", "siak_operator", "adb", "kabid"
KADIS, PRODUCTION, PICKUP, IT, AUDITOR, SYSTEM = "kadis", "production", "pickup", "it", "auditor", "system"
ROLES = {
    APPLICANT: "Pemohon", COUNTER_OPERATOR: "Operator loket", ADMIN: "Admin AKU Online", SIAK_OPERATOR: "Operator SIAK",
    ADB: "Pejabat Fungsional ADB", KABID: "Kepala Bidang", KADIS: "Kepala Dinas", PRODUCTION: "Operator produksi",
    PICKUP: "Petugas loket pengambilan", IT: "Tim TI", AUDITOR: "Auditor", SYSTEM: "Sistem",
}
STAFF = tuple(role for role in ROLES if role not in (APPLICANT, SYSTEM))  # what can be given to a person
# fmt: on


@dataclass(frozen=True)
class State:
    """A state: what staff and applicant read, who has to act, and what time does to it."""

    code: str
    label: str
    public: str  # {until}, {place}, {day} are filled in
    waits: tuple[str, ...] = ()
    tone: str = ""  # good | warn | bad: the colour that goes with the words
    pauses: bool = False  # the office waits for the applicant: the clock stands
    lapses: tuple[str, int] | None = None  # action of the system, after days
    ends_clock: bool = False  # "pengajuan selesai"
    step: int = 0  # place on the applicant's path, of PATH


# fmt: off
S = State
STATES = {state.code: state for state in (
    S("draft", "Draf", "Draf – belum dikirim", (APPLICANT, COUNTER_OPERATOR), lapses=("expire", 30)),
    S("submitted", "Diajukan", "Diterima – menunggu pemeriksaan berkas", (ADMIN,), step=1),
    S("incomplete", "Dibatalkan – berkas kurang lengkap", "Dibatalkan sementara – lengkapi berkas sebelum {until}", (APPLICANT, COUNTER_OPERATOR), "bad", pauses=True, lapses=("expire", 30), step=1),
    S("siak_entry", "Input SIAK", "Berkas lengkap – sedang dimasukkan ke SIAK", (SIAK_OPERATOR,), step=2),
    S("awaiting_recording", "Menunggu perekaman", "Menunggu Anda datang untuk perekaman – {place}, {day}", (APPLICANT, SIAK_OPERATOR), "warn", pauses=True, lapses=("expire", 30), step=2),
    S("siak_invalid", "Data tidak valid di SIAK", "Data tidak cocok dengan SIAK – diperiksa admin", (ADMIN,), "bad", step=2),
    S("adb_review", "Verifikasi ADB", "Sudah masuk SIAK – draf diperiksa", (ADB,), step=3),
    S("kabid_review", "Verifikasi Kepala Bidang", "Sudah masuk SIAK – draf diperiksa", (KABID,), step=3),
    S("revision", "Dikembalikan ke operator", "Sedang diperbaiki petugas – Anda cukup menunggu", (SIAK_OPERATOR,), "warn", step=2),
    S("awaiting_tte", "Menunggu TTE Kepala Dinas", "Menunggu tanda tangan elektronik Kepala Dinas", (KADIS,), step=4),
    S("signing", "Sedang ditandatangani", "Menunggu tanda tangan elektronik Kepala Dinas", (SYSTEM,), step=4),
    S("signing_unknown", "Hasil TTE belum pasti", "Menunggu tanda tangan elektronik Kepala Dinas", (SYSTEM,), "warn", step=4),
    S("signed", "Terbit", "Disetujui – dokumen terbit", (SIAK_OPERATOR, PRODUCTION), "good", step=5),
    S("awaiting_blank", "Menunggu blangko", "Disetujui – menunggu blangko kartu", (PRODUCTION,), "warn", step=5),
    S("published", "Siap dicetak di loket", "Disetujui – dokumen terbit", (COUNTER_OPERATOR,), "good", step=5),
    S("printed", "Dicetak", "Dicetak – nomor pengambilan segera diberikan", (ADMIN, COUNTER_OPERATOR), "good", step=5),
    S("ready", "Siap diambil", "Pengajuan selesai – siap diambil", (PICKUP, COUNTER_OPERATOR), "good", lapses=("set_aside", 30), ends_clock=True, step=6),
    S("uncollected", "Belum diambil", "Pengajuan selesai – belum diambil", (APPLICANT,), "warn", ends_clock=True, step=6),
    S("completed", "Selesai", "Dokumen sudah diterima", tone="good", ends_clock=True, step=7),
    S("cancelled", "Dibatalkan", "Dibatalkan", tone="bad", ends_clock=True),
)}
PATH = ("Diajukan", "Pemeriksaan berkas", "Input SIAK", "Pemeriksaan draf", "Tanda tangan elektronik", "Terbit dan dicetak", "Siap diambil")
# fmt: on


@dataclass(frozen=True)
class Transition:
    """A row: who may move an application from where to where, what that asks for, and what follows."""

    sources: tuple[str, ...]
    action: str
    target: str
    roles: tuple[str, ...]
    label: str  # on the button
    done: str  # in history and timeline, after it happened
    track: str | None = None
    asks: tuple[str, ...] = ()  # names in answers.ASKS
    tells: tuple[str, ...] = ()  # audiences of the messages
    steps: tuple[str, ...] = ()  # of spec/MISSION.md
    does: tuple[str, ...] = ()  # registered effects, inside the transaction
    checks: tuple[str, ...] = ()  # registered checks, before it
    now: str = ""  # registered effect after the commit, with the answers that are never stored
    only: str = ""  # a word of ONLY: on which applications it makes sense
    reasons: str = ""  # the kind of Reason that is offered
    tone: str = ""  # main | no: how the button looks
    attach: bool = False  # the message to the applicant carries the signed PDFs
    paper: str = ""  # what is printed with it: a name of papers.PAPERS
    desk: str = ""  # what staff screens want looked at before it: complete | keyed
    meaning: str = ""  # what pressing means, told to the applicant beforehand

    @property
    def looks(self) -> bool:
        """Is it decided with the whole application in view, so that a row of a list doesn't offer it?"""
        return bool(self.desk) or "deficiencies" in self.asks


ONLY: dict[str, tuple[Callable[[Permohonan], bool], str]] = {
    "": (lambda permohonan: True, ""),
    "no_card": (lambda permohonan: not permohonan.has_card, N_("Kartu harus diambil, tidak cukup PDF.")),
    "card": (lambda permohonan: permohonan.has_card, "Permohonan ini tidak menghasilkan kartu."),
    "signed_in_siak": (lambda permohonan: signed_in_siak(), "Tanda tangan dibuat di sini, bukan di SIAK."),
}
FOUR_EYES = ("submit_draft", "verify_adb", "verify_kabid", "approve_tte")

# fmt: off
T = Transition
TRANSITIONS = (
    T(("draft",), "submit", "submitted", (APPLICANT, COUNTER_OPERATOR), "Kirim permohonan", "Diajukan", asks=("declaration", "other_matter"), tells=(APPLICANT, ADMIN), steps=("M-e", "L-c"), checks=("complete", "single"), does=("freeze_draft", "keep_single", "promise_due"), tone="main", paper="slip"),
    T(("submitted",), "mark_incomplete", "incomplete", (ADMIN,), "Berkas kurang lengkap", "Dibatalkan sementara: berkas kurang lengkap", asks=("deficiencies",), tells=(APPLICANT, COUNTER), steps=("M-f", "M-g", "L-d", "L-e"), does=("note_deficiencies", "open_correction"), reasons="deficiency", tone="no"),
    T(("incomplete",), "resubmit", "submitted", (APPLICANT, COUNTER_OPERATOR), "Kirim ulang", "Diperbaiki dan dikirim ulang", tells=(ADMIN,), steps=("M-g", "L-e"), checks=("corrected",), does=("freeze_draft", "keep_single"), tone="main"),
    T(("draft", "submitted", "incomplete", "awaiting_recording"), "withdraw", "cancelled", (APPLICANT, COUNTER_OPERATOR), "Tarik permohonan", "Ditarik oleh pemohon", asks=("reason_of_helper",), tells=(APPLICANT, COUNTER), tone="no", meaning="Permohonan ini ditutup dan tidak kami proses. Anda dapat membuat permohonan baru kapan saja."),
    T(("submitted", "siak_invalid"), "send_to_siak", "siak_entry", (ADMIN,), "Kirim ke SIAK", "Berkas lengkap, dikirim ke operator SIAK", does=("promise_due",), tells=(APPLICANT, COUNTER, SIAK_OPERATOR), steps=("M-f", "M-g", "L-d", "L-e"), tone="main", paper="dossier", desk="complete"),
    T(("siak_entry", "revision"), "return_to_admin", "submitted", (SIAK_OPERATOR,), "Kembalikan ke admin", "Dikembalikan ke admin untuk diperiksa lagi", asks=("deficiencies",), tells=(ADMIN,), does=("note_deficiencies",), reasons="deficiency", tone="no"),
    T(("siak_entry",), "ask_recording", "awaiting_recording", (SIAK_OPERATOR,), "Minta datang merekam", "Pemohon diminta datang untuk perekaman", asks=("place", "date"), tells=(APPLICANT, COUNTER), does=("note_recording",)),
    T(("awaiting_recording",), "resume_entry", "siak_entry", (SIAK_OPERATOR,), "Sudah direkam, lanjutkan", "Perekaman selesai", tone="main"),
    T(("siak_entry", "revision"), "report_invalid", "siak_invalid", (SIAK_OPERATOR,), "Tidak valid di SIAK", "Data tidak cocok dengan SIAK", asks=("reason",), tells=(ADMIN,), steps=("M-h", "L-f"), reasons="siak", tone="no"),
    T(("submitted", "siak_entry", "siak_invalid", "revision"), "cancel", "cancelled", (ADMIN,), "Batalkan", "Dibatalkan", asks=("reason", "undo_in_siak"), tells=(APPLICANT, COUNTER), steps=("M-h", "M-k", "L-f", "L-i"), reasons="cancel", tone="no"),
    T(("siak_entry", "revision"), "submit_draft", "adb_review", (SIAK_OPERATOR,), "Draf selesai", "Masuk SIAK, draf diajukan untuk verifikasi", asks=("documents",), tells=(ADB,), steps=("M-h", "L-f"), checks=("drafts_readable",), does=("prepare_documents",), tone="main", desk="keyed"),
    T(("adb_review",), "verify_adb", "kabid_review", (ADB,), "Draf benar", "Draf diverifikasi Pejabat ADB", tells=(KABID,), steps=("M-i", "L-g"), tone="main"),
    T(("kabid_review",), "verify_kabid", "awaiting_tte", (KABID,), "Ajukan ke Kepala Dinas", "Draf diverifikasi Kepala Bidang", tells=(KADIS,), steps=("M-i", "M-j", "L-g", "L-h"), tone="main"),
    T(("adb_review",), "return_to_operator", "revision", (ADB,), "Kembalikan ke operator", "Draf dikembalikan ke operator", asks=("reason",), tells=(SIAK_OPERATOR,), steps=("M-j", "L-h"), reasons="return", tone="no"),
    T(("kabid_review", "awaiting_tte"), "return_to_operator", "revision", (KABID,), "Kembalikan ke operator", "Draf dikembalikan ke operator", asks=("reason",), tells=(SIAK_OPERATOR,), steps=("M-j", "L-h"), reasons="return", tone="no"),
    T(("awaiting_tte",), "approve_tte", "signing", (KADIS,), "Setujui dan tanda tangani", "Disetujui Kepala Dinas", asks=("passphrase",), steps=("M-k", "L-i"), checks=("shown", "can_sign"), now="sign", tone="main"),
    T(("awaiting_tte",), "reject_tte", "revision", (KADIS,), "Tidak setujui", "Tidak disetujui – dibatalkan untuk diperbaiki", asks=("reason",), tells=(SIAK_OPERATOR, APPLICANT, COUNTER), steps=("M-k", "L-i"), reasons="reject", tone="no"),
    T(("signing", "signing_unknown"), "record_signature", "signed", (SYSTEM,), "Catat tanda tangan", "Ditandatangani secara elektronik, dokumen terbit", tells=(APPLICANT, COUNTER, SIAK_OPERATOR, PRODUCTION), steps=("M-k", "L-i", "L-j"), checks=("all_signed",), attach=True),
    T(("signing", "signing_unknown"), "record_signature", "signed", (PRODUCTION,), "Unggah dokumen bertanda tangan", "Ditandatangani secara elektronik, dokumen terbit", asks=("signed",), tells=(APPLICANT, COUNTER, SIAK_OPERATOR, PRODUCTION), steps=("M-k", "L-i", "L-j"), checks=("verify_uploaded",), does=("keep_uploaded",), only="signed_in_siak", attach=True, tone="main"),
    T(("signing",), "record_unknown", "signing_unknown", (SYSTEM,), "Hasil belum pasti", "Hasil tanda tangan belum pasti, sedang diperiksa"),
    T(("signing", "signing_unknown"), "record_signing_failure", "awaiting_tte", (SYSTEM,), "Catat kegagalan", "Tanda tangan elektronik belum berhasil", asks=("reason",), tells=(KADIS,)),
    T(("signing", "signing_unknown"), "record_signing_failure", "awaiting_tte", (PRODUCTION,), "Tanda tangan gagal", "Tanda tangan elektronik belum berhasil", asks=("reason",), tells=(KADIS,), only="signed_in_siak", tone="no"),
    T(("signed",), "wait_for_blank", "awaiting_blank", (SIAK_OPERATOR, PRODUCTION), "Blangko habis", "Menunggu blangko kartu", asks=("card",), tells=(APPLICANT, COUNTER), only="card"),
    T(("awaiting_blank",), "blank_arrived", "signed", (SYSTEM,), "Blangko tersedia", "Blangko tersedia", tells=(PRODUCTION,)),
    T(("signed",), "print_document", "printed", (SIAK_OPERATOR, PRODUCTION), "Sudah dicetak", "Dicetak", track=SELF_SERVICE, tells=(ADMIN,), steps=("M-l",), tone="main", paper="documents"),
    T(("signed",), "publish_to_counter", "published", (PRODUCTION,), "Kirim ke loket", "Dokumen dikirim ke loket", track=COUNTER, tells=(COUNTER,), steps=("L-j",), tone="main", paper="consignment"),
    T(("published",), "print_document", "printed", (COUNTER_OPERATOR,), "Sudah dicetak", "Dicetak di loket", track=COUNTER, asks=("cards_received",), steps=("L-k",), does=("receive_cards",), tone="main", paper="documents"),
    T(("printed", "uncollected"), "assign_queue_number", "ready", (ADMIN,), "Beri nomor antrean", "Siap diambil", track=SELF_SERVICE, asks=("pickup_date",), tells=(APPLICANT, PICKUP), steps=("M-l",), does=("allot_pickup",), tone="main", paper="slip"),
    T(("printed", "uncollected"), "assign_queue_number", "ready", (COUNTER_OPERATOR,), "Beri nomor antrean", "Siap diambil", track=COUNTER, asks=("pickup_date",), tells=(APPLICANT,), steps=("L-k",), does=("allot_pickup",), tone="main", paper="slip"),
    T(("ready",), "reschedule_pickup", "ready", (APPLICANT, PICKUP, COUNTER_OPERATOR), "Ganti hari pengambilan", "Hari pengambilan diganti", asks=("pickup_date",), tells=(APPLICANT,), does=("allot_pickup",), paper="slip", meaning="Nomor antrean yang lama tidak berlaku lagi; Anda mendapat nomor baru untuk hari itu."),
    T(("ready", "uncollected"), "hand_over", "completed", (PICKUP,), "Serahkan dokumen", "Diserahkan dan ditandatangani penerima", track=SELF_SERVICE, asks=("originals_seen", "old_returned", "proxy_letter", "recipient_name", "signature"), tells=(APPLICANT,), steps=("M-m", "M-n"), checks=("keep_signature",), does=("record_handover",), tone="main", paper="receipt"),
    T(("ready", "uncollected"), "hand_over", "completed", (COUNTER_OPERATOR,), "Serahkan dokumen", "Diserahkan dan ditandatangani penerima", track=COUNTER, asks=("originals_seen", "old_returned", "proxy_letter", "recipient_name", "signature"), tells=(APPLICANT,), steps=("L-l", "L-m"), checks=("keep_signature",), does=("record_handover",), tone="main", paper="receipt"),
    T(("signed", "published", "printed", "ready", "uncollected"), "keep_digital", "completed", (APPLICANT,), "PDF sudah cukup, saya cetak sendiri", "Pemohon memakai PDF, tidak mengambil cetakan", tells=(SIAK_OPERATOR, COUNTER), steps=("M-o",), only="no_card", meaning="Dokumen tidak perlu diambil: PDF yang Anda unduh sudah dokumen resmi. Permohonan ini selesai."),
    T(("signed", "printed", "published", "ready", "uncollected", "completed"), "recall_document", "revision", (KABID,), "Tarik dokumen", "Dokumen ditarik untuk diperbaiki", asks=("reason",), tells=(APPLICANT, COUNTER, SIAK_OPERATOR), does=("revoke_documents",), reasons="return", tone="no"),
    T(("ready",), "set_aside", "uncollected", (SYSTEM,), "Sisihkan", "Belum diambil selama 30 hari, disisihkan", tells=(APPLICANT, COUNTER)),
    T(("draft", "incomplete", "awaiting_recording"), "expire", "cancelled", (SYSTEM,), "Tutup", "Ditutup karena 30 hari tidak dilanjutkan", tells=(APPLICANT, COUNTER)),
)
# fmt: on


FROM = {state: tuple(row for row in TRANSITIONS if state in row.sources) for state in STATES}
OF_ACTION = {one.action: tuple(row for row in TRANSITIONS if row.action == one.action) for one in TRANSITIONS}


def signed_in_siak() -> bool:
    return current_app.config["TTE_URL"].startswith("siak:")


class NotAllowed(Exception):
    """A transition is refused and nothing has changed; the message is fit to show to the person who asked."""


def perform(permohonan: Permohonan, action: str, actor: User | None, **answers) -> Event:
    """Move `permohonan` along one row, for whoever knows only the table: what the app has registered does it.

    Raises NotAllowed, and then nothing has changed; `actor` None is the system.
    """
    return current_app.extensions["workflow"].perform(permohonan, action, actor, **answers)


def allowed(permohonan: Permohonan, user: User) -> list[Transition]:
    """The rows that `user` may perform on it now, in the table's order; asks the database nothing."""
    return [row for row in FROM.get(permohonan.state, ()) if way_in(row, permohonan, user)]


def way_in(row: Transition, permohonan: Permohonan, user: User | None) -> tuple[str, Grant | None] | None:
    """The role and grant by which `user` may perform `row` on it, its state left aside; None: not at all."""
    if row.track not in (None, permohonan.track) or not ONLY[row.only][0](permohonan):
        return None
    if user is None:
        return (SYSTEM, None) if SYSTEM in row.roles else None
    for role in row.roles:
        for grant in reaching(permohonan, user, role):
            if not second_pair_of_eyes_missing(row, permohonan, user, grant):
                return role, grant
    return None


def second_pair_of_eyes_missing(row: Transition, permohonan: Permohonan, user: User, grant: Grant | None) -> bool:
    if row.action not in FOUR_EYES[1:]:
        return False
    mine = acting_people(user, grant)
    return any(mine & set(theirs) for action, theirs in permohonan.round_people.items() if action != row.action)


def acting_people(user: User, grant: Grant | None) -> set[int]:
    return {user.id, grant.acting_for_id} - {None} if grant else {user.id}


def row_of(event: Event) -> Transition:
    """The row that an event performed; the first of its action where the table has changed since."""
    return _performed(event.action, event.source, event.role)


@cache
def _performed(action: str, source: str, role: str) -> Transition:
    rows = [row for row in TRANSITIONS if row.action == action]
    exact = [row for row in rows if source in row.sources and role in row.roles]
    return (exact or rows)[0]


def holders(permohonan: Permohonan) -> tuple[str, ...]:
    """The roles that have to act next on it, on its track."""
    out = []
    for role in STATES[permohonan.state].waits:
        rows = [row for row in TRANSITIONS if permohonan.state in row.sources and role in row.roles]
        if any(row.track in (None, permohonan.track) for row in rows):
            out.append(role)
    if permohonan.track == SELF_SERVICE:
        out = [role for role in out if role != COUNTER_OPERATOR]
    return tuple(out)
