"""Electronic signatures (TTE): signing and verification of PDFs behind one interface. No database, no Flask."""

from pathlib import Path

from tte.interface import Declined, Signer, Unavailable
from tte.local import Local

__all__ = ["Declined", "Signer", "Unavailable", "open_signer"]


def open_signer(url: str, *, folder: str | Path, allow_demo: bool = True) -> Signer:
    """Return the signer for TTE_URL, still locked; raise Unavailable for a scheme that this version doesn't support.

    `folder` holds the office's certificates. If `allow_demo` is false, demonstration certificates are rejected.
    """
    scheme = url.partition(":")[0]  # the rest may contain a password
    if scheme == "local":
        return Local(folder, allow_demo=allow_demo)
    raise Unavailable(f"Cara tanda tangan elektronik “{scheme}:” belum tersedia di versi ini.")
