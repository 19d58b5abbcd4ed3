"""Tables, named queries and `visible_to(user)`; no rule of the procedure, no clock of the office, no file."""

from models.base import canonical, database, from_local, is_sqlite, local, now, one_at_a_time, open_database, write
from models.desk import Batch, Check, Claim, ClaimChange, Comparison, Note
from models.log import Deficiency, Event, EventText, Notice, Outbox, Seal
from models.names import by_name
from models.people import Address, Attempt, District, Grant, Office, Recovery, Token, User, Village, WebSession
from models.permohonan import (
    Attachment,
    Document,
    Draft,
    DraftFile,
    Handover,
    Permohonan,
    PickupCounter,
    Revision,
    StoredFile,
)
from models.reach import reaching, visible_as, visible_to
from models.schema import TABLES, migrate
from models.services import REASON_KINDS, Edition, Fact, Holiday, Layanan, MessageText, Reason
from models.trail import Access, Export, Search

__all__ = [
    "REASON_KINDS",
    "TABLES",
    "Access",
    "Address",
    "Attachment",
    "Attempt",
    "Batch",
    "Check",
    "Claim",
    "ClaimChange",
    "Comparison",
    "Deficiency",
    "District",
    "Document",
    "Draft",
    "DraftFile",
    "Edition",
    "Event",
    "EventText",
    "Export",
    "Fact",
    "Grant",
    "Handover",
    "Holiday",
    "Layanan",
    "MessageText",
    "Note",
    "Notice",
    "Office",
    "Outbox",
    "Permohonan",
    "PickupCounter",
    "Reason",
    "Recovery",
    "Revision",
    "Seal",
    "Search",
    "StoredFile",
    "Token",
    "User",
    "Village",
    "WebSession",
    "by_name",
    "canonical",
    "database",
    "from_local",
    "is_sqlite",
    "local",
    "migrate",
    "now",
    "one_at_a_time",
    "open_database",
    "reaching",
    "visible_as",
    "visible_to",
    "write",
]
