"""Signature verification of untrusted PDFs. Never raises on their content and makes no network requests."""

import asyncio
import binascii
import io
import zlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

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

VALID = "Tanda tangan elektronik sah dan isi berkas utuh."
UNREADABLE = "Berkas ini rusak atau bukan PDF yang dapat diperiksa."
UNSIGNED = "Berkas ini tidak bertanda tangan elektronik."
CHANGED = "Isi berkas berubah sesudah ditandatangani."
EXTENDED = "Ada yang ditambahkan ke berkas sesudah ditandatangani."
UNTRUSTED = "Sertifikat penanda tangan tidak kami kenal, atau tidak berlaku pada saat itu."
IRREGULAR = "Tanda tangan elektronik tidak memenuhi syarat."


@dataclass(frozen=True)
class VerificationResult:
    """The result of a verification; `covers_all` without `trusted` is an unmodified file of an unknown signer.

    `signer`, `serial` (hex) and `signed_at` (UTC) are claims of the file, reliable only if `valid`; `signed_at` is the
    signer's own clock even then.
    """

    valid: bool = False
    trusted: bool = False
    covers_all: bool = False
    signer: str = ""
    signed_at: datetime | None = None
    serial: str = ""
    reason: str = UNREADABLE


def verify(pdf: bytes, roots: list[bytes], *, at: datetime | None = None) -> VerificationResult:
    """Verify the last signature of `pdf`, with certificates as of the time `at` (aware; default now).

    `roots` are PEM texts of one or more certificates. Valid means: intact, by a certificate that chains to a root, and
    covering the whole file. A document that outlives its signer's certificate needs `at`. Revocation is not checked. A
    malicious file of 15 MB can take more than a minute of CPU time: verify files of strangers in a process with a time
    limit.
    """
    anchors = [cert for text in roots for cert in load_certs_from_pemder_data(text)]
    context = ValidationContext(trust_roots=anchors, moment=at, allow_fetching=False)
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not signatures:
            return VerificationResult(reason=UNSIGNED)
        return _verify_signature(pdf, signatures[-1], context)
    except PARSER_ERRORS:
        return VerificationResult()


def run_coroutine(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine of pyHanko to completion, from any thread.

    It runs in a new thread, because `asyncio.run` (which pyHanko's synchronous functions call) fails where an event
    loop is running; this costs a third of a millisecond.
    """
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, coroutine).result()


def _verify_signature(pdf: bytes, signature: EmbeddedPdfSignature, context: ValidationContext) -> VerificationResult:
    status = run_coroutine(async_validate_pdf_signature(signature, context))
    intact = status.intact and status.valid
    covers_all = intact and status.coverage is SignatureCoverageLevel.ENTIRE_FILE and _covers_all_bytes(pdf, signature)
    return VerificationResult(
        valid=status.bottom_line and covers_all,
        trusted=status.trusted,
        covers_all=covers_all,
        signer=str(status.signing_cert.subject.native.get("common_name", "")),
        signed_at=_utc(status.signer_reported_dt),
        serial=f"{status.signing_cert.serial_number:X}",
        reason=_reason(status, intact, covers_all),
    )


def _covers_all_bytes(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Return whether all bytes but the hexadecimal digits of the signature are signed.

    pyHanko 0.38 compares lengths only: it accepts a file whose signature object was moved into an appended part.
    """
    start, length, rest, rest_length = signature.byte_range
    if start != 0 or not 0 < length < rest or rest + rest_length != len(pdf):
        return False
    gap = pdf[length:rest]
    return gap[:1] + gap[-1:] == b"<>" and binascii.unhexlify(gap[1:-1]) == signature.pkcs7_content


def _reason(status: PdfSignatureStatus, intact: bool, covers_all: bool) -> str:
    if not intact:
        return CHANGED
    if not covers_all:
        return EXTENDED
    if not status.trusted:
        return UNTRUSTED
    return VALID if status.bottom_line else IRREGULAR


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
