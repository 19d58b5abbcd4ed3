"""PDF layout: forms, dossiers, issued documents, slips and receipts from plain data. No database, no web."""

from documents.layout.application_forms import application_form
from documents.layout.consignments import consignment
from documents.layout.dossiers import dossier
from documents.layout.issued_documents import issued_document
from documents.layout.line_breaks import MissingGlyph
from documents.layout.pdf_merge import merge_pdfs, page_count
from documents.layout.receipts import receipt
from documents.layout.recovery_slips import recovery_slip
from documents.layout.signature_panel import stamp_panel
from documents.layout.slips import slip
from documents.layout.statements import statement_form

__all__ = [
    "MissingGlyph", "application_form", "consignment", "dossier", "issued_document", "merge_pdfs", "page_count",
    "receipt", "recovery_slip", "slip", "stamp_panel", "statement_form",
]  # fmt: skip
