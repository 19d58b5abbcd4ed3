"""The workflow's table as text for people: Markdown and a Mermaid diagram; docs/prosedur.md is its output."""

from workflow import ROLES, STATES, TRACKS, TRANSITIONS


def as_markdown() -> str:
    """States, transitions and diagram, as `flask workflow` prints them."""
    return "\n".join(["# Prosedur sebagai tabel", "", *_states(), "", *_transitions(), "", *_diagram()])


def _states() -> list[str]:
    rows = [f"| `{s.code}` | {s.label} | {s.public} | {_roles(s.waits)} |" for s in STATES.values()]
    return ["## Status", "", "| kode | petugas membaca | pemohon membaca | menunggu |", "|---|---|---|---|", *rows]


def _transitions() -> list[str]:
    head = "| tindakan | tombol | dari | ke | oleh | jalur | diminta | memberi tahu | langkah |"
    rows = [
        f"| `{row.action}` | {row.label} | {', '.join(row.sources)} | {row.target} | {_roles(row.roles)} "
        f"| {TRACKS[row.track] if row.track else 'keduanya'} | {', '.join(row.asks) or '–'} | {_roles(row.tells)} "
        f"| {', '.join(row.steps) or '–'} |"
        for row in TRANSITIONS
    ]
    return ["## Perpindahan", "", head, "|" + "---|" * 9, *rows]


def _roles(codes: tuple[str, ...]) -> str:
    return ", ".join("Operator loket" if code == "counter" else ROLES[code] for code in codes) or "–"


def _diagram() -> list[str]:
    arrows = sorted({f"    {source} --> {row.target}: {row.label}" for row in TRANSITIONS for source in row.sources})
    return ["## Diagram", "", "```mermaid", "stateDiagram-v2", "    [*] --> draft", *arrows, "```"]
