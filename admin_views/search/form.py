"""The search form: the choices for this person, and what was filled in; it searches nothing."""

from datetime import date
from typing import NamedTuple, TypeVar

import peewee as pw
from flask import current_app
from flask_login import current_user
from wtforms import Field

import workflow
from accounts.roles import OWN, OWN_OFFICE
from admin_views import forms
from admin_views.search.criteria import ANY, DATED, PROMISES, STATES, SearchForm, label_of
from lib import fast_sql
from models import District, Edition, Layanan, Village

DAYS = ("dari", "sampai")
BEYOND_A_COUNTER = frozenset(code for code, role in workflow.ROLES.items() if role.reach not in (OWN, OWN_OFFICE))
ALWAYS = (
    ("keadaan", forms.choices((ANY, *STATES))),
    ("jalur", forms.choices((ANY, *workflow.TRACKS.items()))),
    ("menurut", forms.choices(tuple(DATED))),
    ("janji", forms.choices(tuple(PROMISES))),
)
Offered = tuple[tuple[str, forms.Choices], ...]
Some = TypeVar("Some", bound=forms.Form)


class FilledForm(NamedTuple):
    """The fields of a search with their values and choices; the key of their cached fragment."""

    wanted: tuple[tuple[str, str], ...]
    offered: Offered

    @property
    def fields(self) -> list[Field]:
        """Those of the form with what was asked for, without the text; the counter only where one was asked for."""
        typed = {name: date.fromisoformat(value) if name in DAYS else value for name, value in self.wanted}
        shown = fill_choices(SearchForm(data=typed), self.offered)
        return [field for field in shown if field.name in typed or field.name not in ("q", "loket")]

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """Each part: its name, what it asks, and its value in words."""
        fields, out = {field.name: field for field in self.fields}, []
        for name, value in self.wanted:
            choices = {one.value: one.label for one in getattr(fields[name], "choices", None) or ()}
            words = label_of(name, value) if name == "loket" else choices.get(value, value)
            out.append((name, fields[name].label.text, words.removeprefix("– ")))
        return out


def fill_choices(form: Some, offered: Offered) -> Some:
    """Fill in the choices of a form."""
    for name, choices in offered:
        if name in form:
            form[name].choices = choices
    return form


def choices() -> Offered:
    """List the choices of this office, and of the villages that the person can reach."""
    return ("layanan", _services()), ("tempat", _places()), *ALWAYS


def _services() -> forms.Choices:
    """List code and name of each service that has an edition, in the office's order; cached until one changes."""
    services = _services_and_last_edition()
    known, choices = current_app.extensions.get("services_offered", (None, None))
    if known != services:
        names = {row.layanan_id: row.body["name"]["id"] for row in Edition.select().order_by(Edition.number)}
        choices = forms.choices((ANY, *((code, names[ident]) for ident, code, _ in services if ident in names)))
        current_app.extensions["services_offered"] = services, choices
    return choices


@fast_sql.prepared
def _services_and_last_edition() -> pw.ModelSelect:
    last = Edition.select(pw.fn.MAX(Edition.id))
    return Layanan.select(Layanan.id, Layanan.code, last).order_by(Layanan.position, Layanan.code)


def _places() -> forms.Choices:
    """Districts and their villages; to those who work at a counter only, the villages of its area."""
    kept = current_app.extensions
    if "places" not in kept:
        kept["places"] = _all_places()
    rows, choices = kept["places"]
    if not current_user.roles.isdisjoint(BEYOND_A_COUNTER):
        return choices
    area = {village for grant in current_user.grants for village in grant.village_ids}
    return forms.choices((ANY, *((code, name) for ident, code, name, _, _ in rows if ident in area)))


def _all_places() -> tuple[list[tuple], forms.Choices]:
    """Id, code and name of each village, code and name of its district; read once, since no screen changes them."""
    rows = Village.select(Village.id, Village.code, Village.name, District.code, District.name).join(District)
    found: dict[str, str] = {}
    for _, code, name, district, district_name in (read := list(rows.order_by(District.name, Village.name).tuples())):
        found.setdefault(district, f"Kecamatan {district_name}")
        found[code] = f"– {name}"
    return read, forms.choices((ANY, *found.items()))
