"""Answers in doubt: what warnings, open duplicates and the draft comparison say of them; it decides nothing."""

from dataclasses import dataclass, field

from casework.inputs.returns import number_key
from documents import draft_comparison
from intake import answer_validation, duplicates, submission
from models import Permohonan


@dataclass
class Doubts:
    """Sentences by the keys of the fields in doubt, and the other open applications for the same thing."""

    notes: dict[str, str] = field(default_factory=dict)
    duplicates: list[Permohonan] = field(default_factory=list)


def load(permohonan: Permohonan) -> Doubts:
    """Load what is doubtful about the last submitted answers; for a field, the gravest."""
    revision = submission.last_revision(permohonan)
    if revision is None:
        return Doubts()
    warned = answer_validation.answer_warnings(permohonan, revision.answers)
    notes = {key: f"Peringatan saat diisi: {sentence}" for key, sentence in warned.items()}
    others = duplicates.open_duplicates(permohonan, revision.answers)
    if others:
        same = f"Sama dengan {', '.join(one.number for one in others)}"
        notes |= dict.fromkeys(duplicates.compared_keys(permohonan, revision.answers), same)
    return Doubts(notes | draft_differences(permohonan), others)


def draft_differences(permohonan: Permohonan) -> dict[str, str]:
    """Say what a draft has otherwise than the answers, by the keys that a return can name."""
    found = {}
    for result in draft_comparison.load_results([permohonan]).get(permohonan.id, []):
        for one in result.findings:
            key = number_key(result.document.product) if one["key"] == draft_comparison.NUMBER_KEY else one["key"]
            shown = "".join(words for words, _odd in one["parts"])
            found[key] = f"Di draf tertulis {shown}" if shown else "Tidak ditemukan di draf"
    return found
