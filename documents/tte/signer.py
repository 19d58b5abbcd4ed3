"""Interface of signers, and their exceptions."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class SigningDeclined(Exception):
    """Signing is refused until a person acts; the message can be shown, `field` names the input it is about."""

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field


class SigningUnavailable(Exception):
    """The signing service cannot be reached; a retry may succeed. The message can be shown to a person."""


class Signer(Protocol):
    """A signer: the office's own certificates, or a signing service."""

    def sign_all(
        self, pdfs: Iterable[tuple[str, bytes]], *, signer_key: str, passphrase: str, reason: str, location: str
    ) -> Iterator[tuple[str, bytes]]:
        """Sign the PDFs in order; yield each (name, signed bytes) as soon as it is signed and verified.

        Raises SigningDeclined or SigningUnavailable, at the call or between two documents; those already yielded stay
        valid.
        The passphrase is kept no longer than needed and occurs in no message.
        """
