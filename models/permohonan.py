"""An application and what belongs to it: draft, revisions, attachments, documents, files, pickup slots."""

import peewee as pw

from models.base import JsonField, LongJson, Moment, Table, now, to
from models.people import Office, User, Village
from models.services import Edition, Layanan


class StoredFile(Table):
    """A file in the storage: its blob lies, encrypted, under `key`."""

    key = pw.CharField(40, unique=True)
    kind = pw.CharField(20)  # upload | document | draft | signature
    sha256 = pw.CharField(64)  # of the content as it is served
    original_sha256 = pw.CharField(64, default="")  # of what was uploaded
    size = pw.IntegerField()
    media_type = pw.CharField(40)
    name = pw.CharField(120)
    pages = pw.IntegerField(default=1)
    warnings = JsonField(default=list)
    fingerprint = pw.TextField(null=True)  # of a photo, by which it is known again (uploads/likeness.py)
    created_at = Moment(default=now)


class Permohonan(Table):
    """An application. `state` and `version` are moved by performing.perform only."""

    key = pw.CharField(32, unique=True)  # in addresses
    number = pw.CharField(20, unique=True)  # for people
    layanan = to(Layanan)
    edition = to(Edition)
    group = pw.CharField(10)  # dafduk | capil, of the service's leading product
    track = pw.CharField(15)
    state = pw.CharField(20)
    version = pw.IntegerField(default=0)
    round = pw.IntegerField(default=0)  # of the draft; submit_draft begins the next
    round_people = LongJson(default=dict)  # {action: [user id, id acted for]}: four eyes without a join
    product_keys = LongJson(default=list)  # those of its products that the answers call for
    has_pdf = pw.BooleanField()
    has_card = pw.BooleanField()

    owner = to(User, null=True)  # the applicant's account
    helper = to(User, null=True)  # the counter operator who took it in
    office = to(Office, null=True)  # the counter
    village = to(Village, null=True)  # the resident's
    subject_name = pw.CharField(120, default="")
    subject_nik = pw.CharField(16, default="", index=True)
    applicant_name = pw.CharField(120, default="")
    applicant_nik = pw.CharField(16, default="", index=True)
    email = pw.CharField(254, default="")
    phone = pw.CharField(20, default="")

    created_at = Moment(default=now)
    submitted_at = Moment(null=True)  # the first time
    changed_at = Moment(default=now)  # the last transition
    due_at = Moment(null=True)
    paused_at = Moment(null=True)  # the office waits for the applicant since
    lapses_at = Moment(null=True)  # when the system moves it on
    reminded = pw.IntegerField(default=0)
    recording_on = pw.DateField(null=True)
    recording_place = pw.CharField(120, default="")
    pickup_on = pw.DateField(null=True)
    pickup_number = pw.IntegerField(null=True)
    pickup_office = to(Office, null=True)

    claimed_by: int | None = 0  # whose claim of this version stood there at its reading; 0: that wasn't asked
    as_read: tuple = ()  # its row, its edition's and its service's, as the database gave them; filled by public/doors

    class Meta:
        indexes = (
            (("state", "due_at", "id", "submitted_at", "track", "group"), False),  # every queue, and its counts
            (("state", "changed_at", "id"), False),
            (("lapses_at",), False),
            (("owner", "id"), False),
            (("office", "state", "due_at", "id"), False),
            (("pickup_office", "pickup_on", "pickup_number"), True),
        )

    @property
    def products(self) -> list[dict]:
        """What this application yields, as its edition defines it."""
        return [product for product in self.edition.body["products"] if product["key"] in self.product_keys]


class Draft(Table):
    """What the applicant is filling in; staff don't read it."""

    permohonan = to(Permohonan, unique=True)
    answers = JsonField(default=dict)  # what was right
    typed = JsonField(default=dict)  # what was wrong, as it was typed, by the name of its field
    open_keys = JsonField(null=True)  # while a return is corrected: what may change; none: everything
    saved_at = Moment(default=now)
    version = pw.IntegerField(default=0)
    page = pw.CharField(40, default="")  # on which somebody was last
    saves = JsonField(default=dict)  # page → [version, writer, turn, moment] of its last saving


class DraftFile(Table):
    """An upload of a draft."""

    draft = to(Draft, "files")
    requirement = pw.CharField(40)
    position = pw.IntegerField()
    file = to(StoredFile)
    overruled = JsonField(null=True)  # why it stays although it was doubted: intake/doubting.py

    class Meta:
        indexes = ((("draft", "requirement", "position"), True),)


class Revision(Table):
    """What was submitted the n-th time; it never changes."""

    permohonan = to(Permohonan, "revisions")
    number = pw.IntegerField()
    answers = JsonField()
    created_at = Moment(default=now)
    by = to(User, null=True)

    class Meta:
        indexes = ((("permohonan", "number"), True),)


class Attachment(Table):
    """A file of a revision, for one requirement."""

    revision = to(Revision, "attachments")
    requirement = pw.CharField(40)
    position = pw.IntegerField()
    file = to(StoredFile)
    overruled = JsonField(null=True)  # as in the draft

    class Meta:
        indexes = ((("revision", "requirement", "position"), True),)


class Document(Table):
    """One product in one round of a draft: its number, frozen data, and in the end its signed file."""

    permohonan = to(Permohonan, "documents")
    product = pw.CharField(40)
    round = pw.IntegerField()
    kind = pw.CharField(4)  # pdf | card
    title = pw.CharField(120)
    number = pw.CharField(60)
    data = JsonField()  # what is printed on it, frozen by submit_draft
    template = pw.CharField(20, default="")
    template_version = pw.IntegerField(default=1)
    verification_key = pw.CharField(32, unique=True)
    draft_file = to(StoredFile, null=True)  # the PDF from SIAK, if it is not made here
    shown_sha256 = pw.CharField(64, default="")  # of the frozen data that was shown to the signer
    file = to(StoredFile, null=True)  # the signed PDF
    signed_at = Moment(null=True)
    signer = pw.CharField(100, default="")
    certificate_serial = pw.CharField(60, default="")
    received_at = Moment(null=True)  # a card: at the counter
    revoked_at = Moment(null=True)

    class Meta:
        indexes = ((("permohonan", "product", "round"), True),)


class Handover(Table):
    """Who received the documents, when, and their signature (M-n, L-m)."""

    permohonan = to(Permohonan)
    version = pw.IntegerField()
    recipient_name = pw.CharField(120)
    proxy_letter = pw.BooleanField(default=False)
    old_returned = pw.BooleanField(default=False)
    signature = to(StoredFile)
    at = Moment(default=now)
    officer = to(User)

    class Meta:
        indexes = ((("permohonan", "version"), True),)


class PickupCounter(Table):
    """The last pickup number of a place and a day."""

    office = to(Office)
    day = pw.DateField()
    last = pw.IntegerField(default=0)

    class Meta:
        indexes = ((("office", "day"), True),)
