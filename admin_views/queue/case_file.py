"""The case file of one application: answers, uploads, documents, history, notes; it changes nothing."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import islice

import peewee as pw
from flask import url_for
from flask_login import current_user

import workflow
from casework import claims, opened_sheets, timeline
from documents import draft_comparison, preparation, signed_uploads
from intake import answer_display, revision_diff, screen_signature, submission, upload_warnings
from models import (
    Attachment,
    Document,
    DocumentCheck,
    Handover,
    Note,
    Permohonan,
    Revision,
    SignedUpload,
    StoredFile,
    User,
)
from web import filters

FIRST_CHECKED_DRAFT = 3  # of workflow.PATHS: from here on the draft is what is looked at
PDF = "application/pdf"


@dataclass(frozen=True)
class Sheet:
    """A sheet in the viewer: an upload, a draft, a signed document."""

    title: str
    url: str
    drawn: str  # of a PDF: the address of its page 0, which isn't there; of a photo: of its thumbnail
    is_pdf: bool = True
    note: str = ""
    warnings: tuple[str, ...] = ()
    requirement: str = ""
    name: str = ""  # by which it is recorded as opened
    pages: int = 1  # at least; the drawn page says how many

    def page(self, number: int) -> str:
        """Return the address of the picture of a page."""
        return self.drawn.replace("/0.jpg", f"/{number}.jpg") if self.is_pdf else self.url

    @property
    def thumbnail(self) -> str:
        """Return the address of a small picture; of a PDF it is the first page, which is drawn once."""
        return self.page(1) if self.is_pdf else self.drawn


@dataclass(frozen=True)
class ClaimEntry:
    """An entry of the history that is no transition: who claimed it, released it, took it over."""

    at: datetime  # UTC
    label: str
    who: str
    reason: str = ""
    faults: tuple = ()


@dataclass
class CaseFile:
    """Everything about one application, ready to be laid out."""

    sections: list[answer_display.AnswerSection]
    sheets: list[Sheet]
    current: int
    page: int
    documents: list[Document]
    lines: list["timeline.TimelineEntry | ClaimEntry"]
    notes: list[Note]
    verdicts: list[draft_comparison.ComparisonResult]
    revision: Revision | None
    handed_over: bool
    changes: list[revision_diff.RevisionChange]
    opened: set[str]  # names of the sheets that this officer has opened
    checks: dict[int, tuple[int, date]]  # by document: how often it was checked at /verifikasi, the last day

    @cached_property
    def last_moves(self) -> list[timeline.TimelineEntry | None]:
        """The last two steps by which it came to where it stands, the latest first; None where nobody wrote why."""
        entries = {line.event.id: line for line in self.lines if isinstance(line, timeline.TimelineEntry)}
        events = islice(timeline.moves([line.event for line in entries.values()]), 2)
        found = [line if line.reason or line.faults else None for line in (entries[one.id] for one in events)]
        return [*found, None, None]

    @property
    def arrival(self) -> timeline.TimelineEntry | None:
        """The last step, where somebody wrote why."""
        return self.last_moves[0]

    @property
    def answered(self) -> timeline.TimelineEntry | None:
        """The step before, which the last one answered: what was asked for then."""
        return None if self.arrival else self.last_moves[1]

    def sheets_of(self, requirement: str) -> list[Sheet]:
        """Select what was handed in for a requirement."""
        return [sheet for sheet in self.sheets if sheet.requirement == requirement]

    @property
    def sheet(self) -> Sheet | None:
        return self.sheets[self.current] if self.sheets else None


def load(permohonan: Permohonan, wanted: str, page: str = "") -> CaseFile:
    """Load the case file, with the sheet number `wanted` and its `page` (as they stand in the address) on top."""
    revision = submission.last_revision(permohonan)
    documents = preparation.current_documents(permohonan) if permohonan.round else []
    submitted = _upload_sheets(permohonan, revision) if revision else []
    waiting = signed_uploads.waiting_uploads(permohonan) if permohonan.round and workflow.signed_in_siak() else {}
    pdfs = [_of_document(permohonan, one, waiting.get(one.product)) for one in documents if one.kind == "pdf"]
    pdfs += [_of_draft(permohonan, waiting[one.product].document) for one in documents if one.product in waiting]
    sheets = _in_order(permohonan, submitted, pdfs)
    number, page_number = (int(text) if re.fullmatch("[0-9]{1,3}", text) else 0 for text in (wanted, page))
    issued = [one.id for one in documents if one.file_id]
    loaded = CaseFile(
        sections=answer_display.answer_sections(permohonan, revision),
        sheets=sheets,
        current=number if number < len(sheets) else 0,
        page=max(page_number, 1),
        documents=documents,
        lines=_lines(permohonan),
        notes=list(Note.select(Note, User).join(User).where(Note.permohonan == permohonan.id).order_by(Note.id)),
        verdicts=draft_comparison.load_results([permohonan]).get(permohonan.id, []),
        revision=revision,
        handed_over=Handover.select().where(Handover.permohonan == permohonan.id).exists(),
        changes=revision_diff.revision_changes(permohonan) if revision and revision.number > 1 else [],
        opened=opened_sheets.opened_sheets([permohonan], current_user),
        checks=_checks(issued) if issued else {},
    )
    if not wanted and loaded.arrival:  # the paper that was found wanting comes first into view
        named = (place for place, sheet in enumerate(sheets) if sheet.requirement in loaded.arrival.notes)
        loaded.current = next(named, loaded.current)
    return loaded


def _in_order(permohonan: Permohonan, uploads: list[Sheet], pdfs: list[Sheet]) -> list[Sheet]:
    """Return the sheets with those first that matter at this step: uploads, the drafts, then the originals."""
    state = workflow.STATES[permohonan.state]
    if any("originals_seen" in row.inputs for row in workflow.BY_SOURCE[state.code]):
        shown = submission.originals(permohonan)
        return sorted(uploads, key=lambda sheet: sheet.requirement not in shown) + pdfs
    return pdfs + uploads if state.path_step >= FIRST_CHECKED_DRAFT else uploads + pdfs


def _checks(documents: list[int]) -> dict[int, tuple[int, date]]:
    """Count the checks of issued documents, by id."""
    total, last = pw.fn.SUM(DocumentCheck.count), pw.fn.MAX(DocumentCheck.day)
    rows = DocumentCheck.select(DocumentCheck.document, total, last.coerce(False))
    rows = rows.where(DocumentCheck.document.in_(documents)).group_by(DocumentCheck.document)
    return {number: (count, _as_day(day)) for number, count, day in rows.tuples()}


def _as_day(value: date | str) -> date:
    """Return a day as SQLite gives it (a text) or PostgreSQL."""
    return date.fromisoformat(value) if isinstance(value, str) else value


CLAIM_LABELS = {"taken": "Diambil untuk dikerjakan", "released": "Dilepas", "taken_over": "Diambil alih dari {}"}


def _lines(permohonan: Permohonan) -> list[timeline.TimelineEntry | ClaimEntry]:
    """The history: what happened to it, and who worked on it, oldest first."""
    held = ((one, one.holder.name if one.holder else "") for one in claims.claim_history(permohonan))
    claimed = [ClaimEntry(one.at, CLAIM_LABELS[one.what].format(holder), one.by.name) for one, holder in held]
    return sorted([*timeline.timeline(permohonan, public=False), *claimed], key=lambda line: line.at)


def uploads(permohonan: Permohonan, revision: Revision) -> list[Attachment]:
    """List the files of a revision in the order in which the viewer shows them."""
    rank = {key: place for place, key in enumerate(answer_display.requirement_names(permohonan))}
    rows = submission.revision_attachments(revision)
    return sorted(rows, key=lambda row: (rank.get(row.requirement, len(rank)), row.position))


def _upload_sheets(permohonan: Permohonan, revision: Revision) -> list[Sheet]:
    names, found = answer_display.requirement_names(permohonan), []
    for row in uploads(permohonan, revision):
        note, warnings = f"{row.file.pages} halaman{_signed_note(row)}", upload_warnings.officer_notes(row)
        facts = {"note": note, "warnings": warnings, "requirement": row.requirement, "pages": row.file.pages}
        found.append(_of_file(names.get(row.requirement, row.requirement), row.file, **facts))
    return found


def _signed_note(row: Attachment) -> str:
    """Say when and with whose account a form was signed on the screen."""
    if signed := screen_signature.signed_with(row):
        at, account = signed
        return f", ditandatangani di layar {filters.short_moment(datetime.fromisoformat(at))} dengan akun {account}"
    return ""


def _of_file(title: str, file: StoredFile, **facts) -> Sheet:
    url, drawn = url_for("staff_files.stored", key=file.key), url_for("staff_files.stored_page", key=file.key, number=0)
    return Sheet(title, url, drawn, file.media_type == PDF, name=opened_sheets.name_of(file), **facts)


def _of_document(permohonan: Permohonan, document: Document, waiting: SignedUpload | None) -> Sheet:
    if document.file:
        return _of_file(document.title, document.file, note="ditarik" if document.revoked_at else "bertanda tangan")
    if waiting:
        return _of_file(document.title, waiting.file, note="belum dibaca orang kedua", warnings=tuple(waiting.doubts))
    return _of_draft(permohonan, document)


def _of_draft(permohonan: Permohonan, document: Document) -> Sheet:
    named = {"key": permohonan.key, "product": document.product}
    drawn = url_for("staff_files.draft_page", **named, version=document.id, number=0)
    name = opened_sheets.name_of(document)
    return Sheet(f"Draf {document.title}", url_for("staff_files.draft", **named), drawn, note="draf", name=name)
