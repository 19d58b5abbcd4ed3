"""Watermarks drawn as outlines of letters, so that no text of the document has them in between."""

from functools import cache

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from documents.layout.font_subsets import FONT_FILES, FONT_FOLDER

HATCH_STEP, HATCH_WIDTH = 0.045, 0.0055  # of the letters' size


class _PathPen(BasePen):
    """Collects PDF path operators; `x` is where the letter begins."""

    def __init__(self, glyphs):
        super().__init__(glyphs)
        self.x, self.steps = 0, []

    def _add(self, operator, *points):
        self.steps += [*(f"{x + self.x:.0f} {y:.0f}" for x, y in points), operator]

    def _moveTo(self, point):
        self._add("m", point)

    def _lineTo(self, point):
        self._add("l", point)

    def _curveToOne(self, first, second, point):
        self._add("c", first, second, point)

    def _closePath(self):
        self.steps.append("h")


@cache
def _outline(word):
    """Return (path, width, units of an em) of a word in bold letters."""
    with TTFont(FONT_FOLDER / FONT_FILES["B"]) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        pen = _PathPen(glyphs)
        for letter in word:
            glyph = glyphs[names[ord(letter)]]
            glyph.draw(pen)
            pen.x += glyph.width
        return " ".join(pen.steps), pen.x, font["head"].unitsPerEm


def watermark(word, size, color, *, hatched):
    """Return operators that draw `word`, `size` points high, around the origin: hatched, or filled with its colour.

    Thin dark lines survive a printer and a copier that know only black and white, and leave text readable.
    """
    path, width, em = _outline(word)
    red, green, blue = (f"{part / 255:.3f}" for part in color)
    start = f"{size / em:.5f} 0 0 {size / em:.5f} {-size * width / em / 2:.2f} {-size * 0.36:.2f} cm"
    if not hatched:
        return f"{start} {red} {green} {blue} rg {path} f"
    step = round(HATCH_STEP * em)
    lines = " ".join(f"{x} 0 m {x + em} {em} l" for x in range(-em, width, step))
    return f"{start} {path} W n {red} {green} {blue} RG {HATCH_WIDTH * em:.1f} w {lines} S"
