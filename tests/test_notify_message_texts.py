"""Message texts follow from what an application yields, and stay editable: conditions of lines, products by name."""

import json
import re
import tomllib
from datetime import timedelta

import pytest

from casework.transitions import perform
from catalogue import definition
from lib.database import now
from models import MessageText, Outbox, Permohonan, Reason
from notify import message
from notify.message_texts import placeholder_error
from seed import load
from tests.helpers.factory import OfficeFactory

SEED = tomllib.loads((definition.SEED / "messages.toml").read_text())["messages"]
ISSUED = (
    *("record_signature", "wait_for_blank", "publish_to_counter", "keep_digital", "ask_for_print"),
    *("assign_queue_number", "reschedule_pickup", "hand_over", "recall_document", "set_aside"),
)
AT_THE_COUNTER = (("publish_to_counter", "production"), *((action, "counter_operator") for action in (
    "print_document", "assign_queue_number", "hand_over",
)))  # fmt: skip


@pytest.fixture(params=["sqlite"])  # texts know no database
def database_kind(request):
    return request.param


def compose(permohonan: Permohonan, action: str, audience: str = "applicant", channel: str = "email"):
    """Compose the message of an action, as the worker does."""
    rows = Outbox.select().where(Outbox.job == "tell").order_by(Outbox.id.desc())
    wanted = {"audience": audience, "channel": channel}
    found = [row for row in rows if row.event.permohonan_id == permohonan.id and row.event.action == action]
    return message.for_event(next(row for row in found if wanted.items() <= row.payload.items()))


def collected(factory: OfficeFactory, code: str, track: str) -> Permohonan:
    permohonan = factory.advance_to(factory.submit(code, track), "ready" if track == "self_service" else "signed")
    for action, role in AT_THE_COUNTER[:3] if track == "counter" else ():
        permohonan = factory.perform(permohonan, action, role)
    return permohonan


@pytest.mark.parametrize("track", ["self_service", "counter"])
@pytest.mark.parametrize(("code", "card"), [("KTP-HILANG", "KTP-el"), ("KIA-BARU", "Kartu Identitas Anak (KIA)")])
def test_a_card_is_never_announced_as_a_pdf(factory, code, card, track):
    issued = compose(collected(factory, code, track), "record_signature")
    assert issued.subject.startswith(f"{card} disetujui") and not issued.files
    assert "PDF" not in issued.body and "ditandatangani" not in issued.body and "terlampir" not in issued.body


@pytest.mark.parametrize("track", ["self_service", "counter"])
def test_a_pdf_is_attached_and_need_not_be_collected(factory, track):
    permohonan = collected(factory, "AK-LAHIR", track)
    issued = compose(permohonan, "record_signature")
    assert issued.subject.startswith("Kutipan akta kelahiran sudah terbit") and len(issued.files) == 1
    assert "PDF yang terlampir adalah dokumen resmi" in issued.body and "Tidak ada yang perlu diambil." in issued.body
    assert "tidak wajib diambil" in compose(permohonan, "assign_queue_number").body


def test_the_notice_on_the_page_attaches_nothing_and_does_not_say_so(factory, submit):
    permohonan = factory.advance_to(submit(), "signed")
    notice = compose(permohonan, "record_signature", channel="inbox")
    assert not notice.files and "terlampir" not in notice.body and "PDF di halaman permohonan" in notice.body


def test_each_product_of_a_bundle_is_named_and_only_the_cards_are_still_to_come(factory):
    permohonan = collected(factory, "AK-KAWIN", "self_service")
    issued, ready = compose(permohonan, "record_signature"), compose(permohonan, "assign_queue_number")
    assert "Yang masih perlu diambil: KTP-el suami dan KTP-el istri." in issued.body and len(issued.files) == 3
    assert all(product["name"]["id"] in ready.body for product in permohonan.products)
    assert "Kutipan akta perkawinan untuk suami dan 4 dokumen lain" in ready.subject


def test_for_a_lost_card_the_police_letter_is_to_be_brought_and_not_the_card(factory):
    body = compose(collected(factory, "KTP-HILANG", "self_service"), "assign_queue_number").body
    assert "- Surat keterangan kehilangan dari kepolisian" in body
    assert "lama" not in body and "Formulir" not in body, "nor the form, which was made for the application"


def test_a_late_promise_is_not_repeated_as_if_it_were_ahead(factory, submit):
    permohonan = submit()
    Permohonan.update(due_at=now() - timedelta(days=30)).where(Permohonan.id == permohonan.id).execute()
    permohonan = factory.perform(Permohonan.get_by_id(permohonan.id), "send_to_siak", "admin")
    body = compose(permohonan, "send_to_siak").body
    assert "Ini terlambat" in body and "Selesai paling lambat" not in body


def test_from_the_issue_to_the_handover_the_product_is_named_and_not_the_service():
    texts = [row for row in SEED if row["action"] in ISSUED and row["audience"] != "staff"]
    assert len(texts) > 12
    for row in texts:
        for text in (*row["body"].values(), *row["subject"].values()):
            assert "{layanan}" not in text, row["action"]
        assert re.search(r"{(dokumen|pdf|kartu)}", row["body"]["id"]), row["action"]


def test_no_message_has_a_gap_where_a_line_was_left_out(factory):
    permohonan = collected(factory, "AK-LAHIR", "counter")
    for row in Outbox.select().where(Outbox.job == "tell"):
        made = message.for_event(row)
        assert "{" not in made.subject + made.body and "\n" not in made.subject and made.subject
        assert "\n\n\n" not in made.body and not re.search(r" [.,]|: \.", made.body), made.body
    assert permohonan.state == "ready"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{ada kartu}{tanpa pdf}Ambil {kartu}.", ""),
        ("Ambil {ada kartu}{kartu}.", "{ada kartu} hanya boleh di awal baris."),
        ("{ada karto}Ambil.", "Kata ini tidak dikenal: {karto}. Periksa ejaannya."),
        ("{bila kartu}Ambil.", "Kata ini tidak dikenal: {bila kartu}. Periksa ejaannya."),
        ("{ada kartu", "Ada kurung kurawal tanpa pasangan."),
        ("Nomor {nomor}, {layanan}.", ""),
    ],
)
def test_a_condition_of_a_line_is_checked_when_it_is_saved(text, error):
    assert placeholder_error([text]) == error


def test_a_text_that_the_office_changed_years_ago_still_works(factory, submit):
    text = MessageText.get(action="assign_queue_number", audience="applicant")
    MessageText.update(
        subject={"id": "Dokumen {nomor} siap"}, body={"id": "{layanan} nomor {nomor}: {pengambilan}\r\n\r\n{alamat}"}
    ).where(MessageText.id == text.id).execute()
    made = compose(factory.advance_to(submit(), "ready"), "assign_queue_number")
    assert made.body.startswith("Akta kelahiran nomor AKU-") and "{" not in made.body


def test_a_shipped_text_is_renewed_and_an_edited_one_is_kept(app, monkeypatch):
    old, own = {"id": "Kalimat dari versi lama."}, {"id": "Kalimat kantor sendiri."}
    monkeypatch.setattr(load, "_superseded", lambda: frozenset([load.text_digest(old)]))
    MessageText.update(body=old).where(MessageText.action == "expire", MessageText.audience == "applicant").execute()
    MessageText.update(body=own).where(MessageText.action == "expire", MessageText.audience == "counter").execute()
    Reason.update(next=old).where(Reason.key == "syarat_kurang").execute()
    load.init()
    bodies = {row.audience: row.body for row in MessageText.select().where(MessageText.action == "expire")}
    assert "kami tutup" in bodies["applicant"]["id"] and bodies["counter"] == own
    assert Reason.get(Reason.key == "syarat_kurang").next["id"].endswith("tetap tersimpan.")


def test_no_text_of_today_counts_as_superseded():
    digests = frozenset((load.SEED / "superseded.txt").read_text().split())
    reasons = tomllib.loads((load.SEED / "reasons.toml").read_text())["reasons"]
    texts = [row[column] for row in SEED for column in ("subject", "body")]
    texts += [row[column] for row in reasons for column in ("name", "next")]
    assert not [json.dumps(text) for text in texts if load.text_digest(text) in digests]


def test_the_reminder_says_what_is_missing_and_what_happens_then(factory, submit):
    from casework.transitions import promise_reminder
    from lib.database import transaction

    permohonan = factory.perform(submit(), "mark_incomplete", "admin")
    with transaction():
        row = next(one for one in promise_reminder(permohonan) if one.payload["channel"] == "email")
    body = message.for_event(row).body
    assert "masih menunggu perbaikan dari Anda:\n\n- Surat keterangan kelahiran" in body
    assert "Kirim ulang sebelum" in body and "Anda boleh mengajukan lagi" in body


def test_withdrawing_without_a_reason_leaves_no_empty_word(submit, factory):
    permohonan = submit()
    perform(permohonan, "withdraw", factory.applicant)
    assert "Alasan" not in compose(permohonan, "withdraw").body
