"""Effects and checks of transitions on the office's tables; it never moves a state.

Those on an application's contents are in intake/ and documents/preparation.py, those of the signature in
documents/signing.py.
"""

from datetime import date, datetime, time, timedelta

import office
from casework.effect_registry import check, effect
from casework.inputs.days import pickup_place
from casework.inputs.signature import ON_PAPER
from casework.transitions import Incomplete, Move
from files import storage
from lib.database import from_local, now
from models import Deficiency, Document, Handover, Permohonan

A_WEEK = timedelta(days=7)
NO_PICKUP = {"pickup_on": None, "pickup_number": None, "pickup_office": None}


@effect
def note_deficiencies(move: Move) -> None:
    """Record the deficiencies, each with its reason (M-g, L-e)."""
    for item in move.answers["deficiencies"]:
        Deficiency.create(event=move.event, permohonan=move.permohonan, **item)


@effect
def note_recording(move: Move) -> None:
    """Record where and when the person comes to be recorded."""
    move.changes |= {"recording_place": move.answers["place"], "recording_on": move.answers["date"]}
    _lapse_after(move, move.answers["date"])


def _lapse_after(move: Move, day: date) -> None:
    """Put off the time limit until a week after a day that was promised, where it would end before."""
    limit, after = move.changes.get("lapses_at"), from_local(datetime.combine(day, time.min)) + A_WEEK
    move.changes["lapses_at"] = max(limit or after, after)


@effect
def allot_pickup(move: Move) -> None:
    """Allot a queue number that is unique for its place and day (reading 8)."""
    place, day = pickup_place(move.permohonan), move.answers["date"]
    number = office.allot_pickup_number(place, day)
    move.changes |= {"pickup_on": day, "pickup_number": number, "pickup_office": place.id}
    _lapse_after(move, day)


@effect
def promise_print(move: Move) -> None:
    """Promise the print that is asked for after all, by a new due date; the pickup of before is void."""
    due = office.due(move.at, move.permohonan.edition.body["sla_days"])
    move.changes |= {"print_wanted": True, "due_at": due} | NO_PICKUP


@effect
def receive_cards(move: Move) -> None:
    """Record that the cards have arrived at the counter."""
    cards = _of_this_round(move.permohonan) & (Document.kind == "card")
    Document.update(received_at=now()).where(cards).execute()


@check
def store_signature(move: Move) -> None:
    """Store the recipient's signature as a file, before the transaction."""
    data = move.answers["signature"]
    kind = "text/plain" if data == ON_PAPER else "application/json"
    try:
        move.answers["stored"] = storage.store(data, kind="signature", media_type=kind, name="tanda-tangan")
    except storage.StorageError as reason:
        raise Incomplete({"signature": str(reason)}) from reason


@effect
def record_handover(move: Move) -> None:
    """Record who received it, with their signature (M-n, L-m)."""
    permohonan, given = move.permohonan, move.answers
    given["stored"].save(force_insert=True)
    facts = {name: given[name] for name in ("recipient_name", "proxy_letter")}
    facts["old_returned"] = bool(given["old_returned"])  # which papers, and why one is missing, stands in the event
    version, signature = permohonan.version + 1, given["stored"]
    Handover.create(permohonan=permohonan, version=version, signature=signature, officer=move.actor, **facts)


@effect
def revoke_documents(move: Move) -> None:
    """Revoke the documents of this round; /verifikasi says so from now on."""
    Document.update(revoked_at=now()).where(_of_this_round(move.permohonan)).execute()
    move.changes |= NO_PICKUP


def _of_this_round(permohonan: Permohonan):
    return (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
