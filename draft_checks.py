"""Draft comparison: compares the drafts of an application with its answers and stores the findings.

The text is extracted from the PDF that officers see, in a sandboxed child process. A draft without readable text is
stored as unreadable and never counts as correct.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

import papers
import uploads.texts
from documents import proofreading
from documents.proofreading import DATE, DIFFERS, DIGITS, MISSING, NAME, NUMBER, Expected
from intake import drafting, fields, submitting, wording
from intake.applying import villages
from models import Comparison, Document, Permohonan, Revision

KINDS = {"name": NAME, "nik": DIGITS, "kk": DIGITS, "date": DATE}
FIGURES = re.compile(r"\d")
FIGURES_AT_LEAST = 3  # a "1" is found anywhere


@dataclass(frozen=True)
class Verdict:
    """The result of comparing one draft, as officers see it."""

    document: Document
    words: str
    tone: str  # good | warn | bad
    findings: list[dict] = field(default_factory=list)  # without the matching values
    same: int = 0
    known: bool = True  # False: not compared yet


def compare(permohonan: Permohonan) -> None:
    """Compare the drafts of the current round that have not been compared yet; idempotent."""
    documents = [one for one in drafting.current_documents(permohonan) if one.kind == "pdf" and not one.revoked_at]
    done = (
        {row.document_id for row in Comparison.select().where(Comparison.document.in_(documents))} if documents else ()
    )
    revision = submitting.last_revision(permohonan)
    for document in documents:
        if revision and document.id not in done:
            _keep(document, *_proofread(permohonan, document, revision))


def _proofread(permohonan: Permohonan, document: Document, revision: Revision) -> tuple[bool, list[dict]]:
    text = uploads.texts.text_of(papers.draft(document))
    if text is None or not proofreading.readable(text):
        return False, []
    names = villages()
    words = [part["label"]["id"] for section in permohonan.edition.body["sections"] for part in section["fields"]]
    words += [value for section in wording.sections(permohonan, revision) for _, value, _ in section.rows]
    found = proofreading.compare(
        expected(permohonan, document, revision.answers), text, [document.title, *words, *names.values()]
    )
    return True, [asdict(one) for one in found]


def _keep(document: Document, readable: bool, findings: list[dict]) -> None:
    row = Comparison.insert(document=document.id, readable=readable, findings=findings)
    row.on_conflict_ignore().execute()


def expected(permohonan: Permohonan, document: Document, answers: dict) -> list[Expected]:
    """Return the names, numbers and dates that a document must contain: of the fields it prints, and its own number."""
    product = next((one for one in permohonan.products if one["key"] == document.product), {})
    printed = product.get("prints")
    found = [Expected("nomor", "Nomor dokumen", NUMBER, document.number)] if document.number else []
    for section in permohonan.edition.body["sections"]:
        for part in section["fields"]:
            if part["type"] == "group" and part["key"] == drafting.MEMBERS:
                found += _of_members(part, answers.get(part["key"]) or [])
            elif not printed or part["key"] in printed:
                found += _of(part, answers.get(part["key"]), part["key"], part["label"]["id"])
    return found


def _of_members(group: dict, rows: list[dict]) -> Iterator[Expected]:
    for number, row in enumerate(rows, 1):
        for item in group["item"]:
            yield from _of(
                item,
                row.get(item["key"]),
                f"{group['key']}-{number}-{item['key']}",
                f"{item['label']['id']} ({number})",
            )


def _of(part: dict, value, key: str, label: str) -> Iterator[Expected]:
    if value in (None, "", []) or part["type"] == "group":
        return
    if kind := KINDS.get(part["type"]):
        yield Expected(key, label, kind, str(value))
    elif (
        part["type"] in ("number", "text")
        and len(FIGURES.findall(str(value))) >= FIGURES_AT_LEAST
        and " " not in str(value)
    ):
        yield Expected(key, label, NUMBER, fields.display(part, value) if part["type"] == "text" else str(value))


def verdicts(permohonans: Iterable[Permohonan]) -> dict[int, list[Verdict]]:
    """Load the results of the unsigned drafts of the current rounds by application id, in two queries."""
    rounds = {one.id: one.round for one in permohonans if one.round}
    if not rounds:
        return {}
    query = Document.select().where(
        Document.permohonan.in_(list(rounds)),
        Document.kind == "pdf",
        Document.file.is_null(),
        Document.revoked_at.is_null(),
    )
    documents = [one for one in query.order_by(Document.id) if one.round == rounds[one.permohonan_id]]
    known = (
        {row.document_id: row for row in Comparison.select().where(Comparison.document.in_(documents))}
        if documents
        else {}
    )
    found: dict[int, list[Verdict]] = {}
    for document in documents:
        found.setdefault(document.permohonan_id, []).append(_verdict(document, known.get(document.id)))
    return found


def odd(permohonans: list[Permohonan]) -> dict[int, str]:
    """Return the reasons why drafts need individual reading instead of bulk verification, by application id.

    Drafts laid out from the answers may be verified before their comparison; PDFs from SIAK may not.
    """
    found = {}
    for owner, several in verdicts(permohonans).items():
        unsure = (one for one in several if one.tone != "good" and (one.known or one.document.draft_file_id))
        if words := [one.words.lower() for one in unsure]:
            found[owner] = f"baca drafnya satu per satu: {', '.join(words)}."
    return found


def _verdict(document: Document, known: Comparison | None) -> Verdict:
    if known is None:
        return Verdict(document, "Belum dibandingkan", "warn", known=False)
    if not known.readable or not known.findings:
        return Verdict(document, "Tidak dapat diperiksa otomatis", "warn")
    unequal = [one for one in known.findings if one["verdict"] in (DIFFERS, MISSING)]
    differs = sum(one["verdict"] == DIFFERS for one in unequal)
    same = len(known.findings) - len(unequal)
    if differs:
        return Verdict(document, f"{differs} perbedaan", "bad", unequal, same)
    if unequal:
        return Verdict(document, f"{len(unequal)} tidak ditemukan", "warn", unequal, same)
    return Verdict(document, "Sama dengan isian", "good", [], same)
