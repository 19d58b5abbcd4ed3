"""PDF downloads of a submitted application: issued documents, slip, receipt. Nothing is stored here."""

from flask import Blueprint, Response, abort

import papers
import storage
from filling.files import attached, opened
from public import doors, status


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/dokumen/<int(max=99):n>.pdf", "document", document)
    blueprint.add_url_rule("/permohonan/<key>/slip.pdf", "slip", slip)
    blueprint.add_url_rule("/permohonan/<key>/tanda-terima.pdf", "receipt", receipt)


@doors.signed_in
def document(key: str, n: int) -> Response:
    """Download an issued document: exactly the bytes that were signed."""
    permohonan = doors.own(key)
    found = dict(status.issued(permohonan)).get(n) or abort(404)
    return attached(opened(found.file), "application/pdf", f"{found.product}-{permohonan.number}.pdf")


@doors.signed_in
def slip(key: str) -> Response:
    """Download the slip with the number and, once there is one, the pickup slot."""
    permohonan = doors.own(key)
    if permohonan.submitted_at is None:
        abort(404)
    return attached(papers.slip(permohonan), "application/pdf", f"slip-{permohonan.number}.pdf")


@doors.signed_in
def receipt(key: str) -> Response:
    """Download the receipt that the recipient signed at the counter."""
    permohonan = doors.own(key)
    try:
        made = papers.receipt(permohonan)
    except storage.Refused as gone:
        abort(503, str(gone))
    return attached(made or abort(404), "application/pdf", f"tanda-terima-{permohonan.number}.pdf")
