"""Signs and verifies documents behind one interface; it knows no database, no Flask and no other package of ours."""

from pathlib import Path

from tte.interface import Declined, Signer, Unavailable
from tte.local import Local

__all__ = ["Declined", "Signer", "Unavailable", "open_signer"]


def open_signer(url: str, *, folder: str | Path, allow_demo: bool = True) -> Signer:
    """The signer that TTE_URL names, not yet unlocked; raises Unavailable for one that this version does not have.

    `folder` holds the office's certificates. Where `allow_demo` is false, demonstration certificates do not sign.
    """
    scheme = url.partition(":")[0]  # the rest may hold a password: it stays out of the sentence
    if scheme == "local":
        return Local(folder, allow_demo=allow_demo)
    raise Unavailable(f"Cara tanda tangan elektronik “{scheme}:” belum tersedia di versi ini.")
