"""Beginning anew from an ended application (reading 2): its answers and files in a new draft; the old one stays."""

import workflow
from filling.side import Case
from intake import submitting
from models import Draft, Permohonan


def may_copy(permohonan: Permohonan) -> bool:
    """Only what ended without a document is worth beginning anew."""
    return permohonan.state == CANCELLED and permohonan.layanan.active


def copy(case: Case):
    """Make the copy and go on with it; pressed twice, it is one copy."""
    if not may_copy(case.permohonan):
        return case.to("one")
    fresh = _made_already(case.permohonan) or case.side.copy(case.permohonan)
    return Case(case.side, fresh).to("resume")


def _made_already(permohonan: Permohonan) -> Permohonan | None:
    """A draft of the same person that is such a copy still, untouched since."""
    revision = submitting.last_revision(permohonan)
    if revision is None:
        return None
    drafts = (
        Draft.select(Draft, Permohonan)
        .join(Permohonan)
        .where(
            Permohonan.layanan == permohonan.layanan_id,
            Permohonan.owner == permohonan.owner_id,
            Permohonan.helper == permohonan.helper_id,
            Permohonan.state == DRAFT,
            Draft.version == 1,
        )
    )
    same = (one for one in drafts if one.answers and all(revision.answers.get(k) == v for k, v in one.answers.items()))
    found = next(same, None)
    return found.permohonan if found else None


CANCELLED = next(row.target for row in workflow.TRANSITIONS if row.action == "cancel")
DRAFT = next(row.sources[0] for row in workflow.TRANSITIONS if row.action == "submit")
