"""Place for a signature panel on a draft: free space of its last page, or that the draft bears a QR code already.

`find_place` runs the sandboxed child `python -m files.inspection.signature_place`; the parent decodes nothing.
"""

import logging
import sys
from itertools import accumulate

from files.inspection import MAX_BYTES, sandbox, syscall_filter
from files.inspection.results import InspectionBusy
from files.inspection.sandbox_child import limit_resources, write_answer

log = logging.getLogger(__name__)

COMMAND = (*sandbox.COMMAND[:-1], "files.inspection.signature_place")
CELL = 3  # points: the grid in which free space is searched
EDGE = 24  # points at each edge of a page that printers may not reach
AROUND = 6  # points that stay free around the panel
PAPER = 246  # grey from which a point counts as blank paper
QR_SCALE, QR_PAGES = 150 / 72, 10  # pixels a point; last pages that are searched for a QR code
Place = tuple[float, float, float, float]


def find_place(data: bytes, width: float, height: float) -> dict:
    """Return where a panel of `width` × `height` points goes: {"own": true}, {"place": [x, y, w, h]} or {}.

    The place is in shares of the last page as it is shown, from its top left; {} means that no space is free. Raises
    InspectionBusy when the machine has no time; what can't be drawn has no free space.
    """
    try:
        with sandbox.process_slot(sandbox.PAGES):
            ended = sandbox.run_child(data, (*COMMAND, str(width), str(height)))
    except (OSError, RuntimeError) as fault:
        log.error("the place of the signature cannot be searched: %s", fault)
        raise InspectionBusy.from_code("unavailable") from fault
    answer = sandbox.parse_header(ended.said.partition(b"\n")[0])
    if ended.code != 0:
        return {}
    if answer.get("own") is True:
        return {"own": True}
    place = answer.get("place")
    if not isinstance(place, list) or len(place) != 4:
        return {}
    good = all(isinstance(one, int | float) and 0 <= one <= 1 for one in place)
    return {"place": [round(one, 5) for one in place]} if good else {}


def _search(data: bytes, width: float, height: float) -> dict:
    import zxingcpp  # noqa: PLC0415 - and only in the child
    from PIL import Image  # noqa: PLC0415

    from files.inspection.pdf_renderer import Renderer  # noqa: PLC0415

    qr_code = zxingcpp.barcode_formats_from_str("QRCode")
    zxingcpp.read_barcodes(Image.new("L", (40, 40), 255))  # loads what it needs
    syscall_filter.apply()
    with Renderer(data) as renderer:
        last = renderer.pages - 1
        for number in range(max(0, renderer.pages - QR_PAGES), renderer.pages):
            if zxingcpp.read_barcodes(renderer.draw(number, QR_SCALE, "L"), formats=qr_code):
                return {"own": True}
        wide, high = renderer.page_size(last)
        page = renderer.draw(last, 1, "L").point(lambda value: 0 if value >= PAPER else 255).reduce(CELL)
    marked = [list(row) for row in _rows(page)]
    found = free_rectangle(marked, _cells(width + 2 * AROUND), _cells(height + 2 * AROUND), _cells(EDGE))
    if found is None:
        return {}
    x, y = found[0] * CELL + AROUND, found[1] * CELL + AROUND
    return {"place": [x / wide, y / high, width / wide, height / high]}


def _rows(page):
    data, width = page.tobytes(), page.width
    return (data[start : start + width] for start in range(0, len(data), width))


def _cells(points: float) -> int:
    return int(points // CELL) + 1


def free_rectangle(marked: list[list[int]], width: int, height: int, edge: int) -> tuple[int, int] | None:
    """Return (column, row) of the free rectangle that lies lowest, and of those farthest right; None without any."""
    sums = [[0] * (len(marked[0]) + 1)]
    for row in marked:
        line = accumulate((1 if cell else 0 for cell in row), initial=0)
        sums.append([above + own for above, own in zip(sums[-1], line, strict=True)])
    for top in range(len(marked) - edge - height, edge - 1, -1):
        for left in range(len(marked[0]) - edge - width, edge - 1, -1):
            right, bottom = left + width, top + height
            if sums[bottom][right] - sums[top][right] - sums[bottom][left] + sums[top][left] == 0:
                return left, top
    return None


def main() -> None:
    """Search the PDF on stdin; any error ends the child."""
    width, height, parent = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    limit_resources(parent)
    sys.excepthook = lambda kind, fault, where: write_answer(fault=kind.__name__)
    write_answer(**_search(sys.stdin.buffer.read(MAX_BYTES + 1), width, height))


if __name__ == "__main__":
    main()
