"""Export of a list as CSV or XLSX: NIKs masked, the newest first, streamed; it checks no rights."""

from collections.abc import Iterator
from datetime import datetime

import peewee as pw
from flask import Response

import workflow
from admin_views import spreadsheets
from catalogue.nik import mask_nik
from lib.database import local
from models import Edition, Permohonan

AT_MOST = spreadsheets.AT_MOST
CHUNK = 1000  # rows that are fetched at a time
HEADINGS = (
    "Nomor", "Layanan", "Keadaan", "Jalur", "Desa", "Kecamatan", "Pemohon", "Atas nama", "NIK", "Diajukan",
    "Janji selesai", "Terakhir berubah",
)  # fmt: skip
WIDTHS = (22, 34, 26, 14, 18, 16, 28, 28, 10, 17, 17, 17)
Cell = str | datetime


def too_many(kind: str) -> str:
    """Say that there are more rows than a file of this format may have."""
    return f"Lebih dari {AT_MOST[kind]:,} baris. Persempit dulu, misalnya per bulan.".replace(",", ".")


def response(kind: str, applications: pw.ModelSelect, ids: pw.ModelSelect) -> Response:
    """Send those of the applications that have these ids; raises spreadsheets.DiskFull."""
    return spreadsheets.response("permohonan", kind, "Permohonan", HEADINGS, _rows(applications, ids), WIDTHS)


def _rows(applications: pw.ModelSelect, ids: pw.ModelSelect) -> Iterator[list[Cell]]:
    """So many at a time that memory doesn't grow with them."""
    names: dict[int, str] = {}
    last: int | None = None
    while True:
        below = ids.where(Permohonan.id < last) if last else ids
        wanted = below.order_by(Permohonan.id.desc()).limit(CHUNK)
        chunk = list(applications.where(Permohonan.id.in_(wanted)).order_by(Permohonan.id.desc()))
        unknown = {row.edition_id for row in chunk} - names.keys()
        for edition in Edition.select().where(Edition.id.in_(unknown)) if unknown else ():
            names[edition.id] = edition.body["name"]["id"]
        for row in chunk:
            yield _cells(row, names[row.edition_id])
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].id


def _cells(row: Permohonan, layanan: str) -> list[Cell]:
    village = row.village
    return [
        row.number,
        layanan,
        workflow.STATES[row.state].label,
        workflow.TRACKS[row.track],
        village.name if village else "",
        village.district.name if village else "",
        row.applicant_name,
        row.subject_name,
        mask_nik(row.subject_nik or row.applicant_nik),
        *(local(at) if at else "" for at in (row.submitted_at, row.due_at, row.changed_at)),
    ]
