"""The data entry sheet for SIAK: answers in the order of its screens, as they are typed there; it saves nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from catalogue import applicant_section, fields, missing_number
from models import Permohonan

AS_GIVEN = frozenset(("nik", "kk", "phone", "number", "email"))
REPORTED = "capil"  # the group whose events somebody reports, as F-2.01 has it: whoever applies
REPORTER = {"pemohon_nama": "Nama pelapor", "pemohon_nik": "NIK pelapor"}


@dataclass(frozen=True)
class SiakRow:
    """A field of SIAK's screen."""

    screen: str  # under which heading
    key: str
    label: str
    value: str


def siak_rows(permohonan: Permohonan, answers: dict, villages: dict[str, str]) -> list[SiakRow]:
    """List what is typed, by the services' `siak` numbers; where a service has none, in the order of its form."""
    found = list(_answered(permohonan, answers))
    numbered = [one for one in found if one[1].get("siak") is not None]
    numbered.sort(key=lambda one: one[1]["siak"])
    chosen = ((section["title"]["id"], field) for section, field in numbered or found)
    asked = [row for title, field in chosen for row in _rows(title, field, answers, villages)]
    return [*_reporter(permohonan, answers, villages), *asked]


def _reporter(permohonan: Permohonan, answers: dict, villages: dict[str, str]) -> Iterator[SiakRow]:
    body = permohonan.edition.body
    told = body["group"] == REPORTED or missing_number.is_missing(answers.get("pemohon_nik"))
    for field in applicant_section.section(permohonan.track, body)["fields"] if told else ():
        if (label := REPORTER.get(field["key"])) and (value := siak_value(field, answers.get(field["key"]), villages)):
            yield SiakRow("Pelapor", field["key"], label, value)


def _answered(permohonan: Permohonan, answers: dict) -> Iterator[tuple[dict, dict]]:
    for section in permohonan.edition.body["sections"]:
        for field in section["fields"]:
            if answers.get(field["key"]) not in (None, "", []):
                yield section, field


def _rows(title: str, field: dict, answers: dict, villages: dict[str, str]) -> Iterator[SiakRow]:
    key, value = field["key"], answers[field["key"]]
    if field["type"] != "group":
        yield SiakRow(title, key, field["label"]["id"], siak_value(field, value, villages))
        return
    for number, member in enumerate(value, 1):
        for item in field["item"]:
            if text := siak_value(item, member.get(item["key"]), villages):
                heading = f"{field['label']['id']} {number}"
                yield SiakRow(heading, f"{key}-{number}-{item['key']}", item["label"]["id"], text)


def siak_value(field: dict, value, villages: dict[str, str]) -> str:
    """Write a value as SIAK takes it: capitals, dates as 13-11-2026, choices with their number."""
    if value in (None, ""):
        return ""
    if field["type"] in AS_GIVEN and not missing_number.is_missing(value):
        return str(value)
    if field["type"] == "date":
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    shown = fields.display(field, value, villages)
    if field["type"] == "choice" and str(value).isdigit():
        shown = f"{value} {shown}"
    return shown.upper()
