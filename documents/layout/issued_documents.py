"""Issued documents as drafts and for signing: deed, family card, letter. Neither signs nor numbers them.

The electronic signature is appended afterwards and is invisible; the layout has only the signer's name and a QR code.
"""

from datetime import datetime

from documents.layout import deed, family_card, letter
from documents.layout.line_breaks import printed_text

TEMPLATES = {
    "akta": (deed.DeedPdf, deed.draw),
    "kk": (family_card.FamilyCardPdf, family_card.draw),
    "surat": (letter.LetterPdf, letter.draw),
}


def issued_document(
    document: dict, *, office: dict, demo: bool, draft: bool = False, made_at: datetime | None = None
) -> bytes:
    """Return the document as a PDF; drafts are watermarked on every page and have no signature block."""
    pdf_class, draw = TEMPLATES[document["template"]]
    title = printed_text(document["title"])
    number = printed_text(document.get("number"))
    pdf = pdf_class(office=office, title=f"{title} {number}".strip(), demo=demo, draft=draft, made_at=made_at)
    pdf.footer_text = pdf.running_head = "  ·  ".join(filter(None, (title, number)))
    pdf.ensure_space(100)
    draw(pdf, document)
    return pdf.finish()
