"""Geometry of a PDF page as viewers show it: turned and cropped, whatever odd its boxes say."""


def quarter_turns(page):
    """Return by how many quarters a page is turned; viewers pass over anything else."""
    try:
        return int(float(page.get("/Rotate", 0)) / 90) % 4
    except (TypeError, ValueError):
        return 0


def shown_area(page):
    """Return the area of a page that viewers show: boxes with corners in any order, cropped within the sheet."""
    (x1, y1, x2, y2), (a1, b1, a2, b2) = (_sorted_box(box) for box in (page.mediabox, page.cropbox))
    left, bottom, right, top = max(x1, a1), max(y1, b1), min(x2, a2), min(y2, b2)
    return (left, bottom, right, top) if left < right and bottom < top else (x1, y1, x2, y2)


def _sorted_box(box):
    x1, y1, x2, y2 = (float(edge) for edge in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
