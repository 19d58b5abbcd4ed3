"""A server of its own for browser tests, with its database open in the test."""

import io
from contextlib import contextmanager

from PIL import Image

from app import create_app
from lib.database import database
from tests import machine
from tests.helpers.browser_person import photo
from tests.helpers.factory import OfficeFactory


@contextmanager
def browser_office(**settings):
    """Start a fresh server; yield it and a factory on its database. No worker runs: call `outbox.drain()`."""
    with machine.fresh_server(**settings) as server:
        app = create_app(INSTANCE_DIR=server.env["INSTANCE_DIR"], TESTING=True, ARGON2_COST=server.env["ARGON2_COST"])
        with app.app_context():
            yield server, OfficeFactory(_sample_upload())
            database.close()


def _sample_upload():
    """Return a small PNG that stands for every upload."""
    out = io.BytesIO()
    Image.open(io.BytesIO(photo("contoh unggahan", size=(600, 800)))).convert("1").save(out, "PNG")
    return out.getvalue()
