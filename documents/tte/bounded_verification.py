"""Verification of a stranger's PDF within limits: `verify_bounded` runs `python -m documents.tte.bounded_verification`.

The child sets its resource limits before it reads a byte; the parent takes only a few fields of limited length.
"""

import json
import logging
import sys

from files.inspection import sandbox
from files.inspection.results import InspectionBusy
from files.inspection.sandbox_child import limit_resources, write_answer

log = logging.getLogger(__name__)

COMMAND = (*sandbox.COMMAND[:-1], "documents.tte.bounded_verification")
POOL = "verify"  # uploads of applicants don't wait for strangers


def verify_bounded(pdf: bytes, roots: list[bytes]) -> tuple[bool, str] | None:
    """Verify the last signature of a PDF: (valid, reason in a sentence); None where it takes too long or can't be read.

    Raises InspectionBusy when no process is free.
    """
    packed = json.dumps([text.decode() for text in roots]).encode() + b"\n" + pdf
    try:
        with sandbox.process_slot(POOL):
            ended = sandbox.run_child(packed, COMMAND)
    except (OSError, RuntimeError) as fault:
        log.error("the verifier cannot start: %s", fault)
        raise InspectionBusy.from_code("unavailable") from fault
    try:
        answer = json.loads(ended.said.partition(b"\n")[0])
        valid, reason = answer["valid"], answer["reason"]
    except (ValueError, KeyError, TypeError):
        return None
    good = ended.code == 0 and isinstance(valid, bool) and isinstance(reason, str)
    return (valid, reason[:200]) if good else None


def main() -> None:
    """Verify the PDF on stdin; any error ends the child."""
    limit_resources(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.excepthook = lambda kind, fault, where: write_answer(fault=kind.__name__)
    from documents.tte.verify import verify  # noqa: PLC0415 - after the limits

    head, _, pdf = sys.stdin.buffer.read().partition(b"\n")
    result = verify(pdf, [text.encode() for text in json.loads(head)])
    write_answer(valid=result.valid, reason=result.reason)


if __name__ == "__main__":
    main()
