"""The filters of a queue: promise, service, place and track; by codes only, so that addresses may carry them."""

import re
from dataclasses import dataclass

from flask import request
from wtforms import SelectField

import workflow
from admin_views import forms
from admin_views.queue import tabs
from admin_views.search import criteria, form

FILTERS = {"janji": "Janji", "layanan": "Layanan", "tempat": "Tempat", "jalur": "Jalur"}
CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")


@dataclass(frozen=True)
class Chip:
    """A way to narrow the queue, or one that is on; `count` is None where it wasn't counted."""

    label: str
    url: str
    on: bool
    count: int | None = None


class FilterForm(forms.Form):
    """The parts of a search that hold no person."""

    janji = SelectField("Janji layanan", choices=forms.choices(tuple(criteria.PROMISES)), default="")
    layanan = SelectField("Layanan", default="")
    tempat = SelectField("Desa atau kecamatan", default="")
    jalur = SelectField("Jalur", default="")


def from_request() -> dict[str, str]:
    """Read by what the address narrows; what can't be a code is left out."""
    named = {name: request.args[name] for name in FILTERS if name in request.args}
    return {name: value for name, value in named.items() if CODE.fullmatch(value) and _is_known(name, value)}


def _is_known(name: str, value: str) -> bool:
    if name == "janji":
        return value in dict(criteria.PROMISES)
    return name != "jalur" or value in workflow.TRACKS


def filter_form() -> FilterForm:
    """Make the form by which a queue is narrowed, filled with what is on."""
    return form.fill_choices(FilterForm(data=from_request()), form.choices())


def chips(view) -> tuple[Chip, ...]:
    """List the promises with how many they concern, and what else is on, each leading to the queue without it."""
    on, state = from_request(), request.args.get("keadaan", "")
    kept = on | ({"keadaan": state} if state in view.states else {})
    found = [_of_promise(view, kept, *promise) for promise in tabs.PROMISES]
    for name, value in on.items():
        if name != "janji" or value not in dict(tabs.PROMISES):
            rest = {other: its for other, its in kept.items() if other != name}
            found.append(Chip(criteria.label_of(name, value), view.address_of(**rest), True))
    return *found, Chip("Saring: layanan, desa, jalur …", view.address_of("saring/", **kept), False)


def _of_promise(view, kept: dict[str, str], code: str, label: str) -> Chip:
    is_on = kept.get("janji") == code
    rest = {name: value for name, value in kept.items() if name != "janji"}
    url = view.address_of(**(rest if is_on else rest | {"janji": code}))
    return Chip(label, url, is_on, tabs.due_counts(view)[code])
