"""Kill targets: processes that work like the office until a test kills them. Imported once, forked for every kill.

Started as `python -m tests.helpers.kill_targets '<settings>'`. For each line `fork act <seed>` or
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

import workflow
from app import create_app
from casework import bulk, transitions
from documents import signing
from intake import drafts
from jobs import outbox
from lib.database import database, transaction
from models import Permohonan
from tests.helpers.factory import OfficeFactory

SERVICE_CODES = ("AK-LAHIR", "AK-MATI", "KTP-HILANG")  # a PDF and cards, two PDFs, a card alone
FINAL_STATES = ("completed", "cancelled")
MAX_SECONDS, MAX_OPEN = 60.0, 10  # seconds after which a victim has escaped; applications that are open at a time
FORWARD_ACTIONS = ("submit", "send_to_siak", "submit_draft", "verify_adb", "verify_kabid", "approve_tte", "hand_over")
BULK_TRANSITIONS = [
    row
    for row in workflow.TRANSITIONS
    if bulk.supports(row) and row.roles[0] in ("admin", "adb", "kabid", "siak_operator")
]
PROCESS_KINDS = ("act", "drain")
_kind = 0  # of this process


def flag_transactions(inside, guard):
    """Have `transaction` note in the file `inside` that somebody is; without the guard it does nothing else."""
    global _inside
    real = transaction
    with open(inside, "r+b") as file:
        _inside = mmap.mmap(file.fileno(), len(PROCESS_KINDS))

    @contextmanager
    def transaction_noted():
        with real() if guard else nullcontext():
            _inside[_kind] = 1
            yield
        _inside[_kind] = 0

    for module in list(sys.modules.values()):
        if vars(module).get("transaction") is real:
            module.transaction = transaction_noted


def act_forever(dice):
    """Perform random transitions of the table, on a few applications of both tracks."""
    factory = OfficeFactory()
    signing.PATIENCE = timedelta(0)  # what was left while signing is swept up at once
    while True:
        try:
            _random_step(factory, dice)
        except (workflow.NotAllowed, drafts.DraftNotEditable):
            continue  # not for this person, or not yet


def _random_step(factory, dice):
    under_way = list(Permohonan.select().where(Permohonan.state.not_in(FINAL_STATES)))
    if len(under_way) < MAX_OPEN:
        factory.begin(dice.choice(SERVICE_CODES), dice.choice(list(workflow.TRACKS)))
    elif dice.random() < 0.05:
        signing.finish_interrupted()
    elif dice.random() < 0.2:
        _bulk_step(factory, dice.choice(BULK_TRANSITIONS), under_way)
    else:
        permohonan = dice.choice(under_way)
        row = _random_transition(permohonan, dice)
        if row.action == "resubmit":
            factory.attach(permohonan, "formulir")
        actor = _actor(factory, permohonan, dice.choice(row.roles))
        transitions.perform(permohonan, row.action, actor, **_answers(factory, permohonan, row.action))


def _bulk_step(factory, row, under_way):
    """Perform one transition on many applications at once."""
    chosen = [(one, _answers(factory, one, row.action)) for one in under_way if one.state in row.sources]
    bulk.perform(chosen, row.action, factory.staff[row.roles[0]])


def _random_transition(permohonan, dice):
    """Return a transition out of this state, most often one that leads forward."""
    rows = [
        row
        for row in workflow.TRANSITIONS
        if permohonan.state in row.sources
        and row.track in (None, permohonan.track)
        and workflow.CONDITIONS[row.condition].holds(permohonan)
    ]
    return dice.choices(rows, [6 if row.tone == "main" or row.action in FORWARD_ACTIONS else 1 for row in rows])[0]


def _actor(factory, permohonan, role):
    if role == "applicant":
        return permohonan.owner or factory.other_applicant
    return None if role == "system" else factory.staff[role]


def _answers(factory, permohonan, action):
    """Return the factory's inputs, but deficiencies name a requirement that every service has."""
    given = factory.answers(permohonan, action)
    if "deficiencies" in given:
        return {"deficiencies": [{"key": "formulir", "reason": "tidak_terbaca", "text": "Buram."}]}
    return given


def drain_forever(dice):
    """Drain the outbox, as a worker does."""
    while True:
        if not outbox.drain():
            time.sleep(dice.uniform(0, 0.004))


def _warm_up():
    """Load everything that is read, imported or rendered once, before the first fork."""
    factory = OfficeFactory()
    for code in SERVICE_CODES:
        factory.advance_to(factory.submit(code), "signed")
    outbox.drain()


def _fork(app, kind, seed):
    global _kind
    _inside[kind] = 0
    if os.fork():
        return
    _kind, born = kind, time.monotonic()
    sys.stdin.close()
    app.config["CLOCK"] = lambda: _clock(born)
    with app.app_context():
        database.connect()
        os.write(1, b"%d\n" % os.getpid())
        (act_forever, drain_forever)[kind](random.Random(seed))


def _clock(born):
    if time.monotonic() - born > MAX_SECONDS:
        os._exit(7)
    return datetime.now(UTC).replace(tzinfo=None)


def _reap(number):
    _, status = os.waitpid(number, 0)
    os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


def main(settings):
    app = create_app(**settings["app"])
    flag_transactions(settings["inside"], settings["guard"])
    with app.app_context():
        _warm_up()
        database.close()
    getattr(app.extensions["database"], "close_all", lambda: None)()
    gc.collect()
    gc.freeze()
    os.write(1, b"ready\n")
    for line in sys.stdin:
        order, kind, number = line.split()
        _reap(int(number)) if order == "reap" else _fork(app, PROCESS_KINDS.index(kind), int(number))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
