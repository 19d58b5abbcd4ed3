"""All applications and the event log of one; the other logs are in logs.py."""

import peewee as pw
from flask_admin import expose
from flask_login import current_user

import workflow
from admin_views.exporting import Exporting
from admin_views.scope import reachable
from models import Event, EventText, Permohonan

SUBMITTED = tuple(state for state in workflow.STATES if state != "draft")
READERS = tuple(role for role in workflow.STAFF if role != workflow.IT)


class Applications(Exporting):
    """Semua yang dapat Anda lihat, dalam keadaan apa pun; yang terbaru paling atas."""

    title, address, roles, states = "Semua permohonan", "permohonan", READERS, SUBMITTED
    column_list = ("number", "applicant_name", "village", "track", "state", "submitted_at")
    order = (Permohonan.id.desc(),)
    on_home = for_many = claimable = False
    empty = "Tidak ada permohonan yang cocok di antara yang dapat Anda lihat."

    def waiting_states(self):
        return self.states

    def scope(self):
        return reachable(current_user, self.roles).where(Permohonan.state != "draft")

    @expose("/log/")
    def log(self):
        """The chain of one application: every event with its codes and the head of its hash."""
        permohonan = self.wanted()
        events = list(
            Event.select(Event, EventText)
            .join(EventText, pw.JOIN.LEFT_OUTER, on=(EventText.event == Event.id), attr="text")
            .where(Event.permohonan == permohonan.id)
            .order_by(Event.version)
        )
        return self.render("staff/log.html", permohonan=permohonan, events=events, roles=workflow.ROLES, **self.words())
