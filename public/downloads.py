"""PDF downloads of a submitted application: issued documents, slip, receipt. Nothing is stored here."""

from flask import Blueprint, Response, abort

from documents import printouts
from files import storage
from public import access, application_status
from web.wizard.file_downloads import download_response, read_or_503


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/dokumen/<int(max=99):n>.pdf", "document", document)
    blueprint.add_url_rule("/permohonan/<key>/slip.pdf", "slip", slip)
    blueprint.add_url_rule("/permohonan/<key>/tanda-terima.pdf", "receipt", receipt)


@access.login_required
def document(key: str, n: int) -> Response:
    """Download an issued document: exactly the bytes that were signed."""
    permohonan = access.own_application(key)
    found = dict(application_status.issued_documents(permohonan)).get(n) or abort(404)
    return download_response(read_or_503(found.file), "application/pdf", f"{found.product}-{permohonan.number}.pdf")


@access.login_required
def slip(key: str) -> Response:
    """Download the slip with the number and, once there is one, the pickup slot."""
    permohonan = access.own_application(key)
    if permohonan.submitted_at is None:
        abort(404)
    return download_response(printouts.slip(permohonan), "application/pdf", f"slip-{permohonan.number}.pdf")


@access.login_required
def receipt(key: str) -> Response:
    """Download the receipt that the recipient signed at the counter."""
    permohonan = access.own_application(key)
    try:
        made = printouts.receipt(permohonan)
    except storage.StorageError as gone:
        abort(503, str(gone))
    return download_response(made or abort(404), "application/pdf", f"tanda-terima-{permohonan.number}.pdf")
