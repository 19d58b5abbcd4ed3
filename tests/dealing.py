"""Order of the tests for pytest-xdist: the slowest modules first, so that none is still running when all else is done.

With `--dist worksteal` each worker starts with an equal share of the list; after that xdist balances by itself.
"""

import os

LONGEST = (  # modules by total time, see `--durations`
    *("test_browser_counter", "test_browser_staff", "test_browser_morning", "test_browser", "test_browser_pages"),
    *("test_run", "test_deaths", "test_browser_desk", "test_browser_filling", "test_faults"),
    *("test_browser_batches", "test_browser_uploads", "test_browser_services", "test_shared_connections"),
)
AT_ONCE = 2  # workers with slow modules: more browsers than that slow each other down, on any machine


def wanted():
    """Return the number of workers: half as many again as cores, since a third of the time is waiting."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + max(1, cores // 2)


def deal(items, hands):
    """Order the tests for this many workers."""
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
    """Return the number of workers of this run."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
