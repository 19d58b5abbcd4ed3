"""Duplicate applications: the rules when two of one service are for the same thing, and the search for the other one.

Which of what was found may be shown to whom is for the pages; nobody is told of another's data here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from flask_babel import lazy_gettext as _l

from effect_registry import check, effect
from intake import applying
from lib.database import advisory_lock, canonical_json
from models import Draft, Permohonan, Revision
from performing import Incomplete, Move
from workflow import COUNTER_OPERATOR, STATES

Answers = Mapping[str, object]
OPEN = tuple(code for code, state in STATES.items() if code != "draft" and not state.ends_clock)
SUBJECT = "subject"  # stands for the key of the field that holds the subject's NIK
STANDS = _l("Sudah ada permohonan yang sama untuk orang ini, dan masih diproses.")
YEARS_APART = 3  # a birth year that was mistyped
TITLES = frozenset(("i", "ni", "ida"))  # before names here, and often left out
ALIKE = 0.75  # of two words: one letter in four
OF_CHILD = ("nama_anak", "nama", "tanggal_lahir", "jenis_kelamin", "jenis_kelahiran", "anak_ke")  # see same_child


def always(one: Answers, two: Answers) -> bool:
    """Whatever else they say, they are for the same thing."""
    return True


def same_child(one: Answers, two: Answers) -> bool:
    """Of the same mother: one child whose name or date was mistyped, neither twins nor sisters and brothers."""
    first, second = _words(_name(one)), _words(_name(two))
    if not first or not second or not _near(one.get("tanggal_lahir"), two.get("tanggal_lahir")):
        return False
    if first == second:
        return True
    if any(answers.get("jenis_kelahiran") not in (None, "1") for answers in (one, two)):
        return False  # of several born together each has a name of its own
    if any(one.get(key) != two.get(key) for key in ("jenis_kelamin", "anak_ke")):
        return False
    return _alike(first, second) or (one.get("tanggal_lahir") == two.get("tanggal_lahir") and _within(first, second))


def _name(answers: Answers) -> str:
    return str(answers.get("nama_anak") or answers.get("nama") or "")


def _words(name: str) -> list[str]:
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", name.casefold()) if unicodedata.category(ch) != "Mn")
    return [word for word in re.findall(r"[a-z]+", re.sub(r"['’`´-]", "", plain)) if word not in TITLES]


def _near(one, two) -> bool:
    if not one or not two:
        return False
    return abs((date.fromisoformat(str(one)) - date.fromisoformat(str(two))).days) <= YEARS_APART * 366


def _alike(one: list[str], two: list[str]) -> bool:
    pairs = list(zip(one, two, strict=False))
    return len(one) == len(two) and all(a == b or SequenceMatcher(None, a, b).ratio() >= ALIKE for a, b in pairs)


def _within(one: list[str], two: list[str]) -> bool:
    """One name is the other with a part left out: Arya Wiguna, I Putu Arya Wiguna."""
    short, long = sorted((one, two), key=len)
    return len(short) >= 2 and set(short) <= set(long)


@dataclass(frozen=True)
class Rule:
    """Two are for the same thing if these answers are the same (of each group the first that was given), and `also`."""

    by: tuple[tuple[str, ...], ...] = ((SUBJECT,),)
    also: Callable[[Answers, Answers], bool] = always


COUPLE = Rule((("nik_suami", "paspor_suami"), ("nik_istri", "paspor_istri")))
DEED = Rule(((SUBJECT,), ("jenis_akta",)))  # somebody has deeds of several kinds
# fmt: off
RULES = {
    # service               the same …, and also (a newborn has no NIK yet)
    "AK-LAHIR":        Rule((("nik_ibu", "paspor_ibu", "nik_ayah", "paspor_ayah"),),      same_child),
    "AK-LAHIR-OA":     Rule((("paspor_ibu", "paspor_ayah"),),                             same_child),
    "BIO-WNI":         Rule((("nik_ibu", "nik_ayah", "no_kk"),),                          same_child),
    "LAHIR-MATI":      Rule((("nik_ibu",), ("tanggal_lahir",), ("anak_ke",))),
    "AK-MATI":         Rule(((SUBJECT, "nomor_paspor"),)),
    "AK-KAWIN":        COUPLE,
    "AK-KAWIN-BATAL":  COUPLE,
    "AK-CERAI":        COUPLE,
    "AK-CERAI-BATAL":  COUPLE,
    "AK-BATAL":        DEED,
    "AK-BETUL":        DEED,
    "AK-KUTIPAN2":     DEED,
    "AK-LAIN":         DEED,
    "AK-NAMA":         DEED,
    "AK-LN":           Rule(((SUBJECT,), ("jenis_peristiwa",))),
    "KK-PERISTIWA":    Rule(((SUBJECT,), ("jenis_peristiwa",), ("tanggal_peristiwa",))),
    "PIN-LN":          Rule(((SUBJECT, "nomor_paspor"),)),
    "SKTT":            Rule((("nomor_paspor",),)),
}
# fmt: on
USUAL = Rule()


def rule_of(permohonan: Permohonan) -> Rule:
    """The rule of its service; a service without one of its own goes by the NIK that it is about."""
    return RULES.get(permohonan.edition.body["code"], USUAL)


def subject_key(permohonan: Permohonan) -> str:
    """The key of the field that holds the NIK of whom the service is about; empty: there is none."""
    parts = (part for section in permohonan.edition.body["sections"] for part in section["fields"])
    return next((part["key"] for part in parts if part.get("subject") == "nik"), "")


def keys_of(permohonan: Permohonan) -> set[str]:
    """The keys of the fields that tell what an application is for."""
    subject = subject_key(permohonan)
    return {subject if key == SUBJECT else key for group in rule_of(permohonan).by for key in group}


def identity(permohonan: Permohonan, answers: Answers) -> tuple[str, ...] | None:
    """What the answers say that it is for; None as long as that is not known."""
    subject, found = subject_key(permohonan), []
    for group in rule_of(permohonan).by:
        values = (answers.get(subject if key == SUBJECT else key) for key in group)
        value = next((str(value) for value in values if value not in (None, "")), "")
        found.append(re.sub(r"[\s.-]", "", value).casefold())
    return tuple(found) if all(found) else None


def question(permohonan: Permohonan, answers: Answers) -> str | None:
    """What is asked of the others when one looks for the same: all that the answer hangs on; None: nothing yet."""
    known = identity(permohonan, answers)
    return canonical_json([permohonan.layanan_id, *known, *map(answers.get, OF_CHILD)]) if known else None


def same(permohonan: Permohonan, one: Answers, two: Answers) -> bool:
    """Are two sets of answers to its service for the same thing?"""
    known = identity(permohonan, one)
    return known is not None and known == identity(permohonan, two) and rule_of(permohonan).also(one, two)


def standing(permohonan: Permohonan, answers: Answers) -> list[Permohonan]:
    """The other open applications for the same thing, whoever sent them; free again once they end."""
    if identity(permohonan, answers) is None:
        return []
    rows = Permohonan.select().where(
        Permohonan.layanan == permohonan.layanan_id,
        Permohonan.subject_nik == str(answers.get(subject_key(permohonan)) or ""),
        Permohonan.state.in_(OPEN),
        Permohonan.id != permohonan.id,
    )
    sent = _last_answers(rows)
    return [row for row in rows if same(permohonan, answers, sent.get(row.id, {}))]


def _last_answers(rows: Iterable[Permohonan]) -> dict[int, dict]:
    """What was submitted last, by application."""
    found = Revision.select().where(Revision.permohonan.in_([row.id for row in rows])).order_by(Revision.number)
    return {revision.permohonan_id: revision.answers for revision in found}


def unsent(permohonan: Permohonan, answers: Answers, mine) -> list[Permohonan]:
    """Those of one's own drafts of the service (`mine`: a query of applications) that are for the same thing."""
    others = (Permohonan.layanan == permohonan.layanan_id, Permohonan.state == "draft", Permohonan.id != permohonan.id)
    drafts = Draft.select(Draft, Permohonan).join(Permohonan).where(Permohonan.id.in_(mine.where(*others)))
    return [draft.permohonan for draft in drafts if same(permohonan, answers, draft.answers)]


@check
def no_duplicate(move: Move) -> None:
    """Check that it is no duplicate, before the transaction; a reason without anything to explain is not kept."""
    draft = applying.draft_of(move.permohonan)
    if not standing(move.permohonan, draft.answers):
        move.answers["reason"] = ""
    elif not _overruled(move):
        raise Incomplete({"double": str(STANDS)})


def _overruled(move: Move) -> bool:
    return move.role == COUNTER_OPERATOR and bool(move.answers.get("reason"))


@effect
def refuse_duplicate(move: Move) -> None:
    """Refuse a duplicate inside the transaction, under a lock: of two in one moment, one gets through.

    A counter operator who says why it is another matter goes on; the reason stands in the record.
    """
    permohonan = move.permohonan
    newest, *older = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc())
    if older and same(permohonan, newest.answers, older[0].answers):
        return  # it has had its place since it was sent first
    advisory_lock(f"{permohonan.layanan_id} {newest.answers.get(subject_key(permohonan)) or ''}")
    if standing(permohonan, newest.answers) and not _overruled(move):
        raise Incomplete({"double": str(STANDS)})
