"""Narrowing a queue by promise, service, place and track; by codes only, so that addresses may carry them."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import peewee as pw
from flask import request
from flask_admin import expose
from wtforms import SelectField

import workflow
from admin_views import forms, searching, sought
from admin_views.working import Working

FILTERS = {"janji": "Janji", "layanan": "Layanan", "tempat": "Tempat", "jalur": "Jalur"}
CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")
QUICK = tuple(searching.PROMISES[1:3])  # those that stand above the queue with their numbers


@dataclass(frozen=True)
class Chip:
    """A way to narrow the queue, or one that is on; `count` is None where it wasn't counted."""

    label: str
    url: str
    on: bool
    count: int | None = None


class FilterForm(forms.Form):
    """The parts of a search that hold no person."""

    janji = SelectField("Janji layanan", choices=forms.choices(tuple(searching.PROMISES)), default="")
    layanan = SelectField("Layanan", default="")
    tempat = SelectField("Desa atau kecamatan", default="")
    jalur = SelectField("Jalur", default="")


class Filtering(Working):
    """A queue that can be narrowed."""

    def filters(self) -> dict[str, str]:
        """What the address narrows by; what can't be a code is left out."""
        given = request.args
        named = {name: given[name] for name in FILTERS if name in given}
        return {name: value for name, value in named.items() if CODE.fullmatch(value) and _known(name, value)}

    def filtered(self, query: pw.ModelSelect) -> pw.ModelSelect:
        return searching.narrowed(query, self.filters())

    def chips(self) -> tuple[Chip, ...]:
        """The promises with how many they concern, and what else is on, each leading to the queue without it."""
        on, state = self.filters(), request.args.get("keadaan", "")
        kept = on | ({"keadaan": state} if state in self.states else {})
        counts = self.promised()
        chips: list[Chip] = []
        for code, label in QUICK:
            without = {name: value for name, value in kept.items() if name != "janji"}
            chosen = on.get("janji") == code
            url = self.address_of(**(without if chosen else without | {"janji": code}))
            chips.append(Chip(label, url, chosen, counts[code]))
        for name, value in on.items():
            if (name, value) not in [("janji", code) for code, _ in QUICK]:
                rest = {other: its for other, its in kept.items() if other != name}
                chips.append(Chip(searching.in_words(name, value), self.address_of(**rest), True))
        return *chips, Chip("Saring: layanan, desa, jalur …", self.address_of("saring/", **kept), False)

    def address_of(self, below: str = "", **arguments) -> str:
        """An address of this screen; empty arguments are left out."""
        query = urlencode({name: value for name, value in arguments.items() if value})
        return f"{self.url}/{below}?{query}" if query else f"{self.url}/{below}"

    def promised(self) -> dict[str, int]:
        """How many of them are late, and due today."""
        raise NotImplementedError

    @expose("/saring/")
    def filter_view(self):
        """Choose by what to narrow the queue."""
        form = sought.filled(FilterForm(data=self.filters()), sought.offered())
        state = request.args.get("keadaan", "")
        return self.render("staff/filter.html", form=form, state=state if state in self.states else "")


def _known(name: str, value: str) -> bool:
    if name == "janji":
        return value in dict(searching.PROMISES)
    return name != "jalur" or value in workflow.TRACKS
