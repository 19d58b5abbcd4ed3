"""PDF sanitizer: copies the pages into a new PDF without active content, and proves that they look the same. Runs in
the child only and executes nothing.

An allowlist is kept: page contents and their resources. Catalogue, forms, annotations, attachments, scripts and
metadata are dropped; the appearance of forms and annotations is flattened into the page first. Each page is then drawn
from the original and from the copy; where they differ, the drawing of the original becomes the page.
"""

import base64
import io
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from files.inspection import jpeg, pdf_fidelity
from files.inspection.pdf_renderer import RENDER_ERRORS, LockedPdf, Renderer
from files.inspection.results import SanitizedFile, UploadRejected

MAX_PAGES = 30
MAX_OBJECTS = 50_000
MAX_STREAM = 110 * 10**6  # bytes once inflated: an A4 page at 600 dots an inch in colour
MAX_INFLATED = 400 * 10**6  # bytes of all streams together
MAX_IMAGE_PIXELS = 100 * 10**6  # an A3 page at 600 dots an inch has 70 million
MAX_PAGE_SIDE = 14_400  # points; larger pages are outside the PDF standard
KEPT_OF_PAGE = frozenset(
    {"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Group", "/UserUnit"}
)
DROPPED_OF_STREAM = ("/F", "/FFilter", "/FDecodeParms", "/Metadata", "/PieceInfo", "/OPI", "/Ref", "/AF", "/Alternates")
ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/ResetForm", "/Hide", "/Named",
    "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Trans", "/SetOCGState", "/Thread",
})  # fmt: skip
COMPRESSORS = frozenset({"/FlateDecode", "/LZWDecode", "/RunLengthDecode"})
FILTERS = COMPRESSORS | {
    "/ASCII85Decode", "/ASCIIHexDecode", "/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode",
}  # fmt: skip
# Errors of PDFs in which any value may be missing or of the wrong type.
PDF_ERRORS = (pikepdf.PdfError, pikepdf.DataDecodingError, zlib.error, ValueError, TypeError, KeyError, AttributeError)

JPEG_DECODERS = {  # filters that some programs put around a JPEG; their size was checked before
    "/FlateDecode": zlib.decompress,
    "/ASCII85Decode": lambda raw: base64.a85decode(b"<~" + raw.strip(), adobe=True),
    "/ASCIIHexDecode": lambda raw: bytes.fromhex(raw.partition(b">")[0].decode("ascii")),
}


def load_libraries() -> None:
    """Let the libraries open what they open at their first use: afterwards no file can be opened."""
    Image.preinit()
    with pikepdf.new() as locked:  # qpdf then keeps its source of random numbers, without which it opens nothing locked
        locked.add_blank_page()
        locked.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="-", user=""))


def clean(data: bytes) -> SanitizedFile:
    """Sanitize a PDF; raise UploadRejected when it is locked, too large, cut off or can't be drawn."""
    filters = ("flate", "run_length", "png", "tiff")
    limits: dict = {f"{name}_max_memory": MAX_STREAM for name in filters}
    pikepdf.settings.set_qpdf_limits(**limits)
    if _is_cut_off(data):
        raise UploadRejected.from_code("broken_pdf")
    copy = _copy_of(data)
    try:
        with Renderer(data) as original:
            if original.pages > MAX_PAGES:
                raise UploadRejected.from_code("too_many_pages")
            return _proven(original, copy)
    except LockedPdf as fault:
        raise UploadRejected.from_code("locked") from fault
    except RENDER_ERRORS as fault:
        raise UploadRejected.from_code("broken_pdf") from fault


def _proven(original: Renderer, copy: bytes | None) -> SanitizedFile:
    """Return the copy, with drawings of the pages on which it shows something else than the original."""
    drawings = pdf_fidelity.draw_for_comparison(original)
    differing = pdf_fidelity.differing_pages(drawings, copy)
    if differing:  # PDFium draws fields and annotations as text and strokes that qpdf draws otherwise or not at all
        flattened = _flattened_copy(original)
        left = pdf_fidelity.differing_pages(drawings, flattened)
        if len(left) < len(differing):
            copy, differing = flattened, left
    if copy is None or differing:
        copy = pdf_fidelity.with_drawings(original, copy, differing)
    warnings = pdf_fidelity.scan_warnings(original, drawings)
    return SanitizedFile(copy, "application/pdf", original.pages, 0, 0, warnings)


def _flattened_copy(original: Renderer) -> bytes | None:
    try:
        return _copy_of(original.flattened())
    except (UploadRejected, *RENDER_ERRORS):
        return None


def _is_cut_off(data: bytes) -> bool:
    """Return whether the end of the file is missing: programs that repair would take what is left for the whole."""
    return max(data.rfind(b"startxref"), data.rfind(b"trailer")) < data.rfind(b"endobj")


def _copy_of(data: bytes) -> bytes | None:
    """Copy the pages of a PDF; None where a page can only be drawn. Raises UploadRejected before anything is drawn."""
    try:
        pdf = pikepdf.open(io.BytesIO(data))
        _check_outline(pdf)
    except pikepdf.PasswordError as fault:
        raise UploadRejected.from_code("locked") from fault
    except PDF_ERRORS as fault:
        raise UploadRejected.from_code("broken_pdf") from fault
    with pdf:
        try:
            _check_streams(pdf)
            _draw_annotations(pdf)
            copy, pages = _copy(pdf)
            _check_reopened(copy, pages)
        except PDF_ERRORS:
            return None
    return copy


def _check_outline(pdf: pikepdf.Pdf) -> None:
    if int(pdf.Root.Pages.get(Name.Count, 0)) > MAX_PAGES:  # before walking the page tree, which can be made endless
        raise UploadRejected.from_code("too_many_pages")
    if len(pdf.objects) > MAX_OBJECTS:
        raise UploadRejected.from_code("too_heavy_pdf")
    if Name.Collection in pdf.Root:
        raise UploadRejected.from_code("portfolio")
    form = pdf.Root.get(Name.AcroForm, Dictionary())
    if Name.XFA in form and (pdf.Root.get(Name.NeedsRendering, False) or not len(form.get(Name.Fields, Array()))):
        raise UploadRejected.from_code("form")  # its pages only say that another program is needed
    if not pdf.pages:
        raise UploadRejected.from_code("no_pages")
    if len(pdf.pages) > MAX_PAGES:
        raise UploadRejected.from_code("too_many_pages")


def _check_streams(pdf: pikepdf.Pdf) -> None:
    left = MAX_INFLATED
    for item in pdf.objects:
        if isinstance(item, Stream):
            left -= _inflated_size(item)
            if left < 0:
                raise UploadRejected.from_code("too_heavy_pdf")
            _check_image(item)


def _filters(stream: Stream) -> list[str]:
    value = stream.get(Name.Filter, Array())
    names = [str(name) for name in (value if isinstance(value, Array) else [value])]
    return [name for name in names if name != "/Crypt"]  # qpdf has removed it


def _inflated_size(stream: Stream) -> int:
    """Return the decompressed size of a stream in bytes; image filters stay encoded."""
    names = _filters(stream)
    if not set(names) <= FILTERS:
        raise ValueError(names)
    layers = [name for name in names if name in COMPRESSORS]
    if len(layers) > 1:  # only decompression bombs have two
        raise UploadRejected.from_code("too_heavy_pdf")
    if not layers:
        return len(stream.read_raw_bytes())
    if names[0] == "/FlateDecode":
        return _flate_size(stream.read_raw_bytes())
    try:
        return len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))  # RunLength too
    except PDF_ERRORS as fault:  # more than MAX_STREAM
        raise UploadRejected.from_code("too_heavy_pdf") from fault


def _flate_size(raw: bytes) -> int:
    inflater, size = zlib.decompressobj(), 0
    while raw and not inflater.eof:
        try:
            size += len(inflater.decompress(raw, 2**20))
        except zlib.error:  # viewers stop here too
            break
        if size > MAX_STREAM:
            raise UploadRejected.from_code("too_heavy_pdf")
        raw = inflater.unconsumed_tail
    return size


def _check_image(stream: Stream) -> None:
    if stream.get(Name.Subtype) == Name.Image and int(stream.Width) * int(stream.Height) > MAX_IMAGE_PIXELS:
        raise UploadRejected.from_code("too_heavy_pdf")
    if _filters(stream)[-1:] == ["/DCTDecode"]:
        raw = _embedded_jpeg(stream)
        jpeg.reject_excessive_scans(raw)
        stream.write(jpeg.strip_metadata(raw), filter=Name.DCTDecode, decode_parms=_last_parameters(stream))


def _last_parameters(stream: Stream) -> Dictionary | None:
    value = stream.get(Name.DecodeParms)
    value = value[-1] if isinstance(value, Array) and len(value) else value
    return value if isinstance(value, Dictionary) else None


def _embedded_jpeg(stream: Stream) -> bytes:
    raw = stream.read_raw_bytes()
    for name in _filters(stream)[:-1]:
        raw = JPEG_DECODERS[name](raw)
    if not raw.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    return raw


def _draw_annotations(pdf: pikepdf.Pdf) -> None:
    """Flatten form fields, stamps and notes into their pages; links and annotations without appearance are dropped."""
    pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")


def _copy(pdf: pikepdf.Pdf) -> tuple[bytes, int]:
    for page in pdf.pages:
        _check_page(page.obj)
    with pikepdf.new() as fresh:
        fresh.pages.extend(pdf.pages)
        if Name.OCProperties in pdf.Root:  # without it, hidden layers would show
            fresh.Root.OCProperties = fresh.copy_foreign(pdf.make_indirect(pdf.Root.OCProperties))
        for item in fresh.objects:
            _remove_actions(item)
        out, pages = io.BytesIO(), len(fresh.pages)
        fresh.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue(), pages


def _check_page(page: Dictionary) -> None:
    left, bottom, right, top = (float(side) for side in page.MediaBox)
    width, high = abs(right - left), abs(top - bottom)
    if max(width, high) > MAX_PAGE_SIDE:
        raise UploadRejected.from_code("broken_pdf")
    if not (width and high):
        raise ValueError("no size of a page")
    for key in set(page.keys()) - KEPT_OF_PAGE:
        del page[key]


def _remove_actions(item: pikepdf.Object) -> None:
    """Remove actions and embedded files from `item` and its direct values."""
    waiting = [item]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Array):
            inner = list(value)
        elif isinstance(value, (Dictionary, Stream)):
            _remove_actions_of(value)
            inner = list(value.values())
        else:
            continue
        waiting += [part for part in inner if isinstance(part, (Array, Dictionary)) and not part.is_indirect]


def _is_action(value: Dictionary | Stream) -> bool:
    """Return whether `value` is an action or refers to an embedded file."""
    kind, files = value.get(Name.S), value.get(Name.EF)
    if isinstance(kind, Name) and str(kind) in ACTIONS:
        return True
    return isinstance(files, Dictionary) and any(isinstance(file, Stream) for file in files.values())


def _remove_actions_of(value: Dictionary | Stream) -> None:
    if _is_action(value):
        doomed = set(value.keys()) - {"/Length"}
    elif isinstance(value, Stream):
        doomed = set(DROPPED_OF_STREAM) & set(value.keys())
    else:
        return
    for key in doomed:
        del value[key]


def _check_reopened(copy: bytes, pages: int) -> None:
    with pikepdf.open(io.BytesIO(copy), attempt_recovery=False) as pdf:
        if len(pdf.pages) != pages:
            raise ValueError("pages are missing")
