"""PDF text extraction: `extract_text` runs the sandboxed child `python -m files.inspection.pdf_text PARENT`.

The parent decodes nothing and accepts only plain text of limited length; the child sets its resource limits first.
"""

import codecs
import io
import logging
import sys

from files.inspection import MAX_BYTES, sandbox, syscall_filter
from files.inspection.results import InspectionBusy
from files.inspection.sandbox_child import limit_resources, write_answer

log = logging.getLogger(__name__)

COMMAND = (*sandbox.COMMAND[:-1], "files.inspection.pdf_text")
ENCODINGS = ("utf-16-be", "utf-16-le", "utf-16", "latin-1", "charmap", "cp1252", "mac-roman", "gbk", "shift-jis")
MAX_PAGES, MAX_LETTERS = 20, 200_000  # at most


def extract_text(data: bytes) -> str | None:
    """Extract the text of a PDF, page by page; return None if that fails or takes too long.

    Raises InspectionBusy when no process is free; a later try may succeed.
    """
    try:
        with sandbox.process_slot():
            ended = sandbox.run_child(data, COMMAND)
    except (OSError, RuntimeError) as fault:
        log.error("the reader of PDFs cannot start: %s", fault)
        raise InspectionBusy.from_code("unavailable") from fault
    head, _, body = ended.said.partition(b"\n")
    if ended.code != 0 or b'"read"' not in head[:100]:
        log.warning("the reader of PDFs ended with %s", ended.code)
        return None
    return body.decode("utf-8", "replace")[:MAX_LETTERS]


def _extract(data: bytes) -> str:
    import pypdf.filters  # noqa: PLC0415 - and only in the child

    for encoding in ENCODINGS:
        codecs.lookup(encoding)  # a module of its own, which can't be opened afterwards
    syscall_filter.apply()
    found, length = [], 0
    for page in pypdf.PdfReader(io.BytesIO(data)).pages[:MAX_PAGES]:
        found.append(page.extract_text())
        length += len(found[-1])
        if length > MAX_LETTERS:
            break
    return "\n".join(found)[:MAX_LETTERS]


def main() -> None:
    """Extract the text of the PDF on stdin; any error ends the child."""
    limit_resources(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.excepthook = lambda kind, fault, where: write_answer(fault=kind.__name__)
    text = _extract(sys.stdin.buffer.read(MAX_BYTES + 1))
    write_answer(text.encode("utf-8", "replace"), read=len(text))


if __name__ == "__main__":
    main()
