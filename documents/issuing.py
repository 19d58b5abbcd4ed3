"""Issued documents as drafts and for signing: deed, family card, letter. Neither signs nor numbers them.

The electronic signature is appended afterwards and is invisible; the layout has only the signer's name and a QR code.
"""

from datetime import datetime

from documents import deed, family_card, letter
from documents.wording import words

TEMPLATES = {"akta": deed, "kk": family_card, "surat": letter}


def issued(document: dict, *, office: dict, demo: bool, draft: bool = False, made_at: datetime | None = None) -> bytes:
    """Return the document as a PDF; drafts are watermarked on every page and have no signature block."""
    template = TEMPLATES[document["template"]]
    title = words(document["title"])
    number = words(document.get("number"))
    paper = template.Sheet(office=office, title=f"{title} {number}".strip(), demo=demo, draft=draft, made_at=made_at)
    paper.footnote = paper.running = "  ·  ".join(filter(None, (title, number)))
    paper.need(100)
    template.draw(paper, document)
    return paper.seal()
