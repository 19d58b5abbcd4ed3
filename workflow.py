"""The workflow: states and transitions of the office's procedure as tables, and who is allowed which transition.

Buttons, permissions, forms, timeline, messages, diagram and tests derive from STATES and TRANSITIONS. This module
sends no query and moves nothing: `perform` hands over to casework/transitions.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from flask import current_app

from accounts.reach import grants_for
from accounts.roles import (  # noqa: F401 -- AUDITOR, IT and STAFF are named by screens
    ADB,
    ADMIN,
    APPLICANT,
    AUDITOR,
    COUNTER_OPERATOR,
    IT,
    KABID,
    KADIS,
    OWN_OFFICE,
    PICKUP,
    PRODUCTION,
    ROLES,
    SIAK_OPERATOR,
    STAFF,
    SYSTEM,
)
from lib.database import now
from lib.i18n import N_
from models import Event, Grant, Permohonan, User

SELF_SERVICE, COUNTER = "self_service", "counter"
TRACKS = {SELF_SERVICE: "Mandiri", COUNTER: "Loket"}


@dataclass(frozen=True)
class State:
    """A state: its labels for staff and applicant, the roles that have to act, and its time limit."""

    code: str
    label: str
    public_label: str  # {until}, {place}, {day} are filled in
    waits: tuple[str, ...] = ()  # roles that have to act
    tone: str = ""  # good | warn | bad: the colour that goes with the words
    pauses: bool = False  # the office waits for the applicant: the clock stands
    lapses: tuple[str, int] | None = None  # action of the system, after days
    ends_clock: bool = False  # "pengajuan selesai"
    final: bool = False  # an ending: nobody has to be able to leave it
    path_step: int = 0  # index into the path (PATHS)
    card_label: str = ""  # instead of public_label, where no PDF is among the products

    def public_label_for(self, permohonan: Permohonan) -> str:
        """Return the applicant's label of the state for what the application yields."""
        return self.public_label if permohonan.has_pdf else self.card_label or self.public_label


# fmt: off
S = State
STATES = {state.code: state for state in (
    S("draft", "Draf", "Draf – belum dikirim", (APPLICANT, COUNTER_OPERATOR), lapses=("expire", 30)),
    S("submitted", "Diajukan", "Diterima – menunggu pemeriksaan berkas", (ADMIN,), path_step=1),
    S("incomplete", "Perlu dilengkapi (dibatalkan sementara)", "Perlu dilengkapi – lengkapi sebelum {until}; belum dilengkapi, permohonan dibatalkan sementara", (APPLICANT, COUNTER_OPERATOR), "warn", pauses=True, lapses=("expire", 30), path_step=1),
    S("siak_entry", "Input SIAK", "Berkas lengkap – sedang dimasukkan ke SIAK", (SIAK_OPERATOR,), path_step=2),
    S("awaiting_recording", "Menunggu perekaman", "Menunggu Anda datang untuk perekaman – {place}, {day}", (APPLICANT, SIAK_OPERATOR), "warn", pauses=True, lapses=("expire", 30), path_step=2),
    S("siak_invalid", "Data tidak valid di SIAK", "Data tidak cocok dengan SIAK – diperiksa admin", (ADMIN,), "bad", path_step=2),
    S("adb_review", "Verifikasi ADB", "Sudah masuk SIAK – draf diperiksa", (ADB,), path_step=3),
    S("kabid_review", "Verifikasi Kepala Bidang", "Sudah masuk SIAK – draf diperiksa", (KABID,), path_step=3),
    S("revision", "Dikembalikan ke operator", "Sedang diperbaiki petugas – Anda cukup menunggu", (SIAK_OPERATOR,), "warn", path_step=2),
    S("awaiting_tte", "Menunggu TTE Kepala Dinas", "Menunggu tanda tangan elektronik Kepala Dinas", (KADIS,), path_step=4, card_label="Menunggu persetujuan Kepala Dinas"),
    S("signing", "Sedang ditandatangani", "Menunggu tanda tangan elektronik Kepala Dinas", (SYSTEM,), path_step=4, card_label="Menunggu persetujuan Kepala Dinas"),
    S("signing_unknown", "Hasil TTE belum pasti", "Menunggu tanda tangan elektronik Kepala Dinas", (SYSTEM,), "warn", path_step=4),
    S("signed", "Terbit", "Disetujui – dokumen terbit", (SIAK_OPERATOR, PRODUCTION), "good", path_step=5, card_label="Disetujui – kartu segera dicetak"),
    S("awaiting_blank", "Menunggu blangko", "Disetujui – menunggu blangko kartu", (PRODUCTION,), "warn", path_step=5),
    S("published", "Siap dicetak di loket", "Disetujui – dokumen terbit", (COUNTER_OPERATOR,), "good", path_step=5, card_label="Disetujui – kartu dikirim ke loket"),
    S("printed", "Dicetak", "Dicetak – nomor pengambilan segera diberikan", (ADMIN, COUNTER_OPERATOR), "good", path_step=5),
    S("ready", "Siap diambil", "Pengajuan selesai – siap diambil", (PICKUP, COUNTER_OPERATOR), "good", lapses=("set_aside", 30), ends_clock=True, path_step=6),
    S("uncollected", "Belum diambil", "Pengajuan selesai – belum diambil", (APPLICANT,), "warn", ends_clock=True, path_step=6),
    S("completed", "Selesai", "Dokumen sudah diterima", tone="good", ends_clock=True, final=True, path_step=7),
    S("cancelled", "Dibatalkan", "Dibatalkan", tone="bad", ends_clock=True, final=True),
)}
CHECKED, SIGNATURE = ("Diajukan", "Pemeriksaan berkas", "Input SIAK", "Pemeriksaan draf"), "Tanda tangan elektronik"
PATHS = {  # the steps that an applicant follows, by what the application yields: (a PDF, a card)
    (True, False): (*CHECKED, SIGNATURE, "Dokumen terbit"),
    (True, True): (*CHECKED, SIGNATURE, "Dokumen terbit, kartu dicetak", "Kartu siap diambil"),
    (False, True): (*CHECKED, "Persetujuan Kepala Dinas", "Kartu dicetak", "Kartu siap diambil"),
}
SIGNING_STEP, PRINT_TO_COLLECT = len(CHECKED), "Cetakan siap diambil"
# fmt: on


@dataclass(frozen=True)
class Transition:
    """A transition: who may move an application from where to where, its inputs, and what follows."""

    sources: tuple[str, ...]
    action: str
    target: str
    roles: tuple[str, ...]
    label: str  # on the button
    past_label: str  # in the timeline, once it is done
    track: str | None = None
    inputs: tuple[str, ...] = ()  # keys of casework/inputs: INPUTS
    notifies: tuple[str, ...] = ()  # audiences of the messages
    mission_steps: tuple[str, ...] = ()  # of the office's two lists of steps: M- self-service, L- counter
    effects: tuple[str, ...] = ()  # functions marked @effect, inside the transaction
    checks: tuple[str, ...] = ()  # functions marked @check, before the transaction
    after_commit: str = ""  # a function marked @after_commit, with the answers that are never stored
    triggered_by: tuple[str, ...] = ()  # roles that make the system perform it
    condition: str = ""  # a key of CONDITIONS
    reason_kind: str = ""  # the kind of Reason that is offered
    staff_reason: bool = False  # its reason stays with officers, although the applicant is told of the step
    tone: str = ""  # main | no: how the button looks
    attach_documents: bool = False  # the message to the applicant carries the signed PDFs
    printout: str = ""  # what is printed with it: a key of documents/printouts.py: PRINTOUTS
    alone: bool = False  # only on the page of the application: never in a list, nor to many at once
    checklist: str = ""  # what staff must have ticked before: complete | keyed
    explanation: str = ""  # shown to the applicant beforehand
    undo_seconds: int = 0  # so long its messages wait, and undoing it tells nobody
    undoes: str = ""  # the action whose last move it takes back, as if the clock had not stood
    unsigned_label: str = ""  # instead of label, where nothing is signed here
    card_past_label: str = ""  # instead of past_label, where no PDF is among the products

    @property
    def explains(self) -> bool:
        """Return whether its reason is written for the applicant, who reads it in the message and the timeline."""
        return APPLICANT in self.notifies and not self.staff_reason

    @property
    def needs_full_view(self) -> bool:
        """Return whether it is decided with the whole application in view, so that list rows don't offer it."""
        return self.alone or bool(self.checklist) or "deficiencies" in self.inputs

    @property
    def is_timed(self) -> bool:
        """Return whether it is possible for a while only, so that no cached row offers it."""
        return CONDITIONS[self.condition].timed

    def label_for(self, permohonan: Permohonan) -> str:
        """Return the label of the button for what is signed here."""
        signed_here = permohonan.has_pdf and not signed_in_siak()
        return self.label if signed_here else self.unsigned_label or self.label

    def past_label_for(self, permohonan: Permohonan) -> str:
        """Return the label in the timeline for what the application yields."""
        return self.past_label if permohonan.has_pdf else self.card_past_label or self.past_label


class Condition(NamedTuple):
    """A condition on the applications of a transition, and the sentence that refuses the others."""

    holds: Callable[[Permohonan], bool]
    refusal: str
    timed: bool = False  # it holds for a while only


UNDO_SECONDS = 120  # a finger slips, and nobody has read anything yet
PRINT_LATER = timedelta(days=7)  # so long whoever said that the PDF is enough can ask for a print
CANCELLABLE = ("submitted", "siak_entry", "siak_invalid", "revision")


def _just_cancelled(source: str) -> Condition:
    """Return the condition that an application was cancelled from this state a moment ago."""

    def holds(permohonan: Permohonan) -> bool:
        recent = now() - permohonan.changed_at < timedelta(seconds=UNDO_SECONDS)
        return recent and (permohonan.last_action, permohonan.last_source) == ("cancel", source)

    return Condition(holds, "Pembatalan ini tidak dapat diurungkan lagi: pemohon sudah diberi tahu.", timed=True)


def _kept_digital(permohonan: Permohonan) -> bool:
    return permohonan.last_action == "keep_digital" and now() - permohonan.changed_at < PRINT_LATER


CONDITIONS = {
    "": Condition(lambda permohonan: True, ""),
    "no_card": Condition(lambda permohonan: not permohonan.has_card, N_("Kartu harus diambil, tidak cukup PDF.")),
    "card": Condition(lambda permohonan: permohonan.has_card, "Permohonan ini tidak menghasilkan kartu."),
    "signed_in_siak": Condition(lambda permohonan: signed_in_siak(), "Tanda tangan dibuat di sini, bukan di SIAK."),
    "kept_digital": Condition(
        _kept_digital, N_("Cetakan hanya dapat diminta 7 hari sesudah memilih PDF saja."), timed=True
    ),
    **{f"cancelled_from_{state}": _just_cancelled(state) for state in CANCELLABLE},
}
FOUR_EYES = ("submit_draft", "verify_adb", "verify_kabid", "approve_tte")

# fmt: off
T = Transition
TRANSITIONS = (
    T(("draft",), "submit", "submitted", (APPLICANT, COUNTER_OPERATOR), "Kirim permohonan", "Diajukan", inputs=("declaration", "other_matter"), notifies=(APPLICANT, ADMIN), mission_steps=("M-e", "L-c"), staff_reason=True, checks=("service_is_open", "draft_is_complete", "no_duplicate"), effects=("freeze_draft", "refuse_duplicate", "set_due_date"), tone="main", printout="slip"),
    T(("submitted",), "mark_incomplete", "incomplete", (ADMIN,), "Berkas kurang lengkap", "Perlu dilengkapi: berkas kurang lengkap", inputs=("deficiencies",), notifies=(APPLICANT, COUNTER), mission_steps=("M-f", "M-g", "L-d", "L-e"), effects=("note_deficiencies", "open_correction"), reason_kind="deficiency", tone="no", undo_seconds=UNDO_SECONDS),
    T(("incomplete",), "undo_incomplete", "submitted", (ADMIN,), "Urungkan pengembalian", "Pengembalian diurungkan, berkas diperiksa lagi", notifies=(APPLICANT, COUNTER), mission_steps=("M-g",), effects=("close_correction",), undoes="mark_incomplete"),
    T(("incomplete",), "resubmit", "submitted", (APPLICANT, COUNTER_OPERATOR), "Kirim ulang", "Diperbaiki dan dikirim ulang", notifies=(ADMIN,), mission_steps=("M-g", "L-e"), checks=("draft_is_corrected",), effects=("freeze_draft", "refuse_duplicate"), tone="main"),
    T(("draft", "submitted", "incomplete", "awaiting_recording"), "withdraw", "cancelled", (APPLICANT, COUNTER_OPERATOR), "Tarik permohonan", "Ditarik oleh pemohon", inputs=("reason_of_helper",), notifies=(APPLICANT, COUNTER), tone="no", explanation="Permohonan ini ditutup dan tidak kami proses. Anda dapat membuat permohonan baru kapan saja."),
    T(("submitted", "siak_invalid"), "send_to_siak", "siak_entry", (ADMIN,), "Kirim ke SIAK", "Berkas lengkap, dikirim ke operator SIAK", effects=("set_due_date",), notifies=(APPLICANT, COUNTER, SIAK_OPERATOR), mission_steps=("M-f", "M-g", "L-d", "L-e"), tone="main", printout="dossier", checklist="complete"),
    T(("siak_entry", "revision"), "return_to_admin", "submitted", (SIAK_OPERATOR,), "Kembalikan ke admin", "Dikembalikan ke admin untuk diperiksa lagi", inputs=("deficiencies",), notifies=(ADMIN,), effects=("note_deficiencies",), reason_kind="deficiency", tone="no"),
    T(("siak_entry",), "ask_recording", "awaiting_recording", (SIAK_OPERATOR,), "Minta datang merekam", "Pemohon diminta datang untuk perekaman", inputs=("place", "date"), notifies=(APPLICANT, COUNTER), effects=("note_recording",)),
    T(("awaiting_recording",), "reschedule_recording", "awaiting_recording", (APPLICANT, SIAK_OPERATOR), "Ganti hari perekaman", "Hari perekaman diganti", inputs=("place", "date"), notifies=(APPLICANT, SIAK_OPERATOR), effects=("note_recording",), explanation="Pilih hari buka yang lain. Tempatnya tetap."),
    T(("awaiting_recording",), "resume_entry", "siak_entry", (SIAK_OPERATOR,), "Sudah direkam, lanjutkan", "Perekaman selesai", tone="main"),
    T(("siak_entry", "revision"), "report_invalid", "siak_invalid", (SIAK_OPERATOR,), "Tidak valid di SIAK", "Data tidak cocok dengan SIAK", inputs=("reason",), notifies=(ADMIN,), mission_steps=("M-h", "L-f"), reason_kind="siak", tone="no"),
    T(CANCELLABLE, "cancel", "cancelled", (ADMIN,), "Batalkan permohonan", "Dibatalkan", alone=True, inputs=("reason", "undo_in_siak"), notifies=(APPLICANT, COUNTER), mission_steps=("M-h", "M-k", "L-f", "L-i"), reason_kind="cancel", tone="no", undo_seconds=UNDO_SECONDS),
    *(T(("cancelled",), "undo_cancel", state, (ADMIN,), "Urungkan pembatalan", "Pembatalan diurungkan, permohonan dilanjutkan", notifies=(APPLICANT, COUNTER), condition=f"cancelled_from_{state}", undoes="cancel") for state in CANCELLABLE),
    T(("siak_entry", "revision"), "submit_draft", "adb_review", (SIAK_OPERATOR,), "Draf selesai", "Masuk SIAK, draf diajukan untuk verifikasi", inputs=("documents",), notifies=(ADB,), mission_steps=("M-h", "L-f"), checks=("documents_composed",), effects=("prepare_documents",), tone="main", checklist="keyed"),
    T(("adb_review",), "verify_adb", "kabid_review", (ADB,), "Draf benar", "Draf diverifikasi Pejabat ADB", notifies=(KABID,), mission_steps=("M-i", "L-g"), tone="main"),
    T(("kabid_review",), "verify_kabid", "awaiting_tte", (KABID,), "Ajukan ke Kepala Dinas", "Draf diverifikasi Kepala Bidang", notifies=(KADIS,), mission_steps=("M-i", "M-j", "L-g", "L-h"), tone="main"),
    T(("adb_review",), "return_to_operator", "revision", (ADB,), "Kembalikan ke operator", "Draf dikembalikan ke operator", inputs=("return_reason",), notifies=(SIAK_OPERATOR,), mission_steps=("M-j", "L-h"), reason_kind="return", tone="no"),
    T(("kabid_review", "awaiting_tte"), "return_to_operator", "revision", (KABID,), "Kembalikan ke operator", "Draf dikembalikan ke operator", inputs=("return_reason",), notifies=(SIAK_OPERATOR,), mission_steps=("M-j", "L-h"), reason_kind="return", tone="no"),
    T(("awaiting_tte",), "approve_tte", "signing", (KADIS,), "Setujui dan tanda tangani", "Disetujui Kepala Dinas", unsigned_label="Setujui", inputs=("passphrase",), mission_steps=("M-k", "L-i"), checks=("shown", "can_sign"), after_commit="sign", tone="main"),
    T(("awaiting_tte",), "reject_tte", "revision", (KADIS,), "Tidak setujui", "Tidak disetujui – dibatalkan untuk diperbaiki", inputs=("return_reason",), notifies=(SIAK_OPERATOR, APPLICANT, COUNTER), mission_steps=("M-k", "L-i"), reason_kind="reject", staff_reason=True, tone="no"),
    T(("signing", "signing_unknown"), "record_signature", "signed", (SYSTEM,), "Catat tanda tangan", "Ditandatangani secara elektronik, dokumen terbit", card_past_label="Kartu boleh dicetak", notifies=(APPLICANT, COUNTER, SIAK_OPERATOR, PRODUCTION), mission_steps=("M-k", "L-i", "L-j"), checks=("all_signed",), attach_documents=True),
    T(("signing", "signing_unknown"), "record_signature", "signed", (PRODUCTION, KABID), "Unggah dokumen bertanda tangan", "Ditandatangani secara elektronik, dokumen terbit", card_past_label="Kartu boleh dicetak", inputs=("signed",), notifies=(APPLICANT, COUNTER, SIAK_OPERATOR, PRODUCTION), mission_steps=("M-k", "L-i", "L-j"), checks=("verify_uploaded",), effects=("attach_uploaded",), condition="signed_in_siak", attach_documents=True, tone="main"),
    T(("signing",), "record_unknown", "signing_unknown", (SYSTEM,), "Hasil belum pasti", "Hasil tanda tangan belum pasti, sedang diperiksa"),
    T(("signing", "signing_unknown"), "record_signing_failure", "awaiting_tte", (SYSTEM,), "Catat kegagalan", "Tanda tangan elektronik belum berhasil", inputs=("reason",), notifies=(KADIS,)),
    T(("signing", "signing_unknown"), "record_signing_failure", "awaiting_tte", (PRODUCTION,), "Tanda tangan gagal", "Tanda tangan elektronik belum berhasil", inputs=("reason",), notifies=(KADIS,), condition="signed_in_siak", tone="no"),
    T(("signed",), "wait_for_blank", "awaiting_blank", (SIAK_OPERATOR, PRODUCTION), "Blangko habis", "Menunggu blangko kartu", inputs=("card",), notifies=(APPLICANT, COUNTER), condition="card"),
    T(("awaiting_blank",), "blank_arrived", "signed", (SYSTEM,), "Blangko tersedia", "Blangko tersedia", triggered_by=(PRODUCTION,), notifies=(PRODUCTION,)),
    T(("signed",), "print_document", "printed", (SIAK_OPERATOR, PRODUCTION), "Sudah dicetak", "Dicetak", track=SELF_SERVICE, notifies=(ADMIN,), mission_steps=("M-l",), tone="main", printout="documents"),
    T(("signed",), "publish_to_counter", "published", (PRODUCTION,), "Kirim ke loket", "Dokumen dikirim ke loket", track=COUNTER, notifies=(COUNTER,), mission_steps=("L-j",), tone="main", printout="consignment"),
    T(("published",), "print_document", "printed", (COUNTER_OPERATOR,), "Sudah dicetak", "Dicetak di loket", track=COUNTER, inputs=("cards_received",), mission_steps=("L-k",), effects=("receive_cards",), tone="main", printout="documents"),
    T(("printed", "uncollected"), "assign_queue_number", "ready", (ADMIN,), "Beri nomor antrean", "Siap diambil", track=SELF_SERVICE, inputs=("pickup_date",), notifies=(APPLICANT, PICKUP), mission_steps=("M-l",), effects=("allot_pickup",), tone="main", printout="slip"),
    T(("printed", "uncollected"), "assign_queue_number", "ready", (COUNTER_OPERATOR,), "Beri nomor antrean", "Siap diambil", track=COUNTER, inputs=("pickup_date",), notifies=(APPLICANT,), mission_steps=("L-k",), effects=("allot_pickup",), tone="main", printout="slip"),
    T(("ready", "uncollected"), "reschedule_pickup", "ready", (APPLICANT, PICKUP, COUNTER_OPERATOR), "Ganti hari pengambilan", "Hari pengambilan diganti", inputs=("pickup_date",), notifies=(APPLICANT,), effects=("allot_pickup",), printout="slip", explanation="Nomor antrean yang lama tidak berlaku lagi; Anda mendapat nomor baru untuk hari itu."),
    T(("ready", "uncollected"), "hand_over", "completed", (PICKUP,), "Serahkan dokumen", "Diserahkan dan ditandatangani penerima", track=SELF_SERVICE, inputs=("originals_seen", "old_returned", "recipient", "signature"), notifies=(APPLICANT,), mission_steps=("M-m", "M-n"), checks=("store_signature",), effects=("record_handover",), tone="main", printout="receipt"),
    T(("ready", "uncollected"), "hand_over", "completed", (COUNTER_OPERATOR,), "Serahkan dokumen", "Diserahkan dan ditandatangani penerima", track=COUNTER, inputs=("originals_seen", "old_returned", "recipient", "signature"), notifies=(APPLICANT,), mission_steps=("L-l", "L-m"), checks=("store_signature",), effects=("record_handover",), tone="main", printout="receipt"),
    T(("signed", "published", "printed", "ready", "uncollected"), "keep_digital", "completed", (APPLICANT,), "PDF sudah cukup, saya cetak sendiri", "Pemohon memakai PDF, tidak mengambil cetakan", notifies=(SIAK_OPERATOR, COUNTER), mission_steps=("M-o",), condition="no_card", explanation="PDF yang Anda unduh sudah dokumen resmi, jadi cetakannya tidak kami siapkan untuk diambil dan permohonan ini selesai. Berubah pikiran? Dalam 7 hari Anda masih dapat meminta cetakannya di halaman ini."),
    T(("completed",), "ask_for_print", "signed", (APPLICANT,), "Minta cetakannya juga", "Pemohon meminta cetakannya juga", notifies=(SIAK_OPERATOR, PRODUCTION, COUNTER), effects=("promise_print",), condition="kept_digital", explanation="Kami cetak, lalu kami kabari nomor dan hari pengambilannya. Waktu layanan dihitung baru mulai sekarang."),
    T(("signed", "printed", "published", "ready", "uncollected", "completed"), "recall_document", "revision", (KABID,), "Tarik dokumen", "Dokumen ditarik untuk diperbaiki", inputs=("return_reason",), notifies=(APPLICANT, COUNTER, SIAK_OPERATOR), effects=("revoke_documents",), reason_kind="return", tone="no"),
    T(("ready",), "set_aside", "uncollected", (SYSTEM,), "Sisihkan", "Belum diambil selama 30 hari, disisihkan", notifies=(APPLICANT, COUNTER)),
    T(("draft", "incomplete", "awaiting_recording"), "expire", "cancelled", (SYSTEM,), "Tutup", "Ditutup karena 30 hari tidak dilanjutkan", notifies=(APPLICANT, COUNTER)),
)
# fmt: on


BY_SOURCE = {state: tuple(one for one in TRANSITIONS if state in one.sources) for state in STATES}
UNDO = {one.undoes: one for one in TRANSITIONS if one.undoes}
BY_ACTION = {one.action: tuple(other for other in TRANSITIONS if other.action == one.action) for one in TRANSITIONS}


def signed_in_siak() -> bool:
    """Return whether documents are signed in SIAK instead of here."""
    return current_app.config["TTE_URL"].startswith("siak:")


class NotAllowed(Exception):
    """A transition is refused and nothing has changed; the message is fit to show to the person who asked."""


def perform(permohonan: Permohonan, action: str, actor: User | None, **answers) -> Event:
    """Perform a transition on `permohonan`; `actor` None is the system.

    Raises NotAllowed, and then nothing has changed.
    """
    return current_app.extensions["workflow"].perform(permohonan, action, actor, **answers)


def allowed(permohonan: Permohonan, user: User) -> list[Transition]:
    """Return the transitions that `user` may perform on it now, in the table's order; sends no query."""
    possible = BY_SOURCE.get(permohonan.state, ())
    return [transition for transition in possible if permitting_grant(transition, permohonan, user)]


def permitting_grant(
    transition: Transition, permohonan: Permohonan, user: User | None
) -> tuple[str, Grant | None] | None:
    """Return the role and grant that permit `user` the transition, its state left aside; None: no permission."""
    if transition.track not in (None, permohonan.track) or not CONDITIONS[transition.condition].holds(permohonan):
        return None
    if user is None:
        return (SYSTEM, None) if SYSTEM in transition.roles else None
    for role in transition.roles:
        for grant in grants_for(permohonan, user, role):
            if not violates_four_eyes(transition, permohonan, user, grant):
                return role, grant
    return None


def violates_four_eyes(transition: Transition, permohonan: Permohonan, user: User, grant: Grant | None) -> bool:
    """Return whether `user`, or the person acted for, took another step of FOUR_EYES in this round."""
    return bool(earlier_steps(transition, permohonan, user, grant))


def earlier_steps(transition: Transition, permohonan: Permohonan, user: User, grant: Grant | None) -> list[str]:
    """Return the other steps of FOUR_EYES that `user`, or the person acted for, took in this round."""
    if transition.action not in FOUR_EYES[1:]:
        return []
    people = acting_people(user, grant)
    earlier = permohonan.round_people.items()
    return [action for action, others in earlier if action != transition.action and people & set(others)]


def acting_people(user: User, grant: Grant | None) -> set[int]:
    """Return the ids of `user` and of the person acted for."""
    return {user.id, grant.acting_for_id} - {None} if grant else {user.id}


def tells_of_trouble(action: str) -> bool:
    """Return whether an action sends an application back, refuses it or reports a failure."""
    return any(one.tone == "no" for one in BY_ACTION[action])


def transition_of(event: Event) -> Transition:
    """Return the transition that an event performed; the first of its action where the table has changed since."""
    return _transition_of(event.action, event.source, event.role)


@cache
def _transition_of(action: str, source: str, role: str) -> Transition:
    candidates = BY_ACTION[action]
    exact = [transition for transition in candidates if source in transition.sources and role in transition.roles]
    return (exact or candidates)[0]


def path(permohonan: Permohonan) -> tuple[str, ...]:
    """Return the steps of an application for what it yields."""
    steps = PATHS.get((permohonan.has_pdf, permohonan.has_card), PATHS[True, False])
    collected = not permohonan.has_card and (permohonan.pickup_number or not is_delivered_as_pdf(permohonan))
    return (*steps, PRINT_TO_COLLECT) if collected else steps


def is_delivered_as_pdf(permohonan: Permohonan) -> bool:
    """Return whether nothing has to be collected: no card, no print asked for, and a place to which the PDF goes."""
    paper = permohonan.has_card or permohonan.print_wanted
    return permohonan.has_pdf and not paper and bool(permohonan.email or permohonan.owner_id)


def next_roles(permohonan: Permohonan) -> tuple[str, ...]:
    """Return the roles that have to act next on it, on its track."""
    return _holders(permohonan.state, permohonan.track)


@cache
def _holders(state: str, track: str) -> tuple[str, ...]:
    leaving = [transition for transition in BY_SOURCE[state] if transition.track in (None, track)]
    return tuple(
        role
        for role in STATES[state].waits
        if any(role in (*transition.roles, *transition.triggered_by) for transition in leaving)
        and not (track == SELF_SERVICE and ROLES[role].reach == OWN_OFFICE)
    )
