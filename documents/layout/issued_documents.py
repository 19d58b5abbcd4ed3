"""Issued documents as drafts and for signing: deed, marginal note, letter. Neither signs nor numbers them.

The electronic signature is appended afterwards and is invisible; the layout has only the signer's name and a QR code.
"""

from datetime import datetime
from typing import Any

from documents.layout import deed, letter
from documents.layout.document_blocks import draw_blocks
from documents.layout.line_breaks import printed_text
from documents.layout.signature_block import SignatureBlock

ROUNDING = 0.01  # mm
LAYOUTS: dict[str, tuple[Any, Any]] = {
    "deed": (deed.DeedPdf, deed.draw_head),
    "note": (deed.MarginalNotePdf, deed.draw_head),
    "letter": (letter.LetterPdf, letter.draw_head),
}


def issued_document(
    document: dict, *, office: dict, demo: bool, draft: bool = False, made_at: datetime | None = None
) -> bytes:
    """Return the document as a PDF; drafts are watermarked on every page and have no QR code.

    `document` is what `catalogue.document_templates.compose` returns, with number, place, date and signer.
    """
    pdf_class, draw_head = LAYOUTS[document["layout"]]
    title, number = printed_text(document["title"]), printed_text(document.get("number"))
    for scale in pdf_class.scales:
        pdf = pdf_class(office=office, title=f"{title} {number}".strip(), demo=demo, draft=draft, made_at=made_at)
        pdf.scale = scale
        pdf.footer_text = pdf.running_head = "  ·  ".join(filter(None, (title, number)))
        pdf.ensure_space(100)
        draw_head(pdf, document)
        _draw_body(pdf, document)
        if len(pdf.pages) == 1:
            break
    return pdf.finish()


def _draw_body(pdf: Any, document: dict) -> None:
    """Draw the blocks and the signature."""
    signature = SignatureBlock(pdf, document)
    draw_blocks(pdf, document["blocks"], below=signature.height + pdf.signature_gap)
    pdf.y += pdf.signature_gap
    if pdf.signature_at_foot:
        pdf.y = max(pdf.y, pdf.h - pdf.b_margin - signature.height - ROUNDING)
    signature.draw()
