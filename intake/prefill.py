"""Prefill: finds answers of earlier applications that fit a new one, by the field's key and the person it is about.

It reads no database and fills in nothing: the values are offered, and only for fields that are still empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalogue import conditions, fields, missing_number
from catalogue.applicant_section import ANOTHER_PERSON, THE_PERSON
from catalogue.field_types import APPLICANT_PREFIX
from catalogue.persons import WHO, answers_by_person, person_and_word

HOME_FIELDS = ("alamat", "rt", "rw", "kode_pos", "desa", "no_kk", "nama_kepala")
MOVED_FIELD = "alamat_tujuan"  # an earlier application with this answer: the address in it is out of date
PARENTS = frozenset(("anak", "ibu", "ayah"))  # values of WHO: the child's family is the same as before
PARENT_SUFFIXES, WITNESS_SUFFIX = ("_ibu", "_ayah"), "_saksi"
APPLICANT = (WHO, "pemohon_nama", "pemohon_nik")


@dataclass(frozen=True)
class EarlierApplication:
    """A submitted application: its number, its fields and its answers."""

    number: str
    fields: tuple[dict, ...]
    answers: Mapping
    same_service: bool = False


def prefill_values(
    page: dict, all_fields: Iterable[dict], answers: Mapping, earlier: Iterable[EarlierApplication]
) -> dict[str, tuple]:
    """Return (value, number of the application it comes from) by key, for the empty fields of a page.

    `all_fields` and `answers` are those of the new application, whose own number is ""; `earlier` has the newest first.
    """
    all_fields, earlier = list(all_fields), list(earlier)
    applicant = {
        key: value for key, (value, _number) in _find(all_fields, answers, earlier).items() if key in APPLICANT
    }
    found = _find(all_fields, {**applicant, **answers}, earlier)
    found = {key: offered for key, offered in found.items() if key not in answers}
    return {field["key"]: found[field["key"]] for field in _shown(page["fields"], answers, found)}


def _find(all_fields: list[dict], answers: Mapping, earlier: Iterable[EarlierApplication]) -> dict[str, tuple]:
    found = dict[str, tuple]()
    for source in [EarlierApplication("", tuple(all_fields), answers), *earlier]:
        for key, value in _matching_answers(all_fields, answers, source).items():
            found.setdefault(key, (value, source.number))
    return found


def _shown(wanted: Iterable[dict], answers: Mapping, found: Mapping[str, tuple]) -> Iterator[dict]:
    """Yield the fields with an acceptable offer that are asked, or may be, once the offer is taken."""
    known = dict(answers)
    for field in wanted:
        key, named = field["key"], conditions.keys_of(field.get("when"))
        if all(one in known for one in named) and not fields.is_shown(field, known):
            continue
        if key in found and _accepts(field, found[key][0]):
            known[key] = found[key][0]
            yield field
        elif field.get("default"):
            known.setdefault(key, field["default"])


def _accepts(field: dict, value) -> bool:
    try:
        return field["type"] != "group" and fields.clean(field, value) == value
    except fields.InvalidAnswer:
        return False


def _matching_answers(all_fields: list[dict], answers: Mapping, source: EarlierApplication) -> dict:
    """Return the answers of an application that fit the new one, under the new one's keys."""
    given, wanted = answers_by_person(source.fields, source.answers), answers_by_person(all_fields, answers)
    found: dict = {}
    who, earlier_who = answers.get(WHO), source.answers.get(WHO)
    if who == THE_PERSON and "" in wanted:
        wanted[""].setdefault("nik", answers.get("pemohon_nik"))
    same_family = {who, earlier_who} <= PARENTS or _nik_of(given, "") == _nik_of(wanted, "") != ""
    keys = {person_and_word(field): field["key"] for field in reversed(all_fields)}  # the first of those alike
    for role in wanted:
        for word, value in _answers_about(role, _nik_of(wanted, role), given, same_family).items():
            found[keys.get((role, word), "")] = value
    if source.number and ANOTHER_PERSON not in (who, earlier_who):
        at_home = HOME_FIELDS if MOVED_FIELD not in source.answers else ()
        found = {key: source.answers[key] for key in at_home if key in source.answers} | found
        found |= _conditions(all_fields, found, source.answers)
        same_applicant = _nik_of(wanted, APPLICANT_PREFIX) in ("", _nik_of(given, APPLICANT_PREFIX))
        found |= {WHO: earlier_who} if source.same_service and same_applicant else {}
    return {key: value for key, value in found.items() if key and value not in ("", None)}


def _conditions(all_fields: list[dict], found: Mapping, earlier: Mapping) -> dict:
    """Return the earlier choices on which the found answers depend: the parents are named if they are known."""
    needed = [field for field in all_fields if field["key"] in found and fields.is_shown(field, earlier)]
    chosen = {field["key"] for field in all_fields if field["type"] in ("choice", "yesno")} - {WHO}
    keys = (key for field in needed for key in conditions.keys_of(field.get("when")) if key in chosen)
    return {key: earlier[key] for key in keys if earlier.get(key)}


def _answers_about(role: str, nik: str, given: Mapping[str, dict], same_family: bool) -> dict:
    """Return the answers about a person: one with the same NIK in any role, else the same applicant or parents."""
    if nik:
        same = [person for person in given.values() if person.get("nik") == nik]
        return {word: value for person in reversed(same) for word, value in person.items()}
    same_role = role == APPLICANT_PREFIX or role.startswith(WITNESS_SUFFIX)
    same_role = same_role or (role in PARENT_SUFFIXES and same_family)
    return given.get(role, {}) if same_role else {}


def _nik_of(people: Mapping[str, dict], role: str) -> str:
    return missing_number.number_of(people.get(role, {}).get("nik"))
