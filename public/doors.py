"""Who may come in: signed-in applicants, to their own applications only; it must not know any page's contents."""

import re
from collections.abc import Callable
from functools import wraps

import peewee as pw
from flask import abort, redirect, request, url_for
from flask_login import current_user

from accounts.reach import reaching
from lib import fast_sql
from models import Edition, Layanan, Permohonan

KEY = re.compile(r"[a-z2-7]{26}")
SAFE = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./?=&%+~]*")


def signed_in(view: Callable) -> Callable:
    """Ask visitors to sign in, and bring them back here afterwards."""

    @wraps(view)
    def guarded(**parts):
        if current_user.is_authenticated:
            return view(**parts)
        wanted = request.path if request.method == "GET" else url_for("public.mine")
        return redirect(url_for("public.sign_in", next=wanted), 303)

    return guarded


def onward(wanted: str | None, otherwise: str) -> str:
    """An address of this site to go on to; anything else counts as none."""
    return wanted if wanted and len(wanted) <= 500 and SAFE.fullmatch(wanted) else otherwise


def own(key: str) -> Permohonan:
    """The visitor's own application; of anybody else's, and of none at all, the same 404.

    An officer reaches others' applications on the office's pages, not here.
    """
    found = _application(key) if KEY.fullmatch(key) else []
    if not found:
        abort(404)
    permohonan = fast_sql.load(Permohonan, found[0], edition=Edition, layanan=Layanan)
    permohonan.as_read = found[0]
    return permohonan if reaching(permohonan, current_user, "applicant") else abort(404)


@fast_sql.prepared
def _application(key: str) -> pw.ModelSelect:
    """An application with its edition and its service."""
    return (
        Permohonan.select(Permohonan, Edition, Layanan)
        .join(Edition, on=(Permohonan.edition == Edition.id))
        .join(Layanan, on=(Permohonan.layanan == Layanan.id))
        .where(Permohonan.key == key)
    )
