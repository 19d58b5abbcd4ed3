"""Who may come in: signed-in applicants, to their own applications only; it must not know any page's contents."""

import re
from collections.abc import Callable
from functools import wraps
from itertools import islice

from flask import abort, redirect, request, url_for
from flask_login import current_user

from models import Edition, Layanan, Permohonan, quick, visible_as

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
    if not KEY.fullmatch(key):
        abort(404)
    mine = visible_as(current_user, "applicant").select(Permohonan.id).where(Permohonan.key == key)
    ident = mine.scalar()
    return _whole(ident) if ident else abort(404)


def _whole(ident: int) -> Permohonan:
    """An application with its edition and its service, in one statement."""
    parts = {"permohonan": (Permohonan, "p"), "edition": (Edition, "e"), "layanan": (Layanan, "l")}
    columns = ", ".join(quick.columns(*part) for part in parts.values())
    joined = "permohonan p JOIN edition e ON e.id = p.edition_id JOIN layanan l ON l.id = p.layanan_id"
    values = iter(quick.rows(f"SELECT {columns} FROM {joined} WHERE p.id = ?", (ident,))[0])  # noqa: S608
    made = {
        name: quick.made(model, islice(values, len(model._meta.sorted_fields))) for name, (model, _) in parts.items()
    }
    permohonan = made.pop("permohonan")
    permohonan.__rel__ |= made
    return permohonan
