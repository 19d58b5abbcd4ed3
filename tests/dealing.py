"""Deals the tests to pytest's workers: the longest ones first, so that none is still going on when all else is done.

It knows how xdist begins (`--dist worksteal`: each worker gets an equal part of the row) and leaves the rest to it.
"""

import os

LONGEST = (  # modules, by what they take together; `--durations` tells
    *("test_browser_counter", "test_browser_staff", "test_browser_morning", "test_browser", "test_browser_pages"),
    *("test_run", "test_deaths", "test_browser_desk", "test_browser_filling", "test_faults"),
    *("test_browser_batches", "test_browser_uploads", "test_browser_services", "test_shared_connections"),
)
AT_ONCE = 2  # of them: more browsers than that are in each other's way, also on a larger machine


def wanted():
    """How many workers: a third of the time they wait for browsers and servers."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + max(1, cores // 2)


def deal(items, hands):
    """Put the tests in the order in which so many workers should get them."""
    long = sorted((item for item in items if _place(item) is not None), key=_place)
    rest = [item for item in items if _place(item) is None]
    piles = [[] for _ in range(hands)]
    for item in long:
        piles[_place(item) % min(AT_ONCE, hands)].append(item)
    dealt = []
    for number, pile in enumerate(piles):
        share = (len(items) - len(dealt)) // (hands - number) - len(pile)
        dealt += pile + rest[: max(0, share)]
        del rest[: max(0, share)]
    return dealt + rest


def _place(item):
    return LONGEST.index(item.path.stem) if item.path.stem in LONGEST else None


def here():
    """How many workers this one is of."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
