"""Tests of the recipes in docs/resep.md, run in a copy of the program to which test_recipes.py applied them."""

import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask_babel import force_locale, gettext

import catalogues
import outbox
from lib.database import now
from models import Layanan, Notice, Outbox, Permohonan, Reason
from performing import perform
from tests.officers import actions, enter, row_of


@pytest.fixture
def waiting(world, submit):
    """Somebody is to come for recording."""
    permohonan = world.act(submit("KTP-HILANG"), "send_to_siak", "admin")
    Permohonan.update(phone="081200004417").where(Permohonan.id == permohonan.id).execute()
    return world.act(permohonan, "ask_recording", "siak_operator")


def test_the_column_is_there(app, world, submit):
    permohonan = world.act(submit(), "send_to_siak", "admin")
    page = enter(app, "siak_operator").text("/petugas/siak/")
    assert "Telepon</th>" in page and permohonan.phone and permohonan.phone in row_of(page, permohonan)


def test_the_screen_is_in_the_menu_of_its_role_and_lists_its_state(app, waiting):
    operator = enter(app, "siak_operator")
    row = row_of(operator.text("/petugas/perekaman/"), waiting)
    assert waiting.recording_on.isoformat() in row and "081200004417" in row
    assert "Perekaman</a>" in operator.text("/petugas/")
    assert enter(app, "admin").get("/petugas/perekaman/").status_code == 404


def test_the_action_reminds_and_only_from_its_state_and_role(app, waiting, world):
    operator, before = enter(app, "siak_operator"), Outbox.select().count()
    page = operator.text("/petugas/perekaman/")
    address = re.search(r'href="([^"]*/ingatkan/[^"]*)"[^>]*>Ingatkan', page)[1]
    assert "Kirim pengingat" in operator.text(address) and Outbox.select().count() == before
    assert operator.post(address).status_code == 303
    assert Outbox.select().count() > before
    assert enter(app, "admin").get(address).status_code == 404
    world.act(waiting, "resume_entry", "siak_operator")
    assert operator.get(address).status_code == 404


def test_the_step_has_a_button_a_form_a_check_a_history_and_a_message(app, waiting, world):
    operator = enter(app, "siak_operator")
    assert "move_recording" in actions(row_of(operator.text("/petugas/perekaman/"), waiting))
    assert operator.press("perekaman", "move_recording", waiting, place="", date="").status_code == 422
    earlier = waiting.paused_at - timedelta(days=2)
    Permohonan.update(paused_at=earlier).where(Permohonan.id == waiting.id).execute()
    waiting = Permohonan.get_by_id(waiting.id)
    perform(waiting, "move_recording", world.staff["siak_operator"], **world.answers(waiting, "ask_recording"))
    assert Permohonan.get_by_id(waiting.id).paused_at == earlier, "whoever waits goes on waiting"
    outbox.drain()
    notice = Notice.select().where(Notice.user == waiting.owner_id).order_by(Notice.id.desc()).first()
    assert "hari perekaman diganti" in notice.subject and "Kantor Dinas" in notice.body
    assert "Hari perekaman diganti" in operator.text(f"/petugas/permohonan/details/?id={waiting.key}")


def test_the_reason_is_offered(app, submit):
    assert Reason.get(Reason.key == "stempel_tidak_ada").kind == "deficiency"
    page = enter(app, "admin").text(f"/petugas/pemeriksaan/details/?id={submit().key}")
    assert "Stempel desa tidak ada" in page


def test_nothing_is_left_untranslated(app):
    assert catalogues.untranslated(catalogues.read("en")) == []
    with app.test_request_context("/"), force_locale("en"):
        assert gettext("Hari perekaman diganti") == "New day for recording"


class Room(BaseHTTPRequestHandler):
    said: list[dict] = []
    status = 200

    def do_POST(self):
        Room.said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(Room.status)
        self.end_headers()

    def log_message(self, *words):
        pass


def test_the_channel_is_promised_sent_and_tried_again(app, submit):
    server = HTTPServer(("127.0.0.1", 0), Room)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app.config["CHAT_URL"] = f"http://127.0.0.1:{server.server_port}/"
    permohonan, Room.status = submit(), 503
    outbox.drain()
    left = [row for row in Outbox.select() if row.payload.get("channel") == "chat"]
    assert [row.state for row in left] == ["waiting"] and "503" in left[0].error
    Room.status = 200
    Outbox.update(run_after=now()).execute()
    outbox.drain()
    server.shutdown()
    server.server_close()
    assert Room.said[0] == Room.said[1] and permohonan.number in Room.said[1]["text"]
    assert permohonan.applicant_name not in str(Room.said)


def test_services_are_still_all_there(app):
    assert Layanan.select().count() == 44
