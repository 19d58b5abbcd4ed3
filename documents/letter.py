"""Template of a letter, such as the certificate of moving (SKPWNI)."""

from documents.members import members, with_name
from documents.paper import Paper
from documents.signature import Signature
from documents.tables import pairs
from documents.wording import words

CLOSING = "Demikian surat ini dibuat untuk dipergunakan sebagaimana mestinya."


class Sheet(Paper):
    """Portrait pages."""


def draw(paper, document):
    """Draw the letter: letterhead, title, number, data, the people it covers, who signs."""
    office = paper.office
    paper.letterhead()
    paper.y += 2
    paper.say(words(document["title"]).upper(), size=13, bold=True, align="C", gap=0.5)
    paper.say(f"Nomor {words(document.get('number'))}", size=10, align="C", gap=6)
    signer = words(document.get("signer_title")) or f"Kepala {office['name']} {office['regency']}"
    paper.say(f"{' '.join(signer.split())} menerangkan bahwa:", size=10, gap=3)
    pairs(paper, with_name("Nama", document), label=58, size=10, pad=1.2)
    paper.y += 5
    if document.get("members"):
        paper.say("Anggota keluarga yang tercakup dalam surat ini:", size=10, gap=2)
        members(paper, document["members"], size=7.5)
        paper.y += 1
    paper.say(CLOSING, size=10, gap=6)
    Signature(paper, document).draw()
