"""The text of a PDF: `text_of` asks a child process for it; `python -m uploads.texts PARENT` is that child.

The parent decodes nothing and trusts nothing but plain text of a limited length; the child limits itself first.
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
    """What can be read in a PDF as text, page after page; None where that can't be found out in time.

    Raises Refused where no child could be had: one may ask again.
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
    """Answer for the PDF on stdin; whatever is wrong with it ends the child, which says enough."""
    limit(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.excepthook = lambda kind, fault, where: say(fault=kind.__name__)
    text = _read(sys.stdin.buffer.read(MAX_BYTES + 1))
    say(text.encode("utf-8", "replace"), read=len(text))


if __name__ == "__main__":
    main()
