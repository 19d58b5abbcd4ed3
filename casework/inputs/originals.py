"""Input about the original documents that were shown at the handover (M-m, L-l)."""

from collections.abc import Mapping

from casework.inputs.words import YES, InvalidInput
from models import Permohonan


def originals(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate which originals were shown: all of them (True), or the keys of those that were ticked."""
    every = answers.get("originals_seen")
    if every is True or str(every).lower() in YES:
        return {"originals_seen": True}
    known = {one["key"] for one in permohonan.edition.body["requirements"]}
    shown = [key for key in answers.get("originals") or () if key in known]
    if not shown:
        raise InvalidInput({"originals_seen": "Tandai setelah Anda melihat dokumen aslinya."})
    return {"originals_seen": shown}
