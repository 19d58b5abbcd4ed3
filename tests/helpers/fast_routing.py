"""Shares between the apps of a process what is the same in all: tests create a thousand, each with 280 URL rules."""

from functools import cache
from types import CodeType
from typing import Any

from flask_admin.actions import ActionsMixin
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class CachedRule(Rule):
    """A URL rule that reuses what an equal rule of an earlier app was compiled to."""

    known: dict[tuple, dict[str, Any]] = {}

    def compile(self) -> None:
        key = (self.rule, self.endpoint, frozenset(self.methods or ()), repr(self.defaults))
        if key in self.known:
            vars(self).update(self.known[key] | {"map": self.map})
        else:
            super().compile()
            self.known[key] = vars(self).copy()


class SharedBytecodeCache(BytecodeCache):
    """Jinja's bytecode cache in memory: templates are compiled once in a process."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key, bucket.checksum] = bucket.code


@cache
def _actions_of(screen: type) -> tuple[tuple[str, Any], ...]:
    found = ((name, getattr(getattr(screen, name, None), "_action", None)) for name in dir(screen))
    return tuple((method, action) for method, action in found if action)


def cached_init_actions(self: ActionsMixin) -> None:
    """Find the `@action` methods of a view once per class; Flask-Admin searches its 300 names for each instance."""
    found = _actions_of(type(self))  # type: ignore[arg-type]
    self._actions = [(name, text) for _, (name, text, _ask) in found]
    self._actions_data = {name: (getattr(self, method), text, ask) for method, (name, text, ask) in found}
