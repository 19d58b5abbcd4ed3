"""Taking a list away as CSV or XLSX: within reach, masked, safe for spreadsheets, streamed, and logged."""

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

import peewee as pw
import xlsxwriter
from flask import Response, flash, redirect, request, send_file, stream_with_context
from flask_admin import expose
from flask_login import current_user
from xlsxwriter.exceptions import FileCreateError

import templating
import trail
import workflow
from admin_views.finding import Finding
from admin_views.scope import missing
from admin_views.searching import kind_of
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


class Exporting(Finding):
    """A list that can be searched and taken away."""

    @expose("/ekspor/", methods=("POST",))
    def export_view(self):
        """The list as it is narrowed now, as a file; the log says who took it."""
        kind, asked = request.form.get("format", ""), self.asked()
        if kind not in AT_MOST:
            missing()
        found = self.narrow().select(Permohonan.id)
        count = found.clone().limit(AT_MOST[kind] + 1).count()
        if count > AT_MOST[kind]:
            flash(f"Lebih dari {AT_MOST[kind]:,} baris. Persempit dulu, misalnya per bulan.".replace(",", "."), "error")
            return redirect(self.get_url(".index_view", cari=asked.key if asked else None), 303)
        trail.record_export(current_user.id, kind, _told(asked.wanted if asked else {}), count)
        rows = self._rows(found)
        name = f"permohonan-{local():%Y%m%d-%H%M}.{kind}"
        if kind == "xlsx":
            return self._book(rows, name)
        answer = Response(stream_with_context(_lines(rows)), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f"attachment; filename={name}"
        return answer

    def _book(self, rows: Iterator[list[Cell]], name: str):
        """A workbook needs room on the disk, as CSV does not."""
        try:
            return send_file(_book(rows), XLSX, as_attachment=True, download_name=name)
        except (OSError, FileCreateError):
            flash("Tempat di server penuh, jadi XLSX tidak dapat dibuat. Unduh CSV, dan beri tahu Tim TI.", "error")
            return redirect(self.back(), 303)

    def _rows(self, found: pw.ModelSelect) -> Iterator[list[Cell]]:
        """The newest first, so many at a time that memory doesn't grow with them."""
        names: dict[int, str] = {}
        last: int | None = None
        while True:
            ids = found.where(Permohonan.id < last) if last else found
            wanted = ids.order_by(Permohonan.id.desc()).limit(CHUNK)
            chunk = list(self.get_query().where(Permohonan.id.in_(wanted)).order_by(Permohonan.id.desc()))
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


def _book(rows: Iterator[list[Cell]]) -> IO[bytes]:
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


def _told(wanted: dict[str, str]) -> dict[str, str]:
    """What the log may say of a search: of typed text only its kind, for it may be a NIK or a name."""
    return wanted | ({"q": kind_of(wanted["q"])} if "q" in wanted else {})
