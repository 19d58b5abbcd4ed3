"""Kill targets: processes that work like the office until a test kills them. Imported once, forked for every kill.

Started as `python -m tests.victims '<settings>'`. For each line `fork act <seed>` or
`fork drain <seed>` on its standard input it forks a process, which prints its pid and works; after the line
`reap <kind> <pid>` it prints how that process ended. A process inside a transaction sets a byte of a shared file. With
`"guard": false` the transactions are removed: the control.
"""

import gc
import json
import mmap
import os
import random
import sys
import time
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

import outbox
import performing
import pile
import signing
import workflow
from app import create_app
from intake import applying
from lib.database import database, transaction
from models import Permohonan
from tests.world import World

CODES = ("AK-LAHIR", "AK-MATI", "KTP-HILANG")  # a PDF and cards, two PDFs, a card alone
ENDS = ("completed", "cancelled")
LIFE, UNDER_WAY = 60.0, 10  # seconds after which a victim has escaped; applications that are open at a time
ONWARD = ("submit", "send_to_siak", "submit_draft", "verify_adb", "verify_kabid", "approve_tte", "hand_over")
PILED = [
    row
    for row in workflow.TRANSITIONS
    if pile.supports(row) and row.roles[0] in ("admin", "adb", "kabid", "siak_operator")
]
KINDS = ("act", "drain")
_kind = 0  # of this process


def watch(inside, guard):
    """Have `transaction` note in the file `inside` that somebody is; without the guard it does nothing else."""
    global _inside
    real = transaction
    with open(inside, "r+b") as file:
        _inside = mmap.mmap(file.fileno(), len(KINDS))

    @contextmanager
    def transaction_noted():
        with real() if guard else nullcontext():
            _inside[_kind] = 1
            yield
        _inside[_kind] = 0

    for module in list(sys.modules.values()):
        if vars(module).get("transaction") is real:
            module.transaction = transaction_noted


def act(dice):
    """Perform random transitions of the table, on a few applications of both tracks."""
    world = World()
    signing.PATIENCE = timedelta(0)  # what was left while signing is swept up at once
    while True:
        try:
            _step(world, dice)
        except (workflow.NotAllowed, applying.Closed):
            continue  # not for this person, or not yet


def _step(world, dice):
    under_way = list(Permohonan.select().where(Permohonan.state.not_in(ENDS)))
    if len(under_way) < UNDER_WAY:
        world.begin(dice.choice(CODES), dice.choice(list(workflow.TRACKS)))
    elif dice.random() < 0.05:
        signing.sweep()
    elif dice.random() < 0.2:
        _pile(world, dice.choice(PILED), under_way)
    else:
        permohonan = dice.choice(under_way)
        row = _row(permohonan, dice)
        if row.action == "resubmit":
            world.attach(permohonan, "formulir")
        actor = _person(world, permohonan, dice.choice(row.roles))
        performing.perform(permohonan, row.action, actor, **_answers(world, permohonan, row.action))


def _pile(world, row, under_way):
    """Perform one transition on many applications at once."""
    chosen = [(one, _answers(world, one, row.action)) for one in under_way if one.state in row.sources]
    pile.perform(chosen, row.action, world.staff[row.roles[0]])


def _row(permohonan, dice):
    """Return a transition out of this state, most often one that leads forward."""
    rows = [
        row
        for row in workflow.TRANSITIONS
        if permohonan.state in row.sources
        and row.track in (None, permohonan.track)
        and workflow.CONDITIONS[row.condition].holds(permohonan)
    ]
    return dice.choices(rows, [6 if row.tone == "main" or row.action in ONWARD else 1 for row in rows])[0]


def _person(world, permohonan, role):
    if role == "applicant":
        return permohonan.owner or world.stranger
    return None if role == "system" else world.staff[role]


def _answers(world, permohonan, action):
    """Return the factory's inputs, but deficiencies name a requirement that every service has."""
    given = world.answers(permohonan, action)
    if "deficiencies" in given:
        return {"deficiencies": [{"key": "formulir", "reason": "tidak_terbaca", "text": "Buram."}]}
    return given


def drain(dice):
    """Drain the outbox, as a worker does."""
    while True:
        if not outbox.drain():
            time.sleep(dice.uniform(0, 0.004))


def _warm_up():
    """Load everything that is read, imported or rendered once, before the first fork."""
    world = World()
    for code in CODES:
        world.walk(world.submit(code), "signed")
    outbox.drain()


def _fork(app, kind, seed):
    global _kind
    _inside[kind] = 0
    if os.fork():
        return
    _kind, born = kind, time.monotonic()
    sys.stdin.close()
    app.config["CLOCK"] = lambda: _present(born)
    with app.app_context():
        database.connect()
        os.write(1, b"%d\n" % os.getpid())
        (act, drain)[kind](random.Random(seed))


def _present(born):
    if time.monotonic() - born > LIFE:
        os._exit(7)
    return datetime.now(UTC).replace(tzinfo=None)


def _bury(number):
    _, status = os.waitpid(number, 0)
    os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


def main(settings):
    app = create_app(**settings["app"])
    watch(settings["inside"], settings["guard"])
    with app.app_context():
        _warm_up()
        database.close()
    getattr(app.extensions["database"], "close_all", lambda: None)()
    gc.collect()
    gc.freeze()
    os.write(1, b"ready\n")
    for line in sys.stdin:
        order, kind, number = line.split()
        _bury(int(number)) if order == "reap" else _fork(app, KINDS.index(kind), int(number))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
