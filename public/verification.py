"""Verification of issued documents: by the QR code, by facts to compare, and by the PDF itself, which isn't kept."""

import hashlib
import re
from dataclasses import dataclass, field

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

import office
from accounts import rate_limits
from documents import signing, tte
from documents.tte.bounded_verification import verify_bounded
from files import inspection
from lib import encryption
from lib.database import local, now
from lib.i18n import localized
from models import Document, DocumentCheck, Permohonan, StoredFile
from public import application_status
from public.tracking import last_four_digits

GUESSES_PER_DOCUMENT, GUESSES_PER_CLIENT = 5, 20  # wrong endings in rate_limits.WINDOW: of one document, of a client IP
MAX_TYPED = 300  # characters that are read
NO_KEY = _l("Tulis alamat di bawah kode QR, atau kode di akhirnya: huruf dan angka sesudah /verifikasi/.")
NO_DIGITS = _l("Isi 4 angka terakhir NIK, atau NIK lengkap 16 angka.")
NO_FILE = _l("Pilih berkas PDF yang akan diperiksa.")
TOO_LARGE = _l("Berkas ini lebih besar dari 15 MB. Dokumen kami tidak sebesar itu.")


@dataclass
class Finding:
    """The result of checking a PDF: `tone` good, warn or bad."""

    tone: str
    title: str
    text: str
    document: Document | None = None


@dataclass
class Check:
    """The results that a page of the verification shows beside the document."""

    facts: list[list[str]] = field(default_factory=list)
    finding: Finding | None = None
    errors: dict = field(default_factory=dict)
    refusal: str = ""
    typed: str = ""


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/verifikasi", "verification", find_document, methods=("GET", "POST"))
    blueprint.add_url_rule("/verifikasi/<key>", "verify", verify_document, methods=("GET", "POST"))


def find_document():
    """Find a document by the address under its QR code, or by its PDF."""
    if request.method == "GET":
        return render_template("public/verification.html", check=Check())
    check = Check(typed=request.form.get("kode", "")[:MAX_TYPED])
    if "pdf" in request.files:
        _check_pdf(check, None)
    elif key := _key_in(check.typed):
        return redirect(url_for("public.verify", key=key), 303)
    else:
        check.errors["kode"] = NO_KEY
    return render_template("public/verification.html", check=check), 422 if check.errors else 200


def _key_in(typed: str) -> str:
    last = re.sub(r"\s", "", typed).rstrip("/").rpartition("/")[2].partition("?")[0]
    return last if encryption.RANDOM_NAME.fullmatch(last) else ""


def verify_document(key: str):
    """Verify a document: its kind, number, date, signer and state; facts for who knows a NIK's end; its PDF."""
    document = _find_issued(key)
    check, status = Check(), 200
    if document is None:
        return render_template("public/verification.html", check=check, unknown=True), 404
    if request.method == "GET":
        _count(document, "opened")
    elif "pdf" in request.files:
        _check_pdf(check, document)
    else:
        status = _check_digits(check, document)
    if check.errors:
        status = 422
    page = render_template(
        "public/document_verified.html",
        document=document,
        initials=initials(document.data["name"]),
        replacement=_replacement(document),
        certificate=localized(office.certificate_sentence(document.signed_with)),
        check=check,
        at=now(),
    )
    return page, status


def _find_issued(key: str) -> Document | None:
    if not encryption.RANDOM_NAME.fullmatch(key):
        return None
    signed = (Document.verification_key == key) & Document.signed_at.is_null(False)
    return _if_issued(Document.select(Document, Permohonan).join(Permohonan).where(signed).first())


def _if_issued(document: Document | None) -> Document | None:
    issued = document and (document.revoked_at or application_status.is_issued(document.permohonan))
    return document if issued else None


def _replacement(document: Document) -> Document | None:
    """Return the newest issued document in the place of a revoked one."""
    if not document.revoked_at or not application_status.is_issued(document.permohonan):
        return None
    same = (Document.permohonan == document.permohonan_id) & (Document.product == document.product)
    newer = Document.select().where(same, Document.signed_at.is_null(False), Document.revoked_at.is_null())
    return newer.order_by(Document.id.desc()).first()


def initials(name: str) -> str:
    """Abbreviate a name: I Putu Arya Wiguna is I. P. A. W."""
    return " ".join(f"{word[0].upper()}." for word in re.findall(r"[^\W\d_][^\s]*", name))


def _count(document: Document, outcome: str) -> None:
    """Count a check of today; concurrent ones are all counted."""
    row = DocumentCheck.insert(document=document.id, day=local().date(), outcome=outcome, count=1)
    target = (DocumentCheck.document, DocumentCheck.day, DocumentCheck.outcome)
    row.on_conflict(conflict_target=target, update={DocumentCheck.count: DocumentCheck.count + 1}).execute()


# Facts to compare


def _check_digits(check: Check, document: Document) -> int:
    """Show the facts to who types the end of a NIK on the document; return the status of the answer."""
    check.typed = request.form.get("nik4", "")[:MAX_TYPED]
    digits = last_four_digits(check.typed)
    if not digits:
        check.errors["nik4"] = NO_DIGITS
        return 422
    client = request.remote_addr or "-"
    here = (
        (rate_limits.bucket("verify", f"{document.verification_key}:{client}"), GUESSES_PER_DOCUMENT),
        (rate_limits.bucket("verify-from", client), GUESSES_PER_CLIENT),
    )
    try:
        guesses = rate_limits.consume_each(*here)
    except rate_limits.RateLimited as refused:
        check.refusal = str(refused)
        return 429
    if digits in _endings(document):
        rate_limits.take_back(guesses)
        check.facts = _facts(document)
        _count(document, "facts")
        return 200
    _count(document, "digits")
    left = min(rate_limits.attempts_left(bucket, tries) for bucket, tries in here)
    again = ngettext(
        "Masih ada %(num)d kesempatan dalam 15 menit.", "Masih ada %(num)d kesempatan dalam 15 menit.", left
    )
    check.refusal = f"{_('Angka itu bukan akhir NIK orang di dokumen ini.')} {again}"
    return 404


def _endings(document: Document) -> set[str]:
    """Return the accepted last four digits: of the NIKs on the document, else of the application."""
    told = document.data.get("nik4")
    if told:
        return set(told)
    permohonan = document.permohonan
    return {nik[-4:] for nik in (permohonan.subject_nik, permohonan.applicant_nik) if nik}


def _facts(document: Document) -> list[list[str]]:
    """Return what can be compared; of a document from before, its answers without long numbers."""
    rows = document.data.get("facts")
    if rows is None:
        rows = [["Nama", document.data["name"]], *document.data.get("rows", [])]
    return [[label, value] for label, value in rows if not re.search(r"\d{16}", value)]


# The PDF itself


def _check_pdf(check: Check, document: Document | None) -> None:
    """Check an uploaded PDF in memory; `document` is the one whose page is open."""
    upload = request.files["pdf"]
    data = upload.read(inspection.MAX_BYTES + 1)
    upload.close()
    if not data:
        check.errors["pdf"] = NO_FILE
    elif len(data) > inspection.MAX_BYTES:
        check.errors["pdf"] = TOO_LARGE
    else:
        check.finding, outcome = _examine(data, document)
        if counted := document or check.finding.document:
            _count(counted, outcome)


def _examine(data: bytes, document: Document | None) -> tuple[Finding, str]:
    found = _find_by_digest(hashlib.sha256(data).hexdigest())
    if found is None:
        return _examine_strange(data), "pdf_changed"
    if document and (found.permohonan_id, found.product) != (document.permohonan_id, document.product):
        text = _("Ini dokumen kami yang lain: %(kind)s nomor %(number)s.", kind=found.title, number=found.number)
        return Finding("bad", _("Berkas ini bukan dokumen di halaman ini"), text, found), "pdf_other"
    if found.revoked_at:
        text = _("Isinya tidak berubah, tetapi dokumen ini sudah dicabut atau diganti. Minta yang terbaru.")
        return Finding("bad", _("Berkas ini terbitan lama yang tidak berlaku lagi"), text, found), "pdf_older"
    text = _("Tidak satu huruf pun berubah sejak ditandatangani.")
    return Finding("good", _("Berkas ini persis seperti yang kami terbitkan"), text, found), "pdf_same"


def _find_by_digest(digest: str) -> Document | None:
    query = Document.select(Document, Permohonan).join(Permohonan).switch(Document)
    query = query.join(StoredFile, on=(Document.file == StoredFile.id)).where(StoredFile.sha256 == digest)
    return _if_issued(query.order_by(Document.id.desc()).first())


def _examine_strange(data: bytes) -> Finding:
    """Say what is wrong with a PDF that isn't any of ours, as it was issued."""
    title = _("Berkas ini bukan terbitan kami, atau sudah diubah")
    if not data.startswith(b"%PDF"):
        return Finding("bad", title, _("Ini bukan PDF. Foto dan hasil pindai tidak dapat diperiksa seperti ini."))
    try:
        result = verify_bounded(data, signing.trusted_roots())
    except (inspection.InspectionBusy, tte.SigningDeclined) as busy:
        current_app.logger.warning("a PDF could not be verified: %s", busy)
        return Finding("warn", _("Belum dapat diperiksa"), _("Pemeriksa sedang sibuk. Coba lagi sebentar lagi."))
    if result is None:
        return Finding("bad", title, _("Berkas ini rusak, atau terlalu rumit untuk diperiksa."))
    valid, reason = result
    if valid:
        text = _("Tanda tangannya sah, tetapi dokumen ini tidak terdaftar sebagai terbitan kami. Tanyakan kepada kami.")
        return Finding("warn", _("Berkas ini tidak terdaftar di sini"), text)
    return Finding("bad", title, f"{_(reason)} {_('Jangan terima sebelum bertanya kepada kami.')}")
