"""Copying an ended application into a new draft (reading 2): the permission and the view; the old one stays."""

from flask_login import current_user

import workflow
from accounts.reach import visible_as
from filling.side import Case
from intake import copying
from models import Draft, Permohonan


def may_copy(permohonan: Permohonan) -> bool:
    """Say whether an application may be copied: it has ended, something was filled in, its service is on offer."""
    state = workflow.STATES[permohonan.state]
    ended = state.ends_clock and not state.waits and permohonan.layanan.active
    return ended and copying.contents(permohonan) is not None


def copy(case: Case):
    """Copy the application and resume with the copy; idempotent, so a double click makes one copy."""
    if not may_copy(case.permohonan):
        return case.to("one")
    created = _made_already(case) or case.channel.copy(case.permohonan)
    return Case(case.channel, created).to("resume")


def _made_already(case: Case) -> Permohonan | None:
    """Find an untouched copy among the person's drafts of the service."""
    contents = copying.contents(case.permohonan)
    given = contents.answers if contents else {}
    own = visible_as(current_user, case.channel.role).where(
        Permohonan.layanan == case.permohonan.layanan_id, Permohonan.state == "draft"
    )
    drafts = Draft.select().where(Draft.permohonan.in_(own.select(Permohonan.id)), Draft.version == 1)
    for draft in drafts:
        if draft.answers and all(given.get(key) == value for key, value in draft.answers.items()):
            return draft.permohonan
    return None
