"""One-time links: create, peek, redeem once, revoke. Only hashes of their tokens are stored. No pages, no mail."""

import secrets
from datetime import timedelta

from lib import encryption
from lib.database import now
from models import Token, User

LIFETIME_HOURS = {"confirm": 72.0, "reset": 0.5, "rebind": 24.0, "move": 24.0, "stop": 168.0}  # until a link expires


def create(user: User, purpose: str, email: str) -> str:
    """Create a one-time token for a link and return its secret."""
    secret = secrets.token_urlsafe(32)
    secret_hash = encryption.keyed_hash(secret, "token")
    expires_at = now() + timedelta(hours=LIFETIME_HOURS[purpose])
    Token.create(secret_hash=secret_hash, purpose=purpose, user=user, email=email, expires_at=expires_at)
    return secret


def peek(secret: str, purpose: str) -> Token | None:
    """Return the valid token of a link without redeeming it (mail scanners follow links), or None."""
    same = (Token.secret_hash == encryption.keyed_hash(secret, "token")) & (Token.purpose == purpose)
    valid = Token.used_at.is_null() & (Token.expires_at > now())
    return Token.select(Token, User).join(User).where(same, valid).first()


def redeem(secret: str, purpose: str) -> Token | None:
    """Redeem a token: return it once, also under concurrent requests; None if it is invalid."""
    token = peek(secret, purpose)
    if token is None:
        return None
    used = Token.update(used_at=now()).where(Token.id == token.id, Token.used_at.is_null()).execute()
    return token if used else None


def revoke(user: User, *purposes: str) -> None:
    """Revoke the unused tokens of a user for these purposes."""
    mine = (Token.user == user) & Token.purpose.in_(purposes) & Token.used_at.is_null()
    Token.update(used_at=now()).where(mine).execute()
