"""File downloads for staff: uploads, drafts and printouts of applications within reach, and their drawn pages.

Nothing is stored here. Drawn pages are cached by the browser of the officer who saw them, for that session only.
"""

import hashlib
from collections.abc import Callable
from functools import reduce
from operator import or_
from urllib.parse import quote

import peewee as pw
from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask_login import current_user
from PIL import UnidentifiedImageError

from admin_views.gate import require_sign_in
from admin_views.scope import KEY, abort_not_found, find, reachable
from casework import access_log, opened_sheets
from documents import layout, printouts
from files import inspection, storage
from files.inspection import page_images
from models import Attachment, Document, DraftUpload, Permohonan, Revision, SignedUpload, StoredFile
from seed import siak_drafts
from web.wizard.file_downloads import thumbnail
from workflow import STAFF

bp = Blueprint("staff_files", __name__, url_prefix="/petugas")
PDF = "application/pdf"
INLINE_TYPES = (PDF, "image/jpeg", "image/png")  # shown in the browser; everything else is a download
CSP = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
PAGE_WIDTH, LARGE_WIDTH = 1100, 2000  # pixels of a drawn page; ?besar=1 is for who looks closer
OPENED = "", 204
CACHE_SECONDS = 3600  # of a drawn page in the browser, under the session's cookie


@bp.before_request
def _require_staff():
    if not current_user.is_authenticated or not current_user.is_staff:
        return require_sign_in()
    return None


@bp.route("/berkas/<key>", methods=("GET", "POST"))
def stored(key: str):
    """Return a stored file: an upload, a draft from SIAK or a signed PDF; posted by the viewer, record only that."""
    file = _viewed_file(key, opened=True)
    if request.method == "POST":
        return OPENED
    return file_response(lambda: storage.read(file), file.media_type, file.name)


@bp.get("/berkas/<key>/halaman/<int:number>.jpg")
def stored_page(key: str, number: int):
    """Return a drawn page of a stored PDF; of a photo, its thumbnail."""
    file = _viewed_file(key)
    return page_response(lambda: storage.read(file), number, file.media_type, file.sha256)


def _viewed_file(key: str, opened: bool = False) -> StoredFile:
    """Find a file within reach, and log the access, `opened` in the viewer or a window of its own."""
    file = StoredFile.get_or_none(StoredFile.key == key) if KEY.fullmatch(key) else None
    permohonan = _find_within_reach(file) if file else None
    if file is None or permohonan is None:
        abort_not_found()
    access_log.record_view(permohonan, current_user, "file", STAFF)
    if opened:
        opened_sheets.record_opened(permohonan, current_user, opened_sheets.name_of(file))
    return file


def _find_within_reach(file: StoredFile) -> Permohonan | None:
    """Return the application within reach in which the file was submitted or issued; unsent drafts have none."""
    handed_in = Revision.select(Revision.permohonan).join(Attachment).where(Attachment.file == file.id)
    issued = Document.select(Document.permohonan).where((Document.file == file.id) | (Document.draft_file == file.id))
    waiting = Document.select(Document.permohonan).join(SignedUpload, on=(SignedUpload.document == Document.id))
    unsent = DraftUpload.select(DraftUpload.permohonan).where(DraftUpload.file == file.id)
    within = handed_in, issued, waiting.where(SignedUpload.file == file.id), unsent
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


@bp.route("/permohonan/<key>/draf/<product>.pdf", methods=("GET", "POST"))
def draft(key: str, product: str):
    """Return the draft of one product in the current round; posted by the viewer, record only that it was opened."""
    permohonan, document = _viewed_draft(key, product)
    opened_sheets.record_opened(permohonan, current_user, opened_sheets.name_of(document))
    if request.method == "POST":
        return OPENED
    return file_response(lambda: printouts.draft_pdf(document), PDF, f"draf-{product}-{permohonan.number}.pdf")


@bp.get("/permohonan/<key>/draf/<product>/<int:version>/halaman/<int:number>.jpg")
def draft_page(key: str, product: str, version: int, number: int):
    """Return a drawn page of a draft; `version`, the document's id, only tells the browser the rounds apart."""
    _permohonan, document = _viewed_draft(key, product)
    return page_response(lambda: printouts.draft_pdf(document), number)


@bp.get("/permohonan/<key>/draf-contoh/<product>.pdf")
def sample_draft(key: str, product: str):
    """Return a made-up draft as SIAK would print it, in the demonstration only, with a number to type."""
    permohonan = find(current_user, key)
    made = next((one for one in permohonan.products if one["key"] == product and one["kind"] == "pdf"), None)
    if not current_app.config["DEMO"] or made is None:
        abort_not_found()
    number = siak_drafts.draft_number(permohonan, made)
    return file_response(lambda: siak_drafts.siak_draft(permohonan, made, number), PDF, f"siak-{product}.pdf")


def _viewed_draft(key: str, product: str) -> tuple[Permohonan, Document]:
    """Find the draft of one product in the current round, within reach, and log the access."""
    permohonan = find(current_user, key)
    this = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    named = (Document.product == product) if KEY.fullmatch(product.replace("_", "")) else pw.Value(0) == pw.Value(1)
    document = Document.select().where(this, named, Document.kind == "pdf").first() or abort_not_found()
    access_log.record_view(permohonan, current_user, "paper", STAFF)
    return permohonan, document


def page_response(make: Callable[[], bytes], number: int, media_type: str = PDF, sha256: str = "") -> Response:
    """Build the response for a drawn page, in X-Pages the number of all; cached, so that it is drawn once.

    Its script asks again after a 503; on 422 (it can't be drawn) and 404 it shows the link to the file alone.
    """
    try:
        data = b"" if sha256 else make()
        width = LARGE_WIDTH if request.args.get("besar") else PAGE_WIDTH
        etag = f"{sha256 or hashlib.sha256(data).hexdigest()}-{number}-{width}"
        if etag in request.if_none_match:
            response = Response(status=304)
        elif media_type == PDF:
            drawn = page_images.draw_pages(data or make(), width, first=number, most=1)
            response = Response(drawn.images[0] if number else abort(404), mimetype="image/jpeg")
            response.headers["X-Pages"] = str(drawn.pages)
        else:
            response = Response(thumbnail(data or make()), mimetype="image/jpeg")
    except inspection.InspectionBusy as busy:
        return Response(str(busy), 503, {"Retry-After": "2"}, mimetype="text/plain")
    except (inspection.UploadRejected, storage.StorageError, layout.MissingGlyph, UnidentifiedImageError) as reason:
        return Response(str(reason), 422, mimetype="text/plain")
    except IndexError:
        abort(404)
    response.set_etag(etag)
    response.headers |= {"Cache-Control": f"private, max-age={CACHE_SECONDS}", "Vary": "Cookie"}
    return response


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
