"""Export of a list as CSV or XLSX: NIKs masked, safe for spreadsheets (CSV injection), streamed; checks no rights."""

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

import peewee as pw
import xlsxwriter
from flask import Response, send_file, stream_with_context
from xlsxwriter.exceptions import FileCreateError

import templating
import workflow
from lib.database import local
from models import Edition, Permohonan

AT_MOST = {"csv": 200_000, "xlsx": 50_000}  # rows
CHUNK = 1000  # rows that are fetched at a time
# OWASP: CSV injection. Where Excel speaks Indonesian, a semicolon ends a cell, whatever the quotes say.
FORMULA = re.compile(r"(^|[;,|\t\r\n]\s*)(?=[=+\-@\t\r\n|＝＋－＠])")
HEADINGS = (
    "Nomor", "Layanan", "Keadaan", "Jalur", "Desa", "Kecamatan", "Pemohon", "Atas nama", "NIK", "Diajukan",
    "Janji selesai", "Terakhir berubah",
)  # fmt: skip
WIDTHS = (22, 34, 26, 14, 18, 16, 28, 28, 10, 17, 17, 17)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOMENT = "yyyy-mm-dd hh:mm"
Cell = str | datetime


class DiskFull(Exception):
    """A workbook needs room on the disk, as CSV does not."""


def too_many(kind: str) -> str:
    """Say that there are more rows than a file of this format may have."""
    return f"Lebih dari {AT_MOST[kind]:,} baris. Persempit dulu, misalnya per bulan.".replace(",", ".")


def response(kind: str, applications: pw.ModelSelect, ids: pw.ModelSelect) -> Response:
    """Send those of the applications that have these ids, the newest first; raises DiskFull."""
    rows = _rows(applications, ids)
    name = f"permohonan-{local():%Y%m%d-%H%M}.{kind}"
    if kind == "xlsx":
        try:
            return send_file(_workbook(rows), XLSX, as_attachment=True, download_name=name)
        except (OSError, FileCreateError):
            raise DiskFull from None
    answer = Response(stream_with_context(_lines(rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


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
        templating.masked(row.subject_nik or row.applicant_nik),
        *(local(at) if at else "" for at in (row.submitted_at, row.due_at, row.changed_at)),
    ]


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return FORMULA.sub(r"\1'", text)


def _lines(rows: Iterator[list[Cell]]) -> Iterator[str]:
    page = io.StringIO()
    page.write("\N{BYTE ORDER MARK}")  # else Excel reads names wrongly
    writer = csv.writer(page)
    writer.writerow(HEADINGS)
    for cells in rows:
        writer.writerow([f"{one:%Y-%m-%d %H:%M}" if isinstance(one, datetime) else harmless(one) for one in cells])
        if page.tell() > 32_000:
            yield page.getvalue()
            page.seek(0)
            page.truncate()
    yield page.getvalue()


def _workbook(rows: Iterator[list[Cell]]) -> IO[bytes]:
    """The rows as a workbook on disk: text as text, moments as moments."""
    whole = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it, and then it is gone
    book = xlsxwriter.Workbook(whole, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet("Permohonan"), book.add_format({"bold": True})
    moments = book.add_format({"num_format": MOMENT})
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 0)
    for number, cells in enumerate(rows, 1):
        for column, one in enumerate(cells):
            if isinstance(one, datetime):
                sheet.write_datetime(number, column, one, moments)
            else:
                sheet.write_string(number, column, harmless(one))
    book.close()
    whole.seek(0)
    return whole
