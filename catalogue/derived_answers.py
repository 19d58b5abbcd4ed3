"""Derived answers: those that follow from who the applicant is and from a NIK; proposed, never forced on anybody.

It reads no database.
"""

from collections.abc import Collection, Iterable, Mapping

from catalogue import missing_number
from catalogue.applicant_section import CHILD, ROLE_CODES, THE_PERSON
from catalogue.nik import likely_birth_date, sex_from_nik

NAME, NIK = "nama", "nik"  # the beginning of the keys of fields with somebody's name and NIK
GUARDIAN = "_wali"  # the end of the keys of fields about a parent or guardian
CHILD_ENDINGS = ("", "_anak")  # of fields about a person who may be a child


def follow(
    fields: Collection[dict], before: Mapping, after: Mapping, posted: Collection[str], kept: Collection[str] = ()
) -> dict:
    """Return the answers that change because others did: "" for those that no longer follow.

    Only what is empty, or still as it was derived before, is changed; of the `posted` fields only empty ones; those
    in `kept` never.
    """
    found: dict = {}
    for derive in (_applicants_answers, _answers_in_niks):
        given = {**after, **found}
        old, new = derive(fields, before), derive(fields, given)
        for key in old.keys() | new.keys():
            now = given.get(key) or ""
            untouched = now == "" or (key not in posted and now == old.get(key))
            if old.get(key) != new.get(key) and untouched and key not in kept and now != new.get(key, ""):
                found[key] = new.get(key, "")
    return found


def _applicants_answers(fields: Iterable[dict], answers: Mapping) -> dict:
    """Return the applicant's name and NIK where the service asks for that person."""
    role, known = answers.get("pemohon_untuk"), {field["key"]: field for field in fields}
    if role == THE_PERSON:
        ending = _subject_ending(fields)
    else:
        ending = {CHILD: GUARDIAN}.get(str(role), f"_{role}" if role in ROLE_CODES else None)
    if ending is None:
        return {}
    wanted = ((f"{NAME}{ending}", "name", "pemohon_nama"), (f"{NIK}{ending}", "nik", "pemohon_nik"))
    asked = ((known[key], own) for key, kind, own in wanted if key in known and known[key]["type"] == kind)
    found = {one["key"]: answers[own] for one, own in asked if answers.get(own)}
    return {key: value for key, value in found.items() if missing_number.fits(known[key], value)}


def _subject_ending(fields: Iterable[dict]) -> str | None:
    """Return the end of the keys of the fields about the person concerned; None if they are named otherwise."""
    key = next((field["key"] for field in fields if field.get("subject") == "name"), "")
    return key.removeprefix(NAME) if key.startswith(NAME) else None


def _answers_in_niks(fields: Iterable[dict], answers: Mapping) -> dict:
    """Return the dates of birth and sexes that the NIKs encode, for the fields with which they are compared."""
    found: dict = {}
    for field in fields:
        value, checks = missing_number.number_of(answers.get(field["key"])), field.get("checks") or {}
        if field["type"] != "nik" or not value or not (day := likely_birth_date(value, is_adult(field["key"]))):
            continue
        if key := checks.get("birth_date"):
            found[key] = day.isoformat()
        if (key := checks.get("sex")) and key not in ("1", "2"):
            found[key] = sex_from_nik(value) or ""
    return found


def is_adult(key: str) -> bool:
    """Say whether the NIK of this field is an adult's: a parent's, spouse's or witness's."""
    return key.removeprefix("subjek_").removeprefix(NIK) not in CHILD_ENDINGS  # in a statement: the person concerned
