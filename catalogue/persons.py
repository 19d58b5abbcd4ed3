"""Persons of a form: whom its fields are about, by their keys, and answers about two persons that can't both be right.

It reads no database. A person's role is the end of the fields' keys: nama_ibu, nik_ibu, tanggal_lahir_ibu.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any, Self

from flask_babel import gettext as _

from catalogue import missing_number
from catalogue.applicant_section import CHILD, REPORTERS_RELATION, ROLE_CODES, THE_PERSON
from catalogue.conditions import span
from catalogue.contradictions import Contradiction
from catalogue.field_types import APPLICANT_PREFIX
from catalogue.nik import MIN_ADULT, birth_dates_from_nik
from catalogue.text_input import field_label, mid_sentence
from lib.i18n import N_

# Facts about a person, by the beginning of a field's key; the rest of the key is the person's role (nama_ibu).
PERSON_WORDS = (
    "nama", "nik", "no_kk", "tempat_lahir", "tanggal_lahir", "jenis_kelamin", "kewarganegaraan", "paspor",
    "agama", "golongan_darah", "pekerjaan", "status_kawin", "kk",
)  # fmt: skip
SUBJECT_WORDS = {"name": "nama", "nik": "nik", "birth_date": "tanggal_lahir"}  # of a `subject`, or a group's item
WHO, MEMBERS = "pemohon_untuk", "anggota"
WITNESS, PARENTS = "_saksi", ("_ibu", "_ayah")
DISTINCT = (*PARENTS, WITNESS, "_anak", "_suami", "_istri", "_pasangan")  # roles of persons who are never the same one
GUARDIANS = (*PARENTS, "_wali")  # of whom the applicant may be one who says to be a parent or guardian
PARTIES = {  # the end of an event's date → roles of those whose event it is; "": the person concerned
    "meninggal": ("",),
    "pemberkatan": ("_suami", "_istri"),
    "kawin": ("_suami", "_istri", *PARENTS),
    "kawin_agama": ("_suami", "_istri", *PARENTS),
}  # fmt: skip
SAME_NUMBER = N_("%(first)s sama dengan %(second)s, padahal orangnya berbeda. Periksa keduanya.")
TWO_NUMBERS = N_("Nama dan tanggal lahirnya sama, tetapi %(first)s dan %(second)s berbeda. Cocokkan lagi keduanya.")
DEAD = N_("%(first)s sama dengan %(second)s, padahal yang meninggal tidak mungkin orang yang sama. Periksa keduanya.")
WITNESSES = N_("%(first)s sama dengan %(second)s. Saksi harus orang lain; periksa keduanya.")
OTHER_APPLICANT = N_(
    "%(first)s berbeda dari %(second)s, padahal menurut jawaban pertama itu orang yang sama. Samakan keduanya."
)
BORN_AFTER = N_("Menurut isian ini orang tuanya lahir sesudah anaknya. Periksa %(parent)s dan %(child)s.")
TOO_YOUNG = N_("Orang tuanya kurang dari 12 tahun lebih tua daripada anaknya. Periksa lagi %(parent)s dan %(child)s.")
BEFORE_BIRTH = N_("%(event)s lebih dulu daripada %(birth)s. Periksa tahunnya.")


@dataclass(eq=False)
class Person:
    """A person of a form: facts, and the names and labels of the controls that ask for them."""

    role: str
    facts: dict = field(default_factory=dict)
    controls: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, word: str, value: Any, control: str, definition: dict, row: int = 0) -> None:
        """Add an answer about the person; of those to the same question the first counts."""
        if word not in self.facts:
            label = field_label(definition)
            self.facts[word], self.controls[word] = value, control
            self.labels[word] = _("%(label)s baris %(number)s", label=label, number=row) if row else label

    @property
    def nik(self) -> str:
        return missing_number.number_of(self.facts.get("nik"))

    @property
    def words(self) -> frozenset[str]:
        """Return the words of the name by which two names are compared, without initials and the like."""
        found = re.findall(r"\w+", str(self.facts.get("nama", "")).casefold())
        return frozenset(word for word in found if len(word) > 2)

    def has_name_of(self, other: Self) -> bool | None:
        """Say whether two names can be the same person's: one may have more words; None where one isn't known."""
        return (self.words <= other.words or other.words <= self.words) if self.words and other.words else None

    @property
    def birth(self) -> date | None:
        """Return the date of birth that was given."""
        day = self.facts.get("tanggal_lahir")
        return date.fromisoformat(day) if day else None

    @property
    def births(self) -> list[date]:
        """Return the date of birth, or else those that the NIK may encode."""
        return [self.birth] if self.birth else birth_dates_from_nik(self.nik) if self.nik else []

    @property
    def is_distinct(self) -> bool:
        """Say whether the person is never the same as another one with such a role."""
        return not self.role or self.role.startswith(DISTINCT)


def person_and_word(definition: Mapping) -> tuple[str, str]:
    """Return the role of the person and the fact that a field asks for: ("_ibu", "tanggal_lahir"); else ("", "")."""
    key = definition["key"]
    if key.startswith(APPLICANT_PREFIX):
        word = key.removeprefix(APPLICANT_PREFIX)
        return (APPLICANT_PREFIX, word) if word in ("nama", "nik", "email", "hp") else ("", "")
    word = next((word for word in PERSON_WORDS if key == word or key.startswith(f"{word}_")), "")
    if word:
        return key.removeprefix(word), word
    return "", SUBJECT_WORDS.get(definition.get("subject") or "", "")


def answers_by_person(fields: Iterable[dict], answers: Mapping) -> dict[str, dict]:
    """Return the answers about each person, by role (the end of a field's key)."""
    found: dict[str, dict] = {}
    for definition in fields:
        role, word = person_and_word(definition)
        if word:
            person = found.setdefault(role, {})
            if definition["key"] in answers:
                person[word] = answers[definition["key"]]
    return found


def find_contradictions(fields: list[dict], answers: Mapping) -> Iterator[Contradiction]:
    """Yield what the answers about the persons of a form contradict; `answers` are clean, without hidden ones."""
    people = _people(fields, answers)
    dead = people.get("") if any(one["key"] == REPORTERS_RELATION for one in fields) else None
    for first, second in combinations([*people.values(), *_rows(fields, answers)], 2):
        yield from _compare_numbers(first, second, answers.get(WHO), dead)
    yield from _compare_applicant(people, fields, answers.get(WHO))
    for role, child in people.items():
        for parent in (people[key] for key in (word + role for word in PARENTS) if key in people):
            yield from _compare_births(child, parent)
    yield from _early_events(people, fields, answers)


def _people(fields: list[dict], answers: Mapping) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for definition in fields:
        role, word = person_and_word(definition)
        if word and answers.get(definition["key"]) not in (None, ""):
            found.setdefault(role, Person(role)).add(word, answers[definition["key"]], definition["key"], definition)
    return {"" if role == "_anak" and "" not in found else role: person for role, person in found.items()}


def _rows(fields: list[dict], answers: Mapping) -> Iterator[Person]:
    """Yield the persons in the rows of groups; their role is the group's key."""
    for group in (one for one in fields if one["type"] == "group"):
        for number, row in enumerate(answers.get(group["key"]) or ()):
            person = Person(group["key"])
            for item in group["item"]:
                if row.get(item["key"]) not in (None, ""):
                    word = SUBJECT_WORDS.get(item["key"], item["key"])
                    person.add(word, row[item["key"]], f"{group['key']}-{number}-{item['key']}", item, number + 1)
            yield person


def _compare_numbers(first: Person, second: Person, who: str | None, dead: Person | None) -> Iterator[Contradiction]:
    """Yield where two persons have the same NIK, or one person has two."""
    if not first.nik or not second.nik:
        return
    labels = {"first": second.labels["nik"], "second": first.labels["nik"]}
    if first.nik == second.nik:
        if sentence := _same_number(first, second, who, dead):
            spelt = sentence == SAME_NUMBER and not _are_always_two(first, second) and first.words & second.words
            yield _contradiction(_(sentence, **labels), second, first, "nik", refused=not spelt)
    elif first.words and first.words == second.words and first.birth and first.birth == second.birth:
        yield _contradiction(_(TWO_NUMBERS, **labels), second, first, "nik", refused=False)


def _same_number(first: Person, second: Person, who: str | None, dead: Person | None) -> str:
    """Return why two persons can't have the same NIK; "" where they are, or may be, the same person."""
    roles, same_name = {first.role, second.role}, first.has_name_of(second)
    if dead in (first, second) and not roles & {MEMBERS}:
        return DEAD
    if APPLICANT_PREFIX in roles:
        (other,) = roles - {APPLICANT_PREFIX} or {""}
        return "" if same_name is not False or not who or _is_applicant(other, who) else SAME_NUMBER
    if _are_always_two(first, second):
        return WITNESSES if any(role.startswith(WITNESS) for role in roles) else SAME_NUMBER
    return SAME_NUMBER if same_name is False else ""


def _are_always_two(first: Person, second: Person) -> bool:
    """Say whether two roles are never the same person's; of others a name spelt otherwise may be."""
    members = first.role == second.role == MEMBERS
    return members or (first.is_distinct and second.is_distinct)


def _is_applicant(role: str, who: str | None) -> bool:
    """Say whether the person of this role is the applicant, by the answer to who the applicant is."""
    if who == CHILD:
        return role.startswith(GUARDIANS)
    return not role.startswith(DISTINCT) if who == THE_PERSON else role == f"_{who}"


def _compare_applicant(people: Mapping[str, Person], fields: list[dict], who: str | None) -> Iterator[Contradiction]:
    """Yield where the applicant says to be one of the persons, but has another NIK."""
    applicant = people.get(APPLICANT_PREFIX)
    subject = next((person_and_word(one)[0] for one in fields if one.get("subject") == "name"), "")
    role = subject if who == THE_PERSON else f"_{who}" if who in ROLE_CODES else None
    person = people.get("" if role == "_anak" and role not in people else role) if role is not None else None
    if applicant and person and applicant.nik and person.nik and applicant.nik != person.nik:
        labels = {"first": person.labels["nik"], "second": applicant.labels["nik"]}
        yield _contradiction(_(OTHER_APPLICANT, **labels), person, applicant, "nik")


def _compare_births(child: Person, parent: Person) -> Iterator[Contradiction]:
    """Yield where a parent is younger than the child, or hardly older; what only a NIK says is a warning."""
    word = "tanggal_lahir" if "tanggal_lahir" in parent.facts else "nik"
    if not child.births or not parent.births or child.nik == parent.nik != "":
        return
    years = max(span(older, younger) for older in parent.births for younger in child.births)
    labels = {"parent": parent.labels[word], "child": child.labels.get("tanggal_lahir") or child.labels["nik"]}
    born_after = min(parent.births) >= max(child.births)
    if born_after and parent.birth and child.birth:
        yield _contradiction(_(BORN_AFTER, **labels), parent, child, word)
    elif years < MIN_ADULT:
        yield _contradiction(_(TOO_YOUNG, **labels), parent, child, word, refused=False)


def _early_events(people: Mapping[str, Person], fields: list[dict], answers: Mapping) -> Iterator[Contradiction]:
    """Yield the dates of events that lie before the birth of those whose event it is."""
    for definition in fields:
        day, event = answers.get(definition["key"]), definition["key"].removeprefix("tanggal_")
        if definition["type"] != "date" or not day or event not in PARTIES:
            continue
        for person in (people[role] for role in PARTIES[event] if role in people):
            if person.birth and date.fromisoformat(day) < person.birth:
                words = _(
                    BEFORE_BIRTH, event=field_label(definition), birth=mid_sentence(person.labels["tanggal_lahir"])
                )
                yield Contradiction(definition["key"], words, (definition["key"], person.controls["tanggal_lahir"]))


def _contradiction(sentence: str, one: Person, other: Person, word: str, refused: bool = True) -> Contradiction:
    known = other.controls
    controls = one.controls[word], known.get(word) or known.get("nik") or known["tanggal_lahir"]
    return Contradiction(controls[0], sentence, tuple(control.split("-")[0] for control in controls), refused)
