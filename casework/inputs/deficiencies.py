"""Deficiencies input: the parts of an application that can be deficient, the reasons offered, their validation."""

from collections.abc import Mapping

from casework.inputs.words import LONG, REASON, InvalidInput, plain
from catalogue import applicant_section
from lib.i18n import localized
from models import Permohonan, Reason


def defectible(permohonan: Permohonan) -> dict[str, str]:
    """Return key → label of every requirement and field that can fall short."""
    body = permohonan.edition.body
    sections = applicant_section.form_sections(permohonan.track, body)
    needs = {part["key"]: localized(part["name"]) for part in (*body["requirements"], applicant_section.PROXY_LETTER)}
    return needs | {part["key"]: localized(part["label"]) for section in sections for part in section["fields"]}


def offered(permohonan: Permohonan, key: str) -> list[str]:
    """Return the reasons that a requirement names as its own; none: any will do."""
    parts = permohonan.edition.body["requirements"]
    return next((one.get("reasons") or [] for one in parts if one["key"] == key), [])


def _is_foreign_reason(permohonan: Permohonan, key: str, reason: str) -> bool:
    """Return whether it is none of the requirement's own reasons, while some of these can be picked."""
    own = offered(permohonan, key)
    in_use = Reason.key.in_(own) & (Reason.kind == "deficiency") & Reason.active
    return bool(own) and reason not in own and Reason.select().where(in_use).exists()


def deficiencies(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate what fell short: a known requirement or field, a reason, and a text for "lainnya"."""
    known = defectible(permohonan)
    out, errors = [], {}
    for item in answers.get("deficiencies") or []:
        key = str(item.get("key", ""))
        if key not in known:
            errors["deficiencies"] = "Pilih syarat atau isian dari daftar."
            continue
        name, values = "reason", {}
        try:
            for name, limit in (("reason", REASON), ("text", LONG)):
                values[name] = plain(item.get(name), limit)
        except ValueError as wrong:
            errors[f"deficiencies-{key}-{name}"] = str(wrong)
            continue
        if not values["reason"]:
            errors[f"deficiencies-{key}-reason"] = "Pilih alasan, supaya pemohon tahu apa yang harus diperbaiki."
        elif _is_foreign_reason(permohonan, key, values["reason"]):
            errors[f"deficiencies-{key}-reason"] = "Alasan ini tidak untuk syarat ini. Pilih dari daftarnya."
        elif values["reason"] == "lainnya" and not values["text"]:
            errors[f"deficiencies-{key}-text"] = "Tulis alasannya."
        out.append({"key": key} | values)
    if not out and not errors:
        errors["deficiencies"] = "Tandai sedikitnya satu syarat atau isian yang kurang, dan alasannya."
    if errors:
        raise InvalidInput(errors)
    return {"deficiencies": out}
