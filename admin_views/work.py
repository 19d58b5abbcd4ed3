"""What lies on the desk for one application: answers, uploads, documents, history; it reads and changes nothing."""

from dataclasses import dataclass

from flask import url_for

import history
import papers
import workflow
from intake import differences, drafting, submitting
from models import Document, Handover, Permohonan, Revision

FIRST_CHECKED_DRAFT = 3  # of workflow.PATH: from here on the draft is what is looked at
PDF = "application/pdf"


@dataclass(frozen=True)
class Sheet:
    """Something to look at: an upload, a draft, a signed document."""

    title: str
    url: str
    is_pdf: bool
    note: str = ""
    warnings: tuple[str, ...] = ()
    requirement: str = ""


@dataclass
class Desk:
    """Everything about one application, ready to be laid out."""

    sections: list[papers.Section]
    sheets: list[Sheet]
    current: int
    documents: list[Document]
    lines: list[history.Line]
    revision: Revision | None
    handed_over: bool
    changes: list[differences.Change]

    @property
    def sheet(self) -> Sheet | None:
        return self.sheets[self.current] if self.sheets else None


def desk(permohonan: Permohonan, view, wanted: str) -> Desk:
    """The desk, with the sheet number `wanted` (as it stands in the address) on top."""
    revision = submitting.last_revision(permohonan)
    documents = drafting.current_documents(permohonan) if permohonan.round else []
    uploads = _uploads(permohonan, revision) if revision else []
    drawn = [_of_document(permohonan, document) for document in documents if document.kind == "pdf"]
    drafts_first = workflow.STATES[permohonan.state].step >= FIRST_CHECKED_DRAFT
    sheets = drawn + uploads if drafts_first else uploads + drawn
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else 0
    return Desk(
        sections=papers.sections(permohonan, revision),
        sheets=sheets,
        current=number if number < len(sheets) else 0,
        documents=documents,
        lines=history.timeline(permohonan, public=False),
        revision=revision,
        handed_over=Handover.select().where(Handover.permohonan == permohonan.id).exists(),
        changes=differences.changes(permohonan) if revision and revision.number > 1 else [],
    )


def _uploads(permohonan: Permohonan, revision: Revision) -> list[Sheet]:
    names = papers.requirement_names(permohonan)
    rank = {key: place for place, key in enumerate(names)}
    rows = submitting.attachments(revision)
    rows.sort(key=lambda row: (rank.get(row.requirement, len(rank)), row.position))
    return [
        Sheet(
            names.get(row.requirement, row.requirement),
            url_for("staff_files.stored", key=row.file.key),
            row.file.media_type == PDF,
            f"{row.file.pages} halaman",
            tuple(row.file.warnings),
            row.requirement,
        )
        for row in rows
    ]


def _of_document(permohonan: Permohonan, document: Document) -> Sheet:
    if document.file:
        note = "ditarik" if document.revoked_at else "bertanda tangan"
        return Sheet(document.title, url_for("staff_files.stored", key=document.file.key), True, note)
    url = url_for("staff_files.draft", key=permohonan.key, product=document.product)
    return Sheet(f"Draf {document.title}", url, True, "draf")
