"""Parts of the official forms in the order in which SIAK asks them, as data; it knows no application."""

import tomllib
from bisect import bisect_right

from catalogue.definition import SEED

FORMS: dict[str, dict] = tomllib.loads((SEED / "siak_forms.toml").read_text(encoding="utf-8"))  # by the form's code


def part_title(form_code: str, field: dict) -> str:
    """Return the title of the form's part in which a field stands; "" where its number is none of the form's."""
    parts = FORMS.get(form_code, {}).get("parts", [])
    place = bisect_right([first for first, _title in parts], field.get("siak") or 0)
    return parts[place - 1][1] if place else ""
