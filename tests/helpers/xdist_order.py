"""Order of the tests for pytest-xdist: the slowest modules first, so that none is still running when all else is done.

With `--dist worksteal` each worker starts with an equal share of the list; after that xdist balances by itself.
"""

import os

SLOWEST_MODULES = (  # modules by total time, see `--durations`
    *(
        "test_browser_counter",
        "test_browser_staff_screens",
        "test_browser_office_day",
        "test_browser_self_service",
        "test_browser_public_pages",
    ),
    *(
        "test_run",
        "test_faults_stopped_services",
        "test_browser_case_page",
        "test_browser_wizard",
        "test_faults_killed_processes",
    ),
    *(
        "test_browser_queue_bulk",
        "test_browser_uploads",
        "test_browser_service_editor",
        "test_faults_shared_connections",
    ),
    # the other browsers: at the end they would be dealt out test by test, each with a server and a Chromium of its own
    *(
        "test_browser_interruptions",
        "test_browser_service_cases",
        "test_browser_undo",
        "test_browser_interactions",
        "test_browser_sign_form",
        "test_browser_signed_uploads",
        "test_browser_flask_admin",
        "test_browser_without_nik",
        "test_browser_conditions",
    ),
)
MAX_SLOW_WORKERS = 2  # workers with slow modules: more browsers than that slow each other down, on any machine


def worker_count():
    """Return the number of workers: half as many again as cores, since a third of the time is waiting."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + max(1, cores // 2)


def order_tests(items, hands):
    """Order the tests for this many workers."""
    long = sorted((item for item in items if _slowness_rank(item) is not None), key=_slowness_rank)
    rest = [item for item in items if _slowness_rank(item) is None]
    piles = [[] for _ in range(hands)]
    for item in long:
        piles[_slowness_rank(item) % min(MAX_SLOW_WORKERS, hands)].append(item)
    dealt = []
    for number, pile in enumerate(piles):
        share = (len(items) - len(dealt)) // (hands - number) - len(pile)
        dealt += pile + rest[: max(0, share)]
        del rest[: max(0, share)]
    return dealt + rest


def _slowness_rank(item):
    return SLOWEST_MODULES.index(item.path.stem) if item.path.stem in SLOWEST_MODULES else None


def running_workers():
    """Return the number of workers of this run."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
