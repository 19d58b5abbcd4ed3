"""Checks of a view's options at the start: each fault is a sentence that says what to write instead."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from config import Wrong
from workflow import ROLES

ENDPOINT = re.compile(r"[a-z][a-z0-9-]{0,29}")


def refuse(view) -> None:
    """Raise config.Wrong with everything that is wrong with a view."""
    where = f"admin_views, layar {type(view).__name__}"
    if found := [f"{where}: {fault}" for fault in _of_view(view)]:
        raise Wrong("\n".join(found))


def _of_view(view) -> Iterator[str]:
    if not ENDPOINT.fullmatch(view.endpoint or ""):
        yield "perlu `endpoint` dari paling banyak 30 huruf kecil, angka, dan tanda hubung."
    if not view.roles:
        yield "perlu `roles`; tanpa itu tidak ada yang dapat membukanya."
    yield from unknown("peran", view.roles, ROLES)


def unknown(words: str, names: Collection[str], known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each name that isn't known, with the probable spelling."""
    if isinstance(names, str):
        yield f"{words} ditulis dalam kurung dengan koma di belakangnya, misalnya ({names!r},)."
        return
    for name in names:
        if name not in known:
            near = get_close_matches(str(name), list(known), 1)
            yield f"{words} {name!r} tidak ada." + (f" Maksudnya {near[0]!r}?" if near else "")
