"""Access control of the public pages: sign-in required, own applications only, safe redirect targets."""

from collections.abc import Callable
from functools import wraps

import peewee as pw
from flask import abort, redirect, request, url_for
from flask_login import current_user

from accounts.reach import grants_for
from lib import fast_sql
from lib.encryption import RANDOM_NAME
from lib.safe_redirect import path_pattern
from models import Edition, Layanan, Permohonan
from public import resume_form

SAFE_PATH = path_pattern("/")


def login_required(view: Callable) -> Callable:
    """Require a signed-in visitor; others sign in first, and then go on with the page or form that they came with."""

    @wraps(view)
    def guarded(**parts):
        if current_user.is_authenticated:
            return view(**parts)
        if asked := resume_form.ask_to_sign_in():
            return asked
        wanted = request.path if request.method == "GET" else url_for("public.mine")
        return redirect(url_for("public.sign_in", next=wanted), 303)

    guarded.needs_account = True  # type: ignore[attr-defined]
    return guarded


def safe_redirect_target(wanted: str | None, otherwise: str) -> str:
    """Return `wanted` if it is a safe redirect target on this site, else `otherwise`."""
    return wanted if wanted and len(wanted) <= 500 and SAFE_PATH.fullmatch(wanted) else otherwise


def own_application(key: str) -> Permohonan:
    """Return the visitor's own application; anybody else's, or none at all, gets the same 404.

    Staff reach applications of others under /petugas, not here.
    """
    found = _application(key) if RANDOM_NAME.fullmatch(key) else []
    if not found:
        abort(404)
    permohonan = fast_sql.load(Permohonan, found[0], edition=Edition, layanan=Layanan)
    permohonan.as_read = found[0]
    return permohonan if grants_for(permohonan, current_user, "applicant") else abort(404)


@fast_sql.prepared
def _application(key: str) -> pw.ModelSelect:
    """An application with its edition and its service."""
    query = Permohonan.select(Permohonan, Edition, Layanan).join(Edition, on=(Permohonan.edition == Edition.id))
    return query.join(Layanan, on=(Permohonan.layanan == Layanan.id)).where(Permohonan.key == key)
