"""One-time links, kept as hashes in the database: made, looked at, used once, voided; no page and no mail."""

import secrets
from datetime import timedelta

import keys
from lib.database import now
from models import Token, User

HOURS = {"confirm": 72.0, "reset": 0.5, "rebind": 24.0, "move": 24.0, "stop": 168.0}  # that a link works


def make(user: User, purpose: str, email: str) -> str:
    """A secret that works once and not for long, to be put into a link."""
    secret = secrets.token_urlsafe(32)
    Token.create(
        secret_hash=keys.keyed_hash(secret, "token"),
        purpose=purpose,
        user=user,
        email=email,
        expires_at=now() + timedelta(hours=HOURS[purpose]),
    )
    return secret


def peek(secret: str, purpose: str) -> Token | None:
    """The token behind a link, if it still works; looking uses nothing up (mail scanners look)."""
    return (
        Token.select(Token, User)
        .join(User)
        .where(
            Token.secret_hash == keys.keyed_hash(secret, "token"),
            Token.purpose == purpose,
            Token.used_at.is_null(),
            Token.expires_at > now(),
        )
        .first()
    )


def use(secret: str, purpose: str) -> Token | None:
    """As `peek`, and afterwards it works no more, however many press at once."""
    token = peek(secret, purpose)
    if token is None:
        return None
    used = Token.update(used_at=now()).where(Token.id == token.id, Token.used_at.is_null()).execute()
    return token if used else None


def void(user: User, *purposes: str) -> None:
    """What was sent and not used yet works no more."""
    mine = (Token.user == user) & Token.purpose.in_(purposes) & Token.used_at.is_null()
    Token.update(used_at=now()).where(mine).execute()
