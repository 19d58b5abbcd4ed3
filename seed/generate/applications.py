"""Generates applications in all states, with their events, answers, documents and notices."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import office
from casework.document_numbers import render
from casework.ledger import GENESIS, event_hash, text_digest
from lib import encryption
from lib.database import from_local, local, now
from lib.name_search import search_text
from models import (
    Attachment,
    Deficiency,
    Document,
    Draft,
    DraftFile,
    Edition,
    Event,
    EventText,
    Grant,
    Handover,
    Notice,
    Office,
    Outbox,
    Permohonan,
    Revision,
    User,
    Village,
)
from seed.generate import service_samples, transition_paths
from seed.generate.bulk_insert import BulkInsert
from seed.generate.residents import Resident, Residents
from seed.generate.service_samples import ServiceSample
from seed.generate.transition_paths import TransitionPath
from workflow import ADMIN, APPLICANT, COUNTER, FOUR_EYES, SELF_SERVICE, STATES, Transition

TABLES = (User, Permohonan, Revision, Attachment, Draft, DraftFile, Document, Event, EventText, Deficiency, Handover,
          Outbox, Notice)  # fmt: skip
APPLICATIONS_PER_DAY, APPLICATIONS_PER_ACCOUNT = 900, 10  # applications a day; applications for each account
SCATTER = 736_338_717  # odd, so that no two ids collide
EVENT_COLUMNS = tuple(field.column_name for field in Event._meta.sorted_fields[1:])
JUST_NOW = timedelta(minutes=5)
DEFICIENCY = {"reason": "tidak_terbaca", "text": "Foto ulang di tempat terang."}


@dataclass
class GeneratedApplication:
    """One application being generated."""

    id: int
    service: ServiceSample
    path: TransitionPath
    track: str
    subject: Resident
    applicant: Resident
    owner: int | None
    helper: int | None
    times: list[datetime]
    number: str = ""


class ApplicationGenerator:
    """Generator of applications, the oldest first."""

    def __init__(self, rows: int, waiting: int, whole: int):
        self.rows, self.chance = rows, Random(20261123)  # noqa: S311 -- nothing secret
        self.residents, self.bulk, self.moment = Residents(self.chance), BulkInsert(*TABLES), now()
        self.clock = office.calendar()
        self.staff = {grant.role: grant.user for grant in Grant.in_force().select_extend(User).join_from(Grant, User)}
        picture = service_samples.sample_picture()
        self.signature = service_samples.sample_signature().id
        editions = [one for one in Edition.current() if not one.body.get("part_of")]
        self.services = [service_samples.prepare_sample(one, self.staff["kadis"], picture) for one in editions]
        self.weights = [1 + 40 // (place + 1) for place in range(len(editions))]
        self._places()
        opened = max(waiting, round(rows * (1 - transition_paths.FINISHED)))
        self.waiting, self.first_open, self.first_whole = waiting, rows - opened, min(rows - opened, rows - whole)
        self.days = max(30, rows // APPLICATIONS_PER_DAY)
        self.users: list[int] = []
        self.dues: dict = {}

    def _places(self) -> None:
        self.villages = [(row.id, row.code) for row in Village.select()]
        self.counters = {row.village_id: row.id for row in Office.select().where(Office.village.is_null(False))}
        held = Grant.in_force().where(Grant.role == "counter_operator")
        self.helpers = {grant.office_id: grant.user_id for grant in held}
        self.dinas = Office.get(Office.code == "dinas")

    def add(self, places: range) -> None:
        """Generate the applications of these positions, inside the caller's transaction."""
        self.bulk.begin()
        for place in places:
            if place % APPLICATIONS_PER_ACCOUNT == 0:
                self._add_account()
            self._generate(place)
        self.bulk.write()

    def _add_account(self) -> None:
        """Add an applicant's account that has no password."""
        who = self.residents.create()
        email = f"warga{secrets.token_hex(6)}@aku.example"
        user = self.bulk.add(User, email=email, name=who.name, password="-", nik=who.nik, confirmed_at=self.moment)  # noqa: S106
        self.users.append(user)

    def _generate(self, place: int) -> None:
        chance = self.chance
        service = chance.choices(self.services, self.weights)[0]
        village, code = chance.choice(self.villages)
        track = COUNTER if village in self.counters and chance.random() < 0.4 else SELF_SERVICE
        has_card, whole = service.columns["has_card"], place >= self.first_whole
        path = transition_paths.choose_path(chance, self._state(place), track, has_card, whole)
        who = self.residents.create()
        subject = who if chance.random() < 0.5 else self.residents.create()
        counter = self.counters[village] if track == COUNTER else None
        owner = None if counter else chance.choice(self.users)
        times = self._times(place, path)
        case = GeneratedApplication(0, service, path, track, subject, who, owner, self.helpers.get(counter), times)
        self._add_application(case, village, counter)
        answers = service_samples.fill_gaps(service.answers, subject, who, code)
        self._add_papers(case, answers)
        self._add_events(case, answers)

    def _state(self, place: int) -> str | None:
        """Choose the state of an application; None means finished."""
        if place < self.first_open:
            return None
        if place >= self.rows - self.waiting:
            return "submitted"
        shares = [share for share, _ in transition_paths.OPEN_STATES.values()]
        return self.chance.choices(list(transition_paths.OPEN_STATES), shares)[0]

    def _times(self, place: int, path: TransitionPath) -> list[datetime]:
        """Choose the times of the events: open applications began within six days, the others long ago."""
        steps, chance = len(path.transitions), self.chance
        if place >= self.first_open:
            began = self.moment - timedelta(seconds=chance.randrange(3600, 6 * 86_400))
            gap = (self.moment - JUST_NOW - began) / (steps + 1)
        else:
            age = self.days * (1 - place / self.rows)
            began = self.moment - timedelta(days=8 + age, seconds=chance.randrange(28_800))
            gap = timedelta(seconds=chance.randrange(3600, 500_000)) / steps
        return [(began + gap * step).replace(microsecond=0) for step in range(steps)]

    def _add_application(self, case: GeneratedApplication, village: int, counter: int | None) -> None:
        service, path, state = case.service, case.path, STATES[case.path.state]
        began, changed = case.times[0], case.times[-1]
        case.number = self._number(began)
        lapses = changed + timedelta(days=state.lapses[1]) if state.lapses else None
        case.id = self.bulk.add(
            Permohonan, key=encryption.random_token(), number=case.number,
            layanan_id=service.edition.layanan_id, edition_id=service.edition.id, group=service.edition.body["group"],
            track=case.track, state=path.state, version=len(path.transitions), round=int(case.path.has_documents),
            round_people=self._round_people(path), **service.columns, owner_id=case.owner, helper_id=case.helper,
            office_id=counter, village_id=village, subject_name=case.subject.name, subject_nik=case.subject.nik,
            applicant_name=case.applicant.name, applicant_nik=case.applicant.nik, email="", created_at=began,
            search_text=search_text(case.number, case.subject.name, case.applicant.name),
            submitted_at=began, changed_at=changed, due_at=self._due(began, service), lapses_at=lapses,
            paused_at=changed if state.pauses else None, **self._pickup(path, counter),
        )  # fmt: skip

    def _number(self, began: datetime) -> str:
        """Return an application number that looks random and is unique, as it is computed from the id."""
        scattered = (self.bulk.last[Permohonan] + 1) * SCATTER % 32**6
        letters = "".join(encryption.CROCKFORD_ALPHABET[scattered >> 5 * place & 31] for place in range(6))
        stem = f"{local(began):%y%m%d}-{letters}"
        return f"AKU-{stem}-{encryption.check_character(stem)}"

    def _round_people(self, path: TransitionPath) -> dict:
        done = (one for one in path.transitions if one.action in FOUR_EYES)
        return {one.action: [self.staff[transition_paths.actor_role(one, SELF_SERVICE)].id] for one in done}

    def _due(self, began: datetime, service: ServiceSample) -> datetime:
        key = local(began).date(), service.edition.body["sla_days"]
        if key not in self.dues:
            self.dues[key] = from_local(self.clock.due(local(began), key[1]))
        return self.dues[key]

    def _pickup(self, path: TransitionPath, counter: int | None) -> dict:
        if path.state != "ready":
            return {}
        place = Office.get_by_id(counter) if counter else self.dinas
        day = office.propose_pickup_day(place)
        return {"pickup_on": day, "pickup_number": office.allot_pickup_number(place, day), "pickup_office_id": place.id}

    def _add_papers(self, case: GeneratedApplication, answers: str) -> None:
        add, service = self.bulk.add, case.service
        by = case.owner or case.helper
        revision = add(Revision, permohonan_id=case.id, number=1, answers=answers, created_at=case.times[0], by_id=by)
        if case.path.complete:
            for key, file in service.attached:
                add(Attachment, revision_id=revision, requirement=key, position=1, file_id=file)
        if case.path.has_documents:
            for product in service.products:
                self._add_document(case, product)
        if case.path.complete and case.path.reached("hand_over"):
            facts = {"recipient_name": case.applicant.name, "signature_id": self.signature, "at": case.times[-1]}
            officer = self.staff["pickup"].id
            add(Handover, permohonan_id=case.id, version=len(case.path.transitions), officer_id=officer, **facts)

    def _add_document(self, case: GeneratedApplication, product: dict) -> None:
        gaps = case.service.data[product["key"]]
        data = service_samples.fill_gaps(gaps, case.subject, case.applicant, "Pemaron, Buleleng")
        number = self._document_number(case, product)
        signed: dict = {}
        if case.path.reached("record_signature") and product["kind"] == "pdf":
            signer = self.staff["kadis"].name
            signed = {"file_id": case.service.issued[product["key"]], "signed_at": case.times[-1], "signer": signer}
        data = data.replace(service_samples.NUMBER, number)
        self.bulk.add(
            Document, permohonan_id=case.id, product=product["key"], round=1, kind=product["kind"],
            title=product["name"]["id"], number=number, data=data, template=product.get("template", ""),
            verification_key=encryption.random_token(),
            shown_sha256=service_samples.document_digest(data, number), **signed,
        )  # fmt: skip

    def _document_number(self, case: GeneratedApplication, product: dict) -> str:
        """Return a number of the product's form that no other document has; a second copy bears that of the first."""
        key = product.get("number_of") or product["key"]
        pattern, place = case.service.numbers.get(key, ""), list(case.service.data).index(product["key"])
        if product.get("number") == "kk":
            return f"510899{case.id * 10 + place:010d}"
        return render(pattern or f"470/{case.id}/{key.upper()}"[:60], case.times[0].date(), case.id % 10_000)

    def _add_events(self, case: GeneratedApplication, answers: str) -> None:
        """Add the hash chain of events; old applications get no texts, as if erased."""
        previous = GENESIS
        for version, (transition, at) in enumerate(zip(case.path.transitions, case.times, strict=True), 1):
            previous = self._add_event(case, transition, version, at, previous)
        if case.path.state == "incomplete":
            self._add_deficiency(case, answers)

    def _add_event(
        self, case: GeneratedApplication, transition: Transition, version: int, at: datetime, previous: str
    ) -> str:
        role = transition_paths.actor_role(transition, case.track)
        actor = {APPLICANT: case.owner, "system": None, "counter_operator": case.helper}
        who = actor[role] if role in actor else self.staff[role].id
        salt = secrets.token_hex(16) if case.path.complete else ""
        texts = {"actor": self.staff[role].name if role in self.staff else ""}
        if reason := transition_paths.REASONS.get(transition.action):
            texts["reason"] = reason
        digest = text_digest(salt, texts) if salt else secrets.token_hex(32)
        codes = {"round": int(case.path.has_documents)}
        way = transition.action, transition.sources[0], transition.target
        values = (case.id, version, at, *way, who, role, None, codes, digest)
        hashed = event_hash(*values, previous)
        event = self.bulk.add(Event, **dict(zip(EVENT_COLUMNS, (*values, previous, hashed), strict=True)))
        if salt:
            self.bulk.add(EventText, event_id=event, salt=salt, texts=texts)
            if transition.action == "submit":
                self._notify_admins(case, event, at)
        return hashed

    def _notify_admins(self, case: GeneratedApplication, event: int, at: datetime) -> None:
        """Add the admins' notice of a new application."""
        payload = {"audience": ADMIN, "channel": "inbox"}
        done = {"state": "done", "created_at": at, "run_after": at, "done_at": at}
        sent = self.bulk.add(Outbox, event_id=event, job="tell", payload=payload, **done)
        words = f"Permohonan baru {case.number}"
        self.bulk.add(Notice, outbox_id=sent, permohonan_id=case.id, role=ADMIN, subject=words, body=words, at=at)

    def _add_deficiency(self, case: GeneratedApplication, answers: str) -> None:
        """Add a deficiency and the draft for its correction."""
        key = case.service.attached[-1][0] if case.service.attached else "formulir"
        event = self.bulk.last[Event]
        self.bulk.add(Deficiency, event_id=event, permohonan_id=case.id, key=key, **DEFICIENCY)
        at = case.times[-1]
        draft = self.bulk.add(Draft, permohonan_id=case.id, answers=answers, open_keys=[key], saved_at=at)
        for requirement, file in case.service.attached:
            self.bulk.add(DraftFile, draft_id=draft, requirement=requirement, position=1, file_id=file)
