"""The data entry sheet for SIAK: answers in the order of its screens, as they are typed there; it saves nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from catalogue import applicant_section, fields, missing_number
from catalogue.siak_forms import FORMS, part_title
from models import Permohonan

AS_GIVEN = frozenset(("nik", "kk", "phone", "number", "email"))
OWN_NAME = ("pemohon_nama", "pemohon_nik", "pemohon_no_kk")  # the person concerned has them, too


@dataclass(frozen=True)
class SiakRow:
    """A field of SIAK's screen."""

    screen: str  # under which heading
    key: str
    label: str
    value: str

    @property
    def full_label(self) -> str:
        """Return the label as it is understood away from its screen: of a family member, with whose it is."""
        return f"{self.label} ({self.screen})" if self.screen and "-" in self.key else self.label


def siak_rows(permohonan: Permohonan, answers: dict, villages: dict[str, str]) -> list[SiakRow]:
    """List what is typed, in the order of the form's parts: by the services' `siak` numbers.

    Where a service has none, in the order of its own sections; a number before the form's first part, as editions
    once had it, stands under the title of its section.
    """
    code = permohonan.edition.body["form_code"]
    found = list(_answered(permohonan, answers))
    numbered = [one for one in found if one[1].get("siak") is not None]
    numbered.sort(key=lambda one: one[1]["siak"])
    chosen = ((part_title(code, field) or section["title"]["id"], field) for section, field in numbered or found)
    asked = [row for title, field in chosen for row in _rows(title, field, answers, villages)]
    return [*_applicant(FORMS.get(code, {}), permohonan, answers, villages), *asked]


def _applicant(form: dict, permohonan: Permohonan, answers: dict, villages: dict[str, str]) -> Iterator[SiakRow]:
    """Yield what the form's first part says of the applicant; what the service's own fields have, from there.

    Who applies for a card of their own stands in the form once.
    """
    body, who = permohonan.edition.body, str(answers.get("pemohon_untuk") or "")
    own = {field["key"]: field for section in body["sections"] for field in section["fields"]}
    given = {field["key"]: field for field in applicant_section.section(permohonan.track, body)["fields"]}
    given = {field["key"]: field for field in applicant_section.REPORTER_FIELDS} | given
    once = who == applicant_section.THE_PERSON and form.get("who") != "pelapor"
    for key in form.get("applicant", ()):
        source = key if answers.get(key) else applicant_section.reporter_key(key, who, own)
        field, value = given[key] | own.get(source, {}), answers.get(source)
        if value and not (once and key in OWN_NAME and not missing_number.is_missing(value)):
            label = given[key]["label"]["id"].replace("pemohon", form["who"]).replace("Nama lengkap", "Nama")
            yield SiakRow(form["parts"][0][1], key, label, siak_value(field, value, villages))


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
