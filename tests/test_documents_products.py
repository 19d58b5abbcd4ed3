"""Every product of every service that is made here: a document, not a form, also with the hardest data."""

import io
import itertools
import re
import subprocess

import pikepdf
import pymupdf
import pypdfium2
import pytest
import zxingcpp
from pikepdf.pdfa import validate_written
from PIL import Image, ImageFilter

from catalogue import document_templates
from documents.tte import pki
from documents.tte.verify import verify
from tests import machine
from tests.helpers.document_samples import misplaced_words, pdf_pages, pdf_words, poppler
from tests.helpers.products import HARDEST, SIGNED, made_here, product_cases
from tests.helpers.service_cases import services
from tests.helpers.signing_certificates import make_signers, sign


def parted_headings(blocks, pages):
    """Return the texts above rows or a table that stand on another page than its beginning."""
    pages = [" ".join(page.split()) for page in pages]
    above = [(one["text"], two) for one, two in itertools.pairwise(blocks) if one["kind"] == "text" != two["kind"]]
    ends = [(" ".join(text.split()[-3:]), (two.get("heads") or two["rows"])[0][0]) for text, two in above]
    return [end for end, label in ends if not any(end in page and label in page for page in pages)]


CASES = list(product_cases())
EVERYDAY = [(name, code) for name, code, _given in CASES if name.endswith("-everyday")]


def blocks_text(data):
    """Return all that a document says, as it was composed."""
    for block in data["blocks"]:
        yield from (block.get("text", ""), block.get("en", ""))
        for row in block.get("rows", ()):
            yield from row
        for head in block.get("heads", ()):
            yield head[0]


def assert_well_worded(data):
    for text in (data["title"], *data["heads"], *blocks_text(data)):
        assert not re.search(r"[?{}\[\]]|  | [,.;]|\(\)|,,|None|tanpa:", text), text
        assert not text.startswith("Apakah"), text


@pytest.mark.parametrize("name, code, given", CASES, ids=[case[0] for case in CASES])
def test_what_is_made_here_reads_as_a_document(name, code, given):
    for _product, data, _pdf in made_here(code, given):
        assert_well_worded(data)
        assert data["facts"] and data["signer"] in ("registrar", "office")


@pytest.mark.parametrize("kind", ["ordinary", *HARDEST])
@pytest.mark.parametrize("name, code", EVERYDAY, ids=[case[0] for case in EVERYDAY])
def test_every_paper_says_all_its_facts_and_holds_together(name, code, kind):
    for product, data, pdf in made_here(code, {}, kind):
        assert_well_worded(data)
        said, pages = pdf_words(pdf).upper(), pdf_pages(pdf)
        for label, value in data["facts"]:
            assert all(word.upper() in said for word in value.split()), (product["key"], label, value)
        last = [block for block in data["blocks"] if block["kind"] == "text"][-1]["text"]
        assert last.split()[-1] in pages[-1], "the last words stand with the signature"
        assert parted_headings(data["blocks"], pages) == []
        assert misplaced_words(pdf) == [], product["key"]
        assert validate_written(io.BytesIO(pdf), "2b").passed
        assert len(pages) <= (3 if kind == "longest" else 1)


@pytest.mark.parametrize("kind", ["ordinary", "longest"])
@pytest.mark.parametrize("name, code", EVERYDAY, ids=[case[0] for case in EVERYDAY])
def test_the_code_of_every_paper_is_read_from_a_crooked_blurred_scan(name, code, kind):
    for _product, _data, pdf in made_here(code, {}, kind):
        last = str(len(pdf_pages(pdf)))
        drawn = poppler(pdf, "pdftoppm", "-r", "100", "-f", last, "-gray", "-png", "-")
        page = Image.open(io.BytesIO(drawn)).convert("L")
        scan = page.rotate(2, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(0.7))
        assert [one.text for one in zxingcpp.read_barcodes(scan)] == [SIGNED["verify_url"]]


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """The authority's folder, and a signed paper of each layout, a long one among them."""
    folder = make_signers(tmp_path_factory.mktemp("tte"))
    made = [paper for code in ("AK-LAHIR", "AK-ANGKAT", "PIN-KELUAR") for paper in made_here(code, {}, "longest")]
    assert {data["layout"] for _product, data, _pdf in made} == {"deed", "note", "letter"}
    return folder, [sign(folder, pdf) for _product, _data, pdf in made]


def test_signed_papers_open_everywhere_without_a_warning(signed, tmp_path):
    folder, papers = signed
    for pdf in papers:
        path = tmp_path / "paper.pdf"
        path.write_bytes(pdf)
        for tool, *rest in (["pdfsig"], ["pdfinfo"], ["pdftoppm", "-r", "20"], ["pdftotext"]):
            target = [str(tmp_path / "out")] if tool.startswith("pdfto") else []
            told = subprocess.run([machine.poppler(tool), *rest, str(path), *target], capture_output=True, check=True)
            assert told.stderr == b"", (tool, told.stderr)
        assert verify(pdf, [pki.root_certificate(folder)]).covers_all
        pymupdf.TOOLS.reset_mupdf_warnings()
        with pymupdf.open(stream=pdf) as opened, pypdfium2.PdfDocument(pdf) as drawn:
            assert opened.page_count == len(drawn) and not opened.is_repaired
            sizes = [
                (page.get_pixmap(dpi=20).width, drawn[n].render(scale=20 / 72).width) for n, page in enumerate(opened)
            ]
        assert all(one == two for one, two in sizes) and pymupdf.TOOLS.mupdf_warnings() == ""
        with pikepdf.open(io.BytesIO(pdf)) as checked:
            assert checked.check_pdf_syntax() == []


def test_every_template_is_used_and_every_family_card_is_siak_s():
    products = [one for body in services().values() for one in body["products"] if one["kind"] == "pdf"]
    assert {one["template"] for one in products} - {""} == set(document_templates.titles())
    assert {one["source"] for one in products if one["key"].startswith("kk")} == {"siak"}
    assert all(one["source"] in ("siak", "own", "either") for one in products)


def test_every_template_is_made_in_some_case():
    made = {product["template"] for _name, code, given in CASES for product, _data, _pdf in made_here(code, given)}
    assert made == set(document_templates.titles())
