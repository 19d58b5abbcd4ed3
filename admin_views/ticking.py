"""Keeping what an officer found of the parts of an application, as the form of its page says it; judges nothing."""

from collections.abc import Callable, Iterable, Mapping

import claims
import workflow
from admin_views import checking
from answers.words import LONG, REASON, plain
from lib.database import now, transaction
from models import Check, Permohonan, User


def save(permohonan: Permohonan, user: User, kind: str, form: Mapping) -> checking.Checking:
    """Keep what was found, as the form of the page says it, and that this person works on it.

    Raises Taken where somebody else does, NotAllowed where a text is too long.
    """
    found = checking.of(permohonan, kind)
    claims.take(permohonan, user)  # refuses what has moved on, so that the parts are those of the version that was seen
    try:
        changed = [part for part in found.parts if _FOUND[kind](part, form)]
    except ValueError as reason:
        raise workflow.NotAllowed(str(reason)) from None
    if changed:
        _write(permohonan, user, kind, changed)
    return found


def _found_complete(part: checking.Part, form: Mapping) -> bool:
    """Take over what was found of a part; True where that is news. What was left alone stays as it is."""
    stem = f"deficiencies-{part.key}"
    said = form.get(f"{stem}-fault")
    all_of_it = form.get("all") in ("ya", part.group) and part.check is None and part.needed
    if said is None and not all_of_it:
        return False
    reason = plain(form.get(f"{stem}-reason"), REASON) if said else ""
    text = plain(form.get(f"{stem}-text"), LONG) if said else ""
    before = part.check and (part.check.good, part.check.reason, part.check.text)
    part.check = Check(good=not said, reason=reason, text=text)
    return before != (not said, reason, text)


def _found_keyed(part: checking.Part, form: Mapping) -> bool:
    ticked = form.get("all") == "ya" or part.key in form.getlist("keyed")  # type: ignore[attr-defined]
    if ticked == part.good:
        return False
    part.check = Check(good=True) if ticked else None
    return True


_FOUND: dict[str, Callable[[checking.Part, Mapping], bool]] = {
    checking.COMPLETE: _found_complete,
    checking.KEYED: _found_keyed,
}


def _write(permohonan: Permohonan, user: User, kind: str, changed: Iterable[checking.Part]) -> None:
    rows, gone = [], []
    for part in changed:
        if part.check is None:
            gone.append(part.key)
            continue
        part.check.by, part.check.at = user, now()
        facts = {"good": part.check.good, "reason": part.check.reason, "text": part.check.text}
        about = {"permohonan": permohonan.id, "kind": kind, "key": part.key, "digest": part.digest}
        rows.append({**about, **facts, "by": user.id, "at": part.check.at})
    kept = [Check.digest, Check.good, Check.reason, Check.text, Check.by, Check.at]
    target = [Check.permohonan, Check.kind, Check.key]
    with transaction():
        if rows:
            Check.insert_many(rows).on_conflict(conflict_target=target, preserve=kept).execute()
        if gone:
            mine = (Check.permohonan == permohonan.id) & (Check.kind == kind)
            Check.delete().where(mine, Check.key.in_(gone)).execute()
