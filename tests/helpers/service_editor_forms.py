"""Forms of the service editor by HTTP: URLs, posts and parsed pages."""

import re
from html import unescape as plain

from lxml import html

from catalogue import proposals
from models import Layanan

ROOT = "/petugas/layanan"


def service_row(code="AK-LAHIR"):
    """Return a service from the database."""
    return Layanan.get(Layanan.code == code)


def proposed_body(code="AK-LAHIR"):
    """Return the proposed definition of a service, else the published one."""
    return proposals.proposal_body(service_row(code))


def page_url(page, code="AK-LAHIR", **more):
    """Return the URL of a page of a service."""
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{ROOT}/{page}/?id={service_row(code).id}{rest}"


def post_part(person, part_kind, part_key="", home="", service="AK-LAHIR", seen=None, **typed):
    """Post the form of one part; return the response."""
    named = {"kunci": part_key} if part_key else {"di": home} if home else {}
    version = service_row(service).version if seen is None else seen
    return person.post(
        page_url("unsur", service, jenis=part_kind, **named), **EMPTY_SELECTS | {"version": str(version)} | typed
    )


def post_publish(person, code="AK-LAHIR", version=None, number=None):
    """Publish the proposal."""
    now = proposals.newest_edition(service_row(code))
    seen = service_row(code).version if version is None else version
    before = (now.number if now else 0) if number is None else number
    return person.post(page_url("terbitkan", code), version=str(seen), number=str(before))


def editor_field_error(answer, name):
    """Return the error of a field, or ""."""
    found = re.search(rf'id="{re.escape(name)}-error">(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)
    return plain(re.sub("<[^>]*>", "", found[1])).strip() if found else ""


EMPTY_SELECTS = dict.fromkeys(("sample", "statement", "options_from", "subject", "birth_date", "sex", "not_before"), "")
BECAUSE_OF_PARENTS = {"when-join": "all", "when-0-of": "status_orang_tua", "when-0-how": "is"}
REQUIREMENT = {
    "name": ["Surat pengantar", ""],
    "help": ["Dari kepala desa.", ""],
    "required": "always",
    "max_files": "3",
}
QUESTION = {"label": ["Sudah lapor?", ""], "type": "yesno", "required": "y"}
PAGES = (
    "susun", "keterangan", "unsur", "susunan", "buang", "terbitkan", "edisi", "edisi/pakai", "unduh", "muat",
    "pratinjau", "pratinjau/isi", "formulir", "baru", "urutan", "buka",
)  # fmt: skip


def unchanged_forms(person, code):
    """Yield (kind, key, form data) of every part of a service, as its page shows it."""
    whole = proposed_body(code)
    for kind in ("products", "requirements", "sections", "contradictions"):
        for one in whole[kind]:
            yield kind, one["key"], _form_data(person, code, kind, one["key"])
    for section in whole["sections"]:
        for one in section["fields"]:
            yield "fields", one["key"], _form_data(person, code, "fields", one["key"])
            for item in one["item"]:
                key = f"{one['key']}.{item['key']}"
                yield "items", key, _form_data(person, code, "items", key)


def _form_data(person, code, kind, key):
    """Return what a browser would post if nothing were changed."""
    form: dict[str, list[str]] = {}
    tree = html.fromstring(person.get(page_url("unsur", code, jenis=kind, kunci=key)).get_data(as_text=True))
    for name, value in next(one for one in tree.forms if one.get("data-typed") is not None).form_values():
        form.setdefault(name, []).append(value)
    return {name: values for name, values in form.items() if name not in ("csrf_token", "version", "picture")}
