"""Unicode normalization of what people type and paste: the one module that every form, code and search uses.

Marks that nobody sees go, signs that look alike become one. It refuses nothing, and knows no field and no form.
"""

import re
import unicodedata

INVISIBLE = re.compile(  # format characters (category Cf), variation selectors and fillers
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SPACES = dict.fromkeys(
    map(ord, "\t\u00a0\u1680\u202f\u205f\u2800\u3000" + "".join(map(chr, range(0x2000, 0x200B)))), " "
)
_LINES = re.compile("\r\n?|[\u2028\u2029]")
_ASCII = {fullwidth: fullwidth - 0xFEE0 for fullwidth in range(0xFF01, 0xFF5F)}  # as Japanese keyboards type
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bb\u02bc\u02b9\u2032\uff07`\u00b4"), "'")
_SAME_SIGNS = _ASCII | _HYPHENS | _APOSTROPHES
_SPREADSHEET_MARKS = "'\"= "  # 'number, ="number": how a spreadsheet keeps a number as text
_UNDIVIDED = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_MISREAD = str.maketrans("oil", "011")  # as Crockford's base 32 reads them


def normalize_text(raw: str) -> str:
    """Normalize running text: NFC, no invisible marks, one kind of space and of line break."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", _LINES.sub("\n", raw))).translate(_SPACES)


def normalize_name(raw: str) -> str:
    """Normalize a person's name: its letters stay, every apostrophe is ' and every hyphen -, as keyboards type them."""
    return unicodedata.normalize("NFC", normalize_text(raw).translate(_SAME_SIGNS))


def normalize_number(raw: str) -> str:
    """Normalize a number, code or date: digits of any script become 0 to 9, a spreadsheet's marks go.

    Only decimal digits are read: ² and ½ stay what they are, so that no other number comes of it.
    """
    text = normalize_name(raw)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(ch, ch)) for ch in text)
    return text.strip(_SPREADSHEET_MARKS + "\n")


def normalize_email(raw: str) -> str:
    """Normalize an e-mail address; its case stays."""
    return re.sub(r"\A(?:mailto:)+", "", normalize_number(raw), flags=re.IGNORECASE)


def is_blank(raw: str) -> bool:
    """Return whether nothing visible was typed."""
    return not normalize_text(raw).strip()


def fold(text: str) -> str:
    """Fold text for a search: lower case, no diacritics, apostrophes and dots; a word with digits without separators.

    Stored and typed text are folded alike: "Śrī O’Brien" and "sri obrien", "AKU-261123-7QK2MD-J" and "7qk2md j".
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", normalize_name(text)).casefold())
    plain = "".join(ch for ch in plain if unicodedata.category(ch) != "Mn").translate(_UNDIVIDED)
    return " ".join(" ".join(map(_fold_word, plain.split())).split())


def _fold_word(word: str) -> str:
    if any(ch.isdigit() for ch in word):
        return re.sub(r"[^\w]|_", "", word).translate(_MISREAD).removeprefix("aku")
    return re.sub("[-,/()]", " ", re.sub("['.]", "", word))
