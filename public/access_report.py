"""The access report: which staff roles opened an applicant's data, and when (UU 27/2022 Art. 32)."""

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

import workflow
from casework import access_log
from lib.i18n import N_
from public import access

VIEW_LABELS = {
    "page": N_("membuka isian dan riwayat"),
    "file": N_("membuka dokumen"),
    "paper": N_("mencetak permohonan atau slip"),
}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/akses", "access_report", access_report)


@access.login_required
def access_report(key: str) -> str:
    """Show the access log of one application, newest first; officers by role, since the office answers for them."""
    permohonan = access.own_application(key)
    if permohonan.submitted_at is None:
        abort(404)
    lines = [(row.at, _(_role_label(row.role)), _(VIEW_LABELS[row.what])) for row in access_log.accesses(permohonan)]
    return render_template("public/access_report.html", permohonan=permohonan, lines=lines)


def _role_label(code: str) -> str:
    return workflow.ROLES[code].label if code in workflow.ROLES else "Petugas"
