"""Draft comparison: compares the drafts of an application with its answers and stores the findings.

The text is extracted from the PDF as it came from SIAK, or was made here, in a sandboxed child process. A draft without
readable text is stored as unreadable and never counts as correct.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from casework import opened_sheets
from catalogue import fields, missing_number
from documents import preparation, printouts, text_comparison
from documents.text_comparison import DATE, DIFFERS, DIGITS, MISSING, NAME, NUMBER, ExpectedValue, Finding
from files import storage
from files.inspection import pdf_text
from intake import answer_display, submission
from intake.drafts import village_names
from models import Comparison, Document, Permohonan, Revision, User
from workflow import FOUR_EYES, NotAllowed

COMPARED_TYPES = {"name": NAME, "nik": DIGITS, "kk": DIGITS, "date": DATE}
DIGIT = re.compile(r"\d")
NUMBER_KEY = "nomor"
REMOVED = ("tindakan", "2")  # of a family member: leaves the card that is renewed (KK-PERISTIWA)
VERDICTS = {"sama": "Sama dengan isian", "beda": "Ada perbedaan", "baca": "Baca sendiri"}  # of all drafts together
MIN_DIGITS = 3  # a "1" is found anywhere


class DraftUnread(NotAllowed):
    """A draft in doubt has not been opened by the officer who would decide on it."""


@dataclass(frozen=True)
class ComparisonResult:
    """The result of comparing one draft, as officers see it."""

    document: Document
    summary: str
    tone: str  # good | warn | bad
    findings: list[dict] = field(default_factory=list)  # without the matching values
    matching: int = 0
    compared: bool = True  # False: not compared yet


def compare_drafts(permohonan: Permohonan) -> None:
    """Compare the drafts of the current round that have not been compared yet; idempotent."""
    documents = [one for one in preparation.current_documents(permohonan) if one.kind == "pdf" and not one.revoked_at]
    comparisons = Comparison.select().where(Comparison.document.in_(documents)) if documents else ()
    done = {row.document_id for row in comparisons}
    revision = submission.last_revision(permohonan)
    for document in documents:
        if revision and document.id not in done:
            readable, findings = _compare_text(permohonan, document, revision)
            row = Comparison.insert(document=document.id, readable=readable, findings=findings)
            row.on_conflict_ignore().execute()
    _store_verdict(permohonan)


def _store_verdict(permohonan: Permohonan) -> None:
    """Store how all drafts of the round compare together, for lists; not where a new round has begun meanwhile."""
    tones = {one.tone for one in load_results([permohonan]).get(permohonan.id, ())}
    if tones:
        verdict = "beda" if "bad" in tones else "sama" if tones == {"good"} else "baca"
        same_round = (Permohonan.id == permohonan.id) & (Permohonan.round == permohonan.round)
        Permohonan.update(draft_verdict=verdict).where(same_round).execute()


def _compare_text(permohonan: Permohonan, document: Document, revision: Revision) -> tuple[bool, list[dict]]:
    # not as officers see it: the panel that is drawn on SIAK's draft would make a scan readable
    draft = storage.read(document.draft_file) if document.draft_file_id else printouts.draft_pdf(document)
    text = pdf_text.extract_text(draft)
    if text is None or not text_comparison.has_text(text):
        return False, []
    wanted = expected_values(permohonan, document, revision.answers)
    return True, [asdict(one) for one in compare_text(permohonan, document, revision, text, wanted)]


def compare_text(
    permohonan: Permohonan, document: Document, revision: Revision, text: str, wanted: list[ExpectedValue]
) -> list[Finding]:
    """Search the expected values in the text of a draft, or of the signed document."""
    names = village_names()
    words = [part["label"]["id"] for section in permohonan.edition.body["sections"] for part in section["fields"]]
    words += [value for section in answer_display.answer_sections(permohonan, revision) for _, value, _ in section.rows]
    return text_comparison.compare(wanted, text, [document.title, *words, *names.values()])


def expected_values(permohonan: Permohonan, document: Document, answers: dict) -> list[ExpectedValue]:
    """Return the names, numbers and dates that a document must contain: of the fields it prints, and its own number."""
    product = next((one for one in permohonan.products if one["key"] == document.product), {})
    printed = document.data.get("printed", product.get("prints"))
    found = [ExpectedValue(NUMBER_KEY, "Nomor dokumen", NUMBER, document.number)] if document.number else []
    for section in permohonan.edition.body["sections"]:
        for part in section["fields"]:
            if printed is not None and part["key"] not in printed:
                continue
            if part["type"] == "group" and part["key"] == preparation.FAMILY_MEMBERS:
                found += _expected_of_members(part, answers.get(part["key"]) or [])
            else:
                found += _expected_of(part, answers.get(part["key"]), part["key"], part["label"]["id"])
    return found


def _expected_of_members(group: dict, rows: list[dict]) -> Iterator[ExpectedValue]:
    for number, row in enumerate(rows, 1):
        for item in group["item"] if is_remaining(row) else ():
            key, label = f"{group['key']}-{number}-{item['key']}", f"{item['label']['id']} ({number})"
            yield from _expected_of(item, row.get(item["key"]), key, label)


def is_remaining(member: dict) -> bool:
    """Return whether a family member is on the card afterwards: not who died, divorced or left."""
    key, code = REMOVED
    return member.get(key) != code


def _expected_of(part: dict, value, key: str, label: str) -> Iterator[ExpectedValue]:
    if value in (None, "", []) or part["type"] == "group" or missing_number.is_missing(value):
        return
    if kind := COMPARED_TYPES.get(part["type"]):
        yield ExpectedValue(key, label, kind, str(value))
    elif part["type"] in ("number", "text") and len(DIGIT.findall(str(value))) >= MIN_DIGITS and " " not in str(value):
        yield ExpectedValue(key, label, NUMBER, fields.display(part, value) if part["type"] == "text" else str(value))


def load_results(permohonans: Iterable[Permohonan], signed: bool = False) -> dict[int, list[ComparisonResult]]:
    """Load the results of the unsigned drafts of the current rounds by application id, in two queries.

    With `signed`, those of signed documents too: what was known of them as drafts.
    """
    rounds = {one.id: one.round for one in permohonans if one.round}
    if not rounds:
        return {}
    wanted = (Document.kind == "pdf") & Document.revoked_at.is_null()
    query = Document.select().where(Document.permohonan.in_(list(rounds)), wanted)
    query = query if signed else query.where(Document.file.is_null())
    documents = [one for one in query.order_by(Document.id) if one.round == rounds[one.permohonan_id]]
    comparisons = Comparison.select().where(Comparison.document.in_(documents)) if documents else ()
    known = {row.document_id: row for row in comparisons}
    found: dict[int, list[ComparisonResult]] = {}
    for document in documents:
        found.setdefault(document.permohonan_id, []).append(_result(document, known.get(document.id)))
    return found


def unread_drafts(permohonans: Iterable[Permohonan], user: User) -> dict[int, str]:
    """Say by application id which of its drafts this officer has to open first: those that aren't as the answers."""
    chosen = list(permohonans)
    doubtful = {
        owner: [one for one in several if one.tone != "good"] for owner, several in load_results(chosen).items()
    }
    opened = opened_sheets.opened_sheets((one for one in chosen if doubtful.get(one.id)), user)
    found = {}
    for owner, several in doubtful.items():
        unread = [one for one in several if opened_sheets.name_of(one.document) not in opened]
        if words := [f"{one.document.title} ({one.summary.lower()})" for one in unread]:
            found[owner] = f"buka dan baca dulu drafnya: {', '.join(words)}."
    return found


def refuse_unread(action: str, permohonan: Permohonan, user: User) -> None:
    """Raise DraftUnread where somebody would verify or sign a draft in doubt that they haven't opened."""
    if action in FOUR_EYES[1:] and (unread := unread_drafts([permohonan], user)):
        raise DraftUnread(f"Belum dilakukan: {unread[permohonan.id]}")


def _result(document: Document, known: Comparison | None) -> ComparisonResult:
    if known is None:
        return ComparisonResult(document, "Belum dibandingkan", "warn", compared=False)
    if not known.readable or not known.findings:
        return ComparisonResult(document, "Tidak dapat diperiksa otomatis", "warn")
    unequal = [one for one in known.findings if one["verdict"] in (DIFFERS, MISSING)]
    differs = sum(one["verdict"] == DIFFERS for one in unequal)
    same = len(known.findings) - len(unequal)
    if differs:
        return ComparisonResult(document, f"{differs} perbedaan", "bad", unequal, same)
    if unequal:
        return ComparisonResult(document, f"{len(unequal)} tidak ditemukan", "warn", unequal, same)
    return ComparisonResult(document, "Sama dengan isian", "good", [], same)
