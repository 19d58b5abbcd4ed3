"""Command-line interface for operators, `flask --app app …`; each command reports its result."""

import logging
import tomllib
from pathlib import Path

import click
from flask import Flask, current_app, render_template
from flask.cli import AppGroup, with_appcontext
from peewee import JOIN

import accounts
from accounts import one_time_links
from casework import ledger
from catalogue import definition, fields, labels, service_sheet, statements
from jobs import outbox, schedule, worker
from lib.database import database, now, transaction
from models import Grant, Office, User
from seed import demo, generate, load
from workflow import COUNTER, COUNTER_OPERATOR, ROLES, STAFF, STATES, TRACKS, TRANSITIONS

UNUSABLE_HASH = "-"  # no password has this hash: the user sets one by the link
staff_commands = AppGroup("staff", help="Petugas: tambah, nonaktifkan, peran.")
log_commands = AppGroup("log", help="Catatan peristiwa.")


def register(app: Flask) -> None:
    """Give the app its commands."""
    own = (init_command, demo_command, drain_command, worker_command, workflow_command, services_command)
    for command in (*own, staff_commands, log_commands):
        app.cli.add_command(command)


@click.command("init")
@with_appcontext
def init_command() -> None:
    """Buat tabel dan data acuan; aman diulang."""
    load.init()
    click.echo("Tabel dan data acuan siap.")


@click.command("demo")
@click.option("--people-only", is_flag=True, help="Orangnya saja, tanpa permohonan contoh.")
@click.option("--rows", type=click.IntRange(1), help="Tambah sekian permohonan acak, 97 % sudah selesai.")
@with_appcontext
def demo_command(people_only: bool, rows: int | None) -> None:
    """Buat orang dan permohonan peragaan; aman diulang (kecuali --rows, yang selalu menambah)."""
    try:
        demo.create_people()
        if not people_only:
            demo.create_applications()
        if rows:
            generate.generate_applications(
                rows, tell=lambda done: click.echo(f"\r{done} dari {rows} permohonan", nl=done == rows)
            )
    except accounts.AccountRefused as reason:
        raise click.ClickException(str(reason)) from reason
    click.echo("Orang dan permohonan peragaan siap.")


@click.command("drain")
@with_appcontext
def drain_command() -> None:
    """Kerjakan semua yang dijanjikan, sekali; juga pesan yang masih dapat diurungkan."""
    schedule.run_all()
    click.echo(f"{outbox.drain(early=True)} janji dikerjakan.")


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Kerjakan yang dijanjikan, terus-menerus."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it logs every glyph of every PDF
    database.close()
    worker.work()


@click.command("workflow")
@with_appcontext
def workflow_command() -> None:
    """Tabel prosedur sebagai Markdown dan diagram."""
    click.echo(workflow_markdown())


def workflow_markdown() -> str:
    """Return the states, transitions and a Mermaid state diagram as Markdown; docs/prosedur.md is this output."""
    return "\n".join(["# Prosedur sebagai tabel", "", *_state_table(), "", *_transition_table(), "", *_diagram()])


def _state_table() -> list[str]:
    rows = [f"| `{s.code}` | {s.label} | {s.public_label} | {_role_names(s.waits)} |" for s in STATES.values()]
    return ["## Status", "", "| kode | petugas membaca | pemohon membaca | menunggu |", "|---|---|---|---|", *rows]


def _transition_table() -> list[str]:
    head = "| tindakan | tombol | dari | ke | oleh | jalur | diminta | memberi tahu | langkah |"
    rows = [
        f"| `{one.action}` | {one.label} | {', '.join(one.sources)} | {one.target} | {_role_names(one.roles)} "
        f"| {TRACKS[one.track] if one.track else 'keduanya'} | {', '.join(one.inputs) or '–'} "
        f"| {_role_names(one.notifies)} | {', '.join(one.mission_steps) or '–'} |"
        for one in TRANSITIONS
    ]
    return ["## Perpindahan", "", head, "|" + "---|" * 9, *rows]


def _role_names(codes: tuple[str, ...]) -> str:
    return ", ".join(ROLES[COUNTER_OPERATOR if code == COUNTER else code].label for code in codes) or "–"


def _diagram() -> list[str]:
    moves = {(source, one.target, one.label) for one in TRANSITIONS for source in one.sources}
    arrows = sorted(f"    {source} --> {target}: {label}" for source, target, label in moves)
    return ["## Diagram", "", "```mermaid", "stateDiagram-v2", "    [*] --> draft", *arrows, "```"]


@click.command("services")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def services_command(folder: Path) -> None:
    """Lembar semua layanan bawaan sebagai Markdown, satu berkas setiap layanan, ke sebuah folder."""
    pages = service_pages()
    folder.mkdir(parents=True, exist_ok=True)
    for left in {path.name for path in folder.glob("*.md")} - pages.keys():
        (folder / left).unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(pages) - 1} layanan ditulis ke {folder}.")


def service_pages() -> dict[str, str]:
    """Return the sheets of the shipped services and their index as Markdown, by file name: docs/layanan."""
    order = tomllib.loads((definition.SEED / "order.toml").read_text(encoding="utf-8"))["order"]
    bodies = [definition.read_definition(definition.SEED / "layanan" / f"{code}.toml") for code in order]
    groups = [(name, [body for body in bodies if body["group"] == code]) for code, name in labels.GROUPS.items()]
    given = {path.stem: statements.read_statement(path) for path in statements.FOLDER.glob("*.toml")}
    pages = {"README.md": render_template("staff/layanan/sheet_index.md", groups=groups)}
    for body in bodies:
        sheet = service_sheet.build(body, given)
        pages[f"{body['code']}.md"] = render_template("staff/layanan/sheet.md", sheet=sheet)
    return {name: text.strip() + "\n" for name, text in pages.items()}


@staff_commands.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(STAFF))
@click.option("--office", "code", default="dinas", help="Kode kantor, misalnya 51.08.06.2004")
@click.option("--group", type=click.Choice(["dafduk", "capil"]))
@with_appcontext
def staff_add(email: str, name: str, role: str, code: str, group: str | None) -> None:
    """Tambah petugas dan peran; kata sandinya dibuat lewat tautan yang dicetak di sini."""
    place = Office.get_or_none(Office.code == code)
    if place is None:
        raise click.ClickException(f"Kantor {code} tidak ada.")
    user = accounts.find_user(email)
    if user is None:
        user = User.create(**_clean_account(email, name), password=UNUSABLE_HASH, confirmed_at=now())
    try:
        accounts.grant_role(user, role, office=place, group=group)
    except accounts.AccountRefused as reason:
        raise click.ClickException(str(reason)) from reason
    secret = one_time_links.create(user, "reset", user.email)
    click.echo(f"{user.email} menjadi {ROLES[role].label}.")
    click.echo(f"Kata sandi dibuat di {current_app.config['BASE_URL']}/sandi-baru/{secret} (30 menit).")


def _clean_account(email: str, name: str) -> dict[str, str]:
    """Return e-mail and name as every form takes them."""
    rules = {"email": ("email", "E-mail", email), "name": ("name", "Nama", name)}
    try:
        found = {
            key: fields.clean({"type": kind, "label": {"id": label}}, raw) for key, (kind, label, raw) in rules.items()
        }
    except fields.InvalidAnswer as wrong:
        raise click.ClickException(str(wrong)) from wrong
    return found | {"email": found["email"].lower()}


@staff_commands.command("disable")
@click.argument("email")
@with_appcontext
def staff_disable(email: str) -> None:
    """Tutup akun seorang petugas, juga yang sedang masuk."""
    user = _get_user(email)
    with transaction():
        User.update(disabled_at=now()).where(User.id == user.id).execute()
        accounts.sign_out_everywhere(user)
    click.echo(f"{user.email} tidak dapat masuk lagi.")


@staff_commands.command("roles")
@click.argument("email")
@with_appcontext
def staff_roles(email: str) -> None:
    """Peran seorang petugas."""
    for grant in Grant.select(Grant, Office).join(Office, JOIN.LEFT_OUTER).where(Grant.user == _get_user(email)):
        until = f" sampai {grant.until}" if grant.until else ""
        place = grant.office.name if grant.office_id else "semua kantor"
        click.echo(f"{grant.role} di {place}, bidang {grant.group or 'semua'}, sejak {grant.since}{until}")


def _get_user(email: str) -> User:
    user = accounts.find_user(email)
    if user is None:
        raise click.ClickException(f"{email} tidak dikenal.")
    return user


@log_commands.command("verify")
@with_appcontext
def log_verify() -> None:
    """Periksa rantai catatan peristiwa; kode keluar 1 bila ada yang berubah."""
    faults = list(ledger.verify())
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException(f"{len(faults)} tempat tidak cocok.")
    click.echo("Rantai catatan utuh.")
