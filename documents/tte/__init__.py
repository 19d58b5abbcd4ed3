"""Electronic signatures (TTE): signing and verification of PDFs behind one interface. No database, no Flask."""

from pathlib import Path

from documents.tte.local_signer import LocalSigner
from documents.tte.signer import Signer, SigningDeclined, SigningUnavailable

__all__ = ["Signer", "SigningDeclined", "SigningUnavailable", "open_signer"]


def open_signer(url: str, *, folder: str | Path, allow_demo: bool = True) -> Signer:
    """Return the signer for TTE_URL, still locked; raise SigningUnavailable for a scheme that isn't supported.

    `folder` holds the office's certificates. If `allow_demo` is false, demonstration certificates are rejected.
    """
    scheme = url.partition(":")[0]  # the rest may contain a password
    if scheme == "local":
        return LocalSigner(folder, allow_demo=allow_demo)
    raise SigningUnavailable(f"Cara tanda tangan elektronik “{scheme}:” belum tersedia di versi ini.")
