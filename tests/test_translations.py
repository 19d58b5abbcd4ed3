"""Translations: everything that an applicant reads exists in English, and no entry is unused or incomplete."""

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.frontend import BaseError
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import workflow
from accounts import one_time_links
from catalogue import applicant_section
from catalogue.categories import CATEGORIES
from intake import drafts
from jobs import outbox
from models import District, Document, Notice, Office, Permohonan, User, Village
from tests.helpers.public_client import PublicClient
from translations import update as catalogue_update
from web.service_directory import current_services

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
SPOKEN = ("aria-label", "alt", "placeholder", "title", "data-lost", "data-out")
# The same word in both languages, or a name that stays.
SAME = """
    AKU Online English Bahasa Indonesia SP4N-LAPOR KTP-el KTP NIK KIA SIAK TTE PDF QR WITA E-mail Data NPWP BPJS ICAO
    Auditor Admin Draft Draf Rp SMS HP WhatsApp spam Status Disdukcapil Kabupaten Kab Buleleng Dinas Kependudukan
    dan Pencatatan Sipil Provinsi Bali UU Permendagri Perpres Perda Tahun Nomor buleleng
    I Putu Arya Wiguna Jalan Contoh
"""
WORD = re.compile(r"[A-Za-z]{3,}")


class Reader(HTMLParser):
    """Collects what a page says: its texts, and the attributes that are read out or shown."""

    def __init__(self):
        super().__init__()
        self.said, self.mute = [], ""

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if not self.mute and (tag in ("script", "style") or ("lang" in facts and tag != "html")):
            self.mute = tag  # what says its own language means to be in it
        if not self.mute:
            self.said += [facts[name] for name in SPOKEN if facts.get(name)]

    def handle_endtag(self, tag):
        if tag == self.mute:
            self.mute = ""

    def handle_data(self, data):
        if not self.mute and data.strip():
            self.said.append(" ".join(data.split()))


def said(page):
    reader = Reader()
    reader.feed(page)
    return set(reader.said)


def names_of(app):
    """Words of the names of persons, places and offices."""
    rows = [row for table in (User, Village, District, Office) for row in table.select(table.name)]
    return {word for row in rows for word in WORD.findall(row.name)}


@pytest.fixture
def database_kind():
    return "sqlite"


def test_no_sentence_is_without_its_english():
    assert catalogue_update.untranslated("en") == [], "run `make translations` and translate these"


def test_the_catalogue_holds_just_the_sentences_of_today_and_is_compiled():
    catalogue_update.update(check=True)  # it fails? run `make translations`
    with PO.with_suffix(".mo").open("rb") as file:
        assert _by_sentence(read_mo(file)) == _by_sentence(messages()), "run `make translations`"


def test_a_sentence_that_is_missing_in_the_catalogue_is_noticed(tmp_path, monkeypatch):
    """`pybabel update --check`, on a copy that lacks one."""
    monkeypatch.setattr(catalogue_update, "LOCALES", tmp_path)
    copy = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    copy.parent.mkdir(parents=True)
    copy.write_text(PO.read_text().replace('msgid " atau "\nmsgstr " or "\n\n', ""))
    with pytest.raises(BaseError, match="out of date"):
        catalogue_update.update(check=True)


def messages():
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def _by_sentence(messages):
    return {str(one.id if isinstance(one.id, str) else list(one.id)): list(one.string) for one in messages if one.id}


def test_translations_keep_the_places_of_their_sentences_and_none_is_a_guess():
    for one in messages():
        if one.id:
            ids, strings = ([one.id], [one.string]) if isinstance(one.id, str) else (one.id, one.string)
            for string in strings:
                assert set(PLACE.findall(string)) == set(PLACE.findall(ids[0])), one.id
            assert not one.fuzzy, one.id


def _indonesian_only(value, path=""):
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return [] if value.get("en") else [f"{path}: {value['id']}"]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    return [fault for key, part in parts for fault in _indonesian_only(part, f"{path}/{key}")]


def test_every_text_of_the_seeds_and_of_the_applicants_own_page_has_its_english():
    found = []
    for path in (ROOT / "seed").rglob("*.toml"):
        found += _indonesian_only(tomllib.loads(path.read_text()), path.name)
    found += _indonesian_only(
        [applicant_section.section("self_service", {}), applicant_section.PROXY_LETTER], "applicant"
    )
    found += _indonesian_only([[one.name, one.short] for one in CATEGORIES.values()], "categories")
    assert found == []


class Two:
    """The same person twice: reading Indonesian, and reading English."""

    def __init__(self, app, factory, signed_in=True):
        self.indonesian, self.english = PublicClient(app), PublicClient(app)
        self.names = names_of(app) | set(WORD.findall(SAME))
        self.seen = 0
        for visitor, code in ((self.indonesian, "id"), (self.english, "en")):
            visitor.get(f"/bahasa/{code}")
            if signed_in:
                visitor.sign_in()

    def left_over(self, path, form=None, page=None):
        """Return untranslated texts: those that are the same in both languages and no names."""
        answers = [self._ask(one, path, form, page) for one in (self.indonesian, self.english)]
        assert answers[0].status_code == answers[1].status_code, path
        if answers[1].status_code == 303:
            return set()
        assert 'lang="en"' in answers[1].text.partition("<head>")[0], path
        self.seen += 1
        both = said(answers[0].text) & said(answers[1].text)
        return {text for text in both if not set(WORD.findall(text)) <= self.names and not _is_address(text)}

    def _ask(self, visitor, path, form, page):
        return visitor.get(path) if form is None else visitor.post(path, form, page=page)


def _is_address(text):
    return bool(re.fullmatch(r"\S+@\S+|https?://\S+|AKU-\S+|F-\S+|[A-Z]{2,}-[A-Z0-9-]+|\S+\.(png|jpg|pdf)", text))


def _check(two, *paths):
    found = {path: left for path in paths if (left := two.left_over(path))}
    assert found == {}


def test_pages_without_an_account_leave_nothing_indonesian(app, factory):
    two = Two(app, factory, signed_in=False)
    every = [f"/layanan/{edition.layanan.code}" for edition in current_services()]
    assert len(every) >= 44
    _check(two, "/", "/layanan/", "/layanan/?q=akta", "/layanan/?q=xyz", "/standar-pelayanan", "/loket", "/lacak")
    _check(two, *every)
    _check(two, "/layanan/KTP-PINDAH", "/info/ikd", "/info/legalisasi", "/info/unduh-lagi", "/rekam-ktp", "/janji")
    _check(two, "/janji?kode=0", "/janji/0000000000")
    _check(
        two, "/masuk", "/daftar", "/lupa-sandi", "/surat-terkirim/daftar", "/sandi-baru/x", "/konfirmasi/x", "/nowhere"
    )
    user = User.get(User.email == "pemohon@aku.example")
    _check(two, f"/sandi-baru/{one_time_links.create(user, 'reset', user.email)}")


def test_errors_beside_fields_are_english_too(app, factory):
    two = Two(app, factory, signed_in=False)
    assert two.left_over("/daftar", {"name": "1", "email": "x", "phone": "12", "password": "abc"}) == set()
    assert two.left_over("/masuk", {"email": "a@aku.example", "password": "x"}) == set()
    assert two.left_over("/lacak", {"nomor": "AKU-1", "nik4": "1"}) == set()
    assert two.left_over("/janji", {"tempat": "dinas", "hp": "1", "email": "x", "nomor": "1"}) == set()


def test_the_pages_of_an_application_leave_nothing_indonesian(app, factory):
    two = Two(app, factory)
    _check(two, "/permohonan/", "/keluar")
    for code in ("AK-LAHIR", "AK-MATI", "PIN-KELUAR"):
        permohonan = drafts.create_application(factory.edition(code), owner=factory.applicant)
        base = f"/permohonan/{permohonan.key}"
        pages = [f"{base}/isi/{section['key']}" for section in drafts.form_pages(permohonan)]
        _check(two, f"/permohonan/baru/{code}", *pages, *(f"{page}?periksa=1" for page in pages))
        _check(two, f"{base}/unggahan", f"{base}/periksa", base)
        for page in pages:
            wrong = {"pemohon_nik": "12", "pemohon_email": "x", "tanggal_lahir": "40"}
            assert two.left_over(page, wrong, page) == set(), page


@pytest.mark.slow
def test_every_state_of_an_application_leaves_nothing_indonesian(app, factory):
    two = Two(app, factory)
    two.names |= {"Buram", "Alasan", "contoh", "Kantor"}  # what officers wrote
    permohonan = factory.begin()
    _check(two, f"/permohonan/{permohonan.key}/periksa", f"/permohonan/{permohonan.key}/unggahan")
    permohonan = factory.perform(permohonan, "submit", "applicant")
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    _check(two, f"/permohonan/{permohonan.key}")
    for state in workflow.STATES:
        permohonan = factory.force_state(permohonan, state)
        offered = [row.action for row in workflow.allowed(permohonan, factory.applicant)]
        _check(
            two, f"/permohonan/{permohonan.key}", *(f"/permohonan/{permohonan.key}/tindakan/{one}" for one in offered)
        )
    _check(two, "/permohonan/")


@pytest.mark.slow
def test_an_issued_document_and_its_check_leave_nothing_indonesian(app, factory):
    two = Two(app, factory)
    permohonan = factory.advance_to(factory.submit(), "ready")
    outbox.drain()
    Notice.delete().execute()  # they stay in the language in which they were sent
    document = Document.get(Document.permohonan == permohonan.id)
    _check(two, f"/permohonan/{permohonan.key}", f"/verifikasi/{document.verification_key}")
    number, digits = permohonan.number, Permohonan.get_by_id(permohonan.id).applicant_nik[-4:]
    assert two.left_over("/lacak", {"nomor": number, "nik4": digits}) == set()
