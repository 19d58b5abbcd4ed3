"""PDFs that were signed in SIAK: whether each is the document that was drafted and verified, signed by who may sign.

What is certainly another document is refused. What no program can tell waits beside the application for a second
officer to read it. It signs nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.roles import KADIS
from casework import claims
from casework.effect_registry import check, effect
from casework.transitions import Incomplete, Move
from documents import draft_comparison, preparation, printouts, signing, text_comparison, tte
from documents.text_comparison import NAME, SAME, ExpectedValue, Finding
from documents.tte.verify import VerificationResult, verify
from files import inspection, storage
from files.inspection import pdf_text
from intake import submission
from lib.database import local, now, transaction
from models import Document, Event, Grant, Permohonan, SignedUpload, StoredFile, User
from workflow import NotAllowed

HOLDER_KEY = "atas_nama"  # of a holder whose name isn't among the answers that the document prints
MAX_TOLD = 6  # differences told of one PDF
TAKEN = "PDF ini sudah dipakai untuk dokumen lain. Unggah PDF dari dokumen ini."
TWICE = "PDF yang sama diunggah untuk dua dokumen. Setiap dokumen mempunyai PDF sendiri."
SCANNED = "PDF ini hasil pindai, atau teksnya tidak dapat dibaca, jadi isinya tidak dapat dibandingkan dengan draf."
NOT_OURS = "Tidak satu pun nama dari permohonan ini ada di PDF ini."
HELD = "PDF ini kami simpan, tetapi belum terbit. {} Petugas lain harus membacanya, lalu mengesahkannya di sini."
OWN = "PDF ini Anda sendiri yang mengunggah. Petugas lain harus membacanya."
REPLACED = "PDF yang Anda baca baru saja diganti. Buka lagi, lalu baca yang sekarang."
UNREAD = "Baca PDF yang sudah diunggah, lalu centang, atau unggah PDF yang lain."


@dataclass
class Examination:
    """The findings about one PDF, in sentences: `errors` refuse it, `doubts` ask for a second reader."""

    document: Document
    data: bytes
    verdict: VerificationResult = field(default_factory=VerificationResult)
    signer: str = ""
    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    stored: StoredFile | None = None


def waiting_uploads(permohonan: Permohonan) -> dict[str, SignedUpload]:
    """Return the PDFs that wait for a second reader, by product."""
    rows = SignedUpload.select(SignedUpload, Document, StoredFile, User).join(Document)
    rows = rows.switch(SignedUpload).join(StoredFile).switch(SignedUpload).join(User)
    this_round = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    return {row.document.product: row for row in rows.where(this_round, Document.file.is_null())}


@check
def verify_uploaded(move: Move) -> None:
    """Check that each PDF is this document, rightly signed (reading 12).

    What nothing can compare is stored beside the application, and refused until another officer has read it.
    """
    given, waiting = move.answers["signed"], waiting_uploads(move.permohonan)
    examined = [_examine(move.permohonan, *each) for each in _pdfs(move.permohonan, given, waiting)]
    _raise_errors(examined)
    unread = {one.document.product: one for one in examined if one.doubts}
    for product in [*unread]:
        if product not in given and _has_read(move, waiting[product]):
            del unread[product]
    if unread:
        assert move.actor is not None
        _keep(examined, move.actor, given)
        claims.release(move.permohonan, move.actor)  # it is another officer's turn
        raise Incomplete({f"signed-{key}": _why_unread(key, one, move, waiting) for key, one in unread.items()})
    for one in examined:
        key = one.document.product
        one.stored = _store(one) if key in given else waiting[key].file
    move.answers["examined"] = examined
    uploaders = {row.by.name for key, row in waiting.items() if key not in given}
    move.answers["uploaded_by"] = ", ".join(sorted(uploaders))


def _pdfs(permohonan: Permohonan, given: Mapping[str, bytes], waiting: Mapping) -> Iterator[tuple[Document, bytes]]:
    for document in preparation.current_documents(permohonan):
        key = document.product
        if document.kind != "pdf":
            continue
        if key not in given and key not in waiting:  # attached or replaced since the form was read
            raise NotAllowed(REPLACED)
        yield document, given[key] if key in given else storage.read(waiting[key].file)


def _raise_errors(examined: list[Examination]) -> None:
    """Raise Incomplete where a PDF is refused, or is another document's too."""
    errors = {f"signed-{one.document.product}": " ".join(one.errors) for one in examined if one.errors}
    for one in examined:
        if sum(other.data == one.data for other in examined) > 1:
            errors[f"signed-{one.document.product}"] = TWICE
    if errors:
        raise Incomplete(errors)


def _has_read(move: Move, row: SignedUpload) -> bool:
    """Return whether the officer, who isn't the one who uploaded it, says to have read just this PDF."""
    key = row.document.product
    return move.actor != row.by and move.answers["read"].get(key) == row.file.sha256


def _why_unread(product: str, one: Examination, move: Move, waiting: Mapping[str, SignedUpload]) -> str:
    if product in move.answers["signed"]:
        return HELD.format(" ".join(one.doubts))
    return OWN if waiting[product].by == move.actor else UNREAD


def _keep(examined: list[Examination], actor: User, given: Mapping[str, bytes]) -> None:
    """Store what was uploaded beside the application, instead of what waited there; it moves nothing."""
    for one in examined:
        if one.document.product in given:
            stored = _store(one)
            with transaction():
                _save_instead(one.document, stored)
                SignedUpload.create(document=one.document, file=stored, by=actor, doubts=one.doubts)


def _store(one: Examination) -> StoredFile:
    name = f"{one.document.product}.pdf"
    return storage.store(one.data, kind="document", media_type="application/pdf", name=name)


def _save_instead(document: Document, stored: StoredFile) -> None:
    """Save a stored file, and remove what waited for this document unless it is this very file."""
    for row in SignedUpload.select().where(SignedUpload.document == document.id):
        row.delete_instance()
        if row.file_id != stored.id:
            StoredFile.delete().where(StoredFile.id == row.file_id).execute()
    if stored.id is None:
        stored.save(force_insert=True)


@effect
def attach_uploaded(move: Move) -> None:
    """Attach the PDFs that SIAK signed to their documents, with signer, certificate and time of the signature."""
    for one in move.answers["examined"]:
        if one.stored.id and not _waits(one.stored):
            raise NotAllowed(REPLACED)  # by somebody who uploaded another at this moment
        if _is_taken(one.data, one.document):
            raise NotAllowed(TAKEN)  # since it was examined, for another application
        _save_instead(one.document, one.stored)
        facts = {"signer": one.signer[:100], "signed_with": "siak", "certificate_serial": one.verdict.serial[:60]}
        signed = Document.update(file=one.stored, signed_at=_time_stamp(one.verdict) or now(), **facts)
        signed.where(Document.id == one.document.id).execute()


def _waits(stored: StoredFile) -> bool:
    """Return whether this file still waits; by its key, since SQLite gives the id of a deleted row to the next one."""
    return SignedUpload.select().join(StoredFile).where(StoredFile.key == stored.key).exists()


# Examination


def _examine(permohonan: Permohonan, document: Document, data: bytes) -> Examination:
    one = Examination(document, data)
    if len(data) > inspection.MAX_BYTES:
        one.errors.append("Berkas terlalu besar.")
        return one
    try:
        one.verdict = verify(data, signing.trusted_roots())
    except tte.SigningDeclined as reason:
        raise NotAllowed(str(reason)) from reason
    if not one.verdict.valid:
        one.errors.append(f"PDF ini tidak bertanda tangan elektronik yang sah. {one.verdict.reason}")
        return one
    if _is_taken(data, document):
        one.errors.append(TAKEN)
    _examine_signer(permohonan, one)
    _examine_contents(permohonan, one)
    return one


def _is_taken(data: bytes, document: Document) -> bool:
    """Return whether these bytes are the signed PDF of a document already, or wait to be that of another."""
    digest = hashlib.sha256(data).hexdigest()
    issued = Document.select().join(StoredFile, on=(Document.file == StoredFile.id))
    other = (StoredFile.sha256 == digest) & (SignedUpload.document != document.id)
    return issued.where(StoredFile.sha256 == digest).exists() or (
        SignedUpload.select().join(StoredFile).where(other).exists()
    )


def _examine_signer(permohonan: Permohonan, one: Examination) -> None:
    """Find who signed among those who held the office of Kadis on that day."""
    certificate, day = one.verdict.signer, local(_signing_moment(permohonan, one.verdict)).date()
    holders = _kadis_on(day)
    named = [user for user in holders if user.certificate_name]
    found = [user for user in named if _words(user.certificate_name) == _words(certificate)]
    one.signer = found[0].name if found else certificate
    if found:
        return
    if len(named) == len(holders):
        names = " atau ".join(user.certificate_name for user in named) or "siapa pun"
        one.errors.append(f"Ditandatangani dengan sertifikat “{certificate}”; yang berwenang pada hari itu: {names}.")
        return
    one.doubts.append(
        f"Sertifikatnya atas nama “{certificate}”, dan nama pada sertifikat Kepala Dinas belum dicatat Tim TI."
    )


def _signing_moment(permohonan: Permohonan, verdict: VerificationResult) -> datetime:
    """Return when it was signed, in UTC: by the time stamp, else when the Kadis approved it.

    A signer's own clock is no proof.
    """
    if stamp := _time_stamp(verdict):
        return stamp
    approved = (Event.permohonan == permohonan.id) & (Event.action == "approve_tte")
    event = Event.select(Event.at).where(approved).order_by(Event.version.desc()).first()
    return event.at if event else now()


def _time_stamp(verdict: VerificationResult) -> datetime | None:
    return verdict.signed_at.replace(tzinfo=None) if verdict.stamped and verdict.signed_at else None


def _kadis_on(day: date) -> list[User]:
    in_force = (Grant.since <= day) & (Grant.until.is_null() | (Grant.until >= day))
    return list(User.select().join(Grant, on=(Grant.user == User.id)).where(Grant.role == KADIS, in_force).distinct())


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.upper())


def _examine_contents(permohonan: Permohonan, one: Examination) -> None:
    """Compare number, names and dates with the answers, and with the draft that was verified."""
    document, revision = one.document, submission.last_revision(permohonan)
    text = _text(document, one.data)
    if not text or revision is None:
        one.doubts.append(SCANNED)
        return
    draft = _text(document, printouts.draft_pdf(document)) if document.draft_file_id else ""
    wanted = draft_comparison.expected_values(permohonan, document, revision.answers)
    if document.data["name"] not in [each.value for each in wanted]:
        wanted.append(ExpectedValue(HOLDER_KEY, "Atas nama", NAME, document.data["name"]))
    found, before = (
        draft_comparison.compare_text(permohonan, document, revision, each, wanted) if each else []
        for each in (text, draft)
    )
    errors, doubts = _sort_findings(found, {each.key: (each.verdict, each.parts) for each in before}, document)
    names = {each.key for each in wanted if each.kind == NAME}
    if not any(each.verdict == SAME for each in found if each.key in names):
        errors.insert(0, NOT_OURS)
    if lost := text_comparison.missing_words(draft, text):
        doubts.append(f"Kata dari draf yang tidak ada di PDF ini: {', '.join(lost[:MAX_TOLD])}.")
    one.errors += _shorten(errors)
    one.doubts += _shorten(doubts)


def _text(document: Document, data: bytes) -> str:
    """Return the text of a PDF; "" where there is none. Raises Incomplete where the machine is busy."""
    try:
        text = pdf_text.extract_text(data) or ""
    except inspection.UploadRejected as reason:
        raise Incomplete({f"signed-{document.product}": str(reason)}) from reason
    return text if text_comparison.has_text(text) else ""


def _sort_findings(found: list[Finding], verified: Mapping, document: Document) -> tuple[list[str], list[str]]:
    """Sort what differs into what refuses the PDF, and what a person has to look at.

    What stood just so in the draft from SIAK has been verified by two officers. Without such a draft, a value that
    isn't found may simply not be printed on this kind of document.
    """
    errors, doubts = [], []
    for one in found:
        is_number, is_holder = one.key == draft_comparison.NUMBER_KEY, one.value == document.data["name"]
        is_decisive = is_number or (is_holder and one.key != HOLDER_KEY)
        if one.verdict == SAME:
            continue
        if verified.get(one.key) == (one.verdict, one.parts):
            doubts += [_told(one)] if is_number or is_holder else []
        elif is_decisive or one.key in verified:
            errors.append(_told(one))
        else:
            doubts.append(_told(one))
    return [*dict.fromkeys(errors)], [*dict.fromkeys(doubts)]


def _told(one: Finding) -> str:
    there = "".join(words for words, _ in one.parts)
    return f"{one.label}: seharusnya {one.value}, di PDF ini {there or 'tidak ada'}."


def _shorten(sentences: Iterable[str]) -> list[str]:
    told = list(sentences)
    rest = len(told) - MAX_TOLD
    return [*told[:MAX_TOLD], f"Dan {rest} perbedaan lain."] if rest > 0 else told
