"""The case page: checklists before an application goes on, notes, the position in the queue."""

import re
from functools import partial

import pytest

from admin_views.queue import case_file, checklist
from casework import claims, siak_sheet
from casework.transitions import perform
from catalogue import siak_forms
from intake import submission
from intake.submission import last_revision, revision_attachments
from models import Attachment, Check, Edition, Note, Permohonan, Revision, User
from tests.helpers.batch_forms import batch_result, post_batch, states_of
from tests.helpers.checklist import clear_checklist, open_papers, tick_checklist
from tests.helpers.factory import TODAY
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import Officer, offered_actions, sign_in_officer


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role."""
    return partial(sign_in_officer, app)


@pytest.fixture
def unseen(submit):
    """A function that submits an application at which nobody has looked."""

    def make(code="AK-LAHIR"):
        permohonan = submit(code)
        clear_checklist(permohonan)
        return permohonan

    return make


def details(permohonan, screen="pemeriksaan"):
    return f"/petugas/{screen}/details/?id={permohonan.key}"


def bar(html):
    return html.split("data-bar", 1)[1].split("</aside>", 1)[0]


def tick(person, permohonan, screen="pemeriksaan", **form):
    source = details(permohonan, screen)
    url = f"/petugas/{screen}/periksa/?id={permohonan.key}"
    return person.post(url, page=source, version=str(permohonan.version), checked="ya", **form)


def test_an_unchecked_file_is_not_sent_however_one_asks(officer, unseen):
    permohonan = unseen()
    admin = officer("admin")
    assert "send_to_siak" not in offered_actions(bar(admin.text(details(permohonan))))
    url = f"/petugas/pemeriksaan/aksi/send_to_siak/?id={permohonan.key}"
    answer = admin.post(url, version=str(permohonan.version))
    assert answer.location.endswith(details(permohonan))
    assert "Belum diperiksa. Tandai dulu" in admin.text(answer.location)
    url = f"/petugas/permohonan/aksi/send_to_siak/?id={permohonan.key}"  # a screen without a place for ticks
    assert admin.post(url, version=str(permohonan.version)).location.endswith(details(permohonan))
    assert Permohonan.get_by_id(permohonan.id).state == "submitted"


def test_a_complete_application_goes_on_in_three_presses(officer, unseen):
    permohonan, after = unseen(), unseen()
    admin = officer("admin")
    page = admin.text(admin.post("/petugas/pemeriksaan/berikutnya/").location)  # first
    assert "Buka berkas berikutnya" in bar(page) and offered_actions(bar(page)) == ["cancel"]
    open_papers(admin, permohonan)
    page = bar(admin.text(details(permohonan)))
    assert "Semua berkas baik" in page and "berikutnya" not in page and offered_actions(page) == ["cancel"]
    page = admin.text(tick(admin, permohonan, all="ya").location)  # second
    assert offered_actions(bar(page)) == ["cancel", "send_to_siak"]
    url = f"/petugas/pemeriksaan/aksi/send_to_siak/?id={permohonan.key}&lanjut=ya"
    answer = admin.post(url, version=str(permohonan.version), checked="ya")  # third
    assert answer.location.endswith(after.key)
    assert states_of([permohonan]) == ["siak_entry"]
    assert {row.by.email for row in Check.select()} == {"admin@aku.example"}


def test_a_fault_opens_the_return_and_shuts_the_way_on(officer, unseen):
    permohonan = unseen()
    admin = officer("admin")
    open_papers(admin, permohonan)
    tick(admin, permohonan, all="ya")
    fault = {"deficiencies-surat_lahir-fault": "ya", "deficiencies-surat_lahir-reason": "tidak_terbaca"}
    page = admin.text(tick(admin, permohonan, **fault).location)
    assert offered_actions(bar(page)) == ["mark_incomplete", "cancel"]
    assert "1 kurang." in bar(page)
    answer = admin.press("pemeriksaan", "mark_incomplete", permohonan, checked="ya", **fault)
    assert answer.status_code == 303 and states_of([permohonan]) == ["incomplete"]


def test_what_was_not_sent_can_be_found_missing_but_need_not_be_ticked(officer, unseen, factory):
    permohonan = unseen("AK-MATI")
    admin = officer("admin")
    parts = checklist.load(permohonan, checklist.COMPLETE).items
    gone = next(part for part in parts if not part.needed)
    page = admin.text(tick(admin, permohonan, **{f"deficiencies-{gone.key}-fault": "ya"}).location)
    assert "1 kurang, " in bar(page)
    tick_checklist(permohonan)
    assert checklist.load(permohonan, checklist.COMPLETE).faults


def test_only_what_a_resubmission_changed_is_looked_at_again(factory, unseen):
    permohonan = unseen()
    tick_checklist(permohonan)
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    factory.attach(permohonan, "surat_lahir", b"\x89PNG\r\n\x1a\n other")
    perform(permohonan, "resubmit", factory.applicant)
    again = checklist.load(Permohonan.get_by_id(permohonan.id), checklist.COMPLETE)
    assert [part.key for part in again.left] == ["surat_lahir"]


def test_a_page_from_before_a_resubmission_ticks_nothing(officer, factory, unseen):
    seen = unseen()
    permohonan = factory.perform(seen, "mark_incomplete", "admin")
    factory.attach(permohonan, "surat_lahir", b"\x89PNG\r\n\x1a\n other")
    perform(permohonan, "resubmit", factory.applicant)
    admin = officer("admin")
    url = f"/petugas/pemeriksaan/aksi/send_to_siak/?id={seen.key}"
    answer = admin.post(url, version=str(seen.version), checked="ya", all="ya")
    assert answer.location == "/petugas/pemeriksaan/"
    assert states_of([seen]) == ["submitted"] and not Check.select().exists()
    assert claims.current_claim(Permohonan.get_by_id(seen.id)) is None


def test_a_batch_sends_the_checked_ones_and_names_the_others(officer, submit, unseen):
    rows = [submit(), unseen(), submit()]
    title, sentences = batch_result(post_batch(officer("admin"), "pemeriksaan", "send_to_siak", rows))
    assert title == "2 berkas lengkap, dikirim ke operator SIAK; 1 dilewati: belum diperiksa."
    assert sentences == [(rows[1].number, "belum diperiksa.")]
    assert states_of(rows) == ["siak_entry", "submitted", "siak_entry"]


def test_a_batch_looks_at_all_of_them_with_the_same_statements(submit, query_count):
    rows = [submit() for _ in range(4)]
    counts = []
    for some in (rows[:1], rows):
        with query_count() as seen:
            checklist.load_many(some, checklist.COMPLETE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_nobody_ticks_what_another_one_works_on(officer, unseen, factory, grant):
    permohonan = unseen()
    grant(factory.other_applicant, "admin")
    claims.take(permohonan, User.get_by_id(factory.other_applicant.id))
    admin = officer("admin")
    open_papers(admin, permohonan)
    assert f"Sedang dikerjakan {factory.other_applicant.name}" in admin.text(tick(admin, permohonan, all="ya").location)
    page = bar(admin.text(details(permohonan)))
    assert "Ambil alih" in page and offered_actions(page) == [] and "btn-primary" in page and "berkas baik" not in page
    assert not Check.select().where(Check.kind == checklist.COMPLETE).exists()


@pytest.mark.parametrize("role", ["siak_operator", "auditor", "adb"])
def test_nobody_else_ticks(officer, unseen, role):
    permohonan = unseen()
    screen = {"siak_operator": "siak", "auditor": "permohonan", "adb": "adb"}[role]
    assert tick(officer(role), permohonan, screen, all="ya").status_code in (303, 404)
    assert not Check.select().exists()


def test_the_reasons_that_fit_a_paper_or_an_answer_are_offered_first_and_the_others_below(officer, unseen):
    page = officer("admin").text(details(unseen()))
    for key, first, later in (
        ("surat_lahir", "tidak_terbaca", "isian_berbeda"),
        ("nama_anak", "isian_berbeda", "terpotong"),
    ):
        listed = page.split(f'name="deficiencies-{key}-reason"', 1)[1].split("</select>", 1)[0]
        fitting, others = listed.split('<optgroup label="Alasan lain">')
        assert f'value="{first}"' in fitting and f'value="{first}"' not in others
        assert f'value="{later}"' in others and f'value="{later}"' not in fitting
        assert 'value="saksi_kurang"' in fitting, "of either"


# Papers are opened before they are good


def papers(permohonan):
    """The keys of the requirements with a paper, each with the keys of its files, as the viewer lists them."""
    found = {}
    for row in case_file.uploads(permohonan, last_revision(permohonan)):
        found.setdefault(row.requirement, []).append(row.file.key)
    return found


def correct(permohonan, **answers):
    """Submit it once more with the same papers and other answers."""
    before = last_revision(permohonan)
    facts = {"number": before.number + 1, "answers": before.answers | answers}
    after = Revision.create(permohonan=permohonan, **facts)
    for row in revision_attachments(before):
        Attachment.create(revision=after, requirement=row.requirement, position=row.position, file=row.file)


def judged(permohonan):
    return {item.key for item in checklist.load(permohonan, checklist.COMPLETE).items if item.check}


def test_all_papers_are_good_together_only_after_each_was_opened(officer, unseen):
    permohonan, admin = unseen(), officer("admin")
    first, *others = papers(permohonan)
    answer = tick(admin, permohonan, all="ya")  # the page shows its first paper
    assert judged(permohonan) == {first}
    page = admin.text(answer.location)
    assert "Belum dibuka, jadi belum ditandai baik: " in page
    assert f"{len(others)} berkas belum dibuka." in bar(page)
    url = f"/petugas/pemeriksaan/aksi/send_to_siak/?id={permohonan.key}"
    answer = admin.post(url, version=str(permohonan.version), checked="ya", all="ya")
    assert answer.location.endswith(details(permohonan)) and states_of([permohonan]) == ["submitted"]
    for number in range(len(others) + 1):  # without a script each is a page
        admin.get(f"{details(permohonan)}&lihat={number}")
    tick(admin, permohonan, all="ya")
    assert judged(permohonan) == {first, *others} and checklist.load(permohonan, checklist.COMPLETE).done


def test_a_single_paper_that_was_not_opened_is_not_good_and_the_other_ticks_are_kept(officer, unseen):
    permohonan, admin = unseen(), officer("admin")
    first, second, third, *_ = papers(permohonan)
    faulted = {f"deficiencies-{third}-fault": "ya", f"deficiencies-{third}-reason": "tidak_terbaca"}
    good = {f"deficiencies-{first}-fault": "", f"deficiencies-{second}-fault": ""}
    tick(admin, permohonan, **good, **faulted)
    assert judged(permohonan) == {first, third}, "one need not open what falls short"
    for key in papers(permohonan)[second]:
        assert admin.post(f"/petugas/berkas/{key}").status_code == 204  # the viewer of our script
    tick(admin, permohonan, **good)
    assert judged(permohonan) == {first, second, third}


def test_what_a_colleague_opened_is_not_opened_by_others(officer, unseen, factory, app, grant):
    permohonan = unseen()
    open_papers(officer("admin"), permohonan)
    grant(factory.other_applicant, "admin")
    colleague = Officer(app, factory.other_applicant.email)
    tick(colleague, permohonan, all="ya")
    assert judged(permohonan) == {next(iter(papers(permohonan)))}


def test_what_was_found_good_before_is_not_asked_again_of_a_colleague(officer, unseen):
    permohonan = unseen()
    tick_checklist(permohonan, checklist.COMPLETE)
    assert tick(officer("admin"), permohonan, **dict.fromkeys(map(fault, papers(permohonan)), "")).status_code == 303
    assert checklist.load(permohonan, checklist.COMPLETE).done


def fault(key):
    return f"deficiencies-{key}-fault"


def test_looking_at_papers_claims_nothing(officer, unseen):
    permohonan, admin = unseen(), officer("admin")
    open_papers(admin, permohonan)
    tick(admin, permohonan)
    assert claims.current_claim(permohonan) is None
    assert "Semua berkas baik" in bar(admin.text(details(permohonan)))


def test_answers_are_good_unless_faulted_and_a_fault_can_be_taken_back(officer, unseen):
    permohonan, admin = unseen(), officer("admin")
    tick_checklist(permohonan, checklist.COMPLETE)
    assert judged(permohonan) == set(papers(permohonan))
    for said in (["", "ya"], [""]):  # the box is ticked, then unticked
        tick(admin, permohonan, **{fault("nama_anak"): said, fault("pemohon_hp"): said})
        faults = [item.key for item in checklist.load(permohonan, checklist.COMPLETE).faults]
        assert faults == (["pemohon_hp", "nama_anak"] if "ya" in said else [])


def test_an_answer_that_was_faulted_is_looked_at_again_when_it_changed(factory, unseen):
    permohonan = unseen()
    tick_checklist(permohonan)
    items = [one for one in checklist.load(permohonan, checklist.COMPLETE).items if one.key == "nama_anak"]
    items[0].check = Check(good=False, reason="isian_berbeda")
    checklist.save_items(permohonan, factory.staff["admin"], checklist.COMPLETE, items)
    correct(permohonan, nama_anak="NI LUH BARU")
    again = checklist.load(permohonan, checklist.COMPLETE)
    assert [(item.key, item.note) for item in again.left] == [("nama_anak", checklist.CHANGED)]


# What is doubtful stands in front


def doubtful(page):
    return page.split(">Perlu dilihat", 1)[1].split("</section>", 1)[0] if ">Perlu dilihat" in page else ""


def test_what_warnings_and_duplicates_doubt_is_put_in_front(officer, unseen, factory):
    admin, plain = officer("admin"), unseen()
    before = admin.text(details(plain))
    assert "Nama lengkap anak" not in doubtful(before) and '"ganda"' not in before
    other, twin = unseen(), unseen()
    odd = last_revision(plain).answers | {"nama_anak": "A1"}
    for one in (other, twin):
        correct(one, **odd)
        Permohonan.update(subject_nik=plain.subject_nik).where(Permohonan.id == one.id).execute()
    page = admin.text(details(other))
    assert f"Sama dengan {twin.number}" in doubtful(page) and '"ganda"' in page
    assert "Nama lengkap anak" in doubtful(page) and "Peringatan saat diisi: " in doubtful(page)
    father = doubtful(page).split('aria-label="NIK ayah"')[1].split("data-part")[0]
    assert "Sama dengan" not in father, "only what is compared"
    headings = [words.strip() for words in re.findall(r'<h2 id="g[0-9]+">([^<]+)', page)]
    assert headings == ["Perlu dilihat", "Syarat", "Isian"]


# The SIAK sheet


def test_the_sheet_follows_the_order_of_siaks_screen_and_its_spelling(factory, unseen):
    permohonan = unseen()
    rows = siak_sheet.siak_rows(permohonan, last_revision(permohonan).answers, {})
    numbers = {f["key"]: f.get("siak") for s in permohonan.edition.body["sections"] for f in s["fields"]}
    order = [numbers[row.key] for row in rows if row.key in numbers]
    assert order == sorted(order) and None not in order
    shown = [part.key for _, found in checklist.load(permohonan, checklist.KEYED).groups() for part in found]
    assert shown == [row.key for row in rows]  # a heading may come twice; the order stays SIAK's
    values = {row.key: row.value for row in rows}
    assert values["nama_anak"] == "I PUTU ARYA WIGUNA"
    assert values["tanggal_lahir"] == "13-11-2026"
    assert values["jenis_kelamin"].startswith("1 LAKI")


def sheet_of(permohonan, **more):
    """The rows of the sheet for the answers and more, by part of the form."""
    found = {}
    for row in siak_sheet.siak_rows(permohonan, last_revision(permohonan).answers | more, {}):
        found.setdefault(row.screen, {})[row.key] = row.value
    return found


def test_whoever_reports_is_typed_first_with_the_family_card_and_nationality_of_the_form(unseen):
    permohonan = unseen("AK-LAHIR")
    mother = sheet_of(permohonan, pemohon_untuk="ibu", nik_ibu="5108995507939002")
    assert next(iter(mother)) == "Pelapor"
    assert mother["Pelapor"] == {
        "pemohon_nama": "I PUTU ARYA WIGUNA", "pemohon_nik": "5108994505900001",
        "pemohon_no_kk": "5108991311260001", "pemohon_kewarganegaraan": "1 WNI",
    }  # fmt: skip
    other = {"pemohon_no_kk": "5108990101180077", "pemohon_kewarganegaraan": "2"}
    neighbour = sheet_of(permohonan, pemohon_untuk="lain", **other)["Pelapor"]
    assert list(neighbour.values())[2:] == ["5108990101180077", "2 WNA (ORANG ASING)"]


def test_who_applies_for_a_card_of_their_own_is_typed_once(unseen):
    permohonan = unseen("KTP-HILANG")
    assert set(sheet_of(permohonan, pemohon_untuk="diri")["Pemohon"]) == {"pemohon_hp", "pemohon_email"}
    assert {"pemohon_nama", "pemohon_nik"} <= set(sheet_of(permohonan, pemohon_untuk="lain")["Pemohon"])


def test_an_edition_that_was_numbered_otherwise_keeps_the_titles_of_its_sections(unseen):
    permohonan = unseen("AK-LAHIR")
    assert [siak_forms.part_title("F-2.01", {"siak": n}) for n in (None, 32, 400, 449, 450, 999)] == [
        "", "", "Saksi I", "Saksi I", "Saksi II", "Keterangan lain",
    ]  # fmt: skip
    section = permohonan.edition.body["sections"][0]
    for number, field in enumerate(section["fields"], 1):
        field["siak"] = number
    assert section["title"]["id"] in sheet_of(permohonan)


def test_members_of_a_family_are_typed_one_by_one(factory, unseen):
    permohonan = unseen("KK-BARU")
    rows = siak_sheet.siak_rows(permohonan, last_revision(permohonan).answers, {})
    assert [row.key for row in rows if row.key.startswith("anggota-1-")]
    assert any(row.screen.endswith(" 1") for row in rows)


def test_the_longest_name_of_a_field_can_be_ticked(app, officer, unseen, factory):
    """Two keys of forty letters and a number between them."""
    permohonan = unseen("KK-BARU")
    tick_checklist(permohonan, checklist.COMPLETE)
    permohonan = factory.advance_to(permohonan, "siak_entry")
    item = {"key": "b" * 40, "type": "text", "label": {"id": "Isian"}}
    group = {"key": "a" * 40, "type": "group", "label": {"id": "Anggota"}, "item": [item], "siak": 1}
    body = permohonan.edition.body
    body["sections"].append({"key": "z", "title": {"id": "Lain"}, "fields": [group]})
    Edition.update(body=body).where(Edition.id == permohonan.edition_id).execute()
    app.extensions.get("editions", {}).clear()
    revision = last_revision(permohonan)
    answers = revision.answers | {"a" * 40: [{"b" * 40: "x"}] * 50}
    Revision.insert(permohonan=permohonan.id, number=revision.number + 1, answers=answers).execute()
    siak, key = officer("siak_operator"), f"{'a' * 40}-50-{'b' * 40}"
    assert tick(siak, permohonan, "siak", keyed=[key]).status_code == 303
    assert Check.get(Check.kind == checklist.KEYED, Check.key == key).good


def test_ticks_survive_and_an_unticked_field_stops_the_draft(officer, unseen, factory):
    permohonan = unseen()
    tick_checklist(permohonan, checklist.COMPLETE)
    permohonan = factory.advance_to(permohonan, "siak_entry")
    siak = officer("siak_operator")
    keys = [part.key for part in checklist.load(permohonan, checklist.KEYED).items]
    tick(siak, permohonan, "siak", keyed=keys[:-1])
    page = siak.text(details(permohonan, "siak"))
    assert (
        page.count('name="keyed"') == len(keys) and len(re.findall(r'name="keyed"[^>]* checked', page)) == len(keys) - 1
    )
    assert "submit_draft" not in offered_actions(bar(page)) and f"1 dari {len(keys)} kolom belum diketik." in bar(page)
    url = f"/petugas/siak/aksi/submit_draft/?id={permohonan.key}"
    answer = siak.post(url, version=str(permohonan.version), **{"documents-akta-number": f"5108-LU-{TODAY}-0001"})
    assert "Belum semua kolom ditandai" in siak.text(answer.location)
    assert states_of([permohonan]) == ["siak_entry"]
    tick(siak, permohonan, "siak", keyed=keys[:2])  # a tick can be taken away again
    assert Check.select().where(Check.kind == checklist.KEYED).count() == 2
    page = siak.text(tick(siak, permohonan, "siak", all="ya").location)
    assert "submit_draft" in offered_actions(bar(page)) and 'name="documents-akta-number"' in page
    assert (
        siak.post(
            url, version=str(permohonan.version), **{"documents-akta-number": f"5108-LU-{TODAY}-0001"}
        ).status_code
        == 303
    )
    assert states_of([permohonan]) == ["adb_review"]


# Notes and neighbours


def test_notes_are_for_officers_and_stay(officer, unseen, app, factory):
    permohonan = unseen()
    admin = officer("admin")
    url = f"/petugas/pemeriksaan/catatan/?id={permohonan.key}"
    admin.post(url, text="Tunggu nomor KK baru <b>Panji</b>.\u202e")
    admin.post(url, text="   ")
    assert "paling banyak 1000" in admin.text(admin.post(url, text="x" * 1001).location)
    assert Note.select().count() == 1
    assert "Tunggu nomor KK baru &lt;b&gt;Panji" in admin.get(details(permohonan)).get_data(as_text=True)
    auditor = officer("auditor")
    assert 'id="note"' not in auditor.text(details(permohonan, "permohonan"))
    auditor.post(f"/petugas/permohonan/catatan/?id={permohonan.key}", text="Boleh?")
    assert officer("siak_operator").post(url, text="x").status_code == 404
    assert Note.select().count() == 1
    resident = PublicClient(app)
    resident.sign_in()
    assert "Panji" not in resident.get(f"/permohonan/{permohonan.key}").text
    with pytest.raises(Exception, match="append-only"):
        Note.update(text="lain").execute()


def test_the_page_names_its_place_and_its_neighbours(officer, unseen):
    rows = [unseen() for _ in range(3)]
    page = officer("admin").text(details(rows[1]))
    place = page.split('class="place"', 1)[1].split("</nav>", 1)[0]
    assert "2 dari 3" in place and rows[0].key in place and rows[2].key in place


def test_the_shortcuts_are_told_in_the_queue_and_where_one_works(officer, unseen):
    admin, work = officer("admin"), details(unseen())
    for page in ("/petugas/pemeriksaan/", work):
        assert admin.text(page).count('id="shortcuts"') == 1


def test_a_work_page_costs_the_same_however_long_the_queue_is(officer, unseen, query_count):
    admin, counts = officer("admin"), []
    first = unseen()
    for _ in range(3):
        admin._forget()
        with query_count() as seen:
            admin.get(details(first))
        counts.append(len(seen))
        for _ in range(3):
            unseen()
    assert counts[1] == counts[2], counts  # the first visit is noted


def test_at_the_pickup_the_originals_are_shown_first(app, factory, submit):
    permohonan = factory.advance_to(submit("KTP-RUSAK"), "ready")
    page = sign_in_officer(app, "pickup").text(f"/petugas/pengambilan/details/?id={permohonan.key}")
    titles = re.findall(r'data-title="\d+\. ([^"]+)"', page)
    originals = list(submission.originals(permohonan).values())
    assert originals and titles[: len(originals)] == originals and len(titles) > len(originals)
