"""The filters of a queue: promise, service, place, track and holder; by codes only, for addresses carry them."""

import re
from dataclasses import dataclass
from typing import NamedTuple

import peewee as pw
from flask import request

import workflow
from admin_views import forms
from admin_views.queue import tabs
from admin_views.search import criteria, form
from casework import claims
from documents.draft_comparison import VERDICTS
from models import User

HOLDERS = {"bebas": "Bebas", "saya": "Saya pegang", "lain": "Petugas lain"}
FILTERS = {
    "janji": "Janji",
    "layanan": "Semua layanan",
    "tempat": "Semua desa",
    "jalur": "Kedua jalur",
    "pemegang": "Semua pemegang",
    "draf": "Draf",
}
SELECTS = ("layanan", "tempat", "jalur", "pemegang")
CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")


@dataclass(frozen=True)
class Chip:
    """A way to narrow the queue, or one that is on; `count` is None where it wasn't counted."""

    label: str
    url: str
    on: bool
    count: int | None = None


class Select(NamedTuple):
    """A select of the filter line; the first of its choices is everything."""

    name: str
    label: str
    choices: forms.Choices
    value: str


class FilterLine(NamedTuple):
    """The line above the list: chips of promises, selects, and the other arguments that the address keeps."""

    url: str
    clear_url: str  # empty where nothing is on
    kept: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...]
    selects: tuple[Select, ...]


def from_request() -> dict[str, str]:
    """Read by what the address narrows; what can't be a code is left out."""
    named = {name: request.args[name] for name in FILTERS if name in request.args}
    return {name: value for name, value in named.items() if CODE.fullmatch(value) and _is_known(name, value)}


def _is_known(name: str, value: str) -> bool:
    known = {"janji": dict(criteria.PROMISES), "jalur": workflow.TRACKS, "pemegang": HOLDERS, "draf": VERDICTS}
    return name not in known or value in known[name]


def apply(applications: pw.ModelSelect, user: User) -> pw.ModelSelect:
    """Narrow a query by the filters of the address."""
    wanted = from_request()
    holder = wanted.pop("pemegang", "")
    found = criteria.narrow(applications, wanted)
    return found.where(claims.held_by(holder, user)) if holder else found


def line(view) -> FilterLine:
    """Make the filter line of a queue."""
    on, kept = from_request(), view.list_arguments()
    others = tuple((name, kept[name]) for name in ("keadaan", "urut", "draf", "janji") if name in kept)
    clear = view.address_of(**{name: value for name, value in others if name != "janji"}) if set(on) - {"draf"} else ""
    chips = tuple(_of_promise(view, kept, *promise) for promise in criteria.PROMISES if promise[0])
    offered = {**dict(form.choices()), "pemegang": forms.choices(tuple(HOLDERS.items()))}
    selects = tuple(Select(name, FILTERS[name], offered[name], on.get(name, "")) for name in SELECTS)
    return FilterLine(view.address_of(), clear, others, chips, selects)


def _of_promise(view, kept: dict[str, str], code: str, label: str) -> Chip:
    is_on = kept.get("janji") == code
    rest = {name: value for name, value in kept.items() if name not in ("janji", "page")}
    url = view.address_of(**(rest if is_on else rest | {"janji": code}))
    return Chip(label, url, is_on, tabs.due_counts(view).get(code))
