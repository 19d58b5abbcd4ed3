"""What an officer has to look at before an application goes on: its parts, and what was found of each; moves nothing.

The table names it (`Transition.checklist`); the screens ask for it before they perform such a row. A tick holds the
digest of what was looked at, so that only what has changed since has to be looked at again.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import applicant
import workflow
from admin_views import sheet
from intake import fields, wording
from intake.applying import villages
from lib.database import canonical_json
from models import Attachment, Check, Permohonan, Revision, User

COMPLETE, KEYED = "complete", "keyed"  # kinds of Check, and words of Transition.checklist
NEEDS, FIELDS, CONTACTS, MISSING = "Syarat", "Isian", "Kontak pemohon", "Yang tidak dikirim"
SAID = {COMPLETE: "belum diperiksa.", KEYED: "belum semua kolom ditandai sudah diketik ke SIAK."}


class Unready(workflow.NotAllowed):
    """Something has to be looked at first; nothing was done."""

    def __init__(self, kind: str):
        self.kind = kind
        super().__init__(f"{SAID[kind][0].upper()}{SAID[kind][1:]} Tandai dulu di halaman ini.")


@dataclass
class Part:
    """One thing to look at, with what was found of it as it is now."""

    group: str
    key: str
    label: str
    value: str
    digest: str
    needed: bool = True  # it has to be looked at; what was not handed in, and a contact, can only be found short
    check: Check | None = None

    @property
    def good(self) -> bool:
        return bool(self.check and self.check.good)

    @property
    def fault(self) -> bool:
        return bool(self.check and not self.check.good)


@dataclass
class Checking:
    """All parts of an application, for one kind of check."""

    kind: str
    parts: list[Part]

    @property
    def left(self) -> list[Part]:
        return [part for part in self.parts if part.check is None and part.needed]

    @property
    def faults(self) -> list[Part]:
        return [part for part in self.parts if part.fault]

    @property
    def done(self) -> bool:
        """Was everything looked at and found good?"""
        return not self.left and not self.faults

    @property
    def needed(self) -> list[Part]:
        return [part for part in self.parts if part.needed]

    def groups(self) -> list[tuple[str, list[Part]]]:
        """The parts under their headings, in their order; what was not handed in comes last."""
        parts = sorted(self.parts, key=lambda part: (not part.needed, part.group == MISSING))
        return [(heading, list(found)) for heading, found in groupby(parts, key=lambda part: part.group)]

    @property
    def next_key(self) -> str:
        return self.left[0].key if self.left else ""

    # How the page shows it

    @property
    def takes_faults(self) -> bool:
        return self.kind == COMPLETE

    @property
    def template(self) -> str:
        return f"staff/check_{self.kind}.html"

    @property
    def layout(self) -> str:
        return "three" if self.takes_faults else "halves"

    @property
    def form(self) -> str:
        """Which form its next step sends."""
        return "check" if self.takes_faults else "finish"

    @property
    def all_of_it(self) -> str:
        return "Semua baik" if self.takes_faults else "Tandai semua sudah diketik"

    @property
    def sentence(self) -> str:
        """1 kurang, 3 belum diperiksa."""
        if self.done:
            return "Semua sudah diperiksa dan baik." if self.takes_faults else "Semua kolom sudah diketik."
        found = [f"{len(self.faults)} kurang"] if self.faults else []
        left = "belum diperiksa" if self.takes_faults else f"dari {len(self.parts)} kolom belum diketik"
        return ", ".join([*found, f"{len(self.left)} {left}"] if self.left else found) + "."

    @property
    def hint(self) -> str:
        if self.done:
            return ""
        step = (
            "“Kirim ke SIAK” terbuka bila semua baik"
            if self.takes_faults
            else "“Draf selesai” terbuka bila semua diketik"
        )
        return f"{step}."


def wanted(permohonan: Permohonan, user: User) -> str:
    """The kind of check that this person's next step asks for; nothing, where it asks for none."""
    return next((row.checklist for row in workflow.allowed(permohonan, user) if row.checklist), "")


def of(permohonan: Permohonan, kind: str) -> Checking:
    """The parts of one application."""
    return of_many([permohonan], kind)[permohonan.id]


def of_many(permohonans: list[Permohonan], kind: str) -> dict[int, Checking]:
    """The same for several, with as many statements as for one."""
    ids = [one.id for one in permohonans]
    revisions = {
        row.permohonan_id: row
        for row in Revision.select().where(Revision.permohonan.in_(ids)).order_by(Revision.number)
    }
    mine = Check.select().where(Check.permohonan.in_(ids), Check.kind == kind)
    checks = {(row.permohonan_id, row.key): row for row in mine}
    parts = _PARTS[kind](permohonans, revisions)
    for owner, part in ((owner, part) for owner, found in parts.items() for part in found):
        check = checks.get((owner, part.key))
        part.check = check if check and check.digest == part.digest else None
    return {owner: Checking(kind, found) for owner, found in parts.items()}


def _complete(permohonans: list[Permohonan], revisions: dict[int, Revision]) -> dict[int, list[Part]]:
    """What was handed in, then what was answered."""
    files: dict[int, dict[str, list[str]]] = {}
    numbers = [row.id for row in revisions.values()]
    for row in Attachment.select().where(Attachment.revision.in_(numbers)).order_by(Attachment.id):
        files.setdefault(row.revision_id, {}).setdefault(row.requirement, []).append(str(row.file_id))
    names = villages()
    found = {}
    for one in permohonans:
        revision = revisions.get(one.id)
        uploaded = files.get(revision.id, {}) if revision else {}
        found[one.id] = [*_needs(one, uploaded), *_fields(one, revision.answers if revision else {}, names)]
    return found


def _needs(permohonan: Permohonan, uploaded: dict[str, list[str]]) -> Iterator[Part]:
    for key, name in wording.requirement_names(permohonan).items():
        there = key in uploaded
        yield Part(NEEDS if there else MISSING, key, name, "", digest(sorted(uploaded.get(key, []))), there)


def _fields(permohonan: Permohonan, answers: dict, names: dict[str, str]) -> Iterator[Part]:
    for section in (applicant.section(permohonan.track), *permohonan.edition.body["sections"]):
        for field in section["fields"]:
            raw, key = answers.get(field["key"]), field["key"]
            value, there = fields.display(field, raw, names), raw not in (None, "", [])
            group = MISSING if not there else CONTACTS if key in applicant.CONTACTS else FIELDS
            yield Part(group, key, field["label"]["id"], value, digest(raw), group == FIELDS)


def _keyed(permohonans: list[Permohonan], revisions: dict[int, Revision]) -> dict[int, list[Part]]:
    names = villages()
    found: dict[int, list[Part]] = {}
    for one in permohonans:
        rows = sheet.rows(one, revisions[one.id].answers, names) if one.id in revisions else []
        found[one.id] = [Part(row.screen, row.key, row.label, row.value, digest(row.value)) for row in rows]
    return found


_PARTS: dict[str, Callable[[list[Permohonan], dict[int, Revision]], dict[int, list[Part]]]] = {
    COMPLETE: _complete,
    KEYED: _keyed,
}


def digest(value) -> str:
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def refuse_unready(row: workflow.Transition, permohonan: Permohonan) -> None:
    """Raise Unready where the row asks for a check that isn't done."""
    if row.checklist and not of(permohonan, row.checklist).done:
        raise Unready(row.checklist)


def unready(row: workflow.Transition, permohonans: list[Permohonan]) -> dict[int, str]:
    """Why the row has to wait, by the application's id; for as many as there are, in a few statements."""
    if not row.checklist:
        return {}
    return {owner: SAID[row.checklist] for owner, one in of_many(permohonans, row.checklist).items() if not one.done}
