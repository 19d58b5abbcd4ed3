"""Gzip compression of long pages, with random padding against BREACH, and of static files, kept once compressed."""

import secrets
import struct
import zlib
from functools import lru_cache

from flask import Flask, Response, request

MIN_SIZE = 5_000  # bytes; shorter pages are not worth compressing
MIN_FILE = 500  # bytes; of a static file
STATIC = ("static", "admin.static")  # endpoints
TEXTS = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
MAX_PADDING = 100  # bytes of padding
GZIP_HEADER = b"\x1f\x8b\x08\x08" + bytes(5) + b"\xff"  # the header of a gzip file (RFC 1952), up to its file name


def register(app: Flask) -> None:
    app.after_request(compress_response)


def compress_response(response: Response) -> Response:
    """Compress a long HTML response or a static file with gzip, for who accepts it.

    A page may contain text of an attacker beside a CSRF token, and its compressed length would leak the token (BREACH).
    So each gets a random length ("Heal the BREACH", as in Django since 4.2); and a request that another site triggers
    arrives without our cookie (SameSite), so that the answer contains no token.
    """
    size = response.calculate_content_length() or response.content_length or 0
    is_file = request.endpoint in STATIC and response.status_code == 200 and response.mimetype in TEXTS
    is_page = response.mimetype == "text/html" and not response.is_streamed
    if not ((is_file and size >= MIN_FILE) or (is_page and size >= MIN_SIZE)):
        return response
    response.headers.add("Vary", "Accept-Encoding" if is_file else "Accept-Encoding, Cookie")
    if request.accept_encodings["gzip"] and "Content-Encoding" not in response.headers:
        response.direct_passthrough = False
        source, data = response.response, response.get_data()
        if close := getattr(source, "close", None):
            close()  # the file, whose content is in `data` now
        response.set_data(_gzipped_file(data) if is_file else gzip_padded(data))
        response.headers["Content-Encoding"] = "gzip"
        if etag := response.get_etag()[0]:
            response.set_etag(etag, weak=True)  # the same file in another form
    return response


@lru_cache(maxsize=200)
def _gzipped_file(data: bytes) -> bytes:
    return zlib.compress(data, 9, wbits=zlib.MAX_WBITS | 16)


def gzip_padded(data: bytes) -> bytes:
    """Compress data into a gzip file whose header holds a file name of random length, as padding."""
    pack = zlib.compressobj(5, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = pack.compress(data) + pack.flush() + struct.pack("<II", zlib.crc32(data), len(data))
    return GZIP_HEADER + b"x" * secrets.randbelow(MAX_PADDING + 1) + b"\0" + body
