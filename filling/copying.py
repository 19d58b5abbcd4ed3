"""Beginning anew from an ended application (reading 2): its answers and files in a new draft; the old one stays."""

from flask_login import current_user

import workflow
from accounts.reach import visible_as
from filling.side import Case
from intake import copying
from models import Draft, Permohonan


def may_copy(permohonan: Permohonan) -> bool:
    """From any that has ended, whoever waits for nothing more, as long as something was filled in and it is offered."""
    state = workflow.STATES[permohonan.state]
    ended = state.ends_clock and not state.waits and permohonan.layanan.active
    return ended and copying.contents(permohonan) is not None


def copy(case: Case):
    """Make the copy and go on with it; pressed twice, it is one copy."""
    if not may_copy(case.permohonan):
        return case.to("one")
    fresh = _made_already(case) or case.side.copy(case.permohonan)
    return Case(case.side, fresh).to("resume")


def _made_already(case: Case) -> Permohonan | None:
    """A draft of the same person that is such a copy, untouched since."""
    given = copying.contents(case.permohonan)
    known = given.answers if given else {}
    mine = visible_as(current_user, case.side.role).where(
        Permohonan.layanan == case.permohonan.layanan_id, Permohonan.state == "draft"
    )
    drafts = Draft.select().where(Draft.permohonan.in_(mine.select(Permohonan.id)), Draft.version == 1)
    for draft in drafts:
        if draft.answers and all(known.get(key) == value for key, value in draft.answers.items()):
            return draft.permohonan
    return None
