"""Two values of the same field, from two tabs: what differs and which one is taken; nothing is taken unasked."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from intake import fields, saving
from models import Draft

MINE, SAVED = "mine", "saved"
CHOOSE = _l("Pilih dulu isian mana yang dipakai.")


@dataclass
class Difference:
    """A field with the value typed here and the one saved elsewhere."""

    key: str
    label: dict
    mine: str
    saved: str


def differences(page: dict, form: Mapping, draft: Draft, villages: Mapping) -> list[Difference]:
    """Each field that differs, with both values as people read them; a wrong value as it was typed."""
    mine, _errors, _odd = fields.check_section(page, form, draft.answers, villages)
    found = []
    for part in page["fields"]:
        here, there = _words(part, mine, form, villages), _words(part, draft.answers, draft.typed, villages)
        if here != there:
            found.append(Difference(part["key"], part["label"], here, there))
    return found


def _words(part: dict, clean: Mapping, typed: Mapping, villages: Mapping) -> str:
    if clean.get(part["key"]) not in (None, ""):
        return fields.display(part, clean[part["key"]], villages)
    written = [str(value).strip() for value in saving.only(typed, {part["key"]}).values()]
    return " ".join(filter(None, written))


def kept(page: dict, form: Mapping) -> dict:
    """What was typed, to be carried along while one chooses, and where one wanted to go."""
    own = {part["key"] for part in page["fields"]}
    return saving.only(form, own) | {name: form[name] for name in ("periksa", "later") if form.get(name)}


def chosen(page: dict, form: dict, draft: Draft) -> tuple[dict, list[str]]:
    """The form with what was chosen in place of what differed, and the fields about which nothing was chosen yet."""
    asked = [part for part in page["fields"] if f"asked-{part['key']}" in form]
    if form.get("all") in (MINE, SAVED):
        form = form | {f"pick-{part['key']}": form["all"] for part in asked}
    open_ones = [part["key"] for part in asked if form.get(f"pick-{part['key']}") not in (MINE, SAVED)]
    for part in asked:
        if form.get(f"pick-{part['key']}") == SAVED:
            form = {name: value for name, value in form.items() if name.split("-")[0] != part["key"]}
            form |= _raw(part, {**draft.answers, **draft.typed})
    return form, open_ones


def _raw(part: dict, saved: Mapping) -> dict:
    """What is saved for a field, as a form would send it."""
    if part["type"] != "group":
        return saving.only(saved, {part["key"]})
    flat, _numbers = fields.rows_of(part, saved)
    return {name: value for name, value in saving.only(flat, {part["key"]}).items() if name != part["key"]}
