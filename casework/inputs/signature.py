"""Signature input: the strokes that the recipient drew on the screen, or the word that it stands on paper."""

import json
from collections.abc import Mapping

from casework.inputs.words import InvalidInput
from models import Permohonan

SIGNATURE_BYTES, ON_PAPER = 200_000, b"paper"


def signature(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the recipient's signature."""
    value = answers.get("signature")
    data = value if isinstance(value, bytes) else str(value or "").strip().encode()
    if not data or data in (b"[]", b"[[]]"):
        raise InvalidInput({"signature": "Penerima belum menandatangani."})
    if len(data) > SIGNATURE_BYTES:
        raise InvalidInput({"signature": "Tanda tangan ini terlalu besar. Kosongkan, lalu tanda tangani lagi."})
    if data != ON_PAPER and not _is_strokes(data):
        raise InvalidInput({"signature": "Tanda tangan tidak terbaca. Kosongkan, lalu tanda tangani lagi."})
    return {"signature": data}


def _is_strokes(data: bytes) -> bool:
    """Return whether these are lists of points; a single odd one would keep the receipt from being drawn."""
    try:
        strokes = json.loads(data)
        points = [point for stroke in strokes for point in stroke]
        return bool(points) and all(0 <= n <= 2000 for x, y in points for n in (x, y))
    except (ValueError, TypeError, RecursionError):
        return False
