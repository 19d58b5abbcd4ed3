"""Flask-Admin with SQLAlchemy (Flask-SQLAlchemy), as documented."""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template_string
from flask_admin import Admin, expose
from flask_admin.actions import action
from flask_admin.contrib.sqla import ModelView
from flask_login import UserMixin, current_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event as hook

from benchmarks.peers.protocol import (
    COLUMNS,
    SCREEN,
    STATUS,
    THERE_AND_BACK,
    FlaskAdmin,
    event_columns,
    make_app,
    sign_in_first_user,
)

db = SQLAlchemy()
Id, Text, Number, Moment = db.Integer, db.String(200), db.Integer, db.DateTime


def column(kind=Text, *more, **facts):
    return db.Column(kind, *more, **facts)


class User(UserMixin, db.Model):  # type: ignore[name-defined]
    id, name = column(Id, primary_key=True), column()


class Layanan(db.Model):  # type: ignore[name-defined]
    id, code = column(Id, primary_key=True), column()

    def __str__(self) -> str:
        return self.code


class Village(db.Model):  # type: ignore[name-defined]
    id, name = column(Id, primary_key=True), column()

    def __str__(self) -> str:
        return self.name


class Permohonan(db.Model):  # type: ignore[name-defined]
    id, version = column(Id, primary_key=True), column(Number)
    key, number, track, state, applicant_name, subject_nik = (column() for _ in range(6))
    layanan_id, village_id = column(Id, db.ForeignKey("layanan.id")), column(Id, db.ForeignKey("village.id"))
    submitted_at, due_at, changed_at = column(Moment), column(Moment), column(Moment)
    layanan, village = db.relationship(Layanan), db.relationship(Village)


class Event(db.Model):  # type: ignore[name-defined]
    id, permohonan_id = column(Id, primary_key=True), column(Id, db.ForeignKey("permohonan.id"))
    version, at = column(Number), column(Moment)
    action, source, target, role = column(), column(), column(), column()
    codes, text_digest, previous, hash = column(default="{}"), column(), column(), column()


class Outbox(db.Model):  # type: ignore[name-defined]
    id, event_id = column(Id, primary_key=True), column(Id, db.ForeignKey("event.id"))
    job, payload, state, lease, error = (column(default=text) for text in ("tell", "{}", "done", "", ""))
    attempts, run_after, created_at = column(Number, default=0), column(Moment), column(Moment)
    event = db.relationship(Event)


def move(one: Permohonan) -> None:
    step, target = THERE_AND_BACK[one.state]
    now, facts = datetime.now(UTC).replace(tzinfo=None), event_columns(step, one.state, target)
    one.state, one.version, one.changed_at = target, one.version + 1, now
    event = Event(permohonan_id=one.id, version=one.version, at=now, **facts)
    db.session.add(Outbox(event=event, run_after=now, created_at=now))


class PermohonanView(ModelView):
    column_list = COLUMNS
    column_filters = ("state", "track")
    column_searchable_list = ("applicant_name", "subject_nik", "number")
    column_default_sort = "due_at"
    page_size = 50
    can_delete = False

    def is_accessible(self) -> bool:
        return current_user.is_authenticated

    def _move(self, idents) -> None:
        chosen = Permohonan.id.in_([int(ident) for ident in idents])
        for one in db.session.query(Permohonan).filter(chosen).with_for_update():
            move(one)
        db.session.commit()
        flash(f"{len(idents)}")

    @action("move", "Kirim ke SIAK", "Yakin?")
    def action_move(self, idents) -> None:
        self._move(idents)

    @expose("/move/<int:ident>", methods=["POST"])
    def button(self, ident: int):
        self._move([ident])
        return redirect(self.get_url(".index_view"))


def build(url: str) -> FlaskAdmin:
    app = make_app(__name__, lambda ident: db.session.get(User, int(ident)))
    app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://")
    db.init_app(app)
    with app.app_context():
        hook.listen(db.engine, "connect", _set_pragmas)
    view = PermohonanView(Permohonan, db, endpoint="permohonan", url=SCREEN)
    Admin(app).add_view(view)

    @app.get("/status/<key>")
    def status(key: str) -> str:
        one = db.session.query(Permohonan).filter_by(key=key).first() or abort(404)
        events = db.session.query(Event).filter_by(permohonan_id=one.id).order_by(Event.version)
        return render_template_string(STATUS, one=one, events=events)

    return sign_in_first_user(app, view)


def _set_pragmas(connection, record) -> None:
    if db.engine.name == "sqlite":
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("PRAGMA synchronous = full")
