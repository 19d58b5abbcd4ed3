"""Inputs of transitions: the name, label, form element and server-side validation of each.

One entry serves the form that is shown and the validation of what comes back. It stores nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.roles import APPLICANT, COUNTER_OPERATOR
from casework.inputs.days import pickup, recording
from casework.inputs.deficiencies import deficiencies
from casework.inputs.originals import old_papers, originals
from casework.inputs.products import asks_passphrase, card, cards, documents, passphrase, signed
from casework.inputs.recipient import recipient
from casework.inputs.returns import returned
from casework.inputs.signature import signature
from casework.inputs.words import SHORT, text, tick
from lib.i18n import N_
from models import Permohonan


@dataclass(frozen=True)
class Input:
    """One input of a transition; `clean` returns the validated values by name, or raises InvalidInput."""

    name: str
    kind: str  # the form element: tick | long | text | date | deficiencies | documents | …
    label: str
    clean: Callable[[Mapping, Permohonan, str], dict]
    hint: str = ""
    recorded: tuple[str, ...] = ()  # names of answers that the event keeps
    applies: Callable[[Permohonan, str], bool] = lambda permohonan, role: True

    @property
    def is_reason(self) -> bool:
        """Return whether it says why: words that somebody reads later."""
        return self.kind == "deficiencies" or "reason" in self.recorded


def _other_matter(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the reason why it is no duplicate; only a counter operator can give one."""
    clean = text("reason", "", required=lambda role: False)
    return clean(answers if role == COUNTER_OPERATOR else {}, permohonan, role)


def _place(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate where somebody comes to be recorded; the applicant changes only the day."""
    kept = {"place": permohonan.recording_place}
    return kept if role == APPLICANT else text("place", "Isi tempat perekaman.", SHORT)(answers, permohonan, role)


_DECLARATION = N_(
    "Saya menyatakan isian dan dokumen ini benar. Saya tahu bahwa memberi keterangan palsu dapat dipidana "
    "menurut Undang-Undang Administrasi Kependudukan."
)
# fmt: off
INPUTS = {one.name: one for one in (
    Input("declaration", "declaration", _DECLARATION, tick("declaration", N_("Centang pernyataan ini sebelum mengirim."))),
    Input("deficiencies", "deficiencies", "Apa yang kurang?", deficiencies),
    Input("reason", "long", "Alasan", text("reason", "Tulis alasannya."), recorded=("reason",)),
    Input("return_reason", "returned", "Alasan", returned, recorded=("reason", "fields")),
    Input("reason_of_helper", "long", N_("Alasan"), text("reason", N_("Tulis alasan permohonan ini ditarik."), required=lambda role: role == COUNTER_OPERATOR), N_("Boleh kosong jika Anda sendiri pemohonnya."), recorded=("reason",)),
    Input("other_matter", "long", "Mengapa ini bukan permohonan ganda?", _other_matter, recorded=("reason",), applies=lambda permohonan, role: role == COUNTER_OPERATOR),
    Input("undo_in_siak", "tick", "Ada yang harus dibatalkan juga di SIAK", tick("undo_in_siak"), recorded=("undo_in_siak",)),
    Input("place", "text", "Tempat perekaman", _place, recorded=("place",), applies=lambda permohonan, role: role != APPLICANT),
    Input("date", "date", N_("Hari perekaman"), recording, recorded=("date",)),
    Input("pickup_date", "date", N_("Hari pengambilan"), pickup, N_("Nomor antrean diberikan untuk hari ini."), recorded=("date",)),
    Input("documents", "documents", "Nomor dan draf dokumen", documents),
    Input("passphrase", "passphrase", "Frasa sandi TTE", passphrase, "Tidak disimpan di mana pun.", applies=lambda permohonan, role: asks_passphrase(permohonan)),
    Input("card", "card", "Kartu yang menunggu blangko", card, recorded=("card",)),
    Input("cards_received", "tick", "Kartu sudah saya terima dari Dinas", cards, recorded=("cards_received",), applies=lambda permohonan, role: permohonan.has_card),
    Input("originals_seen", "originals", "Dokumen asli yang ditunjukkan dan cocok dengan unggahan", originals, recorded=("originals_seen",)),
    Input("old_returned", "old_papers", "Kartu atau dokumen lama yang ditarik", old_papers, recorded=("old_returned", "old_missing")),
    Input("recipient", "recipient", "Penerima", recipient, recorded=("recipient_name", "proxy_letter", "recipient_nik")),
    Input("signature", "signature", "Tanda tangan penerima", signature),
    Input("signed", "signed", "PDF bertanda tangan dari SIAK", signed, "Tanda tangan dan isinya dibandingkan dengan draf sebelum dokumen dinyatakan terbit.", recorded=("uploaded_by",), applies=lambda permohonan, role: permohonan.has_pdf),
)}
# fmt: on
