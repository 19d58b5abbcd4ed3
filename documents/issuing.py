"""The document itself, as a draft and as what is signed: deed, family card, letter; it must not sign or number it.

The signature proper is added to these bytes afterwards and is invisible; here only the signer and a QR code are drawn.
"""

from datetime import datetime

from documents import deed, family_card, letter
from documents.wording import words

TEMPLATES = {"akta": deed, "kk": family_card, "surat": letter}


def issued(document: dict, *, office: dict, demo: bool, draft: bool = False, made_at: datetime | None = None) -> bytes:
    """Return the document as a PDF; a draft is marked as such on every page and claims no signature."""
    template = TEMPLATES[document["template"]]
    title = words(document["title"])
    number = words(document.get("number"))
    paper = template.Sheet(office=office, title=f"{title} {number}".strip(), demo=demo, draft=draft, made_at=made_at)
    paper.footnote = paper.running = "  ·  ".join(filter(None, (title, number)))
    paper.need(100)
    template.draw(paper, document)
    return paper.seal()
