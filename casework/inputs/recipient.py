"""Input about who receives the documents: the applicant, the person concerned, or a proxy with a letter (M-m, L-l)."""

from collections.abc import Mapping

from casework.inputs.words import SHORT, YES, InvalidInput, plain
from catalogue import conditions
from catalogue.definition_parts import all_fields
from catalogue.nik import clean_nik
from catalogue.text_input import InvalidAnswer
from lib.text_normalization import fold, is_blank
from models import Permohonan, Revision

DEATH, OF_AGE = "mati", 17  # category of services about the deceased; years from which somebody has an ID card
TICK_CONTRADICTS = "Surat kuasa ditandai, tetapi ini nama {who}. Isi nama yang mengambil, atau hapus tandanya."


def entitled_people(permohonan: Permohonan) -> dict[str, str]:
    """Return the names of the people who need no proxy's letter, by what they are."""
    people = {"Pemohon": permohonan.applicant_name}
    if permohonan.subject_name not in ("", permohonan.applicant_name) and _can_come(permohonan):
        people["Yang bersangkutan"] = permohonan.subject_name
    return people


def _can_come(permohonan: Permohonan) -> bool:
    """Return whether the person concerned can sign for it: alive, and of age."""
    body = permohonan.edition.body
    if body["category"] == DEATH:
        return False
    told = {field["subject"]: field["key"] for field in all_fields(body) if field.get("subject")}
    born = told.get("birth_date") or told.get("nik")
    last = (
        Revision.select(Revision.answers).where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc())
    )
    return not born or not conditions.is_met({"age": born, "below": OF_AGE}, last.limit(1).scalar() or {})


def recipient(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate the recipient: whoever is not entitled by name has the proxy's letter, a name and a NIK."""
    letter = answers.get("proxy_letter")
    proxy = letter is True or str(letter).lower() in YES
    errors: dict[str, str] = {}
    try:
        name = plain(answers.get("recipient_name"), SHORT)
    except ValueError as wrong:
        raise InvalidInput({"recipient_name": str(wrong)}) from wrong
    nik = _proxy_nik(answers, permohonan, errors) if proxy else ""
    people = entitled_people(permohonan)
    entitled = next((what for what, other in people.items() if _same_name(name, other)), "")
    if not name:
        errors["recipient_name"] = "Isi nama penerima."
    elif proxy and entitled and errors:  # a proxy may bear the same name, with a NIK of their own
        errors["recipient_name"] = TICK_CONTRADICTS.format(who=entitled.lower())
    elif not proxy and not entitled:
        errors["proxy_letter"] = _stranger(name, people)
    if errors:
        raise InvalidInput(errors)
    return {"recipient_name": name, "proxy_letter": proxy, "recipient_nik": nik}


def _proxy_nik(answers: Mapping, permohonan: Permohonan, errors: dict[str, str]) -> str:
    """Return the proxy's NIK; one that is wrong, or that of the person they stand for, is put into `errors`."""
    typed = str(answers.get("recipient_nik") or "")
    if is_blank(typed):
        errors["recipient_nik"] = "Isi NIK penerima kuasa, seperti di KTP-el yang ditunjukkannya."
        return ""
    try:
        nik = clean_nik(typed, "NIK penerima")
    except InvalidAnswer as wrong:
        errors["recipient_nik"] = str(wrong)
        return ""
    if nik in (permohonan.applicant_nik, permohonan.subject_nik):
        errors["recipient_nik"] = "Ini NIK pemohon atau yang bersangkutan. Isi NIK di KTP-el penerima kuasa."
    return nik


def _stranger(name: str, people: Mapping[str, str]) -> str:
    known = " atau ".join(f"{what.lower()} ({other})" for what, other in people.items())
    return f"{name} bukan {known}. Tandai ini setelah surat kuasanya Anda terima, atau betulkan namanya."


def _same_name(one: str, other: str) -> bool:
    return bool(other) and fold(one) == fold(other)
