"""Application form of a service from its edition: blank, or filled in for signing. Validates no answers."""

from datetime import datetime
from math import ceil

from catalogue import condition_text, conditions
from documents.layout.form_controls import MAX_TICK_BOXES, choices_of, display_value, draw_form_code, form_control
from documents.layout.form_declaration import draw_attachments, draw_declaration
from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import SEA, SOFT, TINT, PdfDocument
from documents.layout.tables import draw_table, table_columns

NUMBER_WIDTH, LABEL_WIDTH = 8, 55  # mm: the columns of numbers and of labels
MAX_TABLE_COLUMNS = 6  # a group with more columns is set in blocks instead of a table
BLANK_ROWS, BLANK_BLOCKS = 12, 3  # empty rows and blocks of a blank group
COLUMN_SHARES = {"nik": 3.1, "kk": 3.1, "name": 3.4, "text": 3, "village": 3, "date": 2, "choice": 2.2, "phone": 2.2}
FREE_OF_CHARGE = "GRATIS – tidak dipungut biaya"
INSTRUCTIONS = (
    "Isi dengan huruf cetak dan tinta hitam; beri tanda silang pada kotak pilihan. Setelah ditandatangani, foto atau "
    "pindai semua halaman dan unggah di AKU Online, atau serahkan di loket desa, kelurahan, atau kecamatan."
)
INSTRUCTIONS_FILLED = (
    "Periksa isian di bawah ini. Jika sudah benar, cetak dan tanda tangani, lalu foto atau pindai semua halaman dan "
    "unggah di AKU Online. Jika ada yang salah, perbaiki dulu di AKU Online, lalu unduh formulir ini lagi."
)


def application_form(
    edition: dict,
    *,
    office: dict,
    demo: bool,
    answers: dict | None = None,
    given: dict | None = None,
    signed: dict | None = None,
    made_at: datetime | None = None,
) -> bytes:
    """Return the application form of the service `edition` as a PDF, filled in with `answers` if given.

    Villages are printed as given in `answers`: pass names, not codes. `given` are the same answers as they are stored,
    on which conditions depend.
    """
    title = f"Formulir {edition['form_code']} – {printed_text(edition['name'])}"
    pdf = PdfDocument(office=office, title=title, demo=demo, made_at=made_at)
    pdf.strict = False  # read by people and signed by hand: a missing glyph prints as its code point
    pdf.footer_text = pdf.running_head = title
    form = _Form(pdf, edition, answers, given)
    form.draw_opening()
    for place, section in enumerate(filter(form.applicable_fields, edition.get("sections", ()))):
        form.draw_section(chr(ord("A") + place % 26), section)
    needed = [need for need in edition.get("requirements", ()) if form.may_apply(need.get("when"))]
    draw_attachments(pdf, needed, form.describe_condition)
    draw_declaration(pdf, signed)
    return pdf.finish()


class _Form:
    def __init__(self, pdf, edition, answers, given):
        self.pdf, self.edition, self.answers, self.given = pdf, edition, answers or {}, given or answers or {}
        self.filled = answers is not None
        self.number = 0
        self.positions = {}  # key → position of the field on paper, for the notes that refer to it
        self.fields = {field["key"]: field for section in edition.get("sections", ()) for field in section["fields"]}

    def draw_opening(self):
        """Draw the letterhead, form code, name of the service and instructions."""
        pdf, edition = self.pdf, self.edition
        pdf.ensure_space(60)
        pdf.letterhead()
        top, width = pdf.y, pdf.epw - 36
        pdf.paragraph("Formulir permohonan", size=9, color=SOFT)
        pdf.paragraph(edition["name"], size=16, bold=True, width=width, gap=0.5)
        legal = "; ".join(edition.get("legal", ()))
        pdf.paragraph(f"Dasar: {legal}" if legal else "", size=7.5, color=SOFT, width=width)
        below = pdf.y
        draw_form_code(pdf, edition["form_code"], top)
        pdf.y = max(below, top + 13) + 3
        self._service_standard()
        pdf.paragraph(INSTRUCTIONS_FILLED if self.filled else INSTRUCTIONS, size=8, color=SOFT, gap=4)

    def _service_standard(self):
        pdf, edition = self.pdf, self.edition
        pdf.box(pdf.l_margin, pdf.y, pdf.epw, 8, fill=TINT, color=None)
        pdf.set_style(9.5, bold=True, color=SEA)
        y = pdf.y + (8 - pdf.line_height) / 2
        pdf.draw_lines([FREE_OF_CHARGE], pdf.l_margin + 3, y, 90)
        days = edition.get("sla_days")
        pdf.set_style(8.5)
        y += 0.25
        promise = f"Selesai dalam {days} hari kerja" if days else ""
        pdf.draw_lines([promise], pdf.l_margin, y, pdf.epw - 3, "R")
        pdf.y = y + 10
        if edition.get("report_within_days"):
            within = edition["report_within_days"]
            text = f"Laporkan dalam {within} hari sejak kejadian. Lewat dari itu tetap kami terima."
            pdf.paragraph(text, size=8, color=SOFT, gap=0.5)

    # -- fields -------------------------------------------------------------------------------------------------

    def applicable_fields(self, section):
        """Return the fields of a section that may apply."""
        return [field for field in section["fields"] if self.may_apply(field.get("when"))]

    def draw_section(self, letter, section):
        """Draw a section with its applicable fields."""
        self.pdf.heading(printed_text(section["title"]), letter=letter)
        for field in self.applicable_fields(section):
            self.number += 1
            self.positions[field["key"]] = f"nomor {self.number}"
            if field["type"] == "group":
                self.draw_group(field)
            else:
                value, condition = self.answers.get(field["key"]), self.describe_condition(field.get("when"))
                self.draw_field(field, value, f"{self.number}.", condition)
        self.pdf.y += 2.5

    def may_apply(self, when):
        """Return whether the condition `when` may hold: yes unless the answers it names say otherwise."""
        return conditions.is_met(when, self.given) or any(map(self._is_open, conditions.keys_of(when)))

    def _is_open(self, key):
        """Return whether a field was not answered, but may yet be."""
        field = self.fields.get(key)
        return self.given.get(key) in (None, "") and (field is None or self.may_apply(field.get("when")))

    def describe_condition(self, when, among=None):
        """Describe the condition `when` in words, or return an empty string; `among` are the fields of its group.

        If most answers satisfy a simple one, the exceptions are named instead.
        """
        known = self.fields | (among or {})
        if not when or not set(conditions.keys_of(when)) <= set(known):
            return ""
        if "is" not in when or "." in when["field"]:
            return f"bila {condition_text.clause(when, known)}"
        field = known[when["field"]]
        place = self.positions.get(when["field"], printed_text(field["label"]))
        asked = [display_value(field, value) for value in when["is"]]
        others = [text for _, text in choices_of(field) if text not in asked]
        if 0 < len(others) < len(asked):
            return f"kecuali bila {place}: {' / '.join(others)}"
        return f"bila {place}: {' / '.join(asked)}"

    def draw_field(self, field, value, number, condition=""):
        """Draw one field: number, label with notes, and control."""
        pdf = self.pdf
        width = pdf.epw - NUMBER_WIDTH - LABEL_WIDTH
        height, first, draw = form_control(pdf, field, value, width)
        if height > pdf.page_height - 20:  # below a heading
            pdf.paragraph(f"{number} {printed_text(field['label'])}", size=9, gap=1)
            pdf.paragraph(display_value(field, value), size=9.5, indent=NUMBER_WIDTH, gap=2.2)
            return
        pdf.set_style(9)
        label = pdf.wrap(printed_text(field["label"]), LABEL_WIDTH - 3)
        notes = self._notes(field, condition)
        pdf.ensure_space(max(height, len(label) * 4.6 + len(notes) * 3.5) + 1)
        x, y = pdf.l_margin, pdf.y
        pdf.set_style(9)
        down = (first - pdf.line_height) / 2
        pdf.draw_lines([number], x, y + down, NUMBER_WIDTH)
        down += pdf.draw_lines(label, x + NUMBER_WIDTH, y + down, LABEL_WIDTH - 3)
        pdf.set_style(7, color=SOFT)
        down += pdf.draw_lines(notes, x + NUMBER_WIDTH, y + down, LABEL_WIDTH - 3)
        draw(x + NUMBER_WIDTH + LABEL_WIDTH, y)
        pdf.y = y + max(height, down) + 2.2

    def _notes(self, field, condition):
        if self.filled:
            return []
        only = " hanya" if condition.startswith("bila") else ","
        notes = (
            "" if field.get("required") else "Boleh dikosongkan.",
            f"Isi{only} {condition}." if condition else "",
            printed_text(field.get("hint")),
        )
        self.pdf.set_style(7)
        return [line for note in notes for line in self.pdf.wrap(note, LABEL_WIDTH - 3)]

    # -- groups -------------------------------------------------------------------------------------------------

    def draw_group(self, field):
        """Draw a repeated group of fields: a table, or blocks where a table would be too narrow."""
        pdf, given = self.pdf, self.answers.get(field["key"]) or []
        pdf.ensure_space(24)
        notes = self._notes(field, self.describe_condition(field.get("when")))
        pdf.paragraph(f"{self.number}.  {printed_text(field['label'])}", size=9, gap=0.5)
        pdf.paragraph(" ".join(notes), size=7, color=SOFT, gap=1)
        if self.filled and not given:
            pdf.paragraph("Tidak ada.", size=9, indent=NUMBER_WIDTH)
        elif len(field["item"]) <= MAX_TABLE_COLUMNS:
            self._table(field["item"], field, given)
        elif len(given) > 1:
            self._tables(field, given)
        else:
            self._blocks(field, given)
        pdf.y += 2

    def _tables(self, field, given):
        """Draw many rows as tables below each other, each as wide as the page; each begins with the first column."""
        first, *others = [part for part in field["item"] if any(row.get(part["key"]) for row in given)] or field["item"]
        count = ceil(len(others) / (MAX_TABLE_COLUMNS - 1))
        size = ceil(len(others) / (count or 1))
        for start in range(0, max(len(others), 1), size or 1):
            self._table([first, *others[start : start + size]], field, given)
            self.pdf.y += 1.5

    def _table(self, item, field, given):
        pdf = self.pdf
        shares = [COLUMN_SHARES.get(part["type"], 1.6) for part in item]
        columns = table_columns(pdf, shares, [printed_text(part["label"]) for part in item], NUMBER_WIDTH)
        given = given or [{}] * min(field.get("max_items") or BLANK_ROWS, BLANK_ROWS)
        self._choices(item)
        rows = [
            (str(n), *(display_value(part, row.get(part["key"])) for part in item)) for n, row in enumerate(given, 1)
        ]
        draw_table(pdf, columns, rows, size=8, least=7.5)
        pdf.y += 1

    def _choices(self, item):
        """Draw the choices of the columns of a blank table."""
        for part in item:
            choices = choices_of(part)
            if choices and not self.filled and len(choices) <= MAX_TICK_BOXES:
                text = " / ".join(text for _, text in choices)
                self.pdf.paragraph(f"{printed_text(part['label'])}: {text}.", size=7, color=SOFT)
        self.pdf.y += 0.8

    def _blocks(self, field, given):
        most = len(given) or min(field.get("max_items") or BLANK_BLOCKS, BLANK_BLOCKS)
        among = {part["key"]: part for part in field["item"]}
        letters = {key: chr(ord("a") + place % 26) for place, key in enumerate(among)}
        outside = self.positions
        self.positions = outside | {key: f"huruf {letter}" for key, letter in letters.items()}
        for place in range(most):
            self.pdf.ensure_space(30)
            self.pdf.paragraph(f"{printed_text(field['label'])} ke-{place + 1}", size=9, bold=True, color=SEA, gap=1)
            answers = given[place] if place < len(given) else {}
            for key, part in among.items():
                condition = self.describe_condition(part.get("when"), among)
                self.draw_field(part, answers.get(key), f"{letters[key]}.", condition)
        self.positions = outside
        if not given and (field.get("max_items") or most) > most:
            self.pdf.paragraph("Jika lebih banyak, salin halaman ini.", size=8, color=SOFT)
