"""Cases of services: fills in a plausible form for a person's facts and says what the service asks, wants and yields.

It needs no database: a case is judged by the program's own rules about fields, requirements and products.
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import SimpleNamespace

from catalogue import applicant_section, conditions, contradictions, definition, fields, persons
from intake import attachments, drafts
from tests import ROOT
from tests.helpers.factory import SAMPLE_ANSWERS

FOLDER = ROOT / "tests" / "service_cases"
EVERYDAY = "everyday"  # the file with the answers of everyday people
KEYS = frozenset("name service today answers papers optional asked not_asked products refused warned track".split())
DIGITS = str.maketrans({str(n): word for n, word in enumerate("nol satu dua tiga empat lima enam tujuh".split())})


@dataclass
class Outcome:
    """What a service makes of somebody's answers."""

    answers: dict = field(default_factory=dict)  # clean
    asked: set[str] = field(default_factory=set)  # keys of fields, of a group's items "group.item"
    errors: dict = field(default_factory=dict)
    warnings: dict = field(default_factory=dict)
    papers: set[frozenset] = field(default_factory=set)  # alternatives together
    optional: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)


@cache
def services():
    """Return the shipped services by code."""
    return {path.stem: definition.read_definition(path) for path in (definition.SEED / "layanan").glob("*.toml")}


@cache
def everyday():
    """Return the answers of everyday people: for all services, and by code of the service."""
    return tomllib.loads((FOLDER / f"{EVERYDAY}.toml").read_text(encoding="utf-8"))


def read_cases():
    """Read the cases of all files; each knows its file."""
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem != EVERYDAY:
            for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
                yield {"file": path.name} | case


class Filler:
    """Fills in a service's form as an everyday person would, but for the answers that are given."""

    def __init__(self, body, given, track="self_service"):
        self.fields = [one for section in applicant_section.form_sections(track, body) for one in section["fields"]]
        self.by_key = {one["key"]: one for one in self.fields}
        self.given = everyday()["all"] | everyday().get(body["code"], {}) | given
        self.given = {key: _plain(value) for key, value in self.given.items()}

    def fill(self, day):
        """Return the raw answers to all required fields that are asked, in their order, and to those given."""
        known = {conditions.SUBMITTED_ON: day}
        for one in self.fields:
            if fields.is_shown(one, known) and (value := self.answer(one, known)) not in ("", None):
                known[one["key"]] = value
        return known

    def answer(self, one, known):
        """Return the answer to a field: as given, or a sample of a required one."""
        key = one["key"]
        if key in self.given and not (one["type"] == "group" and self.given[key] == ""):
            return self._rows(one, self.given[key]) if one["type"] == "group" else self.given[key]
        if not one.get("required"):
            return ""
        return self._rows(one, [{}]) if one["type"] == "group" else self.sample(one, known)

    def _ending(self, known):
        """Return the end of the keys of the fields about the applicant, as catalogue/derived_answers.py has it."""
        who, name = (
            known.get("pemohon_untuk"),
            next(key for key, one in self.by_key.items() if one.get("subject") == "name"),
        )
        return {"anak": "_wali", "diri": name.removeprefix("nama")}.get(who, f"_{who}")

    def _rows(self, group, rows):
        everybody = {key.partition(".")[2]: value for key, value in self.given.items() if "." in key}
        return [self._row(group["item"], everybody | _plain([given])[0], str(n)) for n, given in enumerate(rows, 1)]

    def _row(self, items, given, number):
        row = {}
        for item in items:
            value = given.get(item["key"])
            if value is None and item.get("required") and fields.is_shown(item, row):
                value = self.sample(item, {}, f"_{number}", {one["key"]: given.get(one["key"]) for one in items})
            if value not in (None, ""):
                row[item["key"]] = value
        return row

    def sample(self, one, known, number="", beside=None):
        """Return a valid answer to a field; names and numbers differ for each, a NIK fits its birth date and sex.

        `beside` are the answers given to the other items of a group's row, and `number` is the row's.
        """
        key, kind = one["key"] + number, one["type"]
        if own := self._applicants(key, known):
            return own
        same = self.by_key.get("nik" + self._ending(known)) if key == "pemohon_nik" else None
        if same and (number := self.answer(same | {"required": True}, {})):
            return number
        if kind == "choice":
            return one.get("default") or one["options"][0][0]
        if kind == "name":
            return " ".join(["Contoh", *key.replace("_", " ").translate(DIGITS).split()]).title()
        if kind == "kk":
            return f"510899010118{_serial(key):04d}"
        if kind == "nik":
            return self.sample_nik(one.get("checks") or {}, beside, _serial(key))
        if kind == "number":
            return max(one.get("min") or 0, min(1, one.get("max") or 1))
        if kind == "date":
            return "1990-05-04" if re.search("lahir|birth_date", key) else SAMPLE_ANSWERS["date"]
        return SAMPLE_ANSWERS[kind]

    def _applicants(self, key, known):
        """Return the applicant's own name or NIK where the field asks for the person who applies."""
        same = {f"nama{self._ending(known)}": "pemohon_nama", f"nik{self._ending(known)}": "pemohon_nik"}
        return known.get(same.get(key))

    def sample_nik(self, checks, beside, serial):
        """Return a NIK that fits the date of birth and the sex with which it is compared."""
        born, sex = (self._compared(checks.get(what), beside) for what in ("birth_date", "sex"))
        day = date.fromisoformat(born or "1990-05-04")
        return f"510899{day.day + 40 * (sex == '2'):02d}{day:%m%y}{serial:04d}"

    def _compared(self, key, beside):
        if beside and key in beside:
            return beside[key]
        return self.answer(self.by_key[key], {}) if key in self.by_key else key


def _serial(key):
    return sum(map(ord, key)) % 8999 + 1000


def _plain(value):
    """Return a value of TOML as it is stored: dates as ISO text."""
    if isinstance(value, list):
        return [{key: _plain(item) for key, item in row.items()} for row in value]
    return value.isoformat() if isinstance(value, date) else value


def judge(code, given, day="2026-12-01", track="self_service"):
    """Return what a service makes of an everyday form with the given answers, submitted on a day."""
    body = services()[code]
    filler = Filler(body, given, track)
    unknown = {key.partition(".")[0] for key in given} - set(filler.by_key)
    assert not unknown, f"answers to fields that {code} doesn't have: {', '.join(sorted(unknown))}"
    beside = {conditions.SUBMITTED_ON: str(day)}
    raw = filler.fill(str(day))
    answers, errors, warnings = fields.validate_fields(filler.fields, raw, beside, None)
    answers |= beside
    wrong = [*contradictions.find_contradictions(body, answers), *persons.find_contradictions(filler.fields, answers)]
    for one in wrong:
        sentences = errors if one.refused else warnings
        sentences[one.control] = f"{sentences.get(one.control, '')} {one.sentence}".strip()
    found = Outcome(answers, set(_asked(filler.fields, answers)), errors, warnings)
    found.papers, found.optional = _uploads(body, answers)
    found.products = set(drafts.product_columns(body, answers)["product_keys"])
    return found


def _asked(parts, answers):
    for one in parts:
        if fields.is_shown(one, answers):
            yield one["key"]
            for row in answers.get(one["key"], ()) if one["type"] == "group" else ():
                yield from (f"{one['key']}.{item['key']}" for item in one["item"] if fields.is_shown(item, row))


def _uploads(body, answers):
    slots = attachments.upload_slots(SimpleNamespace(edition=SimpleNamespace(body=body)), answers, [])
    groups: dict[str, set] = {}
    for slot in slots:
        if slot.needed:
            groups.setdefault(slot.requirement["one_of"] or slot.requirement["key"], set()).add(slot.requirement["key"])
    return set(map(frozenset, groups.values())), {slot.requirement["key"] for slot in slots if not slot.needed}


def differences(case):
    """Return the sentences in which a case and its service differ; [] if they agree."""
    unknown = set(case) - KEYS - {"file"}
    assert not unknown, f"keys that a case doesn't have: {', '.join(sorted(unknown))}"
    day, track = case.get("today", "2026-12-01"), case.get("track", "self_service")
    found = judge(case["service"], case.get("answers", {}), day, track)
    return [*_set_differences(case, found), *_sentence_differences(case, found)]


def _set_differences(case, found):
    papers = {"|".join(sorted(group)) for group in found.papers}
    wanted = {"|".join(sorted(group.split("|"))) for group in case.get("papers", ())}
    for word, want, have in (
        ("papers", wanted, papers),
        ("optional papers", set(case.get("optional", ())), found.optional),
        ("products", set(case.get("products", ())), found.products),
    ):
        if word.partition(" ")[0] in case and want != have:
            yield f"{word}: missing {sorted(want - have)}, not expected {sorted(have - want)}"
    if silent := set(case.get("asked", ())) - found.asked:
        yield f"not asked, but should be: {sorted(silent)}"
    if idle := set(case.get("not_asked", ())) & found.asked:
        yield f"asked, but should not be: {sorted(idle)}"


def _sentence_differences(case, found):
    for key, words in case.get("refused", {}).items():
        if words.lower() not in found.errors.get(key, "").lower():
            yield f"{key} should be refused with “{words}”; it says “{found.errors.get(key, '')}”"
    for key, words in case.get("warned", {}).items():
        if words.lower() not in found.warnings.get(key, "").lower():
            yield f"{key} should warn with “{words}”; it says “{found.warnings.get(key, '')}”"
    if surplus := {key: text for key, text in found.errors.items() if key not in case.get("refused", {})}:
        yield f"refused without being expected: {surplus}"
