"""The proposal of a service on screens: an overview, and a small page for each part; publishing stands elsewhere."""

import re
from pathlib import Path

from flask import flash, redirect, request
from flask_admin import expose
from flask_login import current_user

import storage
import templating
import uploads
from admin_views.scope import abort_not_found
from admin_views.services.base import ServiceScreen
from admin_views.services.fields import FieldForm
from admin_views.services.forms import FactsForm, PartForm, ProductForm, RequirementForm, Scene, SectionForm
from admin_views.services.samples import keep_sample
from intake import faults, labels, outline, proposals, services, shape
from intake.shape import Malformed
from models import Layanan, Reason

FORMS: dict[str, type[PartForm]] = {
    "products": ProductForm,
    "requirements": RequirementForm,
    "sections": SectionForm,
    "fields": FieldForm,
    "items": FieldForm,
}
WORDS = {"products": "hasil", "requirements": "syarat", "sections": "bagian", "fields": "isian", "items": "isian"}
FIRST_ITEM = {"key": "nama", "type": "text", "label": {"id": "Nama", "en": "Name"}, "required": True}
QUOTED = re.compile("“([a-z_]+)”")
DRAWINGS = Path(templating.STATIC) / "samples"


class Parts(ServiceScreen):
    """Mixed into the screen of services."""

    @expose("/susun/")
    def overview(self):
        """The whole service as it is proposed, and what is missing before it can be published."""
        row = self.wanted()
        newest = proposals.newest(row)
        body = proposals.body_of(row, newest)
        facts = {
            "row": row,
            "body": body,
            "newest": newest,
            "faults": faults.faults(body, services.read_codes()) if row.proposal else [],
            "labels": labels,
            "differs": row.proposal is not None and (newest is None or newest.body != row.proposal),
        }
        return self.render("staff/layanan/overview.html", **facts)

    @expose("/keterangan/", methods=("GET", "POST"))
    def facts(self):
        """Name, form, promise and the other facts of a service."""
        row = self.wanted()
        body = proposals.body_of(row)
        form = FactsForm(request.form if request.method == "POST" else None, data=body)
        conflict = ""
        if request.method == "POST" and form.validate():
            given = {key: value for key, value in form.data.items() if value is not None}
            wrong = [one for one in faults.faults(body | given, {}) if not one.kind and one.sentence]
            try:
                if not _laid_beside(form, wrong[0].sentence if wrong else ""):
                    proposals.keep(row, body | given, self.seen(), current_user)
                    return self._saved(row, "keterangan")
            except proposals.Changed as changed:
                conflict, row = str(changed), self.wanted()
        return self._asked(row, form, "Keterangan umum", conflict)

    @expose("/unsur/", methods=("GET", "POST"))
    def part(self):
        """One product, requirement, section or question: new, or as it stands."""
        row, kind = self.wanted(), self.named("jenis")
        body, key, home = proposals.body_of(row), self.named("kunci"), self.named("di")
        spot = outline.find(body, kind, key) if key and kind in FORMS else None
        if kind not in FORMS or (key and not spot) or (not key and outline.listed(body, kind, home) is None):
            return self._gone(row) if request.method == "POST" else abort_not_found()
        home = home or outline.home_of(body, kind, key)
        scene = self._scene(row, body, kind, key, home)
        form = FORMS[kind](request.form if request.method == "POST" else None, spot.part if spot else {}, scene)
        conflict = ""
        if request.method == "POST" and form.validate():
            try:
                if self._kept(row, form, scene, spot.part if spot else {}):
                    return self._saved(row, f"{kind}-{form.own_key()}" if kind != "items" else f"fields-{home}")
            except (proposals.Changed, outline.Refused) as changed:
                conflict, row = str(changed), self.wanted()
        heading = f"{WORDS[kind].capitalize()}: {labels.part_title(spot.part)}" if spot else f"Tambah {WORDS[kind]}"
        return self._asked(row, form, heading, conflict, scene=scene, spot=spot, template="staff/layanan/part.html")

    def _scene(self, row: Layanan, body: dict, kind: str, key: str, home: str) -> Scene:
        edition = proposals.newest(row)
        published = outline.find(edition.body, kind, key) if edition and key else None
        used = proposals.used_keys(row, body)
        if kind == "items":
            used = {one["key"] for one in outline.listed(body, kind, home) or ()}
        reasons = Reason.select().where(Reason.kind == "deficiency", Reason.active).order_by(Reason.position, Reason.id)
        drawn = sorted(path.stem for path in DRAWINGS.glob("*.svg"))
        return Scene(
            body,
            kind,
            key,
            home,
            published=published.part if published else {},
            used=frozenset(used),
            reasons=tuple((one.key, one.name["id"]) for one in reasons),
            samples=tuple((name, name.replace("_", " ").replace("-", " ").capitalize()) for name in drawn),
            codes=services.read_codes(),
        )

    def _kept(self, row: Layanan, form: PartForm, scene: Scene, before: dict) -> bool:
        """Check a part and keep it; a sentence beside its field otherwise."""
        part = form.part()
        if scene.kind == "fields" and part["type"] == "group":
            part["item"] = before.get("item") or [dict(FIRST_ITEM)]
        if scene.kind == "requirements" and (picture := request.files.get("picture")) and picture.filename:
            try:
                part["sample"] = form["sample"].data = keep_sample(picture)
            except (uploads.Refused, storage.Refused) as refused:
                form["picture"].errors = [str(refused)]
                return False
        try:
            part = checked(part, scene)
        except Malformed as wrong:
            return not _laid_beside(form, faults.problem_sentence(wrong))
        outline.put(scene.body, scene.kind, scene.home, scene.key, part)
        proposals.keep(row, scene.body, self.seen(), current_user)
        return True

    @expose("/susunan/", methods=("POST",))
    def rearrange(self):
        """Move a part up or down, or take it out."""
        row = self.wanted()
        body = proposals.body_of(row)
        kind, _, rest = (request.form.get("move") or request.form.get("remove") or "").partition(":")
        key, _, way = rest.partition(":")
        if kind not in FORMS or not outline.find(body, kind, key):
            return self._gone(row)
        try:
            if request.form.get("move"):
                outline.move(body, kind, key, -1 if way == "up" else 1)
            else:
                self._take_out(body, kind, key)
            proposals.keep(row, body, self.seen(), current_user)
        except (proposals.Changed, outline.Refused) as changed:
            flash(f"Belum tersimpan: {changed}", "warn")
        anchor = f"{kind}-{key}" if request.form.get("move") else kind
        return redirect(self.get_url(".overview", id=row.id, _anchor=anchor.partition(".")[0]), 303)

    def _take_out(self, body: dict, kind: str, key: str) -> None:
        gone = outline.remove(body, kind, key) or {}
        fields = {"sections": gone.get("fields", []), "fields": [gone]}.get(kind, [])
        for one in fields:
            if hanging := outline.dependents(body, one["key"]):
                names = ", ".join(f"“{name}”" for name in hanging[:3])
                raise outline.Refused(f"“{labels.part_title(one)}” masih dipakai oleh {names}. Lepaskan dulu di sana.")
        flash(f"“{labels.part_title(gone)}” dihapus dari usulan.", "success")

    @expose("/buang/", methods=("POST",))
    def discard(self):
        """Throw the proposal away; a service that was never published goes with it."""
        row = self.wanted()
        try:
            proposals.discard(row, self.seen(), current_user)
        except proposals.Changed as changed:
            flash(f"Tidak dibuang: {changed}", "warn")
            return redirect(self.get_url(".overview", id=row.id), 303)
        flash(f"Usulan {row.code} dibuang.", "success")
        return redirect(self.get_url(".index_view"), 303)

    def _saved(self, row: Layanan, anchor: str):
        flash("Tersimpan dalam usulan. Pemohon melihatnya setelah diterbitkan.", "success")
        return redirect(self.get_url(".overview", id=row.id, _anchor=anchor), 303)

    def _gone(self, row: Layanan):
        flash("Bagian itu sudah tidak ada dalam usulan; mungkin baru dihapus orang lain.", "warn")
        return redirect(self.get_url(".overview", id=row.id), 303)

    def _asked(self, row: Layanan, form, heading: str, conflict: str = "", **more):
        template = more.pop("template", "staff/layanan/form.html")
        facts = {"row": row, "form": form, "heading": heading, "conflict": conflict, "press": "Simpan"}
        facts["back"] = self.get_url(".overview", id=row.id)
        status = 409 if conflict else 422 if request.method == "POST" else 200
        return self.render(template, **facts, **more), status


def checked(part: dict, scene: Scene) -> dict:
    """A part with its defaults filled in, or Malformed."""
    if scene.kind == "sections":
        return shape.table(part, SectionForm.rules, "")
    if scene.kind in ("fields", "items"):
        return services.field(part, "", scene.codes, in_group=scene.kind == "items")
    return {"products": services.product, "requirements": services.requirement}[scene.kind](part, "")


def _laid_beside(form, sentence: str) -> bool:
    """Lay a sentence beside the field that it names, or else the first; was there one?"""
    if not sentence:
        return False
    name = next((name for name in QUOTED.findall(sentence) if name in form), next(iter(form)).name)
    form[name].errors = [sentence]
    return True
