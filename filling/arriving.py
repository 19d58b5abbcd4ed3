"""Resumable uploads: the server's side of static/js/uploading.js; it renders one upload field only.

A file's URL holds the SHA-256 of its bytes, so every request is idempotent. Without JavaScript the page's form is
posted instead.
"""

import re
from contextlib import suppress

from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import ClientDisconnected

import storage
import uploads
from filling import applying as field_pages
from filling import returned, uploading
from filling.side import Case
from intake import applying, attaching
from models import Draft
from upload_parts import SMALLEST, Busy, Part, WrongOffset

SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST, BLOCK = 8 * 2**20, 2**17  # bytes at most: of a piece, of one read
NUMBER = re.compile(r"[0-9]{1,9}")


def arrive(case: Case, requirement: str, sha256: str) -> Response | tuple:
    """Handle a resumable upload: GET its offset, PATCH a piece, POST to inspect and attach the whole file."""
    draft = field_pages.open_draft(case) or returned.open_draft(case)
    if draft is None or not SHA256.fullmatch(sha256) or not attaching.takes(case.permohonan, requirement, draft):
        abort(404)
    part = Part(current_user.id, case.permohonan.key, requirement, sha256)
    try:
        if request.method == "PATCH":
            return _more(part)
        return _finished(case, draft, requirement, part) if request.method == "POST" else _there(part.offset())
    except WrongOffset as wrong:
        return _there(wrong.offset, 409)
    except Busy:
        return _there(part.offset(), 423)
    except OSError:
        return _told(_("Penyimpanan kami sedang penuh atau terganggu. Coba lagi beberapa saat lagi."), 503)


def _there(offset: int, status: int = 204) -> Response:
    return Response(status=status, headers={"Upload-Offset": str(offset)})


def _told(sentence: str, status: int) -> tuple[str, int, dict]:
    return sentence, status, {"Content-Type": "text/plain; charset=utf-8"}


def _more(part: Part) -> Response | tuple:
    """Append a piece to the partial upload; of an interrupted request, as much as arrived."""
    offset, whole = _number("Upload-Offset"), _number("Upload-Length")
    if whole > uploads.MAX_BYTES:
        return _told(_(str(uploads.Refused.because("too_large"))), 413)
    piece = _read(max(0, min(LARGEST, whole - offset)))
    enough = len(piece) >= min(SMALLEST, max(whole - offset, 1))
    return _there(part.append(piece, offset) if enough else part.offset())


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    return int(text) if NUMBER.fullmatch(text) else abort(400)


def _read(most: int) -> memoryview:
    got, there = memoryview(bytearray(most)), 0
    with suppress(ClientDisconnected, OSError):  # the connection was cut: what has arrived is valid
        while count := request.stream.readinto(got[there : there + BLOCK]):  # type: ignore[attr-defined]
            there += count
    return got[:there]


def _finished(case: Case, draft: Draft, requirement: str, part: Part) -> tuple:
    """Inspect and attach the whole file, and render its upload field with the result; idempotent."""
    instead = uploading.named("instead")
    if request.form.get("replace") == "ya":
        instead += returned.seen_files(case.permohonan).get(requirement, [])
    error, name = "", request.form.get("name", "")
    if not attaching.has(draft, requirement, part.sha256):
        try:
            attaching.attach(case.permohonan, requirement, part.whole(), name, instead)
        except uploads.Refused as refused:
            if refused.temporary:
                return _told(_(str(refused)), 503)
            error = f"{name[-60:]}: {_(str(refused))}"
        except storage.Refused as refused:
            return _told(_(str(refused)), 503)
        except applying.Closed as closed:
            return _told(_(str(closed)), 410)
    part.drop()
    return _slot(case, draft, requirement, {f"upload-{requirement}": error} if error else {})


def _slot(case: Case, draft: Draft, requirement: str, errors: dict[str, str]) -> tuple:
    found = uploading.slots(case.permohonan, draft, errors, [requirement])
    slot = next((slot for slot in found if slot.requirement["key"] == requirement), None) or abort(404)
    if draft.open_keys is not None:
        returned.mark_old(case.permohonan, [slot])
    page = render_template("filling/arrived.html", case=case, slot=slot, reasons=uploading.reasons_for([slot]))
    return page, 200, {"X-Slot": slot.name}
