"""Prerequisites of tests: skipping what the machine lacks, repetitions of long tests, free ports."""

import os
import random
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import pytest

Given = ParamSpec("Given")
Result = TypeVar("Result")
OUTCOMES = (pytest.skip.Exception, pytest.fail.Exception)


def skip_missing(what: str) -> NoReturn:
    """Skip the test with the missing prerequisite as reason; with CI=true fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, and missing here: {what}", pytrace=False)
    pytest.skip(what)


def once_per_session(get: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorate a function to run once per session; a skip or failure is repeated without trying again."""
    answers: dict[tuple, Result | BaseException] = {}

    @wraps(get)
    def ask(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        if args not in answers:
            try:
                answers[args] = get(*args, **kwargs)
            except OUTCOMES as outcome:
                answers[args] = outcome
        answer = answers[args]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return ask


def repetitions(few: int, full: int) -> int:
    """Return the number of repetitions: `few` in `make test`, `full` in `make faults` and `make fuzz`."""
    return full if os.environ.get("AKU_FULL") else few


def free_port() -> int:
    """Return a free loopback port, below the range of outgoing connections."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", random.randrange(15_000, 32_000))) as listener:
            return listener.getsockname()[1]
