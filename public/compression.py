"""Gzip compression of long pages, with random padding against BREACH."""

import secrets
import struct
import zlib

from flask import Response, request

MIN_SIZE = 5_000  # bytes; shorter pages are not worth compressing
MAX_PADDING = 100  # bytes of padding
GZIP_HEADER = b"\x1f\x8b\x08\x08" + bytes(5) + b"\xff"  # the header of a gzip file (RFC 1952), up to its file name


def compress_response(response: Response) -> Response:
    """Compress a long HTML response with gzip.

    A page may contain text of an attacker beside a CSRF token, and its compressed length would leak the token (BREACH).
    So each gets a random length ("Heal the BREACH", as in Django since 4.2); and a request that another site triggers
    arrives without our cookie (SameSite), so that the answer contains no token.
    """
    page = response.mimetype == "text/html" and not response.is_streamed
    if not page or (response.calculate_content_length() or 0) < MIN_SIZE:
        return response
    response.headers.add("Vary", "Accept-Encoding, Cookie")
    if request.accept_encodings["gzip"] and "Content-Encoding" not in response.headers:
        response.set_data(gzip_padded(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response


def gzip_padded(data: bytes) -> bytes:
    """Compress data into a gzip file whose header holds a file name of random length, as padding."""
    pack = zlib.compressobj(5, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = pack.compress(data) + pack.flush() + struct.pack("<II", zlib.crc32(data), len(data))
    return GZIP_HEADER + b"x" * secrets.randbelow(MAX_PADDING + 1) + b"\0" + body
