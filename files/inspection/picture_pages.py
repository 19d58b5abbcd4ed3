"""Picture pages: makes a page of a PDF from a picture. Runs in the child only."""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageChops

from files.inspection.results import UploadRejected

MAX_PICTURE_BYTES, MAX_FILE_BYTES = 2 * 10**6, 14 * 10**6  # of one picture, and of all in a PDF
ATTEMPTS = ((1.0, 85), (1.0, 65), (1.0, 40), (0.7, 50), (0.5, 50))  # scale, quality; until it fits
GREY_DIFFERENCE = 16  # levels between the colours of a pixel; a picture without more is stored as grey


def make_page(pdf: pikepdf.Pdf, picture: Image.Image, size: tuple[float, float], pictures: int) -> pikepdf.Page:
    """Make a page of `size` points that shows `picture`, one of `pictures` in this PDF."""
    jpeg, (width, height), grey = _compress(
        _without_colour(picture), min(MAX_PICTURE_BYTES, MAX_FILE_BYTES // pictures)
    )
    image = Stream(pdf, jpeg)
    image.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height, BitsPerComponent=8,
        ColorSpace=Name.DeviceGray if grey else Name.DeviceRGB, Filter=Name.DCTDecode,
    )  # fmt: skip
    resources = Dictionary(XObject=Dictionary(P=pdf.make_indirect(image)))
    contents = pdf.make_stream(b"q %.3f 0 0 %.3f 0 0 cm /P Do Q" % size)
    page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, *size]), Contents=contents, Resources=resources)
    return pikepdf.Page(pdf.make_indirect(page))


def write(pdf: pikepdf.Pdf) -> bytes:
    """Return the bytes of a PDF; the same pages always give the same bytes."""
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _without_colour(picture: Image.Image) -> Image.Image:
    """Return a picture without colours as grey, which is smaller and quicker."""
    if picture.mode == "L":
        return picture
    red, green, blue = picture.split()
    differences = (max(ImageChops.difference(green, other).tobytes()) for other in (red, blue))
    return green if max(differences) <= GREY_DIFFERENCE else picture


def _compress(picture: Image.Image, most: int) -> tuple[bytes, tuple[int, int], bool]:
    for scale, quality in ATTEMPTS:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        smaller = picture if scale == 1 else picture.resize(size, Image.Resampling.LANCZOS)
        out = io.BytesIO()
        smaller.save(out, "JPEG", quality=quality)
        if out.tell() <= most:
            return out.getvalue(), smaller.size, smaller.mode == "L"
    raise UploadRejected.from_code("heavy")
