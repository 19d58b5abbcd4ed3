"""Inbox channel: notices on the site, stored as rows."""

from models import Notice
from notify.message import Message


def send(message: Message) -> None:
    """Store the notice; a second time it does nothing."""
    Notice.insert(
        outbox=message.outbox,
        permohonan=message.permohonan,
        user=message.user,
        role=message.role,
        subject=message.subject,
        body=message.body,
    ).on_conflict_ignore().execute()
