"""Background worker: runs RQ jobs as they come, sweeps the outbox every two seconds, and runs the schedule.

It decides nothing: `outbox` knows what a row wants, `schedule` what is due.
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

from jobs import outbox, schedule
from lib.database import database

LOG = logging.getLogger("aku.worker")


class OutboxJob(Job):
    """RQ job that can call nothing but `jobs.outbox.run` with one number, whatever stands in the queue."""

    def _execute(self):
        ours = self.func_name == "jobs.outbox.run" and len(self.args) == 1 and not self.kwargs
        if not ours or not isinstance(self.args[0], int):
            raise ValueError("a job that is not ours")
        return super()._execute()


class QueueWorker(SimpleWorker):
    """RQ worker that takes no commands from Redis, and that stops even where Redis cannot be told so."""

    stopping = False  # of this process, whichever listener heard it

    def subscribe(self):
        self.pubsub_thread = None

    def request_stop(self, signum, frame):
        QueueWorker.stopping = True
        super().request_stop(signum, frame)


def work() -> None:
    """Run RQ jobs until told to stop, with the sweep and the schedule in a thread beside it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    start_sweep_thread(app)
    redis = outbox.connection()
    if redis is None:
        threading.Event().wait()
    with suppress(StopRequested):  # told between two tries
        while not QueueWorker.stopping:
            try:
                _run_jobs(app.config["REDIS_URL"])
            except RedisError as reason:
                LOG.warning("the queue's server is away (%s); the sweep goes on without it", type(reason).__name__)
                time.sleep(outbox.SWEEP_EVERY)
            else:
                return


def _run_jobs(url: str) -> None:
    """Run RQ jobs until told to stop; raises RedisError when Redis goes away."""
    patient = Redis.from_url(url, socket_connect_timeout=5)
    ours: dict = {"connection": patient, "serializer": JSONSerializer, "job_class": OutboxJob}
    worker = QueueWorker([Queue(outbox.QUEUE, **ours)], log_job_description=False, **ours)
    worker.work(logging_level="WARNING")


def start_sweep_thread(app: Flask) -> threading.Thread:
    """Start the sweep and the schedule in a thread of this process."""
    thread = threading.Thread(target=_sweep_forever, args=(app,), daemon=True, name="outbox-sweep")
    thread.start()
    return thread


def _sweep_forever(app: Flask) -> None:
    last: dict[Callable, float] = {}
    while True:
        with app.app_context():
            _run_safely(outbox.drain)
            for every, task in schedule.SCHEDULE:
                if time.monotonic() - last.get(task, -every) >= every:
                    last[task] = time.monotonic()
                    _run_safely(task)
        time.sleep(outbox.SWEEP_EVERY)


def _run_safely(task: Callable[[], object]) -> None:
    """Run a task and log what breaks it, so that it ends neither the others nor this thread, which nobody watches."""
    try:
        with database.connection_context():
            task()
    except pw.OperationalError as reason:
        LOG.warning("the database does not answer: %s", str(reason).partition("\n")[0])
    except Exception:
        LOG.exception("%s broke; it is tried again", task.__name__)
