"""Field definitions for tests, and helpers to validate answers to them."""

import pytest

from intake.fields import Wrong, check_section, clean

VILLAGES = {"51.08.06.2003": "Pemaron, Buleleng", "51.08.05.1009": "Sukasada, Sukasada"}
MOTHER, FATHER = "5108995507939002", "5108990302909001"  # a woman, 15 July 1993; a man, 3 February 1990


def make(type, label="Nama lengkap anak", key="isian", required=True, **more):
    return {"key": key, "type": type, "label": {"id": label}, "required": required, **more}


def refused(field, raw):
    """Return the error with which an answer is rejected."""
    with pytest.raises(Wrong) as wrong:
        clean(field, raw)
    return str(wrong.value)


def check(*parts, answers=None, villages=None, **raw):
    """Validate a section of these fields."""
    return check_section({"key": "bagian", "title": {"id": "Bagian"}, "fields": list(parts)}, raw, answers, villages)
