"""Inbox channel: notices on the site, stored as rows."""

from models import Notice
from notify.message import Message


def send(message: Message) -> None:
    """Store the notice; a second time it does nothing."""
    whose = {"permohonan": message.permohonan, "user": message.user, "role": message.role}
    said = {"subject": message.subject, "body": message.body, "is_pressing": message.is_pressing}
    notice = Notice.insert(outbox=message.outbox, **whose, **said)
    notice.on_conflict_ignore().execute()
