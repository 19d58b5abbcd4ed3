"""Inspection of uploads: validates and sanitizes files. Imports neither the database nor Flask nor other modules.

`clean` is the entry point. Decoders run in a sandboxed child process, never in this one.
"""

import hashlib
from dataclasses import dataclass, field

from . import checker, kinds, scanner
from .likeness import alike
from .verdicts import SHORT_WARNINGS, WARNINGS, Refused

__all__ = ["MAX_BYTES", "SHORT_WARNINGS", "WARNINGS", "Clean", "Refused", "alike", "clean"]

MAX_BYTES = 15 * 2**20
SUFFIXES = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}


@dataclass(frozen=True)
class Clean:
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


def clean(data: bytes, name: str = "", scanner_url: str = "") -> Clean:
    """Return a sanitized copy of `data`, a JPEG, PNG, HEIC or PDF, or raise Refused with a sentence for the uploader.

    Takes up to 10 s, after up to 20 s of waiting for a free process. The type is detected from the content; the file
    name `name` only helps to choose the sentence. The same data always give the same copy. If `scanner_url` is set, a
    clamd scans the file for viruses first; if it doesn't answer, the file is rejected.
    """
    if not data:
        raise Refused.because("empty")
    if len(data) > MAX_BYTES:
        raise Refused.because("too_large")
    kinds.kind(data, name)
    if scanner_url:
        scanner.scan(data, scanner_url)
    cleaned = checker.examine(data)
    return Clean(
        **cleaned._asdict(),
        suffix=SUFFIXES[cleaned.media_type],
        sha256=hashlib.sha256(cleaned.data).hexdigest(),
        original_sha256=hashlib.sha256(data).hexdigest(),
    )
