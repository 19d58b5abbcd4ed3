"""Import of a service's definition as a proposal, and the guard that no pending proposal is overwritten."""

from flask import flash
from werkzeug.datastructures import FileStorage

from catalogue import import_export, proposals
from lib.encryption import RANDOM_NAME
from models import Layanan, StoredFile

PENDING = "Masih ada usulan {} yang belum terbit. Terbitkan atau buang dulu, supaya tidak ada yang hilang."


def refuse_pending_proposal(row: Layanan) -> None:
    """Raise ProposalRefused if the service has a proposal that is not published yet."""
    if row.proposal is not None:
        raise proposals.ProposalRefused(PENDING.format(row.code))


def import_file(posted: FileStorage | None, user) -> Layanan:
    """Make an uploaded TOML file the proposal of its service, which is created if there is none; return the service.

    Raises ImportRefused for a file that is no definition, ProposalRefused or ProposalConflict.
    """
    if posted is None or not posted.filename:
        raise import_export.ImportRefused("Pilih berkas .toml dulu.")
    body = _without_missing_samples(import_export.from_toml(posted.stream.read(import_export.MAX_BYTES + 1)))
    row = Layanan.get_or_none(Layanan.code == body["code"])
    if row is None:
        return proposals.create_service(body["code"], body, user)
    refuse_pending_proposal(row)
    proposals.save(row, body, row.version, user)
    return row


def _without_missing_samples(body: dict) -> dict:
    """Remove the sample pictures that another office uploaded: the file does not contain them."""
    uploaded = [one for one in body["requirements"] if RANDOM_NAME.fullmatch(one.get("sample", ""))]
    for one in uploaded:
        here = (StoredFile.key == one["sample"]) & (StoredFile.kind == "sample")
        if not StoredFile.select().where(here).exists():
            del one["sample"]
            flash(f"Gambar contoh “{one['name']['id']}” tidak ikut; unggah lagi di sini.", "warn")
    return body
