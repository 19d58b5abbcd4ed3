"""What is wrong with answers, told by field; and the checks of words and ticks."""

import unicodedata
from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from models import Permohonan

LONG, SHORT, REASON = 1000, 120, 40  # letters
YES = frozenset(("ya", "on", "1", "true", "y"))


class Refused(Exception):
    """Answers are missing or wrong: `errors` maps a field's name to a sentence."""

    def __init__(self, errors: Mapping[str, str]):
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def plain(value, limit: int) -> str:
    """Text as it may be stored: trimmed, NFC, without control or direction characters, not longer than `limit`."""
    text = unicodedata.normalize("NFC", str(value or "")).replace("\r\n", "\n").strip()
    if not text.isprintable():
        text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    if len(text) > limit:
        raise ValueError(_("Terlalu panjang: paling banyak %(most)s huruf.", most=limit))
    return text


def text(name: str, missing: str, limit: int = LONG, required: Callable[[str], bool] = lambda role: True):
    def clean(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
        try:
            text = plain(answers.get(name), limit)
        except ValueError as reason:
            raise Refused({name: str(reason)}) from reason
        if not text and required(role):
            raise Refused({name: _(missing)})
        return {name: text}

    return clean


def tick(name: str, missing: str = ""):
    def clean(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
        value = answers.get(name)
        ticked = value is True or str(value).lower() in YES
        if missing and not ticked:
            raise Refused({name: _(missing)})
        return {name: ticked}

    return clean
