"""E-mail channel: SMTP, or files in INSTANCE_DIR/mail where SMTP_URL is not set."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

from lib.database import now
from notify.errors import DeliveryFailed
from notify.message import Message

TIMEOUT_SECONDS = 20  # seconds of the SMTP connection
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def compose(message: Message) -> EmailMessage:
    """Compose the mail; the same outbox row always has the same Message-ID."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = current_app.config["MAIL_FROM"]
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = now()
    mail["Message-ID"] = f"<{message.id}@{urlsplit(current_app.config['BASE_URL']).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    for name, data in message.files:
        mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return mail


def connect() -> smtplib.SMTP:
    """Open an SMTP session with the server of SMTP_URL."""
    url = urlsplit(current_app.config["SMTP_URL"])
    host, port = url.hostname or "localhost", url.port or DEFAULT_PORTS[url.scheme]
    trust = ssl.create_default_context()
    if host in LOOPBACK_HOSTS:  # loopback: no man in the middle
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=trust)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    if url.scheme == "smtp+starttls":
        server.starttls(context=trust)
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server


def send(message: Message) -> None:
    """Send the mail; raises DeliveryFailed. A refused address (5xx) is permanent, greylisting (4xx) is not."""
    try:
        mail = compose(message)
    except ValueError as reason:
        raise DeliveryFailed(f"alamat atau judul tidak sah: {type(reason).__name__}", permanent=True) from reason
    if not current_app.config["SMTP_URL"]:
        return _write(mail, f"{message.outbox.created_at:%Y%m%d-%H%M%S}-{message.id[:12]}")
    try:
        with connect() as server:
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as reason:
        code, text = next(iter(reason.recipients.values()))
        raise DeliveryFailed(f"alamat ditolak: {code} {_plain(text)}", permanent=code >= 500) from reason
    except smtplib.SMTPResponseException as reason:
        permanent = reason.smtp_code >= 500 and not isinstance(reason, smtplib.SMTPConnectError)
        refused = f"ditolak: {reason.smtp_code} {_plain(reason.smtp_error)}"
        raise DeliveryFailed(refused, permanent=permanent) from reason
    except (smtplib.SMTPException, OSError) as reason:
        raise DeliveryFailed(f"server surat tidak menjawab: {type(reason).__name__}", permanent=False) from reason
    return None


def _plain(text: bytes | str) -> str:
    return (text.decode("ascii", "replace") if isinstance(text, bytes) else text)[:200]


def mail_folder() -> Path:
    """Return the folder of mails that are not sent by SMTP."""
    return Path(current_app.config["INSTANCE_DIR"]) / "mail"


def _write(mail: EmailMessage, name: str) -> None:
    mail_folder().mkdir(mode=0o700, exist_ok=True)
    path = mail_folder() / f"{name}.eml"
    part = path.with_suffix(".part")
    part.write_bytes(bytes(mail))
    os.replace(part, path)
