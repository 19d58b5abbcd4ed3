"""Template of the family card (kartu keluarga): head of family, address, members."""

from documents.members import members, with_name
from documents.paper import INK, SEA, SOFT, Paper
from documents.signature import COLUMN, NOTES, Signature
from documents.tables import pairs
from documents.wording import words


class Sheet(Paper):
    """Landscape pages."""

    orientation, side, top = "landscape", 12, 11


def draw(paper, document):
    """Draw the card: number, head and address in two columns, the members, who signs."""
    paper.say(words(document["title"]).upper(), size=16, bold=True, color=SEA, align="C")
    paper.say(f"Nomor {words(document.get('number'))}", size=11, bold=True, align="C", gap=3)
    _household(paper, document)
    paper.y += 3
    members(paper, document.get("members") or (), size=6.7)
    _signatures(paper, document)


def _household(paper, document):
    rows = with_name("Kepala keluarga", document)
    half, column, page, top, bottoms = (len(rows) + 1) // 2, (paper.epw - 14) / 2, paper.page, paper.y, []
    for place, part in enumerate((rows[:half], rows[half:])):
        if paper.page == page:  # otherwise the first column broke the page, and the second follows it
            paper.y = top
        pairs(paper, part, label=42, size=8, pad=0.45, x=paper.l_margin + place * (column + 14), width=column)
        bottoms.append(paper.y)
    paper.y = max(bottoms)


def _signatures(paper, document):
    """Draw the head of the family's line between how to check and who signs."""
    signature = Signature(paper, document)
    paper.pen(8.5, bold=True)
    name = paper.lines_of(document["name"], 60)
    paper.need(max(signature.height, 40 + len(name) * paper.line_height))
    top = paper.y
    x = paper.l_margin + (paper.epw + NOTES - COLUMN) / 2 - 30
    paper.pen(9)
    paper.draw_lines(["", "Kepala keluarga"], x, top, 60, "C")
    paper.set_draw_color(*INK)
    paper.line(x + 6, top + 34, x + 54, top + 34)
    paper.pen(8.5, bold=True)
    down = paper.draw_lines(name, x, top + 35, 60, "C")
    paper.pen(7, color=SOFT)
    paper.draw_lines(["tanda tangan atau cap jempol"], x, top + 35 + down, 60, "C")
    paper.y = top
    signature.draw()
