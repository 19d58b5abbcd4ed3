"""The parts of a queue, one for each state: which are shown and counted, and where a page lies in them.

Every number of a page is asked for once, in few statements; what a row looks like is not its matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import peewee as pw
from flask import g, request
from flask_login import current_user

import workflow
from admin_views import listing, searching
from admin_views.filtering import QUICK, Filtering
from models import Permohonan
from templating import COUNTED

FURTHEST = 1_000_000  # the number of a page


@dataclass(frozen=True)
class Tab:
    """A part of a queue, with how many wait in it."""

    label: str
    url: str
    count: int
    current: bool


class Parted(Filtering):
    """A list of applications in parts."""

    on_home = True  # its numbers stand on the first page, and its rows say what the person never saw

    def within(self) -> pw.ModelSelect:
        """What the person reaches here, in whatever state."""
        raise NotImplementedError

    # One page, however long the list

    def branches(self, states: tuple[str, ...]) -> dict[str, listing.Condition]:
        """The condition of each state, as the person reaches it."""
        known = g.setdefault("branches", {}).setdefault(self.endpoint, {})
        for state in states:
            if state not in known:
                key = state, self.endpoint, *current_user.access_key
                known[state] = listing.condition(key, partial(self._in_state, state))
        return {state: known[state] for state in states}

    def _in_state(self, state: str) -> pw.ModelSelect:
        return self.within().where(Permohonan.state == state)

    def narrowed_branches(self) -> dict[str, listing.Condition]:
        """Those of the states that are shown, narrowed as the address says."""
        states = self.shown_states()
        if not self.filters():
            return self.branches(states)
        queries = {state: self.filtered(self._in_state(state)) for state in states}
        return {state: listing.condition(None, query.clone) for state, query in queries.items()}

    def promised(self) -> dict[str, int]:
        """How many of what is shown, unfiltered, are late and due today."""
        found = self.counted(self.running())
        return {code: sum(number for (of, _), number in found.items() if of == code) for code, _ in QUICK}

    def running(self) -> dict[tuple[str, str], listing.Condition]:
        """The condition of each promise in each state in which time runs."""
        known = g.setdefault("running", {})
        if self.endpoint not in known:
            states = (state for state in self.shown_states() if state not in searching.ENDED)
            branches, promises = self.branches(tuple(states)), _promises()
            known[self.endpoint] = {
                (code, state): (f"{where} AND {promises[code][0]}", (*given, *promises[code][1]))
                for code, _ in QUICK
                for state, (where, given) in branches.items()
            }
        return known[self.endpoint]

    def asked_page(self) -> tuple[int, int]:
        """The number of the page that was asked for, and how many rows it has."""
        size = request.args.get("page_size", 0, type=int)
        page = min(max(request.args.get("page", 0, type=int), 0), FURTHEST)
        return page, size if size in self.page_size_options else self.page_size

    def shown_page(self) -> tuple[list, listing.Pages]:
        """The rows of the page that was asked for, and where it lies."""
        page, size = self.asked_page()
        branches = self.narrowed_branches()
        counts = listing.counts(branches) if self.filters() else self.counts(self.shown_states())
        more, count = max(counts.values(), default=0) > COUNTED, sum(counts.values())
        page = min(page, (self.count_cap if more else max(count - 1, 0)) // size)
        viewer = current_user.id if self.on_home else None
        rows = listing.page(branches.values(), self.order, size, page * size, viewer=viewer)
        last = page * size + len(rows)
        onward = len(rows) == size and (more or last < count)
        before, after = self._page(page - 1, size) if page else "", self._page(page + 1, size) if onward else ""
        return rows, listing.Pages(page * size + 1, last, max(count, last), more, before, after)

    def _page(self, page: int, size: int, **more) -> str:
        """The address of another page of this list."""
        kept: dict = {name: request.args[name] for name in self.extra_arguments if name in request.args}
        kept |= {"page": page} if page else {}
        kept |= {"page_size": size} if size != self.page_size else {}
        return self.address_of(**kept, **more)

    # The parts of a queue

    def shown_states(self) -> tuple[str, ...]:
        asked = request.args.get("keadaan", "")
        return (asked,) if asked in self.states else self.waiting_states()

    def waiting_states(self) -> tuple[str, ...]:
        """Those in which it is the turn of these roles; all, where it is nobody's."""
        return _whose_turn(self.states, self.roles, workflow.signed_in_siak()) or self.states

    def tabs(self) -> tuple[Tab, ...]:
        """What waits for these roles together, then each state; none where there is only one."""
        if len(self.states) < 2:
            return ()
        counts = self.counts(self.states)
        asked = request.args.get("keadaan", "")
        together = sum(counts.get(state, 0) for state in self.waiting_states())
        theirs = _whose_turn(self.states, self.roles, workflow.signed_in_siak())
        words = "Menunggu Anda" if theirs else "Semua"
        out = [Tab(words, f"{self.url}/", together, asked not in self.states)]
        for state in self.states:
            url = f"{self.url}/?keadaan={state}"
            out.append(Tab(workflow.STATES[state].label, url, counts.get(state, 0), asked == state))
        return tuple(out)

    def counts(self, states: tuple[str, ...]) -> dict[str, int]:
        """How many are in each of these states, counted to just beyond COUNTED."""
        return self.counted(self.branches(states))

    def counted(self, branches: dict[Any, listing.Condition]) -> dict[Any, int]:
        """How many each of these holds; each is asked for once a request."""
        known = _known(self.endpoint)
        known |= listing.counts({name: one for name, one in branches.items() if name not in known})
        return {name: known[name] for name in branches}

    def numbers(self) -> dict[Any, listing.Condition]:
        """All that its page counts."""
        return self.branches(self.states) | (self.running() if self.claimable else {})


def count(queues: Iterable[Parted], more: Mapping[Any, listing.Condition]) -> dict[Any, int]:
    """Count what these queues will ask for, and something more, which is told; all in one statement."""
    asked = {(queue.endpoint, name): one for queue in queues for name, one in queue.numbers().items()}
    found = listing.counts(asked | {("", name): one for name, one in more.items()})
    for (endpoint, name), number in found.items():
        _known(endpoint)[name] = number
    return {name: found["", name] for name in more}


def _known(endpoint: str) -> dict[Any, int]:
    """What was counted for a screen in this request."""
    return g.setdefault("counts", {}).setdefault(endpoint, {})


@cache
def _whose_turn(states: tuple[str, ...], roles: tuple[str, ...], in_siak: bool) -> tuple[str, ...]:
    """Of these states those in which it is the turn of one of these roles."""
    theirs = {*roles, *([workflow.SYSTEM] * in_siak)}
    return tuple(state for state in states if theirs.intersection(workflow.STATES[state].waits))


def _promises() -> dict[str, tuple[str, tuple]]:
    """Those of searching, with one present for the whole request."""
    if "promises" not in g:
        g.promises = searching.promises()
    return g.promises
