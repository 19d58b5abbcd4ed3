"""Makes long pages lighter for slow lines: compressed, where nothing that a stranger chose stands beside a secret."""

import gzip

from flask import Response, request

LONG = 12_000  # octets; shorter pages are not worth the work


def lighten(response: Response) -> Response:
    """Compress a long page that was asked for plainly.

    Pages with a query or a posted form may repeat it, and the length of repeated text beside a form's token
    would tell of the token (BREACH).
    """
    plain = request.method == "GET" and not request.query_string and response.mimetype == "text/html"
    if not plain or response.is_streamed or len(response.get_data()) < LONG:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] and "Content-Encoding" not in response.headers:
        response.set_data(gzip.compress(response.get_data(), 5))
        response.headers["Content-Encoding"] = "gzip"
    return response
