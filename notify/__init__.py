"""Notifications: a message is rendered from its event and sent through one channel."""

from notify import email, inbox
from notify.account_mails import for_address, for_appointment, for_recovery
from notify.errors import DeliveryFailed
from notify.message import Message, for_account, for_event

CHANNELS = {"email": email, "inbox": inbox}

__all__ = [
    "CHANNELS",
    "DeliveryFailed",
    "Message",
    "for_account",
    "for_address",
    "for_appointment",
    "for_event",
    "for_recovery",
    "send",
]


def send(message: Message) -> None:
    """Send one message through its channel; raises DeliveryFailed. Channels are idempotent: twice is harmless."""
    if message.channel not in CHANNELS:
        raise DeliveryFailed(f"saluran {message.channel!r} belum ada di CHANNELS (notify/__init__.py)", permanent=False)
    CHANNELS[message.channel].send(message)
