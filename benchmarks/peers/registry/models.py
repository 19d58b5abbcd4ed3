"""Our tables as Django models, and the two transitions that are measured."""

from datetime import UTC, datetime

from django.db import models
from django_fsm import FSMField, transition

from benchmarks.peers.protocol import THERE_AND_BACK, event_columns

STATES = [(code, code) for code in ("submitted", "siak_entry", "draft", "returned", "adb_review", "issued", "done")]


class Layanan(models.Model):
    code = models.CharField(max_length=40)

    class Meta:
        db_table, managed = "layanan", False

    def __str__(self) -> str:
        return self.code


class Village(models.Model):
    name = models.CharField(max_length=60)

    class Meta:
        db_table, managed = "village", False

    def __str__(self) -> str:
        return self.name


class Permohonan(models.Model):
    key, number = models.CharField(max_length=32), models.CharField(max_length=20)
    track = models.CharField(max_length=15)
    state = FSMField(max_length=20, choices=STATES, protected=True)
    layanan = models.ForeignKey(Layanan, models.PROTECT)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True)
    applicant_name, subject_nik = models.CharField(max_length=120), models.CharField(max_length=16)
    submitted_at, due_at = models.DateTimeField(), models.DateTimeField()
    changed_at, version = models.DateTimeField(), models.IntegerField()

    class Meta:
        db_table, managed = "permohonan", False

    def __str__(self) -> str:
        return self.number

    def _log(self, source: str) -> None:
        step, target = THERE_AND_BACK[source]
        now = datetime.now(UTC).replace(tzinfo=None)
        self.version, self.changed_at = self.version + 1, now
        event = Event.objects.create(
            permohonan=self, version=self.version, at=now, **event_columns(step, source, target)
        )
        Outbox.objects.create(event=event, run_after=now, created_at=now)

    @transition(field=state, source="submitted", target="siak_entry", custom={"admin": True})
    def send_to_siak(self) -> None:
        self._log("submitted")

    @transition(field=state, source="siak_entry", target="submitted", custom={"admin": True})
    def give_back(self) -> None:
        self._log("siak_entry")


class Event(models.Model):
    permohonan = models.ForeignKey(Permohonan, models.PROTECT)
    version, at = models.IntegerField(), models.DateTimeField()
    action, source, target = (models.CharField(max_length=40) for _ in range(3))
    role, codes = models.CharField(max_length=20), models.TextField(default="{}")
    text_digest, previous, hash = (models.CharField(max_length=64) for _ in range(3))

    class Meta:
        db_table, managed = "event", False


class Outbox(models.Model):
    event = models.ForeignKey(Event, models.PROTECT)
    job, payload = models.CharField(max_length=40, default="tell"), models.TextField(default="{}")
    state, attempts = models.CharField(max_length=10, default="done"), models.IntegerField(default=0)
    lease, error = models.CharField(max_length=32, default=""), models.CharField(max_length=500, default="")
    run_after, created_at = models.DateTimeField(), models.DateTimeField()

    class Meta:
        db_table, managed = "outbox", False
