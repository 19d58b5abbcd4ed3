"""Copying an ended application into a new draft: the permission and the view; the old one stays."""

from flask_login import current_user

import workflow
from accounts.reach import visible_as
from intake import application_copy
from models import Draft, Permohonan
from web.wizard.channel import ApplicationInChannel


def can_copy(permohonan: Permohonan) -> bool:
    """Say whether an application may be copied: it has ended, something was filled in, its service is on offer."""
    state = workflow.STATES[permohonan.state]
    ended = state.ends_clock and not state.waits and permohonan.layanan.active
    return ended and application_copy.last_contents(permohonan) is not None


def copy(case: ApplicationInChannel):
    """Copy the application and resume with the copy; idempotent, so a double click makes one copy."""
    if not can_copy(case.permohonan):
        return case.redirect_to("one")
    created = _existing_copy(case) or case.channel.copy(case.permohonan)
    return ApplicationInChannel(case.channel, created).redirect_to("resume")


def _existing_copy(case: ApplicationInChannel) -> Permohonan | None:
    """Find an untouched copy among the person's drafts of the service."""
    contents = application_copy.last_contents(case.permohonan)
    given = contents.answers if contents else {}
    own = visible_as(current_user, case.channel.role).where(Permohonan.layanan == case.permohonan.layanan_id)
    unsent = own.where(Permohonan.state == "draft").select(Permohonan.id)
    for draft in Draft.select().where(Draft.permohonan.in_(unsent), Draft.version == 1):
        if draft.answers and all(given.get(key) == value for key, value in draft.answers.items()):
            return draft.permohonan
    return None
