"""E-mail verification: typing errors are pointed out; an address is verified before documents go there."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from casework.transitions import Incomplete, perform
from catalogue import field_types
from intake import email_verification
from jobs import outbox
from models import Address, Draft, Permohonan, User
from tests.helpers.public_client import PublicClient, field_error

OTHER_ADDRESS = "keponakan@aku.example"
MISTYPED = {
    "gmail.com": "gmial.com gmai.com gamil.com gmal.com gmil.com gnail.com gmaill.com gmail.co gmail.con gmail.cm "
    "gmail.om gmail.comm gmail.id gmail.co.id gmailcom.com gmsil.com gmaul.com gemail.com g-mail.com",
    "yahoo.com": "yaho.com yahooo.com yhoo.com yahoo.con yahoo.cm yahoo.comm yaoo.com tahoo.com yahoo.om",
    "yahoo.co.id": "yaho.co.id yahoo.co.di yahoo.coid.id yahooo.co.id yahoo.c.id yahoo.id yahoo.co.idd",
    "outlook.com": "outlok.com outllok.com outlook.con outloook.com otlook.com",
    "hotmail.com": "hotmial.com hotmal.com hotmai.com homail.com hotmail.con hotmil.com hotmaill.com",
    "icloud.com": "iclod.com icloud.con icoud.com iclould.com",
    "bulelengkab.go.id": "bulelengkab.go.di bulelengkb.go.id",
}
UNSUSPICIOUS = """
gmail.com googlemail.com yahoo.com yahoo.co.id ymail.com rocketmail.com outlook.com outlook.co.id hotmail.com live.com
hotmail.co.id icloud.com me.com msn.com mac.com
mail.com gmx.com gmx.de gmx.net aol.com proton.me protonmail.com zoho.com
yandex.com fastmail.com tutanota.com email.com live.co.id telkom.net plasa.com web.de yahoo.com.au yahoo.com.sg
yahoo.co.uk yahoo.co.jp yahoo.fr hotmail.co.uk hotmail.fr outlook.fr outlook.de bigpond.com bulelengkab.go.id
baliprov.go.id undiksha.ac.id student.undiksha.ac.id kemendagri.go.id ui.ac.id desa.id
""".split()


def test_a_typo_in_a_common_domain_is_pointed_at():
    for meant, typos in MISTYPED.items():
        for typed in typos.split():
            assert field_types.warn_email({}, f"ayu@{typed}", {}) == [f"Maksud Anda {meant}? Anda menulis {typed}."]


def test_a_real_domain_is_left_alone():
    assert {host: found for host in UNSUSPICIOUS if (found := field_types.warn_email({}, f"ayu@{host}", {}))} == {}


@pytest.fixture
def unverified_draft(factory):
    """A complete draft whose documents shall go to another address than the account's."""
    permohonan = factory.begin()
    draft = Draft.get(Draft.permohonan == permohonan.id)
    Draft.update(answers=draft.answers | {"pemohon_email": OTHER_ADDRESS}).where(Draft.id == draft.id).execute()
    return permohonan


@pytest.fixture
def sent_code(app):
    """A function that sends what is promised and reads the newest code."""

    def newest():
        outbox.drain()
        paths = sorted((app.config["INSTANCE_DIR"] / "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        (mail, *_) = [mail for mail in reversed(mails) if mail["To"] == OTHER_ADDRESS]
        return re.search(r"Kode Anda: ([0-9]{6})", mail.get_body().get_content())[1]

    return newest


def send(visitor, permohonan, **form):
    return visitor.post(f"/permohonan/{permohonan.key}/periksa", {"declaration": "ya"} | form)


def test_an_address_that_is_not_the_account_s_gets_a_code_before_anything_is_sent(
    applicant_client, unverified_draft, sent_code
):
    page = applicant_client.get(f"/permohonan/{unverified_draft.key}/periksa").text
    assert OTHER_ADDRESS in page and 'name="kode_email"' in page
    answer = send(applicant_client, unverified_draft)
    assert answer.status_code == 422 and OTHER_ADDRESS in field_error(answer, "kode_email")
    wrong = "000000" if sent_code() != "000000" else "111111"
    assert "tidak cocok" in field_error(send(applicant_client, unverified_draft, kode_email=wrong), "kode_email")
    assert Permohonan.get_by_id(unverified_draft.id).state == "draft"
    assert (
        send(applicant_client, unverified_draft, kode_email=f" {sent_code()[:3]} {sent_code()[3:]} ").status_code == 303
    )
    assert Permohonan.get_by_id(unverified_draft.id).email == OTHER_ADDRESS


def test_a_proved_address_is_not_asked_about_again(applicant_client, unverified_draft, sent_code, factory):
    applicant_client.post(f"/permohonan/{unverified_draft.key}/periksa", {"send_code": "1"})
    send(applicant_client, unverified_draft, kode_email=sent_code())
    second = factory.begin()
    draft = Draft.get(Draft.permohonan == second.id)
    Draft.update(answers=draft.answers | {"pemohon_email": OTHER_ADDRESS.upper()}).where(Draft.id == draft.id).execute()
    assert 'name="kode_email"' not in applicant_client.get(f"/permohonan/{second.key}/periksa").text
    assert send(applicant_client, second).status_code == 303


def test_one_press_takes_the_account_s_address_instead(applicant_client, unverified_draft, factory):
    assert applicant_client.post(f"/permohonan/{unverified_draft.key}/periksa", {"own_address": "1"}).status_code == 303
    assert send(applicant_client, unverified_draft).status_code == 303
    assert Permohonan.get_by_id(unverified_draft.id).email == factory.applicant.email


def test_no_way_past_the_page_leads_around_it(unverified_draft, factory):
    with pytest.raises(Incomplete) as missing:
        perform(unverified_draft, "submit", factory.applicant, declaration=True)
    assert set(missing.value.errors) == {"kode_email"}


def test_guessing_a_code_ends_soon_and_a_code_is_kept_as_a_hash(applicant_client, unverified_draft, sent_code):
    send(applicant_client, unverified_draft)
    right = sent_code()
    answers = [
        send(applicant_client, unverified_draft, kode_email="999999" if right != "999999" else "888888")
        for _ in range(6)
    ]
    assert "Terlalu banyak percobaan" in field_error(answers[-1], "kode_email")
    assert right not in str([row.__data__ for row in Address.select()])


def test_another_account_s_proof_is_worth_nothing_here(unverified_draft, factory):
    Address.create(user=factory.other_applicant, email=OTHER_ADDRESS, confirmed_at=unverified_draft.created_at)
    assert email_verification.unverified_email(unverified_draft, {"pemohon_email": OTHER_ADDRESS}) == OTHER_ADDRESS


def test_at_a_counter_one_address_serves_many_and_none_is_needed(factory):
    for _ in range(2):
        permohonan = factory.begin(track="counter")
        assert email_verification.unverified_email(permohonan, {"pemohon_email": OTHER_ADDRESS}) == ""
        assert email_verification.unverified_email(permohonan, {}) == ""


def test_registering_with_a_mistyped_address_is_asked_once(app):
    visitor = PublicClient(app)
    form = {"name": "Ni Made Uji", "email": "made@gmial.com", "password": "tiga ekor ayam"}
    page = visitor.post("/daftar", form)
    assert page.status_code == 422 and "Maksud Anda gmail.com?" in field_error(page, "email")
    assert not User.select().where(User.email == "made@gmial.com").exists()
    assert 'name="sure" value="made@gmial.com"' in page.text
    assert visitor.post("/daftar", form | {"sure": "made@gmial.com"}, follow=True).text.count("made@gmial.com") == 1
