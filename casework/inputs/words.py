"""Validation of text and tick inputs, and the exception that says by field what is wrong."""

import unicodedata
from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from lib.text_normalization import normalize_text
from models import Permohonan

LONG, SHORT, REASON = 1000, 120, 40  # letters
YES = frozenset(("ya", "on", "1", "true", "y"))


class InvalidInput(Exception):
    """An input is missing or wrong: `errors` maps a field's name to a sentence."""

    def __init__(self, errors: Mapping[str, str]):
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def plain(value, limit: int) -> str:
    """Return text as it may be stored: normalized, trimmed, without control characters; at most `limit` long."""
    text = normalize_text(str(value or ""))
    if not text.isprintable():
        text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    text = text.strip()
    if len(text) > limit:
        raise ValueError(_("Terlalu panjang: paling banyak %(most)s huruf.", most=limit))
    return text


def text(name: str, missing: str, limit: int = LONG, required: Callable[[str], bool] = lambda role: True):
    """Return the validation of a text input; `missing` is the sentence where it is required and empty."""

    def clean(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
        try:
            text = plain(answers.get(name), limit)
        except ValueError as reason:
            raise InvalidInput({name: str(reason)}) from reason
        if not text and required(role):
            raise InvalidInput({name: _(missing)})
        return {name: text}

    return clean


def tick(name: str, missing: str = ""):
    """Return the validation of a tick; with the sentence `missing`, it must be ticked."""

    def clean(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
        value = answers.get(name)
        ticked = value is True or str(value).lower() in YES
        if missing and not ticked:
            raise InvalidInput({name: _(missing)})
        return {name: ticked}

    return clean
