"""Notifications: a message is rendered from its event and sent through one channel."""

from notify import email, inbox
from notify.failure import Failed
from notify.message import Message, for_account, for_event
from notify.proofs import for_address, for_recovery

CHANNELS = {"email": email, "inbox": inbox}

__all__ = ["CHANNELS", "Failed", "Message", "for_account", "for_address", "for_event", "for_recovery", "send"]


def send(message: Message) -> None:
    """Send one message through its channel; raises Failed. Every channel is idempotent: sending twice is harmless."""
    if message.channel not in CHANNELS:
        raise Failed(f"saluran {message.channel!r} belum ada di CHANNELS (notify/__init__.py)", permanent=False)
    CHANNELS[message.channel].send(message)
