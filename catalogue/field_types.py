"""Field types: how each validates and cleans what was typed, warns, and formats values; it must not see a form."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from catalogue import dates, missing_number, nik
from catalogue.text_input import (
    InvalidAnswer,
    clean_person_name,
    field_label,
    limit_length,
    mid_sentence,
    new_name_warnings,
    normalize,
)
from lib import i18n
from lib.i18n import N_
from lib.text_normalization import normalize_email, normalize_number

COMMON_MAIL_HOSTS = (
    "gmail.com", "yahoo.com", "yahoo.co.id", "ymail.com", "rocketmail.com", "outlook.com", "outlook.co.id",
    "hotmail.com", "live.com", "icloud.com", "mail.com", "gmx.com", "aol.com", "proton.me", "bulelengkab.go.id",
)  # fmt: skip
OTHER_MAIL_HOSTS = frozenset(
    "googlemail.com protonmail.com fastmail.com email.com me.com msn.com mac.com gmx.net gmx.de web.de zoho.com "
    "hotmail.co.id live.co.id baliprov.go.id".split()
)  # similar to the common ones, but real: no typing errors
FOREIGN_MAIL_HOSTS = re.compile(
    r"(?:yahoo|hotmail|outlook|live)\.(?:com?\.(?:uk|jp|au|sg|my|nz|in|th|kr)|de|fr|nl|it|es|ca)"
)
NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+")
PHONE = re.compile(r"0[0-9]{7,13}|\+[1-9][0-9]{7,14}")
VILLAGE = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[12][0-9]{3}")
NOT_IN_LIST = N_("Pilih %(label)s dari daftar.")
FAMILY_CARD_PREFIXES = ("no_kk", "kk_")  # of the keys of fields with a family card number
APPLICANT_PREFIX = "pemohon_"  # of the keys of the applicant section; the applicant may also be a person in the service


def clean_text(field: dict, raw: str, lines: bool = False) -> str:
    """Clean one line of text, or several `lines`, together at most `max` characters."""
    label = field_label(field)
    return limit_length(normalize(raw, label, lines), field.get("max") or (1000 if lines else 120), label)


def clean_number(field: dict, raw: str) -> int:
    """Parse a whole number between `min` and `max`; 3.150 is three thousand, as people write in Indonesia."""
    label, text = field_label(field), normalize_number(raw)
    if not NUMBER.fullmatch(text) or len(text) > 12:
        label = mid_sentence(label)
        raise InvalidAnswer(_("Tulis %(label)s dengan angka bulat, tanpa koma dan tanpa huruf.", label=label))
    value, least, most = int(text.replace(".", "")), field.get("min"), field.get("max")
    if least is not None and value < least:
        least = i18n.format_number(least)
        raise InvalidAnswer(_("%(label)s paling sedikit %(least)s. Periksa angkanya.", label=label, least=least))
    if most is not None and value > most:
        most = i18n.format_number(most)
        raise InvalidAnswer(_("%(label)s paling banyak %(most)s. Periksa angkanya.", label=label, most=most))
    return value


def clean_choice(field: dict, raw: str) -> str:
    """Validate the code of an option."""
    if raw.strip() not in (code for code, _label in (*field["options"], *field.get("other_options", ()))):
        raise InvalidAnswer(_(NOT_IN_LIST, label=mid_sentence(field_label(field))))
    return raw.strip()


def clean_yesno(field: dict, raw: str) -> str:
    """Validate "ya" or "tidak"."""
    if raw.strip() not in ("ya", "tidak"):
        raise InvalidAnswer(_("Pilih ya atau tidak: %(label)s", label=mid_sentence(field_label(field))))
    return raw.strip()


def clean_phone(field: dict, raw: str) -> str:
    """Normalize a telephone number: 0812… for Indonesian ones, +61… for others."""
    digits = re.sub(r"[ .()\-]", "", normalize_number(raw))
    digits = re.sub(r"\A00(?=[1-9])", "+", digits)
    digits = re.sub(r"\A\+?620?", "0", digits)
    if not PHONE.fullmatch(digits):
        raise InvalidAnswer(_("Tulis %(label)s seperti 0812 0000 4417.", label=mid_sentence(field_label(field))))
    return digits


def clean_email(field: dict, raw: str) -> str:
    """Validate an e-mail address; the host is returned in lower case."""
    value = normalize_email(raw)
    try:
        if not value.isascii():  # no mail server here takes others
            raise EmailNotValidError
        address = validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as reason:
        label = mid_sentence(field_label(field))
        raise InvalidAnswer(_("Tulis %(label)s seperti nama@gmail.com, tanpa spasi.", label=label)) from reason
    return f"{address.local_part}@{address.ascii_domain}"


def clean_village(field: dict, raw: str) -> str:
    """Validate the form of a village's code; the caller checks that the village exists."""
    if not VILLAGE.fullmatch(raw.strip()):
        raise InvalidAnswer(_(NOT_IN_LIST, label=mid_sentence(field_label(field))))
    return raw.strip()


def warn_name(field: dict, value: str, answers: dict) -> list[str]:
    """Warn about digits in a name; a newly given name is checked by the rules of Permendagri 73/2022."""
    if (field.get("checks") or {}).get("new_name"):
        return new_name_warnings(value)
    if not re.search("[0-9]", value):
        return []
    return [_("%(label)s berisi angka. Cocokkan lagi dengan KTP-el atau KK.", label=field_label(field))]


def warn_nik(field: dict, value: str, answers: dict) -> list[str]:
    """Warn where a NIK doesn't fit the date of birth and the sex that `checks` names, or equals another number."""
    if missing_number.is_missing(value):
        return []
    checks = field.get("checks") or {}
    birth_date, sex = answers.get(checks.get("birth_date")), checks.get("sex")
    found = nik.nik_warnings(value, birth_date, sex if sex in ("1", "2") else answers.get(sex))
    return found + warn_same_number(field, value, answers)


def warn_kk(field: dict, value: str, answers: dict) -> list[str]:
    """Warn when a family card number is or looks like a NIK; that two persons share a card is usual."""
    if missing_number.is_missing(value):
        return []
    others = (it for key, it in answers.items() if key != field["key"] and not key.startswith(FAMILY_CARD_PREFIXES))
    if value not in others:
        return nik.kk_warnings(value)
    return [_("%(label)s sama dengan NIK yang Anda isi. Nomor KK ada di bagian atas kartu.", label=field_label(field))]


def warn_same_number(field: dict, value: str, answers: dict) -> list[str]:
    """Warn when a NIK was given for another person too, or as a family card's number.

    The same person may appear twice in a service: as the applicant, or under the same name.
    """
    if any(other == value and not _same_person(field["key"], key, answers) for key, other in answers.items()):
        return [_("%(label)s sama dengan nomor lain yang Anda isi. Cocokkan lagi keduanya.", label=field_label(field))]
    return []


def _same_person(key: str, other: str, answers: dict) -> bool:
    if key == other or "nik" not in other:
        return key == other
    names = {str(answers.get(one.replace("nik", "nama", 1)) or one).casefold() for one in (key, other)}
    return len(names) == 1 or key.startswith(APPLICANT_PREFIX) or other.startswith(APPLICANT_PREFIX)


def warn_email(field: dict, value: str, answers: dict) -> list[str]:
    """Warn when the host is probably a typing error: similar to a common mail host, but not a known one."""
    host = value.partition("@")[2].lower()
    if host in OTHER_MAIL_HOSTS or FOREIGN_MAIL_HOSTS.fullmatch(host):
        return []
    gmail = ["gmail.com"] * host.startswith("gmail.")  # gmail has no other top-level domain
    guesses = gmail or difflib.get_close_matches(host, COMMON_MAIL_HOSTS, n=1, cutoff=0.8)
    wrong = guesses and guesses[0] != host
    return [_("Maksud Anda %(guess)s? Anda menulis %(host)s.", guess=guesses[0], host=host)] if wrong else []


def show_option(field: dict, value: str, villages: dict | None) -> str:
    """Return the label of an option; a code that isn't offered any more is returned as it is."""
    label = dict((*field.get("other_options", ()), *field["options"])).get(value, value)
    return i18n.localized(label)


def show_yesno(field: dict, value: str, villages: dict | None) -> str:
    """Format "Ya" or "Tidak"."""
    return {"ya": _("Ya"), "tidak": _("Tidak")}.get(value, value.capitalize())


def show_number(field: dict, value: str, villages: dict | None) -> str:
    """Return a NIK or family card number, or in words why there is none."""
    return missing_number.show(field, value)


def show_phone(field: dict, value: str, villages: dict | None) -> str:
    """Format a telephone number in groups of four digits."""
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))


@dataclass(frozen=True)
class FieldType:
    """A type of field; `missing` is the error message for a required field left empty."""

    clean: Callable  # (field, raw) → value, raises InvalidAnswer
    missing: str = N_("Isi %(label)s.")
    warn: Callable = lambda field, value, answers: []  # (field, value, all answers) → sentences
    show: Callable = lambda field, value, villages: str(value)  # (field, value, villages) → text


FIELD_TYPES = {
    "text": FieldType(clean_text),
    "long": FieldType(partial(clean_text, lines=True)),
    "name": FieldType(
        lambda field, raw: clean_person_name(raw, field_label(field), field.get("max") or 120), warn=warn_name
    ),
    "number": FieldType(clean_number, show=lambda field, value, villages: i18n.format_number(value)),
    "date": FieldType(
        lambda field, raw: dates.parse_date(raw, field_label(field), bool(field.get("not_future"))),
        show=lambda field, value, villages: dates.format_date(value),
    ),
    "time": FieldType(
        lambda field, raw: dates.parse_time(raw, field_label(field)),
        show=lambda field, value, villages: dates.format_time(value),
    ),
    "choice": FieldType(clean_choice, missing=N_("Pilih %(label)s."), show=show_option),
    "yesno": FieldType(clean_yesno, missing=N_("Pilih ya atau tidak: %(label)s"), show=show_yesno),
    "nik": FieldType(
        lambda field, raw: missing_number.clean(field, raw, nik.clean_nik), warn=warn_nik, show=show_number
    ),
    "kk": FieldType(lambda field, raw: missing_number.clean(field, raw, nik.clean_kk), warn=warn_kk, show=show_number),
    "phone": FieldType(clean_phone, show=show_phone),
    "email": FieldType(clean_email, warn=warn_email),
    "village": FieldType(
        clean_village,
        missing=N_("Pilih %(label)s."),
        show=lambda field, value, villages: (villages or {}).get(value, value),
    ),
}
