"""Import and export of a service's definition as a TOML file, for other offices, backup and text editors.

It saves nothing.
"""

import tomllib

import tomli_w

from catalogue import definition, definition_parts, schema
from catalogue.schema import InvalidDefinition

MAX_BYTES = 300_000  # bytes; the largest shipped definition has 30,000
MAX_DOTS = 200  # in one line: tomllib needs a minute for a key of 40,000 parts
HEADER = "# Layanan AKU Online. Dapat dimuat di layar Layanan › Muat berkas.\n\n"


class ImportRefused(ValueError):
    """The file is no valid definition of a service; the message is fit to show."""


def to_toml(body: dict) -> str:
    """Export a definition as TOML, without default values; `from_toml` returns an equal definition."""
    table = _without_defaults(body, schema.SERVICE)
    table["products"] = [_without_defaults(part, schema.PRODUCT) for part in body["products"]]
    table["requirements"] = [_without_defaults(part, schema.REQUIREMENT) for part in body["requirements"]]
    inner = ((part, {"fields": list(map(_field_table, part["fields"]))}) for part in body["sections"])
    if found := [_without_defaults(part, schema.CONTRADICTION) for part in body.get("contradictions", ())]:
        table["contradictions"] = found
    table["sections"] = [_without_defaults(part, schema.SECTION) | fields for part, fields in inner]
    return HEADER + tomli_w.dumps(table)


def _field_table(field: dict) -> dict:
    table = _without_defaults(field, schema.FIELD)
    if field["options"]:
        table["options"] = [[code, label["id"] if set(label) == {"id"} else label] for code, label in field["options"]]
    if field["item"]:
        table["item"] = list(map(_field_table, field["item"]))
    return table


def _without_defaults(part: dict, rules: dict) -> dict:
    """Return the keys in the schema's order, without those that have their default value."""
    return {key: part[key] for key, (_, default) in rules.items() if key in part and part[key] != default}


def from_toml(data: bytes) -> dict:
    """Import a definition from a file of at most MAX_BYTES; raises ImportRefused if it isn't valid."""
    if len(data) > MAX_BYTES:
        size, most = len(data) // 1000, MAX_BYTES // 1000
        raise ImportRefused(f"Berkas ini terlalu besar ({size} kB). Layanan paling besar {most} kB.")
    if any(line.count(b".") > MAX_DOTS for line in data.splitlines()):
        raise ImportRefused("Berkas ini bersarang terlalu dalam untuk sebuah layanan.")
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        return _check_limits(definition.validate_definition(raw, "berkas"))
    except UnicodeDecodeError:
        raise ImportRefused("Ini bukan berkas teks. Muat berkas .toml yang diunduh dari layar layanan.") from None
    except InvalidDefinition as wrong:
        raise ImportRefused(f"Berkas ini belum benar. {wrong}.") from None
    except RecursionError:
        raise ImportRefused("Berkas ini bersarang terlalu dalam untuk sebuah layanan.") from None
    except ValueError as wrong:  # from tomllib, and from int() for a number with thousands of digits
        raise ImportRefused(f"Berkas ini bukan TOML yang benar: {str(wrong)[:200]}.") from None


def _check_limits(body: dict) -> dict:
    """Refuse more parts than the editor allows; returns the definition."""
    numbers = [(kind, len(body[kind])) for kind in definition_parts.PART_KINDS]
    numbers += [("fields", len(section["fields"])) for section in body["sections"]]
    for field in definition_parts.all_fields(body):
        numbers += [("items", len(field["item"])), ("options", len(field["options"]))]
    if over := [kind for kind, number in numbers if number > definition_parts.MAX_PARTS[kind]]:
        most = definition_parts.MAX_PARTS[over[0]]
        raise ImportRefused(f"Berkas ini terlalu panjang: “{over[0]}” paling banyak {most}.")
    return body
