"""Makes long pages lighter for slow lines: compressed, each time to another length; it changes no page's words."""

import gzip
import io
import secrets

from flask import Response, request

LONG = 5_000  # octets; shorter pages are not worth the work
AT_MOST = 100  # of random octets


def lighten(response: Response) -> Response:
    """Compress a long page.

    A page may repeat what a stranger chose beside a form's token, and its length would tell of the token (BREACH).
    So each has a random length ("Heal the BREACH", as Django has it since 4.2); and what another site has a browser
    send arrives without our cookie (SameSite), so that there is no token beside it.
    """
    if response.mimetype != "text/html" or response.is_streamed or len(response.get_data()) < LONG:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] and "Content-Encoding" not in response.headers:
        response.set_data(packed(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response


def packed(data: bytes) -> bytes:
    """Compressed, under a name of random length that nobody reads."""
    out = io.BytesIO()
    with gzip.GzipFile("x" * secrets.randbelow(AT_MOST + 1), "wb", 5, out, mtime=0) as pack:
        pack.write(data)
    return out.getvalue()
