"""Signature verification of untrusted PDFs (PAdES B-B to B-LTA). Never raises on their content, sends no requests."""

import asyncio
import binascii
import io
import re
import zlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.generic_cms import collect_timing_info
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from lib.i18n import N_

# Errors of pyHanko, asn1crypto and cryptography on malformed input, found by fuzzing.
PARSER_ERRORS = (
    PdfError,
    PathError,
    ValidationError,
    UnsupportedAlgorithm,
    ValueError,  # with SigningError, SignatureValidationError and UnicodeError
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,  # decimal's, for an odd number
    RecursionError,
    NameError,  # asn1crypto doesn't set a variable for unknown keys
    NotImplementedError,
    zlib.error,
)

VALID = N_("Tanda tangan elektronik sah dan isi berkas utuh.")
UNREADABLE = N_("Berkas ini rusak atau bukan PDF yang dapat diperiksa.")
UNSIGNED = N_("Berkas ini tidak bertanda tangan elektronik.")
CHANGED = N_("Isi berkas berubah sesudah ditandatangani.")
EXTENDED = N_("Ada yang ditambahkan ke berkas sesudah ditandatangani.")
UNTRUSTED = N_("Sertifikat penanda tangan tidak kami kenal, atau tidak berlaku pada saat itu.")
REVOKED = N_("Sertifikat penanda tangan sudah dicabut sebelum dokumen ini ditandatangani.")
STAMP = N_("Stempel waktu pada tanda tangan tidak sah, atau penerbitnya tidak kami kenal.")
IRREGULAR = N_("Tanda tangan elektronik tidak memenuhi syarat.")
LAST_TABLE = re.compile(rb"startxref\s+(\d+)\s+%%EOF[\r\n]*\Z")
TOUCHED_BY_WRITERS = ("/ModDate", "/Producer")  # entries of /Info that a program may change when it appends


@dataclass(frozen=True)
class VerificationResult:
    """The result of a verification; `covers_all` without `trusted` is an unmodified file of an unknown signer.

    `signer`, `serial` (hex) and `signed_at` (UTC) are claims of the file, reliable only if `valid`; `signed_at` is the
    time stamp's time if `stamped`, else the signer's own clock.
    """

    valid: bool = False
    trusted: bool = False
    covers_all: bool = False  # but for validation data that was appended
    signer: str = ""
    signed_at: datetime | None = None
    stamped: bool = False
    serial: str = ""
    reason: str = UNREADABLE


def verify(pdf: bytes, roots: list[bytes], *, at: datetime | None = None) -> VerificationResult:
    """Verify the last signature of `pdf`, which was received at the time `at` (aware; default now).

    `roots` are PEM texts of one or more certificates, of time stamp authorities too. Valid means: intact, by a
    certificate that chains to a root, and covering the whole file; only validation data (DSS) and document time stamps
    may follow. The signer's certificate is judged at the time of its time stamp: it may expire or be revoked
    afterwards. The time stamp, and a signature without one, are judged at `at`. Revocation is known only from the
    validation data in the file. A malicious file of 15 MB can take more than a minute of CPU time.
    """
    anchors = [cert for text in roots for cert in load_certs_from_pemder_data(text)]
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return VerificationResult(reason=UNSIGNED)
        return run_coroutine(_verify_signature(pdf, reader, signatures[-1], anchors, at))
    except PARSER_ERRORS:
        return VerificationResult()


def run_coroutine(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine of pyHanko to completion, from any thread.

    It runs in a new thread, because `asyncio.run` (which pyHanko's synchronous functions call) fails where an event
    loop is running; this costs a third of a millisecond.
    """
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, coroutine).result()


async def _verify_signature(
    pdf: bytes, reader: PdfFileReader, signature: EmbeddedPdfSignature, anchors: list, at: datetime | None
) -> VerificationResult:
    received = _context(reader, anchors, at)
    timing = await collect_timing_info(signature.signer_info, received, signature.compute_digest)
    stamp = timing.get("timestamp_validity")
    stamped = bool(stamp and stamp.intact and stamp.valid and stamp.trusted)
    moment = stamp.timestamp if stamped else at
    status = await async_validate_pdf_signature(signature, _context(reader, anchors, moment), received)
    intact = status.intact and status.valid
    covers_all = intact and await _covers_all(pdf, reader, signature, status, received)
    revoked = await _is_revoked(signature, _context(reader, anchors, moment, revocations=True))
    return VerificationResult(
        valid=status.bottom_line and covers_all and not revoked,
        trusted=status.trusted and not revoked,
        covers_all=covers_all,
        signer=str(status.signing_cert.subject.native.get("common_name", "")),
        signed_at=_utc(stamp.timestamp if stamped else status.signer_reported_dt),
        stamped=stamped,
        serial=f"{status.signing_cert.serial_number:X}",
        reason=_reason(status, intact, covers_all, REVOKED if revoked else STAMP if stamp and not stamped else ""),
    )


def _context(
    reader: PdfFileReader, anchors: list, moment: datetime | None, *, revocations: bool = False
) -> ValidationContext:
    """Return what certificates are judged by at a moment: the roots, and the certificates that the file carries."""
    facts: dict[str, Any] = {"trust_roots": anchors, "moment": moment, "allow_fetching": False}
    facts["retroactive_revinfo"] = True  # a list that was published later counts too
    if "/DSS" not in reader.root:
        return ValidationContext(**facts)
    store = DocumentSecurityStore.read_dss(reader)
    if revocations:
        return store.as_validation_context(facts)
    return ValidationContext(other_certs=list(store.load_certs()), **facts)


async def _is_revoked(signature: EmbeddedPdfSignature, context: ValidationContext) -> bool:
    """Return whether the file itself shows that its signer's certificate was revoked before the context's moment.

    Revocation lists that are outdated, of others or unreadable show nothing, and are no reason to refuse.
    """
    if not (context.crls or context.ocsps):
        return False
    return (await async_validate_pdf_signature(signature, context, skip_diff=True)).revoked


async def _covers_all(
    pdf: bytes,
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    context: ValidationContext,
) -> bool:
    """Return whether the signature covers the whole file, or only validation data follow."""
    end = _end_of_signed_bytes(pdf, signature)
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return end == len(pdf)
    extended = status.coverage is SignatureCoverageLevel.ENTIRE_REVISION and end < len(pdf)
    if not extended or status.modification_level is not ModificationLevel.LTA_UPDATES:
        return False
    later = [one for one in reader.embedded_signatures if one.signed_revision > signature.signed_revision]
    return _appends_validation_data(pdf, reader, signature, bool(later)) and await _are_time_stamps(later, context)


def _end_of_signed_bytes(pdf: bytes, signature: EmbeddedPdfSignature) -> int:
    """Return where the signed bytes end: all before, but the hexadecimal digits of the signature; 0 if they don't.

    pyHanko 0.38 compares lengths only: it accepts a file whose signature object was moved into an appended part.
    """
    start, length, rest, rest_length = signature.byte_range
    if start != 0 or not 0 < length < rest or rest_length < 0:
        return 0
    gap = pdf[length:rest]
    whole = gap[:1] + gap[-1:] == b"<>" and binascii.unhexlify(gap[1:-1]) == signature.pkcs7_content
    return rest + rest_length if whole else 0


def _appends_validation_data(
    pdf: bytes, reader: PdfFileReader, signature: EmbeddedPdfSignature, time_stamped: bool
) -> bool:
    """Return whether the appended part holds a time stamp or a new DSS, no other metadata, and nothing after its end.

    pyHanko's difference analysis doesn't count bytes after the last table, nor a changed title, as a change.
    """
    before = reader.get_historical_resolver(signature.signed_revision)
    table = LAST_TABLE.search(pdf, max(0, len(pdf) - 100))
    return (
        table is not None
        and int(table[1]) == reader.last_startxref
        and (time_stamped or _security_store(before) != _security_store(reader))
        and _description(before.trailer_view) == _description(reader.trailer_view)
    )


def _security_store(revision: PdfFileReader | HistoricalResolver) -> list:
    store = revision.root["/DSS"] if "/DSS" in revision.root else {}  # noqa: SIM401 -- `get` wouldn't follow it
    return [sorted(map(str, store[name])) for name in ("/Certs", "/CRLs", "/OCSPs", "/VRI") if name in store]


def _description(trailer: DictionaryObject) -> dict:
    info = trailer["/Info"] if "/Info" in trailer else {}  # noqa: SIM401 -- `get` wouldn't follow a reference
    return {name: str(info[name]) for name in info if name not in TOUCHED_BY_WRITERS}


async def _are_time_stamps(later: list[EmbeddedPdfSignature], context: ValidationContext) -> bool:
    for one in later:
        if one.sig_object_type != "/DocTimeStamp":
            return False
        status = await async_validate_pdf_timestamp(one, context)
        if not (status.intact and status.valid):
            return False
    return True


def _reason(status: PdfSignatureStatus, intact: bool, covers_all: bool, other: str) -> str:
    if not intact:
        return CHANGED
    if not covers_all:
        return EXTENDED
    if other == REVOKED or status.trusted:
        return other or (VALID if status.bottom_line else IRREGULAR)
    return UNTRUSTED


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
