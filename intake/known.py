"""What was answered before and fits a new application: by the field's key and by whom it is about; it asks nobody.

Nothing is filled in here: the values are offered, and only for fields that are still empty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake import fields
from intake.kinds import APPLICANT

# What is asked about a person, by the beginning of a field's key; the rest of the key says which person it is.
ABOUT = (
    "nama", "nik", "no_kk", "tempat_lahir", "tanggal_lahir", "jenis_kelamin", "kewarganegaraan", "paspor",
    "agama", "golongan_darah", "pekerjaan", "status_kawin",
)  # fmt: skip
HOME = ("alamat", "rt", "rw", "kode_pos", "desa", "no_kk", "nama_kepala")
MOVED = "alamat_tujuan"  # whoever gave one doesn't live at the other address any more
FAMILY = ("diri", "anak", "keluarga")  # for whom: people of the applicant's own household
PARENTS = ("_ibu", "_ayah")
MEANINGS = {"name": "nama", "nik": "nik", "birth_date": "tanggal_lahir"}  # of a service's subject, under any key


@dataclass(frozen=True)
class Earlier:
    """An application that was sent: its number, its fields and its answers."""

    number: str
    parts: tuple[dict, ...]
    answers: Mapping


def offers(page: dict, every: Iterable[dict], answers: Mapping, earlier: Iterable[Earlier]) -> dict[str, tuple]:
    """Key → (value, number of the application it comes from or "" for this one) for the fields of `page` still empty.

    `every` are all fields of the new application, `answers` what was given in it so far; `earlier` the newest first.
    """
    every, found = list(every), dict[str, tuple]()
    for one in [Earlier("", tuple(every), answers), *earlier]:
        for key, value in _fitting(every, answers, one).items():
            found.setdefault(key, (value, one.number))
    empty = {part["key"]: part for part in page["fields"] if part["key"] not in answers}
    return {key: found[key] for key, part in empty.items() if key in found and _takes(part, found[key][0])}


def _takes(part: dict, value) -> bool:
    try:
        return part["type"] != "group" and fields.clean(part, value) == value
    except fields.Wrong:
        return False


def _fitting(every: list[dict], answers: Mapping, one: Earlier) -> dict:
    """What an earlier application tells, under the keys of the new one."""
    told, wanted, out = _people(one.parts, one.answers), _people(every, answers), {}
    whom = answers.get("pemohon_untuk")
    if whom == "diri" and "" in wanted:
        wanted[""].setdefault("nik", answers.get("pemohon_nik"))
    both = {one.answers.get("pemohon_untuk"), whom}
    family = both == {"anak"} or _nik(told, "") == _nik(wanted, "") != ""
    for role in wanted:
        for word, value in _about(role, _nik(wanted, role), told, family).items():
            out[_key(every, role, word)] = value
    if one.number and both <= {*FAMILY, None} and MOVED not in one.answers:
        out = {key: one.answers[key] for key in HOME if key in one.answers} | out
    return {key: value for key, value in out.items() if key and value not in ("", None)}


def _about(role: str, nik: str, told: Mapping[str, dict], family: bool) -> dict:
    """What was told of a person: of the same NIK in any place, else of the same parents or the same applicant."""
    if nik:
        known = [person for person in told.values() if person.get("nik") == nik]
        return {word: value for person in reversed(known) for word, value in person.items()}
    alike = role == APPLICANT or (role in PARENTS and family)
    return told.get(role, {}) if alike else {}


def _nik(people: Mapping[str, dict], role: str) -> str:
    return str(people.get(role, {}).get("nik") or "")


def _people(parts: Iterable[dict], answers: Mapping) -> dict[str, dict]:
    """The end of a field's key → what is told of that person."""
    found: dict[str, dict] = {}
    for part in parts:
        role, word = _place(part)
        if word:
            person = found.setdefault(role, {})
            if part["key"] in answers:
                person[word] = answers[part["key"]]
    return found


def _place(part: dict) -> tuple[str, str]:
    """Of whom and what a field tells: ("_ibu", "tanggal_lahir"); ("", "") where it tells of nobody."""
    key = part["key"]
    if key.startswith(APPLICANT):
        word = key.removeprefix(APPLICANT)
        return (APPLICANT, word) if word in ("nama", "nik", "email", "hp") else ("", "")
    word = next((word for word in ABOUT if key == word or key.startswith(f"{word}_")), "")
    if word:
        return key.removeprefix(word), word
    return "", MEANINGS.get(part.get("subject") or "", "")


def _key(every: list[dict], role: str, word: str) -> str:
    return next((part["key"] for part in every if _place(part) == (role, word)), "")
