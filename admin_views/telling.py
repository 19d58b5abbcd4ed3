"""How a batch went, row by row: kept when it is done, and told on the list that follows, to whoever pressed.

The page that tells it is another one than that which does it, so that loading it again does nothing again.
"""

from dataclasses import dataclass

from flask import request
from flask_login import current_user

import workflow
from admin_views import acting
from admin_views.base import NUMBER
from models import Batch, Permohonan, User

NAMED = "hasil"  # the argument of the address that names it
NOT_FOUND = "Tidak ditemukan."


@dataclass
class Result:
    """How it went, row by row."""

    row: workflow.Transition
    done: list[Permohonan]
    skipped: list[tuple[Permohonan, str]]
    missing: int

    @property
    def summary(self) -> str:
        """17 dicetak; 1 dilewati: …"""
        done = f"{len(self.done)} {acting.happened(self.row)}" if self.done else "Belum ada yang diproses"
        left_out = len(self.skipped) + self.missing
        if not left_out:
            return f"{done}."
        reasons = {sentence for _, sentence in self.skipped} | ({NOT_FOUND} if self.missing else set())
        return f"{done}; {left_out} dilewati{': ' + reasons.pop() if len(reasons) == 1 else '.'}"


def keep(result: Result, view, user: User) -> int:
    """Keep it for the list of this screen; returns the number by which an address names it."""
    facts = {"user": user.id, "screen": view.endpoint, "action": result.row.action, "missing": result.missing}
    done, skipped = [one.key for one in result.done], [(one.key, sentence) for one, sentence in result.skipped]
    return Batch.create(**facts, done=done, skipped=skipped).id


def told(view) -> Result | None:
    """The one that the address names, where this very person pressed it on this screen; with what is still in reach."""
    number = request.args.get(NAMED, "")
    if not NUMBER.fullmatch(number):
        return None
    batch = Batch.get_or_none(Batch.id == int(number), Batch.user == current_user.id, Batch.screen == view.endpoint)
    row = batch and view.row_for_many(batch.action)
    if not row:
        return None
    there = {one.key: one for one in view.get_many([*batch.done, *(key for key, _ in batch.skipped)])}
    skipped = [(there[key], sentence) for key, sentence in batch.skipped if key in there]
    return Result(row, [there[key] for key in batch.done if key in there], skipped, batch.missing)
