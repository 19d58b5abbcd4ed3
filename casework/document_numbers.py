"""Numbers of documents: their formats by kind, a proposal, and that no two documents bear the same one.

The formats are a fact of the office, `document_numbers`: by kind its name, `patterns`, and whether a number may be
given `again` (a renewed family card keeps its own) or has to fit (`strict`). A pattern is a text with {wilayah} (code
of the regency), {tanggal} (DDMMYYYY), {urut:4} (a serial of so many digits) and {angka:16} (any digits).
"""

import re
from collections.abc import Iterator
from datetime import date

import office
from catalogue import missing_number
from lib.database import local
from models import District, Document, Permohonan, Revision

TOKEN = re.compile(r"{(wilayah|tanggal|urut|angka)(?::(\d+))?}")
PLACEHOLDER_WORDS = frozenset("ASALSAJA ASAL TES TEST TESTING COBA CONTOH NOMOR BELUM TIDAKADA XXX ABC".split())
FREE: dict = {"name": "", "patterns": [], "again": False, "strict": False}


class NumberUnusual(ValueError):
    """The number doesn't look like others of its kind; the officer may confirm it."""


def kinds() -> dict[str, dict]:
    """Return the formats by kind of number."""
    return {key: FREE | one for key, one in office.fact("document_numbers", {}).items()}


def kind_of(product: dict) -> dict:
    """Return the format of a product's number; free where none is known."""
    return kinds().get(product.get("number") or "", FREE)


def check_number(permohonan: Permohonan, product: dict, number: str, sure: bool) -> None:
    """Raise ValueError with a sentence where a number can't be this product's; NumberUnusual unless `sure`."""
    kind, name = kind_of(product), product["name"]["id"]
    letters = re.sub(r"[^A-Z0-9]", "", number.upper())
    if not re.search(r"[1-9]", letters) or letters in PLACEHOLDER_WORDS:
        raise ValueError(f"Isi nomor {name} yang sebenarnya, seperti di SIAK.")
    if kind["patterns"] and not any(_regex(pattern).fullmatch(number) for pattern in kind["patterns"]):
        fault = _fault(kind, number)
        if kind["strict"]:
            raise ValueError(fault)
        if not sure:
            raise NumberUnusual(fault)
    if other := _taken_by(permohonan, product, number):
        raise ValueError(f"Nomor ini sudah dipakai permohonan {other.number}. Periksa nomornya di SIAK.")


def _fault(kind: dict, number: str) -> str:
    whole = re.fullmatch(r"{angka:(\d+)}", kind["patterns"][0])
    if whole:
        digits = len(re.sub(r"\D", "", number))
        strange = " dan huruf atau tanda lain" if re.search(r"\D", number) else ""
        return f"{kind['name']} terdiri dari {whole[1]} angka; ini {digits} angka{strange}."
    return f"{kind['name']} biasanya seperti {' atau '.join(examples(kind))}. Periksa angka demi angka."


def examples(kind: dict, serial: int = 1) -> list[str]:
    """Return what numbers of a kind look like today."""
    return [_render(pattern, local().date(), serial) for pattern in kind["patterns"]]


def propose_number(permohonan: Permohonan, product: dict) -> str:
    """Return the likeliest number: what was answered, or the one after the last of its kind this year; else ""."""
    kind, field = kind_of(product), product.get("number_from")
    if field:
        newest = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc()).first()
        answered = newest.answers.get(field) if newest else ""
        return "" if missing_number.is_missing(answered) else str(answered or "").upper()[:60]
    serials = [pattern for pattern in kind["patterns"] if "{urut" in pattern]
    if not serials:
        return ""
    used = _last_numbers(product)
    for pattern in serials:
        if found := next((match for number in used if (match := _regex(pattern).fullmatch(number))), None):
            return _render(pattern, local().date(), int(found["urut"]) + 1)
    return _render(serials[0], local().date(), 1)


def number_key(product: dict, number: str, own_code: str) -> str | None:
    """Return what makes a number unique: its kind and year; None where it may be given again, or is another's."""
    if product.get("number_of") or not number or kind_of(product)["again"]:
        return None
    return f"{_family(product, own_code)}/{local().year}/{number}"[:120]


def _family(product: dict, own_code: str) -> str:
    return product.get("number") or f"{own_code}.{product['key']}"


def _taken_by(permohonan: Permohonan, product: dict, number: str) -> Permohonan | None:
    """Return the other application that has this number."""
    others = Document.select(Document, Permohonan).join(Permohonan).where(Document.permohonan != permohonan.id)
    if key := number_key(product, number, permohonan.edition.body["code"]):
        found = others.where(Document.number_key == key).first()
        return found and found.permohonan
    if product.get("number") != "kk":
        return None
    newest = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc()).first()
    told = set(_texts(newest.answers)) if newest else set()
    cards = others.where(Document.number == number, Document.product.startswith("kk"), Document.revoked_at.is_null())
    strange = (one for one in cards.limit(20) if number not in told and one.data.get("name") not in told)
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


def _regex(pattern: str) -> re.Pattern:
    kinds_of_token = {"tanggal": r"[0-3]\d[01]\d(?:19|20)\d\d", "wilayah": re.escape(_region())}
    parts, place = [], 0
    for match in TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[place : match.start()]))
        digits = rf"\d{{{match[2] or 4}}}"
        parts.append(kinds_of_token.get(match[1], rf"(?P<urut>{digits})" if match[1] == "urut" else digits))
        place = match.end()
    return re.compile("".join([*parts, re.escape(pattern[place:])]))


def _render(pattern: str, day: date, serial: int) -> str:
    def fill(match: re.Match) -> str:
        wide = int(match[2] or 4)
        return {"wilayah": _region(), "tanggal": f"{day:%d%m%Y}", "urut": f"{serial:0{wide}d}"}.get(
            match[1], "1234567890123456789"[:wide]
        )

    return TOKEN.sub(fill, pattern)


def _region() -> str:
    """Return the code of the regency, of four digits: the beginning of its districts' codes."""
    first = District.select(District.code).order_by(District.code).first()
    return first.code.replace(".", "")[:4] if first else "0000"


def format_error(value: object) -> str:
    """Validate the fact `document_numbers`: a sentence, or "" where it is right."""
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        return "Tulis setiap jenis nomor sebagai tabel."
    for key, one in value.items():
        if not re.fullmatch(r"[a-z][a-z_]{0,19}", key) or not isinstance(one.get("name"), str) or not one["name"]:
            return f"{key}: tulis kode dari huruf kecil, dan nama jenis nomornya."
        patterns = one.get("patterns", [])
        if not isinstance(patterns, list) or not all(isinstance(text, str) and text.strip() for text in patterns):
            return f"{key}: “patterns” harus daftar bentuk nomor."
        left = [TOKEN.sub("", text) for text in patterns]
        if any(set("{}") & set(text) for text in left):
            return f"{key}: hanya {{wilayah}}, {{tanggal}}, {{urut:4}}, dan {{angka:16}} yang dikenal."
        if any(len(_render(text, date(2026, 1, 1), 1)) > 60 for text in patterns):
            return f"{key}: nomor paling panjang 60 huruf."
        if not all(isinstance(one.get(flag, False), bool) for flag in ("again", "strict")):
            return f"{key}: “again” dan “strict” diisi true atau false."
    return ""
