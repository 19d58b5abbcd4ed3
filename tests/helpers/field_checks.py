"""Field definitions for tests, and helpers to validate answers to them."""

import pytest

from catalogue.fields import InvalidAnswer, clean, validate_section

VILLAGES = {"51.08.06.2003": "Pemaron, Buleleng", "51.08.05.1009": "Sukasada, Sukasada"}
MOTHER_NIK, FATHER_NIK = "5108995507939002", "5108990302909001"  # a woman, 15 July 1993; a man, 3 February 1990


def make_field(type, label="Nama lengkap anak", key="isian", required=True, **more):
    return {"key": key, "type": type, "label": {"id": label}, "required": required, **more}


def refusal_of(field, raw):
    """Return the error with which an answer is rejected."""
    with pytest.raises(InvalidAnswer) as wrong:
        clean(field, raw)
    return str(wrong.value)


def check_fields(*parts, answers=None, villages=None, **raw):
    """Validate a section of these fields."""
    return validate_section({"key": "bagian", "title": {"id": "Bagian"}, "fields": list(parts)}, raw, answers, villages)
