"""Text normalization and line wrapping, independent of fonts."""

import unicodedata


class MissingGlyph(ValueError):
    """The embedded font has no glyph for a character; the message can be shown to a person."""

    def __init__(self, characters):
        self.characters = characters
        shown = ", ".join(f"“{c}” (U+{ord(c):04X})" for c in characters[:5])
        super().__init__(
            f"Huruf {shown} belum bisa dicetak pada dokumen. Tulis dengan huruf Latin, lalu coba lagi; "
            "jika memang begitu penulisannya, beri tahu tim TI."
        )


class BrokenWord(str):
    """A line that ends within a word, which goes on in the next line."""


def printed_text(text):
    """Return the printed form of a value: the Indonesian of {id, en}, a number as digits, "" for None."""
    if isinstance(text, dict):
        text = text.get("id")
    return "" if text is None else str(text)


def clean_text(text):
    """Normalize `text` to NFC, without invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_printable(character) for character in unicodedata.normalize("NFC", text))


def _printable(character):
    if character in "\n\u2028\u2029":
        return "\n"
    kind = unicodedata.category(character)
    if kind == "Cf":
        return ""
    return " " if kind in ("Cc", "Zs") and character != "\u00a0" else character


def wrap_paragraph(text, width, width_of):
    """Wrap a paragraph to lines of at most `width`; a word is broken only if wider than a line."""
    if width_of(text) <= width:
        return [text]
    lines, line, taken, space = [], "", 0, width_of(" ")
    for word in text.split(" "):
        wide = width_of(word)
        if line and taken + space + wide <= width:
            line, taken = f"{line} {word}", taken + space + wide
            continue
        if line:
            lines.append(line)
        *pieces, line = _pieces(word, width, width_of) if wide > width else [word]
        lines += pieces
        taken = width_of(line)
    return [*lines, line]


def _pieces(word, width, width_of):
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return [*map(BrokenWord, pieces[:-1]), pieces[-1]]
