"""A row of a list, ready to be printed: its words and buttons, made once a row; nothing here asks the database.

Rows in the same place of the procedure have the same buttons, so those are made once for all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask_login import current_user

import history
import office
import workflow
from admin_views.acting import Button
from models import Claim, Permohonan, User, local
from templating import long_date, masked, short_moment, text
from workflow import COUNTER_OPERATOR


@dataclass(frozen=True)
class Offer:
    """A button for any row of its kind: its address is `before`, the row's key, `after`."""

    action: str
    label: str
    look: str
    opens: bool
    in_dialog: bool
    before: str
    after: str


@dataclass(frozen=True)
class Offers:
    """The buttons of all rows in one place of the procedure."""

    buttons: list[Button]
    shown: list[Offer]
    can: str  # the actions that can be done to many


LOOKS = {"main": "btn-primary", "no": "btn-danger"}


@dataclass
class Shown:
    """What a list prints of one application."""

    row: Permohonan
    key: str
    number: str
    state: str
    version: int
    left: str
    tone: str
    css: str
    name: str
    nik: str
    service: str
    claim: Claim | None
    mine: bool
    offers: Offers
    links: list = field(default_factory=list)

    @property
    def village(self) -> str:
        place = self.row.village
        return f"{place.name}, {place.district.name}" if place else ""

    @property
    def track(self) -> str:
        return workflow.TRACKS[self.row.track]

    @property
    def label(self) -> workflow.State:
        return workflow.STATES[self.state]

    @property
    def submitted_at(self) -> str:
        return _this_year(short_moment(self.row.submitted_at))

    @property
    def changed_at(self) -> str:
        return _this_year(short_moment(self.row.changed_at))

    @property
    def pickup_on(self) -> str:
        return long_date(self.row.pickup_on)

    @property
    def queue_number(self) -> str:
        return office.queue_number(self.row.pickup_number) if self.row.pickup_number else ""


def _this_year(moment: str) -> str:
    """Without the year where it is the present one: a narrow column."""
    return moment.replace(f" {local().year},", ",")


def rows(found: Iterable[Permohonan], view, clock: Callable[[], office.Calendar]) -> list[Shown]:
    """The rows of a list."""
    me = current_user._get_current_object()
    places: dict[tuple, Offers] = {}
    times: dict[tuple, tuple[str, str]] = {}
    services: dict[int, str] = {}
    out = []
    for row in found:
        place = _place(row, me)
        if place not in places:
            places[place] = _offers(view.buttons(row), row, view)
        when = row.due_at, row.paused_at, row.state
        if when not in times:
            times[when] = history.time_left(row, clock()) if row.due_at else ("", "")
        if row.edition_id not in services:
            services[row.edition_id] = text(row.edition.body["name"])
        out.append(_shown(row, me, places[place], times[when], services[row.edition_id], view.links(row)))
    return out


def _shown(row: Permohonan, me: User, offers: Offers, time: tuple[str, str], service: str, links: list) -> Shown:
    claim = getattr(row, "claim", None)
    mine = claim is not None and claim.user_id == me.id
    nik = f"NIK {masked(row.applicant_nik)}" if row.applicant_nik else ""
    if row.subject_name and row.subject_name != row.applicant_name:
        nik += f" · pemohon {row.applicant_name}"
    left, tone = time
    css = "is-over" if tone == "bad" else "is-mine" if mine else ""
    name = row.subject_name or row.applicant_name or "Belum diisi"
    return Shown(
        row,
        row.key,
        row.number,
        row.state,
        row.version,
        left,
        tone,
        css,
        name,
        nik,
        service,
        claim,
        mine,
        offers,
        links,
    )


def _place(row: Permohonan, me: User) -> tuple:
    """All of a row on which a person's buttons hang: where it lies counts only for whoever sits at a counter."""
    facts = row.state, row.track, row.group, row.has_card, row.has_pdf, row.submitted_at is None, row.version == 0
    lies = (row.office_id, row.village_id, row.helper_id) if COUNTER_OPERATOR in me.roles else ()
    people = tuple((action, tuple(who)) for action, who in row.round_people.items()) if row.round_people else ()
    return *facts, row.owner_id == me.id, *lies, people


def _offers(buttons: list[Button], row: Permohonan, view) -> Offers:
    made = []
    for button in buttons:
        if view.claimable and button.row.looks:
            continue
        before, _, after = button.url.partition(row.key)
        look = LOOKS.get(button.row.tone, "btn-light")
        made.append(Offer(button.row.action, button.row.label, look, button.opens, button.in_dialog, before, after))
    can = " ".join(button.row.action for button in buttons if button.for_many)
    return Offers(buttons, made, f"{can} " if can else "")
