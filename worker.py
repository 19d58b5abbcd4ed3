"""Runs promises and chores in the background: RQ's jobs as they come, a sweep every two seconds whatever RQ does.

It decides nothing: `outbox` knows what a row wants, `chores` what time brings.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import peewee as pw
from flask import Flask, current_app
from redis import Redis, RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

import chores
import outbox
from lib.database import database

LOG = logging.getLogger("aku.worker")


class OnlyOurs(Job):
    """A job that can call nothing but `outbox.run` with one number, whatever stands in the queue."""

    def _execute(self):
        if self.func_name != "outbox.run" or len(self.args) != 1 or not isinstance(self.args[0], int) or self.kwargs:
            raise ValueError("a job that is not ours")
        return super()._execute()


class Listener(SimpleWorker):
    """RQ's worker; it takes no commands from the queue's server, and a stop holds though that can't be told there."""

    stopping = False  # of this process, whichever listener heard it

    def subscribe(self):
        self.pubsub_thread = None

    def request_stop(self, signum, frame):
        Listener.stopping = True
        super().request_stop(signum, frame)


def work() -> None:
    """Until told to stop: RQ's jobs as they come, a sweep every two seconds, the housekeeping every minute."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    start_thread(app)
    redis = outbox.connection()
    if redis is None:
        threading.Event().wait()
    with suppress(StopRequested):  # told between two tries
        while not Listener.stopping:
            try:
                _hear(app.config["REDIS_URL"])
            except RedisError as reason:
                LOG.warning("the queue's server is away (%s); the sweep goes on without it", type(reason).__name__)
                time.sleep(outbox.SWEEP_EVERY)
            else:
                return


def _hear(url: str) -> None:
    """Run RQ's jobs until told to stop; raises RedisError when the queue's server goes away."""
    patient = Redis.from_url(url, socket_connect_timeout=5)
    worker = Listener(
        [Queue(outbox.QUEUE, connection=patient, serializer=JSONSerializer, job_class=OnlyOurs)],
        connection=patient,
        serializer=JSONSerializer,
        job_class=OnlyOurs,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def start_thread(app: Flask) -> threading.Thread:
    """Sweep and housekeep in the background of this process."""
    thread = threading.Thread(target=_sweep_forever, args=(app,), daemon=True, name="outbox-sweep")
    thread.start()
    return thread


def _sweep_forever(app: Flask) -> None:
    last: dict[Callable, float] = {}
    while True:
        with app.app_context():
            _survive(outbox.drain)
            for every, chore in chores.CHORES:
                if time.monotonic() - last.get(chore, -every) >= every:
                    last[chore] = time.monotonic()
                    _survive(chore)
        time.sleep(outbox.SWEEP_EVERY)


def _survive(task: Callable[[], object]) -> None:
    """Whatever breaks a task is logged, and ends neither the others nor this thread, which nobody watches."""
    try:
        with database.connection_context():
            task()
    except pw.OperationalError as reason:
        LOG.warning("the database does not answer: %s", str(reason).partition("\n")[0])
    except Exception:
        LOG.exception("%s broke; it is tried again", task.__name__)
