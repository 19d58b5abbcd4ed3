"""Saved filters of a queue: by what it is narrowed and sorted, under a name of the officer's own."""

from typing import NamedTuple

import peewee as pw
from flask import request
from flask_login import current_user

from admin_views import forms
from admin_views.queue import filters, sort_order
from casework.inputs.words import plain
from lib import encryption, fast_sql
from lib.database import transaction
from models import Search

AT_MOST, NAME_AT_MOST = 20, 60
FULL = f"Sudah ada {AT_MOST} saringan tersimpan di layar ini. Hapus satu dulu."
NAMELESS = "Beri nama dulu, misalnya: Akta Sukasada yang terlambat."
KEPT = ("keadaan", sort_order.ARGUMENT, *filters.FILTERS)  # arguments of an address


class SavedFilter(NamedTuple):
    """A saved filter as a link; `on` where the list is narrowed so now."""

    key: str
    name: str
    url: str
    on: bool


def saved(view) -> tuple[SavedFilter, ...]:
    """List the officer's own of this screen."""
    rows = (fast_sql.load(Search, row) for row in _own(current_user.id, view.endpoint))
    now = _narrowed(view)
    return tuple(SavedFilter(one.key, one.name, _url(view, one.wanted), one.wanted == now) for one in rows)


def _url(view, wanted: dict[str, str]) -> str:
    return view.address_of(**{name: wanted[name] for name in KEPT if name in wanted})


def save(view) -> str:
    """Save how the list is narrowed now; return a sentence that says why not, else ""."""
    name, wanted = typed_name(), _narrowed(view)
    if not name:
        return NAMELESS
    mine = (Search.user == current_user.id) & (Search.screen == view.endpoint)
    with transaction():
        Search.delete().where(mine, Search.name == name).execute()
        if Search.select().where(mine).count() >= AT_MOST:
            return FULL
        facts = {"key": encryption.random_token(), "user": current_user.id, "screen": view.endpoint}
        Search.create(**facts, name=name, wanted=wanted)
    return ""


def forget(view) -> None:
    """Delete a saved filter; nobody else's, and it is no fault where it is gone already."""
    mine = (Search.user == current_user.id) & (Search.screen == view.endpoint)
    Search.delete().where(mine, Search.key == request.form.get("key", "")).execute()


def typed_name() -> str:
    """Return the name typed for what is saved, truncated to its maximum length."""
    whole = plain(request.form.get("nama", "")[:NAME_AT_MOST], forms.LONGEST)  # some letters are written as several
    return whole[:NAME_AT_MOST].strip()


def _narrowed(view) -> dict[str, str]:
    return {name: value for name, value in view.list_arguments().items() if name in KEPT}


@fast_sql.prepared
def _own(user: int, screen: str) -> pw.ModelSelect:
    return Search.select().where(Search.user == user, Search.screen == screen).order_by(Search.name, Search.id)
