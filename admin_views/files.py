"""File downloads for staff: uploads, drafts and printouts of applications within reach. Nothing is stored here."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from urllib.parse import quote

import peewee as pw
from flask import Blueprint, Response, flash, redirect, url_for
from flask_login import current_user

from admin_views.gate import require_sign_in
from admin_views.scope import KEY, abort_not_found, find, reachable
from casework import access_log
from documents import layout, printouts
from files import storage
from models import Attachment, Document, Permohonan, Revision, SignedUpload, StoredFile
from workflow import STAFF

bp = Blueprint("staff_files", __name__, url_prefix="/petugas")
PDF = "application/pdf"
INLINE_TYPES = (PDF, "image/jpeg", "image/png")  # shown in the browser; everything else is a download
CSP = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@bp.before_request
def _require_staff():
    if not current_user.is_authenticated or not current_user.is_staff:
        return require_sign_in()
    return None


@bp.get("/berkas/<key>")
def stored(key: str):
    """Return a stored file: an upload, a draft from SIAK or a signed PDF."""
    file = StoredFile.get_or_none(StoredFile.key == key) if KEY.fullmatch(key) else None
    permohonan = _find_within_reach(file) if file else None
    if file is None or permohonan is None:
        abort_not_found()
    access_log.record_view(permohonan, current_user, "file", STAFF)
    return file_response(lambda: storage.read(file), file.media_type, file.name)


def _find_within_reach(file: StoredFile) -> Permohonan | None:
    """Return the application within reach in which the file was submitted or issued; unsent drafts have none."""
    handed_in = Revision.select(Revision.permohonan).join(Attachment).where(Attachment.file == file.id)
    issued = Document.select(Document.permohonan).where((Document.file == file.id) | (Document.draft_file == file.id))
    waiting = Document.select(Document.permohonan).join(SignedUpload, on=(SignedUpload.document == Document.id))
    within = handed_in, issued, waiting.where(SignedUpload.file == file.id)
    return reachable(current_user).where(reduce(or_, (Permohonan.id.in_(one) for one in within))).first()


def _printout(endpoint: str, file_name: str, key: str):
    """Return a printout of an application, by its name in printouts.PRINTOUTS, which is that of its endpoint."""
    permohonan, make = find(current_user, key), printouts.PRINTOUTS[endpoint][1]
    access_log.record_view(permohonan, current_user, "paper", STAFF)
    return file_response(lambda: make(permohonan) or abort_not_found(), PDF, f"{file_name}-{permohonan.number}.pdf")


# address, endpoint, name of the file
for address, endpoint, file_name in (
    ("dossier", "dossier", "berkas"), ("slip", "slip", "slip"), ("tanda-terima", "receipt", "tanda-terima"),
    ("serah-terima", "consignment", "serah-terima"), ("dokumen", "documents", "dokumen"),
):  # fmt: skip
    given = {"endpoint": endpoint, "file_name": file_name}
    bp.add_url_rule(f"/permohonan/<key>/{address}.pdf", endpoint, _printout, defaults=given)


@bp.get("/permohonan/<key>/draf/<product>.pdf")
def draft(key: str, product: str):
    """Return the draft of one product in the current round."""
    permohonan = find(current_user, key)
    this = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    named = (Document.product == product) if KEY.fullmatch(product.replace("_", "")) else pw.Value(0) == pw.Value(1)
    document = Document.select().where(this, named, Document.kind == "pdf").first() or abort_not_found()
    access_log.record_view(permohonan, current_user, "paper", STAFF)
    return file_response(lambda: printouts.draft_pdf(document), PDF, f"draf-{product}-{permohonan.number}.pdf")


def file_response(make: Callable[[], bytes], media_type: str, name: str):
    """Build the response for a file, inline where that is safe; a file that cannot be read redirects with a message."""
    try:
        data = make()
    except (storage.StorageError, layout.MissingGlyph) as reason:
        flash(str(reason), "error")
        return redirect(url_for("admin.index"), 303)
    kind = "inline" if media_type in INLINE_TYPES else "attachment"
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = CSP
    return response
