"""Makes long pages lighter for slow lines: compressed, each time to another length; it changes no page's words."""

import secrets
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache

from flask import Response, g, request

LONG = 5_000  # octets; shorter pages are not worth the work
AT_MOST = 100  # of random octets
NAMED = b"\x1f\x8b\x08\x08" + bytes(5) + b"\xff"  # the head of a gzip file, up to its name
KEPT = 200  # pages without a token, compressed


def lighten(response: Response) -> Response:
    """Compress a long page.

    A page may repeat what a stranger chose beside a form's token, and its length would tell of the token (BREACH).
    So each has a random length ("Heal the BREACH", as Django has it since 4.2); and what another site has a browser
    send arrives without our cookie (SameSite), so that there is no token beside it.
    """
    if response.mimetype != "text/html" or response.is_streamed or (response.calculate_content_length() or 0) < LONG:
        return response
    response.headers.add("Vary", "Accept-Encoding, Cookie")
    if request.accept_encodings["gzip"] and "Content-Encoding" not in response.headers:
        again = "csrf_token" not in g  # a page without a token may come back as it is (public/drawn.py)
        response.set_data(packed(response.get_data(), known if again else made))
        response.headers["Content-Encoding"] = "gzip"
    return response


def made(data: bytes) -> bytes:
    """All of a gzip file (RFC 1952) that follows the name in its head."""
    pack = zlib.compressobj(5, zlib.DEFLATED, -zlib.MAX_WBITS)
    return pack.compress(data) + pack.flush() + struct.pack("<II", zlib.crc32(data), len(data))


known = lru_cache(KEPT)(made)


def packed(data: bytes, rest: Callable[[bytes], bytes] = made) -> bytes:
    """Compressed, under a name of random length that nobody reads."""
    return NAMED + b"x" * secrets.randbelow(AT_MOST + 1) + b"\0" + rest(data)
