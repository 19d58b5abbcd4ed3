"""What every way of signing promises; it holds no way of signing itself."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class Declined(Exception):
    """A person must do something first; the message is fit to show to them, `field` names the answer it is about."""

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field


class Unavailable(Exception):
    """The service behind cannot be reached; the same press may succeed later. The message is fit to show."""


class Signer(Protocol):
    """One way of signing: the office's own certificates, or a service."""

    def sign_all(
        self, pdfs: Iterable[tuple[str, bytes]], *, signer_key: str, passphrase: str, reason: str, location: str
    ) -> Iterator[tuple[str, bytes]]:
        """Yield each (name, signed bytes) as soon as it is signed and verified, in the order given.

        Raises Declined or Unavailable, at the call or between two documents; what was yielded before stays valid.
        The passphrase is kept no longer than the call needs it and occurs in no message.
        """
