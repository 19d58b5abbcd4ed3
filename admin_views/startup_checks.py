"""Startup checks: whether the workflow table, roles, effects, screens and channels name only what exists.

Each fault is a sentence that says where it is and what was probably meant; no query is sent.
"""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

import notify
from accounts.roles import NOTHING, REACHES
from admin_views import MENU, view_checks
from admin_views.base import StaffModelView
from admin_views.queue.checklist import INCOMPLETE
from admin_views.queue.view import LABELS, QueueView
from casework.effect_registry import AFTER_COMMIT, CHECKS, EFFECTS
from casework.inputs import INPUTS
from documents import printouts
from models import REASON_KINDS, Permohonan
from workflow import BY_ACTION, CONDITIONS, COUNTER, ROLES, STATES, SYSTEM, TRACKS, TRANSITIONS, State, Transition

ACTION, ADDRESS = re.compile(r"[a-z][a-z0-9_]{0,39}"), re.compile(r"[a-z][a-z0-9-]{0,29}")
ROLE = re.compile(r"[a-z][a-z0-9_]{0,19}")
COMPUTED_COLUMNS = {"claim", "draft", "verified", "queue_number"}  # columns that are in no table
# fmt: off
TUPLES: tuple[tuple[str, str, Collection], ...] = (  # field of a transition, its words, all that it may name
    ("sources", "keadaan asal", STATES), ("roles", "peran", ROLES), ("inputs", "pertanyaan", INPUTS),
    ("triggered_by", "peran pemicu", ROLES), ("notifies", "yang diberi tahu", (*ROLES, COUNTER)),
)
SINGLE: tuple[tuple[str, str, Collection], ...] = (
    ("target", "keadaan tujuan", STATES), ("track", "jalur", (None, *TRACKS)), ("condition", "syarat", CONDITIONS),
    ("reason_kind", "jenis alasan", ("", *REASON_KINDS)), ("printout", "cetakan", ("", *printouts.PRINTOUTS)),
    ("checklist", "pemeriksaan", ("", *INCOMPLETE)), ("tone", "warna tombol", ("", "main", "no")),
)
FUNCTIONS: tuple[tuple[str, str, str, dict[str, Callable]], ...] = (  # … its words, the decorator of what it may name
    ("effects", "efek", "@effect", EFFECTS), ("checks", "pemeriksaan", "@check", CHECKS),
    ("after_commit", "efek", "@after_commit", AFTER_COMMIT),
)
# fmt: on


def faults() -> list[str]:
    """Return a sentence for everything that is wrong."""
    entries = [entry for _, screens in MENU for entry in screens]
    classes = [entry if isinstance(entry, type) else type(entry) for entry in entries]  # a view may be made already
    screens = [screen for screen in classes if issubclass(screen, QueueView)]
    of_transitions = (fault for one in TRANSITIONS for fault in (*_of_transition(one), *_of_functions(one)))
    return [
        *of_transitions,
        *_duplicate_transitions(),
        *_of_registered_functions(),
        *(fault for state in STATES.values() for fault in _of_state(state)),
        *_of_roles(),
        *_of_labels(),
        *_of_screens(screens),
        *_screens_without_menu(classes),
        *_of_channels(),
    ]


def _of_transition(transition: Transition) -> Iterator[str]:
    where = f"workflow.py, langkah {transition.action!r}"
    if not ACTION.fullmatch(transition.action):
        yield f"{where}: namanya paling banyak 40 huruf kecil, angka, dan garis bawah."
    for name, words, known in TUPLES:
        yield from _unknown(where, words, getattr(transition, name), known)
    for name, words, known in SINGLE:
        yield from _unknown(where, words, (getattr(transition, name),), known)


def _of_functions(transition: Transition) -> Iterator[str]:
    """Return the functions it names that don't exist, or are of another kind."""
    where = f"workflow.py, langkah {transition.action!r}"
    for field, words, _, functions in FUNCTIONS:
        names = _named(transition, field)
        others = {one: (other, mark) for other, _, mark, theirs in FUNCTIONS if other != field for one in theirs}
        misplaced = [name for name in names if name in others] if isinstance(names, tuple) else []
        for name in misplaced:
            right, mark = others[name]
            yield f"{where}: {name!r} ditandai {mark}; sebut di `{right}`, bukan di `{field}`."
        yield from _unknown(where, words, names, (*functions, *misplaced))


def _named(transition: Transition, field: str):
    value = getattr(transition, field)
    return tuple(filter(None, (value,))) if field == "after_commit" else value


def _of_registered_functions() -> Iterator[str]:
    """Return the decorated functions that take other arguments than the move, or that no transition uses."""
    for field, words, _, functions in FUNCTIONS:
        used = {name for transition in TRANSITIONS for name in _named(transition, field)}
        for name, function in functions.items():
            where = f"{function.__module__.replace('.', '/')}.py, {words} {name!r}"
            if not _takes_a_move_only(function):
                yield f"{where}: harus menerima satu argumen saja, yaitu `move`."
            if name not in used:
                yield f"{where}: tidak dipakai langkah mana pun; sebut di `{field}` sebuah langkah, atau hapus."


def _takes_a_move_only(function: Callable) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    positional = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    return len(parameters) == 1 and parameters[0].kind in positional


def _unknown(where: str, words: str, names, known: Collection) -> Iterator[str]:
    """Return a sentence for each name that isn't known, with the one that was probably meant."""
    if not isinstance(names, tuple):
        yield f"{where}: {words} ditulis dalam kurung dengan koma di belakangnya, misalnya ({names!r},)."
        return
    yield from (f"{where}: {fault}" for fault in view_checks.unknown(words, names, known))


def _duplicate_transitions() -> Iterator[str]:
    """Return the actions of which two transitions say the same; only the first would ever be performed."""
    pairs = ((one, source, role) for one in TRANSITIONS for source in one.sources for role in one.roles)
    same = Counter((one.action, source, role, one.track, one.condition) for one, source, role in pairs)
    for action in sorted({action for (action, *_), number in same.items() if number > 1}):
        yield f"workflow.py, langkah {action!r}: ada dua baris untuk keadaan, peran, dan jalur yang sama."


def _of_state(state: State) -> Iterator[str]:
    where = f"workflow.py, keadaan {state.code!r}"
    yield from _unknown(where, "peran", state.waits, ROLES)
    yield from _unknown(where, "langkah", (state.lapses or ())[:1], BY_ACTION)
    leaving = [transition for transition in TRANSITIONS if state.code in transition.sources]
    if not leaving and not state.final:
        yield f"{where}: tidak ada langkah keluar dari sini; tulis langkahnya, atau `final=True` bila ini akhirnya."
    served = {role for transition in leaving for role in (*transition.roles, *transition.triggered_by)}
    for role in state.waits if isinstance(state.waits, tuple) and (leaving or state.final) else ():
        if role in ROLES and role not in served:
            yield f"{where}: menunggu peran {role!r}, tetapi tidak ada langkah dari sini untuk peran itu."


def _of_roles() -> Iterator[str]:
    """Return the roles with an odd code or reach, and those that reach nothing but have transitions."""
    for code, role in ROLES.items():
        where = f"accounts/roles.py, peran {code!r}"
        if not ROLE.fullmatch(code):
            yield f"{where}: kodenya paling banyak 20 huruf kecil, angka, dan garis bawah."
        yield from _unknown(where, "jangkauan", (role.reach,), REACHES)
        actions = [transition.action for transition in TRANSITIONS if code in transition.roles]
        if role.reach == NOTHING and actions and code != SYSTEM:
            yield f"{where}: tidak menjangkau permohonan apa pun, jadi langkah {actions[0]!r} tidak dapat dilakukannya."


def _of_labels() -> Iterator[str]:
    known = (*Permohonan._meta.fields, *COMPUTED_COLUMNS)
    yield from _unknown("admin_views/queue/view.py, LABELS", "kolom", tuple(LABELS), known)


def _of_screens(screens: Iterable[type[QueueView]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for screen in screens:
        where = f"admin_views, layar {screen.__name__}"
        if not screen.name or not ADDRESS.fullmatch(screen.endpoint):
            yield f"{where}: perlu `name`, dan `endpoint` dari paling banyak 30 huruf kecil, angka, dan tanda hubung."
        if other := seen.get(screen.endpoint):
            yield f"{where}: alamat {screen.endpoint!r} sudah dipakai {other}."
        seen[screen.endpoint] = screen.__name__
        if not screen.roles:
            yield f"{where}: perlu `roles`; tanpa itu tidak ada yang dapat membukanya."
        yield from _unknown(where, "peran", screen.roles, ROLES)
        yield from _unknown(where, "keadaan", screen.states, STATES)
        yield from _unknown(where, "kolom (yang bernama di LABELS)", screen.column_list, screen.column_labels)


def _screens_without_menu(screens: Collection[type]) -> Iterator[str]:
    """Return the screens with an address of their own that stand in no menu."""
    for screen in _subclasses(StaffModelView):
        own = screen.__module__.startswith("admin_views.") and vars(screen).get("endpoint")
        if own and not any(issubclass(one, screen) for one in screens):
            place = "QUEUES (queues.py)" if issubclass(screen, QueueView) else "MENU (admin_views/__init__.py)"
            yield f"{screen.__module__}, layar {screen.__name__}: belum ada di menu; sebut di {place}."


def _subclasses(kind: type) -> Iterator[type]:
    one: type
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _of_channels() -> Iterator[str]:
    for name, channel in notify.CHANNELS.items():
        if not callable(getattr(channel, "send", None)):
            yield f"notify, saluran {name!r}: berkasnya perlu fungsi send(message)."
