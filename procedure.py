"""The workflow's table as text for people: Markdown and a Mermaid diagram; docs/prosedur.md is its output."""

from workflow import COUNTER, COUNTER_OPERATOR, ROLES, STATES, TRACKS, TRANSITIONS


def as_markdown() -> str:
    """Return states, transitions and diagram, as `flask workflow` prints them."""
    return "\n".join(["# Prosedur sebagai tabel", "", *_states(), "", *_transitions(), "", *_diagram()])


def _states() -> list[str]:
    rows = [f"| `{s.code}` | {s.label} | {s.public_label} | {_roles(s.waits)} |" for s in STATES.values()]
    return ["## Status", "", "| kode | petugas membaca | pemohon membaca | menunggu |", "|---|---|---|---|", *rows]


def _transitions() -> list[str]:
    head = "| tindakan | tombol | dari | ke | oleh | jalur | diminta | memberi tahu | langkah |"
    rows = [
        f"| `{one.action}` | {one.label} | {', '.join(one.sources)} | {one.target} | {_roles(one.roles)} "
        f"| {TRACKS[one.track] if one.track else 'keduanya'} | {', '.join(one.inputs) or '–'} | {_roles(one.notifies)} "
        f"| {', '.join(one.mission_steps) or '–'} |"
        for one in TRANSITIONS
    ]
    return ["## Perpindahan", "", head, "|" + "---|" * 9, *rows]


def _roles(codes: tuple[str, ...]) -> str:
    return ", ".join(ROLES[COUNTER_OPERATOR if code == COUNTER else code].label for code in codes) or "–"


def _diagram() -> list[str]:
    arrows = sorted({f"    {source} --> {one.target}: {one.label}" for one in TRANSITIONS for source in one.sources})
    return ["## Diagram", "", "```mermaid", "stateDiagram-v2", "    [*] --> draft", *arrows, "```"]
