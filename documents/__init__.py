"""PDFs from plain data: the office's forms, dossiers, documents, slips and receipts; no database, no web."""

from documents.dossiers import dossier
from documents.forms import blank_form
from documents.issuing import issued
from documents.merging import merged
from documents.receipts import receipt
from documents.slips import slip
from documents.wording import MissingGlyph

__all__ = ["MissingGlyph", "blank_form", "dossier", "issued", "merged", "receipt", "slip"]
