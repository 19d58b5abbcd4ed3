"""Checklists of applications, ticked without their page."""

from admin_views.queue import checklist
from intake import submission
from lib.database import database
from models import Check, User

CHECKERS = {checklist.COMPLETE: "admin@aku.example", checklist.KEYED: "siak@aku.example"}


def tick_checklist(permohonan, *kinds):
    """Tick the whole checklist of an application."""
    assert database.obj
    for kind in kinds or CHECKERS:
        found = [part for part in checklist.load(permohonan, kind).items if part.needed and not part.good]
        for part in found:
            part.check = Check(good=True)
        if found:
            checklist.save_items(permohonan, User.get(User.email == CHECKERS[kind]), kind, found)


def open_papers(person, permohonan):
    """Open every paper of an application, as a signed-in officer does without a script."""
    for row in submission.revision_attachments(submission.last_revision(permohonan)):
        assert person.get(f"/petugas/berkas/{row.file.key}").status_code == 200


def clear_checklist(permohonan):
    """Remove every tick."""
    Check.delete().where(Check.permohonan == permohonan.id).execute()
