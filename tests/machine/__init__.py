"""Gets by itself what the tests need of a machine: databases, a mail server, a browser, tools; it mocks nothing.

Whatever cannot be had is a skipped test with its reason, and a failed one with CI=true.
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
