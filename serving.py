"""What gunicorn reads as its configuration: how a worker settles before its first request; no setting of the office."""

import gc


def settle() -> None:
    """Leave what was made at the start out of every later search for rubbish; it was a sixth of a page's time."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker) -> None:
    settle()
