"""What an action of the workflow can ask for: each answer's name, words, and the check on the server.

One entry serves the form that is shown and the check of what comes back. It stores nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from answers.days import pickup, recording
from answers.deficiencies import deficiencies
from answers.products import asks_passphrase, card, cards, documents, passphrase, signed
from answers.signature import signature
from answers.words import SHORT, text, tick
from marking import N_
from models import Permohonan


@dataclass(frozen=True)
class Ask:
    """One thing that an action asks for; `clean` returns the checked values by name, or raises Refused."""

    name: str
    kind: str  # which piece of form: tick | long | text | date | deficiencies | documents | …
    label: str
    clean: Callable[[Mapping, Permohonan, str], dict]
    hint: str = ""
    kept: tuple[str, ...] = ()  # names that go into the record
    wanted: Callable[[Permohonan, str], bool] = lambda permohonan, role: True


def _other_matter(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Why it is no second application for the same thing; only an officer of a counter can say so."""
    clean = text("reason", "", required=lambda role: False)
    return clean(answers if role == "counter_operator" else {}, permohonan, role)


_DECLARATION = N_(
    "Saya menyatakan isian dan dokumen ini benar. Saya tahu bahwa memberi keterangan palsu dapat dipidana "
    "menurut Undang-Undang Administrasi Kependudukan."
)
# fmt: off
ASKS = {ask.name: ask for ask in (
    Ask("declaration", "declaration", _DECLARATION, tick("declaration", N_("Centang pernyataan ini sebelum mengirim."))),
    Ask("deficiencies", "deficiencies", "Apa yang kurang?", deficiencies, "Pemohon membaca alasan ini dan hanya dapat mengubah yang Anda tandai."),
    Ask("reason", "long", "Alasan", text("reason", "Tulis alasannya."), kept=("reason",)),
    Ask("reason_of_helper", "long", N_("Alasan"), text("reason", N_("Tulis alasan permohonan ini ditarik."), required=lambda role: role == "counter_operator"), N_("Boleh kosong jika Anda sendiri pemohonnya."), kept=("reason",)),
    Ask("other_matter", "long", "Mengapa ini bukan permohonan ganda?", _other_matter, "Dibaca admin yang memeriksa berkas.", kept=("reason",), wanted=lambda permohonan, role: role == "counter_operator"),
    Ask("undo_in_siak", "tick", "Ada yang harus dibatalkan juga di SIAK", tick("undo_in_siak"), kept=("undo_in_siak",)),
    Ask("place", "text", "Tempat perekaman", text("place", "Isi tempat perekaman.", SHORT), kept=("place",)),
    Ask("date", "date", "Hari", recording, kept=("date",)),
    Ask("pickup_date", "date", N_("Hari pengambilan"), pickup, N_("Nomor antrean diberikan untuk hari ini."), kept=("date",)),
    Ask("documents", "documents", "Nomor dan draf dokumen", documents),
    Ask("passphrase", "passphrase", "Frasa sandi TTE", passphrase, "Tidak disimpan di mana pun.", wanted=lambda permohonan, role: asks_passphrase(permohonan)),
    Ask("card", "card", "Kartu yang menunggu blangko", card, kept=("card",)),
    Ask("cards_received", "tick", "Kartu sudah saya terima dari Dinas", cards, kept=("cards_received",), wanted=lambda permohonan, role: permohonan.has_card),
    Ask("originals_seen", "tick", "Dokumen asli sudah ditunjukkan dan cocok dengan unggahan", tick("originals_seen", "Tandai setelah Anda melihat dokumen aslinya."), kept=("originals_seen",)),
    Ask("old_returned", "tick", "Kartu atau dokumen lama sudah ditarik", tick("old_returned"), "Kosongkan jika tidak ada yang ditarik.", kept=("old_returned",)),
    Ask("proxy_letter", "tick", "Diambil orang lain dengan surat kuasa (F-1.07)", tick("proxy_letter"), kept=("proxy_letter",)),
    Ask("recipient_name", "text", "Nama penerima", text("recipient_name", "Isi nama penerima.", SHORT), kept=("recipient_name",)),
    Ask("signature", "signature", "Tanda tangan penerima", signature),
    Ask("signed", "signed", "PDF bertanda tangan dari SIAK", signed),
)}
# fmt: on
