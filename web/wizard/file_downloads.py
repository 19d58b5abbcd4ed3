"""Downloads in the wizard: the application's uploads and its filled-in form (PDF); it stores nothing."""

import io
import re

from flask import Response, abort, request
from PIL import Image

from documents import printouts
from files import storage
from intake import screen_signature
from models import Attachment, Draft, DraftFile, Permohonan, Revision, StoredFile
from web.wizard.channel import KEY_PATTERN, ApplicationInChannel

SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}
THUMBNAIL_SIZE, THUMBNAIL_QUALITY = (144, 192), 50  # of thumbnails: pixels on a phone's dense screen, JPEG quality


def download_response(data: bytes, media_type: str, name: str) -> Response:
    """Return a download response, never displayed inline; `name` must hold neither a person's name nor a NIK."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{re.sub("[^A-Za-z0-9._-]", "-", name)}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def read_or_503(file: StoredFile) -> bytes:
    """Read a stored file, or abort with 503 and the storage's message."""
    try:
        return storage.read(file)
    except storage.StorageError as error:
        abort(503, str(error))


def filled_form(case: ApplicationInChannel) -> Response:
    """Download the service's form filled in with the draft's answers, to be signed, photographed and uploaded (M-c)."""
    permohonan = case.permohonan
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id) or abort(404)
    pdf = printouts.application_form(permohonan.edition, draft.answers)
    return download_response(pdf, "application/pdf", f"formulir-{permohonan.number}.pdf")


def filled_statement(case: ApplicationInChannel, requirement: str) -> Response:
    """Download the statement that a requirement asks for, filled in with the draft's answers."""
    permohonan = case.permohonan
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id) or abort(404)
    statement = screen_signature.statement_of(permohonan, requirement) or abort(404)
    pdf = printouts.statement(statement, permohonan.edition, draft.answers)
    return download_response(pdf, "application/pdf", f"{requirement}-{permohonan.number}.pdf")


def own_file(case: ApplicationInChannel, file: str) -> Response:
    """Download a file that was uploaded for the application; with ?kecil, a photo's thumbnail."""
    if not KEY_PATTERN.fullmatch(file):
        abort(404)
    stored, requirement = _find_file(case.permohonan, file) or abort(404)
    name = f"{requirement}-{case.permohonan.number}.{SUFFIXES.get(stored.media_type, 'bin')}"
    data = read_or_503(stored)
    if request.args.get("kecil") and stored.media_type == "image/jpeg":
        data = thumbnail(data)
    return download_response(data, stored.media_type, name)


def thumbnail(photo: bytes) -> bytes:
    """Make a thumbnail of a stored photo; the program encoded that JPEG itself, so it is safe to decode."""
    with Image.open(io.BytesIO(photo)) as picture:
        picture.draft(None, THUMBNAIL_SIZE)  # lets the decoder shrink
        picture.thumbnail(THUMBNAIL_SIZE)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)
    return out.getvalue()


def _find_file(permohonan: Permohonan, key: str) -> tuple[StoredFile, str] | None:
    """Find a file of the draft or of any revision, with its requirement."""
    in_draft = DraftFile.select(DraftFile, StoredFile).join(StoredFile).switch(DraftFile).join(Draft)
    submitted = Attachment.select(Attachment, StoredFile).join(StoredFile).switch(Attachment).join(Revision)
    row = in_draft.where(StoredFile.key == key, Draft.permohonan == permohonan.id).first()
    row = row or submitted.where(StoredFile.key == key, Revision.permohonan == permohonan.id).first()
    return (row.file, row.requirement) if row else None
