"""Sheets of the services in force, for the staff to check, print and sign; it changes nothing."""

import peewee as pw
from flask import request
from flask_admin import expose

import workflow
from admin_views.base import StaffView
from admin_views.scope import abort_not_found
from catalogue import labels, service_sheet, statements
from models import Edition, Layanan


class ServiceSheets(StaffView):
    """Setiap layanan pada satu lembar, dari edisi yang berlaku."""

    name, endpoint = "Lembar layanan", "lembar-layanan"
    roles = (workflow.IT, workflow.KABID, workflow.KADIS, workflow.ADB, workflow.ADMIN)

    @expose("/")
    def index(self):
        """List the services by who verifies them."""
        editions = _editions()
        groups = [
            (name, [one for one in editions if one.body["group"] == code]) for code, name in labels.GROUPS.items()
        ]
        return self.render("staff/layanan/sheet_list.html", groups=groups)

    @expose("/lihat/")
    def sheet(self):
        """Show the sheet of one service."""
        code = request.args.get("kode", "")[:20]
        edition = next((one for one in _editions() if one.layanan.code == code), None) or abort_not_found()
        return self._sheets([edition], f"Lembar {code}")

    @expose("/semua/")
    def all_sheets(self):
        """Show all sheets, to be printed together."""
        return self._sheets(_editions(), "Lembar semua layanan")

    def _sheets(self, editions: list[Edition], heading: str):
        given = statements.stored()
        pairs = [(service_sheet.build(one.body, given), one) for one in editions]
        return self.render("staff/layanan/sheet.html", pairs=pairs, heading=heading)


def _editions() -> list[Edition]:
    """Return the newest edition of every published service, closed ones among them, in the office's order."""
    newest = Edition.select(pw.fn.MAX(Edition.id)).group_by(Edition.layanan)
    query = Edition.select(Edition, Layanan).join(Layanan).where(Edition.id.in_(newest))
    return list(query.order_by(Layanan.position, Layanan.code))
