"""Parts of a service's proposal (products, requirements, sections, fields): their forms, saving and removing."""

import re

from flask import request

from admin_views.service_editor.field_form import FieldForm
from admin_views.service_editor.part_forms import (
    ContradictionForm,
    PartContext,
    PartForm,
    ProductForm,
    RequirementForm,
    SectionForm,
)
from admin_views.service_editor.sample_upload import save_sample
from catalogue import definition, definition_parts, labels, proposals, schema, statements, validation
from catalogue.schema import InvalidDefinition
from files import inspection, storage
from models import Layanan, Reason
from web import filters

FORMS: dict[str, type[PartForm]] = {
    "products": ProductForm,
    "requirements": RequirementForm,
    "sections": SectionForm,
    "fields": FieldForm,
    "items": FieldForm,
    "contradictions": ContradictionForm,
}
NOUNS = {"products": "hasil", "requirements": "syarat", "sections": "bagian", "fields": "isian", "items": "isian"}
NOUNS |= {"contradictions": "pertentangan"}
VALIDATORS = {
    "products": definition.validate_product,
    "requirements": definition.validate_requirement,
    "contradictions": definition.validate_contradiction,
}
FIRST_ITEM = {"key": "nama", "type": "text", "label": {"id": "Nama", "en": "Name"}, "required": True}
QUOTED_KEY = re.compile("“([a-z_]+)”")


def heading(kind: str, spot: definition_parts.PartLocation | None) -> str:
    """Return the heading of a part's form."""
    return f"{NOUNS[kind].capitalize()}: {labels.part_title(spot.part)}" if spot else f"Tambah {NOUNS[kind]}"


def context(row: Layanan, body: dict, kind: str, key: str, home: str) -> PartContext:
    """Return what the form of a part needs to know of the rest of the service."""
    edition = proposals.newest_edition(row)
    published = definition_parts.find_part(edition.body, kind, key) if edition and key else None
    used = proposals.used_keys(row, body)
    if kind == "items":
        used = {one["key"] for one in definition_parts.part_list(body, kind, home) or ()}
    reasons = Reason.select().where(Reason.kind == "deficiency", Reason.active).order_by(Reason.position, Reason.id)
    drawings = sorted(path.stem for path in (filters.static_folder() / "samples").glob("*.svg"))
    return PartContext(
        body,
        kind,
        key,
        home,
        published=published.part if published else {},
        used=frozenset(used),
        reasons=tuple((one.key, one.name["id"]) for one in reasons),
        samples=tuple((name, name.replace("_", " ").replace("-", " ").capitalize()) for name in drawings),
        statements=tuple((code, f"{code} · {one['name']['id']}") for code, one in statements.stored().items()),
        codes=definition.read_codes(),
    )


def save(row: Layanan, form: PartForm, before: dict, version: int, user) -> bool:
    """Validate the part of a form and save it in the proposal; False, with an error on its field, if it is invalid.

    Raises ProposalConflict if the proposal is no longer at `version`, and EditRefused.
    """
    part, scene = form.part(), form.scene
    if scene.kind == "fields" and part["type"] == "group":
        part["item"] = before.get("item") or [dict(FIRST_ITEM)]
    if scene.kind == "requirements" and (picture := request.files.get("picture")) and picture.filename:
        try:
            part["sample"] = form["sample"].data = save_sample(picture)
        except (inspection.UploadRejected, storage.StorageError) as refused:
            form["picture"].errors = [str(refused)]
            return False
    try:
        part = _validated(part, scene)
    except InvalidDefinition as wrong:
        return not add_error(form, validation.problem_sentence(wrong))
    definition_parts.replace_or_append(scene.body, scene.kind, scene.home, scene.key, part)
    proposals.save(row, scene.body, version, user)
    return True


def _validated(part: dict, scene: PartContext) -> dict:
    """Return a part with its defaults, or raise InvalidDefinition."""
    if scene.kind == "sections":
        return schema.validate(part, SectionForm.rules, "")
    if scene.kind in ("fields", "items"):
        return definition.validate_field_definition(part, "", scene.codes, in_group=scene.kind == "items")
    return VALIDATORS[scene.kind](part, "")


def add_error(form, sentence: str) -> bool:
    """Add an error to the field that it names in quotes, or to the first field; False without a sentence."""
    if not sentence:
        return False
    name = next((name for name in QUOTED_KEY.findall(sentence) if name in form), next(iter(form)).name)
    form[name].errors = [sentence]
    return True


def remove(body: dict, kind: str, key: str) -> str:
    """Remove a part and return its title; raises EditRefused if another part depends on it."""
    gone = definition_parts.remove_part(body, kind, key) or {}
    fields = {"sections": gone.get("fields", []), "fields": [gone]}.get(kind, [])
    for one in fields:
        if hanging := definition_parts.dependents(body, one["key"]):
            names = ", ".join(f"“{name}”" for name in hanging[:3])
            used = f"“{labels.part_title(one)}” masih dipakai oleh {names}. Lepaskan dulu di sana."
            raise definition_parts.EditRefused(used)
    return labels.part_title(gone)
