"""Looks at every start whether the procedure's table, the screens and the channels name only what there is.

Each fault is a sentence that says where it is and what was probably meant; it asks the database nothing.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

import notify
import papers
from admin_views import MENU
from admin_views.base import Records, StaffModelView
from admin_views.checking import SAID
from admin_views.permohonan import LABELS, PermohonanView
from answers import ASKS
from models import REASON_KINDS, Permohonan
from workflow import COUNTER, OF_ACTION, ONLY, ROLES, STATES, TRACKS, TRANSITIONS, Transition

ACTION, ADDRESS = re.compile(r"[a-z][a-z0-9_]{0,39}"), re.compile(r"[a-z][a-z0-9-]{0,29}")
MADE = {"claim", "draft", "queue_number"}  # columns that are in no table
# fmt: off
SEVERAL: tuple[tuple[str, str, Collection], ...] = (  # of a row: what it names, and all that there is
    ("sources", "keadaan asal", STATES), ("roles", "peran", ROLES), ("asks", "pertanyaan", ASKS),
    ("tells", "yang diberi tahu", (*ROLES, COUNTER)),
)
ONE: tuple[tuple[str, str, Collection], ...] = (
    ("target", "keadaan tujuan", STATES), ("track", "jalur", (None, *TRACKS)), ("only", "syarat", ONLY),
    ("reasons", "jenis alasan", ("", *REASON_KINDS)), ("paper", "cetakan", ("", *papers.PAPERS)),
    ("desk", "pemeriksaan", ("", *SAID)), ("tone", "warna tombol", ("", "main", "no")),
)
# fmt: on


def faults(effects: Collection[str]) -> list[str]:
    """Everything that is wrong; `effects` are the names of the functions that rows may name."""
    every = [screen for _, screens in MENU for screen in screens if isinstance(screen, type)]
    screens = [screen for screen in every if issubclass(screen, Records)]
    rows = (fault for row in TRANSITIONS for fault in (*_of_row(row), *_of_effects(row, effects)))
    return [
        *rows,
        *_twice(),
        *_of_states(),
        *_of_labels(),
        *_of_screens(screens),
        *_forgotten(every),
        *_of_channels(),
    ]


def _of_row(row: Transition) -> Iterator[str]:
    where = f"workflow.py, langkah {row.action!r}"
    if not ACTION.fullmatch(row.action):
        yield f"{where}: namanya paling banyak 40 huruf kecil, angka, dan garis bawah."
    for name, words, known in SEVERAL:
        yield from _unknown(where, words, getattr(row, name), known)
    for name, words, known in ONE:
        yield from _unknown(where, words, (getattr(row, name),), known)


def _of_effects(row: Transition, effects: Collection[str]) -> Iterator[str]:
    for words, names in (("efek", row.does), ("pemeriksaan", row.checks), ("efek", (row.now,) if row.now else ())):
        yield from _unknown(f"workflow.py, langkah {row.action!r}", words, names, effects)


def _no_tuple(where: str, words: str, names) -> Iterator[str]:
    if not isinstance(names, tuple):
        yield f"{where}: {words} ditulis dalam kurung dengan koma di belakangnya, misalnya ({names!r},)."


def _unknown(where: str, words: str, names, known: Collection) -> Iterator[str]:
    """A sentence for each name that isn't known, with the one that was probably meant."""
    yield from _no_tuple(where, words, names)
    for name in names if isinstance(names, tuple) else ():
        if name not in known:
            near = get_close_matches(str(name), [one for one in known if one], 1)
            yield f"{where}: {words} {name!r} tidak ada." + (f" Maksudnya {near[0]!r}?" if near else "")


def _twice() -> Iterator[str]:
    """Of two rows that say the same only the first would ever be performed."""
    same = Counter(
        (row.action, source, role, row.track, row.only)
        for row in TRANSITIONS
        for source in row.sources
        for role in row.roles
    )
    for action in sorted({action for (action, *_), number in same.items() if number > 1}):
        yield f"workflow.py, langkah {action!r}: ada dua baris untuk keadaan, peran, dan jalur yang sama."


def _of_states() -> Iterator[str]:
    for state in STATES.values():
        where = f"workflow.py, keadaan {state.code!r}"
        yield from _unknown(where, "peran", state.waits, ROLES)
        yield from _unknown(where, "langkah", (state.lapses or ())[:1], OF_ACTION)


def _of_labels() -> Iterator[str]:
    known = (*Permohonan._meta.fields, *MADE)
    yield from _unknown("admin_views/permohonan.py, LABELS", "kolom", tuple(LABELS), known)


def _of_screens(screens: Iterable[type[Records]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for screen in screens:
        where = f"admin_views, layar {screen.__name__}"
        if not screen.title or not ADDRESS.fullmatch(screen.address):
            yield f"{where}: perlu `title`, dan `address` dari paling banyak 30 huruf kecil, angka, dan tanda hubung."
        if other := seen.get(screen.address):
            yield f"{where}: alamat {screen.address!r} sudah dipakai {other}."
        seen[screen.address] = screen.__name__
        if not screen.roles:
            yield f"{where}: perlu `roles`; tanpa itu tidak ada yang dapat membukanya."
        yield from _unknown(where, "peran", screen.roles, ROLES)
        if issubclass(screen, PermohonanView):
            yield from _unknown(where, "keadaan", screen.states, STATES)
            yield from _unknown(where, "kolom (yang bernama di LABELS)", screen.column_list, screen.column_labels)


def _forgotten(screens: Collection[type]) -> Iterator[str]:
    """Screens with an address of their own that stand in no menu."""
    for screen in _below(StaffModelView):
        own = screen.__module__.startswith("admin_views.") and vars(screen).get("endpoint")
        if own and not any(issubclass(one, screen) for one in screens):
            yield f"{screen.__module__}, layar {screen.__name__}: belum ada di menu; sebut di QUEUES (queues.py)."


def _below(kind: type) -> Iterator[type]:
    one: type
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _of_channels() -> Iterator[str]:
    for name, channel in notify.CHANNELS.items():
        if not callable(getattr(channel, "send", None)):
            yield f"notify, saluran {name!r}: berkasnya perlu fungsi send(message)."
