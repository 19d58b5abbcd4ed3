"""The operators' commands, `flask --app app …`; each does its one thing and says what it did."""

import logging

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from peewee import JOIN

import accounts
import chores
import crowd
import demonstration
import outbox
import procedure
import sealing
import seeding
import worker
import workflow
from accounts import links
from lib.database import database, now, transaction
from models import Grant, Office, User

NOBODYS = "-"  # no password hashes to this: the person chooses one by the link
staff = AppGroup("staff", help="Petugas: tambah, nonaktifkan, peran.")
log = AppGroup("log", help="Catatan peristiwa.")


def register(app: Flask) -> None:
    """Give the app its commands."""
    for command in (init, demo, drain, run_worker, show_workflow, staff, log):
        app.cli.add_command(command)


@click.command("init")
@with_appcontext
def init() -> None:
    """Buat tabel dan data acuan; aman diulang."""
    seeding.init()
    click.echo("Tabel dan data acuan siap.")


@click.command("demo")
@click.option("--people-only", is_flag=True, help="Orangnya saja, tanpa permohonan contoh.")
@click.option("--rows", type=click.IntRange(1), help="Tambah sekian permohonan acak, 97 % sudah selesai.")
@with_appcontext
def demo(people_only: bool, rows: int | None) -> None:
    """Buat orang dan permohonan peragaan; aman diulang (kecuali --rows, yang selalu menambah)."""
    try:
        demonstration.people()
        if not people_only:
            demonstration.applications()
        if rows:
            crowd.fill(rows, tell=lambda done: click.echo(f"\r{done} dari {rows} permohonan", nl=done == rows))
    except accounts.Refused as reason:
        raise click.ClickException(str(reason)) from reason
    click.echo("Orang dan permohonan peragaan siap.")


@click.command("drain")
@with_appcontext
def drain() -> None:
    """Kerjakan semua yang dijanjikan, sekali."""
    chores.housekeep()
    click.echo(f"{outbox.drain()} janji dikerjakan.")


@click.command("worker")
@with_appcontext
def run_worker() -> None:
    """Kerjakan yang dijanjikan, terus-menerus."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it names every letter of every paper
    database.close()
    worker.work()


@click.command("workflow")
@with_appcontext
def show_workflow() -> None:
    """Tabel prosedur sebagai Markdown dan diagram."""
    click.echo(procedure.as_markdown())


@staff.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(workflow.STAFF))
@click.option("--office", "code", default="dinas", help="Kode kantor, misalnya 51.08.06.2004")
@click.option("--group", type=click.Choice(["dafduk", "capil"]))
@with_appcontext
def staff_add(email: str, name: str, role: str, code: str, group: str | None) -> None:
    """Tambah petugas dan peran; kata sandinya dibuat lewat tautan yang dicetak di sini."""
    place = Office.get_or_none(Office.code == code)
    if place is None:
        raise click.ClickException(f"Kantor {code} tidak ada.")
    user = accounts.find(email)
    if user is None:
        user = User.create(email=email.strip().lower(), name=name, password=NOBODYS, confirmed_at=now())
    try:
        accounts.grant(user, role, office=place, group=group)
    except accounts.Refused as reason:
        raise click.ClickException(str(reason)) from reason
    secret = links.make(user, "reset", user.email)
    click.echo(f"{user.email} menjadi {workflow.ROLES[role].label}.")
    click.echo(f"Kata sandi dibuat di {current_app.config['BASE_URL']}/sandi-baru/{secret} (30 menit).")


@staff.command("disable")
@click.argument("email")
@with_appcontext
def staff_disable(email: str) -> None:
    """Tutup akun seorang petugas, juga yang sedang masuk."""
    user = _known(email)
    with transaction():
        User.update(disabled_at=now()).where(User.id == user.id).execute()
        accounts.end_all(user)
    click.echo(f"{user.email} tidak dapat masuk lagi.")


@staff.command("roles")
@click.argument("email")
@with_appcontext
def staff_roles(email: str) -> None:
    """Peran seorang petugas."""
    for grant in Grant.select(Grant, Office).join(Office, JOIN.LEFT_OUTER).where(Grant.user == _known(email)):
        until = f" sampai {grant.until}" if grant.until else ""
        place = grant.office.name if grant.office_id else "semua kantor"
        click.echo(f"{grant.role} di {place}, bidang {grant.group or 'semua'}, sejak {grant.since}{until}")


def _known(email: str) -> User:
    user = accounts.find(email)
    if user is None:
        raise click.ClickException(f"{email} tidak dikenal.")
    return user


@log.command("verify")
@with_appcontext
def log_verify() -> None:
    """Periksa rantai catatan peristiwa; kode keluar 1 bila ada yang berubah."""
    faults = list(sealing.verify())
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException(f"{len(faults)} tempat tidak cocok.")
    click.echo("Rantai catatan utuh.")
