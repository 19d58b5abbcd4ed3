"""Notices of duplicates: own applications by number and state, those of others hardly at all, under a rate limit."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_login import current_user

from accounts import rate_limits
from accounts.reach import visible_as
from casework import timeline
from intake import duplicates
from models import Permohonan
from web.wizard.channel import ApplicationInChannel

MAX_LOOKUPS = 10  # lookups of others' applications in rate_limits.WINDOW, so that nobody can try out a list of NIKs


@dataclass
class DuplicateNotice:
    """A duplicate; beyond the person's reach only the end of its number is shown."""

    number: str
    url: str = ""
    state: str = ""
    draft: bool = False  # not submitted yet: a hint that blocks nothing


def notices_for(case: ApplicationInChannel, answers: Mapping) -> list[DuplicateNotice]:
    """Return the notices of an application's duplicates, submitted ones first."""
    within_reach = visible_as(current_user, case.channel.role)
    submitted = duplicates.open_duplicates(case.permohonan, answers)
    ids = [row.id for row in submitted]
    own_ids = {row.id for row in within_reach.where(Permohonan.id.in_(ids))} if ids else set()
    found = [_own_notice(case, row) for row in submitted if row.id in own_ids]
    others = [row for row in submitted if row.id not in own_ids]
    if (others or not case.channel.for_others) and _within_rate_limit(case, answers):
        found += [DuplicateNotice(f"AKU-…{row.number[-4:]}") for row in others]
    mine = duplicates.draft_duplicates(case.permohonan, answers, within_reach)
    return found + [_own_notice(case, row) for row in mine]


def _own_notice(case: ApplicationInChannel, row: Permohonan) -> DuplicateNotice:
    draft = row.submitted_at is None
    page = "resume" if draft else "one"
    return DuplicateNotice(row.number, case.channel.url(page, key=row.key), timeline.status_summary(row).label, draft)


def _within_rate_limit(case: ApplicationInChannel, answers: Mapping) -> bool:
    """Count a lookup against the person's rate limit; False when it is used up.

    A lookup counts whether or not it finds anything, and only once for the same answers. Autosaved answers count when
    a page shows the result.
    """
    lookup = duplicates.lookup_key(case.permohonan, answers)
    if lookup is None:
        return True
    all_lookups = rate_limits.bucket("double", str(current_user.id))
    this_lookup = rate_limits.bucket("double-of", f"{current_user.id} {lookup}")
    if rate_limits.attempts_left(this_lookup, 1) <= 0:
        return True
    if rate_limits.attempts_left(all_lookups, MAX_LOOKUPS) <= 0:
        return False
    rate_limits.record_attempts(all_lookups, this_lookup)
    return True


def is_blocking(case: ApplicationInChannel, found: list[DuplicateNotice], seen: bool) -> bool:
    """Say whether the notices keep the person on the page.

    Once they were `seen`, drafts don't, and at a counter nothing does: the operator may know better.
    """
    return bool(found) and not (seen and (case.channel.for_others or all(notice.draft for notice in found)))
