"""Inputs about products: numbers and drafts, signed PDFs, cards, and the passphrase of a signature."""

from collections.abc import Mapping

from flask import current_app

from casework import document_numbers, draft_uploads
from casework.inputs.words import InvalidInput, plain, tick
from catalogue.definition_parts import source_of
from files import inspection
from lib.text_normalization import normalize_number
from models import Document, Permohonan, SignedUpload, StoredFile

EITHER_OR = (
    "Anda mengunggah draf dan meminta draf dibuat dari isian. Drafnya sudah kami simpan: hapus centang di bawah kalau "
    "itu yang dipakai, atau kirim lagi kalau tidak."
)


def documents(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the number and draft PDF of each product; a good draft is kept also where another answer is wrong."""
    given = answers.get("documents") or {}
    out: dict[str, dict] = {}
    errors, asked = {}, numbered(permohonan)
    for product in permohonan.products:
        key = product["key"]
        one = given.get(key) or {}
        out[key] = {"number": "", "draft": None}
        try:
            out[key]["number"] = _number(permohonan, product, one) if product in asked else ""
        except ValueError as wrong:
            errors[f"documents-{key}-number"] = str(wrong)
            if isinstance(wrong, document_numbers.NumberUnusual):
                errors[f"documents-{key}-sure"] = "Kalau nomor di SIAK memang begitu, centang itu di bawah nomornya."
        try:
            out[key]["draft"] = _draft(permohonan, product, one)
        except inspection.UploadRejected as wrong:
            errors[f"documents-{key}-draft"] = str(wrong)
    if errors:
        raise InvalidInput(errors)
    _refuse_equal(out, asked)
    for product in permohonan.products:  # of two papers of one kind the second bears the first one's number
        out[product["key"]]["number"] = out.get(product.get("number_of") or "", out[product["key"]])["number"]
    return {"documents": out}


def _refuse_equal(found: dict[str, dict], asked: list[dict]) -> None:
    """Refuse one number for two documents of one kind in an application."""
    numbers = [(one["key"], one.get("number"), found[one["key"]]["number"]) for one in asked if one["kind"] == "pdf"]
    for place, (key, *same) in enumerate(numbers):
        if same in [before for _key, *before in numbers[:place]]:
            raise InvalidInput({f"documents-{key}-number": "Nomor ini sama dengan dokumen lain di atas."})


def numbered(permohonan: Permohonan) -> list[dict]:
    """Return the products whose number is asked: not those that bear another one's."""
    keys = {product["key"] for product in permohonan.products}
    return [product for product in permohonan.products if product.get("number_of") not in keys]


def _number(permohonan: Permohonan, product: dict, given: Mapping) -> str:
    typed = document_numbers.tidy(product, normalize_number(str(given.get("number") or "")))
    number = plain(typed, 60)  # some letters are longer as capitals
    if product["kind"] != "pdf":
        return number
    if not number:
        raise ValueError(f"Isi nomor {product['name']['id']} dari SIAK.")
    document_numbers.check_number(permohonan, product, number, bool(given.get("sure")))
    return number


def _draft(permohonan: Permohonan, product: dict, given: Mapping) -> StoredFile | None:
    """Return the stored draft of a product: the one uploaded now, or kept from before; None where it is made here."""
    source = source_of(product) if product["kind"] == "pdf" else "own"
    if source == "own":
        return None
    here = source == "either" and given.get("here")
    if given.get("draft"):
        stored = draft_uploads.keep_draft(permohonan, product["key"], given["draft"])
        if here:
            raise inspection.UploadRejected(EITHER_OR)
        return stored
    if here:
        return None
    kept = draft_uploads.kept_drafts(permohonan).get(product["key"])
    if kept is None and source == "siak":
        raise inspection.UploadRejected(f"Unggah draf {product['name']['id']} dari SIAK (PDF).")
    return kept


def asks_passphrase(permohonan: Permohonan) -> bool:
    """Return whether a passphrase is asked: not where the products are cards only, or where SIAK signs."""
    return permohonan.has_pdf and not current_app.config["TTE_URL"].startswith("siak:")


def passphrase(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate that a passphrase is there; whether it is right is for the check `can_sign`."""
    value = str(answers.get("passphrase") or "")
    if asks_passphrase(permohonan) and not value:
        raise InvalidInput({"passphrase": "Isi frasa sandi TTE Anda."})
    return {"passphrase": value, "shown": answers.get("shown")}


def cards(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the tick that the cards have arrived at the counter."""
    clean = tick("cards_received", "Tandai bahwa kartu sudah Anda terima." if permohonan.has_card else "")
    return clean(answers, permohonan, role)


def card(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate which card waits for its blank."""
    cards = [product["key"] for product in permohonan.products if product["kind"] == "card"]
    card = str(answers.get("card") or cards[0])
    if card not in cards:
        raise InvalidInput({"card": "Pilih kartu dari daftar."})
    return {"card": card}


def signed(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate that a signed PDF was uploaded for each PDF product, now or before, by whom a second officer reads it.

    `read` holds, by product, the digest of a PDF that waits for a second reader, from the form that showed it.
    """
    given = {key: data for key, data in (answers.get("signed") or {}).items() if data}
    names = {one["key"]: one["name"]["id"] for one in permohonan.products if one["kind"] == "pdf"}
    of_this_round = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    waiting = SignedUpload.select(Document.product).join(Document).where(of_this_round)
    absent = names.keys() - given.keys() - {product for (product,) in waiting.tuples()}
    if absent:
        upload = "Unggah PDF {} yang sudah ditandatangani di SIAK."
        raise InvalidInput({f"signed-{key}": upload.format(name) for key, name in names.items() if key in absent})
    return {"signed": {key: given[key] for key in names if key in given}, "read": dict(answers.get("read") or {})}
