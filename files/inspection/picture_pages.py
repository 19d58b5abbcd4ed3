"""Picture pages: writes a PDF of which each page is one picture. Runs in the child only."""

import io
from collections.abc import Iterable
from typing import NamedTuple

from PIL import Image, ImageChops

from files.inspection.results import UploadRejected

MAX_PICTURE_BYTES, MAX_FILE_BYTES = 2 * 10**6, 14 * 10**6  # of one picture, and of all in a PDF
ATTEMPTS = ((1.0, 85), (1.0, 65), (1.0, 40), (0.7, 50), (0.5, 50))  # scale, quality; until it fits
GREY_DIFFERENCE = 16  # levels between the colours of a pixel; a picture without more is stored as grey


class PicturePage(NamedTuple):
    """A picture, and width and height of its page in points."""

    picture: Image.Image
    size: tuple[float, float]


def write(pages: Iterable[PicturePage], number: int) -> bytes:
    """Write a PDF of `number` pages; the same pages always give the same bytes."""
    most = min(MAX_PICTURE_BYTES, MAX_FILE_BYTES // number)
    kids = b" ".join(b"%d 0 R" % (3 + 3 * page) for page in range(number))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%b]>>" % (number, kids)]
    for picture, size in pages:
        own = len(objects) + 1
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents %d 0 R/Resources<</XObject<</P %d 0 R>>>>>>"
        objects.append(page % (*size, own + 1, own + 2))
        objects.append(_stream(b"", b"q %.3f 0 0 %.3f 0 0 cm /P Do Q" % size))
        objects.append(_image(_without_colour(picture), most))
    return _assemble(objects)


def _assemble(objects: list[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, b"".join(places))
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return bytes(out + table + trailer)


def _stream(entries: bytes, body: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(body), body)


def _image(picture: Image.Image, most: int) -> bytes:
    jpeg, (width, height) = _compress(picture, most)
    colours = b"/DeviceGray" if picture.mode == "L" else b"/DeviceRGB"
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace%b/Filter/DCTDecode"
    return _stream(entries % (width, height, colours), jpeg)


def _without_colour(picture: Image.Image) -> Image.Image:
    """Return a picture without colours as grey, which is smaller and quicker."""
    if picture.mode == "L":
        return picture
    red, green, blue = picture.split()
    differences = (ImageChops.difference(green, other).histogram() for other in (red, blue))
    return picture if any(any(found[GREY_DIFFERENCE + 1 :]) for found in differences) else green


def _compress(picture: Image.Image, most: int) -> tuple[bytes, tuple[int, int]]:
    for scale, quality in ATTEMPTS:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        smaller = picture if scale == 1 else picture.resize(size, Image.Resampling.LANCZOS)
        out = io.BytesIO()
        smaller.save(out, "JPEG", quality=quality)
        if out.tell() <= most:
            return out.getvalue(), smaller.size
    raise UploadRejected.from_code("heavy")
