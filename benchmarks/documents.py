"""Rows 12 and 13: rendering and signing documents, against rendering alone; the dossier."""

from collections.abc import Iterator

from benchmarks.offices import Office, ResultLine
from benchmarks.timing import time_in_turn
from documents import preparation, printouts, signing, tte
from lib.database import local
from seed import demo
from tests.helpers.factory import OfficeFactory

BATCH = 20


def run(offices: list[Office]) -> Iterator[ResultLine]:
    """Measure on the first office only: the database takes no part."""
    one = offices[0]
    with one.app.app_context():
        factory = OfficeFactory()
        permohonan = factory.advance_to(factory.submit(), "awaiting_tte")
        document, kadis = preparation.current_documents(permohonan)[0], factory.staff["kadis"]
        way = tte.open_signer("local:", folder=signing.folder())
        facts = {"signer_key": "kadis", "passphrase": demo.PASSPHRASE, "reason": "-", "location": "-"}

        def draw() -> bytes:
            return printouts.pdf_to_sign(permohonan, document, kadis, local().date())

        def batch() -> list:
            return list(way.sign_all((("akta", draw()) for _ in range(BATCH)), **facts))

        signed, drawn = time_in_turn(batch, lambda: [draw() for _ in range(BATCH)], rounds=3, warm=1)
        note = f"{BATCH / signed.cpu:.0f} a second and core; drawing alone {BATCH / drawn.cpu:.0f}"
        yield ResultLine(12, "signed documents ÷ drawn alone", "", 0, drawn.cpu / signed.cpu, 0.7, note, at_least=True)
        dossier = time_in_turn(lambda: printouts.dossier(permohonan), rounds=10)[0]
        yield ResultLine(13, "dossier without photos, ms CPU", "", 0, dossier.cpu * 1000, 60)
