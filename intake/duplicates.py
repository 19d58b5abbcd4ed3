"""Duplicate detection: the rules by which two open applications of a service are for the same thing, and the search.

The rules are a table. It decides nothing about who may see a duplicate; the pages do.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from flask_babel import lazy_gettext as _l

from casework.effect_registry import check, effect
from casework.transitions import Incomplete, Move
from catalogue import missing_number
from intake import drafts
from lib.database import advisory_lock, canonical_json
from lib.text_normalization import fold
from models import Draft, Permohonan, Revision
from workflow import COUNTER_OPERATOR, STATES

Answers = Mapping[str, object]
OPEN_STATES = tuple(code for code, state in STATES.items() if code != "draft" and not state.ends_clock)
SUBJECT_NIK = "subject"  # in RULES: the key of the field with the NIK of the person whom the service is about
DUPLICATE_EXISTS = _l("Sudah ada permohonan yang sama untuk orang ini, dan masih diproses.")
MAX_YEARS_APART = 3  # a mistyped birth year
NAME_PREFIXES = frozenset(("i", "ni", "ida"))  # before Balinese names, and often left out
MIN_SIMILARITY = 0.75  # SequenceMatcher's ratio of two words: one letter in four may differ
CHILD_FIELDS = ("nama_anak", "nama", "tanggal_lahir", "jenis_kelamin", "jenis_kelahiran", "anak_ke")  # see same_child


def always(first: Answers, second: Answers) -> bool:
    """Accept any two applications: the same keys are enough."""
    return True


def is_same_child(first: Answers, second: Answers) -> bool:
    """Compare two children of the same mother: one child with a typing error, or twins or siblings."""
    first_name, second_name = _name_words(_child_name(first)), _name_words(_child_name(second))
    first_date, second_date = first.get("tanggal_lahir"), second.get("tanggal_lahir")
    if not first_name or not second_name or not _are_dates_close(first_date, second_date):
        return False
    if first_name == second_name:
        return True
    if any(answers.get("jenis_kelahiran") not in (None, "1") for answers in (first, second)):
        return False  # a multiple birth: each child has a name of its own
    if any(first.get(key) != second.get(key) for key in ("jenis_kelamin", "anak_ke")):
        return False
    similar = _are_names_similar(first_name, second_name)
    return similar or (first_date == second_date and _is_part_of_name(first_name, second_name))


def _child_name(answers: Answers) -> str:
    return str(answers.get("nama_anak") or answers.get("nama") or "")


def _name_words(name: str) -> list[str]:
    return [word for word in re.findall(r"[a-z]+", fold(name.replace("-", ""))) if word not in NAME_PREFIXES]


def _are_dates_close(first, second) -> bool:
    if not first or not second:
        return False
    return abs((date.fromisoformat(str(first)) - date.fromisoformat(str(second))).days) <= MAX_YEARS_APART * 366


def _are_names_similar(first: list[str], second: list[str]) -> bool:
    pairs = zip(first, second, strict=False)
    alike = (a == b or SequenceMatcher(None, a, b).ratio() >= MIN_SIMILARITY for a, b in pairs)
    return len(first) == len(second) and all(alike)


def _is_part_of_name(first: list[str], second: list[str]) -> bool:
    """Say whether one name is the other with a part left out: Arya Wiguna, I Putu Arya Wiguna."""
    short, long = sorted((first, second), key=len)
    return len(short) >= 2 and set(short) <= set(long)


@dataclass(frozen=True)
class DuplicateRule:
    """A duplicate rule of a service: the answers that must be equal, and a further condition.

    `key_groups` are keys of fields; of each group the first answer that was given is compared.
    """

    key_groups: tuple[tuple[str, ...], ...] = ((SUBJECT_NIK,),)
    condition: Callable[[Answers, Answers], bool] = always


COUPLE = DuplicateRule((("nik_suami", "paspor_suami"), ("nik_istri", "paspor_istri")))
TRAVELLER = DuplicateRule((("nomor_paspor",),))
BIRTH_NUMBERS = ("nik_ibu", "paspor_ibu", "nik_ayah", "paspor_ayah", "nik_anak", "nik_wali")
DEED = DuplicateRule(((SUBJECT_NIK,), ("jenis_akta",)))  # somebody has deeds of several kinds
# fmt: off
RULES = {
    # service               the same …, and a further condition (a newborn has no NIK yet)
    "AK-LAHIR":        DuplicateRule((BIRTH_NUMBERS,),                                             is_same_child),
    "AK-LAHIR-OA":     DuplicateRule((("paspor_ibu", "paspor_ayah", "nik_wali"),),                 is_same_child),
    "BIO-WNI":         DuplicateRule((("nik_ibu", "nik_ayah", "no_kk"),),                          is_same_child),
    "BIO-LN":          TRAVELLER,
    "BIO-OA":          TRAVELLER,
    "LAHIR-MATI":      DuplicateRule((("nik_ibu",), ("tanggal_lahir",), ("anak_ke",))),
    "AK-MATI":         DuplicateRule(((SUBJECT_NIK, "nomor_paspor"),)),
    "AK-KAWIN":        COUPLE,
    "AK-KAWIN-BATAL":  COUPLE,
    "AK-CERAI":        COUPLE,
    "AK-CERAI-BATAL":  COUPLE,
    "AK-JANJI":        DuplicateRule((*COUPLE.key_groups, ("nomor_perjanjian",))),
    "AK-BATAL":        DEED,
    "AK-BETUL":        DEED,
    "AK-KUTIPAN2":     DEED,
    "AK-LAIN":         DEED,
    "AK-NAMA":         DEED,
    "AK-LN":           DuplicateRule(((SUBJECT_NIK,), ("jenis_peristiwa",))),
    "KK-PERISTIWA":    DuplicateRule(((SUBJECT_NIK,), ("jenis_peristiwa",), ("tanggal_peristiwa",))),
    "PIN-LN":          DuplicateRule(((SUBJECT_NIK, "nomor_paspor"),)),
    "RENTAN":       DuplicateRule(((SUBJECT_NIK, "nama"), ("desa",), (SUBJECT_NIK, "tanggal_lahir", "perkiraan_umur"))),
    "SKTT":            TRAVELLER,
}
# fmt: on
DEFAULT_RULE = DuplicateRule()


def rule_for(permohonan: Permohonan) -> DuplicateRule:
    """Return the rule of the application's service; by default the NIK of the person concerned must be the same."""
    return RULES.get(permohonan.edition.body["code"], DEFAULT_RULE)


def identifying_keys(permohonan: Permohonan) -> set[str]:
    """Return the keys of the fields that the service's rule compares."""
    subject = drafts.subject_key(permohonan, "nik")
    return {subject if key == SUBJECT_NIK else key for group in rule_for(permohonan).key_groups for key in group}


def compared_keys(permohonan: Permohonan, answers: Answers) -> set[str]:
    """Return the keys of the answers that are compared: of each group the first that was given."""
    subject, groups = drafts.subject_key(permohonan, "nik"), rule_for(permohonan).key_groups
    named = [[subject if key == SUBJECT_NIK else key for key in group] for group in groups]
    return {next(filter(answers.get, group), "") for group in named} - {""}


def identity(permohonan: Permohonan, answers: Answers) -> tuple[str, ...] | None:
    """Return the values that the service's rule compares; None while one of them is missing."""
    subject, found = drafts.subject_key(permohonan, "nik"), []
    for group in rule_for(permohonan).key_groups:
        values = (answers.get(subject if key == SUBJECT_NIK else key) for key in group)
        value = next(filter(None, map(missing_number.number_of, values)), "")
        found.append(re.sub(r"[\s.-]", "", value).casefold())
    return tuple(found) if all(found) else None


def lookup_key(permohonan: Permohonan, answers: Answers) -> str | None:
    """Return a text that is equal for equal searches, for a rate limit; None while nothing can be searched for."""
    values = identity(permohonan, answers)
    return canonical_json([permohonan.layanan_id, *values, *map(answers.get, CHILD_FIELDS)]) if values else None


def is_duplicate(permohonan: Permohonan, first: Answers, second: Answers) -> bool:
    """Say whether two sets of answers to the application's service are duplicates."""
    values = identity(permohonan, first)
    if values is None or values != identity(permohonan, second):
        return False
    return rule_for(permohonan).condition(first, second)


def open_duplicates(permohonan: Permohonan, answers: Answers) -> list[Permohonan]:
    """Find the other open applications for the same thing, of anybody; ended ones are no duplicates."""
    if identity(permohonan, answers) is None:
        return []
    subject = missing_number.number_of(answers.get(drafts.subject_key(permohonan, "nik")))
    same = (Permohonan.layanan == permohonan.layanan_id) & (Permohonan.subject_nik == subject)
    rows = list(Permohonan.select().where(same, Permohonan.state.in_(OPEN_STATES), Permohonan.id != permohonan.id))
    revisions = Revision.select().where(Revision.permohonan.in_([row.id for row in rows])).order_by(Revision.number)
    last = {revision.permohonan_id: revision.answers for revision in revisions}
    return [row for row in rows if is_duplicate(permohonan, answers, last.get(row.id, {}))]


def draft_duplicates(permohonan: Permohonan, answers: Answers, within_reach) -> list[Permohonan]:
    """Find the drafts for the same thing among the applications of a query, as a rule the person's own."""
    others = (Permohonan.layanan == permohonan.layanan_id, Permohonan.state == "draft", Permohonan.id != permohonan.id)
    rows = Draft.select(Draft, Permohonan).join(Permohonan).where(Permohonan.id.in_(within_reach.where(*others)))
    return [draft.permohonan for draft in rows if is_duplicate(permohonan, answers, draft.answers)]


@check
def no_duplicate(move: Move) -> None:
    """Check for an open duplicate before the transaction; without one, a typed reason is dropped."""
    draft = drafts.get_draft(move.permohonan)
    if not open_duplicates(move.permohonan, draft.answers):
        move.answers["reason"] = ""
    elif not _has_override(move):
        raise Incomplete({"double": str(DUPLICATE_EXISTS)})


def _has_override(move: Move) -> bool:
    return move.role == COUNTER_OPERATOR and bool(move.answers.get("reason"))


@effect
def refuse_duplicate(move: Move) -> None:
    """Refuse a duplicate inside the transaction; an advisory lock lets one of two simultaneous submissions pass.

    A counter operator may override it with a reason, which the event records.
    """
    permohonan = move.permohonan
    newest, *older = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc())
    if older and is_duplicate(permohonan, newest.answers, older[0].answers):
        return  # a resubmission for the same thing was checked when it was submitted first
    subject = missing_number.number_of(newest.answers.get(drafts.subject_key(permohonan, "nik")))
    advisory_lock(f"{permohonan.layanan_id} {subject}")
    if open_duplicates(permohonan, newest.answers) and not _has_override(move):
        raise Incomplete({"double": str(DUPLICATE_EXISTS)})
