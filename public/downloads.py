"""Files that an applicant may fetch: issued documents, slip, receipt, filled form, own uploads; it keeps nothing."""

import re

from flask import Blueprint, Response, abort

import papers
import storage
from models import Attachment, Draft, DraftFile, Permohonan, Revision, StoredFile
from public import doors, status

SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}


def add_to(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/dokumen/<int(max=99):n>.pdf", "document", document)
    blueprint.add_url_rule("/permohonan/<key>/slip.pdf", "slip", slip)
    blueprint.add_url_rule("/permohonan/<key>/tanda-terima.pdf", "receipt", receipt)
    blueprint.add_url_rule("/permohonan/<key>/formulir.pdf", "filled_form", filled_form)
    blueprint.add_url_rule("/permohonan/<key>/berkas/<file>", "own_file", own_file)


def attached(data: bytes, media_type: str, name: str) -> Response:
    """A file to keep, never shown inside our pages; its name holds neither a person's name nor a NIK."""
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{re.sub("[^A-Za-z0-9._-]", "-", name)}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _opened(file: StoredFile) -> bytes:
    try:
        return storage.read(file)
    except storage.Refused as gone:
        abort(503, str(gone))


@doors.signed_in
def document(key: str, n: int) -> Response:
    """An issued PDF: exactly the bytes that were signed."""
    permohonan = doors.own(key)
    found = dict(status.issued(permohonan)).get(n) or abort(404)
    return attached(_opened(found.file), "application/pdf", f"{found.product}-{permohonan.number}.pdf")


@doors.signed_in
def slip(key: str) -> Response:
    """The slip with the number and, once there is one, the pickup."""
    permohonan = doors.own(key)
    if permohonan.submitted_at is None:
        abort(404)
    return attached(papers.slip(permohonan), "application/pdf", f"slip-{permohonan.number}.pdf")


@doors.signed_in
def receipt(key: str) -> Response:
    """What the recipient signed."""
    permohonan = doors.own(key)
    try:
        made = papers.receipt(permohonan)
    except storage.Refused as gone:
        abort(503, str(gone))
    return attached(made or abort(404), "application/pdf", f"tanda-terima-{permohonan.number}.pdf")


@doors.signed_in
def filled_form(key: str) -> Response:
    """The service's form with the answers so far, to be signed by hand, photographed and uploaded (M-c)."""
    permohonan = doors.own(key)
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id) or abort(404)
    made = papers.blank_form(permohonan.edition, draft.answers)
    return attached(made, "application/pdf", f"formulir-{permohonan.number}.pdf")


@doors.signed_in
def own_file(key: str, file: str) -> Response:
    """A file that the applicant uploaded, as it was kept."""
    permohonan = doors.own(key)
    if not doors.KEY.fullmatch(file):
        abort(404)
    found, requirement = _uploaded(permohonan, file) or abort(404)
    name = f"{requirement}-{permohonan.number}.{SUFFIXES.get(found.media_type, 'bin')}"
    return attached(_opened(found), found.media_type, name)


def _uploaded(permohonan: Permohonan, key: str) -> tuple[StoredFile, str] | None:
    """A file of the draft or of anything submitted, with its requirement."""
    drafted = DraftFile.select(DraftFile, StoredFile).join(StoredFile).switch(DraftFile).join(Draft)
    submitted = Attachment.select(Attachment, StoredFile).join(StoredFile).switch(Attachment).join(Revision)
    row = drafted.where(StoredFile.key == key, Draft.permohonan == permohonan.id).first()
    row = row or submitted.where(StoredFile.key == key, Revision.permohonan == permohonan.id).first()
    return (row.file, row.requirement) if row else None
