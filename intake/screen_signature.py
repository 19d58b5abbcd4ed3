"""Screen signatures: a form or statement signed on the screen, valid for the answers that it shows; it draws none.

One signed on paper is a photo as any other upload. A signed one whose answers have changed since is void.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from catalogue import fields, statements
from catalogue.conditions import SUBMITTED_ON
from files import storage
from intake import attachments, drafts
from intake.attachments import FORM
from lib.database import now
from models import Attachment, Draft, DraftFile, Permohonan, StoredFile, User

MEDIA_TYPE = "application/pdf"


def statement_of(permohonan: Permohonan, key: str) -> dict | None:
    """Return the statement that a requirement of this application asks for; None for the form and for any other."""
    asked = (one for one in attachments.all_requirements(permohonan) if one["key"] == key)
    return next(iter(statements.of_requirements(asked).values()), None)


def is_offered(permohonan: Permohonan, draft: Draft, key: str = FORM, statement: Mapping | None = None) -> bool:
    """Say whether the form or a `statement` may be signed on the screen now; older editions allow it."""
    allowed = permohonan.edition.body.get("screen_signature", True) and not attachments.refusal(permohonan, key, draft)
    if not allowed or key == FORM:
        return allowed
    if statement is None or not statements.is_for_screen(statement):
        return False
    found = statements.find_answers(statement, drafts.form_fields(permohonan), draft.answers)
    return not statements.missing_labels(statement, found)


def answers_digest(permohonan: Permohonan, answers: Mapping, key: str = FORM) -> str:
    """Return the digest of the answers that the form or statement shows, and of whose it is."""
    if statement := None if key == FORM else statement_of(permohonan, key):
        found = statements.find_answers(statement, drafts.form_fields(permohonan), answers)
        shown = {name: value for name, (_field, value) in found.items()}
    else:
        kept = fields.without_hidden({"sections": drafts.form_pages(permohonan)}, answers)
        shown = {key: value for key, value in kept.items() if value and key != SUBMITTED_ON}
    text = json.dumps([permohonan.key, shown], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_void(permohonan: Permohonan, row: DraftFile, answers: Mapping) -> bool:
    """Say whether answers have changed since this form or statement was signed on the screen."""
    return bool(row.signed) and row.signed["answers"] != answers_digest(permohonan, answers, row.requirement)


def void_errors(permohonan: Permohonan, files: Iterable[DraftFile], answers: Mapping) -> dict[str, str]:
    """Return the errors of the upload fields on whose form or statement a signature is void."""
    void = [row.requirement for row in files if is_void(permohonan, row, answers)]
    return {
        f"upload-{key}": _("Jawaban berubah sesudah ini ditandatangani. Tanda tangani sekali lagi.") for key in void
    }


def attach(
    permohonan: Permohonan, pdf: bytes, pages: int, signer: User, answers: Mapping, key: str = FORM
) -> StoredFile:
    """Attach a form or statement that was signed on the screen a moment ago, in the place of earlier ones.

    On StorageError or DraftNotEditable nothing has changed.
    """
    draft = drafts.get_draft(permohonan)
    if reason := attachments.refusal(permohonan, key, draft):
        raise drafts.DraftNotEditable(reason)
    before = [row.file.key for row in attachments.draft_files(draft) if row.requirement == key and row.signed]
    name = f"{key}-{permohonan.number}.pdf"
    file = storage.store(pdf, kind="upload", media_type=MEDIA_TYPE, name=name, pages=pages)
    signed = {"by": signer.id, "at": now().isoformat(), "answers": answers_digest(permohonan, answers, key)}
    return attachments.insert(draft, key, file, before, signed)


def signed_with(row: DraftFile | Attachment) -> tuple[str, str] | None:
    """Return when (UTC, ISO 8601) and with whose account a form was signed on the screen; None for any other file."""
    if not row.signed:
        return None
    account = User.get_or_none(User.id == row.signed["by"])
    return row.signed["at"], account.name if account else "–"
