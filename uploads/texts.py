"""PDF text extraction: `text_of` runs the sandboxed child `python -m uploads.texts PARENT`.

The parent decodes nothing and accepts only plain text of limited length; the child sets its resource limits first.
"""

import io
import logging
import sys

from . import MAX_BYTES, checker
from .child import limit, say
from .verdicts import Refused

log = logging.getLogger(__name__)

COMMAND = (*checker.COMMAND[:-1], "uploads.texts")
PAGES, LETTERS = 20, 200_000  # at most


def text_of(data: bytes) -> str | None:
    """Extract the text of a PDF, page by page; return None if that fails or takes too long.

    Raises Refused when no process is free; a later try may succeed.
    """
    try:
        with checker.slot():
            code, said, _ = checker.converse(data, COMMAND)
    except (OSError, RuntimeError) as fault:
        log.error("the reader of PDFs cannot start: %s", fault)
        raise Refused.because("unavailable") from fault
    head, _, body = said.partition(b"\n")
    if code != 0 or b'"read"' not in head[:100]:
        log.warning("the reader of PDFs ended with %s", code)
        return None
    return body.decode("utf-8", "replace")[:LETTERS]


def _read(data: bytes) -> str:
    import pypdf  # noqa: PLC0415 - and only in the child

    found, length = [], 0
    for page in pypdf.PdfReader(io.BytesIO(data)).pages[:PAGES]:
        found.append(page.extract_text())
        length += len(found[-1])
        if length > LETTERS:
            break
    return "\n".join(found)[:LETTERS]


def main() -> None:
    """Extract the text of the PDF on stdin; any error ends the child."""
    limit(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.excepthook = lambda kind, fault, where: say(fault=kind.__name__)
    text = _read(sys.stdin.buffer.read(MAX_BYTES + 1))
    say(text.encode("utf-8", "replace"), read=len(text))


if __name__ == "__main__":
    main()
