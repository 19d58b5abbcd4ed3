"""File downloads for staff: uploads, drafts and printouts of applications within reach. Nothing is stored here."""

from collections.abc import Callable
from urllib.parse import quote

import peewee as pw
from flask import Blueprint, Response, flash, redirect, url_for
from flask_login import current_user

from admin_views.gate import require_sign_in
from admin_views.scope import KEY, abort_not_found, find, reachable
from casework import access_log
from documents import layout, printouts
from files import storage
from models import Attachment, Document, Permohonan, Revision, StoredFile
from workflow import STAFF

bp = Blueprint("staff_files", __name__, url_prefix="/petugas")
PDF = "application/pdf"
INLINE_TYPES = (PDF, "image/jpeg", "image/png")  # shown in the browser; everything else is a download
CSP = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
DOCUMENT_FILES = (Document.file, Document.draft_file)


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
    owners = [
        Revision.select(Revision.permohonan).join(Attachment).where(Attachment.file == file.id),
        *(Document.select(Document.permohonan).where(field == file.id) for field in DOCUMENT_FILES),
    ]
    condition: pw.Expression = Permohonan.id.in_(owners[0])
    for query in owners[1:]:
        condition |= Permohonan.id.in_(query)
    return reachable(current_user).where(condition).first()


@bp.get("/permohonan/<key>/dossier.pdf")
def dossier(key: str):
    return _printout_response(key, "berkas", printouts.dossier)


@bp.get("/permohonan/<key>/slip.pdf")
def slip(key: str):
    return _printout_response(key, "slip", printouts.slip)


@bp.get("/permohonan/<key>/tanda-terima.pdf")
def receipt(key: str):
    return _printout_response(key, "tanda-terima", printouts.receipt)


@bp.get("/permohonan/<key>/serah-terima.pdf")
def consignment(key: str):
    return _printout_response(key, "serah-terima", printouts.consignment)


@bp.get("/permohonan/<key>/dokumen.pdf", endpoint="documents")
def signed_documents(key: str):
    return _printout_response(key, "dokumen", printouts.signed_documents)


@bp.get("/permohonan/<key>/draf/<product>.pdf")
def draft(key: str, product: str):
    """Return the draft of one product in the current round."""
    permohonan = find(current_user, key)
    this = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    named = (Document.product == product) if KEY.fullmatch(product.replace("_", "")) else pw.Value(0) == pw.Value(1)
    document = Document.select().where(this, named, Document.kind == "pdf").first() or abort_not_found()
    access_log.record_view(permohonan, current_user, "paper", STAFF)
    return file_response(lambda: printouts.draft_pdf(document), PDF, f"draf-{product}-{permohonan.number}.pdf")


def _printout_response(key: str, name: str, make: Callable[[Permohonan], bytes | None]):
    permohonan = find(current_user, key)
    access_log.record_view(permohonan, current_user, "paper", STAFF)
    return file_response(lambda: make(permohonan) or abort_not_found(), PDF, f"{name}-{permohonan.number}.pdf")


def file_response(make: Callable[[], bytes], media_type: str, name: str):
    """Build the response for a file, inline where that is safe; a file that cannot be read redirects with a message."""
    try:
        data = make()
    except (storage.StorageError, layout.MissingGlyph) as reason:
        flash(str(reason), "error")
        return redirect(url_for("admin.index"), 303)
    kind = "inline" if media_type in INLINE_TYPES else "attachment"
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = _content_disposition(kind, name)
    response.headers["Content-Security-Policy"] = CSP
    return response


def _content_disposition(kind: str, name: str) -> str:
    return f"{kind}; filename*=UTF-8''{quote(name)}"
