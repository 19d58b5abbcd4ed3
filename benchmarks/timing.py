"""Timing of two ways of doing the same, called in turn, so that a busy machine slows both alike."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

WARM_UP = 5


@dataclass(frozen=True)
class Timing:
    """Median seconds of one call: CPU time of this process, and wall time (a database server's work included)."""

    cpu: float
    wall: float

    def __truediv__(self, other: Self) -> Self:
        return type(self)(self.cpu / other.cpu, self.wall / other.wall)


def time_in_turn(*works: Callable[[], object], rounds: int = 60, warm: int = WARM_UP) -> list[Timing]:
    """Return the median times of each of `works`, called in turn."""
    for work in works * warm:
        work()
    spent: list[list[tuple[float, float]]] = [[] for _ in works]
    for turn in range(rounds):
        if not turn % 10:
            gc.collect()
        for work, mine in zip(works, spent, strict=True):
            cpu, wall = time.process_time(), time.perf_counter()
            work()
            mine.append((time.process_time() - cpu, time.perf_counter() - wall))
    return [Timing(*(statistics.median(column) for column in zip(*mine, strict=True))) for mine in spent]
