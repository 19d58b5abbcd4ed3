"""Has a process find out once what is the same in all of its apps: tests make a thousand, each with 280 addresses."""

from functools import cache
from typing import Any

from flask_admin.actions import ActionsMixin
from werkzeug.routing import Rule


class Compiled(Rule):
    """An address that takes over what an equal one, of an earlier app, was compiled to."""

    known: dict[tuple, dict[str, Any]] = {}

    def compile(self) -> None:
        key = (self.rule, self.endpoint, frozenset(self.methods or ()), repr(self.defaults))
        if key in self.known:
            vars(self).update(self.known[key] | {"map": self.map})
        else:
            super().compile()
            self.known[key] = vars(self).copy()


@cache
def _actions(screen: type) -> tuple[tuple[str, Any], ...]:
    found = ((name, getattr(getattr(screen, name, None), "_action", None)) for name in dir(screen))
    return tuple((method, action) for method, action in found if action)


def init_actions(self: ActionsMixin) -> None:
    """What Flask-Admin finds anew among the 300 names of each screen, by the screen's class."""
    found = _actions(type(self))  # type: ignore[arg-type]
    self._actions = [(name, text) for _, (name, text, _ask) in found]
    self._actions_data = {name: (getattr(self, method), text, ask) for method, (name, text, ask) in found}
