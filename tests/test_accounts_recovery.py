"""Account recovery at a counter: only to the owner, never silently, never a colleague's account, codes expire."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

import accounts
from accounts import one_time_links, recovery
from jobs import outbox
from lib.database import now
from models import Grant, Office, Permohonan, Recovery, User, WebSession
from tests.helpers import document_samples
from tests.helpers.public_client import PASSWORD, PublicClient, field_error
from tests.helpers.staff_client import Officer, sign_in_officer

NEW = "ayu.baru@aku.example"
FORM = {"seen": "ktp_el", "present": "ya"}


@pytest.fixture
def owner(factory, submit):
    """The demonstration's applicant, who sent one application from desa Pemaron; of their NIK nobody knew before."""
    permohonan = submit()
    User.update(nik=None, name=permohonan.applicant_name).where(User.id == factory.applicant.id).execute()
    return User.get_by_id(factory.applicant.id)


@pytest.fixture
def letters(app):
    """A function that sends what is promised and returns the mails to an address about something, oldest first."""

    def of(email, about):
        outbox.drain()
        paths = sorted((app.config["INSTANCE_DIR"] / "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        mine = [mail for mail in mails if mail["To"] == email and about in mail["Subject"]]
        return [mail.get_body().get_content() for mail in mine]

    return of


def nik_of(owner):
    return Permohonan.get(Permohonan.owner == owner).applicant_nik


def code_from(officer, owner, **form):
    """Press "Cetak slip kode", and read the paper."""
    found = officer.post("/petugas/pemulihan/cari/", "/petugas/pemulihan/", nik=nik_of(owner)).text
    account = re.search(r'name="account" value="(\w+)"', found)
    form = FORM | {"nik": nik_of(owner), "account": account[1] if account else "x" * 20} | form
    answer = officer.post("/petugas/pemulihan/kode/", "/petugas/pemulihan/", **form)
    if answer.mimetype != "application/pdf":
        return answer
    text = document_samples.pdf_text(answer.data)
    assert nik_of(owner) not in text and owner.name not in text and owner.email not in text
    return re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text)[0]


def way(text, page):
    return re.search(rf"http://[^/]+({page}/\S+)", text)[1]


def test_a_lost_account_is_given_back_and_everything_in_it_is_still_there(app, owner, letters):
    code = code_from(sign_in_officer(app, "counter_operator"), owner)
    assert len(letters(owner.email, "sedang dipulihkan")) == 1
    visitor, phone = PublicClient(app), PublicClient(app)
    phone.sign_in()
    typed = code.replace("-", " ").lower().replace("0", "o")
    sent = visitor.post("/pulihkan", {"code": typed, "nik4": nik_of(owner)[-4:], "email": NEW}, follow=True)
    assert NEW in sent.text, "a slip of the finger is seen at once"
    link = way(letters(NEW, "Pakai alamat ini")[0], "/alamat-baru")
    assert User.get_by_id(owner.id).email == owner.email, "nothing has changed before the new address was read"
    assert visitor.post(link, {"password": "tiga ekor ayam"}).status_code == 303
    assert phone.get("/permohonan/").status_code == 303, "whoever was signed in is out"
    assert visitor.sign_in(owner.email).status_code == 422
    assert visitor.sign_in(NEW, "tiga ekor ayam").status_code == 303
    assert Permohonan.get().number in visitor.get("/permohonan/").text
    assert Permohonan.get().email == NEW, "and its documents will come"
    assert len(letters(owner.email, "sudah diganti")) == 1
    row = Recovery.get()
    assert (row.used_at is not None, row.old_email, row.new_email, row.seen) == (True, owner.email, NEW, ["ktp_el"])
    assert visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner)[-4:], "email": NEW}).status_code == 422, (
        "a code works once"
    )
    assert visitor.get(link).status_code == 404


def test_a_stranger_at_a_mistyped_address_gets_nothing_from_its_link(app, owner, letters):
    code, visitor, stranger = (
        code_from(sign_in_officer(app, "counter_operator"), owner),
        PublicClient(app),
        PublicClient(app),
    )
    visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner)[-4:], "email": NEW})
    link = way(letters(NEW, "Pakai alamat ini")[0], "/alamat-baru")
    for typed in ("", "AAAAA-AAAAA"):
        assert stranger.post(link, {"password": "tiga ekor ayam", "code": typed}).status_code == 422
    assert User.get_by_id(owner.id).email == owner.email
    assert stranger.post(link, {"password": "tiga ekor ayam", "code": code}).status_code == 303, "on another phone"
    assert User.get_by_id(owner.id).email == NEW


def test_the_old_address_can_say_no_before_and_even_after(app, owner, letters):
    counter, visitor = sign_in_officer(app, "counter_operator"), PublicClient(app)
    code = code_from(counter, owner)
    stop = way(letters(owner.email, "sedang dipulihkan")[0], "/batalkan-pemulihan")
    assert visitor.get(stop).status_code == 200 and recovery.find_by_code(code), "looking stops nothing"
    visitor.post(stop)
    assert visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner)[-4:], "email": NEW}).status_code == 422
    code = code_from(counter, owner)
    visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner)[-4:], "email": NEW})
    visitor.post(way(letters(NEW, "Pakai alamat ini")[0], "/alamat-baru"), {"password": "tiga ekor ayam"})
    visitor.post(way(letters(owner.email, "sudah diganti")[-1], "/batalkan-pemulihan"))
    assert visitor.sign_in(NEW, "tiga ekor ayam").status_code == 422, "locked"
    it = sign_in_officer(app, "it")
    assert "akun dikunci" in it.text("/petugas/pemulihan/")
    row = Recovery.select().order_by(Recovery.id.desc()).get()
    assert counter.post("/petugas/pemulihan/buka/", "/petugas/pemulihan/", id=str(row.id)).status_code == 404
    it.post("/petugas/pemulihan/buka/", "/petugas/pemulihan/", id=str(row.id))
    assert visitor.sign_in(NEW, "tiga ekor ayam").status_code == 303


def test_only_the_owner_s_account_in_the_operator_s_area_is_found(app, factory, owner, submit):
    nik = nik_of(owner)
    pemaron = User.get_by_id(factory.staff["counter_operator"].id)
    assert recovery.find_accounts(nik, pemaron) == [owner]
    elsewhere = User.get(User.email == "loket.sukasada@aku.example")
    assert recovery.find_accounts(nik, elsewhere) == []
    assert recovery.find_accounts(nik, factory.staff["pickup"]) == [owner], "the Dinas serves everybody"
    assert recovery.find_accounts(nik, factory.staff["admin"]) == [], "who sits at no counter looks nobody up"
    User.update(name="Tetangga Yang Membantu").where(User.id == owner.id).execute()
    assert recovery.find_accounts(nik, pemaron) == [], "an account is not everybody's for whom it was used"
    User.update(nik=nik).where(User.id == owner.id).execute()
    assert [user.id for user in recovery.find_accounts(nik, pemaron)] == [owner.id]
    User.update(nik="5108990101900002").where(User.id == owner.id).execute()
    assert recovery.find_accounts(nik, pemaron) == []


def test_an_account_of_staff_is_never_given(app, factory, owner):
    Grant.create(user=owner, role="admin", until=(now() - timedelta(days=400)).date(), office=Office.get())
    answer = code_from(sign_in_officer(app, "counter_operator"), owner)
    assert answer.status_code == 404 and not Recovery.select().exists()


def test_a_code_moves_no_account_that_became_one_of_staff_meanwhile(factory, owner):
    row, secret = _aimed(factory, owner)
    Grant.create(user=owner, role="admin", office=Office.get())
    assert not recovery.complete(secret, "sandi-yang-baru-2026")
    assert User.get_by_id(owner.id).email == owner.email and Recovery.get_by_id(row.id).used_at is None


def test_a_link_in_the_old_mailbox_sets_no_password_after_the_account_has_moved(factory, owner):
    """The holder of the old mailbox could request one just before, and lock the owner out again."""
    old = one_time_links.create(owner, "reset", owner.email)
    _row, secret = _aimed(factory, owner)
    assert recovery.complete(secret, "sandi-yang-baru-2026") and User.get_by_id(owner.id).email == NEW
    assert one_time_links.peek(old, "reset") is None and one_time_links.redeem(old, "reset") is None


def _aimed(factory, owner):
    """A code that was given, and the link that went to the new address."""
    operator = factory.staff["counter_operator"]
    recovery.issue_code(owner, operator, {"ktp_el"})
    row = Recovery.get()
    recovery.set_new_email(row, NEW)
    return row, one_time_links.create(owner, "rebind", NEW)


def test_a_name_without_letters_names_nobody(factory, owner):
    User.update(name="張").where(User.id == owner.id).execute()
    Permohonan.update(applicant_name="李").execute()
    assert recovery.find_accounts(nik_of(owner), factory.staff["counter_operator"]) == []


@pytest.mark.parametrize("form", [{"seen": "kk"}, {"seen": "hilang"}, {"seen": ""}, {"present": ""}])
def test_without_the_papers_or_the_person_there_is_no_code(app, owner, form):
    answer = code_from(sign_in_officer(app, "counter_operator"), owner, **form)
    assert answer.status_code == 422 and not Recovery.select().exists()


def test_who_may_not_or_looks_for_somebody_else_s_choice_gets_nothing(app, owner):
    for role in ("admin", "it", "auditor", "kadis"):
        officer = sign_in_officer(app, role)
        assert officer.post("/petugas/pemulihan/cari/", "/petugas/", nik=nik_of(owner)).status_code == 404, role
        assert officer.post("/petugas/pemulihan/kode/", "/petugas/", nik=nik_of(owner), **FORM).status_code == 404, role
    assert code_from(sign_in_officer(app, "counter_operator"), owner, account="x" * 20).status_code == 404
    assert not Recovery.select().exists()


def test_codes_are_few_and_look_ups_are_counted(app, owner, set_clock):
    counter = sign_in_officer(app, "counter_operator")
    codes = [code_from(counter, owner) for _ in range(3)]
    assert [bool(recovery.find_by_code(code)) for code in codes] == [False, False, True], "a new one ends the old ones"
    assert "tiga kode" in code_from(counter, owner).text
    for _ in range(recovery.MAX_LOOKUPS):
        last = counter.post("/petugas/pemulihan/cari/", "/petugas/pemulihan/", nik=nik_of(owner))
    assert last.status_code == 422 and "Terlalu banyak percobaan" in last.text


def test_the_slip_alone_opens_no_account(app, owner, letters):
    code, visitor = code_from(sign_in_officer(app, "counter_operator"), owner), PublicClient(app)
    for digits in ("", "0000", "12", "x" * 500):
        answer = visitor.post("/pulihkan", {"code": code, "nik4": digits, "email": NEW})
        assert answer.status_code == 422 and not letters(NEW, "Pakai alamat ini"), digits
    assert visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner), "email": NEW}).status_code == 303


def test_a_code_lapses_and_guessing_ends_soon(app, owner):
    code = code_from(sign_in_officer(app, "counter_operator"), owner)
    Recovery.update(expires_at=now() - timedelta(minutes=1)).execute()
    visitor = PublicClient(app)
    assert "24 jam" in field_error(
        visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner)[-4:], "email": NEW}), "code"
    )
    answers = [
        visitor.post("/pulihkan", {"code": "AAAAA-AAAAA", "nik4": nik_of(owner)[-4:], "email": NEW}).status_code
        for _ in range(12)
    ]
    assert answers[-1] == 429 and answers.count(429) >= 2


def test_an_address_of_another_account_is_not_taken_and_not_told(app, owner, letters):
    code, visitor = code_from(sign_in_officer(app, "counter_operator"), owner), PublicClient(app)
    other = "pemohon2@aku.example"
    free = visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner)[-4:], "email": NEW})
    known = visitor.post("/pulihkan", {"code": code, "nik4": nik_of(owner)[-4:], "email": other})
    assert (free.status_code, free.location) == (known.status_code, known.location)
    assert "/alamat-baru/" not in letters(other, "sudah punya akun")[0] and not letters(NEW, "Pakai alamat ini")


def test_a_record_is_seen_by_the_auditor_and_it_but_not_by_other_counters(app, owner):
    code_from(sign_in_officer(app, "counter_operator"), owner)
    for role in ("it", "auditor", "counter_operator"):
        page = sign_in_officer(app, role).text("/petugas/pemulihan/")
        assert owner.name in page and owner.email not in page and "p…n@aku.example" in page, role
    other = Officer(app, "loket.sukasada@aku.example").text("/petugas/pemulihan/")
    assert owner.name not in other and "Belum ada akun" in other


def test_no_secret_stands_in_a_row(app, owner, letters):
    code = code_from(sign_in_officer(app, "counter_operator"), owner).replace("-", "")
    assert letters(owner.email, "sedang dipulihkan")
    rows = str([row.__data__ for table in (Recovery, WebSession) for row in table.select()])
    assert code not in rows and recovery.find_by_code(code)
    assert accounts.reauthenticate(owner, PASSWORD), "nothing has changed yet"
