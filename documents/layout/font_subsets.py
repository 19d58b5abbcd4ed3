"""Font subsetting: DejaVu Sans, parsed once a process and subset once for each set of characters.

fpdf2 parses and subsets its fonts for every document, which is most of the work of a one-page PDF. Here subsets are
cached by their characters; as ASCII is in every subset, nearly all documents share one. A character's code in the PDF
is its glyph id in the shipped font.
"""

import copy
import hashlib
import io
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from fontTools import subset
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import TTFFont
from fpdf.output import CIDSystemInfo, OutputProducer, PDFFont, PDFFontStream
from fpdf.syntax import Name, PDFArray, PDFContentStream

FONT_FOLDER = Path(__file__).parent / "fonts"
FONT_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
FONT_FAMILY = "aksara"
ALWAYS_EMBEDDED = frozenset(range(0x20, 0x7F)) | frozenset(map(ord, "–—’“”…•·"))


class UsedCharacters:
    """The characters that a document uses in one style (replaces fpdf2's SubsetMap)."""

    def __init__(self, glyph_ids):
        self.glyph_ids = glyph_ids
        self.characters = set()

    def pick(self, character):
        """Record a used character and return its code."""
        self.characters.add(character)
        return self.glyph_ids[character]


class FontSubset(NamedTuple):
    """The embedded font of one style and set of characters."""

    name: str
    file: bytes
    widths: str
    to_unicode: bytes


def document_font(style, number):
    """Return the font of a document in one style; documents share all but their used characters."""
    font = copy.copy(_base_font(style))
    font.i = number
    font.desc = copy.copy(font.desc)
    font.missing_glyphs = []
    font.subset = UsedCharacters(font.glyph_ids)
    return font


def has_glyph(character):
    """Return whether the font has a glyph for `character`; both styles have the same glyphs."""
    return ord(character) in _base_font("").glyph_ids


@cache
def _base_font(style):
    font = TTFFont(FPDF(), FONT_FOLDER / FONT_FILES[style], FONT_FAMILY + style, style)
    font.close()
    return font


@lru_cache(maxsize=64)
def _subset(style, characters):
    font = _base_font(style)
    codes = {font.glyph_ids[character]: character for character in sorted(characters)}
    file = _subset_file(FONT_FOLDER / FONT_FILES[style], characters)
    tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(file).digest()[:6])
    widths = " ".join(f"{code} [{font.cw[character]:.0f}]" for code, character in sorted(codes.items()))
    return FontSubset(f"{tag}+{font.name}", file, f"[{widths}]", _to_unicode(codes))


def _subset_file(path, characters):
    options = subset.Options(notdef_outline=True, retain_gids=True, hinting=False)
    with TTFont(path, recalcTimestamp=False) as whole:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(whole)
        buffer = io.BytesIO()
        whole.save(buffer)
    return buffer.getvalue()


def _to_unicode(codes):
    """Return the ToUnicode CMap, which lets readers search and copy text."""
    pairs = [f"<{code:04X}> <{character:04X}>" for code, character in sorted(codes.items())]
    blocks = (pairs[start : start + 100] for start in range(0, len(pairs), 100))
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")


class PdfProducer(OutputProducer):
    """PDF output with our fonts instead of fpdf2's, without open action, and with the document's own date."""

    def _add_fonts(self, *_resources):
        fonts: Any = self.fpdf.fonts.values()
        return {font.i: self._add_letters(font) for font in fonts if font.subset.characters}

    def _add_letters(self, font):
        cut = _subset(font.emphasis.style, frozenset(font.subset.characters) | ALWAYS_EMBEDDED)
        whole = PDFFont(subtype="Type0", base_font=cut.name, encoding="Identity-H")
        glyphs: Any = PDFFont(subtype="CIDFontType2", base_font=cut.name, d_w=font.desc.missing_width, w=cut.widths)
        glyphs.c_i_d_system_info = CIDSystemInfo()
        glyphs.c_i_d_to_g_i_d_map = Name("Identity")
        glyphs.font_descriptor = font.desc
        font.desc.font_name = Name(cut.name)
        font.desc.font_file2 = PDFFontStream(cut.file)
        whole.descendant_fonts = PDFArray([glyphs])
        whole.to_unicode = PDFContentStream(cut.to_unicode, compress=True)
        for part in (whole, glyphs, glyphs.c_i_d_system_info, font.desc, font.desc.font_file2, whole.to_unicode):
            self._add_pdf_obj(part, "fonts")
        return whole

    def _add_pages(self, *args, **kwargs):
        self.pages = super()._add_pages(*args, **kwargs)
        return self.pages

    def _add_structure_tree(self):
        tree: Any = self.fpdf.struct_builder
        for element in tree.elements:
            element.pg = self.pages[element.page_number() - 1]
        return super()._add_structure_tree()

    def _finalize_catalog(self, catalog_obj, *args, **kwargs):
        super()._finalize_catalog(catalog_obj, *args, **kwargs)
        catalog_obj.open_action = None  # rejected by the PDF/A validator; readers open at page 1 anyway

    def _build_xmp_from_info(self):
        made = self.fpdf.creation_date.isoformat(timespec="seconds")
        lines = super()._build_xmp_from_info().splitlines()
        return "\n".join(_with_date(line, made) for line in lines)


def _with_date(line, made):
    """Replace the modification date, for which fpdf2 writes the present, so that output is reproducible."""
    name, equals, _ = line.partition("=")
    dates = ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate")
    return f'{name}="{made}"' if equals and name.strip() in dates else line
