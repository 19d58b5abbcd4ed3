"""Processes that work like the office until they are killed: imported once, forked for every kill; it checks nothing.

Started as `python -m tests.victims '<settings>'`. For each line `act <seed>` or `drain <seed>` on its standard input
it forks a process, which says its number and works; after the line `bury <number>` it says how that process ended
and whether it was inside a transaction. With `"guard": false` the transactions are taken away: the control.
"""

import gc
import json
import mmap
import os
import random
import sys
import time
import traceback
from contextlib import contextmanager
from datetime import timedelta

import models
import outbox
import signing
import workflow
from app import create_app
from intake import applying
from models import Permohonan, database
from tests.world import World

CODES = ("AK-LAHIR", "AK-MATI", "KTP-HILANG")  # a PDF and a card, two PDFs, cards alone
ENDS = ("completed", "cancelled")
AT_MOST, OPEN = 5.0, 10  # seconds of a victim's life; applications on the way
STEPS = ("submit", "send_to_siak", "submit_draft", "verify_adb", "verify_kabid", "approve_tte", "hand_over")
INSIDE = mmap.mmap(-1, 1)  # shared: is the one who works inside a transaction?


def watched(guard):
    """`models.write`, saying when one is inside; or, without the guard, only saying so."""
    real = models.write

    @contextmanager
    def write():
        with real() if guard else _nothing():
            INSIDE[0] = 1
            yield
        INSIDE[0] = 0

    for module in list(sys.modules.values()):
        if vars(module).get("write") is real:
            module.write = write


@contextmanager
def _nothing():
    yield


def act(dice):
    """Take random steps that the table allows, on a few applications of both tracks."""
    world = World()
    signing.PATIENCE = timedelta(0)  # whoever was killed while signing is swept up at once
    while True:
        try:
            _step(world, dice)
        except (workflow.NotAllowed, applying.Closed):
            continue  # a way that is shut today: four eyes, not signed yet


def _step(world, dice):
    under_way = list(Permohonan.select().where(Permohonan.state.not_in(ENDS)))
    if len(under_way) < OPEN:
        world.begin(dice.choice(CODES), dice.choice(list(workflow.TRACKS)))
        return
    if dice.random() < 0.05:
        signing.sweep()
        return
    permohonan = dice.choice(under_way)
    row = _row(permohonan, dice)
    actor = person(world, permohonan, dice.choice(row.roles))
    if row.action == "resubmit":
        world.attach(permohonan, "formulir")
    workflow.perform(permohonan, row.action, actor, **answers(world, permohonan, row.action))


def _row(permohonan, dice):
    """A row that leaves this state, most often one that leads on."""
    rows = [
        row
        for row in workflow.TRANSITIONS
        if permohonan.state in row.sources
        and row.track in (None, permohonan.track)
        and workflow.ONLY[row.only][0](permohonan)
    ]
    weights = [6 if row.tone == "main" or row.action in STEPS else 1 for row in rows]
    return dice.choices(rows, weights)[0]


def person(world, permohonan, role):
    if role == "applicant":
        return permohonan.owner or world.stranger
    return None if role == "system" else world.staff[role]


def answers(world, permohonan, action):
    """As the world answers, but faulting what every service has."""
    given = world.answers(permohonan, action)
    if "deficiencies" in given:
        given = {"deficiencies": [{"key": "formulir", "reason": "tidak_terbaca", "text": "Buram."}]}
    return given | {"date": None} if "date" not in given else given


def drain(dice):
    """Keep promises, as a worker does."""
    while True:
        if not outbox.drain():
            time.sleep(0.002)


DOES = {"act": act, "drain": drain}


def _warm_up():
    """Everything that is read, imported or drawn for the first time, before anybody is forked."""
    world = World()
    for code in CODES:
        world.walk(world.submit(code), "signed")
    outbox.drain()


def _fork(app, word, seed):
    INSIDE[0] = 0
    if os.fork():
        return
    sys.stdin.close()
    try:
        with app.app_context():
            database.connect()
            os.write(1, b"%d\n" % os.getpid())
            until = time.monotonic() + AT_MOST
            app.config["CLOCK"] = lambda: _present(until)
            DOES[word](random.Random(seed))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _present(until):
    """The present; whoever outlives the time to be killed in has escaped."""
    if time.monotonic() > until:
        os._exit(7)
    return models.datetime_now()


def _bury(number):
    _, status = os.waitpid(number, 0)
    os.write(1, b"%d %d\n" % (os.waitstatus_to_exitcode(status), INSIDE[0]))


def main(settings):
    app = create_app(**settings["app"])
    watched(settings["guard"])
    with app.app_context():
        _warm_up()
        database.close()
    getattr(app.extensions["database"], "close_all", lambda: None)()
    gc.collect()
    gc.freeze()
    os.write(1, b"ready\n")
    for line in sys.stdin:
        word, number = line.split()
        _bury(int(number)) if word == "bury" else _fork(app, word, int(number))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
