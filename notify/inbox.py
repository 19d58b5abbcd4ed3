"""Inbox channel: notices on the site, stored as rows."""

from models import Notice
from notify.message import Message


def send(message: Message) -> None:
    """Store the notice; a second time it does nothing."""
    whose = {"permohonan": message.permohonan, "user": message.user, "role": message.role}
    notice = Notice.insert(outbox=message.outbox, subject=message.subject, body=message.body, **whose)
    notice.on_conflict_ignore().execute()
