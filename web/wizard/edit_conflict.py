"""Edit conflicts: the differences between what was typed here and what another tab saved, and choosing between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from catalogue import fields
from intake import autosave
from models import Draft

TYPED, SAVED = "mine", "saved"
CHOOSE_VALUE = _l("Pilih dulu isian mana yang dipakai.")


@dataclass
class Difference:
    """A field in conflict, with the value typed here and the one saved elsewhere."""

    key: str
    label: dict
    typed: str
    saved: str


def find_differences(page: dict, form: Mapping, draft: Draft, villages: Mapping) -> list[Difference]:
    """Return the fields that differ, with both values formatted; an invalid value as it was typed."""
    clean, _errors, _warnings = fields.validate_section(page, form, draft.answers, villages)
    found = []
    for field in page["fields"]:
        typed = _display_value(field, clean, form, villages)
        saved = _display_value(field, draft.answers, draft.typed, villages)
        if typed != saved:
            found.append(Difference(field["key"], field["label"], typed, saved))
    return found


def _display_value(field: dict, clean: Mapping, raw: Mapping, villages: Mapping) -> str:
    if clean.get(field["key"]) not in (None, ""):
        return fields.display(field, clean[field["key"]], villages)
    texts = [str(value).strip() for value in autosave.only_fields(raw, {field["key"]}).values()]
    return " ".join(filter(None, texts))


def carried_values(page: dict, form: Mapping) -> dict:
    """Return what the page of choices must carry along: the typed values, and which button had been pressed."""
    own = {field["key"] for field in page["fields"]}
    return autosave.only_fields(form, own) | {name: form[name] for name in ("periksa", "later") if form.get(name)}


def apply_choices(page: dict, form: dict, draft: Draft) -> tuple[dict, list[str]]:
    """Apply the choices to the posted form: (the form, keys of the fields for which nothing was chosen)."""
    asked = [field for field in page["fields"] if f"asked-{field['key']}" in form]
    if form.get("all") in (TYPED, SAVED):
        form = form | {f"pick-{field['key']}": form["all"] for field in asked}
    undecided = [field["key"] for field in asked if form.get(f"pick-{field['key']}") not in (TYPED, SAVED)]
    for field in asked:
        if form.get(f"pick-{field['key']}") == SAVED:
            form = {name: value for name, value in form.items() if name.split("-")[0] != field["key"]}
            form |= _form_values(field, {**draft.answers, **draft.typed})
    return form, undecided


def _form_values(field: dict, saved: Mapping) -> dict:
    """Return the saved value of a field as a form would post it."""
    if field["type"] != "group":
        return autosave.only_fields(saved, {field["key"]})
    flat, _numbers = fields.group_rows(field, saved)
    return {name: value for name, value in autosave.only_fields(flat, {field["key"]}).items() if name != field["key"]}
