"""Message texts: their actions, audiences and the check of their placeholders. Renders and sends nothing."""

import re
from collections.abc import Iterable

import workflow
from notify.message import CONDITION, PLACEHOLDERS

PLACEHOLDER = re.compile(r"{([^{}]*)}")
LEADING_CONDITIONS = re.compile(rf"^(?:{CONDITION.pattern})+", re.MULTILINE)
ACTIONS = {row.action: row.label for row in workflow.TRANSITIONS} | {
    "reminder": "Pengingat",
    "account_confirm": "Pendaftaran akun",
    "account_exists": "Pendaftaran dengan e-mail yang sudah punya akun",
    "account_move": "Permintaan ganti e-mail akun",
    "account_moved": "E-mail akun diganti",
    "account_password": "Kata sandi akun diganti",
    "account_reset": "Lupa kata sandi",
    "address_code": "E-mail pemohon yang perlu dikonfirmasi",
    "appointment_made": "Janji perekaman atau aktivasi IKD",
    "recovery_begun": "Pemulihan akun dimulai di loket",
    "recovery_moved": "Pemulihan akun selesai",
    "recovery_rebind": "Pemulihan akun: alamat baru",
}
AUDIENCES = {"applicant": "Pemohon", "counter": "Loket", "staff": "Petugas"}


def placeholder_error(texts: Iterable[str]) -> str:
    """Validate the placeholders of some texts; return the error as a sentence, or an empty string."""
    whole = "\n".join(texts)
    unknown = set(PLACEHOLDER.findall(CONDITION.sub(r"{\2}", whole))) - set(PLACEHOLDERS)
    names = ", ".join(f"{{{name}}}" for name in sorted(unknown))
    if unknown:
        return f"Kata ini tidak dikenal: {names}. Periksa ejaannya."
    if misplaced := CONDITION.search(LEADING_CONDITIONS.sub("", whole)):
        return f"{misplaced[0]} hanya boleh di awal baris."
    left = PLACEHOLDER.sub("", whole)
    return "Ada kurung kurawal tanpa pasangan." if "{" in left or "}" in left else ""
