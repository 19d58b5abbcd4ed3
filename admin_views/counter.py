"""The queue of a counter: what it took in and what waits there; counter_channel.py serves the forms."""

from dataclasses import dataclass

from flask import redirect, url_for
from flask_admin import expose

from admin_views.counter_channel import CHANNEL
from admin_views.queue import tabs
from admin_views.queue.view import QueueView
from models import Draft, Permohonan
from web.wizard.channel import ApplicationInChannel
from web.wizard.copy_view import can_copy
from web.wizard.field_pages import draft_to_fill
from workflow import COUNTER, COUNTER_OPERATOR, STATES, TRANSITIONS

PRINTED = next(row for row in TRANSITIONS if row.action == "print_document" and row.track == COUNTER).sources


@dataclass(frozen=True)
class Link:
    """A way from a row that performs nothing."""

    url: str
    words: str
    paper: bool = False  # a PDF for the printer


class Counter(QueueView):
    """Permohonan yang diterima di loket sendiri."""

    name, endpoint, roles = "Loket", "loket", (COUNTER_OPERATOR,)
    states = (
        *("draft", "incomplete", "published", "printed", "ready", "uncollected"),  # waits here
        *("submitted", "awaiting_recording", "cancelled"),  # to follow, to withdraw, to begin anew
    )
    column_list = ("applicant_name", "number", "state", "queue_number")
    order = (Permohonan.changed_at, Permohonan.id)
    begins = "counter.services"  # where an application is taken in
    claimable = False  # whoever stands at the counter is next
    list_template, details_template = "staff/counter.html", "staff/counter_case.html"
    empty = "Tidak ada yang menunggu di loket ini. Tekan “Permohonan baru” untuk menerima permohonan warga."

    def waiting_states(self):
        return (*super().waiting_states(), "uncollected")

    def list_page(self):
        """A draft is known by the names that were typed so far."""
        rows, pages = super().list_page()
        mine = [row.id for row in rows if row.submitted_at is None]
        drafts = {draft.permohonan_id: draft.answers for draft in Draft.select().where(Draft.permohonan.in_(mine))}
        typed = {ident: answers.get("pemohon_nama", "") for ident, answers in drafts.items()}
        named = (row if row.applicant_name else row._replace(applicant_name=typed.get(row.id, "")) for row in rows)
        return list(named), pages

    def links(self, permohonan):
        """Go on with a draft; print what is to be printed before saying so."""
        found = []
        if permohonan.submitted_at is None and not STATES[permohonan.state].ends_clock:
            found.append(Link(url_for("counter.resume", key=permohonan.key), "Lanjutkan"))
        if permohonan.has_pdf and permohonan.state in PRINTED:
            found.append(Link(url_for("staff_files.documents", key=permohonan.key), "Cetak dokumen", paper=True))
        return found

    def list_context(self):
        return {"offices": CHANNEL.offices(), "drafts": tabs.counts(self)["draft"]}

    @expose("/details/")
    def details_view(self):
        """A draft has only the pages on which it is filled in."""
        permohonan = self.get_one_or_404()
        if draft_to_fill(ApplicationInChannel(CHANNEL, permohonan)):
            return redirect(url_for("counter.one", key=permohonan.key), 303)
        return super().details_view()

    def page_context(self):
        return super().page_context() | {"may_copy": can_copy}
