"""HTTP client of the counter's pages on which applications are filled in."""

from intake import drafts
from models import Permohonan
from tests.helpers import factory
from tests.helpers.public_client import PASSWORD, PublicClient, jpeg_upload, section_form_data

HOME = "/petugas/loket"


class CounterClient(PublicClient):
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
        section = next(one for one in drafts.form_pages(permohonan) if one["key"] == key)
        form = section_form_data(section, sample_answers(permohonan), drafts.get_draft(permohonan).version)
        return self.post(f"{application_url(permohonan)}/isi/{key}", form | other)

    def submit_application(self, code="KTP-HILANG"):
        """Fill in and submit an application of a service, uploads included; return it."""
        permohonan = self.begin(code)
        for section in drafts.form_pages(permohonan):
            assert self.fill(permohonan, section["key"]).status_code == 303
        wanted = [one["key"] for one in permohonan.edition.body["requirements"]]
        for key in wanted:
            self.post(
                f"{application_url(permohonan)}/unggahan", {f"upload-{key}": jpeg_upload(key), "stay": f"upload-{key}"}
            )
        answer = self.post(f"{application_url(permohonan)}/periksa", {"declaration": "ya"})
        assert answer.location == f"{HOME}/baru", answer.text
        return reload(permohonan)


def sample_answers(permohonan):
    fields = [field for section in drafts.form_pages(permohonan) for field in section["fields"]]
    children = factory.CHILDREN.get(permohonan.edition.body["code"], {})
    found = factory.sample_answers(fields) | children
    return found | {"pemohon_untuk": "keluarga" if "hubungan_pelapor" in found else "diri", "pemohon_email": ""}


def application_url(permohonan):
    return f"{HOME}/permohonan/{permohonan.key}"


def reload(permohonan):
    return Permohonan.get_by_id(permohonan.id)
