"""Virus scanner: sends a file to clamd with INSTREAM. No answer counts as an error, never as clean."""

import logging
import socket
import struct
from urllib.parse import urlsplit

from files.inspection.results import InspectionBusy, UploadRejected

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 8.0  # timeout of the connection and of each read
CHUNK_BYTES = 2**16  # bytes at a time
MAX_ANSWER = 1000  # bytes of an answer


def scan(data: bytes, url: str) -> None:
    """Scan `data` with the clamd at `url` (unix:///… or tcp://host:port); raise UploadRejected unless it answers OK."""
    try:
        with _connect(url) as wire:
            answer = _instream(wire, data)
    except (OSError, ValueError) as fault:
        log.error("clamd at %s does not answer: %s", url, fault)
        raise InspectionBusy.from_code("unavailable") from fault
    if answer.endswith("FOUND"):
        log.warning("clamd refused an upload: %s", answer[:100])
        raise UploadRejected.from_code("infected")
    if answer != "stream: OK":
        log.error("clamd could not look into an upload: %r", answer[:100])
        raise InspectionBusy.from_code("unavailable")


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=TIMEOUT_SECONDS)
    wire = socket.socket(socket.AF_UNIX)
    wire.settimeout(TIMEOUT_SECONDS)
    try:
        wire.connect(parts.path)
    except OSError:
        wire.close()
        raise
    return wire


def _instream(wire: socket.socket, data: bytes) -> str:
    wire.sendall(b"zINSTREAM\0")
    for at in range(0, len(data), CHUNK_BYTES):
        piece = data[at : at + CHUNK_BYTES]
        wire.sendall(struct.pack(">I", len(piece)) + piece)
    wire.sendall(struct.pack(">I", 0))
    said = b""
    while not said.endswith(b"\0") and len(said) < MAX_ANSWER and (piece := wire.recv(MAX_ANSWER)):
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
