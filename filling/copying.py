"""Beginning anew from an ended application (reading 2): its answers and files in a new draft; the old one stays."""

from flask_login import current_user

import workflow
from filling.side import Case
from intake import submitting
from models import Draft, Permohonan, visible_as


def may_copy(permohonan: Permohonan) -> bool:
    """Only what was sent and ended without a document is worth it, as long as the service is offered."""
    state = workflow.STATES[permohonan.state]
    sent = permohonan.submitted_at is not None
    return sent and state.ends_clock and not state.step and permohonan.layanan.active


def copy(case: Case):
    """Make the copy and go on with it; pressed twice, it is one copy."""
    if not may_copy(case.permohonan):
        return case.to("one")
    fresh = _made_already(case) or case.side.copy(case.permohonan)
    return Case(case.side, fresh).to("resume")


def _made_already(case: Case) -> Permohonan | None:
    """A draft of the same person that is such a copy, untouched since."""
    revision = submitting.last_revision(case.permohonan)
    known: dict = revision.answers if revision else {}
    mine = visible_as(current_user, case.side.role).where(
        Permohonan.layanan == case.permohonan.layanan_id, Permohonan.state == "draft"
    )
    drafts = Draft.select().where(Draft.permohonan.in_(mine.select(Permohonan.id)), Draft.version == 1)
    for draft in drafts:
        if draft.answers and all(known.get(key) == value for key, value in draft.answers.items()):
            return draft.permohonan
    return None
