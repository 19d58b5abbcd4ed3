"""Reasons why somebody has no NIK or family card number, stored in its place and in no form that looks like one."""

from collections.abc import Callable

from flask_babel import gettext as _

from catalogue.text_input import InvalidAnswer, field_label, limit_length, mid_sentence, normalize
from lib import i18n
from lib.i18n import N_
from lib.text_normalization import is_blank

NAMES = {"nik": "NIK", "kk": N_("nomor KK")}
PARTS = ("", "-tanpa", "-ket")  # of the controls' names: the number, the reason, its detail
MARK = "tanpa:"  # tanpa:<code of the reason>:<detail>
NEEDS_DETAIL = {"asing": N_("Tulis nomor paspornya."), "lain": N_("Tulis alasannya.")}
MAX_DETAIL = 100  # characters
ISSUED_BY = {"nik": ("AK-LAHIR", "BIO-WNI", "SKTT"), "kk": ("KK-BARU", "PIN-DATANG")}  # services to go to first


def is_missing(value: object) -> bool:
    """Return whether an answer is the reason for a missing number."""
    return isinstance(value, str) and value.startswith(MARK)


def number_of(value: object) -> str:
    """Return the number of an answer; "" where there is a reason instead, or nothing."""
    return "" if value is None or is_missing(value) else str(value)


def reason_of(value: object) -> tuple[str, str]:
    """Return the code and the detail of a reason."""
    code, _colon, detail = str(value).removeprefix(MARK).partition(":") if is_missing(value) else ("", "", "")
    return code, detail


def fits(field: dict, value: str) -> bool:
    """Return whether a value may be the field's: a number, or a reason that the field offers."""
    return not is_missing(value) or reason_of(value)[0] in dict(field.get("options") or ())


def clean(field: dict, raw: str | list[str], clean_number: Callable[[str, str], str]) -> str:
    """Validate a number, or the reason why there is none, of those that the field offers."""
    number, reason, detail = raw if isinstance(raw, list) else (number_of(raw), *reason_of(raw))
    label = field_label(field)
    if not reason and is_blank(number):
        raise InvalidAnswer(_("Pilih alasan belum punya %(label)s.", label=mid_sentence(label)))
    if not reason:
        return clean_number(number, label)
    if not is_blank(number):
        raise InvalidAnswer(_("Isi %(label)s atau pilih alasannya, jangan keduanya.", label=mid_sentence(label)))
    if reason not in dict(field.get("options") or ()):
        raise InvalidAnswer(_("Pilih alasan belum punya %(label)s.", label=mid_sentence(label)))
    detail = limit_length(normalize(detail, label), MAX_DETAIL, label)
    if not detail and reason in NEEDS_DETAIL:
        raise InvalidAnswer(f"{label}: {_(NEEDS_DETAIL[reason])}")
    return MARK + (f"{reason}:{detail}" if detail else reason)


def show(field: dict, value: str) -> str:
    """Return a number as it is, and a reason in words: Belum punya NIK: orang asing, A1234567."""
    if not is_missing(value):
        return value
    code, detail = reason_of(value)
    reason = mid_sentence(i18n.localized(dict(field.get("options") or ()).get(code, code)))
    words = _("Belum punya %(number)s: %(reason)s", number=_(NAMES[field["type"]]), reason=reason)
    return f"{words}, {detail}" if detail else words


def required_message(field: dict) -> str:
    """Return the error message of a required number that was left empty."""
    label = mid_sentence(field_label(field))
    if field.get("options"):
        return _("Isi %(label)s, atau pilih alasan belum punya.", label=label)
    return _("Isi %(label)s. Bila belum punya, lihat petunjuk di bawahnya.", label=label)
