"""HTTP client of the counter's pages on which applications are filled in."""

from intake import applying
from models import Permohonan
from tests.visiting import PASSWORD, Visitor, jpeg, section_form
from tests.world import sample

HOME = "/petugas/loket"


class Operator(Visitor):
    """A counter operator, signed in."""

    def __init__(self, app, email="loket.pemaron@aku.example"):
        super().__init__(app)
        answer = self.post("/petugas/masuk", {"email": email, "password": PASSWORD})
        assert answer.status_code == 303, email

    def begin(self, code="KTP-HILANG", **form):
        answer = self.post(f"{HOME}/permohonan/baru/{code}", form)
        assert answer.status_code == 303, answer.text
        return Permohonan.select().order_by(Permohonan.id.desc()).get()

    def fill(self, permohonan, key, **other):
        section = next(one for one in applying.sections(permohonan) if one["key"] == key)
        form = section_form(section, answers_of(permohonan), applying.draft_of(permohonan).version)
        return self.post(f"{page_of(permohonan)}/isi/{key}", form | other)

    def take_in(self, code="KTP-HILANG"):
        """Fill in and submit an application of a service, uploads included; return it."""
        permohonan = self.begin(code)
        for section in applying.sections(permohonan):
            assert self.fill(permohonan, section["key"]).status_code == 303
        wanted = [one["key"] for one in permohonan.edition.body["requirements"]]
        for key in wanted:
            self.post(f"{page_of(permohonan)}/unggahan", {f"upload-{key}": jpeg(key), "stay": f"upload-{key}"})
        answer = self.post(f"{page_of(permohonan)}/periksa", {"declaration": "ya"})
        assert answer.location == f"{HOME}/", answer.text
        return again(permohonan)


def answers_of(permohonan):
    fields = [field for section in applying.sections(permohonan) for field in section["fields"]]
    return {field["key"]: sample(field) for field in fields} | {"pemohon_untuk": "diri", "pemohon_email": ""}


def page_of(permohonan):
    return f"{HOME}/permohonan/{permohonan.key}"


def again(permohonan):
    return Permohonan.get_by_id(permohonan.id)
