"""Import and export of a service's definition as a TOML file, for other offices, backup and text editors.

It saves nothing.
"""

import tomllib

import tomli_w

from intake import outline, services, shape
from intake.shape import Malformed

LARGEST = 300_000  # bytes; the largest shipped definition has 30,000
MOST_DOTS = 200  # in one line: tomllib needs a minute for a key of 40,000 parts
HEAD = "# Layanan AKU Online. Dapat dimuat di layar Layanan › Muat berkas.\n\n"


class Refused(ValueError):
    """The file is no valid definition of a service; the message is fit to show."""


def to_toml(body: dict) -> str:
    """Export a definition as TOML, without default values; `from_toml` returns an equal definition."""
    table = _short(body, shape.SERVICE)
    table["products"] = [_short(part, shape.PRODUCT) for part in body["products"]]
    table["requirements"] = [_short(part, shape.REQUIREMENT) for part in body["requirements"]]
    table["sections"] = [
        _short(part, shape.SECTION) | {"fields": list(map(_field, part["fields"]))} for part in body["sections"]
    ]
    return HEAD + tomli_w.dumps(table)


def _field(field: dict) -> dict:
    table = _short(field, shape.FIELD)
    if field["options"]:
        table["options"] = [[code, label["id"] if set(label) == {"id"} else label] for code, label in field["options"]]
    if field["item"]:
        table["item"] = list(map(_field, field["item"]))
    return table


def _short(part: dict, rules: dict) -> dict:
    """Return the keys in the schema's order, without those that have their default value."""
    return {key: part[key] for key, (_, default) in rules.items() if key in part and part[key] != default}


def from_toml(data: bytes) -> dict:
    """Import a definition from a file of at most LARGEST bytes; raises Refused if it isn't valid."""
    if len(data) > LARGEST:
        raise Refused(f"Berkas ini terlalu besar ({len(data) // 1000} kB). Layanan paling besar {LARGEST // 1000} kB.")
    if any(line.count(b".") > MOST_DOTS for line in data.splitlines()):
        raise Refused("Berkas ini bersarang terlalu dalam untuk sebuah layanan.")
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        return _within_bounds(services.check(raw, "berkas"))
    except UnicodeDecodeError:
        raise Refused("Ini bukan berkas teks. Muat berkas .toml yang diunduh dari layar layanan.") from None
    except Malformed as wrong:
        raise Refused(f"Berkas ini belum benar. {wrong}.") from None
    except RecursionError:
        raise Refused("Berkas ini bersarang terlalu dalam untuk sebuah layanan.") from None
    except ValueError as wrong:  # from tomllib, and from int() for a number with thousands of digits
        raise Refused(f"Berkas ini bukan TOML yang benar: {str(wrong)[:200]}.") from None


def _within_bounds(body: dict) -> dict:
    """Refuse more parts than the editor allows; returns the definition."""
    numbers = [(kind, len(body[kind])) for kind in outline.PARTS]
    numbers += [("fields", len(section["fields"])) for section in body["sections"]]
    for field in outline.fields_of(body):
        numbers += [("items", len(field["item"])), ("options", len(field["options"]))]
    if over := [kind for kind, number in numbers if number > outline.MOST[kind]]:
        raise Refused(f"Berkas ini terlalu panjang: “{over[0]}” paling banyak {outline.MOST[over[0]]}.")
    return body
