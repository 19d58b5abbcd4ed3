"""The inbox on the site: a row that its readers see when they come."""

from models import Notice
from notify.message import Message


def send(message: Message) -> None:
    """Put it there, once."""
    Notice.insert(
        outbox=message.outbox,
        permohonan=message.permohonan,
        user=message.user,
        role=message.role,
        subject=message.subject,
        body=message.body,
    ).on_conflict_ignore().execute()
