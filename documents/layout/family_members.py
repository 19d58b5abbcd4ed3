"""Table of family members, split in two where it would be too narrow."""

from documents.layout.line_breaks import printed_text
from documents.layout.tables import Column, draw_table

# key, heading, share of the width, alignment: in the order and the halves of the national family card
MEMBER_COLUMNS = (
    ("name", "Nama lengkap", 6.4, "L"),
    ("nik", "NIK", 4.6, "C"),
    ("sex", "Jenis kelamin", 2.6, "L"),
    ("birth_place", "Tempat lahir", 3.3, "L"),
    ("birth_date", "Tanggal lahir", 2.8, "C"),
    ("religion", "Agama", 2.3, "L"),
    ("education", "Pendidikan", 4, "L"),
    ("occupation", "Jenis pekerjaan", 4, "L"),
    ("blood_type", "Gol. darah", 1.7, "C"),
    ("marital_status", "Status perkawinan", 4, "L"),
    ("married_on", "Tanggal perkawinan", 3, "C"),
    ("relation", "Hubungan dalam keluarga", 3.6, "L"),
    ("citizenship", "Kewarganegaraan", 3.3, "C"),
    ("passport", "Nomor paspor", 3, "C"),
    ("permit", "Nomor KITAS/KITAP", 3, "C"),
    ("father", "Nama ayah", 5, "L"),
    ("mother", "Nama ibu", 5, "L"),
)  # fmt: skip
FIRST_TABLE_COLUMNS = 9
MIN_COLUMN_WIDTH, NUMBER_WIDTH = 26, 8  # mm: average minimum width of a column, width of the row number
EMPTY = "–"


def rows_with_name(label, document):
    """Return the document's rows, preceded by the name unless a row has it already."""
    name, rows = printed_text(document.get("name")), list(document["rows"])
    return rows if not name or name in (printed_text(value) for _, value in rows) else [(label, name), *rows]


def draw_members(pdf, people, *, size):
    """Draw `people`, dicts by the keys of COLUMNS; any other key becomes a column with itself as the heading.

    Empty columns are left out.
    """
    named = {key for key, *_ in MEMBER_COLUMNS}
    extra = dict.fromkeys(key for person in people for key in person if key not in named)
    wanted = [*MEMBER_COLUMNS, *((key, _heading(key), 3.5, "L") for key in extra)]
    columns = [column for column in wanted if any(printed_text(person.get(column[0])) for person in people)]
    for part in _parts(columns, most=int(pdf.epw // MIN_COLUMN_WIDTH)):
        _table(pdf, part, people, size)
        pdf.y += 4


def _heading(key):
    return key.replace("_", " ").capitalize() if key.islower() else key


def _parts(columns, most):
    """Split columns that are more than `most`, between the halves of the national family card and wherever needed."""
    if len(columns) <= most:
        return [columns] if columns else []
    first = [column for column in columns if column in MEMBER_COLUMNS[:FIRST_TABLE_COLUMNS]]
    halves = (first, columns[len(first) :])
    return [half[start : start + most] for half in halves for start in range(0, len(half), most)]


def _table(pdf, columns, people, size):
    scale = (pdf.epw - NUMBER_WIDTH) / sum(share for _, _, share, _ in columns)
    widths = [Column(share * scale, head, align) for _, head, share, align in columns]
    heads = [Column(NUMBER_WIDTH, "No.", "C"), *widths]
    cells = ([printed_text(person.get(key)) or EMPTY for key, *_ in columns] for person in people)
    rows = [(number, *row) for number, row in enumerate(cells, 1)]
    draw_table(pdf, heads, rows, size=size, pad=0.8)
