"""A service as one readable file, and back: for other offices, for keeping, for a text editor; it saves nothing."""

import tomllib

import tomli_w

from intake import outline, services, shape
from intake.shape import Malformed

LARGEST = 300_000  # bytes; the largest of ours has 30,000
MOST_DOTS = 200  # in one line: tomllib takes a minute for a key of 40,000 parts
HEAD = "# Layanan AKU Online. Dapat dimuat di layar Layanan › Muat berkas.\n\n"


class Refused(ValueError):
    """A file that is no service; the message is fit to show."""


def to_toml(body: dict) -> str:
    """The definition as TOML, without what is so by default; `from_toml` makes the equal body of it."""
    whole = _short(body, shape.SERVICE)
    whole["products"] = [_short(one, shape.PRODUCT) for one in body["products"]]
    whole["requirements"] = [_short(one, shape.REQUIREMENT) for one in body["requirements"]]
    whole["sections"] = [
        _short(one, shape.SECTION) | {"fields": [_field(part) for part in one["fields"]]} for one in body["sections"]
    ]
    return HEAD + tomli_w.dumps(whole)


def _field(part: dict) -> dict:
    out = _short(part, shape.FIELD)
    if part["options"]:
        out["options"] = [[code, label["id"] if set(label) == {"id"} else label] for code, label in part["options"]]
    if part["item"]:
        out["item"] = [_field(one) for one in part["item"]]
    return out


def _short(one: dict, rules: dict) -> dict:
    """In the order of the shape, without defaults."""
    return {key: one[key] for key, (_, default) in rules.items() if key in one and one[key] != default}


def from_toml(data: bytes) -> dict:
    """The checked definition in a file of at most LARGEST bytes. Raises Refused with a sentence."""
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
    except ValueError as wrong:  # tomllib's own, and that of a number with thousands of digits
        raise Refused(f"Berkas ini bukan TOML yang benar: {str(wrong)[:200]}.") from None


def _within_bounds(body: dict) -> dict:
    """No more parts than the screens would make."""
    fields = outline.fields_of(body)
    numbers = [(kind, len(body[kind])) for kind in outline.PARTS]
    numbers += [("fields", len(one["fields"])) for one in body["sections"]]
    numbers += [("items", len(one["item"])) for one in fields] + [("options", len(one["options"])) for one in fields]
    if over := [kind for kind, number in numbers if number > outline.MOST[kind]]:
        raise Refused(f"Berkas ini terlalu panjang: “{over[0]}” paling banyak {outline.MOST[over[0]]}.")
    return body
