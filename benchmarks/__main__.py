"""`make bench`: prints what QUALITY promises as ratios against a floor that does the same with bare hands."""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

from flask import Flask, request, session

import demonstration
import models
import papers
import seeding
import signing
import tte
from app import create_app
from intake import drafting
from models import Permohonan
from tests.world import World
from workflow import perform

ROUNDS = 60


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median seconds of CPU that one call takes, after a warm-up."""
    work()
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)


def floor(app: Flask) -> Flask:
    """A bare Flask route with a raw cursor and one small page, with session and CSRF check, on the same database."""
    bare = Flask("floor")
    bare.secret_key = "floor"  # noqa: S105 -- protects nothing
    path = app.config["DATABASE_URL"].removeprefix("sqlite:///")

    @bare.get("/page")
    def page():
        with models.open_database(f"sqlite:///{path}") as database:
            rows = database.execute_sql(
                "SELECT number, applicant_name, state, due_at FROM permohonan WHERE state = 'submitted' "
                "ORDER BY due_at, id LIMIT ?",
                (int(request.args["rows"]),),
            ).fetchall()
        return "<table>" + "".join(f"<tr><td>{'<td>'.join(map(str, row))}" for row in rows) + "</table>"

    @bare.post("/press")
    def press():
        if request.form.get("token") != session.get("token"):
            return "", 400
        with models.open_database(f"sqlite:///{path}") as database, database.atomic("IMMEDIATE"):
            database.execute_sql("UPDATE permohonan SET version = version WHERE id = ?", (request.form["id"],))
            database.execute_sql("INSERT INTO attempt (bucket, at) VALUES ('floor', '2026-11-23 00:00:00')")
        return "", 303

    return bare


def signed_in(app: Flask, email: str, path: str):
    """A client of somebody who signed in, and a function that reads the page's token."""
    client = app.test_client()
    page = client.get(path).get_data(as_text=True)
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    client.post(path, data={"email": email, "password": demonstration.PASSWORD, "csrf_token": token})
    return client


def pages(app: Flask, world: World, waiting: list[Permohonan]) -> None:
    bare = floor(app).test_client()
    officer = signed_in(app, "admin@aku.example", "/petugas/masuk")
    resident = signed_in(app, "pemohon@aku.example", "/masuk")
    small, large = timed(lambda: bare.get("/page?rows=1")), timed(lambda: bare.get("/page?rows=50"))
    queue = timed(lambda: officer.get("/petugas/pemeriksaan/?page_size=50"))
    status = timed(lambda: resident.get(f"/permohonan/{waiting[0].key}"))
    show("queue page of 50 rows / floor page", queue / large, 2.5)
    show("public status page / floor page", status / small, 1.6)
    press = timed(lambda: bare.post("/press", data={"id": "1"}))
    left = iter(waiting)
    admin = world.staff["admin"]
    with app.app_context():
        move = timed(lambda: perform(next(left), "send_to_siak", admin))
        show("transition (perform, no page) / floor POST", move / press, 2.0)


def paper(world: World) -> None:
    permohonan = world.walk(world.submit(), "awaiting_tte")
    document, kadis = drafting.current_documents(permohonan)[0], world.staff["kadis"]
    draw = timed(lambda: papers.final(permohonan, document, kadis, models.local().date()))
    way = tte.open_signer("local:", folder=signing.folder())
    facts = {"signer_key": "kadis", "passphrase": demonstration.PASSPHRASE, "reason": "-", "location": "-"}

    def batch():
        pdfs = (("akta", papers.final(permohonan, document, kadis, models.local().date())) for _ in range(20))
        return list(way.sign_all(pdfs, **facts))

    each = timed(batch, rounds=3) / 20
    show("signed documents a second and core / fpdf2 alone", draw / each, 0.7)
    print(f"  {1 / each:.0f} signed documents a second and core; drawing alone {1 / draw:.0f}")
    print(f"  dossier without photos: {timed(lambda: papers.dossier(permohonan), rounds=10) * 1000:.0f} ms of CPU")


def show(what: str, ratio: float, goal: float) -> None:
    print(f"{what:52} {ratio:8.2f}   (goal {goal})")


def main() -> int:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--applications", type=int, default=200, help="how many wait in the queue")
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="aku-bench-") as folder:
        app = create_app(INSTANCE_DIR=folder, ARGON2_COST="64,1")
        with app.app_context():
            seeding.init()
            demonstration.people()
            world = World()
            print(f"SQLite, {wanted.applications} applications in the queue; CPU time, medians of {ROUNDS}.")
            waiting = [world.submit() for _ in range(wanted.applications)]
        pages(app, world, waiting)  # each request in a context of its own
        with app.app_context():
            paper(world)
    return 0


if __name__ == "__main__":
    sys.exit(main())
