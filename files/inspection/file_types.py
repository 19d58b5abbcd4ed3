"""File type detection from the first bytes (magic numbers). Trusts no file name and decodes nothing."""

from files.inspection.results import UploadRejected

ACCEPTED_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".pdf")
ACCEPTED_MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "application/pdf")
PDF_HEADER_WITHIN = 1024  # bytes, as in viewers: past a line break, a byte order mark or commands for a printer
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

# Types that are rejected by name, by their first bytes. Order matters only where one is a prefix of another.
REJECTED_SIGNATURES = (
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"{\\rtf", "word"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"\0\0\1\xba", "video"),
    (b"\0\0\1\xb3", "video"),
    (b"FLV", "video"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"#!", "program"),
)
UNKNOWN = ("misnamed", "unknown")  # codes of what has no signature
OFFICE_PARTS = ((b"word/", "word"), (b"xl/", "excel"), (b"ppt/", "office"), (b"vnd.oasis.opendocument", "office"))


def accepted_type(data: bytes) -> str | None:
    """Return the accepted type ("jpeg", "png", "webp", "heif", "pdf") that begins at the first byte, or None."""
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:5] == b"%PDF-":
        return "pdf"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return "heif"
    return None


def detect_type(data: bytes, name: str = "") -> str:
    """Detect the type of `data`; raise UploadRejected with the type found. `name` only helps to choose the sentence."""
    found = accepted_type(data)
    if found is None:
        code = _rejected_type(data, name)
        if code in UNKNOWN and b"%PDF-" in data[:PDF_HEADER_WITHIN]:
            return "pdf"
        raise UploadRejected.from_code(code)
    return found


def _rejected_type(data: bytes, name: str) -> str:
    for start, code in REJECTED_SIGNATURES:
        if data.startswith(start):
            return code
    if data.startswith((b"PK\3\4", b"PK\5\6")):
        return next((code for part, code in OFFICE_PARTS if part in data), "archive")
    if data.startswith(b"RIFF"):
        return "video"
    if data[4:8] == b"ftyp":
        return "avif" if data[8:12] in (b"avif", b"avis") else "video"
    return _markup(data) or ("misnamed" if name.lower().endswith(ACCEPTED_SUFFIXES) else "unknown")


def _markup(data: bytes) -> str | None:
    start = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start:
        return "svg"
    return "html" if start.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")) else None
