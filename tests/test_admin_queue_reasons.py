"""Reasons that officers write: who is said to read them, who reads them, and where they arrive as work."""

from functools import partial

import pytest

import workflow
from casework import action_form, timeline
from casework.inputs import INPUTS
from casework.transitions import perform
from models import MessageText, Outbox, Permohonan
from notify import message
from tests.helpers.staff_client import sign_in_officer

SECRET = "Kata yang dicari."


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role."""
    return partial(sign_in_officer, app)


SCREENS = {"admin": "pemeriksaan", "siak_operator": "siak", "adb": "adb", "kabid": "kabid", "kadis": "tte"}
WRITTEN = [
    (transition, source)
    for transition in workflow.TRANSITIONS
    for source in transition.sources[:1]
    if any(INPUTS[name].is_reason for name in transition.inputs) and transition.roles[0] in SCREENS
]


@pytest.mark.parametrize(("transition", "source"), WRITTEN, ids=[f"{one.action}-{source}" for one, source in WRITTEN])
def test_who_is_said_to_read_a_reason_reads_it_and_nobody_else(officer, factory, submit, transition, source):
    permohonan, role = factory.force_state(submit(), source), transition.roles[0]
    page = officer(role).text(f"/petugas/{SCREENS[role]}/aksi/{transition.action}/?id={permohonan.key}")
    said = {words for words in ("dibaca pemohon", "hanya petugas") if words in page.split('class="panel ask"')[1]}
    MessageText.update(body={"id": "{alasan} {kekurangan}"}).execute()  # whatever the office puts into its texts
    faults = [{"key": "nama_anak", "reason": "lainnya", "text": SECRET}]
    event = perform(permohonan, transition.action, factory.staff[role], reason=SECRET, deficiencies=faults)
    line = timeline.timeline(Permohonan.get_by_id(permohonan.id))[-1]
    sent = [row for row in Outbox.select().where(Outbox.event == event) if row.payload["audience"] == "applicant"]
    read = [line.reason, *(one.text for one in line.faults), *(message.for_event(row).body for row in sent)]
    assert said == ({"dibaca pemohon"} if any(SECRET in words for words in read) else {"hanya petugas"})
    known = timeline.timeline(permohonan, public=False)[-1]
    assert SECRET in [known.reason, *(one.text for one in known.faults)]


def test_the_words_of_the_head_of_the_office_stay_with_the_officers(factory, submit):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    perform(permohonan, "reject_tte", factory.staff["kadis"], reason=SECRET)
    assert timeline.timeline(permohonan)[-1].reason == ""
    assert timeline.timeline(permohonan, public=False)[-1].reason == SECRET


def test_whoever_applies_is_told_that_officers_read_it():
    transition = workflow.BY_ACTION["withdraw"][0]
    assert action_form.reader_of_reasons(transition, workflow.COUNTER_OPERATOR) == "dibaca pemohon"
    assert not workflow.BY_ACTION["submit"][0].explains, "why it is no duplicate is about other people"
