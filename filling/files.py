"""Files of an application being filled in: its own uploads, and the form with the answers; it keeps nothing."""

import io
import re

from flask import Response, abort, request
from PIL import Image

import papers
import storage
from filling.side import KEY, Case
from models import Attachment, Draft, DraftFile, Permohonan, Revision, StoredFile

SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}
SMALL, SMALL_QUALITY = (144, 192), 50  # pixels of a picture beside its name, on a phone's dense screen


def attached(data: bytes, media_type: str, name: str) -> Response:
    """A file to keep, never shown inside our pages; its name holds neither a person's name nor a NIK."""
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{re.sub("[^A-Za-z0-9._-]", "-", name)}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def opened(file: StoredFile) -> bytes:
    """Its bytes, or the page that says what is wrong."""
    try:
        return storage.read(file)
    except storage.Refused as gone:
        abort(503, str(gone))


def filled_form(case: Case) -> Response:
    """The service's form with the answers so far, to be signed by hand, photographed and uploaded (M-c)."""
    permohonan = case.permohonan
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id) or abort(404)
    made = papers.blank_form(permohonan.edition, draft.answers)
    return attached(made, "application/pdf", f"formulir-{permohonan.number}.pdf")


def own_file(case: Case, file: str) -> Response:
    """A file that was uploaded for it, as it was kept."""
    if not KEY.fullmatch(file):
        abort(404)
    found, requirement = _uploaded(case.permohonan, file) or abort(404)
    name = f"{requirement}-{case.permohonan.number}.{SUFFIXES.get(found.media_type, 'bin')}"
    data = opened(found)
    if request.args.get("kecil") and found.media_type == "image/jpeg":
        data = small(data)
    return attached(data, found.media_type, name)


def small(photo: bytes) -> bytes:
    """A photo to be recognised by; what it opens is the JPEG that we drew, never the one that was uploaded."""
    with Image.open(io.BytesIO(photo)) as picture:
        picture.draft(None, SMALL)  # the decoder itself shrinks
        picture.thumbnail(SMALL)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
    return out.getvalue()


def _uploaded(permohonan: Permohonan, key: str) -> tuple[StoredFile, str] | None:
    """A file of the draft or of anything submitted, with its requirement."""
    drafted = DraftFile.select(DraftFile, StoredFile).join(StoredFile).switch(DraftFile).join(Draft)
    submitted = Attachment.select(Attachment, StoredFile).join(StoredFile).switch(Attachment).join(Revision)
    row = drafted.where(StoredFile.key == key, Draft.permohonan == permohonan.id).first()
    row = row or submitted.where(StoredFile.key == key, Revision.permohonan == permohonan.id).first()
    return (row.file, row.requirement) if row else None
