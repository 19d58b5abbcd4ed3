"""Has a process compile the addresses of its apps once: tests make a thousand apps, each with the same 280 of them."""

from typing import Any

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
