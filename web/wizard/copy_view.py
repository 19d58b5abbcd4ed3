"""Copying an ended application into a new draft: the permission and the view; the old one stays."""

from flask import redirect
from flask_login import current_user

import workflow
from accounts.reach import visible_as
from casework import timeline
from catalogue.closed_services import closed_service
from intake import application_copy, attachments
from models import Draft, Permohonan
from web.wizard import copied_from, review
from web.wizard.channel import ApplicationInChannel


def can_copy(permohonan: Permohonan) -> bool:
    """Say whether an application may be copied: it has ended, something was filled in, its service is on offer."""
    state = workflow.STATES[permohonan.state]
    if not state.ends_clock or state.waits or closed_service(permohonan.layanan):
        return False
    return application_copy.last_contents(permohonan) is not None


def copy(case: ApplicationInChannel):
    """Copy the application and open the copy where it was wrong; idempotent: a double click makes one copy."""
    if not can_copy(case.permohonan):
        return case.redirect_to("one")
    created = ApplicationInChannel(case.channel, _existing_copy(case) or case.channel.copy(case.permohonan))
    copied_from.remember(created.permohonan, case.permohonan)
    return redirect(_url_of_fault(created, copied_from.faults_of(case.permohonan)), 303)


def _url_of_fault(case: ApplicationInChannel, faults: list[timeline.DeficiencyEntry]) -> str:
    """Return the URL of the first part that was wrong; else of the review, since everything has been filled in."""
    requirements = {requirement["key"] for requirement in attachments.all_requirements(case.permohonan)}
    names = [f"upload-{fault.key}" if fault.key in requirements else fault.key for fault in faults]
    links = review.error_links(case, dict.fromkeys(names, ""))
    way = links[0][0] if links else case.url("check")
    return f"{way}-title" if "#upload-" in way else way  # above the requirement, whose button is at its end


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
