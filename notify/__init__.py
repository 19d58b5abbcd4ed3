"""Tells people what happened: one message, rendered from its event, through one of the channels."""

from notify import email, inbox
from notify.failure import Failed
from notify.message import Message, for_account, for_event

CHANNELS = {"email": email, "inbox": inbox}

__all__ = ["CHANNELS", "Failed", "Message", "for_account", "for_event", "send"]


def send(message: Message) -> None:
    """Deliver one message; raises Failed. Delivering the same message twice is harmless on every channel."""
    CHANNELS[message.channel].send(message)
