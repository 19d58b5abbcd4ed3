"""The WTForms field of a condition: a table of comparisons that are joined by one word, or TOML for what is nested."""

import json
import tomllib
from collections.abc import Iterator, Mapping

from wtforms import Field
from wtforms.validators import ValidationError

from catalogue import condition_checks, condition_text, conditions, definition_parts, validation
from catalogue.schema import InvalidDefinition

AGE, TOML = "age:", "toml"  # prefix of a question: the age by its date; the join of a condition that is written
BLANK_ROWS = 2
MAX_TEXT, MAX_DOTS = 5000, 200  # characters of a written condition, dots in one: tomllib is slow with more
JOINS = (
    ("all", "semua baris di bawah ini"),
    ("any", "salah satu baris di bawah ini"),
    ("none", "tidak satu pun dari baris di bawah ini"),
    (TOML, "seperti yang ditulis sebagai TOML"),
)
COMPARISONS = (
    ("is", "dijawab salah satu dari"),
    ("is_not", "dijawab selain"),
    ("filled", "diisi"),
    ("empty", "tidak diisi, atau nomornya belum ada"),
    ("number", "angkanya, atau umurnya"),
    ("same", "sama dengan"),
)
UNITS = (("years", "tahun"), ("months", "bulan"), ("weeks", "minggu"), ("days", "hari"))
PARTS = ("of", "how", "least", "below", "unit", "with")
BLANK = {**dict.fromkeys(PARTS, ""), "codes": []}


class ConditionField(Field):
    """A condition on other answers: rows of question, comparison and answers; none: the part always applies.

    `known` are the fields that it may name, by key. What the table can't show stays as it is, or is edited as TOML.
    """

    data: dict | None
    joins, comparisons, units = JOINS, COMPARISONS, UNITS

    def __init__(self, label, **more):
        super().__init__(label, **more)
        self.known: dict[str, dict] = {}
        self.join, self.written, self.rows, self.wrong = "all", "", list[dict](), ""

    def process(self, formdata, data=None, **more):
        super().process(None, data, **more)
        self._show(self.data)
        if formdata is not None and f"{self.name}-join" in formdata:
            self.join, self.written = formdata.get(f"{self.name}-join"), formdata.get(f"{self.name}-toml", "")
            self.rows = list(self._posted_rows(formdata))
            try:
                self.data, self.wrong = self._made(), ""
            except ValidationError as wrong:
                self.data, self.wrong = {"any": []}, str(wrong)

    def _show(self, when: dict | None) -> None:
        """Take the table's rows from a condition; one that is nested is shown as TOML."""
        self.join = next((word for word in conditions.JUNCTIONS if word in (when or {})), "all")
        parts = (when or {}).get(self.join) or ([when] if when else [])
        nested = any(word in part for part in parts for word in conditions.JUNCTIONS)
        self.written = write_toml(when) if when else ""
        self.join, self.rows = (TOML, []) if nested else (self.join, list(map(_row_of, parts)))

    def _posted_rows(self, formdata) -> Iterator[dict]:
        for n in range(condition_checks.MAX_ATOMS):
            row = {part: formdata.get(f"{self.name}-{n}-{part}", "").strip() for part in PARTS}
            if row["of"]:
                yield row | {"codes": formdata.getlist(f"{self.name}-{n}-code")}

    @property
    def drawn(self) -> list[dict]:
        """Return the rows, followed by blank ones."""
        return [*self.rows, *[BLANK] * BLANK_ROWS]

    @property
    def sentence(self) -> str:
        return "" if self.errors else condition_text.sentence(self.data, self.known)

    @property
    def questions(self) -> list[tuple[str, str]]:
        return [(key, label) for key, label, _field in self._named()]

    @property
    def dates(self) -> list[tuple[str, str]]:
        """Return the dates and NIKs, as (age:key, label)."""
        kinds, _name = condition_checks.KINDS["age"]
        named = ((key, label) for key, label, field in self._named() if field["type"] in kinds)
        return [(AGE + key, f"Umur, atau lama sejak: {label}") for key, label in named]

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """Return the answers to each question that has a choice."""
        kinds, _name = condition_checks.KINDS["is"]
        return {key: definition_parts.choice_options(one) for key, _label, one in self._named() if one["type"] in kinds}

    def _named(self) -> Iterator[tuple[str, str, dict]]:
        for key, field in self.known.items():
            label = field["label"]["id"]
            yield key, label, field
            yield from (
                (f"{key}.{item['key']}", f"{label} › {item['label']['id']}", item) for item in field.get("item") or ()
            )

    def pre_validate(self, form):
        if self.wrong:
            raise ValidationError(self.wrong)
        if self.data:
            try:
                self.data = condition_checks.validate_shape(self.data, "")
                condition_checks.validate_references(self.data, self.known, "")
            except InvalidDefinition as wrong:
                raise ValidationError(validation.problem_sentence(wrong)) from None

    def _made(self) -> dict | None:
        """Make the condition of what was typed."""
        if self.join == TOML:
            return read_toml(self.written)
        atoms = list(map(_atom_of, self.rows))
        join = self.join if self.join in conditions.JUNCTIONS else "all"
        return atoms[0] if len(atoms) == 1 and join != "none" else {join: atoms} if atoms else None


def _row_of(atom: Mapping) -> dict:
    """Return the table's row of one comparison."""
    how = next((word for word in ("is", "is_not", "same") if word in atom), "number")
    if "answered" in atom:
        how = "filled" if atom["answered"] else "empty"
    of = AGE + atom["age"] if "age" in atom else atom["same"][0] if how == "same" else atom["field"]
    other = atom["same"][1] if how == "same" else atom.get("on", "").replace("today", "")
    codes = atom.get("is") or atom.get("is_not") or []
    bounds = {"least": atom.get("at_least", ""), "below": atom.get("below", ""), "unit": atom.get("unit", "years")}
    return {"of": of, "how": how, "with": other, "codes": codes, **bounds}


def _atom_of(row: Mapping) -> dict:
    """Return the comparison of one row; raises ValidationError where the row isn't complete."""
    key, how = row["of"].removeprefix(AGE), row["how"]
    if how == "same":
        return {"same": [key, row["with"]]}
    if how in ("filled", "empty"):
        return {"field": key, "answered": how == "filled"}
    if how in ("is", "is_not"):
        if not row["codes"]:
            raise ValidationError("Centang sedikitnya satu jawaban dari pertanyaan itu.")
        return {"field": key, how: row["codes"]}
    bounds = {word: _number(row[name]) for word, name in (("at_least", "least"), ("below", "below")) if row[name]}
    if not row["of"].startswith(AGE):
        return {"field": key, **bounds}
    unit = {"unit": row["unit"]} if row["unit"] not in ("", "years") else {}
    return {"age": key, **({"on": row["with"]} if row["with"] else {}), **unit, **bounds}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise ValidationError("Tulis batasnya dengan angka bulat.")
    return int(text)


def write_toml(value: object) -> str:
    """Write a condition as one line of TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {write_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(write_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def read_toml(text: str) -> dict | None:
    """Read a condition from TOML; raises ValidationError, saying what is wrong."""
    if not text.strip():
        return None
    if len(text) > MAX_TEXT or text.count(".") > MAX_DOTS:
        raise ValidationError(f"Terlalu panjang; paling banyak {MAX_TEXT} huruf.")
    try:
        found = tomllib.loads(f"when = {text.strip()}")
    except (ValueError, RecursionError) as wrong:
        raise ValidationError(f"Ini bukan TOML yang benar: {str(wrong)[:200]}.") from None
    if len(found) > 1 or not found["when"]:
        raise ValidationError("Tulis satu syarat saja, dalam satu kurung kurawal { … }.")
    return found["when"]
