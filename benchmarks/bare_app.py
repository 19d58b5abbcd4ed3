"""The baseline ("floor"): bare Flask routes with a raw cursor, a small page, session and CSRF check, same tables."""

import hmac
import sqlite3
from typing import Any

import psycopg
from flask import Flask, abort, redirect, request, session

COLUMNS = (
    "p.id, p.number, l.code, p.track, p.state, p.applicant_name, p.applicant_nik, v.name, p.submitted_at, p.due_at "
    "FROM permohonan p JOIN layanan l ON l.id = p.layanan_id LEFT JOIN village v ON v.id = p.village_id"
)
NAVIGATION = ("antrean", "cari", "laporan", "pengguna", "setelan")
PAGE = """<!doctype html><html lang=id><head><meta charset=utf-8><title>Antrean</title><link rel=stylesheet href=/static/a.css></head><body><nav>{% for n in nav %}<a href="/{{n}}">{{n}}</a>{% endfor %}<b>{{user}}</b></nav>
<form method=get><input name=q value="{{q}}"></form><form method=post action="/batch"><input type=hidden name=csrf value="{{csrf}}"><table><thead><tr><th><th>Nomor<th>Layanan<th>Jalur<th>Status<th>Nama<th>NIK<th>Desa<th>Masuk<th>Batas<th></tr></thead><tbody>
{% for r in rows %}<tr><td><input type=checkbox name=id value="{{r[0]}}"><td><a href="/permohonan/{{r[0]}}">{{r[1]}}</a><td>{{r[2]}}<td>{{r[3]}}<td><span class="badge s-{{r[4]}}">{{r[4]}}</span><td>{{r[5]}}<td>{{r[6]}}<td>{{r[7]}}<td>{{r[8]}}<td>{{r[9]}}<td><button formaction="/t/{{r[0]}}">Kirim</button></tr>
{% endfor %}</tbody></table><p>{{total}} permohonan</p></form></body></html>"""  # noqa: E501
STATUS_PAGE = "<!doctype html><title>Status</title><h1>{{a[1]}}</h1><p>{{a[2]}} {{a[4]}} {{a[5]}}</p><ol>{% for e in events %}<li>{{e[0]}} {{e[1]}}</li>{% endfor %}</ol><p>{{user}}</p>"  # noqa: E501
ZERO_HASH = "0" * 64
OUTBOX_ROWS = 1  # outbox rows of one transition of an applicant with an account


class Cursor:
    """A database connection for raw SQL, of SQLite or PostgreSQL."""

    def __init__(self, url: str):
        self.sqlite = url.startswith("sqlite:///")
        self.connection: Any
        if self.sqlite:
            self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=20)
            for pragma in ("journal_mode = wal", "synchronous = full", "cache_size = -32000", "foreign_keys = 1"):
                self.connection.execute(f"PRAGMA {pragma}")
        else:
            self.connection = psycopg.connect(url, autocommit=True)

    def __call__(self, statement: str, values=()):
        return self.connection.execute(statement if self.sqlite else statement.replace("?", "%s"), values)

    def all(self, statement: str, values=()) -> list[tuple]:
        return self(statement, values).fetchall()

    def planned(self, statement: str, values) -> list[tuple]:
        """Return all rows of a statement that PostgreSQL plans anew each time, which a pattern search needs."""
        if self.sqlite:
            return self.all(statement, values)
        return self.connection.execute(statement.replace("?", "%s"), values, prepare=False).fetchall()

    def move(self, ids: list[int]) -> None:
        """Write state, event, text and outbox of a transition in one transaction, set-based."""
        marks = ",".join("?" * len(ids))
        now = "'2026-11-23 02:00:00'" if self.sqlite else "timestamp '2026-11-23 02:00:00'"
        these = f"FROM permohonan WHERE id IN ({marks})"
        self("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        event = "permohonan_id, version, at, action, source, target, role, codes, text_digest, previous, hash"
        outbox = "event_id, job, payload, state, attempts, run_after, lease, error, created_at"
        fresh = "FROM event e JOIN permohonan p ON p.id = e.permohonan_id AND p.version = e.version"
        made = f"{fresh} WHERE p.id IN ({marks})"
        promised = f"{fresh}, (VALUES {', '.join(f'({n})' for n in range(OUTBOX_ROWS))}) v WHERE p.id IN ({marks})"
        turned = "CASE state WHEN 'submitted' THEN 'siak_entry' ELSE 'submitted' END"
        codes = (
            f"{now}, 'send_to_siak', 'submitted', state, 'admin', '{{}}', '{ZERO_HASH}', '{ZERO_HASH}', '{ZERO_HASH}'"
        )
        sent = f"e.id, 'tell', '{{}}', 'done', 0, {now}, '', '', {now}"
        self(
            f"UPDATE permohonan SET state = {turned}, version = version + 1, changed_at = {now} WHERE id IN ({marks})",
            ids,
        )
        self(f"INSERT INTO event ({event}) SELECT id, version, {codes} {these}", ids)
        self(f"INSERT INTO event_text (event_id, salt, texts) SELECT e.id, '', '{{}}' {made}", ids)
        self(f"INSERT INTO outbox ({outbox}) SELECT {sent} {promised}", ids)
        self("COMMIT")


def bare_app(url: str) -> Flask:
    """Create the bare app; its session holds `u` (a user's id) and `c` (the CSRF token)."""
    app, ask = Flask("floor"), Cursor(url)
    app.secret_key = "floor"  # noqa: S105 -- protects nothing
    app.extensions["cursor"] = ask
    table, status = app.jinja_env.from_string(PAGE), app.jinja_env.from_string(STATUS_PAGE)

    def user() -> str:
        found = ask.all('SELECT id, name FROM "user" WHERE id = ?', (session.get("u"),))
        return found[0][1] if found else abort(401)

    def check() -> None:
        if not hmac.compare_digest(request.form.get("csrf", ""), session.get("c", "")):
            abort(400)

    def page(rows, total, wanted=""):
        return table.render(rows=rows, total=total, user=user(), q=wanted, nav=NAVIGATION, csrf=session["c"])

    @app.get("/queue")
    def queue():
        rows = ask.all(f"SELECT {COLUMNS} WHERE p.state = 'submitted' ORDER BY p.due_at, p.id LIMIT 50")
        few = "SELECT COUNT(*) FROM (SELECT 1 FROM permohonan WHERE state = 'submitted' LIMIT 1000) AS few"
        return page(rows, ask.all(few)[0][0])

    @app.post("/search")
    def search():
        check()
        wanted = request.form["q"]
        rows = ask.all(f"SELECT {COLUMNS} WHERE p.{_column(wanted)} = ? LIMIT 50", (wanted,))
        return page(rows, len(rows), wanted)

    @app.post("/names")
    def names():
        check()
        wanted = request.form["q"]
        where = "p.id IN (SELECT rowid FROM permohonan_search WHERE permohonan_search MATCH ? LIMIT 50)"
        value = f'"{wanted}"'
        if not ask.sqlite:
            where, value = "p.search_text LIKE ?", f"%{wanted.lower()}%"
        rows = ask.planned(f"SELECT {COLUMNS} WHERE {where} LIMIT 50", (value,))
        return page(rows, len(rows), wanted)

    @app.get("/status/<key>")
    def one(key):
        found = ask.all(f"SELECT {COLUMNS} WHERE p.key = ?", (key,))[0]
        events = ask.all("SELECT at, target FROM event WHERE permohonan_id = ? ORDER BY version", (found[0],))
        return status.render(a=found, events=events, user=user())

    @app.post("/t/<int:ident>")
    def press(ident):
        user()
        check()
        ask.move([ident])
        return redirect("/queue", 303)

    @app.post("/batch")
    def batch():
        check()
        ask.move([int(ident) for ident in request.form.getlist("id")])
        return queue()

    return app


def _column(wanted: str) -> str:
    return "number" if wanted.startswith("AKU-") else "subject_nik"
