"""Authentication: sign-in, sign-out, passwords, sessions and roles, stored in the database. No pages, no mail."""

import secrets
import unicodedata
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app, g, request, session
from flask_babel import gettext as _
from flask_login import LoginManager, login_user, logout_user

from accounts.rate_limits import MAX_ATTEMPTS, AccountRefused, bucket, consume, reset
from accounts.roles import OWN_OFFICE, ROLES
from accounts.sessions import session_with_user
from lib import encryption, i18n
from lib.database import now, transaction
from lib.text_normalization import normalize_email
from models import Attempt, Grant, Office, Token, User, WebSession

STAFF_IDLE, STAFF_MAX_AGE = timedelta(minutes=30), timedelta(hours=12)
PUBLIC_MAX_AGE = timedelta(days=30)
SEEN_INTERVAL = timedelta(minutes=1)
COMMON_PASSWORDS = frozenset(
    "password passw0rd 12345678 123456789 1234567890 qwertyuiop qwerty123 11111111 00000000 sayangku iloveyou "
    "dukcapil disdukcapil buleleng singaraja akuonline indonesia bali2026 rahasia123 password1 admin123".split()
)


@cache
def _hasher(memory: int, passes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)


def password_hasher() -> PasswordHasher:
    """Return the Argon2id hasher of the configured cost."""
    return _hasher(*current_app.config["ARGON2"])


def hash_password(password: str) -> str:
    """Hash a password with Argon2id, normalized to NFC."""
    return password_hasher().hash(unicodedata.normalize("NFC", password))


def password_error(password: str, email: str = "") -> str | None:
    """Validate a new password (ASVS 6.2); return the error as a sentence, or None."""
    if len(password) < 8:
        return _("Kata sandi paling sedikit 8 karakter. Boleh beberapa kata dengan spasi.")
    if len(password) > 200:
        return _("Kata sandi paling banyak 200 karakter.")
    plain = password.lower().strip()
    if plain in COMMON_PASSWORDS or len(set(plain)) < 4 or (email and plain == email.lower()):
        return _("Kata sandi ini terlalu mudah ditebak. Pakai beberapa kata yang hanya Anda tahu.")
    return None


def account_mark(user: User) -> str:
    """Return the mark of a signed-in account in forms and in the browser's storage; "" for a visitor."""
    return encryption.keyed_hash(str(user.id), "account-mark")[:16] if user.is_authenticated else ""


def find_user(email: str) -> User | None:
    """Return the user of an e-mail address, or None."""
    return User.get_or_none(User.email == normalize_email(email).lower()[:120])


def sign_in(email: str, password: str, *, staff: bool) -> User:
    """Verify the password and start a session; rate limited. Every failed attempt raises the same AccountRefused."""
    account = bucket("sign-in", normalize_email(email).lower())
    consume(account, MAX_ATTEMPTS)
    here = consume(bucket("sign-in-from", request.remote_addr or "-"), MAX_ATTEMPTS * 10)
    user = find_user(email)
    good = _matches(user.password if user else _dummy_hash(), password)
    wanted = user is not None and user.is_active and user.confirmed_at is not None and (user.is_staff or not staff)
    if not (good and wanted):
        raise AccountRefused(_("E-mail atau kata sandi tidak cocok. Periksa keduanya, atau buat kata sandi baru."))
    assert user is not None
    reset(account)
    here.delete_instance()
    start_session(user, staff=staff)
    return user


def _matches(stored: str, password: str) -> bool:
    try:
        return password_hasher().verify(stored, unicodedata.normalize("NFC", password[:1000]))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy_hash() -> str:
    """Return a hash that nothing matches, so that an unknown address takes as long as a wrong password."""
    return hash_password(secrets.token_hex(16))


def reauthenticate(user: User, password: str) -> bool:
    """Re-authenticate the user by password, before a signature; rate limited."""
    attempt = consume(bucket("prove", str(user.id)), MAX_ATTEMPTS)
    good = _matches(user.password, password)
    if good:
        attempt.delete_instance()
    return good


def start_session(user: User, *, staff: bool) -> None:
    """Start a session with a new secret; the data of the anonymous session are dropped (session fixation)."""
    session.clear()
    g.pop("csrf_token", None)  # made for that session
    user.session_secret = secrets.token_urlsafe(32)
    agent = (request.user_agent.string or "")[:120]
    WebSession.create(secret_hash=_hash(user.session_secret), user=user, staff=staff, agent=agent)
    session.permanent = True
    login_user(user)
    if not staff:
        set_language(user, i18n.cookie_language() or user.language)


def set_language(user: User, code: str) -> None:
    """Set the language of this session and of the account, in which mails are written."""
    session["language"] = code
    if user.language != code:
        User.update(language=code).where(User.id == user.id).execute()


def sign_out() -> None:
    """Sign out: delete the session, so that a copied cookie is worthless too."""
    secret = session.get("_user_id", "")
    WebSession.delete().where(WebSession.secret_hash == _hash(secret)).execute()
    logout_user()
    session.clear()


def sign_out_everywhere(user: User) -> None:
    """Delete all sessions of a user: after a new password, a changed role, a disabled account."""
    WebSession.delete().where(WebSession.user == user).execute()


def set_password(user: User, password: str) -> None:
    """Set a new password and end all sessions."""
    with transaction():
        User.update(password=hash_password(password)).where(User.id == user.id).execute()
        sign_out_everywhere(user)


def load_session_user(secret: str) -> User | None:
    """Load the user of a session that has not expired, with roles in force: the user_loader of Flask-Login."""
    found = session_with_user(_hash(secret))
    if found is None or not found.user.is_active:
        return None
    row, user = found, found.user
    moment = now()
    limit = STAFF_MAX_AGE if row.staff else PUBLIC_MAX_AGE
    idle = STAFF_IDLE if row.staff else PUBLIC_MAX_AGE
    if moment - row.created_at > limit or moment - row.seen_at > idle:
        WebSession.delete().where(WebSession.id == row.id).execute()
        return None
    if moment - row.seen_at > SEEN_INTERVAL:
        WebSession.update(seen_at=moment).where(WebSession.id == row.id).execute()
    user.session_secret = secret
    return user


def _hash(secret: str) -> str:
    return encryption.keyed_hash(secret, "session")


def login_manager() -> LoginManager:
    """Create the Flask-Login manager."""
    manager = LoginManager()
    manager.session_protection = None  # it trusts X-Forwarded-For
    manager.user_loader(load_session_user)
    return manager


def delete_expired() -> None:
    """Delete expired attempts, links and sessions."""
    Attempt.delete().where(Attempt.at < now() - timedelta(days=1)).execute()
    Token.delete().where(Token.expires_at < now() - timedelta(days=30)).execute()
    WebSession.delete().where(WebSession.seen_at < now() - PUBLIC_MAX_AGE).execute()


def grant_role(user: User, role: str, **facts) -> Grant:
    """Grant a role to a user; nobody may hold both `it` and `kadis`. Raises AccountRefused, saying why."""
    office, since, until = facts.get("office"), facts.get("since"), facts.get("until")
    if ROLES[role].reach == OWN_OFFICE and office and Office.get(Office.id == office).kind == "dinas":
        raise AccountRefused("Operator loket bekerja di loket: pilih desa, kelurahan, atau kecamatannya.")
    if since and until and until < since:
        raise AccountRefused("Tanggal selesainya lebih awal dari tanggal mulainya.")
    with transaction():
        User.update(title=User.title).where(User.id == user.id).execute()  # a concurrent grant waits here
        others = {row.role for row in Grant.select().where(Grant.user == user)}
        if {role, *others} >= {"it", "kadis"}:
            raise AccountRefused("Peran it dan kadis tidak boleh dipegang satu orang.")
        row = Grant.create(user=user, role=role, **facts)
        sign_out_everywhere(user)
    return row
