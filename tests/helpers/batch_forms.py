"""Bulk actions by HTTP: posting the selection of a queue, and parsing the result page."""

import re

from documents import signing
from models import Document, Permohonan


def post_batch(person, screen, action, rows, **answers):
    """Post a bulk action for these rows as the screen shows them, and follow the redirect to its result."""
    form = {f"version-{row.key}": str(row.version) for row in rows}
    form |= {f"shown-{row.key}": signing.digest_of_documents(row) for row in rows} if "answered" in answers else {}
    form |= answers
    answer = person.post(f"/petugas/{screen}/massal/", action=action, rowid=[row.key for row in rows], **form)
    return person.get(answer.location) if answer.status_code == 303 else answer


def batch_result(answer):
    """Return the result of a bulk action on a page: the summary, and each (number, sentence)."""
    part = answer.text.split("data-told", 1)[1].split("</section>", 1)[0]
    title = re.search(r"</svg> ([^<]+)</h2>", part)[1]
    return title, re.findall(r"<li><b[^>]*>([^<]+)</b> ([^<]+?) *<", part)


def states_of(rows):
    return [Permohonan.get_by_id(row.id).state for row in rows]


def count_signed(rows):
    files = Document.select().where(Document.permohonan.in_(rows), Document.kind == "pdf", Document.file.is_null(False))
    return files.count()
