"""Cached status pages: shown again only to the same viewer, and only while everything on them is the same."""

import re

import pytest
from flask import session, template_rendered
from flask_wtf.csrf import generate_csrf

import accounts
from models import Edition, Event, EventText, Fact, Layanan, Notice, Outbox, Permohonan, User
from public import page_cache
from tests.helpers.public_client import TOKEN, PublicClient


@pytest.fixture
def waiting(submit):
    """An application that came in."""
    return submit()


@pytest.fixture
def owner(app, waiting):
    found = PublicClient(app)
    found.sign_in(waiting.owner.email)
    found.home, found.email = f"/permohonan/{waiting.key}", waiting.owner.email
    found.get(found.home), found.get(found.home)  # flashes are said by now, and the page is known
    return found


@pytest.fixture
def drawing(app):
    """The names of the templates that were drawn."""
    seen = []

    def note(sender, template, **more):
        seen.append(template.name)

    with template_rendered.connected_to(note, app):
        yield seen


def changed(model, where, **values):
    assert model.update(**values).where(where).execute() == 1


def test_a_page_whose_facts_are_the_same_is_drawn_once(owner, drawing):
    first, again = owner.get(owner.home), owner.get(owner.home)
    assert not drawing and first.status_code == 200
    assert TOKEN.sub("", first.text) == TOKEN.sub("", again.text)


def test_whatever_changes_is_shown_at_once(owner, waiting, app, factory):
    event = Event.get(Event.permohonan == waiting.id)
    promised = Outbox.select().first()
    edition = waiting.edition.body | {"name": {"id": "Layanan bernama lain", "en": "Another name"}}
    office = Fact.get(Fact.key == "office").value | {"phone": "(0362) 987654"}
    changes = {
        "Wayan Bernama Baru": lambda: changed(
            Permohonan, Permohonan.id == waiting.id, subject_name="Wayan Bernama Baru"
        ),
        "Layanan bernama lain": lambda: changed(Edition, Edition.id == waiting.edition_id, body=edition),
        "Alasan yang baru": lambda: changed(EventText, EventText.event == event, texts={"reason": "Alasan yang baru"}),
        "Surat yang baru": lambda: Notice.create(
            outbox=promised, permohonan=waiting, user=waiting.owner, subject="Surat yang baru", body="Isi"
        ),
        "(0362) 987654": lambda: (
            changed(Fact, Fact.key == "office", value=office),
            app.extensions["office_card"].clear(),  # half a minute goes by
        ),
        "Sekarang di: Operator SIAK": lambda: factory.perform(waiting, "send_to_siak", "admin"),
    }
    for words, change in changes.items():
        assert words not in owner.get(owner.home).text, words
        change()
        assert words in owner.get(owner.home).text, words


def test_the_language_is_changed_at_once_and_back(app, owner):
    cards = app.extensions["office_card"]
    cards["en"] = cards["id"]  # an office whose own facts read the same in both
    indonesian = owner.get(owner.home).text
    owner.get("/bahasa/en")
    english = owner.get(owner.home).text
    assert 'lang="id"' in indonesian[:100] and 'lang="en"' in english[:100]
    owner.get("/bahasa/id")
    assert 'lang="id"' in owner.get(owner.home).text[:100]


def test_nobody_else_gets_a_page_that_is_known(app, owner, factory):
    stranger, nobody = PublicClient(app), PublicClient(app)
    stranger.sign_in("pemohon2@aku.example")
    assert owner.get(owner.home).status_code == 200
    assert stranger.get(owner.home).status_code == 404 and nobody.get(owner.home).status_code == 303
    assert "/keluar" in owner.get("/lacak").text and "/keluar" not in nobody.get("/lacak").text
    accounts.sign_out_everywhere(User.get(User.email == "pemohon@aku.example"))
    assert owner.get(owner.home).status_code == 303


def test_an_application_that_got_another_owner_shows_who_did_what_to_the_new_one_only(app, owner, waiting):
    heir = PublicClient(app)
    heir.sign_in("pemohon2@aku.example")
    assert '<br><span class="soft small">Anda</span>' in owner.get(owner.home).text
    new = User.get(User.email == "pemohon2@aku.example")
    changed(Permohonan, Permohonan.id == waiting.id, owner=new)
    assert owner.get(owner.home).status_code == 404
    assert '<br><span class="soft small">Anda</span>' not in heir.get(owner.home).text


def test_the_form_of_a_known_page_carries_the_session_s_own_token(make_app):
    app, tokens = make_app(), []
    for secret in ("a" * 40, "b" * 40):
        with app.test_request_context("/"):
            session["csrf_token"] = secret
            assert page_cache.cached_page("the same", generate_csrf) == generate_csrf()
            tokens.append(generate_csrf())
    assert tokens[0] != tokens[1] and len(app.extensions["page_cache"]) == 1


def test_a_sentence_that_is_said_once_is_said_once(owner):
    with owner.client.session_transaction() as session:
        session["_flashes"] = [("good", "Hanya sekali ini.")]
    assert "Hanya sekali ini." in owner.get(owner.home).text
    assert "Hanya sekali ini." not in owner.get(owner.home).text


def test_an_address_with_another_question_is_another_page(owner):
    for number in ("AKU-1", "AKU-2"):
        page = owner.get(f"/lacak?nomor={number}").text
        assert f'value="{number}"' in page and f"nomor%3D{number}" in page


def test_no_more_pages_are_kept_than_fit(app, owner, submit, monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_PAGES", 2)
    pages = [f"/permohonan/{submit().key}" for _ in range(3)]
    for page in pages:
        owner.get(page)
    assert [key[0] for key in app.extensions["page_cache"]] == pages[1:]


def test_a_service_that_is_published_opened_or_closed_is_on_offer_at_once(app):
    visitor, layanan = PublicClient(app), Layanan.get(Layanan.code == "AK-LAHIR")
    edition = Edition.get(Edition.layanan == layanan)
    paths = ("/", "/layanan/", "/layanan/AK-LAHIR")
    for path in paths:
        visitor.get(path)
    body = edition.body | {"name": {"id": "Kelahiran dengan nama baru", "en": "Birth"}}
    Edition.create(layanan=layanan, number=edition.number + 1, body=body)
    assert all("Kelahiran dengan nama baru" in visitor.get(path).text for path in paths[1:])
    changed(Layanan, Layanan.id == layanan.id, active=False)
    assert "Kelahiran dengan nama baru" not in visitor.get("/layanan/").text
    assert "data-closed" in visitor.get("/layanan/AK-LAHIR").text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_home_page_says_when_the_counter_opens_and_closes(app, database_kind, set_clock):
    said = set()
    for hour in (7, 10, 20):
        set_clock(2026, 11, 25, hour)
        said.add(re.search(r'<span class="tag \w*">(Loket [^<]+)', PublicClient(app).get("/").text)[1])
    assert len(said) == 3
