"""Numbers of documents: their formats by kind, a proposal, and that no two documents bear the same one.

The formats are a fact of the office, `document_numbers`: by kind its name, `patterns`, and whether a number may be
given `again` (a renewed family card keeps its own) or has to fit (`strict`). A pattern is a text with {wilayah} (code
of the regency), {tanggal} (DDMMYYYY), {urut:4} (a serial of so many digits) and {angka:16} (any digits).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import cache

import office
from catalogue import missing_number
from catalogue.definition_parts import fields_by_key
from lib.database import advisory_lock, local
from models import District, Document, Permohonan, Revision

TOKEN = re.compile(r"{(wilayah|tanggal|urut|angka)(?::([1-9]|1\d|20))?}")
PLACEHOLDER_WORDS = frozenset("ASALSAJA ASAL TES TEST TESTING COBA CONTOH NOMOR BELUM TIDAKADA XXX ABC".split())
ONE_SIGN_REPEATED = re.compile(r"(.)\1{5,}")
TAKEN = "Nomor ini sudah dipakai permohonan {}. Periksa nomornya di SIAK."
KEYED_EARLIER = timedelta(days=7)  # a counter may key into SIAK first and send the application afterwards
NEARLY_EQUAL = 0.9  # of two numbers: one or two signs differ
FREE: dict = {"name": "", "patterns": [], "again": False, "strict": False}


class NumberUnusual(ValueError):
    """The number doesn't look like others of its kind; the officer may confirm it."""


def kinds() -> dict[str, dict]:
    """Return the formats by kind of number."""
    return {key: FREE | one for key, one in office.fact("document_numbers", {}).items()}


def kind_of(product: dict) -> dict:
    """Return the format of a product's number, with the regency's code in its patterns; free where none is known."""
    kind, region = kinds().get(product.get("number") or "", FREE), _region()
    return kind | {"patterns": [pattern.replace("{wilayah}", region) for pattern in kind["patterns"]]}


def tidy(product: dict, number: str) -> str:
    """Return a number as it is stored: in capitals, without spaces, dots and hyphens that its form doesn't have."""
    kind, whole = kind_of(product), " ".join(number.upper().split())
    variants = (whole, whole.replace(" ", ""), re.sub("[ .-]", "", whole))
    return next((one for one in variants if _match(kind, one)), whole)


def check_number(permohonan: Permohonan, product: dict, number: str, sure: bool) -> None:
    """Raise ValueError with a sentence where a number can't be this product's; NumberUnusual unless `sure`."""
    kind, answers = kind_of(product), _answers(permohonan)
    if _is_placeholder(number):
        raise ValueError(f"Isi nomor {product['name']['id']} yang sebenarnya, seperti di SIAK.")
    fault = "" if not kind["patterns"] or _match(kind, number) else _fault(kind, number)
    if fault and kind["strict"]:
        raise ValueError(fault)
    if number in _niks(permohonan, answers):
        raise ValueError("Ini NIK seseorang di permohonan ini, bukan nomor dokumennya.")
    if other := _taken_by(permohonan, product, number, answers):
        raise ValueError(TAKEN.format(other.number))
    doubt = fault or _date_fault(permohonan, kind, number) or _slip(answers, product, number)
    if doubt and not sure:
        raise NumberUnusual(doubt)


def claim_numbers(permohonan: Permohonan, numbers: dict[str, str]) -> dict[str, str]:
    """Lock the numbers of documents until the transaction ends; return a sentence by product where one is taken.

    Of two officers who press at once the second waits here, and reads what the first has written.
    """
    advisory_lock("document numbers")
    answers, products = _answers(permohonan), permohonan.products
    found = {one["key"]: _taken_by(permohonan, one, numbers[one["key"]], answers) for one in products}
    return {key: TAKEN.format(other.number) for key, other in found.items() if other}


def _is_placeholder(number: str) -> bool:
    signs = re.sub(r"[^A-Z0-9]", "", number.upper())
    words = re.sub(r"[0-9]", "", signs)
    return not re.search(r"[1-9]", signs) or words in PLACEHOLDER_WORDS or bool(ONE_SIGN_REPEATED.fullmatch(signs))


def _match(kind: dict, number: str) -> re.Match | None:
    return next(filter(None, (_regex(pattern).fullmatch(number) for pattern in kind["patterns"])), None)


def _date_in(kind: dict, number: str) -> date | None:
    """Return the date that a number bears; None where it has none. Raises ValueError where the calendar has no such."""
    told = (found := _match(kind, number)) and found.groupdict().get("tanggal")
    return date(int(told[4:]), int(told[2:4]), int(told[:2])) if told else None


def _date_fault(permohonan: Permohonan, kind: dict, number: str) -> str:
    """Say what is odd about the date in a number: a deed is registered after it was applied for."""
    try:
        day = _date_in(kind, number)
    except ValueError:
        return "Tanggal di nomor ini tidak ada di kalender. Periksa angka demi angka."
    if day and day > local().date():
        return f"Tanggal di nomor ini, {day:%d-%m-%Y}, belum tiba. Periksa angka demi angka."
    sent = local(permohonan.submitted_at).date() if permohonan.submitted_at else None
    if day and sent and day < sent - KEYED_EARLIER:
        return f"Tanggal di nomor ini, {day:%d-%m-%Y}, jauh sebelum permohonan ini dikirim, {sent:%d-%m-%Y}."
    return ""


def _slip(answers: dict, product: dict, number: str) -> str:
    """Say that a number is nearly, but not quite, the one that the applicant gave."""
    known = _answered(answers, product)
    if known in ("", number) or SequenceMatcher(None, known, number, autojunk=False).ratio() < NEARLY_EQUAL:
        return ""
    return f"Hampir sama dengan nomor di permohonan, {known}. Periksa angka demi angka."


def _fault(kind: dict, number: str) -> str:
    whole = re.fullmatch(r"{angka:(\d+)}", kind["patterns"][0])
    if whole and len(kind["patterns"]) == 1:
        digits = len(re.sub(r"\D", "", number))
        strange = " dan huruf atau tanda lain" if re.search(r"\D", number) else ""
        return f"{kind['name']} terdiri dari {whole[1]} angka; ini {digits} angka{strange}."
    return f"{kind['name']} biasanya seperti {' atau '.join(examples(kind))}. Periksa angka demi angka."


def examples(kind: dict, serial: int = 1) -> list[str]:
    """Return what numbers of a kind look like today."""
    return [render(pattern, local().date(), serial) for pattern in kind["patterns"]]


def propose_numbers(permohonan: Permohonan, product: dict) -> list[str]:
    """Return the likeliest numbers: what was answered, or by pattern the one after the last of its kind this year."""
    if product.get("number_from"):
        return list(filter(None, [_answered(_answers(permohonan), product)]))
    found, used = [], _last_numbers(product)
    for pattern in kind_of(product)["patterns"]:
        if "{urut" in pattern:
            last = next((match for number in used if (match := _regex(pattern).fullmatch(number))), None)
            number = render(pattern, local().date(), int(last["urut"]) + 1 if last else 1)
            found += [number] if _regex(pattern).fullmatch(number) else []  # after the last serial there is none
    return found


def _answers(permohonan: Permohonan) -> dict:
    newest = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc()).first()
    return newest.answers if newest else {}


def _answered(answers: dict, product: dict) -> str:
    """Return the number that the applicant gave for a product, as it is stored with a document."""
    given = answers.get(product.get("number_from") or "")
    return "" if missing_number.is_missing(given) else str(given or "").strip().upper()[:60]


def _niks(permohonan: Permohonan, answers: dict) -> set[str]:
    """Return the NIKs in the answers, those in rows of groups among them."""
    fields = fields_by_key(permohonan.edition.body)
    found = set()
    for key, value in answers.items():
        field = fields.get(key, {})
        if field.get("type") == "nik":
            found.add(str(value))
        if field.get("type") == "group" and isinstance(value, list):
            keys = [item["key"] for item in field["item"] if item["type"] == "nik"]
            found |= {str(row.get(item)) for row in value for item in keys}
    return found


def number_key(product: dict, number: str, own_code: str) -> str | None:
    """Return what makes a number unique: its kind and year; None where it may be given again, or is another's."""
    kind = kind_of(product)
    if product.get("number_of") or product["kind"] != "pdf" or not number or kind["again"]:
        return None
    try:
        year = (_date_in(kind, number) or local()).year
    except ValueError:
        year = local().year
    return f"{_family(product, own_code)}/{year}/{number}"[:120]


def _family(product: dict, own_code: str) -> str:
    return product.get("number") or f"{own_code}.{product['key']}"


def _taken_by(permohonan: Permohonan, product: dict, number: str, answers: dict) -> Permohonan | None:
    """Return the other application that has this number; one that may be given again, of other people."""
    others = Document.select(Document, Permohonan).join(Permohonan).where(Document.permohonan != permohonan.id)
    if key := number_key(product, number, permohonan.edition.body["code"]):
        found = others.where(Document.number_key == key).first()
        return found and found.permohonan
    if not number or not kind_of(product)["again"]:
        return None
    told = {text.strip().upper() for text in _texts(answers)}
    same = others.where(Document.number == number, Document.revoked_at.is_null(), Document.kind == "pdf")
    strange = (one for one in same.limit(20) if number not in told and one.data.get("name", "").upper() not in told)
    return next((one.permohonan for one in strange), None)


def _texts(answers: dict) -> Iterator[str]:
    for value in answers.values():
        if isinstance(value, list):
            for row in value:
                yield from _texts(row)
        else:
            yield str(value)


def _last_numbers(product: dict) -> list[str]:
    """Return the newest numbers of a kind this year, the newest first."""
    start = f"{product.get('number')}/{local().year}/"
    this_year = (Document.number_key >= start) & (Document.number_key < f"{start}~")
    newest = Document.select(Document.number).where(this_year).order_by(Document.id.desc()).limit(50)
    return [number for (number,) in newest.tuples()]


@cache
def _regex(pattern: str) -> re.Pattern:
    day = r"(?P<tanggal>[0-3]\d[01]\d(?:19|20)\d\d)"
    parts, place = [], 0
    for match in TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[place : match.start()]))
        digits = rf"\d{{{match[2] or 4}}}"
        parts.append({"tanggal": day, "urut": rf"(?P<urut>{digits})"}.get(match[1], digits))
        place = match.end()
    return re.compile("".join([*parts, re.escape(pattern[place:])]), re.ASCII)


def render(pattern: str, day: date, serial: int) -> str:
    """Write the number of a pattern for a day and a serial."""

    def fill(match: re.Match) -> str:
        wide = int(match[2] or 4)
        if match[1] == "wilayah":
            return _region()
        serials = {"tanggal": f"{day:%d%m%Y}", "urut": f"{serial:0{wide}d}", "angka": ("1234567890" * 2)[:wide]}
        return serials[match[1]]

    return TOKEN.sub(fill, pattern)


def local_pattern(product: dict) -> str:
    """Return the first pattern of a product's number with the code of the regency in it; "" where it is free."""
    return "".join(kind_of(product)["patterns"][:1])


def _region() -> str:
    """Return the code of the regency, of four digits: the beginning of its districts' codes."""
    first = District.select(District.code).order_by(District.code).first()
    return first.code.replace(".", "")[:4] if first else "0000"


def format_error(value: object) -> str:
    """Validate the fact `document_numbers`: a sentence, or "" where it is right."""
    if not isinstance(value, dict) or not value or not all(isinstance(one, dict) for one in value.values()):
        return "Tulis setiap jenis nomor sebagai tabel."
    for key, one in value.items():
        if not re.fullmatch(r"[a-z][a-z_]{0,19}", key) or not isinstance(one.get("name"), str) or not one["name"]:
            return f"{key}: tulis kode dari huruf kecil, dan nama jenis nomornya."
        patterns = one.get("patterns", [])
        if not isinstance(patterns, list) or not all(isinstance(text, str) for text in patterns):
            return f"{one['name']}: “patterns” harus daftar bentuk nomor."
        if fault := next(filter(None, map(_pattern_fault, patterns)), ""):
            return f"{one['name']}: {fault}"
        if not all(isinstance(one.get(flag, False), bool) for flag in ("again", "strict")):
            return f"{one['name']}: “again” dan “strict” diisi true atau false."
    return ""


def _pattern_fault(pattern: str) -> str:
    left, tokens = TOKEN.sub("", pattern), [match[1] for match in TOKEN.finditer(pattern)]
    if set("{}") & set(left):
        return "hanya {wilayah}, {tanggal}, {urut:4}, dan {angka:16} yang dikenal, paling banyak 20 angka."
    if tokens.count("urut") > 1 or tokens.count("tanggal") > 1:
        return "{urut} dan {tanggal} cukup satu kali dalam satu bentuk."
    if not {"urut", "angka"} & set(tokens):
        return "setiap bentuk perlu {urut:4} atau {angka:16}, supaya nomornya berbeda-beda."
    if left != " ".join(left.upper().split()):
        return "tulis dengan huruf besar, tanpa spasi rangkap."
    return "" if len(render(pattern, date(2026, 1, 1), 1)) <= 60 else "nomor paling panjang 60 huruf."
