"""Downloads in the wizard: the application's uploads and its filled-in form (PDF); it stores nothing."""

import io
import re

from flask import Response, abort, request
from PIL import Image

import papers
import storage
from filling.side import KEY, Case
from models import Attachment, Draft, DraftFile, Permohonan, Revision, StoredFile

SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}
SMALL, SMALL_QUALITY = (144, 192), 50  # of thumbnails: pixels on a phone's dense screen, JPEG quality


def attached(data: bytes, media_type: str, name: str) -> Response:
    """Return a download response, never displayed inline; `name` must hold neither a person's name nor a NIK."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{re.sub("[^A-Za-z0-9._-]", "-", name)}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def opened(file: StoredFile) -> bytes:
    """Read a stored file, or abort with 503 and the storage's message."""
    try:
        return storage.read(file)
    except storage.Refused as error:
        abort(503, str(error))


def filled_form(case: Case) -> Response:
    """Download the service's form filled in with the draft's answers, to be signed, photographed and uploaded (M-c)."""
    permohonan = case.permohonan
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id) or abort(404)
    pdf = papers.blank_form(permohonan.edition, draft.answers)
    return attached(pdf, "application/pdf", f"formulir-{permohonan.number}.pdf")


def own_file(case: Case, file: str) -> Response:
    """Download a file that was uploaded for the application; with ?kecil, a photo's thumbnail."""
    if not KEY.fullmatch(file):
        abort(404)
    stored, requirement = _uploaded(case.permohonan, file) or abort(404)
    name = f"{requirement}-{case.permohonan.number}.{SUFFIXES.get(stored.media_type, 'bin')}"
    data = opened(stored)
    if request.args.get("kecil") and stored.media_type == "image/jpeg":
        data = small(data)
    return attached(data, stored.media_type, name)


def small(photo: bytes) -> bytes:
    """Make a thumbnail of a stored photo; the program encoded that JPEG itself, so it is safe to decode."""
    with Image.open(io.BytesIO(photo)) as picture:
        picture.draft(None, SMALL)  # lets the decoder shrink
        picture.thumbnail(SMALL)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
    return out.getvalue()


def _uploaded(permohonan: Permohonan, key: str) -> tuple[StoredFile, str] | None:
    """Find a file of the draft or of any revision, with its requirement."""
    in_draft = DraftFile.select(DraftFile, StoredFile).join(StoredFile).switch(DraftFile).join(Draft)
    submitted = Attachment.select(Attachment, StoredFile).join(StoredFile).switch(Attachment).join(Revision)
    row = in_draft.where(StoredFile.key == key, Draft.permohonan == permohonan.id).first()
    row = row or submitted.where(StoredFile.key == key, Revision.permohonan == permohonan.id).first()
    return (row.file, row.requirement) if row else None
