"""Real servers and programs for the tests: databases, a mail server, a browser, PDF tools. Nothing is mocked.

A test that needs what is not available is skipped with the reason, or fails with CI=true.
"""

from tests.machine.databases import Valkey, drop, postgres, valkey
from tests.machine.mail import MailServer, smtp
from tests.machine.prerequisites import repetitions, skip_missing
from tests.machine.programs import chromium, poppler
from tests.machine.servers import Server, fresh_server, initialised_instance

__all__ = [
    "MailServer",
    "Server",
    "Valkey",
    "chromium",
    "drop",
    "fresh_server",
    "initialised_instance",
    "poppler",
    "postgres",
    "repetitions",
    "skip_missing",
    "smtp",
    "valkey",
]
