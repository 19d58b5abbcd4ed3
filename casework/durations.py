"""Durations of services: the time of filling in and of processing, of the last 90 days, by service; shows no page.

Computed once a day, so that the public page reads one row. Where fewer than MIN_CASES are known nothing is said, so
that no single person's time can be seen.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

import office
from lib.database import local, now, transaction
from models import Duration, Event, Layanan, Permohonan
from workflow import SELF_SERVICE, STATES

PERIOD, MIN_CASES = timedelta(days=90), 10
COMPLETED = [code for code, state in STATES.items() if state.ends_clock and code != "cancelled"]
IN_HAND = {code for code, state in STATES.items() if not (code == "draft" or state.pauses or state.ends_clock)}


def record_durations() -> None:
    """Compute the durations of all services and store them instead of those before."""
    since = now() - PERIOD
    filling, processing = _filling_seconds(since), _processing_days(since)
    rows = []
    for layanan in Layanan.select(Layanan.id):
        seconds, days = filling[layanan.id], processing[layanan.id]
        median = percentile(seconds, 0.5)
        facts = {"filling_minutes": median and max(1, round(median / 60)), "at": now()}
        rows.append({"layanan": layanan.id, "half": percentile(days, 0.5), "most": percentile(days, 0.9)} | facts)
    with transaction():
        Duration.delete().execute()
        Duration.insert_many(rows).execute()


def percentile(values: list, share: float) -> float | None:
    """Return the value within which this share of the values lies; None if there are fewer than MIN_CASES."""
    return sorted(values)[math.ceil(share * len(values)) - 1] if len(values) >= MIN_CASES else None


def _filling_seconds(since: datetime) -> defaultdict[int, list]:
    measured = Permohonan.filling_seconds.is_null(False) & (Permohonan.track == SELF_SERVICE)
    query = Permohonan.select(Permohonan.layanan, Permohonan.filling_seconds)
    return _by_service(query.where(measured, Permohonan.submitted_at > since).tuples())


def _processing_days(since: datetime) -> defaultdict[int, list]:
    """Collect the working days from submission to completion, pauses left out, of what was completed since then."""
    done = Event.select(Event.permohonan).where(Event.target.in_(COMPLETED), Event.at > since)
    columns = (Event.permohonan, Permohonan.layanan, Event.at, Event.target)
    query = Event.select(*columns).join(Permohonan).where(Event.permohonan.in_(done))
    return _by_service(_each_processing(query.order_by(Event.permohonan, Event.version).tuples().iterator(), since))


def _each_processing(rows: Iterable[tuple], since: datetime) -> Iterator[tuple[int, float]]:
    clock = office.calendar()
    day = clock.minutes_a_day()
    for _, events in groupby(rows, lambda row: row[0]):
        minutes, begun, layanan = 0, None, 0
        for _permohonan, layanan, at, target in events:
            if begun:
                minutes += clock.minutes_between(local(begun), local(at))
            begun = at if target in IN_HAND else None
            if target in COMPLETED:
                if at > since:  # the first time; not after a recall
                    yield layanan, minutes / day
                break


def _by_service(pairs: Iterable[tuple]) -> defaultdict[int, list]:
    found: defaultdict[int, list] = defaultdict(list)
    for layanan, value in pairs:
        found[layanan].append(value)
    return found
