"""The tables, in the order in which one would explain them; no rule of the procedure, no machinery of the database.

Machinery: lib/database.py. Changes of tables: migrations/. The hash chain over events: casework/ledger.py.
"""

from datetime import date
from functools import cached_property

import peewee as pw

from lib.database import BaseModel, JsonField, LazyJsonField, UtcDateTimeField, foreign_key, local, now

# Places and people


class District(BaseModel):
    """A kecamatan."""

    code = pw.CharField(8, unique=True)
    name = pw.CharField(60)


class Village(BaseModel):
    """A desa or kelurahan, by the code of Kemendagri (51.08.06.2003)."""

    code = pw.CharField(13, unique=True)
    name = pw.CharField(60)
    kind = pw.CharField(10)  # desa | kelurahan
    district = foreign_key(District)
    postcode = pw.CharField(5, default="")


class Office(BaseModel):
    """The Dinas itself, or the counter of a village or a sub-district."""

    code = pw.CharField(13, unique=True)
    name = pw.CharField(100)
    kind = pw.CharField(10)  # dinas | kecamatan | desa | kelurahan
    district = foreign_key(District, null=True)
    village = foreign_key(Village, null=True)
    address = pw.CharField(200, default="")
    hours = JsonField(null=True)  # {"0": ["08:00", "15:00"], …}; none: the Dinas' own
    appointments_per_hour = pw.IntegerField(default=0)  # 0: it gives no appointments

    def villages(self):
        """Return the query of the villages that this office serves: none for the Dinas, which serves everybody."""
        if self.village_id:
            return Village.select().where(Village.id == self.village_id)
        return Village.select().where(Village.district == self.district_id)


class User(BaseModel):
    """A person who signs in: an applicant, or staff with roles."""

    email = pw.CharField(120, unique=True)
    name = pw.CharField(100)
    password = pw.CharField(200)
    nik = pw.CharField(16, null=True, index=True)
    phone = pw.CharField(20, default="")
    title = pw.CharField(100, default="")
    rank = pw.CharField(60, default="")  # pangkat, golongan: printed below a signature
    nip = pw.CharField(24, default="")  # of a civil servant
    tte_key = pw.CharField(60, default="")  # instance/tte/<tte_key>.p12
    certificate_name = pw.CharField(100, default="")  # as BSrE writes it in the certificate of the Kadis or stand-in
    confirmed_at = UtcDateTimeField(null=True)
    disabled_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(default=now)
    language = pw.CharField(2, default="id")
    read_until = pw.IntegerField(null=True)  # the newest notice that they marked as read: admin_views/inbox.py

    # What Flask-Login asks for. The id in the cookie is the session's secret, not ours: accounts/.
    is_authenticated = True
    is_anonymous = False
    session_secret = ""

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        return self.session_secret

    @cached_property
    def grants(self) -> list["Grant"]:
        """The grants in force today; read once in the life of this object."""
        return Grant.of(self) if self.is_active else []

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of today's roles; everybody who can sign in is also an applicant."""
        return frozenset({grant.role for grant in self.grants} | {"applicant"})

    @cached_property
    def access_key(self) -> tuple:
        """Cache key of everything that decides what this person reaches and may do."""
        held = ((one.role, one.office_id, one.group, one.village_ids, one.acting_for_id) for one in self.grants)
        return self.id, *held

    @property
    def is_staff(self) -> bool:
        return bool(self.grants)

    def as_role(self, role: str) -> list["Grant"]:
        return [grant for grant in self.grants if grant.role == role]


class Grant(BaseModel):
    """A dated role of a person, with its office and division; also of an acting official (Plt/Plh)."""

    user = foreign_key(User, "all_grants")
    role = pw.CharField(20)
    office = foreign_key(Office, null=True)
    group = pw.CharField(10, null=True)  # dafduk | capil; none: both
    since = pw.DateField(default=date(2000, 1, 1))
    until = pw.DateField(null=True)
    acting_for = foreign_key(User, null=True)
    decree = pw.CharField(100, default="")

    village_ids: frozenset[int] = frozenset()  # ids of the villages of its office; filled by `of`

    @classmethod
    def in_force(cls):
        """Return the query of the grants in force today in the office's time zone, with their offices."""
        today = local().date()
        in_force = (cls.since <= today) & (cls.until.is_null() | (cls.until >= today))
        return cls.select(cls, Office).join(Office, pw.JOIN.LEFT_OUTER).where(in_force).order_by(cls.id)

    @classmethod
    def of(cls, user: User) -> list["Grant"]:
        """Read the grants of a person that are in force, with the villages of their offices."""
        grants = list(cls.in_force().where(cls.user == user.id))
        for grant in grants:
            grant.load_villages()
        return grants

    def load_villages(self) -> None:
        """Load the ids of the villages that its office serves."""
        if self.office_id and self.office.kind != "dinas":
            self.village_ids = frozenset(village.id for village in self.office.villages())


# Signing in


class WebSession(BaseModel):
    """A session of a browser; the secret of its cookie is kept as a hash only."""

    secret_hash = pw.CharField(64, unique=True)
    user = foreign_key(User)
    staff = pw.BooleanField()
    created_at = UtcDateTimeField(default=now)
    seen_at = UtcDateTimeField(default=now)
    proved_at = UtcDateTimeField(default=now)  # the last time the password was given
    agent = pw.CharField(120, default="")


class Token(BaseModel):
    """A one-time link in an e-mail: confirming an address, setting a new password."""

    secret_hash = pw.CharField(64, unique=True)
    purpose = pw.CharField(20)
    user = foreign_key(User)
    email = pw.CharField(120)
    expires_at = UtcDateTimeField()
    used_at = UtcDateTimeField(null=True)


class Recovery(BaseModel):
    """An account recovery at a counter: who saw which papers, and what came of it. Rows are never removed."""

    user = foreign_key(User, "recoveries")
    officer = foreign_key(User)
    office = foreign_key(Office, null=True)
    seen = JsonField(default=list)  # keys of recovery.IDENTITY_DOCUMENTS
    code_hash = pw.CharField(64, unique=True)
    at = UtcDateTimeField(default=now)
    expires_at = UtcDateTimeField()
    old_email = pw.CharField(120)
    new_email = pw.CharField(120, default="")
    used_at = UtcDateTimeField(null=True)  # the new address was confirmed and the password set
    stopped_at = UtcDateTimeField(null=True)  # the owner of the old address said no, or a newer code came
    settled_at = UtcDateTimeField(null=True)  # said no too late: the account was locked, until Tim TI looked
    settled_by = foreign_key(User, null=True)

    class Meta:
        indexes = ((("officer", "at"), False),)


class Attempt(BaseModel):
    """An attempt that counts against a rate limit: sign-ins, look-ups, mails asked for."""

    bucket = pw.CharField(64)  # a keyed hash, so that no address or NIK stands here
    at = UtcDateTimeField(default=now)

    class Meta:
        indexes = ((("bucket", "at"), False),)


# What the office offers, and what it may change without code


class Layanan(BaseModel):
    """A service; its newest edition says what it asks for."""

    code = pw.CharField(20, unique=True)
    position = pw.IntegerField(default=0)
    active = pw.BooleanField(default=True)
    closing = JsonField(null=True)  # of a closed one: {"note": {"id": …, "en": …}, "instead": code}
    proposal = LazyJsonField(null=True)  # what is being prepared; publishing freezes it as an Edition
    version = pw.IntegerField(default=0)  # of the proposal, for compare-and-swap
    changed_at = UtcDateTimeField(null=True)
    changed_by = foreign_key(User, null=True)


class Edition(BaseModel):
    """A published version of a service's definition, frozen; an application keeps the one it began with."""

    layanan = foreign_key(Layanan, "editions")
    number = pw.IntegerField()
    body = LazyJsonField()  # docs/architecture.md: the shape of a service
    published_at = UtcDateTimeField(default=now)
    published_by = foreign_key(User, null=True)

    class Meta:
        indexes = ((("layanan", "number"), True),)

    @classmethod
    def current(cls):
        """Return the query of the newest edition of each active service, with its service, in the office's order."""
        newest = cls.alias()
        number = newest.select(pw.fn.MAX(newest.number)).where(newest.layanan == cls.layanan)
        query = cls.select(cls, Layanan).join(Layanan).where(Layanan.active, cls.number == number)
        return query.order_by(Layanan.position, Layanan.code)


class Duration(BaseModel):
    """Times that a service took in the last 90 days, computed once a day; empty where too few are known."""

    layanan = foreign_key(Layanan, unique=True)
    filling_minutes = pw.IntegerField(null=True)  # to fill in, the median
    half = pw.FloatField(null=True)  # working days in which half are done
    most = pw.FloatField(null=True)  # and nine of ten
    at = UtcDateTimeField(default=now)


REASON_KINDS = {
    "deficiency": "Berkas kurang",
    "siak": "Tidak valid di SIAK",
    "return": "Pengembalian ke operator",
    "cancel": "Pembatalan",
    "reject": "Penolakan TTE",
    "keep": "Foto yang tetap dipakai",
}


class Reason(BaseModel):
    """A reason that officers select: of a return, of a cancellation, of what SIAK said."""

    key = pw.CharField(40, unique=True)
    kind = pw.CharField(20, index=True)  # of REASON_KINDS
    about = pw.CharField(12, default="")  # of a deficiency: requirement | field; empty: either
    name = JsonField()  # {"id": …, "en": …}
    next = JsonField()  # what the applicant can do about it
    position = pw.IntegerField(default=0)
    active = pw.BooleanField(default=True)


class Statement(BaseModel):
    """An official statement that a requirement asks for (F-2.03, …): its words, and which answers fill it."""

    code = pw.CharField(20, unique=True)
    body = JsonField()  # catalogue/statements.py
    changed_at = UtcDateTimeField(null=True)  # by the office; the seed no longer renews it


class DocumentTemplate(BaseModel):
    """A kind of document that is made here: its words, and which answers fill them."""

    code = pw.CharField(30, unique=True)
    body = JsonField()  # catalogue/document_templates.py
    changed_at = UtcDateTimeField(null=True)  # by the office; the seed no longer renews it


class MessageText(BaseModel):
    """The message template of a transition for an audience; the office may change it."""

    action = pw.CharField(40)
    audience = pw.CharField(20)  # applicant | counter | staff
    subject = JsonField()
    body = JsonField()

    class Meta:
        indexes = ((("action", "audience"), True),)


class Fact(BaseModel):
    """A setting of this office: its name, hours, telephone, service standard."""

    key = pw.CharField(40, unique=True)
    value = JsonField()
    note = pw.CharField(200, default="")


class Holiday(BaseModel):
    """A day on which the office may be closed."""

    day = pw.DateField()
    kind = pw.CharField(20)  # nasional | cuti_bersama | fakultatif_bali | kantor
    name = pw.CharField(120)
    closed = pw.BooleanField(default=True)
    confirmed = pw.BooleanField(default=True)
    source = pw.CharField(120, default="")

    class Meta:
        indexes = ((("day", "kind"), True),)


# Applications: what is filled in, what was submitted, what comes of it


class Permohonan(BaseModel):
    """An application. Only transitions (casework/transitions.py) change `state` and `version`."""

    key = pw.CharField(32, unique=True)  # in addresses
    number = pw.CharField(20, unique=True)  # for people
    layanan = foreign_key(Layanan)
    edition = foreign_key(Edition)
    group = pw.CharField(10)  # dafduk | capil, of the service's leading product
    track = pw.CharField(15)
    state = pw.CharField(20)
    version = pw.IntegerField(default=0)
    round = pw.IntegerField(default=0)  # of the draft; submit_draft begins the next
    round_people = LazyJsonField(default=dict)  # {action: [user id, id acted for]}: four eyes without a join
    draft_verdict = pw.CharField(4, default="")  # of the round's drafts: documents/draft_comparison.py: VERDICTS
    product_keys = LazyJsonField(default=list)  # those of its products that the answers call for
    has_pdf = pw.BooleanField()
    has_card = pw.BooleanField()

    owner = foreign_key(User, null=True)  # the applicant's account
    helper = foreign_key(User, null=True)  # the counter operator who took it in
    office = foreign_key(Office, null=True)  # the counter
    village = foreign_key(Village, null=True)  # the resident's
    subject_name = pw.CharField(120, default="")
    subject_nik = pw.CharField(16, default="", index=True)
    applicant_name = pw.CharField(120, default="")
    applicant_nik = pw.CharField(16, default="", index=True)
    search_text = pw.TextField(default="")  # its number and names, folded: lib/name_search.py
    email = pw.CharField(254, default="")
    phone = pw.CharField(20, default="")

    created_at = UtcDateTimeField(default=now)
    submitted_at = UtcDateTimeField(null=True)  # the first time
    filling_seconds = pw.IntegerField(null=True)  # that it took to fill in, pauses left out
    changed_at = UtcDateTimeField(default=now)  # the last transition
    last_action = pw.CharField(40, default="")  # of that, and the state that it left
    last_source = pw.CharField(20, default="")
    print_wanted = pw.BooleanField(default=False)  # asked for after all, though the PDF would be enough
    due_at = UtcDateTimeField(null=True)
    paused_at = UtcDateTimeField(null=True)  # the office waits for the applicant since
    lapses_at = UtcDateTimeField(null=True)  # when the system moves it on
    reminded = pw.IntegerField(default=0)
    recording_on = pw.DateField(null=True)
    recording_place = pw.CharField(120, default="")
    pickup_on = pw.DateField(null=True)
    pickup_number = pw.IntegerField(null=True)
    pickup_office = foreign_key(Office, null=True)
    slip_code_at = UtcDateTimeField(null=True)  # when the slip with the valid code was printed

    claimed_by: int | None = 0  # whose claim of this version stood there at its reading; 0: that wasn't asked
    as_read: tuple = ()  # its row, its edition's and its service's, as the database gave them: public/access.py

    class Meta:
        indexes = (
            (("state", "due_at", "id", "submitted_at", "track", "group"), False),  # every queue, and its counts
            (("state", "changed_at", "id"), False),
            (("state", "submitted_at", "id"), False),
            (("lapses_at",), False),
            (("owner", "id"), False),
            (("office", "state", "due_at", "id"), False),
            (("pickup_office", "pickup_on", "pickup_number"), True),
        )

    @property
    def products(self) -> list[dict]:
        """The products of this application, as its edition defines them."""
        return [product for product in self.edition.body["products"] if product["key"] in self.product_keys]


class StoredFile(BaseModel):
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
    fingerprint = pw.TextField(null=True)  # of a photo, to know it again: files/inspection/perceptual_hash.py
    created_at = UtcDateTimeField(default=now)


class Draft(BaseModel):
    """The draft that the applicant is filling in; staff don't read it."""

    permohonan = foreign_key(Permohonan, unique=True)
    answers = JsonField(default=dict)  # what was right
    typed = JsonField(default=dict)  # what was wrong, as it was typed, by the name of its field
    open_keys = JsonField(null=True)  # while a return is corrected: what may change; none: everything
    saved_at = UtcDateTimeField(default=now)
    version = pw.IntegerField(default=0)
    page = pw.CharField(40, default="")  # on which somebody was last
    saves = JsonField(default=dict)  # page → [version, writer, turn, moment] of its last saving
    filling_seconds = pw.IntegerField(default=0)  # spent on it, pauses left out


class DraftFile(BaseModel):
    """An upload of a draft."""

    draft = foreign_key(Draft, "files")
    requirement = pw.CharField(40)
    position = pw.IntegerField()
    file = foreign_key(StoredFile)
    overruled = JsonField(null=True)  # why it stays although it was doubted: intake/upload_warnings.py
    signed = JsonField(null=True)  # of a form signed on the screen: intake/screen_signature.py

    class Meta:
        indexes = ((("draft", "requirement", "position"), True),)


class Address(BaseModel):
    """An e-mail address given for messages about applications; confirmed by the code sent to it."""

    user = foreign_key(User)
    email = pw.CharField(254)
    code_hash = pw.CharField(64, default="")
    sent_at = UtcDateTimeField(null=True)  # the last code
    confirmed_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("user", "email"), True),)


class Revision(BaseModel):
    """The n-th submission of an application; append-only."""

    permohonan = foreign_key(Permohonan, "revisions")
    number = pw.IntegerField()
    answers = JsonField()
    created_at = UtcDateTimeField(default=now)
    by = foreign_key(User, null=True)

    class Meta:
        indexes = ((("permohonan", "number"), True),)


class Attachment(BaseModel):
    """An uploaded file of a revision, for one requirement."""

    revision = foreign_key(Revision, "attachments")
    requirement = pw.CharField(40)
    position = pw.IntegerField()
    file = foreign_key(StoredFile)
    overruled = JsonField(null=True)  # as in the draft
    signed = JsonField(null=True)  # as in the draft

    class Meta:
        indexes = ((("revision", "requirement", "position"), True),)


class Document(BaseModel):
    """A document: one product in one round of drafting, with its number, frozen data and in the end its signed file."""

    permohonan = foreign_key(Permohonan, "documents")
    product = pw.CharField(40)
    round = pw.IntegerField()
    kind = pw.CharField(4)  # pdf | card
    title = pw.CharField(120)
    number = pw.CharField(60, index=True)
    number_key = pw.CharField(120, null=True, unique=True)  # kind, year and number; none where it may be given again
    data = JsonField()  # what is printed on it, frozen by submit_draft
    template = pw.CharField(30, default="")
    template_version = pw.IntegerField(default=1)
    verification_key = pw.CharField(32, unique=True)
    draft_file = foreign_key(StoredFile, null=True)  # the PDF from SIAK, if it is not made here
    shown_sha256 = pw.CharField(64, default="")  # of the frozen data that was shown to the signer
    file = foreign_key(StoredFile, null=True)  # the signed PDF
    signed_at = UtcDateTimeField(null=True)
    signer = pw.CharField(100, default="")
    signed_with = pw.CharField(10, default="")  # whose certificate: local | bsre | siak
    certificate_serial = pw.CharField(60, default="")
    received_at = UtcDateTimeField(null=True)  # a card: at the counter
    revoked_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("permohonan", "product", "round"), True),)


class DocumentCheck(BaseModel):
    """Count of the checks of a document at /verifikasi on a day, by what came of them."""

    document = foreign_key(Document)
    day = pw.DateField()
    outcome = pw.CharField(20)
    count = pw.IntegerField(default=0)

    class Meta:
        indexes = ((("document", "day", "outcome"), True),)


class DraftUpload(BaseModel):
    """A draft from SIAK that was uploaded with a form which is not accepted yet."""

    permohonan = foreign_key(Permohonan)
    product = pw.CharField(40)
    file = foreign_key(StoredFile)
    at = UtcDateTimeField(default=now)

    class Meta:
        indexes = ((("permohonan", "product"), True),)


class SignedUpload(BaseModel):
    """A PDF signed in SIAK that nothing can compare with its draft: it waits for a second officer to read it."""

    document = foreign_key(Document, unique=True)
    file = foreign_key(StoredFile)
    by = foreign_key(User)
    doubts = JsonField(default=list)  # sentences
    at = UtcDateTimeField(default=now)


class Handover(BaseModel):
    """A handover of documents: recipient, time and signature (M-n, L-m)."""

    permohonan = foreign_key(Permohonan)
    version = pw.IntegerField()
    recipient_name = pw.CharField(120)
    proxy_letter = pw.BooleanField(default=False)
    old_returned = pw.BooleanField(default=False)
    signature = foreign_key(StoredFile)
    at = UtcDateTimeField(default=now)
    officer = foreign_key(User)

    class Meta:
        indexes = ((("permohonan", "version"), True),)


class PickupCounter(BaseModel):
    """The last pickup number of a place and a day."""

    office = foreign_key(Office)
    day = pw.DateField()
    last = pw.IntegerField(default=0)

    class Meta:
        indexes = ((("office", "day"), True),)


class Appointment(BaseModel):
    """An appointment for a biometric recording or an activation; erased a while after its day."""

    code = pw.CharField(16, unique=True)  # in addresses, and what its holder shows
    once = pw.CharField(32, unique=True)  # of the form that made it: sent twice, it is one appointment
    office = foreign_key(Office)
    day = pw.DateField(index=True)
    hour = pw.CharField(5)  # "08:30"
    seat = pw.IntegerField(null=True)  # in that hour; none: cancelled, and free for others
    purpose = pw.CharField(10)  # intake/appointments.py
    name = pw.CharField(100)
    phone = pw.CharField(20, default="")
    email = pw.CharField(120, default="")
    number = pw.CharField(20, default="")  # of an application that it belongs to
    language = pw.CharField(2, default="id")
    created_at = UtcDateTimeField(default=now)
    cancelled_at = UtcDateTimeField(null=True)
    arrived = pw.BooleanField(null=True)  # none: nobody has said yet
    marked_by = foreign_key(User, null=True)

    class Meta:
        indexes = ((("office", "day", "hour", "seat"), True),)


# The event log: one hash chain for each application, and the ledger over all


class Event(BaseModel):
    """A transition in the event log: codes only, hash-chained. Erasable texts and names stand in EventText."""

    permohonan = foreign_key(Permohonan, "events")
    version = pw.IntegerField()
    at = UtcDateTimeField()
    action = pw.CharField(40)
    source = pw.CharField(20)
    target = pw.CharField(20)
    actor = foreign_key(User, null=True)  # none: the system
    role = pw.CharField(20)
    acting_for = foreign_key(User, null=True)
    codes = LazyJsonField(default=dict)
    text_digest = pw.CharField(64)
    previous = pw.CharField(64)
    hash = pw.CharField(64)

    class Meta:
        indexes = ((("permohonan", "version"), True), (("actor", "at"), False))


FINISHED = Event.target.in_(("ready", "uncollected", "completed"))  # as casework/figures.py asks
Event.add_index(Event.at, where=FINISHED, name="event_finished")
Event.add_index(Event.at, where=Event.action == "mark_incomplete", name="event_returned")


class EventText(BaseModel):
    """Names and free texts of an event (personal data); may be erased when the law asks for it."""

    event = foreign_key(Event, "text_rows", unique=True)
    salt = pw.CharField(32)
    texts = JsonField()  # {"actor": name, "reason": …}


class Deficiency(BaseModel):
    """A deficiency of a requirement or a field, and its reason."""

    event = foreign_key(Event, "deficiencies")
    permohonan = foreign_key(Permohonan, "deficiencies")
    key = pw.CharField(40)
    reason = pw.CharField(40)
    text = pw.CharField(1000, default="")


class Seal(BaseModel):
    """A seal of the global ledger: binds all events up to `until`, and the seal before."""

    since = pw.IntegerField(unique=True)  # event ids, inclusive; unique, so that no two workers seal the same ones
    until = pw.IntegerField(unique=True)
    at = UtcDateTimeField(default=now)
    previous = pw.CharField(64)
    hash = pw.CharField(64)


class Figure(BaseModel):
    """A count of what happened in a division, rolled up from the events: casework/figures.py."""

    since = pw.DateField()  # the day, or the first of the month
    kind = pw.CharField(20)  # came | left | on_time; by month: taken_in | returned, a state: the time spent in it
    group = pw.CharField(10)
    about = pw.IntegerField(default=0)  # the counter, or tenths of a working hour
    count = pw.IntegerField()

    class Meta:
        indexes = ((("since", "kind", "group", "about"), True),)


class FigureMark(BaseModel):
    """The one row that says up to which event the figures are rolled up."""

    until = pw.IntegerField(default=0)


# The outbox: jobs promised by a transition, and the messages of the inbox


class Outbox(BaseModel):
    """A job in the transactional outbox. This row is the truth; RQ only makes it quicker."""

    event = foreign_key(Event, "promised", null=True)
    job = pw.CharField(40)
    payload = JsonField(default=dict)  # codes and ids only
    state = pw.CharField(10, default="waiting")  # waiting | running | done | failed | withdrawn
    attempts = pw.IntegerField(default=0)
    run_after = UtcDateTimeField(default=now)
    leased_until = UtcDateTimeField(null=True)
    lease = pw.CharField(32, default="")
    error = pw.CharField(500, default="")
    created_at = UtcDateTimeField(default=now)
    done_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("state", "run_after", "id"), False), (("event", "job"), False))

    @classmethod
    def add(cls, job: str, event: Event | None = None, **payload) -> "Outbox":
        """Add a job inside the caller's transaction."""
        return cls.create(job=job, event=event, payload=payload)


class Notice(BaseModel):
    """A message in an inbox on the site."""

    outbox = foreign_key(Outbox, unique=True)
    permohonan = foreign_key(Permohonan)
    user = foreign_key(User, null=True)
    role = pw.CharField(20, default="")  # staff: everybody with this role
    subject = pw.CharField(200)
    body = pw.TextField()
    at = UtcDateTimeField(default=now)
    is_pressing = pw.BooleanField(default=False)  # it tells of a return, a refusal or a failure

    class Meta:
        indexes = (
            (("user", "id"), False),
            (("user", "is_pressing", "id"), False),
            (("role", "is_pressing", "id"), False),
        )


# Working on an application


class Claim(BaseModel):
    """An officer's claim of an application, for one version only, so that every transition ends it by itself."""

    permohonan = foreign_key(Permohonan, unique=True)
    version = pw.IntegerField()  # of the application, when it was claimed
    user = foreign_key(User)
    since = UtcDateTimeField(default=now)
    active_at = UtcDateTimeField(default=now)  # idle since then


class ClaimChange(BaseModel):
    """A change of claim: taken, released, taken over from whom; append-only."""

    permohonan = foreign_key(Permohonan, "claim_changes")
    at = UtcDateTimeField(default=now)
    what = pw.CharField(12)  # taken | released | taken_over
    by = foreign_key(User)
    holder = foreign_key(User, null=True)  # from whom it was taken over


class Note(BaseModel):
    """An internal note between officers; applicants never read it; append-only."""

    permohonan = foreign_key(Permohonan, "notes")
    author = foreign_key(User)
    at = UtcDateTimeField(default=now)
    text = pw.CharField(1000)


class Check(BaseModel):
    """A checklist tick: what an officer found of one part of an application, with a digest of what was checked."""

    permohonan = foreign_key(Permohonan, "checks")
    kind = pw.CharField(10)  # complete: requirements and answers | keyed: typed into SIAK
    key = pw.CharField(90)  # of a member's field: two keys and a number
    digest = pw.CharField(64)  # a part that has changed since is unchecked again
    good = pw.BooleanField()
    reason = pw.CharField(40, default="")
    text = pw.CharField(1000, default="")
    by = foreign_key(User)
    at = UtcDateTimeField(default=now)

    class Meta:
        indexes = ((("permohonan", "kind", "key"), True),)


class Batch(BaseModel):
    """The result of a bulk action, shown on the list that follows and kept for a day; no NIKs."""

    user = foreign_key(User)  # who pressed, and who alone is told
    screen = pw.CharField(30)
    action = pw.CharField(40)
    done = JsonField()  # keys of applications
    skipped = JsonField()  # keys, each with the reason
    missing = pw.IntegerField()  # not within reach, or not there at all
    at = UtcDateTimeField(default=now, index=True)


class Comparison(BaseModel):
    """The comparison of a document's text with the answers."""

    document = foreign_key(Document, unique=True)
    readable = pw.BooleanField()
    findings = JsonField(default=list)
    at = UtcDateTimeField(default=now)


# Access log


class Access(BaseModel):
    """An access log entry: an officer viewed an application's page, a file or a printout; append-only."""

    permohonan = foreign_key(Permohonan)
    user = foreign_key(User)
    role = pw.CharField(20)  # in which they reach it
    what = pw.CharField(10)  # page | file | paper
    version = pw.IntegerField()  # of the application, as they saw it
    at = UtcDateTimeField(default=now)

    class Meta:
        indexes = ((("permohonan", "user", "id"), False),)


class OpenedSheet(BaseModel):
    """A sheet that an officer opened in the viewer: an upload or a draft, by casework/opened_sheets.py: name_of."""

    permohonan = foreign_key(Permohonan)
    user = foreign_key(User)
    sheet = pw.CharField(60)
    at = UtcDateTimeField(default=now)

    class Meta:
        indexes = ((("permohonan", "user", "sheet"), True),)


class Search(BaseModel):
    """The criteria of a search, so that no URL holds a NIK or a name; kept if the search was given a name."""

    key = pw.CharField(32, unique=True)
    user = foreign_key(User)
    screen = pw.CharField(40, default="")  # of a saved filter, the queue; empty: the search screen
    name = pw.CharField(60, default="")
    wanted = JsonField()
    at = UtcDateTimeField(default=now)


class Export(BaseModel):
    """An export log entry; append-only. What was typed isn't recorded, only its kind: it may be a NIK."""

    user = foreign_key(User)
    format = pw.CharField(4)  # csv | xlsx
    wanted = JsonField()
    rows = pw.IntegerField()
    at = UtcDateTimeField(default=now)


TABLES: list[type[BaseModel]] = BaseModel.__subclasses__()
