"""Image sanitizer: re-encodes a photo (JPEG, PNG, WebP, HEIC) as a JPEG of reading size, a long one as a PDF of several
pages. Runs in the child only and keeps nothing but the pixels.

Line art becomes JPEG too: the dossier embeds JPEG unchanged, and one output format is easier to verify.
"""

import io
import math
import struct

from PIL import Image, ImageChops

from files.inspection import jpeg, legibility, picture_pages
from files.inspection.picture_pages import PicturePage
from files.inspection.results import SanitizedFile, UploadRejected

MEGAPIXEL = 2**20  # so that the 5712 × 4284 of phones that speak of 24 megapixels are inside
MAX_PIXELS = {"jpeg": 50 * MEGAPIXEL, "png": 24 * MEGAPIXEL, "webp": 24 * MEGAPIXEL, "heif": 24 * MEGAPIXEL}
MAX_OUTPUT_BYTES = 2 * 10**6  # bytes
MAX_SIDE = 2000  # pixels of the longer side, or twice the shorter
ATTEMPTS = ((MAX_SIDE, 82), (MAX_SIDE, 70), (1600, 70), (1200, 60), (800, 50))  # longer side, quality; until it fits

LONG_RATIO = 2.5  # of the sides: a scrolled screenshot, or several pages in one picture, and no phone's screen
MIN_PAGE_WIDTH, MAX_PAGE_WIDTH = 300, 1400  # pixels of the shorter side; narrower ones have nothing to read
PAGE_RATIO = 1.5  # of the sides of the pages into which a long picture is cut, at most
MAX_PAGES = 30
OVERLAP = 0.05  # of a page's height, so that each line of text is whole on one of two pages
PAGE_WIDTH = 595  # points: A4
LAST_ROW = 16  # pixels: a JPEG is written in squares of this size

_ROTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_DECODER_ERRORS = (OSError, SyntaxError, ValueError, EOFError, struct.error)  # of Pillow's decoders, for damaged files


def load_libraries(kind: str) -> None:
    """Import what decoding and encoding need: afterwards no file can be opened."""
    Image.preinit()
    if kind == "heif":
        import pillow_heif  # noqa: PLC0415 - for HEIC only

        pillow_heif.options.DECODE_THREADS = 1  # each thread would use its own memory
        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    elif kind == "webp":
        from PIL import WebPImagePlugin  # noqa: F401, PLC0415
    else:
        from PIL import MpoImagePlugin  # noqa: F401, PLC0415 - JPEGs of several pictures


def clean(data: bytes, kind: str) -> SanitizedFile:
    """Decode and re-encode `data`: upright, at most MAX_SIDE pixels, grey or RGB, at most MAX_OUTPUT_BYTES."""
    try:
        picture = _decode(_completed(data) if kind == "jpeg" else data, kind)
    except Image.DecompressionBombError as fault:
        raise UploadRejected.from_code("too_many_pixels") from fault
    except _DECODER_ERRORS as fault:
        raise UploadRejected.from_code("broken") from fault
    if _is_long(picture.size):
        return _cut_into_pages(picture)
    picture = _redraw(picture)
    stored, size = _compress(picture)
    return SanitizedFile(stored, "image/jpeg", 1, *size, *legibility.assess(picture))


def _completed(data: bytes) -> bytes:
    """Add the last bytes of a JPEG if they alone are missing: programs that copy files lose them."""
    if jpeg.is_whole(data):
        return data
    whole, noisy = jpeg.endings(data)
    one, two = (_decode(ending, "jpeg", upright=False).convert("L") for ending in (whole, noisy))
    missing = ImageChops.difference(one, two).getbbox()
    if missing and missing[1] < one.height - LAST_ROW:
        raise UploadRejected.from_code("broken")
    return whole


def _decode(data: bytes, kind: str, upright: bool = True) -> Image.Image:
    picture = _open(data, kind)
    _check_size(picture, kind)
    if kind == "jpeg":
        jpeg.reject_excessive_scans(data)
        picture.draft(None, _scaled_size(picture.size))  # the decoder scales down by 2, 4 or 8
    picture.load()
    _check_size(picture, kind)  # a HEIC may be larger than its header says
    orientation = _orientation(picture) if upright else 1
    picture = _convert_mode(picture)  # frees the decoded copy: 96 MB at 24 megapixels
    turn, small = _ROTATIONS.get(orientation), _shrink(picture)
    return small if turn is None else small.transpose(turn)


def _open(data: bytes, kind: str) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS[kind]
    return Image.open(io.BytesIO(data), formats=[kind.upper()])


def _check_size(picture: Image.Image, kind: str) -> None:
    if picture.width * picture.height > MAX_PIXELS[kind]:
        raise UploadRejected.from_code("too_many_pixels")


def _is_long(size: tuple[int, int]) -> bool:
    return max(size) > LONG_RATIO * min(size) >= LONG_RATIO * MIN_PAGE_WIDTH


def _scaled_size(size: tuple[int, int], side: int = MAX_SIDE) -> tuple[int, int]:
    """Scale `size` down, never up: the longer side to `side`, but the shorter to no less than makes it readable."""
    scale = min(1.0, side / max(size))
    if _is_long(size):
        scale = min(1.0, MAX_PAGE_WIDTH / min(size))
    elif max(size) <= LONG_RATIO * min(size):
        scale = min(1.0, max(scale, side / 2 / min(size)))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _convert_mode(picture: Image.Image) -> Image.Image:
    """Bring any mode to L, RGB or RGBA."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda level: level / 256)  # convert() would clip instead of scale
    transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    mode = "RGBA" if transparent else "L" if picture.mode[0] in "1LI" else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _shrink(picture: Image.Image, side: int = MAX_SIDE) -> Image.Image:
    size = _scaled_size(picture.size, side)
    if size == picture.size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation; for HEIC 1, as libheif has rotated it already."""
    try:
        return picture.getexif().get(_ORIENTATION, 1)
    except (*_DECODER_ERRORS, KeyError, TypeError):  # broken EXIF is no reason to reject a good photo
        return 1


def _redraw(picture: Image.Image) -> Image.Image:
    """Paste onto a new white image, which drops comments, EXIF and profiles and makes transparency white."""
    grey = picture.mode == "L"
    fresh = Image.new("L" if grey else "RGB", picture.size, 255 if grey else (255, 255, 255))
    fresh.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return fresh


def _cut_into_pages(picture: Image.Image) -> SanitizedFile:
    """Cut a long picture across its longer side, with a little of the neighbours on each page."""
    boxes = _piece_boxes(picture.size)
    pieces = [_redraw(picture.crop(box)) for box in boxes]
    warnings = set[str]().union(*(legibility.assess_scan(piece, piece.size) for piece in pieces))
    pages = (PicturePage(piece, (PAGE_WIDTH, PAGE_WIDTH * piece.height / piece.width)) for piece in pieces)
    stored = picture_pages.write(pages, len(pieces))
    return SanitizedFile(stored, "application/pdf", len(pieces), 0, 0, tuple(sorted(warnings)))


def _piece_boxes(size: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    short, long = sorted(size)
    pages = min(MAX_PAGES, math.ceil(long / (PAGE_RATIO * short)))
    step, more = long / pages, OVERLAP / 2 * long / pages
    spans = [(max(0, int(n * step - more)), min(long, math.ceil((n + 1) * step + more))) for n in range(pages)]
    upright = size[1] == long
    return [(0, start, short, end) if upright else (start, 0, end, short) for start, end in spans]


def _compress(picture: Image.Image) -> tuple[bytes, tuple[int, int]]:
    for side, quality in ATTEMPTS:
        smaller, out = _shrink(picture, side), io.BytesIO()
        smaller.save(out, "JPEG", quality=quality)
        if out.tell() <= MAX_OUTPUT_BYTES:
            return out.getvalue(), smaller.size
    raise UploadRejected.from_code("heavy")
