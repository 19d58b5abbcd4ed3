"""The first schema, generated from the models; later changes are later files."""

from peewee import BooleanField, CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Layanan(Model):
        code = CharField(unique=True, max_length=20)
        position = IntegerField(default=0)
        active = BooleanField(default=True)
        proposal = TextField(null=True)

        class Meta:
            database = db
            table_name = "layanan"

    db.create_tables([Layanan])

    class User(Model):
        email = CharField(unique=True, max_length=120)
        name = CharField(max_length=100)
        password = CharField(max_length=200)
        nik = CharField(index=True, null=True, max_length=16)
        phone = CharField(max_length=20, default="")
        title = CharField(max_length=100, default="")
        tte_key = CharField(max_length=60, default="")
        confirmed_at = DateTimeField(null=True)
        disabled_at = DateTimeField(null=True)
        created_at = DateTimeField()
        language = CharField(max_length=2, default="id")

        class Meta:
            database = db
            table_name = "user"

    db.create_tables([User])

    class Edition(Model):
        layanan = ForeignKeyField(Layanan, on_delete="RESTRICT")
        number = IntegerField()
        body = TextField()
        published_at = DateTimeField()
        published_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "edition"
            indexes = ((("layanan", "number"), True),)

    db.create_tables([Edition])

    class District(Model):
        code = CharField(unique=True, max_length=8)
        name = CharField(max_length=60)

        class Meta:
            database = db
            table_name = "district"

    db.create_tables([District])

    class Village(Model):
        code = CharField(unique=True, max_length=13)
        name = CharField(max_length=60)
        kind = CharField(max_length=10)
        district = ForeignKeyField(District, on_delete="RESTRICT")
        postcode = CharField(max_length=5, default="")

        class Meta:
            database = db
            table_name = "village"

    db.create_tables([Village])

    class Office(Model):
        code = CharField(unique=True, max_length=13)
        name = CharField(max_length=100)
        kind = CharField(max_length=10)
        district = ForeignKeyField(District, null=True, on_delete="RESTRICT")
        village = ForeignKeyField(Village, null=True, on_delete="RESTRICT")
        address = CharField(max_length=200, default="")
        hours = TextField(null=True)

        class Meta:
            database = db
            table_name = "office"

    db.create_tables([Office])

    class Permohonan(Model):
        key = CharField(unique=True, max_length=32)
        number = CharField(unique=True, max_length=20)
        layanan = ForeignKeyField(Layanan, on_delete="RESTRICT")
        edition = ForeignKeyField(Edition, on_delete="RESTRICT")
        group = CharField(max_length=10)
        track = CharField(max_length=15)
        state = CharField(max_length=20)
        version = IntegerField(default=0)
        round = IntegerField(default=0)
        round_people = TextField(default=dict)
        product_keys = TextField(default=list)
        has_pdf = BooleanField()
        has_card = BooleanField()
        owner = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        helper = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        office = ForeignKeyField(Office, null=True, on_delete="RESTRICT")
        village = ForeignKeyField(Village, null=True, on_delete="RESTRICT")
        subject_name = CharField(max_length=120, default="")
        subject_nik = CharField(index=True, max_length=16, default="")
        applicant_name = CharField(max_length=120, default="")
        applicant_nik = CharField(index=True, max_length=16, default="")
        email = CharField(max_length=254, default="")
        phone = CharField(max_length=20, default="")
        created_at = DateTimeField()
        submitted_at = DateTimeField(null=True)
        changed_at = DateTimeField()
        due_at = DateTimeField(null=True)
        paused_at = DateTimeField(null=True)
        lapses_at = DateTimeField(null=True)
        reminded = IntegerField(default=0)
        recording_on = DateField(null=True)
        recording_place = CharField(max_length=120, default="")
        pickup_on = DateField(null=True)
        pickup_number = IntegerField(null=True)
        pickup_office = ForeignKeyField(Office, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "permohonan"
            indexes = (
                (("state", "due_at", "id"), False),
                (("lapses_at",), False),
                (("owner", "id"), False),
                (("office", "state", "id"), False),
                (("pickup_office", "pickup_on", "pickup_number"), True),
            )

    db.create_tables([Permohonan])

    class Revision(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT")
        number = IntegerField()
        answers = TextField()
        created_at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "revision"
            indexes = ((("permohonan", "number"), True),)

    db.create_tables([Revision])

    class StoredFile(Model):
        key = CharField(unique=True, max_length=40)
        kind = CharField(max_length=20)
        sha256 = CharField(max_length=64)
        original_sha256 = CharField(max_length=64, default="")
        size = IntegerField()
        media_type = CharField(max_length=40)
        name = CharField(max_length=120)
        pages = IntegerField(default=1)
        warnings = TextField(default=list)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "stored_file"

    db.create_tables([StoredFile])

    class Attachment(Model):
        revision = ForeignKeyField(Revision, on_delete="RESTRICT")
        requirement = CharField(max_length=40)
        position = IntegerField()
        file = ForeignKeyField(StoredFile, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "attachment"
            indexes = ((("revision", "requirement", "position"), True),)

    db.create_tables([Attachment])

    class Attempt(Model):
        bucket = CharField(max_length=64)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "attempt"
            indexes = ((("bucket", "at"), False),)

    db.create_tables([Attempt])

    class Event(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT")
        version = IntegerField()
        at = DateTimeField()
        action = CharField(max_length=40)
        source = CharField(max_length=20)
        target = CharField(max_length=20)
        actor = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        role = CharField(max_length=20)
        acting_for = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        codes = TextField(default=dict)
        text_digest = CharField(max_length=64)
        previous = CharField(max_length=64)
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "event"
            indexes = ((("permohonan", "version"), True), (("actor", "at"), False))

    db.create_tables([Event])

    class Deficiency(Model):
        event = ForeignKeyField(Event, on_delete="RESTRICT")
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT")
        key = CharField(max_length=40)
        reason = CharField(max_length=40)
        text = CharField(max_length=1000, default="")

        class Meta:
            database = db
            table_name = "deficiency"

    db.create_tables([Deficiency])

    class Document(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT")
        product = CharField(max_length=40)
        round = IntegerField()
        kind = CharField(max_length=4)
        title = CharField(max_length=120)
        number = CharField(max_length=60)
        data = TextField()
        template = CharField(max_length=20, default="")
        template_version = IntegerField(default=1)
        verification_key = CharField(unique=True, max_length=32)
        draft_file = ForeignKeyField(StoredFile, null=True, on_delete="RESTRICT")
        shown_sha256 = CharField(max_length=64, default="")
        file = ForeignKeyField(StoredFile, null=True, on_delete="RESTRICT")
        signed_at = DateTimeField(null=True)
        signer = CharField(max_length=100, default="")
        certificate_serial = CharField(max_length=60, default="")
        received_at = DateTimeField(null=True)
        revoked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "document"
            indexes = ((("permohonan", "product", "round"), True),)

    db.create_tables([Document])

    class Draft(Model):
        permohonan = ForeignKeyField(Permohonan, unique=True, on_delete="RESTRICT")
        answers = TextField(default=dict)
        typed = TextField(default=dict)
        open_keys = TextField(null=True)
        saved_at = DateTimeField()
        version = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "draft"

    db.create_tables([Draft])

    class DraftFile(Model):
        draft = ForeignKeyField(Draft, on_delete="RESTRICT")
        requirement = CharField(max_length=40)
        position = IntegerField()
        file = ForeignKeyField(StoredFile, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "draft_file"
            indexes = ((("draft", "requirement", "position"), True),)

    db.create_tables([DraftFile])

    class EventText(Model):
        event = ForeignKeyField(Event, unique=True, on_delete="RESTRICT")
        salt = CharField(max_length=32)
        texts = TextField()

        class Meta:
            database = db
            table_name = "event_text"

    db.create_tables([EventText])

    class Fact(Model):
        key = CharField(unique=True, max_length=40)
        value = TextField()
        note = CharField(max_length=200, default="")

        class Meta:
            database = db
            table_name = "fact"

    db.create_tables([Fact])

    class Grant(Model):
        user = ForeignKeyField(User, on_delete="RESTRICT")
        role = CharField(max_length=20)
        office = ForeignKeyField(Office, null=True, on_delete="RESTRICT")
        group = CharField(null=True, max_length=10)
        since = DateField()
        until = DateField(null=True)
        acting_for = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        decree = CharField(max_length=100, default="")

        class Meta:
            database = db
            table_name = "grant"

    db.create_tables([Grant])

    class Handover(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT")
        version = IntegerField()
        recipient_name = CharField(max_length=120)
        proxy_letter = BooleanField(default=False)
        old_returned = BooleanField(default=False)
        signature = ForeignKeyField(StoredFile, on_delete="RESTRICT")
        at = DateTimeField()
        officer = ForeignKeyField(User, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "handover"
            indexes = ((("permohonan", "version"), True),)

    db.create_tables([Handover])

    class Holiday(Model):
        day = DateField()
        kind = CharField(max_length=20)
        name = CharField(max_length=120)
        closed = BooleanField(default=True)
        confirmed = BooleanField(default=True)
        source = CharField(max_length=120, default="")

        class Meta:
            database = db
            table_name = "holiday"
            indexes = ((("day", "kind"), True),)

    db.create_tables([Holiday])

    class MessageText(Model):
        action = CharField(max_length=40)
        audience = CharField(max_length=20)
        subject = TextField()
        body = TextField()

        class Meta:
            database = db
            table_name = "message_text"
            indexes = ((("action", "audience"), True),)

    db.create_tables([MessageText])

    class Outbox(Model):
        event = ForeignKeyField(Event, null=True, on_delete="RESTRICT")
        job = CharField(max_length=40)
        payload = TextField(default=dict)
        state = CharField(max_length=10, default="waiting")
        attempts = IntegerField(default=0)
        run_after = DateTimeField()
        leased_until = DateTimeField(null=True)
        lease = CharField(max_length=32, default="")
        error = CharField(max_length=500, default="")
        created_at = DateTimeField()
        done_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "outbox"
            indexes = ((("state", "run_after", "id"), False), (("event", "job"), False))

    db.create_tables([Outbox])

    class Notice(Model):
        outbox = ForeignKeyField(Outbox, unique=True, on_delete="RESTRICT")
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT")
        user = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        role = CharField(max_length=20, default="")
        subject = CharField(max_length=200)
        body = TextField()
        at = DateTimeField()
        read_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "notice"
            indexes = ((("user", "id"), False), (("role", "id"), False))

    db.create_tables([Notice])

    class PickupCounter(Model):
        office = ForeignKeyField(Office, on_delete="RESTRICT")
        day = DateField()
        last = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "pickup_counter"
            indexes = ((("office", "day"), True),)

    db.create_tables([PickupCounter])

    class Reason(Model):
        key = CharField(unique=True, max_length=40)
        kind = CharField(index=True, max_length=20)
        name = TextField()
        next = TextField()
        position = IntegerField(default=0)
        active = BooleanField(default=True)

        class Meta:
            database = db
            table_name = "reason"

    db.create_tables([Reason])

    class Seal(Model):
        since = IntegerField(unique=True)
        until = IntegerField(unique=True)
        at = DateTimeField()
        previous = CharField(max_length=64)
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "seal"

    db.create_tables([Seal])

    class Token(Model):
        secret_hash = CharField(unique=True, max_length=64)
        purpose = CharField(max_length=20)
        user = ForeignKeyField(User, on_delete="RESTRICT")
        email = CharField(max_length=120)
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "token"

    db.create_tables([Token])

    class WebSession(Model):
        secret_hash = CharField(unique=True, max_length=64)
        user = ForeignKeyField(User, on_delete="RESTRICT")
        staff = BooleanField()
        created_at = DateTimeField()
        seen_at = DateTimeField()
        proved_at = DateTimeField()
        agent = CharField(max_length=120, default="")

        class Meta:
            database = db
            table_name = "web_session"

    db.create_tables([WebSession])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("web_session"))
    migrator.migrate(migrator.drop_table("token"))
    migrator.migrate(migrator.drop_table("seal"))
    migrator.migrate(migrator.drop_table("reason"))
    migrator.migrate(migrator.drop_table("pickup_counter"))
    migrator.migrate(migrator.drop_table("notice"))
    migrator.migrate(migrator.drop_table("outbox"))
    migrator.migrate(migrator.drop_table("message_text"))
    migrator.migrate(migrator.drop_table("holiday"))
    migrator.migrate(migrator.drop_table("handover"))
    migrator.migrate(migrator.drop_table("grant"))
    migrator.migrate(migrator.drop_table("fact"))
    migrator.migrate(migrator.drop_table("event_text"))
    migrator.migrate(migrator.drop_table("draft_file"))
    migrator.migrate(migrator.drop_table("draft"))
    migrator.migrate(migrator.drop_table("document"))
    migrator.migrate(migrator.drop_table("deficiency"))
    migrator.migrate(migrator.drop_table("event"))
    migrator.migrate(migrator.drop_table("attempt"))
    migrator.migrate(migrator.drop_table("attachment"))
    migrator.migrate(migrator.drop_table("stored_file"))
    migrator.migrate(migrator.drop_table("revision"))
    migrator.migrate(migrator.drop_table("permohonan"))
    migrator.migrate(migrator.drop_table("office"))
    migrator.migrate(migrator.drop_table("village"))
    migrator.migrate(migrator.drop_table("district"))
    migrator.migrate(migrator.drop_table("edition"))
    migrator.migrate(migrator.drop_table("user"))
    migrator.migrate(migrator.drop_table("layanan"))
