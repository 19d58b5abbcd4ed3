"""What rows of the workflow do to the tables inside their transaction; it never moves a state.

`create_app` registers them, those of intake/submitting.py and those of signing.py under the names that the
table uses.
"""

import office
import storage
from answers.days import pickup_place
from answers.signature import ON_PAPER
from effect_registry import check, effect
from lib.database import now
from models import Deficiency, Document, Handover, Permohonan
from performing import Incomplete, Move


@effect
def note_deficiencies(move: Move) -> None:
    """Keep what fell short, each with its reason (M-g, L-e)."""
    for item in move.answers["deficiencies"]:
        Deficiency.create(event=move.event, permohonan=move.permohonan, **item)


@effect
def note_recording(move: Move) -> None:
    """Where and when the person comes to be recorded."""
    move.changes |= {"recording_place": move.answers["place"], "recording_on": move.answers["date"]}


@effect
def allot_pickup(move: Move) -> None:
    """A number that is unique for its place and day (reading 8)."""
    place, day = pickup_place(move.permohonan), move.answers["date"]
    move.changes |= {"pickup_on": day, "pickup_number": office.allot(place, day), "pickup_office": place.id}


@effect
def receive_cards(move: Move) -> None:
    """The cards have arrived at the counter."""
    cards = _of_this_round(move.permohonan) & (Document.kind == "card")
    Document.update(received_at=now()).where(cards).execute()


@check
def keep_signature(move: Move) -> None:
    """Put the recipient's signature into the storage, before the transaction."""
    data = move.answers["signature"]
    kind = "text/plain" if data == ON_PAPER else "application/json"
    try:
        move.answers["stored"] = storage.keep(data, kind="signature", media_type=kind, name="tanda-tangan")
    except storage.Refused as reason:
        raise Incomplete({"signature": str(reason)}) from reason


@effect
def record_handover(move: Move) -> None:
    """Who received it, and their signature (M-n, L-m)."""
    given = move.answers
    given["stored"].save(force_insert=True)
    Handover.create(
        permohonan=move.permohonan,
        version=move.permohonan.version + 1,
        recipient_name=given["recipient_name"],
        proxy_letter=given["proxy_letter"],
        old_returned=given["old_returned"],
        signature=given["stored"],
        officer=move.actor,
    )


@effect
def revoke_documents(move: Move) -> None:
    """The documents of this round are worth nothing from now on; /verifikasi says so."""
    Document.update(revoked_at=now()).where(_of_this_round(move.permohonan)).execute()
    move.changes |= {"pickup_on": None, "pickup_number": None, "pickup_office": None}


def _of_this_round(permohonan: Permohonan):
    return (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
