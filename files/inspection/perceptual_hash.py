"""Perceptual hash of photos: 24 × 24 grey levels.

It matches for the same photo after resizing or WhatsApp, and differs for two filled-in copies of the same form.
"""

from PIL import Image, ImageOps

GRID_SIDE = 24  # cells
LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # 64 greys, from black to white
RANK = {letter: level for level, letter in enumerate(LEVELS)}
MAX_DIFFERENCE = 3  # levels by which a cell may differ; another name on the same form differs by six or more somewhere
MIN_CONTRAST = 8  # levels between the darkest and the lightest cell: below it is an empty page, equal to all others


def fingerprint(grey: Image.Image) -> str:
    """Compute the fingerprint, a string of GRID_SIDE × GRID_SIDE grey levels; "" for a picture without contrast."""
    small = grey.resize((GRID_SIDE, GRID_SIDE), Image.Resampling.BOX)
    levels = small.tobytes()
    if max(levels) - min(levels) < MIN_CONTRAST * 4:
        return ""
    return "".join(LEVELS[level >> 2] for level in ImageOps.autocontrast(small, cutoff=1).tobytes())


def is_same_photo(one: str, other: str) -> bool:
    """Return whether two fingerprints belong to the same photo."""
    if not one or len(one) != len(other):
        return False
    return all(abs(RANK[a] - RANK[b]) <= MAX_DIFFERENCE for a, b in zip(one, other, strict=True))


def is_fingerprint(text: object) -> bool:
    """Return whether `text` is a valid fingerprint."""
    return text == "" or (isinstance(text, str) and len(text) == GRID_SIDE**2 and set(text) <= set(LEVELS))
