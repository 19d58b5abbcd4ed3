"""PDF layout: forms, dossiers, issued documents, slips and receipts from plain data. No database, no web."""

from documents.code_slips import code_slip
from documents.consignments import consignment
from documents.dossiers import dossier
from documents.forms import blank_form
from documents.issuing import issued
from documents.merging import merged
from documents.receipts import receipt
from documents.slips import slip
from documents.wording import MissingGlyph

__all__ = ["MissingGlyph", "blank_form", "code_slip", "consignment", "dossier", "issued", "merged", "receipt", "slip"]
