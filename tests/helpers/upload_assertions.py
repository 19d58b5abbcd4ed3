"""Assertions about inspected uploads: the code of a rejection, or a copy in which nothing is hidden."""

import io

import pikepdf
import pytest
from PIL import Image

from files import inspection
from files.inspection import image_sanitizer, results
from tests.helpers.upload_corpus import SCRIPT

FORBIDDEN = (
    b"JavaScript /JS OpenAction /AA Launch SubmitForm /URI jahat EmbeddedFile /EF virus.exe /AcroForm /Annots "
    b"/Metadata xmpmeta PieceInfo Contoh /Producer PK\x03\x04 \x7fELF"
).split() + [SCRIPT]


def refusal_code(data: bytes, name: str = "") -> str:
    """Return the code with which `data` is rejected."""
    with pytest.raises(inspection.UploadRejected) as caught:
        inspection.clean(data, name)
    assert str(caught.value) == results.REJECTIONS[caught.value.code]
    return caught.value.code


def open_image(clean: inspection.InspectedFile) -> Image.Image:
    return Image.open(io.BytesIO(clean.data))


def pixel_at(clean: inspection.InspectedFile, at: tuple[int, int]) -> tuple[int, ...]:
    """Return red, green and blue at `at`."""
    return tuple(open_image(clean).convert("RGB").crop((*at, at[0] + 1, at[1] + 1)).tobytes())


def uncompressed_pdf(data: bytes) -> bytes:
    """Return a PDF with every stream uncompressed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as opened_pdf:
        opened_pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return out.getvalue()


def assert_sanitized(clean: inspection.InspectedFile) -> None:
    if clean.media_type == "image/jpeg":
        picture = open_image(clean)
        assert (picture.format, picture.size) == ("JPEG", (clean.width, clean.height))
        assert max(picture.size) <= 2000 and len(clean.data) <= image_sanitizer.MAX_OUTPUT_BYTES
        assert picture.mode in ("L", "RGB") and all(str(note).startswith("jfif") for note in picture.info)
        assert clean.data.endswith(b"\xff\xd9") and SCRIPT not in clean.data and b"%PDF" not in clean.data
    else:
        found = [word for word in FORBIDDEN if word in uncompressed_pdf(clean.data)]
        assert (clean.media_type, clean.data[:5], found) == ("application/pdf", b"%PDF-", [])
