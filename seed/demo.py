"""Demonstration data: people, certificates and applications, all fictitious. Refused outside of AKU_ENV=demo."""

import io
import textwrap
import tomllib
from datetime import date, timedelta
from pathlib import Path

from flask import current_app
from PIL import Image, ImageDraw

import accounts
import office
import workflow
from casework import transitions
from documents import printouts, signing
from documents.tte import pki
from files import storage
from intake import attachments, drafts
from lib.database import local, now, transaction
from models import Draft, DraftFile, Edition, Grant, Layanan, Office, Permohonan, User
from seed import siak_drafts

PASSWORD = "buleleng-2026"  # noqa: S105 -- the demonstration's, printed on its sign-in page
PASSPHRASE = "tanda-tangan"  # noqa: S105 -- likewise
# fmt: off
PEOPLE = (
    # e-mail, name, NIK, title, roles: (role, office, group)
    ("pemohon@aku.example", "Ni Luh Ayu Pratiwi", "5108994505900001", "", ()),
    ("pemohon2@aku.example", "I Gede Suardana", "5108991203850002", "", ()),
    ("loket.pemaron@aku.example", "Komang Sri Astini", "5108995107880003", "Operator loket Desa Pemaron", (("counter_operator", "51.08.06.2004", None),)),
    ("loket.sukasada@aku.example", "Putu Agus Wirawan", "5108990809910004", "Operator loket Kecamatan Sukasada", (("counter_operator", "51.08.05", None),)),
    ("admin@aku.example", "Kadek Sri Wahyuni", "5108996511920005", "Admin AKU Online", (("admin", "dinas", None),)),
    ("siak@aku.example", "Made Ariawan", "5108991402870006", "Operator SIAK", (("siak_operator", "dinas", None),)),
    ("adb@aku.example", "Ketut Sudiarta", "5108992101790007", "Administrator Database Kependudukan", (("adb", "dinas", None),)),
    ("kabid@aku.example", "Ni Wayan Suciati", "5108994309750008", "Kepala Bidang Pelayanan", (("kabid", "dinas", None),)),
    ("kadis@aku.example", "I Nyoman Contoh", "5108990506700009", "Kepala Dinas Kependudukan dan Pencatatan Sipil", (("kadis", "dinas", None),)),
    ("produksi@aku.example", "Gede Eka Saputra", "5108990207930010", "Operator produksi", (("production", "dinas", None),)),
    ("pengambilan@aku.example", "Luh Putu Mariani", "5108995810890011", "Petugas loket pengambilan", (("pickup", "dinas", None),)),
    ("it@aku.example", "Wayan Adi Pratama", "5108991911940012", "Tim TI", (("it", "dinas", None),)),
    ("auditor@aku.example", "Dewa Ayu Kartika", "5108994804800013", "Inspektorat", (("auditor", "dinas", None),)),
)
# fmt: on


APPLICATIONS_FILE = Path(__file__).resolve().parent / "demonstration.toml"  # the applications, with their answers
ACTIONS = (
    ("submit", ""),
    ("mark_incomplete", "admin"),
    ("send_to_siak", "admin"),
    ("submit_draft", "siak"),
    ("verify_adb", "adb"),
    ("verify_kabid", "kabid"),
    ("approve_tte", "kadis"),
    ("print_document", "siak"),
    ("assign_queue_number", "admin"),
)


def create_people() -> None:
    """Create the people and certificates of the demonstration; idempotent. Raises AccountRefused in production."""
    if not current_app.config["DEMO"]:
        raise accounts.AccountRefused("Orang-orang peragaan hanya ada dengan AKU_ENV=demo.")
    places = {code for *_, grants in PEOPLE for _, code, _ in grants}
    if away := places - {code for (code,) in Office.select(Office.code).tuples()}:
        raise accounts.AccountRefused(
            f"Peragaan memakai seed/wilayah.csv bawaan (di sini tidak ada {', '.join(sorted(away))}). "
            "Dengan wilayah Anda sendiri, jalankan dengan AKU_ENV=production."
        )
    password = accounts.hash_password(PASSWORD)
    with transaction():
        for email, name, nik, title, grants in PEOPLE:
            if accounts.find_user(email) is None:
                _create_person(email, name, nik, title, grants, password)
    _create_certificate()


def _create_person(email: str, name: str, nik: str, title: str, grants: tuple, password: str) -> None:
    tte_key = "kadis" if any(role == "kadis" for role, _, _ in grants) else ""
    facts = {"nik": nik, "title": title, "password": password, "tte_key": tte_key, "confirmed_at": now()}
    facts |= {"rank": "Pembina Utama Muda (IV/c)", "nip": "197001011996031999"} if tte_key else {}
    user = User.create(email=email, name=name, phone="", **facts)
    for role, code, group in grants:
        Grant.create(user=user, role=role, office=Office.get(Office.code == code), group=group, since=date(2020, 1, 1))


def _create_certificate() -> None:
    folder = signing.folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pki.make_demo_authority(folder)
    kadis = User.get(User.email == "kadis@aku.example")
    who = {"name": kadis.name, "title": kadis.title, "organisation": office.contact_details().get("name", "")}
    pki.make_person_certificate(folder, kadis.tte_key, passphrase=PASSPHRASE, **who)
    unnamed = (User.id == kadis.id) & (User.certificate_name == "")
    User.update(certificate_name=pki.demo_name(kadis.name)).where(unnamed).execute()


def create_applications() -> None:
    """Create a few applications in different states, unless there are submitted ones already."""
    if Permohonan.select().where(Permohonan.submitted_at.is_null(False)).exists():
        return
    for told in tomllib.loads(APPLICATIONS_FILE.read_text())["applications"]:
        who = _user(told["who"])
        _perform_until(_create_application(told["service"], who, told["answers"]), who, told["until"])


def _user(name: str) -> User:
    return User.get(User.email == f"{name}@aku.example")


def _create_application(code: str, who: User, told: dict) -> Permohonan:
    edition = Edition.current().where(Layanan.code == code).get()
    grants = who.as_role(workflow.COUNTER_OPERATOR)
    if grants:
        permohonan = drafts.create_application(edition, helper=who, place=grants[0].office)
        village = grants[0].office.villages().order_by("code").first().code
    else:
        permohonan = drafts.create_application(edition, owner=who)
        village = "51.08.06.2004"
    known = {} if grants else {"pemohon_nama": who.name, "pemohon_nik": who.nik, "pemohon_email": who.email}
    parts = [part for section in drafts.form_pages(permohonan) for part in section["fields"]]
    answers = {part["key"]: _answer(part, known | told, village) for part in parts if _is_filled_in(part, told)}
    draft = drafts.get_draft(permohonan)
    with transaction():
        Draft.update(answers=answers, version=1).where(Draft.id == draft.id).execute()
    _upload(permohonan, drafts.get_draft(permohonan))
    return permohonan


def _is_filled_in(part: dict, told: dict) -> bool:
    return part["key"] in told or bool(part.get("required"))


def _answer(part: dict, told: dict, village: str):
    """Return the given answer of a field, or else a valid one, so that a changed service works too."""
    kind, said = part["type"], told.get(part["key"])
    if kind == "date" and not isinstance(said, str):
        return (local() - timedelta(days=said or 0)).date().isoformat()
    if said is not None:
        return said
    if kind == "group":
        return [{item["key"]: _answer(item, {}, village) for item in part["item"] if item.get("required")}]
    made_up = {
        "name": "Ni Made Contoh",
        "nik": "5108994101900099",
        "kk": "5108991311260001",
        "number": max(part.get("min") or 0, 1),
        "time": "04:25",
        "yesno": "ya",
        "village": village,
        "phone": "081200004417",
        "email": "pemohon@aku.example",
    }
    return part["options"][0][0] if kind == "choice" else made_up.get(kind, "Singaraja")


def _upload(permohonan: Permohonan, draft: Draft) -> None:
    for slot in attachments.upload_slots(permohonan, draft.answers, []):
        if not slot.needed:
            continue
        if slot.requirement["key"] == "formulir":
            data = printouts.application_form(permohonan.edition, draft.answers)
            kind, name = "application/pdf", "formulir.pdf"
        else:
            data, kind, name = _sample_photo(slot.requirement["name"]["id"]), "image/jpeg", "foto.jpg"
        stored = storage.store(data, kind="upload", media_type=kind, name=name)
        with transaction():
            stored.save(force_insert=True)
            DraftFile.create(draft=draft, requirement=slot.requirement["key"], position=1, file=stored)


def _sample_photo(title: str) -> bytes:
    """Draw a sample photo that names the document it stands for."""
    page = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((40, 40, 860, 1160), outline="black", width=3)
    draw.text((90, 110), "CONTOH", fill="black", font_size=64)
    draw.multiline_text((90, 230), "\n".join(textwrap.wrap(title, 36)), fill="black", font_size=36)
    for line in range(420, 1100, 60):
        draw.line((90, line, 810, line), fill="gray", width=2)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()


def _perform_until(permohonan: Permohonan, who: User, until: str) -> None:
    """Perform the actions up to `until`; `mark_incomplete` only where it is the last one."""
    for action, officer in ACTIONS:
        if action != "mark_incomplete" or until == "mark_incomplete":
            permohonan = Permohonan.get_by_id(permohonan.id)
            actor = _user(officer) if officer else who
            transitions.perform(permohonan, action, actor, **_inputs_of(permohonan, action))
        if action == until:
            return


def _inputs_of(permohonan: Permohonan, action: str) -> dict:
    requirement = permohonan.edition.body["requirements"][-1]["key"]
    words = "Nomornya tidak terbaca. Foto ulang di tempat terang."
    fault = {"key": requirement, "reason": "tidak_terbaca", "text": words}
    given: dict[str, dict] = {
        "submit": {"declaration": True},
        "mark_incomplete": {"deficiencies": [fault]},
        "submit_draft": {"documents": siak_drafts.upload_drafts(permohonan)} if action == "submit_draft" else {},
        "approve_tte": {"passphrase": PASSPHRASE},
    }
    return given.get(action, {})
