"""Registry of the functions that transitions name: effects, checks and effects after the commit.

Each function registers itself by its decorator, under its own name. It imports nothing of the program and calls
none of them; the start compares the registry with the table.
"""

from collections.abc import Callable
from typing import Any, TypeVar

MoveFunction = Callable[[Any], None]  # takes the Move
Registered = TypeVar("Registered", bound=MoveFunction)
EFFECTS: dict[str, MoveFunction] = {}
CHECKS: dict[str, MoveFunction] = {}
AFTER_COMMIT: dict[str, MoveFunction] = {}
BULK_EFFECTS: set[str] = set()  # the effects that bulk transitions may run


def effect(function: Registered) -> Registered:
    """Register a function that writes inside the transaction of a move."""
    return _register(EFFECTS, function)


def bulk_effect(function: Registered) -> Registered:
    """Register an effect that reads only its own application and writes only `move.changes`."""
    BULK_EFFECTS.add(function.__name__)
    return effect(function)


def check(function: Registered) -> Registered:
    """Register a function that runs before the transaction and refuses the move by raising NotAllowed."""
    return _register(CHECKS, function)


def after_commit(function: Registered) -> Registered:
    """Register a function that runs after the commit, with the answers that are never stored."""
    return _register(AFTER_COMMIT, function)


def _register(functions: dict[str, MoveFunction], function: Registered) -> Registered:
    name = function.__name__
    if name in EFFECTS or name in CHECKS or name in AFTER_COMMIT:
        raise ValueError(f"{function.__module__}: nama {name!r} sudah dipakai efek atau pemeriksaan lain.")
    functions[name] = function
    return function
