"""Inspection of uploads: validates and sanitizes files. Imports neither the database nor Flask nor other modules.

`clean` is the entry point. Decoders run in a sandboxed child process, never in this one.
"""

import hashlib
from dataclasses import dataclass, field

from files.inspection import file_types, sandbox, virus_scanner
from files.inspection.perceptual_hash import is_same_photo
from files.inspection.results import SHORT_WARNINGS, WARNINGS, InspectionBusy, UploadRejected

__all__ = [
    "ACCEPT", "MAX_BYTES", "SHORT_WARNINGS", "WARNINGS",
    "InspectedFile", "InspectionBusy", "UploadRejected", "clean", "is_same_photo",
]  # fmt: skip

MAX_BYTES = 15 * 2**20
ACCEPT = ",".join((*file_types.ACCEPTED_MEDIA_TYPES, *file_types.ACCEPTED_SUFFIXES))  # what a file picker offers
SUFFIXES = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}


@dataclass(frozen=True)
class InspectedFile:
    """A sanitized file, safe to store and show: a JPEG (`width` × `height` pixels, one page) or a PDF (both 0)."""

    media_type: str
    data: bytes = field(repr=False)
    pages: int
    width: int
    height: int
    suffix: str
    sha256: str
    original_sha256: str
    warnings: tuple[str, ...]
    fingerprint: str  # of a photo; "" for a PDF


def clean(data: bytes, name: str = "", scanner_url: str = "") -> InspectedFile:
    """Return a sanitized copy of a JPEG, PNG, WebP, HEIC or PDF; raise UploadRejected with a sentence for the uploader.

    Takes up to 10 s, after up to 20 s of waiting for a free process. The type is detected from the content; the file
    name `name` only helps to choose the sentence. The same data always give the same copy. If `scanner_url` is set, a
    clamd scans the file for viruses first; if it doesn't answer, the file isn't taken. Where the machine is at fault
    and not the file, the exception is an InspectionBusy, and the caller keeps the bytes for another try.
    """
    if not data:
        raise UploadRejected.from_code("empty")
    if len(data) > MAX_BYTES:
        raise UploadRejected.from_code("too_large")
    file_types.detect_type(data, name)
    if scanner_url:
        virus_scanner.scan(data, scanner_url)
    cleaned = sandbox.inspect_upload(data)
    own, original = (hashlib.sha256(one).hexdigest() for one in (cleaned.data, data))
    return InspectedFile(**cleaned._asdict(), suffix=SUFFIXES[cleaned.media_type], sha256=own, original_sha256=original)
