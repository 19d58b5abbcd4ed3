"""Draws a picture on 24 × 24 fields, so that the same photo is known again after it was resized or sent by WhatsApp;
it must not call two papers of the same form alike.
"""

from PIL import Image, ImageOps

SIDE = 24  # fields
LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # 64 greys, from black to white
RANK = {letter: level for level, letter in enumerate(LEVELS)}
MOST = 3  # levels by which a field may differ; another name on the same form differs by six and more somewhere
PLAIN = 8  # levels between its darkest and lightest field: less is an empty page, alike to every other one


def fingerprint(grey: Image.Image) -> str:
    """Return the picture as a text of SIDE × SIDE greys; "" where there is nothing to know it by."""
    small = grey.resize((SIDE, SIDE), Image.Resampling.BOX)
    levels = small.tobytes()
    if max(levels) - min(levels) < PLAIN * 4:
        return ""
    return "".join(LEVELS[level >> 2] for level in ImageOps.autocontrast(small, cutoff=1).tobytes())


def alike(one: str, other: str) -> bool:
    """Do two fingerprints show the same photo?"""
    if not one or len(one) != len(other):
        return False
    return all(abs(RANK[a] - RANK[b]) <= MOST for a, b in zip(one, other, strict=True))


def is_fingerprint(text: object) -> bool:
    """Is it one that `fingerprint` could have made?"""
    return text == "" or (isinstance(text, str) and len(text) == SIDE**2 and set(text) <= set(LEVELS))
