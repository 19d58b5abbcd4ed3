"""Tests of the recipes in docs/resep.md, run in a copy of the program to which test_docs_recipes.py applied them."""

import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask_babel import force_locale, gettext

import workflow
from casework.transitions import perform
from jobs import outbox
from lib.database import now
from models import District, Layanan, Notice, Outbox, Permohonan, Reason
from tests.helpers.staff_client import Officer, offered_actions, sign_in_officer, table_row
from translations import update as catalogue_update


@pytest.fixture
def waiting(factory, submit):
    """Somebody is to come for recording."""
    permohonan = factory.perform(submit("KTP-HILANG"), "send_to_siak", "admin")
    Permohonan.update(phone="081200004417").where(Permohonan.id == permohonan.id).execute()
    return factory.perform(permohonan, "ask_recording", "siak_operator")


def test_the_column_is_there(app, factory, submit):
    permohonan = factory.perform(submit(), "send_to_siak", "admin")
    page = sign_in_officer(app, "siak_operator").text("/petugas/siak/")
    assert "Telepon</th>" in page and permohonan.phone and permohonan.phone in table_row(page, permohonan)


def test_the_screen_is_in_the_menu_of_its_role_and_lists_its_state(app, waiting):
    operator = sign_in_officer(app, "siak_operator")
    row = table_row(operator.text("/petugas/perekaman/"), waiting)
    assert waiting.recording_on.isoformat() in row and "081200004417" in row
    assert "Perekaman</a>" in operator.text("/petugas/")
    assert sign_in_officer(app, "admin").get("/petugas/perekaman/").status_code == 404


def test_the_screen_of_a_table_is_searched_filtered_changed_taken_away_and_acted_on(app):
    it = sign_in_officer(app, "it")
    page = it.text("/petugas/kecamatan/?search=suka")
    assert "Sukasada" in page and "Tejakula" not in page and "Kecamatan</a>" in it.text("/petugas/")
    row = District.get(District.name == "Sukasada")
    assert "Sukasada" in it.text(f"/petugas/kecamatan/?flt0_2={row.code}")
    seen = re.search(r'name="seen" value="([^"]+)"', it.text(f"/petugas/kecamatan/ubah/?id={row.id}"))[1]
    it.post(f"/petugas/kecamatan/ubah/?id={row.id}", code=row.code, name="Sukasada Baru", seen=seen)
    assert District.get_by_id(row.id).name == "Sukasada Baru"
    assert "Sukasada Baru" in it.get("/petugas/kecamatan/export/csv/").text
    asked = it.post("/petugas/kecamatan/action/", action="remind", rowid=str(row.id))
    assert "Kirim pengingat?" in asked.text
    it.post("/petugas/kecamatan/action/", action="remind", rowid=str(row.id), confirm="ya")
    assert "1 kecamatan diingatkan." in it.text("/petugas/kecamatan/")
    assert sign_in_officer(app, "admin").get("/petugas/kecamatan/").status_code == 404


def test_the_action_reminds_and_only_from_its_state_and_role(app, waiting, factory):
    operator, before, address = (
        sign_in_officer(app, "siak_operator"),
        Outbox.select().count(),
        "/petugas/perekaman/action/",
    )
    assert 'value="remind"' in operator.text("/petugas/perekaman/")
    chosen = {"action": "remind", "rowid": waiting.key}
    assert "Kirim pengingat" in operator.post(address, **chosen).text and Outbox.select().count() == before
    assert operator.post(address, **chosen, confirm="ya").status_code in (302, 303)
    assert Outbox.select().count() > before
    assert sign_in_officer(app, "admin").post(address, **chosen, confirm="ya").status_code == 404
    factory.perform(waiting, "resume_entry", "siak_operator")
    assert operator.post(address, **chosen, confirm="ya").status_code == 404


def test_the_step_has_a_button_a_form_a_check_a_history_and_a_message(app, waiting, factory):
    operator = sign_in_officer(app, "siak_operator")
    assert "repeat_recording" in offered_actions(table_row(operator.text("/petugas/perekaman/"), waiting))
    assert operator.press("perekaman", "repeat_recording", waiting, place="", date="").status_code == 422
    earlier = waiting.paused_at - timedelta(days=2)
    Permohonan.update(paused_at=earlier).where(Permohonan.id == waiting.id).execute()
    waiting = Permohonan.get_by_id(waiting.id)
    perform(waiting, "repeat_recording", factory.staff["siak_operator"], **factory.answers(waiting, "ask_recording"))
    assert Permohonan.get_by_id(waiting.id).paused_at == earlier, "whoever waits goes on waiting"
    outbox.drain()
    notice = Notice.select().where(Notice.user == waiting.owner_id).order_by(Notice.id.desc()).first()
    assert "perekaman harus diulang" in notice.subject and "Kantor Dinas" in notice.body
    assert "Perekaman harus diulang" in operator.text(f"/petugas/permohonan/details/?id={waiting.key}")


def test_a_role_of_its_own_has_its_queue_its_button_and_no_other(app, factory, submit):
    inspector = factory.other_applicant
    made = app.test_cli_runner().invoke(args=["staff", "add", inspector.email, inspector.name, "--role", "inspector"])
    assert "menjadi Pemeriksa cetakan." in made.output
    permohonan = factory.advance_to(submit(), "printed")
    person = Officer(app, inspector.email)
    assert offered_actions(table_row(person.text("/petugas/cetakan/"), permohonan)) == ["reject_print"]
    assert "Pemeriksaan cetakan</a>" in person.text("/petugas/")
    assert person.get(f"/petugas/nomor-antrean/details/?id={permohonan.key}").status_code == 404
    assert sign_in_officer(app, "production").get("/petugas/cetakan/").status_code == 404
    assert person.press("cetakan", "reject_print", permohonan, reason="Fotonya gelap.").status_code == 303
    assert Permohonan.get_by_id(permohonan.id).state == "signed"
    assert "reject_print" not in {row.action for row in workflow.allowed(permohonan, factory.staff["production"])}
    assert "Pemeriksa cetakan" in sign_in_officer(app, "it").text("/petugas/orang/")


def test_the_reason_is_offered(app, submit):
    assert Reason.get(Reason.key == "stempel_tidak_ada").kind == "deficiency"
    page = sign_in_officer(app, "admin").text(f"/petugas/pemeriksaan/details/?id={submit().key}")
    assert "Stempel desa tidak ada" in page


def test_nothing_is_left_untranslated(app):
    assert catalogue_update.untranslated("en") == []
    with app.test_request_context("/"), force_locale("en"):
        assert gettext("Perekaman harus diulang") == "Recording to be repeated"


class ChatServer(BaseHTTPRequestHandler):
    said: list[dict] = []
    status = 200

    def do_POST(self):
        ChatServer.said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(ChatServer.status)
        self.end_headers()

    def log_message(self, *words):
        pass


def test_the_channel_is_promised_sent_and_tried_again(app, submit):
    server = HTTPServer(("127.0.0.1", 0), ChatServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app.config["CHAT_URL"] = f"http://127.0.0.1:{server.server_port}/"
    permohonan, ChatServer.status = submit(), 503
    outbox.drain()
    left = [row for row in Outbox.select() if row.payload.get("channel") == "chat"]
    assert [row.state for row in left] == ["waiting"] and "503" in left[0].error
    ChatServer.status = 200
    Outbox.update(run_after=now()).execute()
    outbox.drain()
    server.shutdown()
    server.server_close()
    assert ChatServer.said[0] == ChatServer.said[1] and permohonan.number in ChatServer.said[1]["text"]
    assert permohonan.applicant_name not in str(ChatServer.said)


def test_services_are_still_all_there(app):
    assert Layanan.select().count() == 53
