"""Resumable uploads: the server's side of static/js/resumable_upload.js; it renders one upload field only.

A file's URL holds the SHA-256 of its bytes, so every request is idempotent. Without JavaScript the page's form is
posted instead.
"""

import re
from contextlib import suppress

from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import ClientDisconnected

from files import inspection, storage
from files.resumable import MIN_CHUNK, PartialUpload, UploadBusy, WrongOffset
from intake import attachments, drafts
from models import Draft
from web.wizard import correction_form, field_pages, upload_page
from web.wizard.channel import ApplicationInChannel

SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_PIECE, READ_SIZE = 2**20, 2**17  # bytes at most: of a piece, of one read
NUMBER = re.compile(r"[0-9]{1,9}")


def receive_upload(case: ApplicationInChannel, requirement: str, sha256: str) -> Response | tuple:
    """Handle a resumable upload: GET its offset, PATCH a piece, POST to inspect and attach the whole file."""
    if not SHA256.fullmatch(sha256) or not attachments.is_requirement(case.permohonan, requirement):
        abort(404)
    draft = field_pages.draft_to_fill(case) or correction_form.draft_to_correct(case)
    if draft is None:
        return _text_response(str(drafts.ALREADY_SUBMITTED), 410)
    if refusal := attachments.refusal(case.permohonan, requirement, draft):
        return _text_response(refusal, 410)
    part = PartialUpload(current_user.id, case.permohonan.key, requirement, sha256)
    try:
        if request.method == "PATCH":
            return _append(part)
        if request.method == "POST":
            return _finish(case, draft, requirement, part)
        response = _offset_response(part.offset())
        response.headers["X-CSRFToken"] = generate_csrf()  # for a page that was opened before signing in again
        return response
    except WrongOffset as wrong:
        return _offset_response(wrong.offset, 409)
    except UploadBusy:
        return _offset_response(part.offset(), 423)
    except OSError:
        return _text_response(_("Penyimpanan kami sedang penuh atau terganggu. Coba lagi beberapa saat lagi."), 503)


def _offset_response(offset: int, status: int = 204) -> Response:
    return Response(status=status, headers={"Upload-Offset": str(offset)})


def _text_response(sentence: str, status: int, **headers: str) -> tuple[str, int, dict]:
    return sentence, status, {"Content-Type": "text/plain; charset=utf-8"} | headers


def _append(part: PartialUpload) -> Response | tuple:
    """Append a piece to the partial upload; of an interrupted request, as much as arrived."""
    offset, whole = _header_number("Upload-Offset"), _header_number("Upload-Length")
    if whole > inspection.MAX_BYTES:
        return _text_response(_(str(inspection.UploadRejected.from_code("too_large"))), 413)
    piece = _read_body(max(0, min(MAX_PIECE, whole - offset)))
    enough = len(piece) >= min(MIN_CHUNK, max(whole - offset, 1))
    return _offset_response(part.append(piece, offset) if enough else part.offset())


def _header_number(header: str) -> int:
    text = request.headers.get(header, "")
    return int(text) if NUMBER.fullmatch(text) else abort(400)


def _read_body(most: int) -> memoryview:
    got, there = memoryview(bytearray(most)), 0
    with suppress(ClientDisconnected, OSError):  # the connection was cut: what has arrived is valid
        while count := request.stream.readinto(got[there : there + READ_SIZE]):  # type: ignore[attr-defined]
            there += count
    return got[:there]


def _finish(case: ApplicationInChannel, draft: Draft, requirement: str, part: PartialUpload) -> tuple:
    """Inspect and attach the whole file, and render its upload field with the result; idempotent."""
    instead = upload_page.posted_file_keys("instead")
    if request.form.get("replace") == "ya":
        instead += correction_form.seen_files(case.permohonan).get(requirement, [])
    error, name = "", request.form.get("name", "")
    if not attachments.has_identical(draft, requirement, part.sha256):
        try:
            attachments.attach(case.permohonan, requirement, part.assemble(), name, instead)
        except inspection.InspectionBusy as busy:  # the pieces stay for the next try
            return _text_response(_(str(busy)), 503, **{"Retry-After": "2"})
        except inspection.UploadRejected as refused:
            error = f"{name[-60:]}: {_(str(refused))}"
        except storage.StorageError as refused:
            return _text_response(_(str(refused)), 503)
        except drafts.DraftNotEditable as closed:
            return _text_response(_(str(closed)), 410)
    part.delete()
    return _render_field(case, draft, requirement, {f"upload-{requirement}": error} if error else {})


def _render_field(case: ApplicationInChannel, draft: Draft, requirement: str, errors: dict[str, str]) -> tuple:
    found = upload_page.upload_fields(case.permohonan, draft, errors, [requirement])
    slot = next((slot for slot in found if slot.requirement["key"] == requirement), None) or abort(404)
    if draft.open_keys is not None:
        correction_form.mark_seen_files(case.permohonan, [slot])
    reasons = upload_page.override_reasons([slot])
    page = render_template("wizard/upload_received.html", case=case, slot=slot, reasons=reasons)
    return page, 200, {"X-Slot": slot.name}
