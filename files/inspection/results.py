"""Results of an inspection: a SanitizedFile, or UploadRejected with a sentence for the uploader. Reads no file."""

from typing import NamedTuple, Self

# Texts by code. The child sends only codes, so no content of a file reaches a page.
REJECTIONS = {
    # the file as such
    "empty": "Berkas ini kosong. Pilih lagi berkasnya, atau foto ulang dokumennya.",
    "too_large": "Berkas ini lebih besar dari 15 MB. Foto atau pindai ulang dengan ukuran lebih kecil, lalu unggah.",
    "misnamed": "Nama berkas ini seperti foto atau PDF, tetapi isinya bukan. Foto ulang dokumennya, lalu unggah.",
    "unknown": "Jenis berkas ini tidak bisa kami buka. Simpan sebagai PDF atau foto JPG, lalu unggah.",
    # known types that are not accepted
    "word": "Ini berkas Word. Simpan sebagai PDF atau foto JPG dokumennya, lalu unggah.",
    "excel": "Ini berkas Excel. Simpan sebagai PDF, lalu unggah.",
    "office": "Ini berkas Office, bukan PDF. Simpan sebagai PDF atau foto JPG, lalu unggah.",
    "archive": "Ini berkas ZIP atau arsip lain. Buka dulu, lalu unggah foto atau PDF di dalamnya satu per satu.",
    "video": "Ini video. Foto dokumennya sebagai JPG, lalu unggah fotonya.",
    "gif": "Ini gambar GIF. Simpan sebagai PDF atau foto JPG, lalu unggah.",
    "avif": "Ini gambar AVIF. Simpan sebagai PDF atau foto JPG, lalu unggah.",
    "tiff": "Ini gambar TIFF. Simpan sebagai PDF atau foto JPG, lalu unggah.",
    "bmp": "Ini gambar BMP. Simpan sebagai PDF atau foto JPG, lalu unggah.",
    "svg": "Ini gambar SVG. Simpan sebagai PDF atau foto JPG, lalu unggah.",
    "html": "Ini halaman web, bukan dokumen. Cetak halaman itu ke PDF, lalu unggah PDF-nya.",
    "program": "Ini berkas program, bukan dokumen. Pilih foto JPG atau PDF dokumennya, lalu unggah.",
    # pictures
    "broken": "Foto ini rusak atau tidak utuh, jadi tidak bisa kami buka. Foto ulang dokumennya, lalu unggah.",
    "too_many_pixels": (
        "Ukuran gambar ini terlalu besar (paling besar 50 megapiksel untuk JPG, 24 untuk PNG, WebP, dan HEIC). "
        "Foto dengan ukuran lebih kecil, lalu unggah."
    ),
    "scans": "Cara foto ini disimpan tidak bisa kami buka. Foto ulang dokumennya sebagai JPG biasa, lalu unggah.",
    # PDFs
    "locked": "Berkas ini terkunci kata sandi, jadi tidak bisa kami buka. Simpan ulang tanpa kata sandi, lalu unggah.",
    "broken_pdf": "PDF ini rusak atau tidak utuh, jadi tidak bisa kami buka. Unduh ulang atau cetak lagi, lalu unggah.",
    "no_pages": "PDF ini tidak berisi halaman. Buat ulang PDF-nya dari dokumen aslinya, lalu unggah.",
    "too_many_pages": "PDF ini lebih dari 30 halaman. Simpan halaman yang diminta saja sebagai PDF baru, lalu unggah.",
    "form": "PDF ini formulir interaktif yang tidak bisa kami buka. Buka, isi, cetak ke PDF, lalu unggah hasilnya.",
    "portfolio": "PDF ini berisi berkas lain di dalamnya. Keluarkan berkas itu, lalu unggah satu per satu.",
    "too_heavy_pdf": "Isi PDF ini terlalu besar setelah dibuka. Pindai ulang dengan mutu lebih rendah, lalu unggah.",
    # the check
    "slow": "Berkas ini terlalu lama diperiksa. Simpan ulang dengan ukuran lebih kecil atau foto ulang, lalu unggah.",
    "heavy": "Berkas ini terlalu berat untuk kami periksa. Simpan ulang dengan ukuran lebih kecil, lalu unggah.",
    "unreadable": "Berkas ini tidak bisa kami buka. Simpan ulang sebagai PDF atau foto JPG, lalu unggah.",
    "infected": "Berkas ini mengandung virus. Jangan dipakai lagi; foto ulang dokumennya dengan ponsel, lalu unggah.",
    # the inspection, which the next try may pass: InspectionBusy
    "busy": "Pemeriksa berkas sedang sibuk. Coba lagi sebentar lagi.",
    "unavailable": "Berkas ini belum diperiksa karena ada yang rusak di pihak kami. Coba lagi sebentar lagi.",
}

WARNINGS = {
    "dark": "Foto ini terlalu gelap. Foto ulang di dekat jendela, tanpa lampu kilat.",
    "blurred": "Foto ini tampak kabur. Pegang ponsel dengan mantap, tunggu sampai tulisannya tajam, lalu foto ulang.",
    "cut": "Tepi dokumen tampak terpotong. Foto ulang sampai keempat sudutnya terlihat.",
    "small": "Foto ini kecil, jadi tulisannya mungkin tidak terbaca. Foto ulang, atau kirim ukuran aslinya.",
}

# One-word versions for officers.
SHORT_WARNINGS = {"dark": "gelap", "blurred": "kabur", "cut": "terpotong", "small": "kecil"}


class UploadRejected(Exception):
    """An upload is rejected; the message is a sentence for the uploader, `code` is for programs."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code

    @classmethod
    def from_code(cls, code: str) -> Self:
        """Return the exception with the sentence of `code`."""
        return cls(REJECTIONS[code], code)


class InspectionBusy(UploadRejected):
    """The inspection failed, not the file ("busy", "unavailable"): keep the bytes, the same file may be taken soon."""


class SanitizedFile(NamedTuple):
    """A sanitized file from the child; width and height are pixels of a picture, 0 for a PDF."""

    data: bytes
    media_type: str
    pages: int
    width: int
    height: int
    warnings: tuple[str, ...]
    fingerprint: str = ""
