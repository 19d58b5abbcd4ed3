"""Real servers and programs for the tests: databases, a mail server, a browser, PDF tools. Nothing is mocked.

A test that needs what is not available is skipped with the reason, or fails with CI=true.
"""

from tests.machine.databases import Valkey, drop, postgres, valkey
from tests.machine.mail import Receiver, smtp
from tests.machine.need import lacking, rounds
from tests.machine.programs import chromium, poppler
from tests.machine.servers import Server, fresh_server, office

__all__ = [
    "Receiver",
    "Server",
    "Valkey",
    "chromium",
    "drop",
    "fresh_server",
    "lacking",
    "office",
    "poppler",
    "postgres",
    "rounds",
    "smtp",
    "valkey",
]
