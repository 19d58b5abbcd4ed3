"""An account's new e-mail address, chosen by its owner and proved by a letter; recovery.py gives lost accounts back."""

import accounts
from accounts import links
from lib.database import advisory_lock, now, transaction
from models import Outbox, Permohonan, Token, User


def ask(user: User, email: str) -> None:
    """Have a link sent to the new address; nothing has changed until it is followed."""
    with transaction():
        Outbox.add("account_mail", purpose="move", user=user.id, email=email)


def finish(secret: str) -> bool:
    """The letter was read: sign in with the new address from now on, and news goes there; the old one is told.

    False where the link works no more, or the address became somebody else's meanwhile.
    """
    token = links.use(secret, "move")
    if token is None:
        return False
    with transaction():
        advisory_lock(f"address {token.email}")  # of two who want the same one, the second is told
        User.update(title=User.title).where(User.id == token.user_id).execute()  # whoever moves as well waits here
        user = User.get_by_id(token.user_id)
        taken = User.select().where(User.email == token.email, User.id != user.id).exists()
        if taken:
            return False
        User.update(email=token.email).where(User.id == user.id).execute()
        old = (Permohonan.owner == user.id) & (Permohonan.email == user.email)
        Permohonan.update(email=token.email).where(old).execute()
        Token.update(used_at=now()).where(Token.user == user.id, Token.used_at.is_null()).execute()  # to the old one
        accounts.end_all(user)
        Outbox.add("account_mail", purpose="moved", user=user.id, email=user.email)
    return True
