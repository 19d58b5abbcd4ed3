"""Load the office's reference data from seed/ into the database. Never overwrites a change made there."""

import csv
import hashlib
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import config
from catalogue import definition, document_templates, statements
from lib.database import canonical_json, local, transaction
from migrations import migrate
from models import (
    REASON_KINDS,
    District,
    DocumentTemplate,
    Edition,
    Fact,
    Holiday,
    Layanan,
    MessageText,
    Office,
    Reason,
    Statement,
    Village,
)
from notify.message_texts import ACTIONS, AUDIENCES, placeholder_error

SEED = Path(__file__).resolve().parent
APPOINTMENTS_PER_HOUR = 4  # of the Dinas at first; the office changes it on "Kantor dan loket"


def init() -> None:
    """Create tables, run migrations and load reference data; idempotent."""
    migrate()
    with transaction():
        _load_places()
        _load_facts()
        _load_reasons()
        _load_messages()
        _load_words(Statement, statements.FOLDER, statements.read_statement)
        _load_words(DocumentTemplate, document_templates.FOLDER, document_templates.read_template)
        _load_holidays(local().year)
        _publish_services()


def _toml(name: str) -> dict:
    try:
        return tomllib.loads((SEED / name).read_text())
    except tomllib.TOMLDecodeError as reason:
        raise config.ConfigError(f"seed/{name}: bukan TOML yang benar ({reason})") from None


def _read_rows(name: str, table: str, texts: tuple[str, ...], words: dict[str, Collection[str]]) -> list[dict]:
    """Read and validate the rows of a file: `texts` are bilingual columns, `words` maps columns to valid values."""
    rows = _toml(name)[table]
    names = [tuple(row.get(one, "") for one in ("key", "action", "audience")) for row in rows]
    if several := sorted(" ".join(one).strip() for one, number in Counter(names).items() if number > 1):
        raise config.ConfigError(f"seed/{name}: ada dua kali: {', '.join(several)}")
    for row in rows:
        if found := next(_row_errors(row, texts, words), ""):
            raise config.ConfigError(f"seed/{name}, {next(iter(row.values()), '')!r}: {found}")
    return rows


def _row_errors(row: dict, texts: tuple[str, ...], words: dict[str, Collection[str]]) -> Iterator[str]:
    names = {*texts, *words, *(() if "action" in words else ("key",))}
    left_out = {name for name, known in words.items() if "" in known}
    for name in sorted((set(row) ^ names) - (left_out - set(row))):
        yield f"{name!r} tidak dikenal" if name in row else f"{name!r} belum ada"
    for name, known in words.items():
        if (word := str(row.get(name, ""))) not in known:
            near = get_close_matches(word, known, 1) or sorted(known)
            yield f"{name} = {word!r} tidak ada. Maksudnya {' atau '.join(map(repr, near))}?"
    for name in texts:
        text = row.get(name)
        if not isinstance(text, dict) or not text.get("id") or not all(isinstance(one, str) for one in text.values()):
            yield f'{name} harus {{ id = "…", en = "…" }}'
        elif unknown := placeholder_error(text.values()):
            yield unknown


def _load_places() -> None:
    """Load districts, villages, their counters and the Dinas (seed/wilayah.csv)."""
    if Village.select().exists():
        return
    districts: dict[str, District] = {}
    with open(SEED / "wilayah.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    facts = _toml("facts.toml")["office"]
    name, hourly = f"{facts['name']} {facts['regency']}", APPOINTMENTS_PER_HOUR
    Office.create(code="dinas", name=name, kind="dinas", address=facts["address"], appointments_per_hour=hourly)
    for row in rows:
        if row["level"] == "kecamatan":
            district = District.create(code=row["kode"], name=row["nama"])
            districts[row["kode"]] = district
            Office.create(code=row["kode"], name=f"Loket Kecamatan {row['nama']}", kind="kecamatan", district=district)
        elif row["level"] in ("desa", "kelurahan"):
            district = districts[row["kode_induk"]]
            facts = {"district": district, "postcode": row["kode_pos"]}
            village = Village.create(code=row["kode"], name=row["nama"], kind=row["level"], **facts)
            name = f"Loket {row['level'].capitalize()} {row['nama']}"
            Office.create(code=row["kode"], name=name, kind=row["level"], district=district, village=village)


def _load_facts() -> None:
    for key, value in _toml("facts.toml").items():
        Fact.insert(key=key, value=value).on_conflict_ignore().execute()


def _load_reasons() -> None:
    words: dict[str, Collection[str]] = {"kind": REASON_KINDS, "about": ("", "requirement", "field")}
    rows = _read_rows("reasons.toml", "reasons", ("name", "next"), words)
    for position, row in enumerate(rows):
        Reason.insert(**row, position=position).on_conflict_ignore().execute()
    known = {row["key"]: row for row in rows}
    for kept in Reason.select():
        _renew(kept, known.get(kept.key, {}), "name", "next")


def _load_messages() -> None:
    rows = _read_rows("messages.toml", "messages", ("subject", "body"), {"action": ACTIONS, "audience": AUDIENCES})
    for row in rows:
        MessageText.insert(**row).on_conflict_ignore().execute()
    known = {(row["action"], row["audience"]): row for row in rows}
    for kept in MessageText.select():
        _renew(kept, known.get((kept.action, kept.audience), {}), "subject", "body")


def _load_words(model: type[Statement] | type[DocumentTemplate], folder: Path, read: Callable[[Path], dict]) -> None:
    """Load statements or kinds of documents; one that the office has worded itself stays."""
    for path in sorted(folder.glob("*.toml")):
        body = read(path)
        model.insert(code=body["code"], body=body).on_conflict_ignore().execute()
        ours = (model.code == body["code"]) & model.changed_at.is_null()
        model.update(body=body).where(ours, model.body != body).execute()


def _renew(kept: Reason | MessageText, seed: dict, *columns: str) -> None:
    """Take over the seed's text where the office has the one that an earlier version shipped, or no English yet."""
    shipped = _superseded()
    texts = {column: (getattr(kept, column), seed[column]) for column in columns if column in seed}
    old = [column for column, (now, new) in texts.items() if now == {"id": new["id"]} or text_digest(now) in shipped]
    for column in old:
        setattr(kept, column, seed[column])
    if old:
        kept.save(only=old)


@cache
def _superseded() -> frozenset[str]:
    """Read the digests of texts that earlier versions shipped."""
    return frozenset((SEED / "superseded.txt").read_text().split())


def text_digest(text: dict) -> str:
    """Return the digest by which superseded.txt knows a text of two languages."""
    return hashlib.sha256(canonical_json(text).encode()).hexdigest()[:16]


def _load_holidays(year: int) -> None:
    """Load national holidays and cuti bersama of last, this and the next two years; the office adds Bali's own."""
    import holidays  # noqa: PLC0415 - takes 90 ms, needed only here

    for kind, category in (("nasional", "public"), ("cuti_bersama", "government")):
        for day, name in holidays.Indonesia(
            years=range(year - 1, year + 3), categories=(category,), language="id"
        ).items():  # type: ignore[attr-defined]
            sure = "perkiraan" not in name and day.year <= year
            Holiday.insert(
                day=day, kind=kind, name=name[:120], confirmed=sure, source="holidays 0.109"
            ).on_conflict_ignore().execute()


def _publish_services() -> None:
    """Publish each service; a changed seed becomes a new edition unless the office has published one of its own."""
    order = _toml("order.toml")["order"] if (SEED / "order.toml").exists() else []
    for path in sorted((SEED / "layanan").glob("*.toml")):
        body = definition.read_definition(path)
        position = order.index(body["code"]) if body["code"] in order else len(order)
        layanan, _ = Layanan.get_or_create(code=body["code"], defaults={"position": position})
        newest = layanan.editions.order_by(Edition.number.desc()).first()
        if newest is None or (newest.published_by_id is None and newest.body != body):
            Edition.create(layanan=layanan, number=newest.number + 1 if newest else 1, body=body)
