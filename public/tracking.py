"""Following an application without signing in, and checking a document by its code; names are never shown."""

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
from public import doors, drawn, sharing, status

TRIES, TRIES_FROM_ONE = 5, 20  # wrong ones in limits.WINDOW: for one number, and from one address
NUMBER = re.compile(r"(?:AKU)?([0-9]{6})([0-9A-HJKMNP-TV-Z]{6})([0-9A-HJKMNP-TV-Z])")
MISTYPED = _l("Nomor ini salah ketik. Contoh: AKU-261123-7QK2MD-4.")


@dataclass
class Asked:
    """What was typed, and the sentences about it."""

    number: str = ""
    digits: str = ""
    errors: dict[str, Any] | None = None
    refusal: str = ""


def add_to(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/lacak", "track", track, methods=("GET", "POST"))
    blueprint.add_url_rule("/verifikasi/<key>", "verify", verify)


def track():
    """Number and last four digits of the NIK: the state, who holds it, by when, and the pickup."""
    if request.method == "GET":
        asked = Asked(request.args.get("nomor", "")[:40], errors={})
        return drawn.page(asked.number, lambda: render_template("public/track.html", asked=asked))
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
    """AKU-261123-7QK2MD-4, however it was typed; nothing where its check character is wrong."""
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
    """What was right, or never tried, was no guess."""
    Attempt.delete().where(Attempt.id.in_([guess.id for guess in guesses])).execute()


def _find(number: str, digits: str) -> Permohonan | None:
    """A submitted application whose applicant or subject has a NIK that ends so."""
    found = Permohonan.get_or_none(Permohonan.number == number, Permohonan.submitted_at.is_null(False))
    endings = {nik[-4:] for nik in (found.applicant_nik, found.subject_nik) if nik} if found else set()
    return found if digits in endings else None


def verify(key: str):
    """What a paper's code says: its kind, number and date, whether it still holds; the name as initials only."""
    if not doors.KEY.fullmatch(key):
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
    """I. P. A. W. of I Putu Arya Wiguna."""
    return " ".join(f"{word[0].upper()}." for word in re.findall(r"[^\W\d_][^\s]*", name))
