"""Conditions in words, in the reader's language: Hanya bila suami atau istri belum 21 tahun pada tanggal pemberkatan.

Each comparison is a clause of a subject and a predicate; "not" is said inside the clauses.
"""

import re
from collections.abc import Mapping

from flask_babel import gettext as _

from catalogue import conditions
from catalogue.text_input import mid_sentence
from lib.i18n import N_, format_number, localized

Fields = Mapping[str, dict]  # by key
BIRTH = re.compile(r"(?:Tanggal lahir|Date of birth|NIK)\b(?: of)? *(.*)")  # labels of what gives a person's age
AGES = (
    N_("sudah %(least)s %(unit)s"),
    N_("belum %(below)s %(unit)s"),
    N_("berumur %(least)s sampai %(most)s %(unit)s"),
)
TIMES = (
    N_("paling sedikit %(least)s %(unit)s"),
    N_("kurang dari %(below)s %(unit)s"),
    N_("%(least)s sampai %(most)s %(unit)s"),
)
UNITS = {"years": N_("tahun"), "months": N_("bulan"), "weeks": N_("minggu"), "days": N_("hari")}
NUMBERS = (N_("paling sedikit %(least)s"), N_("kurang dari %(below)s"), N_("dari %(least)s sampai %(most)s"))
ROWS = (N_("paling sedikit %(least)s baris"), N_("kurang dari %(below)s baris"), N_("%(least)s sampai %(most)s baris"))


def sentence(when: Mapping | None, fields: Fields) -> str:
    """Return a condition as a sentence; "" where there is none, or it names a field that isn't there."""
    if not when or any(_find(key, fields) is None for key in conditions.named(when)):
        return ""
    if "none" in when:
        return _("Tidak perlu bila %(clause)s.", clause=clause({"any": when["none"]}, fields))
    if except_for := _exception(when, fields):
        return _("Tidak perlu bila %(clause)s.", clause=clause(except_for, fields))
    return _("Hanya bila %(clause)s.", clause=clause(when, fields))


def clause(when: Mapping, fields: Fields, negative: bool = False) -> str:
    """Return a condition as a clause: suami belum 21 tahun; `negative`: that it isn't met."""
    word = next((word for word in conditions.JUNCTIONS if word in when), "")
    if not word:
        return " ".join(filter(None, _atom(when, fields, negative)))
    joint, inner = _joint(when, negative)
    pairs: list[tuple[str, str]] = []
    for part in when[word]:
        if any(junction in part for junction in conditions.JUNCTIONS):
            text, plain = clause(part, fields, inner), len(when[word]) == 1 or _is_alike(part, joint, inner)
            pairs.append(("", text if plain else f"({text})"))
        else:
            pairs.append(_atom(part, fields, inner))
    return _joined(pairs, joint)


def _joint(when: Mapping, negative: bool) -> tuple[str, bool]:
    """Return how the parts of a junction are joined, and whether they are said in the negative."""
    word = next(word for word in conditions.JUNCTIONS if word in when)
    inner = negative != (word == "none")
    return "all" if (word == "all") != inner else "any", inner


def _is_alike(when: Mapping, joint: str, negative: bool) -> bool:
    """Say whether a junction inside another one needs no brackets: it has one part, or is joined by the same word."""
    parts = next(when[word] for word in conditions.JUNCTIONS if word in when)
    return len(parts) == 1 or _joint(when, negative)[0] == joint


def _joined(pairs: list[tuple[str, str]], joint: str) -> str:
    """Join clauses by "and" or "or"; of the latter, those with the same predicate, then those of the same subject."""
    if joint == "all":
        return _(" dan ").join(" ".join(filter(None, pair)) for pair in pairs)
    join = _(" atau ").join
    subjects: dict[str, dict[str, None]] = {}
    for subject, predicate in pairs:
        subjects.setdefault(predicate, {})[subject] = None
    predicates: dict[str, list[str]] = {}
    for predicate, found in subjects.items():
        predicates.setdefault(join(filter(None, found)), []).append(predicate)
    return join(" ".join(filter(None, (subject, join(found)))) for subject, found in predicates.items())


def _find(key: str, fields: Fields) -> dict | None:
    group, _dot, item = key.partition(".")
    field = fields.get(group)
    return next((one for one in field.get("item") or () if one["key"] == item), None) if field and item else field


def _exception(when: Mapping, fields: Fields) -> dict | None:
    """Return what a condition on one choice excludes, where that is shorter to say."""
    if not {"is", "is_not"} & set(when) or "." in when["field"]:
        return None
    field = fields[when["field"]]
    codes = [code for code, _label in _options(field)]
    wanted = [code for code in codes if code in when["is"]] if "is" in when else []
    others = when["is_not"] if "is_not" in when else [code for code in codes if code not in when["is"]]
    negative = others == ["ya"] if field["type"] == "yesno" else "is_not" in when or 0 < len(others) < len(wanted)
    return {"field": when["field"], "is": others} if negative else None


def _options(field: dict) -> list[tuple[str, str]]:
    if field["type"] == "yesno":
        return [("ya", _("Ya")), ("tidak", _("Tidak"))]
    pairs = [*field.get("options", ()), *field.get("other_options", ())]
    return [(code, localized(label)) for code, label in pairs]


def _atom(when: Mapping, fields: Fields, negative: bool) -> tuple[str, str]:
    """Return the subject and the predicate of one comparison; of some clauses the predicate is all."""
    if "same" in when:
        first, second = (_quoted(_find(key, fields)) for key in when["same"])
        return first, _("berbeda dari %(other)s", other=second) if negative else _(
            "sama dengan %(other)s", other=second
        )
    key = when.get("field") or when["age"]
    field, group = _find(key, fields) or {}, fields[key.partition(".")[0]]
    if "." in key:
        return _row(when, field, group, fields, negative)
    if "age" in when:
        return _age(when, field, fields, negative)
    if "answered" in when:
        given = when["answered"] != negative
        return _quoted(field), _("diisi") if given else _("tidak diisi")
    if "is" in when or "is_not" in when:
        return "", _choice(when, field, negative)
    if field["type"] == "group":
        return "", _("ada %(rows)s di %(group)s", rows=_range(ROWS, when, negative), group=_quoted(field))
    return _quoted(field), _range(NUMBERS, when, negative)


def _quoted(field: dict | None) -> str:
    return f"“{localized((field or {})['label'])}”"


def _listed(when: Mapping, field: dict) -> str:
    texts = dict(_options(field))
    return _(" atau ").join(f"“{texts.get(code, code)}”" for code in when.get("is") or when["is_not"])


def _choice(when: Mapping, field: dict, negative: bool) -> str:
    label, other = localized(field["label"]), "is_not" in when
    if field["type"] == "yesno":
        return _yes_or_no(label, (("ya" in (when.get("is") or when["is_not"])) != other) != negative)
    if other and not negative:
        return _("Anda memilih selain %(listed)s pada “%(label)s”", listed=_listed(when, field), label=label)
    if negative and not other:
        return _("Anda tidak memilih %(listed)s pada “%(label)s”", listed=_listed(when, field), label=label)
    return _("Anda memilih %(listed)s pada “%(label)s”", listed=_listed(when, field), label=label)


def _yes_or_no(question: str, yes: bool) -> str:
    """Return the answer to a question as a clause, where the language makes it one: Apakah sudah menikah?"""
    text = question.removeprefix("Apakah ").removesuffix("?")
    if yes and text != question.removesuffix("?"):
        return text
    if yes:
        return _("jawaban untuk “%(question)s” Ya", question=question)
    return _("jawaban untuk “%(question)s” Tidak", question=question)


def _range(texts: tuple[str, str, str], when: Mapping, negative: bool) -> str:
    """Return the predicate of bounds: from, below, or between them."""
    least, below = when.get("at_least"), when.get("below")
    if negative and None in (least, below):
        least, below = below, least
    found = {"least": least, "below": below, "most": None if below is None else below - 1}
    words = {name: format_number(number) for name, number in found.items() if number is not None}
    unit = _(UNITS[when.get("unit", "years")])
    if negative and least is not None and below is not None:
        return _(" atau ").join(
            (_(texts[1], below=words["least"], unit=unit), _(texts[0], least=words["below"], unit=unit))
        )
    return _(texts[2 if len(words) == 3 else 0 if below is None else 1], **words, unit=unit)


def _age(when: Mapping, field: dict, fields: Fields, negative: bool) -> tuple[str, str]:
    label, on = localized(field["label"]), when.get("on", "today")
    day = "" if on == "today" else _day(_find(on, fields) or {})
    if len(bounds := {when.get("at_least"), when.get("below")} - {None}) == 1 and 0 in bounds:
        after = ("below" in when) != negative
        return "", _order(_day(field), day, after)
    if who := BIRTH.fullmatch(label):
        at = _("pada %(day)s", day=day) if day else ""
        return who[1] or _("orangnya"), f"{_range(AGES, when, negative)} {at}".strip()
    if not day and not negative and (when.get("unit"), when.get("at_least"), when.get("below")) == ("days", 1, None):
        return "", _("%(day)s sudah lewat", day=_day(field))
    first, time = _day(field), _range(TIMES, when, negative)
    if day:
        return "", _("dari %(first)s sampai %(last)s %(time)s", first=first, last=day, time=time)
    return "", _("%(time)s sejak %(day)s", time=time, day=first)


def _order(first: str, last: str, after: bool) -> str:
    """Return in words that a date is after another one, or after today; or that it isn't."""
    if not last:
        return _("%(first)s sesudah hari ini", first=first) if after else _("%(first)s sudah tiba", first=first)
    said = N_("%(first)s sesudah %(last)s") if after else N_("%(first)s tidak sesudah %(last)s")
    return _(said, first=first, last=last)


def _day(field: dict) -> str:
    """Return the date of a field inside a sentence: tanggal pemberkatan perkawinan."""
    label = localized(field["label"])
    return mid_sentence(label) if label.startswith(("Tanggal ", "Date ")) else f"“{label}”"


def _row(when: Mapping, field: dict, group: dict, fields: Fields, negative: bool) -> tuple[str, str]:
    """Return the clause about some row of a group, or about none."""
    label = _quoted(field)
    negative = negative != (when.get("answered") is False)
    some, none = N_("ada di %(group)s yang"), N_("tidak ada di %(group)s yang")
    subject = _(none if negative else some, group=_quoted(group))
    if "age" in when:
        return subject, _age(when, field, fields, False)[1]
    if "answered" in when:
        return subject, _("mengisi %(label)s", label=label)
    if "is" in when:
        return subject, _("menjawab %(listed)s pada %(label)s", listed=_listed(when, field), label=label)
    if "is_not" in when:
        return subject, _("menjawab selain %(listed)s pada %(label)s", listed=_listed(when, field), label=label)
    return subject, _("mengisi %(label)s %(number)s", label=label, number=_range(NUMBERS, when, False))
