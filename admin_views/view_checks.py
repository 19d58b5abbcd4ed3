"""Checks of a view's options at the start: each fault is a sentence that says what to write instead."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

import peewee as pw
from flask_admin.contrib.peewee.filters import BasePeeweeFilter

import models
from admin_views import columns, forms
from config import ConfigError
from workflow import ROLES

ENDPOINT = re.compile(r"[a-z][a-z0-9-]{0,29}")
# of the program's own tables those that a form may change; the others belong to the procedure, the log or the accounts
EDITABLE = {
    models.District, models.Village, models.Office, models.Reason, models.MessageText, models.Statement,
    models.DocumentTemplate, models.Fact, models.Holiday,
}  # fmt: skip
# what nobody reads in a list: secrets, and what people typed or uploaded
PRIVATE = {
    models.Token, models.WebSession, models.Attempt, models.Address, models.Search, models.Draft, models.DraftFile,
    models.StoredFile,
}  # fmt: skip
CLOSED = {
    "inline_models": "baris di dalam formulir lain tidak didukung; buat layar sendiri untuk tabel itu.",
    "column_editable_list": "ubah langsung di daftar tidak didukung; pakai `can_edit = True` dan `form_columns`.",
    **dict.fromkeys(("form_rules", "form_create_rules", "form_edit_rules"), "urutan isian ditulis di `form_columns`."),
    "form_ajax_refs": "pencarian AJAX tidak didukung; tanpa itu relasi menjadi daftar pilihan.",
}
FLAGS = {"can_create": "ditambah", "can_edit": "diubah", "can_delete": "dihapus"}
NAMES = ("column_list", "column_details_list", "column_export_list")
FORM_NAMES = ("form_columns", "form_excluded_columns")
EXPORTS = ("csv", "xlsx")


def validate_view(view) -> None:
    """Raise ConfigError with everything that is wrong with a view."""
    where = f"admin_views, layar {type(view).__name__}"
    if found := [f"{where}: {fault}" for fault in _of_view(view)]:
        raise ConfigError("\n".join(found))


def unknown(words: str, names: Any, known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each name that isn't known, with the probable spelling."""
    if isinstance(names, str):
        yield f"{words} ditulis dalam kurung dengan koma di belakangnya, misalnya ({names!r},)."
        return
    for name in names or ():
        if name not in known:
            near = get_close_matches(str(name), [one for one in known if one], 1)
            yield f"{words} {name!r} tidak ada." + (f" Maksudnya {near[0]!r}?" if near else "")


def _of_view(view) -> Iterator[str]:
    if not ENDPOINT.fullmatch(view.endpoint or ""):
        yield "perlu `endpoint` dari paling banyak 30 huruf kecil, angka, dan tanda hubung."
    if not view.roles:
        yield "perlu `roles`; tanpa itu tidak ada yang dapat membukanya."
    yield from unknown("peran", view.roles, ROLES)
    if hasattr(view, "model"):
        yield from _of_model_view(view)


def _of_model_view(view) -> Iterator[str]:
    if not (isinstance(view.model, type) and issubclass(view.model, pw.Model)):
        yield "perlu `model`, sebuah tabel peewee."
        return
    yield from _of_table(view)
    for option, words in CLOSED.items():
        if getattr(view, option):
            yield f"`{option}`: {words}"
    if not issubclass(view.form_base_class, forms.Form):
        yield "`form_base_class` harus turunan admin_views.forms.Form; token CSRF sudah dijaga di seluruh aplikasi."
    yield from unknown("jenis unduhan", view.export_types or (), EXPORTS)
    yield from _of_columns(view)
    yield from _of_search(view)
    yield from _of_sorting(view)
    yield from _of_filters(view)


def _of_table(view) -> Iterator[str]:
    table = view.model
    if isinstance(table._meta.primary_key, pw.CompositeKey) or not table._meta.primary_key:
        yield f"tabel {table.__name__} perlu kunci utama dari satu kolom."
    if table in PRIVATE:
        yield f"tabel {table.__name__} berisi rahasia atau ketikan orang; tidak dapat dijadikan layar."
    if table in models.TABLES and table not in EDITABLE:
        for flag, words in FLAGS.items():
            if isinstance(getattr(type(view), flag), property) or getattr(view, flag):
                yield (
                    f"`{flag}`: isi tabel {table.__name__} tidak dapat {words} lewat formulir; keadaan hanya "
                    "berpindah lewat workflow.py, akun lewat accounts/. Tabel buatan sendiri: sebut di EDITABLE "
                    "(admin_views/view_checks.py)."
                )


def _known(view) -> set[str]:
    """Names that a column may have: fields, attributes of the model, and what a formatter makes."""
    formatters = (view.column_formatters, view.column_formatters_detail, view.column_formatters_export)
    own = {name for name in dir(view.model) if not name.startswith("_")} - set(dir(pw.Model))
    return own.union(view.model._meta.fields, view.computed_columns, *(one or () for one in formatters))


def _of_columns(view) -> Iterator[str]:
    known = _known(view)
    for option in NAMES:
        names = getattr(view, option) or ()
        if isinstance(names, str):
            yield from unknown(f"`{option}`", names, known)
            continue
        for name in names:
            if "." not in str(name):
                yield from unknown(f"`{option}`: kolom", (name,), known)
            elif columns.find_field(view.model, name) is None and name not in known:
                yield f"`{option}`: kolom {name!r} tidak ada."
    fields = {*view.model._meta.fields, *(view.form_extra_fields or ())}
    for option in FORM_NAMES:
        yield from unknown(f"`{option}`: kolom", getattr(view, option), fields)
    for name in view.form_columns or ():
        if columns.is_secret(str(name)):
            yield f"`form_columns`: {name!r} berisi rahasia."


def _no_path(view, option: str, name, known: Collection[str], words: str = "kolom") -> Iterator[str]:
    """Say that a column is not there, or that more than one relation leads to it."""
    if isinstance(name, pw.Field) and name.model is not view.model:
        there = f"{name.model.__name__}.{name.name}"
        yield f"`{option}`: tidak jelas jalan ke {there}; tulis jalurnya, misalnya 'relasi.{name.name}'."
    else:
        yield from unknown(f"`{option}`: {words}", (getattr(name, "name", name),), known)


def _of_search(view) -> Iterator[str]:
    names = view.column_searchable_list or ()
    if isinstance(names, str):
        yield from unknown("`column_searchable_list`", names, ())
        return
    for name in names:
        path = columns.find_field(view.model, name)
        if path is None or not isinstance(path.field, pw.CharField | pw.TextField):
            texts = list(columns.text_columns(view.model))
            yield from _no_path(view, "column_searchable_list", name, texts, "kolom teks")
        else:
            yield from _of_address("column_searchable_list", path.field.name)


def _of_address(option: str, name: str) -> Iterator[str]:
    if columns.holds_nik(name) or columns.is_secret(name):
        yield f"`{option}`: {name!r} tidak boleh muncul di alamat halaman."


def _of_sorting(view) -> Iterator[str]:
    sortable = view.column_sortable_list or ()
    default = view.column_default_sort or ()
    default = default if isinstance(default, list) else [default] if default else []
    if isinstance(sortable, str):
        yield from unknown("`column_sortable_list`", sortable, ())
        return
    named = [("column_sortable_list", one[1] if isinstance(one, tuple) else one) for one in sortable]
    named += [("column_default_sort", one[0] if isinstance(one, tuple) else one) for one in default]
    for option, name in named:
        if columns.find_field(view.model, name) is None:
            yield from _no_path(view, option, name, view.model._meta.fields)


def _of_filters(view) -> Iterator[str]:
    filters = view.column_filters or ()
    if isinstance(filters, str):
        yield from unknown("`column_filters`", filters, ())
        return
    for one in filters:
        own = isinstance(one, BasePeeweeFilter)
        path = columns.find_field(view.model, one.column if own else one)
        name = getattr(one.column if own else one, "name", one)
        if path is None:
            yield from _no_path(view, "column_filters", one.column if own else one, view.model._meta.fields)
            continue
        yield from _of_address("column_filters", path.field.name)
        if isinstance(path.field, pw.ForeignKeyField) and path.field.rel_model is models.Permohonan:
            yield f"`column_filters`: {name!r} menunjuk permohonan; saring menurut kolomnya, misalnya '{name}.number'."
        elif not own and view.filter_converter.convert(type(path.field).__name__, path.field, "") is None:
            yield f"`column_filters`: kolom {name!r} tidak dapat disaring."
