"""What somebody may know of another open application for the same thing: their own by name, others' hardly at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_login import current_user

import history
from accounts import limits
from accounts.reach import visible_as
from filling.side import Case
from intake import duplicates
from models import Permohonan

LOOKS = 10  # at applications of others, in limits.WINDOW: nobody goes through a list of NIKs here


@dataclass
class Notice:
    """One other application; beyond reach only the end of its number is told."""

    number: str
    url: str = ""
    state: str = ""
    draft: bool = False  # not sent yet: a hint, no obstacle


def notices(case: Case, answers: Mapping) -> list[Notice]:
    """What to tell about the other applications for the same thing, sent ones first."""
    mine = visible_as(current_user, case.side.role)
    sent = duplicates.standing(case.permohonan, answers)
    within = {row.id for row in mine.where(Permohonan.id.in_([row.id for row in sent]))} if sent else set()
    told = [_own(case, row) for row in sent if row.id in within]
    others = [row for row in sent if row.id not in within]
    if (others or not case.side.for_others) and _may_look(case, answers):
        told += [Notice(f"AKU-…{row.number[-4:]}") for row in others]
    return told + [_own(case, row) for row in duplicates.unsent(case.permohonan, answers, mine)]


def _own(case: Case, row: Permohonan) -> Notice:
    draft = row.submitted_at is None
    page = "resume" if draft else "one"
    return Notice(row.number, case.side.url(page, key=row.key), history.situation(row).label, draft)


def _may_look(case: Case, answers: Mapping) -> bool:
    """Count each new question, also where the answer is no; a page that is looked at again asks nothing new.

    However it came into the draft: what is saved in the background is counted when a page shows what was found.
    """
    question = duplicates.question(case.permohonan, answers)
    if question is None:
        return True
    own = limits.bucket("double", str(current_user.id))
    this = limits.bucket("double-of", f"{current_user.id} {question}")
    if limits.tries_left(this, 1) <= 0:
        return True
    if limits.tries_left(own, LOOKS) <= 0:
        return False
    limits.count(own, this)
    return True


def stops(case: Case, told: list[Notice], aware: bool) -> bool:
    """Does one go no further with it? A hint stops once; so does anything at a counter, which may know better."""
    if aware and (case.side.for_others or all(one.draft for one in told)):
        return False
    return bool(told)
