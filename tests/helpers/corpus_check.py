"""Corpus check: `python -m tests.helpers.corpus_check FOLDER...` inspects every file and compares what is stored with
what a viewer draws of the original. It prints a line for each file that is refused or loses something, and the counts.

The drawings are finer and the measure another one than in the inspection itself, so that it isn't its own judge alone.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

from files import inspection
from files.inspection import sandbox
from files.inspection.pdf_renderer import Renderer

SCALE, MAX_SIDE = 1.5, 2000  # pixels a point, pixels of a page
LOST = 64  # levels of the mean of a small window: smoothing of a picture and JPEG change less, a word more


def drawings(data: bytes) -> list[Image.Image]:
    """Draw all pages of a PDF in grey, forms and annotations included."""
    with Renderer(data) as pdf:
        scales = [min(SCALE, MAX_SIDE / max(pdf.page_size(number))) for number in range(pdf.pages)]
        return [pdf.draw(number, scale, "L") for number, scale in enumerate(scales)]


def lost(original: Image.Image, stored: Image.Image) -> bool:
    """Return whether a small window of the page differs clearly."""
    if max(abs(one - other) for one, other in zip(original.size, stored.size, strict=True)) > 2:
        return True
    window = ImageFilter.BoxBlur(3)
    means = (page.resize(original.size).filter(window) for page in (original, stored))
    return any(ImageChops.difference(*means).histogram()[LOST:])


def check(data: bytes, name: str = "") -> tuple[str, str]:
    """Inspect a file; return "same", "lost" or "refused", and why."""
    try:
        clean = inspection.clean(data, name)
    except inspection.UploadRejected as refused:
        return "refused", refused.code
    if clean.media_type != "application/pdf" or b"%PDF-" not in data[:1024]:
        return "same", "picture"
    pages = list(zip(drawings(data), drawings(clean.data), strict=True))
    differing = [str(number) for number, (one, two) in enumerate(pages, 1) if lost(one, two)]
    return ("lost", f"pages {' '.join(differing)}") if differing else ("same", "pdf")


def _check_file(path: Path) -> tuple[Path, str, str]:
    try:
        return path, *check(path.read_bytes(), path.name)
    except Exception as fault:  # noqa: BLE001 - an odd file must not end the run
        return path, "fault", repr(fault)[:100]


def main(folders: list[str]) -> int:
    """Check all files of `folders`; 1 if any lost something."""
    sandbox.TIMEOUT_SECONDS, sandbox.WAIT_SECONDS = 100, 1000  # a busy machine is no finding
    files = sorted(path for folder in folders for path in Path(folder).rglob("*") if path.is_file())
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(1) as threads:
        for path, result, why in threads.map(_check_file, files):
            counts[f"{result} {why}" if result != "lost" else "lost"] += 1
            if result != "same":
                print(result, why, path, flush=True)
    print(*(f"{count:5} {what}" for what, count in counts.most_common()), sep="\n")
    return min(1, counts["lost"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
