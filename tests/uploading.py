"""Assertions about inspected uploads: the code of a rejection, or a copy in which nothing is hidden."""

import io

import pikepdf
import pytest
from PIL import Image

import uploads
from tests.corpus import SCRIPT
from uploads import pictures, verdicts

FORBIDDEN = (
    b"JavaScript /JS OpenAction /AA Launch SubmitForm /URI jahat EmbeddedFile /EF virus.exe /AcroForm /Annots "
    b"/Metadata xmpmeta PieceInfo Contoh /Producer PK\x03\x04 \x7fELF"
).split() + [SCRIPT]


def refusal(data: bytes, name: str = "") -> str:
    """Return the code with which `data` is rejected."""
    with pytest.raises(uploads.Refused) as caught:
        uploads.clean(data, name)
    assert str(caught.value) == verdicts.SENTENCES[caught.value.code]
    return caught.value.code


def opened(clean: uploads.Clean) -> Image.Image:
    return Image.open(io.BytesIO(clean.data))


def pixel(clean: uploads.Clean, at: tuple[int, int]) -> tuple[int, ...]:
    """Return red, green and blue at `at`."""
    return tuple(opened(clean).convert("RGB").crop((*at, at[0] + 1, at[1] + 1)).tobytes())


def laid_open(data: bytes) -> bytes:
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


def assert_nothing_hides_in(clean: uploads.Clean) -> None:
    if clean.media_type == "image/jpeg":
        picture = opened(clean)
        assert (picture.format, picture.size) == ("JPEG", (clean.width, clean.height))
        assert max(picture.size) <= 2000 and len(clean.data) <= pictures.MAX_STORED
        assert picture.mode in ("L", "RGB") and all(str(note).startswith("jfif") for note in picture.info)
        assert clean.data.endswith(b"\xff\xd9") and SCRIPT not in clean.data and b"%PDF" not in clean.data
    else:
        found = [word for word in FORBIDDEN if word in laid_open(clean.data)]
        assert (clean.media_type, clean.data[:5], found) == ("application/pdf", b"%PDF-", [])
