"""Screen signatures: the service's form signed on the screen, valid for the answers that it shows; it draws no form.

A form signed on paper is a photo as any other upload. A signed form whose answers have changed since is void.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from catalogue import fields
from files import storage
from intake import attachments, drafts
from lib.database import now
from models import Attachment, Draft, DraftFile, Permohonan, StoredFile, User

FORM = "formulir"  # the key of every service's form among its requirements
MEDIA_TYPE = "application/pdf"


def is_offered(permohonan: Permohonan, draft: Draft) -> bool:
    """Say whether the service's form may be signed on the screen now; editions older than the switch allow it."""
    allowed = permohonan.edition.body.get("screen_signature", True)
    return allowed and attachments.is_requirement(permohonan, FORM) and attachments.can_change(draft, FORM)


def answers_digest(permohonan: Permohonan, answers: Mapping) -> str:
    """Return the digest of the answers that the form shows, and of whose form it is."""
    asked = (field for field in drafts.form_fields(permohonan) if fields.is_shown(field, answers))
    shown = {field["key"]: answers[field["key"]] for field in asked if answers.get(field["key"])}
    text = json.dumps([permohonan.key, shown], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_void(permohonan: Permohonan, row: DraftFile, answers: Mapping) -> bool:
    """Say whether answers have changed since this form was signed on the screen."""
    return bool(row.signed) and row.signed["answers"] != answers_digest(permohonan, answers)


def void_errors(permohonan: Permohonan, files: Iterable[DraftFile], answers: Mapping) -> dict[str, str]:
    """Return the error of the form's upload field if a signature on it is void."""
    if not any(is_void(permohonan, row, answers) for row in files):
        return {}
    return {f"upload-{FORM}": _("Jawaban berubah sesudah formulir ditandatangani. Tanda tangani sekali lagi.")}


def attach(permohonan: Permohonan, pdf: bytes, pages: int, signer: User, answers: Mapping) -> StoredFile:
    """Attach a form that was signed on the screen a moment ago, in the place of earlier ones.

    On StorageError or DraftNotEditable nothing has changed.
    """
    draft = drafts.get_draft(permohonan)
    if reason := attachments.refusal(permohonan, FORM, draft):
        raise drafts.DraftNotEditable(reason)
    before = [row.file.key for row in attachments.draft_files(draft) if row.requirement == FORM and row.signed]
    name = f"formulir-{permohonan.number}.pdf"
    file = storage.store(pdf, kind="upload", media_type=MEDIA_TYPE, name=name, pages=pages)
    signed = {"by": signer.id, "at": now().isoformat(), "answers": answers_digest(permohonan, answers)}
    return attachments.insert(draft, FORM, file, before, signed)


def signed_with(row: DraftFile | Attachment) -> tuple[str, str] | None:
    """Return when (UTC, ISO 8601) and with whose account a form was signed on the screen; None for any other file."""
    if not row.signed:
        return None
    account = User.get_or_none(User.id == row.signed["by"])
    return row.signed["at"], account.name if account else "–"
