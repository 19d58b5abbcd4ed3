"""The categories of services: life events, shown as cards on the home page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A category of services, with its card on the home page and the words that people search by."""

    code: str
    icon: str
    name: dict  # {id=…, en=…}
    short: dict
    words: dict  # synonyms, for the search


def _category(code: str, icon: str, *texts: tuple[str, str]) -> Category:
    return Category(code, icon, *({"id": indonesian, "en": english} for indonesian, english in texts))


# fmt: off
CATEGORIES = {
    one.code: one
    for one in (
        _category(
            "lahir", "baby", ("Anak lahir", "A child is born"),
            ("Akta kelahiran, masuk KK, KIA", "Birth certificate, family card, child identity card"),
            ("anak bayi lahir lahiran melahirkan kelahiran", "birth born baby child"),
        ),
        _category(
            "kawin", "rings", ("Menikah atau bercerai", "Marriage or divorce"),
            ("Akta, KK baru, perubahan KTP-el", "Certificates, new family card, changed ID card"),
            ("nikah menikah kawin pernikahan cerai pisah", "marriage married marry wedding divorce"),
        ),
        _category(
            "pindah", "house", ("Pindah atau datang", "Moving away or in"),
            ("Surat pindah, KK, KTP-el", "Moving letter, family card, ID card"),
            ("pindah pindahan datang domisili alamat rumah merantau", "move moving address house"),
        ),
        _category(
            "mati", "candle", ("Keluarga meninggal", "A death in the family"),
            ("Akta kematian, KK, KTP-el", "Death certificate, family card, ID card"),
            ("meninggal mati wafat kematian duka almarhum", "death died dead"),
        ),
        _category(
            "ktp", "card", ("KTP-el dan KIA", "ID card and child card"),
            ("Baru, rusak, atau berubah data", "New, damaged, or with changed data"),
            ("ktp ktpel ektp kia identitas kartu", "id identity card"),
        ),
        _category(
            "kk", "family", ("Kartu Keluarga", "Family card"),
            ("KK baru, pisah KK, tambah anggota", "New or separate family card, another member"),
            ("kk keluarga kartu anggota", "family card"),
        ),
        _category(
            "hilang", "lost", ("Dokumen hilang", "A lost document"),
            ("KK, KTP-el, atau akta yang hilang", "A lost family card, ID card or certificate"),
            ("hilang kehilangan dicuri tercecer ganti duplikat", "lost stolen replacement copy"),
        ),
        _category(
            "salah", "pencil", ("Data salah tulis", "Wrong data"),
            ("Pembetulan akta dan biodata", "Correction of certificates and personal data"),
            ("salah keliru betulkan pembetulan perbaiki ubah nama ejaan",
             "wrong error correction change name spelling"),
        ),
    )
}
