"""Options of Flask-Admin that a queue does not support: refused at the start, with what to do instead."""

from collections.abc import Iterator
from typing import Any

import workflow
from admin_views.base import StaffModelView
from config import ConfigError

ORDERED = "antrean diurutkan oleh `order`, menurut indeks tabelnya."
SEARCHED = "permohonan dicari di Semua permohonan, supaya nama dan NIK tidak berdiri di alamat."
MOVED = "permohonan hanya berubah lewat langkah di workflow.py."
SHOWN = "halaman satu permohonan adalah `details_template`."
EXPORTED = "daftar permohonan diunduh di Semua permohonan."
REFUSED = {
    "column_filters": "antrean disaring menurut FILTERS di admin_views/queue/filters.py.",
    "column_searchable_list": SEARCHED,
    **dict.fromkeys(("column_sortable_list", "column_default_sort"), ORDERED),
    **dict.fromkeys(("can_create", "can_edit", "can_delete", "form_columns"), MOVED),
    **dict.fromkeys(("can_view_details", "column_details_list", "column_formatters_detail"), SHOWN),
    **dict.fromkeys(("can_export", "column_export_list", "column_formatters_export"), EXPORTED),
    **dict.fromkeys(("column_extra_row_actions", "column_choices"), "pakai `links`, atau `column_formatters`."),
}


def validate_options(screen: Any) -> None:
    """Raise ConfigError with a sentence for each option that a queue would ignore."""
    if found := [f"admin_views, layar {screen.__name__}: {fault}" for fault in _faults(screen)]:
        raise ConfigError("\n".join(found))


def _faults(screen: Any) -> Iterator[str]:
    for option, words in REFUSED.items():
        if getattr(screen, option) != getattr(StaffModelView, option):
            yield f"`{option}` tidak berlaku pada antrean: {words}"
    methods = (getattr(screen, name) for name in dir(screen))
    own = [method._action[0] for method in methods if hasattr(method, "_action") and method._action[0] != "delete"]
    if own and not screen.for_many:
        yield f"`@action` {own[0]!r} perlu `for_many = True`, supaya ada yang dapat dipilih."
    for name in own:
        if name in workflow.BY_ACTION:
            yield f"`@action` {name!r} bernama seperti langkah di workflow.py; beri nama lain."
