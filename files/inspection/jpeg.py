"""JPEG segments: parsing, a limit on scans, removal of metadata. Decodes nothing."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from files.inspection.results import UploadRejected

MAX_SCANS = 50  # real encoders write at most about twenty; a decoder processes the whole picture for each

_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")  # neither a stuffed byte, a filler nor a restart marker
_END = b"\xff\xd9"
_NOISE = bytes(number * 89 % 255 for number in range(4096))  # no marker: no byte is 255
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_KEPT_APPS = frozenset({0xE0, 0xEE})  # JFIF and Adobe: without the latter the colours of CMYK and RGB change
_METADATA = (frozenset(range(0xE0, 0xF0)) | {0xFE}) - _KEPT_APPS


class Segment(NamedTuple):
    """A JPEG segment: its marker, and its positions in the data."""

    marker: int
    start: int
    end: int


def segments(data: bytes) -> Iterator[Segment]:
    """Yield the segments up to the end-of-image marker; bytes after it are not part of the picture."""
    at = 2
    while found := _MARKER.search(data, at):
        marker, at = found[1][0], found.end()
        if marker == _EOI:
            yield Segment(marker, found.start(), at)
            return
        if marker in (_SOI, _TEM):
            continue
        at += max(2, int.from_bytes(data[at : at + 2], "big"))
        yield Segment(marker, found.start(), at)


def is_whole(data: bytes) -> bool:
    """Return whether the end-of-image marker is there."""
    return any(segment.marker == _EOI for segment in segments(data))


def endings(data: bytes) -> tuple[bytes, bytes]:
    """Return the picture with the end that it lacks, and once more with noise before the end.

    A decoder paints missing pixels grey and says nothing. Noise is ignored where none are missing, and shows where some
    are.
    """
    data = data.rstrip(b"\xff")
    return data + _END, data + _NOISE + _END


def reject_excessive_scans(data: bytes) -> None:
    """Raise UploadRejected when the picture has so many scans that decoding takes minutes."""
    if sum(segment.marker == _SOS for segment in segments(data)) > MAX_SCANS:
        raise UploadRejected.from_code("scans")


def strip_metadata(data: bytes) -> bytes:
    """Return the picture without metadata: EXIF, colour profiles, comments and trailing bytes."""
    kept, last, in_scan = [data[:2]], 2, False
    for marker, start, end in segments(data):
        if in_scan:
            kept.append(data[last:start])
        if marker not in _METADATA:
            kept.append(data[start:end])
        in_scan, last = marker == _SOS, end
    if in_scan:  # the end-of-image marker is missing
        kept.append(data[last:])
    return b"".join(kept)
