"""Flask-Admin with peewee, as documented: a ModelView with filters, search, an action and a button's route."""

from datetime import UTC, datetime

import peewee as pw
from flask import abort, flash, redirect, render_template_string
from flask_admin import Admin, expose
from flask_admin.actions import action
from flask_admin.contrib.peewee import ModelView
from flask_login import UserMixin, current_user
from playhouse.db_url import connect

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

database = pw.DatabaseProxy()


class Table(pw.Model):
    class Meta:
        database = database


class User(UserMixin, Table):
    name = pw.CharField()


class Layanan(Table):
    code = pw.CharField()

    def __str__(self) -> str:
        return self.code


class Village(Table):
    name = pw.CharField()

    def __str__(self) -> str:
        return self.name


class Permohonan(Table):
    key, number, track, state = pw.CharField(), pw.CharField(), pw.CharField(), pw.CharField()
    layanan, village = pw.ForeignKeyField(Layanan), pw.ForeignKeyField(Village, null=True)
    applicant_name, subject_nik = pw.CharField(), pw.CharField()
    submitted_at, due_at, changed_at = pw.DateTimeField(), pw.DateTimeField(), pw.DateTimeField()
    version = pw.IntegerField()


class Event(Table):
    permohonan, version, at = pw.ForeignKeyField(Permohonan), pw.IntegerField(), pw.DateTimeField()
    action, source, target, role, codes = (pw.CharField(default="{}") for _ in range(5))
    text_digest, previous, hash = pw.CharField(), pw.CharField(), pw.CharField()


class Outbox(Table):
    event, job, payload = pw.ForeignKeyField(Event), pw.CharField(), pw.CharField(default="{}")
    state, attempts, lease, error = pw.CharField(), pw.IntegerField(default=0), pw.CharField(), pw.CharField()
    run_after, created_at = pw.DateTimeField(), pw.DateTimeField()


def move(one: Permohonan) -> None:
    step, target = THERE_AND_BACK[one.state]
    now, facts = datetime.now(UTC).replace(tzinfo=None), event_columns(step, one.state, target)
    one.state, one.version, one.changed_at = target, one.version + 1, now
    one.save()
    event = Event.create(permohonan=one, version=one.version, at=now, **facts)
    Outbox.create(event=event, job="tell", state="done", lease="", error="", run_after=now, created_at=now)


class PermohonanView(ModelView):
    column_list = COLUMNS
    column_filters = ("state", "track")
    column_searchable_list = ("applicant_name", "subject_nik", "number")
    column_default_sort = "due_at"
    page_size = 50
    can_delete = False

    def is_accessible(self) -> bool:
        return current_user.is_authenticated

    def get_query(self):
        both = Permohonan.select(Permohonan, Layanan, Village).join(Layanan)
        return both.switch(Permohonan).join(Village, pw.JOIN.LEFT_OUTER)

    def _move(self, idents) -> None:
        with database.atomic():
            for one in list(Permohonan.select().where(Permohonan.id.in_([int(ident) for ident in idents]))):
                move(one)
        flash(f"{len(idents)}")

    @action("move", "Kirim ke SIAK", "Yakin?")
    def action_move(self, idents) -> None:
        self._move(idents)

    @expose("/move/<int:ident>", methods=["POST"])
    def button(self, ident: int):
        self._move([ident])
        return redirect(self.get_url(".index_view"))


def build(url: str) -> FlaskAdmin:
    sqlite = url.startswith("sqlite")
    pragmas = {"journal_mode": "wal", "synchronous": "full"}
    database.initialize(connect(url, **({"pragmas": pragmas} if sqlite else {"prefer_psycopg3": True})))
    app = make_app(__name__, lambda ident: User.get_or_none(User.id == int(ident)))
    database.connect()  # and kept, as the other peers keep theirs
    view = PermohonanView(Permohonan, endpoint="permohonan", url=SCREEN)
    Admin(app).add_view(view)

    @app.get("/status/<key>")
    def status(key: str) -> str:
        one = Permohonan.select(Permohonan, Layanan).join(Layanan).where(Permohonan.key == key).first() or abort(404)
        events = Event.select().where(Event.permohonan == one).order_by(Event.version)
        return render_template_string(STATUS, one=one, events=events)

    return sign_in_first_user(app, view)
