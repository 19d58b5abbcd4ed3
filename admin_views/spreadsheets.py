"""Files for spreadsheets: CSV and XLSX whose cells no spreadsheet takes for a formula (CSV injection)."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from flask import Response, send_file, stream_with_context
from xlsxwriter.exceptions import FileCreateError

from lib.database import local

AT_MOST = {"csv": 200_000, "xlsx": 50_000}  # rows
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOMENT, DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
# OWASP: CSV injection. Where Excel speaks Indonesian, a semicolon ends a cell, whatever the quotes say.
FORMULA = re.compile(r"(^|[;,|\t\r\n]\s*)(?=[=+\-@\t\r\n|＝＋－＠])")
SEPARATOR = ";"  # and a decimal comma: an Excel that speaks Indonesian opens nothing else in columns
LONG_NUMBER = re.compile(r"0[0-9]+|[0-9]{12,}")  # NIK, KK, telephone: digits that are no quantity
Row = Sequence[Any]  # of texts, numbers, days, and moments of the office's clock


class DiskFull(Exception):
    """A workbook needs room on the disk, as CSV does not."""


def response(stem: str, kind: str, title: str, headings: Sequence[str], rows: Iterable[Row], widths=()) -> Response:
    """Send a file in one of the formats of AT_MOST, CSV streamed; raises DiskFull."""
    name = f"{stem}-{local():%Y%m%d-%H%M}.{kind}"
    if kind == "xlsx":
        try:
            return send_file(workbook(title, headings, rows, widths), XLSX, as_attachment=True, download_name=name)
        except (OSError, FileCreateError):
            words = "Tempat di server penuh, jadi XLSX tidak dapat dibuat. Unduh CSV, dan beri tahu Tim TI."
            raise DiskFull(words) from None
    answer = Response(stream_with_context(csv_lines(headings, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return FORMULA.sub(r"\1'", text)


def csv_lines(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a CSV file in pieces, to be streamed."""
    page = io.StringIO()
    page.write("\N{BYTE ORDER MARK}")  # else Excel reads names wrongly
    writer = csv.writer(page, delimiter=SEPARATOR)
    writer.writerow([harmless(one) for one in headings])
    for cells in rows:
        writer.writerow([_written(one) for one in cells])
        if page.tell() > 32_000:
            yield page.getvalue()
            page.seek(0)
            page.truncate()
    yield page.getvalue()


def _written(value) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value).replace(".", ",")
    if LONG_NUMBER.fullmatch(str(value)):
        return f'="{value}"'  # else Excel makes 5,1E+15 of it
    return harmless(str(value))


def workbook(title: str, headings: Sequence[str], rows: Iterable[Row], widths: Sequence[int] = ()) -> IO[bytes]:
    """Write an XLSX file on disk: text as text, moments as moments. Raises OSError or FileCreateError without room."""
    whole = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it, and then it is gone
    book = xlsxwriter.Workbook(whole, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "Data")
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": shape}) for kind, shape in ((datetime, MOMENT), (date, DAY))}
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, widths[column] if column < len(widths) else max(12, len(heading) + 2))
        sheet.write_string(0, column, harmless(heading), bold)
    sheet.freeze_panes(1, 0)
    for number, cells in enumerate(rows, 1):
        for column, one in enumerate(cells):
            if isinstance(one, date):
                sheet.write_datetime(number, column, one, formats[datetime if isinstance(one, datetime) else date])
            elif isinstance(one, int | float) and not isinstance(one, bool):
                sheet.write_number(number, column, one)
            else:
                sheet.write_string(number, column, harmless(str(one)))
    book.close()
    whole.seek(0)
    return whole
