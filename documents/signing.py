"""Electronic signing of documents by the Kadis, in the request, between two transactions.

The passphrase is used and forgotten. A PDF is stored, whole and verified, before the database says that it
is signed; each is signed once, also when the next one fails. The sweeper ends what a crash left behind.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from pathlib import Path

from flask import current_app

import office
import workflow
from accounts import rate_limits
from casework import transitions
from casework.effect_registry import after_commit, check
from casework.inputs.products import asks_passphrase
from casework.transitions import Incomplete, Move
from documents import layout, preparation, printouts, tte
from documents.tte.pki import root_certificate
from documents.tte.verify import verify
from files import storage
from lib.database import local, now, transaction
from models import Document, Permohonan, StoredFile, User
from workflow import NotAllowed

PATIENCE = timedelta(minutes=5)
REASON = "Disetujui Kepala Dinas"


class SigningStopped(NotAllowed):
    """Signing does not work at the moment; what was signed is kept, and the next would fail too."""


def folder() -> Path:
    """Return the folder of the certificates."""
    return Path(current_app.config["INSTANCE_DIR"]) / "tte"


def signer() -> tte.Signer:
    """Return the signer that the settings name."""
    return tte.open_signer(current_app.config["TTE_URL"], folder=folder(), allow_demo=current_app.config["DEMO"])


@check
def shown(move: Move) -> None:
    """Check that what is approved was on the screen: the form sends back the digest of the documents it showed."""
    seen = move.answers.get("shown")
    if seen and seen != digest_of_documents(move.permohonan):
        raise NotAllowed("Draf berubah sejak Anda membukanya. Periksa lagi sebelum menandatangani.")


def digest_of_documents(permohonan: Permohonan) -> str:
    """Return the digest that binds an approval to the documents of its round."""
    return digest(preparation.current_documents(permohonan))


def digest(documents_of_it: Iterable[Document]) -> str:
    """Return the digest of documents as they are shown."""
    return "-".join(document.shown_sha256[:16] for document in documents_of_it)


@check
def can_sign(move: Move) -> None:
    """Check the passphrase and the certificate before anything moves."""
    if asks_passphrase(move.permohonan):
        assert move.actor is not None
        verify_passphrase(move.actor, move.answers["passphrase"])


def verify_passphrase(user: User, passphrase: str) -> None:
    """Check that the person can sign with this passphrase now; raises Incomplete, counting the guess, or Stopped."""
    try:
        guess = rate_limits.consume(rate_limits.bucket("passphrase", str(user.id)), rate_limits.MAX_ATTEMPTS)
    except rate_limits.RateLimited as reason:
        raise Incomplete({"passphrase": str(reason)}) from None
    try:
        _sign_each(user, passphrase, iter(()))
        guess.delete_instance()
    except tte.SigningDeclined as reason:
        raise Incomplete({reason.field or "passphrase": str(reason)}) from None
    except tte.SigningUnavailable as reason:
        guess.delete_instance()  # that was no guess
        raise SigningStopped(f"{reason} Permohonan tetap menunggu TTE; coba lagi nanti.") from None


@after_commit
def sign(move: Move) -> None:
    """Sign every PDF of the round that is not signed yet, then record it (M-k, L-i). Runs after the commit."""
    permohonan = move.permohonan
    if workflow.signed_in_siak() and permohonan.has_pdf:
        return
    try:
        _sign_all(move)
    except (tte.SigningDeclined, tte.SigningUnavailable, storage.StorageError, layout.MissingGlyph) as reason:
        transitions.perform(permohonan, "record_signing_failure", None, reason=str(reason))
        only_here = isinstance(reason, layout.MissingGlyph)  # the next one may well be signed
        raise (NotAllowed if only_here else SigningStopped)(f"Belum ditandatangani. {reason}") from None
    finally:
        move.answers.pop("passphrase", None)
    transitions.perform(permohonan, "record_signature", None)


def _sign_all(move: Move) -> None:
    waiting = [one for one in preparation.current_documents(move.permohonan) if one.kind == "pdf" and one.file is None]
    if not waiting:
        return
    assert move.actor is not None
    by_name = {document.product: document for document in waiting}
    actor, today = move.actor, local().date()
    unsigned = ((one.product, printouts.pdf_to_sign(move.permohonan, one, actor, today)) for one in waiting)
    for product, data in _sign_each(move.actor, move.answers["passphrase"], unsigned):
        store_signed_pdf(by_name[product], data, move.actor)


def _sign_each(user: User, passphrase: str, pdfs: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    facts = {"reason": REASON, "location": office.contact_details().get("place", "")}
    return signer().sign_all(pdfs, signer_key=user.tte_key or "-", passphrase=passphrase, **facts)


def store_signed_pdf(document: Document, data: bytes, by: User | None) -> None:
    """Store a signed PDF durably, then say so; a document that has one keeps it."""
    verdict = verify(data, trusted_roots())
    if not verdict.valid:
        raise tte.SigningDeclined(f"{document.title} tidak lolos pemeriksaan sesudah ditandatangani. {verdict.reason}")
    stored = storage.store(data, kind="document", media_type="application/pdf", name=f"{document.product}.pdf")
    name, serial = by.name if by else verdict.signer, verdict.serial[:60]
    facts = {"signer": name, "signed_with": printouts.signing_certificate(), "certificate_serial": serial}
    with transaction():
        stored.save(force_insert=True)
        query = Document.update(file=stored, signed_at=now(), **facts)
        query.where(Document.id == document.id, Document.file.is_null()).execute()


def trusted_roots() -> list[bytes]:
    """Return the certificates of the authorities that are trusted here."""
    return [root_certificate(folder())]


@check
def all_signed(move: Move) -> None:
    """Check that the stored bytes of every PDF carry a valid signature."""
    for document in preparation.current_documents(move.permohonan):
        if document.kind == "pdf" and not is_signed(document):
            raise NotAllowed(f"{document.title} belum bertanda tangan yang sah.")


def is_signed(document: Document) -> bool:
    """Return whether the stored file of a document carries a whole signature, valid now or when it was recorded."""
    file: StoredFile | None = document.file
    if file is None:
        return False
    recorded = document.signed_at.replace(tzinfo=UTC) if document.signed_at else None
    try:
        data, roots = storage.read(file), trusted_roots()
        return verify(data, roots).valid or verify(data, roots, at=recorded).valid  # certificates expire
    except storage.StorageError:
        return False


def finish_interrupted() -> int:
    """End signings older than five minutes: recorded where every PDF is signed, else as a failure. Returns how many."""
    ended = 0
    unfinished = Permohonan.state.in_(("signing", "signing_unknown")) & (Permohonan.changed_at < now() - PATIENCE)
    if workflow.signed_in_siak():
        unfinished &= ~Permohonan.has_pdf  # PDFs wait for production
    for permohonan in list(Permohonan.select().where(unfinished)):
        try:
            _end(permohonan)
        except transitions.AlreadyDone:
            continue  # another worker was first
        ended += 1
    return ended


def _end(permohonan: Permohonan) -> None:
    try:
        transitions.perform(permohonan, "record_signature", None)
    except transitions.AlreadyDone:
        raise
    except NotAllowed:
        why = "Penandatanganan terputus di tengah jalan."
        transitions.perform(permohonan, "record_signing_failure", None, reason=why)
