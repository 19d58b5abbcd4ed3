"""Fills a new database with the office's reference data, and the demonstration with its people; never overwrites a change."""

import csv
import tomllib
from datetime import date
from pathlib import Path

import holidays
from flask import current_app

import accounts
import office
import signing
from intake import services
from models import (
    District,
    Edition,
    Fact,
    Grant,
    Holiday,
    Layanan,
    MessageText,
    Office,
    Reason,
    User,
    Village,
    local,
    migrate,
    now,
    write,
)
from tte import pki

SEED = Path(__file__).resolve().parent / "seed"
PASSWORD = "buleleng-2026"  # noqa: S105 -- the demonstration's, printed on its sign-in page
PASSPHRASE = "tanda-tangan"  # noqa: S105 -- likewise


def init() -> None:
    """Tables, migrations and reference data; safe to repeat."""
    migrate()
    with write():
        _places()
        _facts()
        _reasons()
        _messages()
        _holidays(local().year)
        _services()


def _toml(name: str) -> dict:
    return tomllib.loads((SEED / name).read_text())


def _places() -> None:
    """Sub-districts, villages, their counters, and the Dinas (seed/wilayah.csv)."""
    if Village.select().exists():
        return
    districts: dict[str, District] = {}
    with open(SEED / "wilayah.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    facts = _toml("facts.toml")["office"]
    Office.create(code="dinas", name=f"{facts['name']} {facts['regency']}", kind="dinas", address=facts["address"])
    for row in rows:
        if row["level"] == "kecamatan":
            district = District.create(code=row["kode"], name=row["nama"])
            districts[row["kode"]] = district
            Office.create(code=row["kode"], name=f"Loket Kecamatan {row['nama']}", kind="kecamatan", district=district)
        elif row["level"] in ("desa", "kelurahan"):
            district = districts[row["kode_induk"]]
            village = Village.create(
                code=row["kode"], name=row["nama"], kind=row["level"], district=district, postcode=row["kode_pos"]
            )
            name = f"Loket {row['level'].capitalize()} {row['nama']}"
            Office.create(code=row["kode"], name=name, kind=row["level"], district=district, village=village)


def _facts() -> None:
    for key, value in _toml("facts.toml").items():
        Fact.insert(key=key, value=value).on_conflict_ignore().execute()


def _reasons() -> None:
    for position, row in enumerate(_toml("reasons.toml")["reasons"]):
        Reason.insert(**row, position=position).on_conflict_ignore().execute()


def _messages() -> None:
    for row in _toml("messages.toml")["messages"]:
        MessageText.insert(**row).on_conflict_ignore().execute()


def _holidays(year: int) -> None:
    """National holidays and cuti bersama of last, this and the next two years; those of Bali are for the office to add."""
    for kind, category in (("nasional", "public"), ("cuti_bersama", "government")):
        for day, name in holidays.Indonesia(
            years=range(year - 1, year + 3), categories=(category,), language="id"
        ).items():  # type: ignore[attr-defined]
            sure = "perkiraan" not in name and day.year <= year
            Holiday.insert(
                day=day, kind=kind, name=name[:120], confirmed=sure, source="holidays 0.109"
            ).on_conflict_ignore().execute()


def _services() -> None:
    """Publish each service; a newer seed becomes a new edition as long as nobody here has published one."""
    order = _toml("order.toml")["order"] if (SEED / "order.toml").exists() else []
    for path in sorted((SEED / "layanan").glob("*.toml")):
        body = services.read(path)
        position = order.index(body["code"]) if body["code"] in order else len(order)
        layanan, _ = Layanan.get_or_create(code=body["code"], defaults={"position": position})
        newest = layanan.editions.order_by(Edition.number.desc()).first()
        if newest is None or (newest.published_by_id is None and newest.body != body):
            Edition.create(layanan=layanan, number=newest.number + 1 if newest else 1, body=body)


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


def demo() -> None:
    """The demonstration's people and certificates; safe to repeat, refused outside the demonstration."""
    if not current_app.config["DEMO"]:
        raise accounts.Refused("Orang-orang peragaan hanya ada dengan AKU_ENV=demo.")
    password = accounts.hash_password(PASSWORD)
    with write():
        for email, name, nik, title, grants in PEOPLE:
            if accounts.find(email) is None:
                _person(email, name, nik, title, grants, password)
    _certificate()


def _person(email: str, name: str, nik: str, title: str, grants: tuple, password: str) -> None:
    tte_key = "kadis" if any(role == "kadis" for role, _, _ in grants) else ""
    user = User.create(
        email=email, name=name, nik=nik, title=title, password=password, confirmed_at=now(), tte_key=tte_key, phone=""
    )
    for role, code, group in grants:
        Grant.create(user=user, role=role, office=Office.get(Office.code == code), group=group, since=date(2020, 1, 1))


def _certificate() -> None:
    folder = signing.folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pki.make_demo_authority(folder)
    kadis = User.get(User.email == "kadis@aku.example")
    organisation = office.card().get("name", "")
    pki.make_person(
        folder, kadis.tte_key, name=kadis.name, title=kadis.title, organisation=organisation, passphrase=PASSPHRASE
    )
