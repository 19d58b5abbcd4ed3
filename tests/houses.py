"""Whole offices for people at browsers: a server of their own, its tables in reach of the test; it tests nothing."""

import io
from contextlib import contextmanager

from PIL import Image

from app import create_app
from lib.database import database
from tests import machine
from tests.browsing import photo
from tests.world import World


@contextmanager
def house(**settings):
    """A fresh server, and the world behind it: (server, world). No worker runs; `outbox.drain()` does its work."""
    with machine.fresh_server(**settings) as server:
        app = create_app(INSTANCE_DIR=server.env["INSTANCE_DIR"], TESTING=True, ARGON2_COST=server.env["ARGON2_COST"])
        with app.app_context():
            yield server, World(_paper())
            database.close()


def _paper():
    """Something to look at, which stands for every upload."""
    out = io.BytesIO()
    Image.open(io.BytesIO(photo("contoh unggahan", size=(600, 800)))).convert("1").save(out, "PNG")
    return out.getvalue()
