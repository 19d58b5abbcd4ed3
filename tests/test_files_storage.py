"""Settings, keys and file storage: invalid ones are refused, files are encrypted and written atomically."""

import base64
import os

import pytest

import config
from files import storage
from lib import encryption
from models import Grant, StoredFile, User

KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "AKU_ENV": "production",
    "SECRET_KEY": "s" * 40,
    "FILES_KEY": KEY,
    "BASE_URL": "https://aku.example",
    "SMTP_URL": "smtp://127.0.0.1",
}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FILES_KEY", "SMTP_URL"])
def test_production_names_the_setting_that_is_missing(tmp_path, missing):
    environ = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(config.ConfigError, match=missing):
        config.read(environ, INSTANCE_DIR=tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AKU_ENV", "test"),
        ("BASE_URL", "http://aku.example"),
        ("DATABASE_URL", "mysql://x"),
        ("FILES_KEY", "short"),
        ("FILES_KEY", base64.b64encode(b"k" * 16).decode()),
        ("PORT", "١٢٣"),
        ("SECRET_KEY", "s"),
        ("TTE_URL", "nothing:"),
        ("ZONE", "UTC"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_at_the_start(tmp_path, name, value):
    with pytest.raises(config.ConfigError, match=name):
        config.read(PRODUCTION | {name: value}, INSTANCE_DIR=tmp_path)


def test_production_refuses_what_belongs_to_the_demonstration(app):
    import app as application

    settings = PRODUCTION | {name: str(app.config[name]) for name in ("INSTANCE_DIR", "DATABASE_URL")}
    with pytest.raises(config.ConfigError, match="certificates"):
        application.create_app(**settings)
    (app.config["INSTANCE_DIR"] / "tte").rename(app.config["INSTANCE_DIR"] / "old")
    with pytest.raises(config.ConfigError, match="people"):
        application.create_app(**settings)
    with pytest.raises(config.ConfigError, match="demonstration's; make new ones"):
        application.create_app(**settings | {"SECRET_KEY": app.config["SECRET_KEY"]})


def test_a_secret_can_come_from_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text("t" * 40 + "\n")
    environ = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    assert config.read(environ | {"SECRET_KEY_FILE": str(path)}, INSTANCE_DIR=tmp_path)["SECRET_KEY"] == "t" * 40


def test_cookies_are_host_bound_and_secure_exactly_under_https(tmp_path):
    secure = config.read(PRODUCTION, INSTANCE_DIR=tmp_path)
    assert secure["SESSION_COOKIE_NAME"] == "__Host-session" and secure["SESSION_COOKIE_SECURE"]
    plain = config.read({}, INSTANCE_DIR=tmp_path)
    assert plain["SESSION_COOKIE_NAME"] == "session" and not plain["SESSION_COOKIE_SECURE"]


def test_the_demonstrations_keys_are_made_once_and_private(tmp_path):
    first, second = config.read({}, INSTANCE_DIR=tmp_path), config.read({}, INSTANCE_DIR=tmp_path)
    assert first["SECRET_KEY"] == second["SECRET_KEY"] != first["FILES_KEY"]
    assert {oct(path.stat().st_mode)[-3:] for path in (tmp_path / "keys").iterdir()} == {"600"}


@pytest.fixture
def kept(app):
    row = storage.store(b"isi surat", kind="upload", media_type="text/plain", name="surat.txt")
    row.save(force_insert=True)
    return row


def test_a_kept_file_comes_back_and_lies_encrypted(app, kept):
    assert storage.read(kept) == b"isi surat"
    assert b"isi surat" not in storage._path(kept.key).read_bytes()


def test_a_blob_moved_to_another_record_does_not_open(app, kept):
    other = storage.store(b"lain", kind="upload", media_type="text/plain", name="lain.txt")
    storage._path(other.key).write_bytes(storage._path(kept.key).read_bytes())
    with pytest.raises(storage.StorageError):
        storage.read(other)


def test_a_changed_or_lost_blob_is_refused_with_a_sentence(app, kept):
    path = storage._path(kept.key)
    blob = bytearray(path.read_bytes())
    blob[-1] ^= 1
    path.write_bytes(blob)
    with pytest.raises(storage.StorageError, match="Hubungi"):
        storage.read(kept)
    path.unlink()
    with pytest.raises(storage.StorageError):
        storage.read(kept)


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed(app, kept):
    app.config["FILES_KEYS"] = (b"n" * 32, *app.config["FILES_KEYS"])
    assert storage.read(kept) == b"isi surat"
    app.config["FILES_KEYS"] = (b"n" * 32,)
    with pytest.raises(storage.StorageError):
        storage.read(kept)


def test_files_without_a_row_are_swept_and_others_stay(app, kept):
    orphan = storage.store(b"x", kind="upload", media_type="text/plain", name="x")
    assert storage.delete_orphans() == 0
    assert storage.delete_orphans(older_than_seconds=-1) == 1
    assert not storage._path(orphan.key).exists() and storage.read(kept)
    assert StoredFile.select().count() >= 1


def test_a_full_disk_leaves_no_half_file(app, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(storage.StorageError, match="penuh"):
        storage.store(b"x" * 1000, kind="upload", media_type="text/plain", name="x")
    assert not list(storage._root().rglob("*.part"))


def test_random_codes_use_letters_nobody_misreads(app):
    assert set(encryption.random_code(2000)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_the_commands_say_what_they_did(app):
    """`flask --app app …`, as operators use it."""
    runner = app.test_cli_runner()

    def flask(*words):
        return runner.invoke(args=list(words)).output

    assert "siap" in flask("init")
    assert "utuh" in flask("log", "verify")
    assert "/sandi-baru/" in flask("staff", "add", "baru@aku.example", "Petugas Baru", "--role", "admin")
    assert "admin di" in flask("staff", "roles", "baru@aku.example")
    assert "tidak dapat masuk" in flask("staff", "disable", "baru@aku.example")
    assert "tidak dikenal" in flask("staff", "disable", "siapa@aku.example")
    assert "tidak ada" in flask("staff", "add", "x@aku.example", "X", "--role", "admin", "--office", "51.99")
    for wrong in (("--role", "system"), ("--role", "counter_operator")):
        said = flask("staff", "add", "loket@aku.example", "X", *wrong)
        assert "is not one of" in said or "Operator loket bekerja di loket" in said
    assert not Grant.select().join(User, on=(Grant.user == User.id)).where(User.email == "loket@aku.example").exists()
    assert "kadis" in flask("staff", "add", "it@aku.example", "X", "--role", "kadis")
    assert "janji dikerjakan" in flask("drain")
    assert flask("workflow").startswith("# Prosedur sebagai tabel")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_file_of_any_length_comes_back_whole_and_lies_sealed(app, database_kind):
    for size in (
        0,
        1,
        encryption.CHUNK_BYTES - 1,
        encryption.CHUNK_BYTES,
        encryption.CHUNK_BYTES + 1,
        3 * encryption.CHUNK_BYTES + 5,
    ):
        data = os.urandom(size)
        file = storage.store(data, kind="upload", media_type="image/jpeg", name="foto.jpg")
        blob = storage._path(file.key).read_bytes()
        assert storage.read(file) == data and len(blob) == size + encryption.ENVELOPE_BYTES
        assert size < 16 or data[:16] not in blob
