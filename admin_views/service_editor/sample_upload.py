"""Sample pictures of requirements, uploaded by the office: inspected like every upload, then resized and stored."""

import io

from PIL import Image
from werkzeug.datastructures import FileStorage

from files import inspection, storage
from lib.database import transaction

MAX_WIDTH = 900  # pixels; it is read on phones over slow lines


def save_sample(posted: FileStorage) -> str:
    """Store a picture under a new key and return the key. Raises UploadRejected or StorageError."""
    clean = inspection.clean(posted.read(), posted.filename or "")
    if clean.media_type != "image/jpeg":
        raise inspection.UploadRejected("Gambar contoh harus foto (JPG, PNG, HEIC, atau WebP), bukan PDF.")
    stored = storage.store(_shrink(clean.data), kind="sample", media_type="image/jpeg", name="contoh.jpg")
    with transaction():
        stored.save(force_insert=True)
    return stored.key


def _shrink(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:  # our own copy, not what was sent
        picture.thumbnail((MAX_WIDTH, MAX_WIDTH))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
