"""Tracking of an application without an account. Names are never shown."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

import office
from accounts import rate_limits
from casework import timeline
from catalogue.nik import SEPARATORS
from lib.text_normalization import is_blank, normalize_number
from models import Permohonan
from public import application_status, share_message

GUESSES_PER_NUMBER, GUESSES_PER_CLIENT = 5, 20  # wrong guesses in rate_limits.WINDOW: for a number, from a client IP
MAX_TYPED = 100  # characters that are read, of a number or of digits
EXAMPLE_NUMBER = "AKU-261123-7QK2MD-J"
MISTYPED_NUMBER = _l(
    "Nomor ini salah ketik. Salin seperti di slip atau e-mail, misalnya %(number)s.", number=EXAMPLE_NUMBER
)
NO_NUMBER = _l("Isi nomor permohonan, misalnya %(number)s.", number=EXAMPLE_NUMBER)


@dataclass
class TrackingQuery:
    """The tracking form as typed, with its errors."""

    number: str = ""
    digits: str = ""
    errors: dict[str, Any] | None = None
    refusal: str = ""


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/lacak", "track", track, methods=("GET", "POST"))


def track():
    """Look up an application by its number and the last four digits of the NIK; show its state, holder and due date."""
    if request.method == "GET":
        asked = TrackingQuery(request.args.get("nomor", "")[:MAX_TYPED], errors={})
        return render_template("public/track.html", asked=asked)
    asked = TrackingQuery(request.form.get("nomor", "")[:MAX_TYPED], request.form.get("nik4", "")[:MAX_TYPED])
    number, asked.errors = office.normalize_number(asked.number), {}
    digits = last_four_digits(asked.digits)
    if not number:
        asked.errors["nomor"] = NO_NUMBER if is_blank(asked.number) else MISTYPED_NUMBER
    if not digits:
        asked.errors["nik4"] = _("Isi 4 angka terakhir NIK, atau NIK lengkap 16 angka.")
    if asked.errors:
        return render_template("public/track.html", asked=asked), 422
    return _look_up(asked, number, digits)


def last_four_digits(typed: str) -> str:
    """Return the four digits that were typed, or those at the end of a whole NIK or telephone number; "" otherwise."""
    digits = normalize_number(typed).translate(SEPARATORS)
    return digits[-4:] if re.fullmatch(r"[0-9]{4}|[0-9]{16}|(\+62|0)[0-9]{7,13}", digits) else ""


def _look_up(asked: TrackingQuery, number: str, digits: str):
    here = (
        (rate_limits.bucket("track", number), GUESSES_PER_NUMBER),
        (rate_limits.bucket("track-from", request.remote_addr or "-"), GUESSES_PER_CLIENT),
    )
    try:
        guesses = rate_limits.consume_each(*here)
    except rate_limits.RateLimited as refused:
        asked.refusal = str(refused)
        return render_template("public/track.html", asked=asked), 429
    permohonan = _find_by_nik_ending(number, digits)
    if permohonan is None:
        left = min(rate_limits.attempts_left(bucket, tries) for bucket, tries in here)
        mismatch = _("Nomor dan angka NIK itu tidak cocok. Periksa keduanya di slip dan di KTP-el atau KK.")
        again = ngettext(
            "Masih ada %(num)d kesempatan dalam 15 menit.", "Masih ada %(num)d kesempatan dalam 15 menit.", left
        )
        asked.refusal = f"{mismatch} {again}"
        return render_template("public/track.html", asked=asked), 404
    rate_limits.take_back(guesses)
    situation, slot = timeline.status_summary(permohonan), application_status.pickup_slot(permohonan)
    return render_template(
        "public/tracking_result.html",
        permohonan=permohonan,
        body=permohonan.edition.body,
        situation=situation,
        holder=_("Pemohon") if situation.yours else situation.holder,
        path=timeline.progress(permohonan),
        pickup=slot,
        recalled=timeline.recalled_at(timeline.timeline(permohonan)),
        replaced=application_status.is_issued(permohonan),
        share=share_message.share_message(permohonan, situation, slot),
    )


def _find_by_nik_ending(number: str, digits: str) -> Permohonan | None:
    """Return the submitted application with this number whose applicant's or subject's NIK ends in these digits.

    Where neither has a NIK, the applicant's telephone number takes its place.
    """
    found = Permohonan.get_or_none(Permohonan.number == number, Permohonan.submitted_at.is_null(False))
    niks = {found.applicant_nik, found.subject_nik} - {""} if found else set()
    endings = {one[-4:] for one in niks or ({found.phone} - {""} if found else ())}
    return found if digits in endings else None
