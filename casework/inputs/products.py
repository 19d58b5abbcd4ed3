"""Inputs about products: numbers and drafts, signed PDFs, cards, and the passphrase of a signature."""

from collections.abc import Mapping

from flask import current_app

from casework.inputs.words import InvalidInput, plain, tick
from lib.text_normalization import normalize_number
from models import Permohonan


def documents(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the number and draft PDF of each product."""
    given = answers.get("documents") or {}
    out, errors = {}, {}
    for product in permohonan.products:
        key = product["key"]
        one = given.get(key) or {}
        try:
            number = plain(
                normalize_number(str(one.get("number") or "")).upper(), 60
            )  # some letters are longer as capitals
        except ValueError as wrong:
            errors[f"documents-{key}-number"] = str(wrong)
            continue
        if not number and product["kind"] == "pdf":
            errors[f"documents-{key}-number"] = f"Isi nomor {product['name']['id']} dari SIAK."
        out[key] = {"number": number, "draft": one.get("draft") or None}
    if errors:
        raise InvalidInput(errors)
    return {"documents": out}


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
    """Validate that a signed PDF was uploaded for each PDF product."""
    given = answers.get("signed") or {}
    unsigned = (one for one in permohonan.products if one["kind"] == "pdf" and not given.get(one["key"]))
    upload = "Unggah PDF {} yang sudah ditandatangani di SIAK."
    if missing := {f"signed-{one['key']}": upload.format(one["name"]["id"]) for one in unsigned}:
        raise InvalidInput(missing)
    return {"signed": dict(given)}
