"""Access control of the public pages: sign-in required, own applications only, safe redirect targets."""

from collections.abc import Callable
from functools import cache, wraps
from itertools import islice

from flask import abort, redirect, request, url_for
from flask_login import current_user

from accounts.reach import reaching
from keys import RANDOM_NAME
from lib import fast_sql
from lib.safe_redirect import path_pattern
from models import Edition, Layanan, Permohonan

PARTS = ((Permohonan, "p"), (Edition, "e"), (Layanan, "l"))
SAFE = path_pattern("/")


def signed_in(view: Callable) -> Callable:
    """Require a signed-in visitor; others sign in first and are redirected back afterwards."""

    @wraps(view)
    def guarded(**parts):
        if current_user.is_authenticated:
            return view(**parts)
        wanted = request.path if request.method == "GET" else url_for("public.mine")
        return redirect(url_for("public.sign_in", next=wanted), 303)

    return guarded


def onward(wanted: str | None, otherwise: str) -> str:
    """Return `wanted` if it is a safe redirect target on this site, else `otherwise`."""
    return wanted if wanted and len(wanted) <= 500 and SAFE.fullmatch(wanted) else otherwise


def own(key: str) -> Permohonan:
    """Return the visitor's own application; anybody else's, or none at all, gets the same 404.

    Staff reach applications of others under /petugas, not here.
    """
    found = fast_sql.rows(_whole(), (key,)) if RANDOM_NAME.fullmatch(key) else []
    if not found:
        abort(404)
    values = iter(found[0])
    permohonan, *others = (fast_sql.made(part, islice(values, len(part._meta.sorted_fields))) for part, _ in PARTS)
    permohonan.__rel__ |= zip(("edition", "layanan"), others, strict=True)
    permohonan.as_read = found[0]
    return permohonan if reaching(permohonan, current_user, "applicant") else abort(404)


@cache
def _whole() -> str:
    """Return the SELECT of an application with its edition and its service."""
    columns = ", ".join(fast_sql.columns(*part) for part in PARTS)
    joined = "permohonan p JOIN edition e ON e.id = p.edition_id JOIN layanan l ON l.id = p.layanan_id"
    return f"SELECT {columns} FROM {joined} WHERE p.key = ?"  # noqa: S608
