"""Change of an account's e-mail address by its owner, confirmed by a mail; recovery.py restores lost accounts."""

import accounts
from accounts import one_time_links
from lib.database import advisory_lock, now, transaction
from models import Outbox, Permohonan, Token, User


def request_change(user: User, email: str) -> None:
    """Promise a mail with a confirmation link to the new address; nothing changes until it is redeemed."""
    with transaction():
        Outbox.add("account_mail", purpose="move", user=user.id, email=email)


def confirm_change(secret: str) -> bool:
    """Confirm the change by the link: set the address of account and applications, and notify the old address.

    Returns False where the link is no longer valid, or another account has taken the address.
    """
    token = one_time_links.redeem(secret, "move")
    if token is None:
        return False
    with transaction():
        advisory_lock(f"address {token.email}")  # the second of two accounts gets False
        User.update(title=User.title).where(User.id == token.user_id).execute()  # a concurrent change waits here
        user = User.get_by_id(token.user_id)
        taken = User.select().where(User.email == token.email, User.id != user.id).exists()
        if taken:
            return False
        User.update(email=token.email).where(User.id == user.id).execute()
        old = (Permohonan.owner == user.id) & (Permohonan.email == user.email)
        Permohonan.update(email=token.email).where(old).execute()
        Token.update(used_at=now()).where(Token.user == user.id, Token.used_at.is_null()).execute()  # of the old one
        accounts.sign_out_everywhere(user)
        Outbox.add("account_mail", purpose="moved", user=user.id, email=user.email)
    return True
