"""NIK and family card numbers: validation, warnings, masking; it must not look anyone up."""

import re
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

from flask_babel import gettext as _

from catalogue.text_input import InvalidAnswer
from lib import i18n
from lib.i18n import N_
from lib.text_normalization import normalize_number

WITA = timezone(timedelta(hours=8), "WITA")

PROVINCES = frozenset(
    [*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98)]
)
REGENCIES = frozenset([*range(1, 70), *range(71, 80)])  # kabupaten, kota
LEAVE_UNCHANGED = N_("Jika memang begitu di KTP-el, biarkan saja.")
SEPARATORS = str.maketrans("", "", " .-")  # between groups of digits
MAX_AGE, MIN_ADULT = 110, 12  # years: of the oldest person, of the youngest parent or spouse
WOMAN_DAY_OFFSET = 40  # is added to the day of birth in a woman's NIK


def today() -> date:
    """Return today's date in WITA."""
    return datetime.now(WITA).date()


def clean_nik(text: str, label: str = "NIK") -> str:
    """Validate a NIK; returns its sixteen digits or raises InvalidAnswer."""
    return clean_sixteen_digits(text, label, "NIK")


def clean_kk(text: str, label: str = "Nomor KK") -> str:
    """Validate a family card number; returns its sixteen digits or raises InvalidAnswer."""
    return clean_sixteen_digits(text, label, "Nomor KK")


def clean_sixteen_digits(text: str, label: str, kind: str) -> str:
    """Drop spaces, dots and hyphens; the rest must be sixteen digits, no obvious dummy number."""
    digits = normalize_number(text).translate(SEPARATORS)
    if not re.fullmatch("[0-9]+", digits):
        odd = _("%(label)s hanya boleh berisi angka 0 sampai 9. Hapus isinya, lalu ketik ulang.", label=label)
        raise InvalidAnswer(odd)
    if len(digits) != 16:
        if len(digits) < 16:
            amount = _("%(label)s baru %(number)s angka.", label=label, number=len(digits))
        else:
            amount = _("%(label)s berisi %(number)s angka.", label=label, number=len(digits))
        raise InvalidAnswer(f"{amount} {_('%(kind)s terdiri dari 16 angka.', kind=_(kind))}")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    if steps in ({0}, {1}, {9}):  # 1111…, 1234…, 9876…
        raise InvalidAnswer(_("%(label)s ini bukan nomor yang sebenarnya. Salin dari KTP-el atau KK.", label=label))
    return digits


def mask_nik(nik: str | None) -> str:
    """Mask a NIK to its last four digits (…9002), which lists and messages may show; in templates `|masked`."""
    return f"…{nik[-4:]}" if nik else ""


def sex_from_nik(nik: str) -> str | None:
    """Return the sex encoded in a NIK ("1" man, "2" woman), or None."""
    day = int(nik[6:8])
    if 1 <= day <= 31:
        return "1"
    return "2" if 1 <= day - WOMAN_DAY_OFFSET <= 31 else None


def birth_dates_from_nik(nik: str) -> list[date]:
    """Return the dates of birth encoded in a NIK: none, one, or one in each century; never in the future."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    found = []
    for century in (1900, 2000):
        try:
            found.append(date(century + year, month, day - WOMAN_DAY_OFFSET if day > WOMAN_DAY_OFFSET else day))
        except ValueError:
            continue
    return [day for day in found if day <= today()]


def likely_birth_date(nik: str, adult: bool) -> date | None:
    """Return the date of birth that a NIK probably encodes; None for one that looks odd.

    The two digits of the year leave two dates a century apart: an adult's is the one of at least twelve years ago.
    """
    possible = [day for day in birth_dates_from_nik(nik) if today().year - day.year <= MAX_AGE]
    if region_warnings(nik) or not possible:
        return None
    youngest = possible[-1]
    return possible[0] if adult and today().year - youngest.year < MIN_ADULT else youngest


def nik_warnings(nik: str, birth_date: date | str | None = None, sex: str | None = None) -> list[str]:
    """Return warnings about an implausible NIK; they never refuse it, since a wrongly issued NIK stays for life.

    `birth_date` is a date or ISO text, `sex` "1" or "2".
    """
    found = region_warnings(nik) + date_warnings(nik, date.fromisoformat(str(birth_date)) if birth_date else None)
    encoded_sex = sex_from_nik(nik)
    if sex and encoded_sex and encoded_sex != sex:
        woman, man = _("Menurut NIK ini pemiliknya perempuan."), _("Menurut NIK ini pemiliknya laki-laki.")
        found.append(woman if encoded_sex == "2" else man)
    if nik.endswith("0000"):
        found.append(_("Empat angka terakhir NIK biasanya bukan 0000."))
    return [f"{sentence} {_(LEAVE_UNCHANGED)}" for sentence in found]


def region_warnings(nik: str) -> list[str]:
    """Return warnings about an unknown region code; all regions of Indonesia are known."""
    if int(nik[:2]) not in PROVINCES:
        return [_("Dua angka pertama NIK ini bukan kode provinsi yang kami kenal.")]
    if int(nik[2:4]) not in REGENCIES or nik[4:6] == "00":
        return [_("Enam angka pertama NIK ini bukan kode wilayah yang kami kenal.")]
    return []


def date_warnings(nik: str, birth_date: date | None) -> list[str]:
    """Return warnings about the date encoded in a NIK: impossible, or other than the given date of birth."""
    possible = birth_dates_from_nik(nik)
    if not possible:
        return [_("Angka ke-7 sampai ke-12 NIK ini bukan tanggal lahir yang mungkin.")]
    if not birth_date or birth_date in possible:
        return []
    nearest = min(possible, key=lambda day: abs(day - birth_date))
    return [_("Menurut NIK ini tanggal lahirnya %(day)s.", day=i18n.plain_date(nearest))]


def looks_like_nik(number: str) -> bool:
    """Say whether a number is a woman's NIK: in a family card number the day is at most 31."""
    return sex_from_nik(number) == "2" and bool(birth_dates_from_nik(number))


def looks_like_kk(number: str) -> bool:
    """Say whether a number can be a family card number: it encodes a date of issue, not in the future."""
    return sex_from_nik(number) == "1" and bool(birth_dates_from_nik(number))


def kk_warnings(kk: str) -> list[str]:
    """Return warnings about an implausible family card number."""
    if looks_like_nik(kk):
        return [_("Ini seperti NIK, bukan nomor KK. Nomor KK ada di bagian atas kartu.")]
    if not looks_like_kk(kk):
        return [_("Nomor KK ini tidak seperti biasanya. Cocokkan lagi dengan bagian atas kartu.")]
    return []
