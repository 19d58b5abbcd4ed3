"""Reason of a return: an officer's words, and the fields of SIAK's sheet and document numbers that they are about."""

from collections.abc import Mapping

from casework.inputs.products import numbered
from casework.inputs.words import LONG, SHORT, InvalidInput, plain
from casework.siak_sheet import SiakRow, siak_rows
from models import Permohonan, Revision


def number_key(product: str) -> str:
    """Return the key of a product's number, which is the name of its field in the form of `submit_draft`."""
    return f"documents-{product}-number"


def nameable(permohonan: Permohonan, villages: dict[str, str]) -> list[SiakRow]:
    """List what a return can name: the document numbers, and the fields in the order of SIAK's sheet."""
    newest = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc()).first()
    products = [(number_key(one["key"]), one["name"]["id"]) for one in numbered(permohonan)]
    numbers = [SiakRow("", key, f"Nomor {name}", "") for key, name in products]
    return numbers + (siak_rows(permohonan, newest.answers, villages) if newest else [])


def returned(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate why it is returned: in words, or by what is wrong with a field, which the words then tell, too."""
    named = answers.get("fields") or {}
    labels = {row.key: row.full_label for row in nameable(permohonan, {})} if named else {}
    errors, fields, words = {}, {}, ""
    try:
        words = plain(answers.get("reason"), LONG)
    except ValueError as wrong:
        errors["reason"] = str(wrong)
    for key, about in named.items():
        if key not in labels:
            errors["fields"] = "Pilih isian dari daftar."
            continue
        try:
            fields[key] = plain(about, SHORT)
        except ValueError as wrong:
            errors[f"about-{key}"] = str(wrong)
    if not words and not any(fields.values()) and not errors:
        errors["reason"] = "Tulis alasannya."
    if errors:
        raise InvalidInput(errors)
    lines = [f"{labels[key]}: {about}" if about else labels[key] for key, about in fields.items()]
    return {"reason": "\n".join(filter(None, [words, *lines])), "fields": fields}
