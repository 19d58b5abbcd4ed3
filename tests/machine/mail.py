"""An SMTP server on loopback that stores mail in memory and fails on demand."""

import asyncio
import email
import email.policy
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session


def _controller() -> "type[Controller]":
    """Import aiosmtpd, which takes a decorator from PyPI's package `public`: ours of that name hides it."""
    ours = sys.modules.pop("public", None)
    sys.modules["public"] = theirs = ModuleType("public")
    vars(theirs)["public"] = lambda thing: thing
    from aiosmtpd.controller import Controller

    del sys.modules["public"]
    sys.modules |= {"public": ours} if ours else {}
    return Controller


@dataclass
class ReceivedMail:
    """A message as the server received it."""

    sender: str
    recipients: list[str]
    message: EmailMessage


@dataclass
class SmtpFault:
    """An error to answer instead of accepting a mail: for which recipients (a part of the address), and how often."""

    answer: str
    address: str
    times: float

    def applies_to(self, recipients: list[str]) -> bool:
        if self.times < 1 or not any(self.address in recipient for recipient in recipients):
            return False
        self.times -= 1
        return True


@dataclass
class MailServer:
    """The server: its URL, the mail it received, and methods that make it fail (`times` times)."""

    url: str = ""
    letters: list[ReceivedMail] = field(default_factory=list)
    delay: float = 0.0  # seconds before each answer to RCPT
    at_rcpt: list[SmtpFault] = field(default_factory=list)
    at_data: list[SmtpFault] = field(default_factory=list)
    drops: float = 0

    def refuse(self, address: str = "", answer: str = "550 5.1.1 No such user", times: float = float("inf")) -> None:
        """Reject this recipient permanently."""
        self.at_rcpt.append(SmtpFault(answer, address, times))

    def greylist(
        self, address: str = "", answer: str = "451 4.7.1 Greylisted, try again later", times: int = 1
    ) -> None:
        """Reject this recipient temporarily."""
        self.at_rcpt.append(SmtpFault(answer, address, times))

    def refuse_content(self, answer: str = "552 5.3.4 Message too big", times: float = float("inf")) -> None:
        """Reject the message after DATA."""
        self.at_data.append(SmtpFault(answer, "", times))

    def drop_after_data(self, times: int = 1) -> None:
        """Accept the message, then drop the connection before the answer, so that the sender cannot know."""
        self.drops += times

    async def handle_RCPT(
        self, server: "SMTP", session: "Session", envelope: "Envelope", address: str, options: list
    ) -> str:
        await asyncio.sleep(self.delay)
        for misbehaviour in self.at_rcpt:
            if misbehaviour.applies_to([address]):
                return misbehaviour.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: "SMTP", session: "Session", envelope: "Envelope") -> str:
        for misbehaviour in self.at_data:
            if misbehaviour.applies_to(envelope.rcpt_tos):
                return misbehaviour.answer
        self.letters.append(_received_mail(envelope))
        if self.drops >= 1 and isinstance(server.transport, asyncio.Transport):
            self.drops -= 1
            server.transport.abort()
        return "250 OK"


def _received_mail(envelope: "Envelope") -> ReceivedMail:
    content = envelope.original_content or b""
    message = email.message_from_bytes(content, policy=email.policy.default)
    return ReceivedMail(envelope.mail_from or "", list(envelope.rcpt_tos), message)


@contextmanager
def smtp() -> Iterator[MailServer]:
    """Run a mail server for the duration of the `with`; its `.url` is an SMTP_URL."""
    receiver, listener = MailServer(), socket.create_server(("127.0.0.1", 0))
    host, port = listener.getsockname()
    controller = _controller()(receiver, hostname=host, port=port, ready_timeout=60)
    serve = partial(controller.loop.create_server, controller._factory_invoker, sock=listener)
    controller._create_server = serve  # type: ignore[method-assign]
    controller.start()
    receiver.url = f"smtp://{host}:{port}"
    try:
        yield receiver
    finally:
        controller.stop()
        listener.close()
