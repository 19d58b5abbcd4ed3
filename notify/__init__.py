"""Tells people what happened: one message, rendered from its event, through one of the channels."""

from notify import email, inbox
from notify.failure import Failed
from notify.message import Message, for_account, for_event
from notify.proofs import for_address, for_recovery

CHANNELS = {"email": email, "inbox": inbox}

__all__ = ["CHANNELS", "Failed", "Message", "for_account", "for_address", "for_event", "for_recovery", "send"]


def send(message: Message) -> None:
    """Deliver one message; raises Failed. Delivering the same message twice is harmless on every channel."""
    if message.channel not in CHANNELS:
        raise Failed(f"saluran {message.channel!r} belum ada di CHANNELS (notify/__init__.py)", permanent=False)
    CHANNELS[message.channel].send(message)
