"""Deeds, marginal notes and letters about them, as a registrar reads them: who is named, and what is certified."""

import pytest

from tests.helpers.document_samples import pdf_pages
from tests.helpers.products import HARD_NAME, made_here
from tests.helpers.service_cases import services

NAMES = {"nama_anak": "Ni Putu Anak", "nama_ibu": "Ni Luh Ibu", "nama_ayah": "I Made Ayah"}
CHILD = {"nama": "Ni Putu Anak", "nomor_akta_lahir": "5108-LU-12032020-0012", "penerbit_akta": "Disdukcapil Buleleng"}
COURT = {"nama_pengadilan": "Pengadilan Negeri Singaraja", "nomor_penetapan": "12/Pdt.P/2026/PN Sgr"}
DECISION = {"nama_pengadilan": "Pengadilan Negeri Singaraja", "nomor_putusan": "7/Pdt.G/2026/PN Sgr"}
COUPLE = {"nama_suami": "I Wayan Suami", "nama_istri": "Ni Made Istri"}


def papers(code, **given):
    """Return what each paper of an application says, by key of the product: (Indonesian, English)."""
    found = {}
    for product, data, _pdf in made_here(code, given):
        texts = [*data["heads"], *(block.get("text", "") for block in data["blocks"])]
        cells = [cell for block in data["blocks"] for row in block.get("rows", ()) for cell in row]
        english = " ".join(block.get("en", "") for block in data["blocks"])
        found[product["key"]] = " ".join([*texts, *cells]), english
    return found


def deed(code, key="akta", **given):
    return papers(code, **given)[key][0]


# Births


def test_a_birth_deed_says_which_child_is_whose_and_that_it_agrees_with_the_register():
    said, english = papers("AK-LAHIR", **NAMES, anak_ke=2, status_orang_tua="1")["akta"]
    assert "Warga Negara Indonesia" in said and "Berdasarkan Akta Kelahiran Nomor 5108-LU-01122026-0001" in said
    assert "anak ke-2 (dua), laki-laki, dari ayah I MADE AYAH dan ibu NI LUH IBU." in said
    assert "Kutipan ini sesuai dengan data dalam Register Akta Kelahiran." in said
    assert "child number 2, male, of father I MADE AYAH and mother NI LUH IBU." in english


def test_the_phrase_stands_only_where_the_marriage_is_not_registered():
    phrase = "yang perkawinannya belum tercatat sesuai dengan peraturan perundang-undangan"
    assert phrase in deed("AK-LAHIR", status_orang_tua="2", kk_pasutri="ya")
    assert phrase not in deed("AK-LAHIR", status_orang_tua="1")


@pytest.mark.parametrize("given", [{"status_orang_tua": "3"}, {"status_orang_tua": "2", "kk_pasutri": "tidak"}])
def test_a_child_of_a_mother_alone_names_no_father(given):
    said = deed("AK-LAHIR", **NAMES | given)
    assert "anak seorang ibu NI LUH IBU." in said and "ayah" not in said.lower()


def test_a_foundling_has_a_deed_without_parents_and_without_a_word_on_where_it_comes_from():
    said = deed("AK-LAHIR", **NAMES, status_orang_tua="4", pengasuh="1", jenis_kelamin="2")
    assert "seorang anak perempuan." in said
    assert not any(word in said.lower() for word in ("ayah", " ibu", "temu", "asal", "anak ke"))


def test_english_lines_have_english_dates():
    _said, english = papers("AK-LAHIR", tanggal_lahir="2026-05-09")["akta"]
    assert "on 9 May 2026 was born" in english and "Mei" not in english


def test_a_foreigner_s_child_is_no_citizen():
    said = deed("AK-LAHIR-OA", **NAMES, negara_anak="Jepang", negara_ayah="Jepang", negara_ibu="Prancis")
    assert "Warga Negara Asing" in said and "kewarganegaraan Jepang" in said
    assert "dari ayah I MADE AYAH (Jepang) dan ibu NI LUH IBU (Prancis)." in said


def test_a_stillbirth_gets_a_letter_and_no_deed():
    said = deed("LAHIR-MATI", "surat", nama_ibu="Ni Luh Ibu", jenis_kelahiran="2", sebab="gawat janin", anak_ke=1)
    assert "telah lahir mati seorang bayi laki-laki, pada umur kandungan 36 minggu, anak ke-1 (satu), kembar 2," in said
    assert "tidak diterbitkan akta" in said and "gawat janin" not in said and "Nama ayah" not in said


# Deaths


def test_a_death_deed_says_who_died_where_and_when_but_not_of_what():
    given = {"nama": "I Ketut Uji", "tempat_meninggal": "RSUD Buleleng", "pukul_meninggal": "04:25", "sebab": "1"}
    said = deed("AK-MATI", **given, nama_ayah="Ayah Uji", nama_ibu="Ibu Uji")
    assert "bahwa di RSUD Buleleng pada tanggal" in said and "telah meninggal dunia seorang bernama I KETUT UJI" in said
    assert "anak dari ayah AYAH UJI dan ibu IBU UJI." in said
    assert "sakit" not in said.lower() and "04.25" not in said


@pytest.mark.parametrize(
    "given, told",
    [({"nama_ibu": "Ibu Uji"}, "anak dari ibu IBU UJI."), ({"nama_ayah": "Ayah Uji"}, "anak dari ayah AYAH UJI.")],
)
def test_one_parent_alone_makes_a_whole_sentence(given, told):
    assert told in deed("AK-MATI", **given)


def test_an_unidentified_body_has_neither_nationality_nor_birth():
    said = deed("AK-MATI", bukti_kematian="2", nama="Tidak dikenal")
    assert "TIDAK DIKENAL" in said and "Warga Negara" not in said and "lahir di" not in said


# Marriages and divorces


def test_husband_and_wife_get_the_same_deed_but_for_whom_it_is():
    for code in ("AK-KAWIN", "AK-CERAI"):
        found = papers(code, **COUPLE)
        hers, his = found["akta_istri"], found["akta_suami"]
        assert hers[0] == his[0].replace("Untuk suami", "Untuk istri") != his[0] and hers[1] == his[1]


def test_a_marriage_is_told_with_before_whom_it_was_solemnised():
    said = deed("AK-KAWIN", "akta_suami", **COUPLE, agama="4", nama_pemuka="Ida Pedanda Uji")
    assert "telah tercatat perkawinan antara I WAYAN SUAMI" in said and "dengan NI MADE ISTRI" in said
    assert "di hadapan pemuka agama Hindu yang bernama IDA PEDANDA UJI." in said
    assert "suami Indonesia, istri Indonesia" in said


def test_a_faith_community_has_no_clergyman():
    said = deed("AK-KAWIN", "akta_suami", agama="7", organisasi_kepercayaan="Sapta Darma", nama_pemuka="Ki Uji")
    assert (
        "di hadapan penghayat kepercayaan terhadap Tuhan Yang Maha Esa yang bernama KI UJI, dari Sapta Darma." in said
    )
    assert "pemuka agama" not in said


def test_a_court_s_order_stands_in_place_of_the_clergyman():
    said = deed("AK-KAWIN", "akta_suami", bukti_kawin="2", agama="4", **COURT)
    assert "menurut agama Hindu, berdasarkan penetapan Pengadilan Negeri Singaraja Nomor 12/Pdt.P/2026/PN Sgr" in said
    assert "di hadapan" not in said


def test_a_dispensation_is_not_the_proof_of_the_marriage():
    young = {"tanggal_lahir_istri": "2008-03-01", "tanggal_pemberkatan": "2026-11-21"}
    assert "penetapan" not in deed("AK-KAWIN", "akta_suami", **young, **COURT)


def test_an_agreement_and_the_children_are_noted_on_the_marriage_deed():
    said = deed("AK-KAWIN", "akta_suami", perjanjian="ya", notaris="Ketut Notaris, S.H.")
    assert "perjanjian perkawinan dengan akta notaris Ketut Notaris, S.H." in said
    assert "Catatan" not in deed("AK-KAWIN", "akta_suami")


def test_a_divorce_is_told_with_the_final_decision_and_the_marriage_it_ends():
    said = deed("AK-CERAI", "akta_istri", **COUPLE, **DECISION, tempat_pencatatan="Disdukcapil Buleleng")
    assert "telah tercatat perceraian antara I WAYAN SUAMI" in said
    assert "berdasarkan putusan Pengadilan Negeri Singaraja Nomor 7/Pdt.G/2026/PN Sgr" in said
    assert "yang telah berkekuatan hukum tetap" in said and "dicatat di Disdukcapil Buleleng dengan Akta" in said


def test_a_foreign_husband_is_told_apart_from_his_wife():
    assert "suami Asing, istri Indonesia" in deed("AK-KAWIN", "akta_suami", kewarganegaraan_suami="2")


@pytest.mark.parametrize("code, what", [("AK-KAWIN-BATAL", "perkawinan"), ("AK-CERAI-BATAL", "perceraian")])
def test_an_annulment_says_what_was_annulled_by_whom_and_what_it_is_worth_now(code, what):
    said = deed(code, "surat", **COUPLE, **DECISION)
    assert f"menerangkan bahwa {what} antara:" in said and "I Wayan Suami" in said and "Ni Made Istri" in said
    assert "telah dibatalkan dengan putusan Pengadilan Negeri Singaraja Nomor 7/Pdt.G/2026/PN Sgr" in said
    assert f"Kutipan Akta {what.title()} tersebut, untuk suami dan untuk istri, dicabut" in said


# Children


def test_the_marginal_note_says_who_acknowledged_whom():
    found = papers("AK-AKUI", **NAMES | CHILD, kawin_agama="ya")
    note = found["catatan_pinggir"][0]
    assert "Kutipan Akta Kelahiran Nomor 5108-LU-12032020-0012" in note and "NI PUTU ANAK" in note
    assert "telah diakui oleh I MADE AYAH sebagai anaknya" in note and "disetujui NI LUH IBU" in note
    assert "menikah menurut agama pada tanggal" in note and "penetapan pengadilan" not in note
    assert "pengakuan oleh ayah I MADE AYAH, dengan persetujuan ibu NI LUH IBU" in found["akta"][0]


def test_a_child_of_parents_who_did_not_marry_is_acknowledged_by_order_of_a_court():
    for said, _english in papers("AK-AKUI", **CHILD, **COURT, kawin_agama="tidak").values():
        assert "penetapan pengadilan Nomor 12/Pdt.P/2026/PN Sgr" in said and "menikah menurut agama" not in said


def test_a_legitimation_names_the_marriage_that_causes_it():
    for said, _english in papers("AK-SAH", **NAMES | CHILD, nomor_akta_kawin="5108-KW-12032021-0001").values():
        assert "ayah I MADE AYAH dan ibu NI LUH IBU" in said and "Akta Perkawinan Nomor 5108-KW-12032021-0001" in said


ADOPTERS = [
    ("1", "oleh suami istri I WAYAN ANGKAT dan NI MADE ANGKAT, berdasarkan"),
    ("2", "oleh NI MADE ANGKAT sebagai ibu angkat, berdasarkan"),
    ("3", "oleh I WAYAN ANGKAT sebagai ayah angkat, berdasarkan"),
]


@pytest.mark.parametrize("who, told", ADOPTERS)
def test_the_note_on_an_adoption_says_who_adopted_by_which_order(who, told):
    adopters = {"nama_ayah_angkat": "I Wayan Angkat", "nama_ibu_angkat": "Ni Made Angkat", "pengangkat": who}
    given = {key: value for key, value in adopters.items() if {"2": "ayah", "3": "ibu"}.get(who, "-") not in key}
    said = deed("AK-ANGKAT", **CHILD, **COURT, **given)
    assert told in said and "tidak memutuskan hubungan darah" in said


@pytest.mark.parametrize(
    "mother, father, head", [("1", "1", "Indonesia"), ("2", "2", "Asing"), ("2", "1", ""), ("1", "2", "")]
)
def test_a_child_s_nationality_is_told_only_where_it_is_sure(mother, father, head):
    said = deed("AK-AKUI", kewarganegaraan_ibu=mother, kewarganegaraan_ayah=father, paspor_ibu="X1", paspor_ayah="X2")
    assert ("Warga Negara" in said) == bool(head) and f"Warga Negara {head}".strip() in said + " Warga Negara"


# Other letters


def test_an_event_abroad_is_named_also_where_it_is_an_odd_one():
    said = deed("AK-LN", "surat", jenis_peristiwa="6", peristiwa_lain="Perubahan nama", negara="Australia")
    assert "telah dilaporkan peristiwa perubahan nama yang terjadi di Australia" in said
    assert "peristiwa kelahiran" in deed("AK-LN", "surat", jenis_peristiwa="1")


@pytest.mark.parametrize(
    "given, told",
    [
        ({"arah": "1", "negara_lama": "Jepang"}, "telah menjadi Warga Negara Indonesia, semula warga negara Jepang"),
        ({"arah": "2", "negara_baru": "Jepang"}, "bukan lagi Warga Negara Indonesia"),
        ({"arah": "3", "pilihan_anak": "1", "negara_baru": "Jepang"}, "berkewarganegaraan ganda, Indonesia dan Jepang"),
        ({"arah": "3", "pilihan_anak": "4", "negara_baru": "Jepang"}, "tidak memilih salah satu kewarganegaraan"),
    ],
)
def test_a_change_of_nationality_says_from_what_to_what(given, told):
    assert told in deed("AK-WN", "surat", akta_luar="ya", **given)


@pytest.mark.parametrize("ground, told", [("1", "dengan putusan"), ("2", "karena diterbitkan keliru")])
def test_an_annulled_deed_says_on_which_ground(ground, told):
    said = deed("AK-BATAL", "surat", dasar_batal=ground, **DECISION if ground == "1" else {})
    assert f"telah dibatalkan {'oleh pejabat' if ground == '2' else told}" in said and told in said


def test_who_is_on_a_deed_can_check_it_with_the_end_of_a_nik():
    [(_product, data, _pdf)] = made_here("AK-LAHIR", {"nik_ibu": "5108994405909004"})
    assert "9004" in data["nik4"]


# Pages


def _long_names(code):
    fields = [one for section in services()[code]["sections"] for one in section["fields"]]
    return {one["key"]: HARD_NAME for one in fields if one["type"] == "name"}


@pytest.mark.parametrize("code", ["AK-LAHIR", "AK-MATI", "AK-KAWIN", "AK-CERAI", "AK-AKUI", "AK-SAH", "AK-ANGKAT"])
def test_a_deed_with_names_of_65_letters_stands_on_one_page(code):
    assert {len(pdf_pages(pdf)) for _product, _data, pdf in made_here(code, _long_names(code))} == {1}
