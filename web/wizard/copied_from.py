"""Faults of the application that a draft was copied from, for the pages on which they are corrected.

The session remembers the two keys only; reasons are read from the application itself, within the person's reach.
"""

from flask import session
from flask_login import current_user

from accounts.reach import visible_as
from casework import timeline
from intake import application_copy
from models import Permohonan
from web.wizard.channel import ApplicationInChannel

MAX_COPIES = 10  # remembered in a session


def remember(created: Permohonan, source: Permohonan) -> None:
    """Remember from which application a draft was copied."""
    known = {key: value for key, value in session.get("copies", {}).items() if key != created.key}
    session["copies"] = dict([*known.items(), (created.key, source.key)][-MAX_COPIES:])


def faults_of(source: Permohonan) -> list[timeline.DeficiencyEntry]:
    """Return the deficiencies with which an application ended."""
    return application_copy.last_faults(source)[0]


def earlier_faults(case: ApplicationInChannel) -> dict:
    """Return number, deficiencies and reason of the application that this draft was copied from; {} without one."""
    key = session.get("copies", {}).get(case.permohonan.key)
    own = visible_as(current_user, case.channel.role) if key else None
    source = own.where(Permohonan.key == key).first() if own is not None else None
    if source is None:
        return {}
    faults, reason = application_copy.last_faults(source)
    return {"number": source.number, "faults": faults, "reason": reason}
