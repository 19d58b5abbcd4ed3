"""Rows 12 and 13: rendering and signing documents, against rendering alone; the dossier."""

from collections.abc import Iterator

import demonstration
import papers
import signing
import tte
from benchmarks.measure import paired
from benchmarks.offices import Line, Office
from intake import drafting
from lib.database import local
from tests.world import World

BATCH = 20


def run(offices: list[Office]) -> Iterator[Line]:
    """Measure on the first office only: the database takes no part."""
    one = offices[0]
    with one.app.app_context():
        world = World()
        permohonan = world.walk(world.submit(), "awaiting_tte")
        document, kadis = drafting.current_documents(permohonan)[0], world.staff["kadis"]
        way = tte.open_signer("local:", folder=signing.folder())
        facts = {"signer_key": "kadis", "passphrase": demonstration.PASSPHRASE, "reason": "-", "location": "-"}

        def draw() -> bytes:
            return papers.final(permohonan, document, kadis, local().date())

        def batch() -> list:
            return list(way.sign_all((("akta", draw()) for _ in range(BATCH)), **facts))

        signed, drawn = paired(batch, lambda: [draw() for _ in range(BATCH)], rounds=3, warm=1)
        note = f"{BATCH / signed.cpu:.0f} a second and core; drawing alone {BATCH / drawn.cpu:.0f}"
        yield Line(12, "signed documents ÷ drawn alone", "", 0, drawn.cpu / signed.cpu, 0.7, note, at_least=True)
        dossier = paired(lambda: papers.dossier(permohonan), rounds=10)[0]
        yield Line(13, "dossier without photos, ms CPU", "", 0, dossier.cpu * 1000, 60)
