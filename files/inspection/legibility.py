"""Legibility of photos: size, brightness, sharpness, cropping. It only warns and never rejects."""

from typing import NamedTuple

from PIL import Image, ImageFilter, ImageStat

from files.inspection import edge_detection, perceptual_hash

SMALL_SIDE = 600  # pixels of the longer side: an A4 page then has about 50 dots an inch
MEASURED_SIDE = 1000  # pixels: what is measured is a grey copy of this size
BRIGHT_SHARE = 0.05  # the brightest twentieth stands for the paper
DARK_PAPER = 90  # 0 to 255: paper below this is hard to read on a phone
BLURRED_VARIANCE = 12.0  # of the Laplacian; sharp text gives hundreds, a document out of focus less than ten

_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


class LegibilityResult(NamedTuple):
    """Codes of warnings about a picture, and its fingerprint."""

    warnings: tuple[str, ...]
    fingerprint: str


def assess(picture: Image.Image) -> LegibilityResult:
    """Assess the legibility of `picture` and compute its fingerprint."""
    grey = picture.convert("L")
    grey.thumbnail((MEASURED_SIDE, MEASURED_SIDE), Image.Resampling.BOX)
    codes = _warnings(grey, picture.size)
    if not codes and edge_detection.is_cropped(grey):  # dark or blurred pictures have no reliable edges
        codes = ("cut",)
    return LegibilityResult(codes, perceptual_hash.fingerprint(grey))


def assess_scan(drawing: Image.Image, size: tuple[int, int]) -> set[str]:
    """Return warnings about a scanned page from its `drawing`; `size` is the scan's own, in pixels.

    An empty page, such as a scanned back, has nothing that could be blurred. Where a scanner cuts is no mistake.
    """
    grey = drawing.convert("L")
    grey.thumbnail((MEASURED_SIDE, MEASURED_SIDE), Image.Resampling.BOX)
    empty = not perceptual_hash.fingerprint(grey)
    return set(_warnings(grey, size)) - ({"blurred"} if empty else set())


def _warnings(grey: Image.Image, size: tuple[int, int]) -> tuple[str, ...]:
    found = {
        "small": max(size) < SMALL_SIDE,
        "dark": paper_brightness(grey) < DARK_PAPER,
        "blurred": sharpness(grey) < BLURRED_VARIANCE,
    }
    return tuple(code for code, true in found.items() if true)


def paper_brightness(grey: Image.Image) -> int:
    """Return the level (0 to 255) that only the brightest twentieth of the picture reaches."""
    left = BRIGHT_SHARE * grey.width * grey.height
    histogram = grey.histogram()
    for level in range(255, -1, -1):
        left -= histogram[level]
        if left <= 0:
            return level
    return 0


def sharpness(grey: Image.Image) -> float:
    """Return the variance of the Laplacian: high where there are edges, near zero in a blur."""
    filtered = grey.filter(_LAPLACIAN)
    if min(grey.size) > 2:  # the filter leaves the outermost pixels unchanged
        filtered = filtered.crop((1, 1, grey.width - 1, grey.height - 1))
    return ImageStat.Stat(filtered).var[0]
