"""Encryption: key derivation, authenticated encryption of blobs, keyed hashes and random tokens. Stores nothing."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from lib.text_normalization import normalize_number

BytesLike = bytes | bytearray | memoryview
ENVELOPE_VERSION = b"\x01"
ENVELOPE_BYTES = 1 + 4 + 12 + 16  # bytes: version, key id, nonce and authentication tag
CHUNK_BYTES = 2**18  # bytes that are encrypted at a time
CROCKFORD_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD_CHARACTERS = str.maketrans("OIL", "011")


class DecryptionError(Exception):
    """A blob was changed, belongs to another record, or was encrypted with a key not in FILES_KEY."""


def derive_key(purpose: str, master: bytes | None = None) -> bytes:
    """Derive a 32-byte key for one purpose from the first files key, or from `master` (HKDF, RFC 5869)."""
    return _hkdf(purpose, master or current_app.config["FILES_KEYS"][0])


@lru_cache(64)
def _hkdf(purpose: str, master: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"aku-online", info=purpose.encode()).derive(master)


def encrypt(data: BytesLike, kind: str, ident: str) -> Iterator[BytesLike]:
    """Encrypt with AES-256-GCM; only `decrypt` with the same kind and ident decrypts it.

    Yields the blob in chunks, ENVELOPE_BYTES longer than the data. The chunks share one buffer: write each before
    asking for the next. Encrypting five megabytes at once takes four times as long, mostly for allocating memory.
    """
    master = current_app.config["FILES_KEYS"][0]
    nonce = secrets.token_bytes(12)
    sealing = Cipher(AES(derive_key("files", master)), GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(f"{kind}:{ident}".encode())
    yield ENVELOPE_VERSION + _key_id(master) + nonce
    data, bit = memoryview(data), memoryview(bytearray(min(CHUNK_BYTES, len(data)) + 15))  # as the cipher wants it
    for start in range(0, len(data), CHUNK_BYTES):
        yield bit[: sealing.update_into(data[start : start + CHUNK_BYTES], bit)]
    yield sealing.finalize() + sealing.tag


def decrypt(blob: BytesLike, kind: str, ident: str) -> bytes:
    """Decrypt a blob; raise DecryptionError when kind, ident, key or a single bit differs."""
    blob = memoryview(blob)
    version, key_id, nonce, sealed = blob[:1], bytes(blob[1:5]), blob[5:17], blob[17:]
    masters = [key for key in current_app.config["FILES_KEYS"] if _key_id(key) == key_id]
    if version != ENVELOPE_VERSION or not masters:
        raise DecryptionError("kunci berkas ini tidak ada")
    try:
        return AESGCM(derive_key("files", masters[0])).decrypt(nonce, sealed, f"{kind}:{ident}".encode())
    except InvalidTag as reason:
        raise DecryptionError("berkas ini berubah atau bukan milik catatan ini") from reason


def has_key_for(blob: bytes) -> bool:
    """Return whether FILES_KEY holds the key of a blob, of which the first five bytes are enough."""
    return blob[1:5] in {_key_id(master) for master in current_app.config["FILES_KEYS"]}


def _key_id(master: bytes) -> bytes:
    return hashlib.sha256(derive_key("key-id", master)).digest()[:4]


def keyed_hash(text: str, purpose: str) -> str:
    """Return an HMAC-SHA-256 as hex digits; for tokens at rest and Message-IDs."""
    return hmac.digest(derive_key(purpose), text.encode(), "sha256").hex()


RANDOM_NAME = re.compile(r"[a-z2-7]{26}")  # what `random_token()` returns, as addresses and file names carry it


def random_token(size: int = 16) -> str:
    """Return a random token for URLs and file names: lower-case letters and digits 2–7."""
    return base64.b32encode(secrets.token_bytes(size)).decode().rstrip("=").lower()


def random_code(length: int) -> str:
    """Return `length` random Crockford base-32 characters, an alphabet without look-alikes."""
    return "".join(secrets.choice(CROCKFORD_ALPHABET) for _ in range(length))


def normalize_code(typed: str) -> str:
    """Normalize a typed Crockford code: upper case, no dashes, O, I and L read as 0, 1 and 1."""
    return re.sub(r"[^0-9A-Z]", "", normalize_number(typed).upper()).translate(MISREAD_CHARACTERS)


def check_character(text: str) -> str:
    """Return a check character (weighted sum modulo 31): catches one wrong (but 0 for Z), most swapped characters."""
    values = (CROCKFORD_ALPHABET.index(c) for c in text.upper() if c in CROCKFORD_ALPHABET)
    return CROCKFORD_ALPHABET[sum(value * (place % 30 + 1) for place, value in enumerate(values, 1)) % 31]
