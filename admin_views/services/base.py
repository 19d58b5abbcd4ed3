"""What the pages about one service share: how its row, its edition and the seen version are read; no page."""

from flask import request

import workflow
from admin_views.base import Records
from admin_views.scope import abort_not_found
from models import Edition, Layanan


class ServiceScreen(Records):
    """A screen about services, for Tim TI only."""

    table, title, address = Layanan, "Layanan", "layanan"
    roles = (workflow.IT,)

    def seen(self) -> int:
        """The version of the proposal from which a page was made; -1, which none has, where it is missing."""
        return number(request.form.get("version", ""))

    def named(self, name: str) -> str:
        """One argument of the address, shortened."""
        return request.args.get(name, "")[:100]

    def edition(self, row: Layanan) -> Edition:
        """The edition that the address names by its number."""
        wanted = (Edition.layanan == row.id) & (Edition.number == number(self.named("nomor")))
        return Edition.select().where(wanted).first() or abort_not_found()


def number(text: str) -> int:
    """A whole number as forms and addresses carry it; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
