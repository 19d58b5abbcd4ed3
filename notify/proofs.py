"""Mails that verify an address, and mails about account recovery."""

import accounts
from accounts import links
from intake import addresses
from models import Address, Outbox, Recovery, User
from notify.message import Message, address, letter

CONFIRM, STOP = "/alamat-baru/{}", "/batalkan-pemulihan/{}"


def for_address(row: Outbox) -> Message:
    """Render the mail with the verification code of an address; the code is created now and stored as a hash only."""
    asked = Address.select(Address, User).join(User).where(Address.id == row.payload["address"]).get()
    return letter(row, "address_code", asked.user, asked.email, kode=addresses.make_code(asked))


def for_recovery(row: Outbox) -> Message:
    """Render a recovery mail: a notice to the old address, or the link to the new one."""
    case = (
        Recovery.select(Recovery, User).join(User, on=Recovery.user).where(Recovery.id == row.payload["recovery"]).get()
    )
    purpose = row.payload["purpose"]
    if purpose != "rebind":
        stop = links.make(case.user, "stop", case.old_email)
        return letter(row, f"recovery_{purpose}", case.user, case.old_email, alamat=address(STOP.format(stop)))
    other = accounts.find(case.new_email)
    if other and other.id != case.user_id:  # the page doesn't reveal that the address has an account
        return letter(row, "account_exists", other, other.email, alamat=address("/masuk"))
    link = links.make(case.user, "rebind", case.new_email)
    return letter(row, "recovery_rebind", case.user, case.new_email, alamat=address(CONFIRM.format(link)))
