"""Derives keys by purpose, seals and opens blobs, makes random names; it never stores anything."""

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

Bytes = bytes | bytearray | memoryview
VERSION = b"\x01"
ENVELOPE = 1 + 4 + 12 + 16  # bytes: version, the key's id, nonce; and at the end the tag
BIT = 2**18  # bytes that are sealed at a time
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")


class Unreadable(Exception):
    """A blob was sealed with a key that is not here, belongs to another record, or was changed."""


def subkey(purpose: str, master: bytes | None = None) -> bytes:
    """32 bytes for one purpose, from the first files key unless another is given (HKDF, RFC 5869)."""
    return _derived(purpose, master or current_app.config["FILES_KEYS"][0])


@lru_cache(64)
def _derived(purpose: str, master: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"aku-online", info=purpose.encode()).derive(master)


def seal(data: Bytes, kind: str, ident: str) -> Iterator[Bytes]:
    """Encrypt with AES-256-GCM; only `unseal` with the same kind and ident opens it.

    Gives the blob bit by bit, `ENVELOPE` longer than the data. Each bit lies where the one before lay: write it before
    asking for the next. Five megabytes in one go cost four times as much, most of it for finding room.
    """
    master = current_app.config["FILES_KEYS"][0]
    nonce = secrets.token_bytes(12)
    sealing = Cipher(AES(subkey("files", master)), GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(f"{kind}:{ident}".encode())
    yield VERSION + _key_id(master) + nonce
    data, bit = memoryview(data), memoryview(bytearray(min(BIT, len(data)) + 15))  # as the cipher wants it
    for start in range(0, len(data), BIT):
        yield bit[: sealing.update_into(data[start : start + BIT], bit)]
    yield sealing.finalize() + sealing.tag


def unseal(blob: Bytes, kind: str, ident: str) -> bytes:
    """The bytes that were sealed; raises Unreadable when kind, ident, key or a single bit differs."""
    blob = memoryview(blob)
    version, key_id, nonce, sealed = blob[:1], bytes(blob[1:5]), blob[5:17], blob[17:]
    masters = [key for key in current_app.config["FILES_KEYS"] if _key_id(key) == key_id]
    if version != VERSION or not masters:
        raise Unreadable("kunci berkas ini tidak ada")
    try:
        return AESGCM(subkey("files", masters[0])).decrypt(nonce, sealed, f"{kind}:{ident}".encode())
    except InvalidTag as reason:
        raise Unreadable("berkas ini berubah atau bukan milik catatan ini") from reason


def is_ours(blob: bytes) -> bool:
    """Is the key with which a blob was sealed among those of today? Its first five bytes are enough."""
    return blob[1:5] in {_key_id(master) for master in current_app.config["FILES_KEYS"]}


def _key_id(master: bytes) -> bytes:
    return hashlib.sha256(subkey("key-id", master)).digest()[:4]


def keyed_hash(text: str, purpose: str) -> str:
    """A hex digest nobody can make without the key; for tokens at rest and Message-IDs."""
    return hmac.digest(subkey(purpose), text.encode(), "sha256").hex()


RANDOM_NAME = re.compile(r"[a-z2-7]{26}")  # what `random_name()` returns, as addresses and file names carry it


def random_name(size: int = 16) -> str:
    """A random, unguessable name for addresses and files: lower-case letters and digits 2–7."""
    return base64.b32encode(secrets.token_bytes(size)).decode().rstrip("=").lower()


def random_code(length: int) -> str:
    """`length` random Crockford base-32 characters, which nobody misreads."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))


def unmistaken(typed: str) -> str:
    """A code of such characters as it was meant: without dashes; O, I and L are the digits they look like."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(MISREAD)


def check_character(text: str) -> str:
    """The character that catches one mistyped (but 0 for Z) and most swapped characters: weighted sum modulo 31."""
    values = (CROCKFORD.index(c) for c in text.upper() if c in CROCKFORD)
    return CROCKFORD[sum(value * (place % 30 + 1) for place, value in enumerate(values, 1)) % 31]
