"""A session that ends while an applicant fills in a form: sign in, one press, on; for nobody else."""

import re
from html import unescape

import pytest
from wtforms import PasswordField

from intake import drafts
from models import Permohonan, User, WebSession
from public import account_forms, resume_form
from public.account_forms import TranslatedForm
from tests.helpers.counter_client import CounterClient, application_url
from tests.helpers.public_client import PASSWORD, TOKEN, PublicClient

FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
FORM = re.compile(r'<main.*?<form[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)
ACTION = re.compile(r'<form[^>]*action="([^"]+)"')
OURS = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
MINE, OTHER = "pemohon@aku.example", "pemohon2@aku.example"
WORDS = "Polsek Sawan Kubutambahan"


def form_on(answer):
    """The hidden fields of the form on a page, and where it goes."""
    form = FORM.search(answer.text)[0]
    return {unescape(name): unescape(value) for name, value in FIELD.findall(form)}, unescape(ACTION.search(form)[1])


def send(visitor, url, fields, **headers):
    """Post fields just as they stand."""
    visitor._fresh()
    told = {name: value for name, value in (OURS | headers).items() if value}
    return visitor.client.post(url, data=fields, buffered=True, headers=told)


def opened(visitor, path):
    """The hidden fields that every form of an open page has."""
    page = visitor.get(path).text
    return {"csrf_token": TOKEN.search(page)[1], "account": re.search('name="account" value="([^"]*)"', page)[1]}


def end(visitor, how):
    """End the session on the server, lose its cookie, or sign in anew in another tab."""
    if how == "gone":
        visitor.client.delete_cookie("session")
    else:
        WebSession.delete().execute()
    if how == "anew":
        visitor.client.delete_cookie("session")
        visitor.sign_in()


def resumed(visitor, answer, email=MINE):
    """Sign in on the page that came back; the answer to that."""
    assert answer.status_code == 401, answer.text
    fields, action = form_on(answer)
    assert action == "/masuk"
    return send(visitor, action, fields | {"email": email, "password": PASSWORD})


@pytest.fixture
def permohonan(factory):
    return factory.begin("KTP-HILANG")


def fill_path(permohonan):
    return f"/permohonan/{permohonan.key}/isi/kehilangan"


@pytest.mark.parametrize("how", ["over", "gone", "anew"])
def test_answers_survive_signing_in_again(applicant_client, permohonan, how):
    path = fill_path(permohonan)
    fields = opened(applicant_client, path)
    end(applicant_client, how)
    answer = send(applicant_client, path, fields | {"nomor_surat_kehilangan": WORDS, "draft_version": "1"})
    answer = answer if how == "anew" else resumed(applicant_client, answer)
    assert answer.status_code == (400 if how == "anew" else 200)
    assert f'<li class="lines">{WORDS}</li>' in answer.text, "it shows what was typed"
    assert drafts.get_draft(permohonan).answers.get("nomor_surat_kehilangan") != WORDS, "nothing before one more press"
    fields, action = form_on(answer)
    assert action == path and send(applicant_client, action, fields).status_code in (303, 422)
    assert drafts.get_draft(permohonan).answers["nomor_surat_kehilangan"] == WORDS


@pytest.mark.parametrize("how", ["over", "gone", "anew"])
def test_every_other_form_does_too(applicant_client, submit, factory, how):
    sent, returned = submit("KTP-HILANG"), factory.perform(submit("KTP-HILANG"), "mark_incomplete", "admin")
    draft = factory.begin("KTP-HILANG")
    forms = {
        "/akun": {"name": "Ni Luh Putu Baru", "language": "id", "phone": ""},
        f"/permohonan/{sent.key}/tindakan/withdraw": {"version": str(sent.version)},
        f"/permohonan/{returned.key}/perbaikan": {"later": "1", "draft_version": "1"},
        f"/permohonan/{draft.key}/unggahan": {"later": "1"},
        "/permohonan/baru/KK-HILANG": {},
        "/permohonan/gabung": {"nik": "5108 9901 0190 0003", "kode_slip": "7QK-2M9-XD4"},
    }
    pages = {f"/permohonan/{returned.key}/perbaikan": f"/permohonan/{returned.key}"}
    for path, form in forms.items():
        fields = opened(applicant_client, pages.get(path, path))
        end(applicant_client, how)
        answer = send(applicant_client, path, fields | form)
        answer = answer if how == "anew" else resumed(applicant_client, answer)
        fields, action = form_on(answer)
        assert action == path, path
        done = send(applicant_client, action, fields)
        assert done.status_code == (422 if "gabung" in path else 303), (path, done.text)
    assert User.get(User.email == MINE).name == "Ni Luh Putu Baru"
    assert Permohonan.get_by_id(sent.id).state == "cancelled"


def test_a_wrong_password_in_between_loses_nothing(applicant_client, permohonan):
    fields = opened(applicant_client, fill_path(permohonan))
    end(applicant_client, "over")
    answer = send(applicant_client, fill_path(permohonan), fields | {"nomor_surat_kehilangan": WORDS})
    carried, action = form_on(answer)
    wrong = send(applicant_client, action, carried | {"email": MINE, "password": "salah sekali"})
    assert wrong.status_code == 422 and form_on(wrong)[0]["kept-nomor_surat_kehilangan"] == WORDS


def test_another_account_sees_what_was_typed_and_sends_nothing(applicant_client, permohonan):
    for path in (fill_path(permohonan), "/akun"):
        fields = opened(applicant_client, path)
        end(applicant_client, "over")
        answer = send(applicant_client, path, fields | {"nomor_surat_kehilangan": WORDS, "name": WORDS})
        answer = resumed(applicant_client, answer, OTHER)
        assert "dibuka dengan akun lain" in answer.text and WORDS in answer.text
        assert not FORM.search(answer.text), "no button that would send it"
        applicant_client.client.delete_cookie("session")
        applicant_client.sign_in()
    assert User.get(User.email == OTHER).name != WORDS
    assert drafts.get_draft(permohonan).answers.get("nomor_surat_kehilangan") != WORDS


def test_a_form_that_names_no_account_is_not_sent_either(applicant_client):
    fields = opened(applicant_client, "/akun")
    end(applicant_client, "over")
    answer = send(applicant_client, "/akun", {"csrf_token": fields["csrf_token"], "name": WORDS})
    assert "dibuka dengan akun lain" in resumed(applicant_client, answer).text


def test_every_form_of_an_account_sends_to_the_sign_in_page_and_back(app):
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    own = [rule.endpoint for rule in rules if rule.rule.startswith(("/permohonan", "/akun"))]
    assert len(own) > 8
    assert [name for name in own if not getattr(app.view_functions[name], "needs_account", False)] == []


def test_every_password_of_an_account_form_is_a_secret():
    forms = [one for one in vars(account_forms).values() if isinstance(one, type) and issubclass(one, TranslatedForm)]
    made = [field for form in forms for field in vars(form).items()]
    named = [name for name, field in made if getattr(field, "field_class", None) is PasswordField]
    assert {"password", "old_password"} <= set(named) and all(map(resume_form.SIDE.is_secret, named))


def test_secrets_and_files_are_not_carried(applicant_client):
    fields = opened(applicant_client, "/akun/alamat")
    end(applicant_client, "over")
    secret = {"password": "rahasia sekali", "kode_email": "123456", "code": "7QK2M-D4X9P"}
    answer = send(applicant_client, "/akun/alamat", fields | secret | {"email": "baru@contoh.id"})
    assert "baru@contoh.id" in answer.text
    assert not [value for value in secret.values() if value in answer.text]
    assert "ketik sekali lagi" in resumed(applicant_client, answer).text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": ""}]
)
def test_nothing_is_carried_from_another_site(app, applicant_client, permohonan, headers):
    path = fill_path(permohonan)
    stranger = PublicClient(app)
    for visitor in (stranger, applicant_client):
        answer = send(visitor, path, {"nomor_surat_kehilangan": WORDS}, **headers)
        if visitor is stranger or headers["Sec-Fetch-Site"]:
            assert answer.status_code == 400 and WORDS not in answer.text
    tracked = send(applicant_client, "/lacak", {"nomor": WORDS}, **headers)
    assert tracked.status_code == 400 and WORDS not in tracked.text, "no account's mark is in that form"
    other = send(
        stranger, path, {"nomor_surat_kehilangan": WORDS}, **{"Sec-Fetch-Site": "", "Origin": "https://jahat.example"}
    )
    assert other.status_code == 400 and WORDS not in other.text
    ours = send(
        stranger, path, {"nomor_surat_kehilangan": WORDS}, **{"Sec-Fetch-Site": "", "Origin": "http://localhost"}
    )
    assert ours.status_code == 401 and WORDS in ours.text, "an older browser says where it comes from by Origin"


@pytest.mark.parametrize(
    "address", ["https://jahat.example/", "//jahat.example", "/petugas/keluar", "/\\jahat.example"]
)
def test_only_a_public_page_is_sent_to(app, address):
    visitor = PublicClient(app)
    answer = visitor.post("/masuk", {"email": MINE, "password": PASSWORD, "kept": address, "kept-name": WORDS})
    assert answer.status_code == 303 and answer.location == "/permohonan/"


def test_a_page_for_visitors_that_is_too_old_keeps_what_was_typed(anonymous):
    answer = send(anonymous, "/lacak", {"nomor": "AKU-261123-7QK2MD-4", "nik4": "1234"})
    assert answer.status_code == 400 and "AKU-261123-7QK2MD-4" in answer.text and "1234" not in answer.text
    fields, action = form_on(answer)
    again = send(anonymous, action, fields)
    assert action == "/lacak" and again.status_code == 422 and "AKU-261123-7QK2MD-4" in again.text
    sign_in = send(anonymous, "/masuk", {"email": MINE, "password": PASSWORD})
    assert (
        sign_in.status_code == 400 and f'value="{MINE}"' in sign_in.text and f'value="{PASSWORD}"' not in sign_in.text
    )


def test_the_counter_goes_on_with_a_draft_in_the_same_way(app):
    operator = CounterClient(app)
    permohonan = operator.begin()
    path = f"{application_url(permohonan)}/isi/kehilangan"
    for how in ("over", "gone"):
        fields = opened(operator, path) | {"draft_version": str(drafts.get_draft(permohonan).version)}
        end(operator, how)
        answer = send(operator, path, fields | {"nomor_surat_kehilangan": f"{WORDS} {how}"})
        assert answer.status_code == 401 and WORDS in answer.text
        carried, action = form_on(answer)
        assert action == "/petugas/masuk"
        signing_in = {"email": "loket.pemaron@aku.example", "password": PASSWORD}
        fields, action = form_on(send(operator, action, carried | signing_in))
        assert send(operator, action, fields).status_code in (303, 422)
        assert drafts.get_draft(permohonan).answers["nomor_surat_kehilangan"] == f"{WORDS} {how}"
    fields = opened(operator, path)
    end(operator, "over")
    carried, action = form_on(send(operator, path, fields | {"nomor_surat_kehilangan": WORDS}))
    other = send(operator, action, carried | {"email": "admin@aku.example", "password": PASSWORD})
    assert "dibuka dengan akun lain" in other.text and WORDS in other.text
