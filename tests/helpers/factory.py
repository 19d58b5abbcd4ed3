"""Factory for tests: users of the demonstration, complete applications, and transitions to any state."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import office
import workflow
from casework import document_numbers, draft_uploads
from casework.transitions import perform
from catalogue.definition_parts import source_of
from documents.text_comparison import SAME
from files import storage
from intake import attachments, drafts, duplicates
from lib.database import local, transaction
from models import Comparison, Document, Draft, DraftUpload, Edition, Grant, Layanan, Office, Permohonan, User
from tests.helpers.checklist import tick_checklist

PNG = b"\x89PNG\r\n\x1a\n-- not a picture; tests of the workflow don't look into it --"
SIAK_DRAFT = (Path(__file__).resolve().parent / "siak_draft.pdf").read_bytes()  # a page that says it is an example
SAMPLE_ANSWERS: dict = {
    "text": "Jalan Contoh 1",
    "long": "Keterangan contoh.",
    "number": 1,
    "date": "2026-11-13",
    "time": "04:25",
    "yesno": "ya",
    "nik": "5108994505900001",
    "kk": "5108991311260001",
    "phone": "081200004417",
    "email": "pemohon@aku.example",
    "village": "51.08.06.2004",
    "name": "I Putu Arya Wiguna",
}
PLAIN_ANSWERS = {
    "pemohon_untuk": "anak",
    "alamat_kk": "2",  # a family from elsewhere: a birth yields the deed alone
    "shdk": "4",  # who is registered is a child
}
BORN = "1990-05-05"  # as the NIK above says
TODDLER = {"nik": "5108994505220001", "tanggal_lahir": "2022-05-05"}
CHILDREN = {"AK-LAHIR": {"tanggal_lahir": "2026-11-13"}, "KIA-BARU": TODDLER, "KIA-GANTI": TODDLER}
TODAY = f"{datetime.now(ZoneInfo('Asia/Makassar')):%d%m%Y}"  # as it stands in a document's number
MAIN_PATH = (
    # (action, role) from submitted to completed, on the self-service track
    ("send_to_siak", "admin"),
    ("submit_draft", "siak_operator"),
    ("verify_adb", "adb"),
    ("verify_kabid", "kabid"),
    ("approve_tte", "kadis"),
    ("print_document", "siak_operator"),
    ("assign_queue_number", "admin"),
    ("hand_over", "pickup"),
)


def sample_answer(field):
    """Return a valid answer to any field."""
    if field["type"] == "choice":
        return field["options"][0][0]
    if field["type"] == "group":
        return [{item["key"]: sample_answer(item) for item in field["item"]}]
    value = SAMPLE_ANSWERS[field["type"]]
    if field["type"] == "number":
        return max(field.get("min") or 0, min(value, field.get("max") or value))
    return value


def sample_answers(fields):
    """Return valid answers to all fields, those about adults: no two of them are the same person."""
    answers = {field["key"]: sample_answer(field) for field in fields}
    answers |= {key: value for key, value in PLAIN_ANSWERS.items() if key in answers}
    born = (field["checks"].get("birth_date") for field in fields if field.get("checks"))
    answers |= {key: BORN for key in born if key in answers}
    answers |= {key: BORN for key in answers if key.startswith("tanggal_lahir_")}
    answers |= {key: "2031-05-01" for key in answers if key.startswith("akhir_")}  # of permits and passports
    answers |= {
        key: BORN.replace("1990", "1960")
        for key in answers
        if key.startswith(("tanggal_lahir_ibu", "tanggal_lahir_ayah"))
    }
    others = [field["key"] for field in fields if field["type"] == "nik" and field["key"] not in ("nik", "pemohon_nik")]
    if "hubungan_pelapor" in answers:
        others.append("nik")  # who has died doesn't apply
    years = {key: "60" if key.startswith(("nik_ibu", "nik_ayah")) else "90" for key in others}
    return answers | {key: f"5108994505{years[key]}{n:04d}" for n, key in enumerate(others, 8001)}


def distinct_answers(permohonan, answers):
    """Return answers that differ for each application: one for the same person would be refused as a duplicate."""
    told = {key: answers[key] for key in duplicates.identifying_keys(permohonan) if answers.get(key)}
    ours = [key for key, nik in told.items() if str(nik)[:10] == SAMPLE_ANSWERS["nik"][:10]]
    niks = {key: f"{told[key][:12]}{(permohonan.id + 1 + 2000 * n) % 8000:04d}" for n, key in enumerate(ours)}
    return niks | {key: f"X{permohonan.id:07d}" for key, value in told.items() if value == SAMPLE_ANSWERS["text"]}


def _renamed(answers, name):
    """Return answers in which everybody is called `name`, also in the rows of groups."""
    rows = {key: [_renamed(row, name) for row in value] for key, value in answers.items() if isinstance(value, list)}
    return answers | rows | {key: name for key, value in answers.items() if value == SAMPLE_ANSWERS["name"]}


def document_number(permohonan, product, place=0):
    """Return a number of the right form that no other document has."""
    serial = permohonan.id * 10 + place
    if product.get("number") == "kk":
        return f"510899{serial:010d}"
    shapes = document_numbers.examples(document_numbers.kind_of(product), serial)
    return shapes[0] if shapes else f"470/{serial}/2026"


class OfficeFactory:
    def __init__(self, picture=PNG):
        self.picture = picture  # what stands for every upload
        self.staff = {}
        for grant in Grant.select(Grant, User).join(User, on=(Grant.user == User.id)).order_by(Grant.id):
            self.staff.setdefault(grant.role, grant.user)
        self.applicant = User.get(User.email == "pemohon@aku.example")
        self.other_applicant = User.get(User.email == "pemohon2@aku.example")
        self.staff["applicant"] = self.applicant
        self.all_users = list(User.select().where(User.disabled_at.is_null()))

    def edition(self, code):
        return Edition.current().where(Layanan.code == code).get()

    def begin(self, code="AK-LAHIR", track="self_service", name="", **given):
        """Create a complete draft, not yet submitted; everybody in it is called `name`, with some answers as given."""
        if track == "counter":
            helper = self.staff["counter_operator"]
            place = Office.get(Office.code == "51.08.06.2004")
            permohonan = drafts.create_application(self.edition(code), helper=helper, place=place)
        else:
            permohonan = drafts.create_application(self.edition(code), owner=self.applicant)
        draft = drafts.get_draft(permohonan)
        fields = [field for section in drafts.form_pages(permohonan) for field in section["fields"]]
        answers = sample_answers(fields) | CHILDREN.get(code, {})
        answers |= distinct_answers(permohonan, answers) | given
        if name:
            answers = _renamed(answers, name)
        with transaction():
            Draft.update(answers=answers, version=1).where(Draft.id == draft.id).execute()
        for requirement in permohonan.edition.body["requirements"]:
            self.attach(permohonan, requirement["key"])
        return permohonan

    def attach(self, permohonan, requirement, data=b""):
        """Attach a file to a requirement without inspecting it: the inspection has tests of its own."""
        stored = storage.store(data or self.picture, kind="upload", media_type="image/png", name="foto.png")
        attachments.insert(drafts.get_draft(permohonan), requirement, stored)

    def submit(self, code="AK-LAHIR", track="self_service", name="", **given):
        permohonan = self.begin(code, track, name, **given)
        who = self.staff["counter_operator"] if track == "counter" else self.applicant
        perform(permohonan, "submit", who, declaration=True)
        permohonan = Permohonan.get_by_id(permohonan.id)
        tick_checklist(permohonan)  # what screens want to see done before they send it on
        return permohonan

    def answers(self, permohonan, action):
        """Return valid inputs for an action."""
        products = permohonan.edition.body["products"]
        wanted = [one["key"] for one in permohonan.edition.body["requirements"]]
        faulty = "surat_lahir" if "surat_lahir" in wanted else wanted[0]
        numbers = {
            product["key"]: {"number": document_number(permohonan, product, n)} for n, product in enumerate(products)
        }
        recording = {"place": "Kantor Dinas", "date": office.calendar().next_open(local().date()).isoformat()}
        return {
            "submit": {"declaration": True},
            "submit_draft": {
                "documents": numbers if action != "submit_draft" else self.upload_drafts(permohonan, numbers)
            },
            "approve_tte": {"passphrase": "tanda-tangan"},
            "mark_incomplete": {"deficiencies": [{"key": faulty, "reason": "tidak_terbaca", "text": "Buram."}]},
            "return_to_admin": {"deficiencies": [{"key": "formulir", "reason": "tidak_terbaca", "text": "Buram."}]},
            **dict.fromkeys(("ask_recording", "reschedule_recording"), recording),
            "hand_over": {
                "originals_seen": True,
                "old_returned": True,
                "signature": "[[[10,10],[90,50]]]",
                "recipient_name": permohonan.applicant_name,
            },
            "print_document": {"cards_received": True},
            "assign_queue_number": {},
            "reschedule_pickup": {},
        }.get(action, {"reason": "Alasan contoh."})

    def upload_drafts(self, permohonan, numbers=()):
        """Upload a draft of each product that SIAK makes, without inspecting it; return the numbers."""
        for product in permohonan.products:
            if product["kind"] == "pdf" and source_of(product) == "siak":
                stored = storage.store(SIAK_DRAFT, kind="draft", media_type="application/pdf", name="draf.pdf")
                with transaction():
                    draft_uploads.discard_draft(permohonan, product["key"])
                    stored.save(force_insert=True)
                    DraftUpload.create(permohonan=permohonan, product=product["key"], file=stored)
        return numbers

    def perform(self, permohonan, action, role):
        """Perform a transition as the person with this role; return the application as it is then."""
        actor = None if role == "system" else self.staff[role]
        perform(permohonan, action, actor, **self.answers(permohonan, action))
        return Permohonan.get_by_id(permohonan.id)

    def advance_to(self, permohonan, until, *, compared=True):
        """Advance an application along the main path to a state; its drafts are as the answers, if compared."""
        for action, role in MAIN_PATH:
            if permohonan.state == until:
                return permohonan
            permohonan = self.perform(permohonan, action, role)
            if action == "submit_draft" and compared:
                self.find_drafts_same(permohonan)
        assert permohonan.state == until, f"the main road does not pass {until}"
        return permohonan

    def find_drafts_same(self, *permohonans):
        """Store that the drafts are as the answers, without reading them: the comparison has tests of its own."""
        for document in Document.select().where(Document.permohonan.in_(permohonans), Document.kind == "pdf"):
            findings = [{"key": "nama", "verdict": SAME}]
            Comparison.insert(document=document.id, readable=True, findings=findings).on_conflict_ignore().execute()
        Permohonan.update(draft_verdict="sama").where(Permohonan.id.in_(permohonans)).execute()

    def force_state(self, permohonan, state):
        """Set a state without the workflow, for matrices over every state."""
        Permohonan.update(state=state).where(Permohonan.id == permohonan.id).execute()
        return Permohonan.get_by_id(permohonan.id)


def transition_params():
    """Return every transition with a readable id, for parametrized tests."""
    return [(f"{row.action}-{row.roles[0]}-{row.track or 'both'}", row) for row in workflow.TRANSITIONS]


__all__ = ["MAIN_PATH", "PNG", "OfficeFactory", "sample_answer", "transition_params"]
