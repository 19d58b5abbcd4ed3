"""Tracking without an account, and verification of an issued document by its code. Names are never shown."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

import history
import keys
from accounts import limits
from lib.database import now
from models import Attempt, Document, Permohonan
from public import sharing, status

TRIES, TRIES_FROM_ONE = 5, 20  # wrong guesses in limits.WINDOW: for one number, and from one client IP
NUMBER = re.compile(r"(?:AKU)?([0-9]{6})([0-9A-HJKMNP-TV-Z]{6})([0-9A-HJKMNP-TV-Z])")
MISTYPED = _l("Nomor ini salah ketik. Contoh: AKU-261123-7QK2MD-4.")


@dataclass
class Asked:
    """The tracking form as typed, with its errors."""

    number: str = ""
    digits: str = ""
    errors: dict[str, Any] | None = None
    refusal: str = ""


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/lacak", "track", track, methods=("GET", "POST"))
    blueprint.add_url_rule("/verifikasi/<key>", "verify", verify)


def track():
    """Look up an application by its number and the last four digits of the NIK; show its state, holder and due date."""
    if request.method == "GET":
        asked = Asked(request.args.get("nomor", "")[:40], errors={})
        return render_template("public/track.html", asked=asked)
    asked = Asked(request.form.get("nomor", "")[:40], request.form.get("nik4", "")[:20])
    number, asked.errors = normal(asked.number), {}
    digits = re.sub(r"[ .\-]", "", asked.digits)
    if not number:
        asked.errors["nomor"] = MISTYPED if asked.number.strip() else _("Isi nomor permohonan.")
    if not re.fullmatch("[0-9]{4}", digits):
        asked.errors["nik4"] = _("Isi 4 angka terakhir NIK.")
    if asked.errors:
        return render_template("public/track.html", asked=asked), 422
    return _answer(asked, number, digits)


def normal(typed: str) -> str:
    """Normalize a typed number to the form AKU-261123-7QK2MD-4; "" if its check character is wrong."""
    found = NUMBER.fullmatch(keys.unmistaken(typed))
    if not found or keys.check_character(f"{found[1]}-{found[2]}") != found[3]:
        return ""
    return f"AKU-{found[1]}-{found[2]}-{found[3]}"


def _answer(asked: Asked, number: str, digits: str):
    here = limits.bucket("track", number), limits.bucket("track-from", request.remote_addr or "-")
    guesses = []
    try:
        for bucket, tries in zip(here, (TRIES, TRIES_FROM_ONE), strict=True):
            guesses.append(limits.take(bucket, tries))
    except limits.TooMany as refused:
        _take_back(guesses)
        asked.refusal = str(refused)
        return render_template("public/track.html", asked=asked), 429
    permohonan = _find(number, digits)
    if permohonan is None:
        left = min(limits.tries_left(here[0], TRIES), limits.tries_left(here[1], TRIES_FROM_ONE))
        mismatch = _("Nomor dan 4 angka NIK itu tidak cocok. Periksa keduanya.")
        again = ngettext(
            "Masih ada %(num)d kesempatan dalam 15 menit.", "Masih ada %(num)d kesempatan dalam 15 menit.", left
        )
        asked.refusal = f"{mismatch} {again}"
        return render_template("public/track.html", asked=asked), 404
    _take_back(guesses)
    situation, slot = history.status_summary(permohonan), status.pickup(permohonan)
    return render_template(
        "public/tracked.html",
        permohonan=permohonan,
        body=permohonan.edition.body,
        situation=situation,
        holder=_("Pemohon") if situation.yours else situation.holder,
        path=history.progress(permohonan),
        pickup=slot,
        share=sharing.share(permohonan, situation, slot),
    )


def _take_back(guesses: list[Attempt]) -> None:
    """Delete attempts of the rate limit that were no wrong guesses."""
    Attempt.delete().where(Attempt.id.in_([guess.id for guess in guesses])).execute()


def _find(number: str, digits: str) -> Permohonan | None:
    """Return the submitted application with this number whose applicant's or subject's NIK ends in these digits."""
    found = Permohonan.get_or_none(Permohonan.number == number, Permohonan.submitted_at.is_null(False))
    endings = {nik[-4:] for nik in (found.applicant_nik, found.subject_nik) if nik} if found else set()
    return found if digits in endings else None


def verify(key: str):
    """Verify a document by its QR code: show its kind, number, date and validity; the name as initials only."""
    if not keys.RANDOM_NAME.fullmatch(key):
        abort(404)
    document = (
        Document.select(Document, Permohonan)
        .join(Permohonan)
        .where(Document.verification_key == key, Document.signed_at.is_null(False))
        .first()
    )
    if document is None or not (document.revoked_at or status.is_issued(document.permohonan)):
        abort(404)
    short = initials(document.data["name"])
    return render_template("public/verified.html", document=document, initials=short, at=now())


def initials(name: str) -> str:
    """Abbreviate a name: I Putu Arya Wiguna is I. P. A. W."""
    return " ".join(f"{word[0].upper()}." for word in re.findall(r"[^\W\d_][^\s]*", name))
