"""Startup checks: mistakes in code are reported in a sentence at the start, mistakes in seeds at `init`."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

import app
import config
import notify
from accounts.roles import ADB, KADIS, NOTHING, Role
from admin_views import office_data, queues, startup_checks
from casework import effect_registry
from casework.effect_registry import AFTER_COMMIT, CHECKS, EFFECTS
from documents import signing
from models import MessageText, Reason
from notify import DeliveryFailed, Message
from seed import load
from workflow import ROLES, STATES, TRANSITIONS, State

ROW = next(row for row in TRANSITIONS if row.action == "ask_recording")
ROWS = (
    # what is written wrong, what is said of it
    ({"sources": ("siak_entri",)}, "keadaan asal 'siak_entri' tidak ada. Maksudnya 'siak_entry'?"),
    ({"sources": "siak_entry"}, "misalnya ('siak_entry',)."),
    ({"target": "selesai"}, "keadaan tujuan 'selesai' tidak ada."),
    ({"roles": ("siak_operatr",)}, "Maksudnya 'siak_operator'?"),
    ({"inputs": ("place", "dat")}, "pertanyaan 'dat' tidak ada. Maksudnya 'date'?"),
    ({"effects": ("note_recordng",)}, "efek 'note_recordng' tidak ada. Maksudnya 'note_recording'?"),
    ({"effects": "note_recording"}, "efek ditulis dalam kurung"),
    ({"checks": ("complet",)}, "pemeriksaan 'complet' tidak ada."),
    ({"after_commit": "sgn"}, "efek 'sgn' tidak ada."),
    ({"notifies": ("aplicant",)}, "yang diberi tahu 'aplicant' tidak ada."),
    ({"triggered_by": ("prodction",)}, "peran pemicu 'prodction' tidak ada. Maksudnya 'production'?"),
    ({"track": "loket"}, "jalur 'loket' tidak ada."),
    ({"condition": "kartu"}, "syarat 'kartu' tidak ada."),
    ({"reason_kind": "retrn"}, "jenis alasan 'retrn' tidak ada. Maksudnya 'return'?"),
    ({"printout": "slipp"}, "cetakan 'slipp' tidak ada. Maksudnya 'slip'?"),
    ({"checklist": "compleet"}, "pemeriksaan 'compleet' tidak ada."),
    ({"tone": "mian"}, "warna tombol 'mian' tidak ada."),
    ({"action": "Ganti hari"}, "paling banyak 40 huruf kecil"),
    ({"action": "resume_entry", "sources": ("awaiting_recording",)}, "ada dua baris"),
)
SCREENS = (
    ({"column_list": ("number", "fone")}, "kolom (yang bernama di LABELS) 'fone' tidak ada."),
    ({"column_list": "number"}, "misalnya ('number',)."),
    ({"roles": ("siakk",)}, "peran 'siakk' tidak ada."),
    ({"roles": "siak_operator"}, "peran ditulis dalam kurung"),
    ({"roles": ()}, "tanpa itu tidak ada yang dapat membukanya"),
    ({"states": ("awaiting_recordng",)}, "Maksudnya 'awaiting_recording'?"),
    ({"name": ""}, "perlu `name`"),
    ({"endpoint": "Perekaman Baru"}, "paling banyak 30 huruf kecil"),
    ({"endpoint": "x" * 31}, "paling banyak 30 huruf kecil"),
    ({"endpoint": "siak"}, "alamat 'siak' sudah dipakai"),
)


def test_nothing_is_wrong_as_it_is():
    assert startup_checks.faults() == []


@pytest.mark.parametrize(("wrong", "told"), ROWS, ids=[told for _, told in ROWS])
def test_a_row_that_names_what_there_is_not_is_told(monkeypatch, wrong, told):
    monkeypatch.setattr(startup_checks, "TRANSITIONS", (*TRANSITIONS, replace(ROW, **{"action": "new_step"} | wrong)))
    found = startup_checks.faults()
    assert any(told in one for one in found), found
    assert all("workflow.py, langkah" in one for one in found)


@pytest.mark.parametrize(("wrong", "told"), SCREENS, ids=[told for _, told in SCREENS])
def test_a_screen_that_names_what_there_is_not_is_told(monkeypatch, wrong, told):
    facts = {"name": "Perekaman", "endpoint": "perekaman", "__module__": __name__}
    screen = type("Recordings", (queues.SiakEntry,), facts | wrong)
    monkeypatch.setattr(startup_checks, "MENU", (("", (*queues.QUEUES, screen)),))
    found = [one for one in startup_checks.faults() if "menu" not in one]
    assert any(told in one for one in found) and all("Recordings" in one or "SiakEntry" in one for one in found), found


WRONG_STATES = (
    # what is added or changed, what is said of it
    ({"code": "archived"}, "tidak ada langkah keluar dari sini"),
    ({"code": "submitted", "waits": (KADIS,)}, "menunggu peran 'kadis', tetapi tidak ada langkah"),
    ({"code": "submitted", "waits": ("admn",)}, "peran 'admn' tidak ada. Maksudnya 'admin'?"),
    ({"code": "draft", "lapses": ("expyre", 30)}, "langkah 'expyre' tidak ada. Maksudnya 'expire'?"),
)


@pytest.mark.parametrize(("wrong", "told"), WRONG_STATES, ids=[told for _, told in WRONG_STATES])
def test_a_state_without_an_exit_or_that_waits_for_nobody_who_can_act_is_told(monkeypatch, wrong, told):
    state = State(wrong["code"], "Arsip", "Arsip")
    monkeypatch.setitem(STATES, wrong["code"], replace(STATES.get(wrong["code"], state), **wrong))
    (found,) = startup_checks.faults()
    assert found.startswith(f"workflow.py, keadaan '{wrong['code']}'") and told in found, found


def test_a_state_that_is_an_ending_needs_no_exit(monkeypatch):
    monkeypatch.setitem(STATES, "archived", State("archived", "Arsip", "Arsip", final=True))
    assert startup_checks.faults() == []


WRONG_ROLES = (
    (ADB, Role("Pejabat", NOTHING), "tidak menjangkau permohonan apa pun, jadi langkah 'verify_adb'"),
    (ADB, Role("Pejabat", "own_divison"), "jangkauan 'own_divison' tidak ada. Maksudnya 'own_division'?"),
    ("Arsiparis Kantor", Role("Arsiparis", NOTHING), "paling banyak 20 huruf kecil"),
)


@pytest.mark.parametrize(("code", "role", "told"), WRONG_ROLES, ids=[told for *_, told in WRONG_ROLES])
def test_a_role_that_could_do_nothing_of_what_it_may_is_told(monkeypatch, code, role, told):
    monkeypatch.setitem(ROLES, code, role)
    (found,) = startup_checks.faults()
    assert found.startswith(f"accounts/roles.py, peran {code!r}") and told in found, found


def _with(monkeypatch, **wrong):
    """The table with one more row, and what is said of it."""
    monkeypatch.setattr(startup_checks, "TRANSITIONS", (*TRANSITIONS, replace(ROW, **{"action": "new_step"} | wrong)))
    return startup_checks.faults()


MISPLACED = (
    # a function in the wrong field, what is said of it
    (
        {"effects": ("draft_is_complete",)},
        "'draft_is_complete' ditandai @check; sebut di `checks`, bukan di `effects`.",
    ),
    ({"effects": ("sign",)}, "'sign' ditandai @after_commit; sebut di `after_commit`, bukan di `effects`."),
    ({"checks": ("note_recording",)}, "'note_recording' ditandai @effect; sebut di `effects`, bukan di `checks`."),
    ({"checks": ("sign",)}, "'sign' ditandai @after_commit; sebut di `after_commit`, bukan di `checks`."),
    (
        {"after_commit": "draft_is_complete"},
        "'draft_is_complete' ditandai @check; sebut di `checks`, bukan di `after_commit`.",
    ),
    ({"after_commit": "allot_pickup"}, "'allot_pickup' ditandai @effect; sebut di `effects`, bukan di `after_commit`."),
)


@pytest.mark.parametrize(("wrong", "told"), MISPLACED, ids=[told for _, told in MISPLACED])
def test_an_effect_used_as_a_check_or_the_other_way_round_is_told(monkeypatch, wrong, told):
    assert _with(monkeypatch, **wrong) == [f"workflow.py, langkah 'new_step': {told}"]


@pytest.mark.parametrize("name", ["allowed", "canonical", "date", "Permohonan"])  # what a module holds by chance
def test_a_function_without_a_decorator_is_none_that_a_row_can_name(monkeypatch, name):
    assert f"efek '{name}' tidak ada." in _with(monkeypatch, effects=(name,))[0]


def nothing():
    pass


def move_and_more(move, more=None):
    pass


def any_number(*moves):
    pass


@pytest.mark.parametrize("function", [nothing, move_and_more, any_number])
def test_a_function_that_takes_other_arguments_is_told(monkeypatch, function):
    monkeypatch.setitem(EFFECTS, "new_effect", function)
    where = "tests/test_startup_checks.py, efek 'new_effect'"
    assert _with(monkeypatch, effects=("new_effect",)) == [f"{where}: harus menerima satu argumen saja, yaitu `move`."]


@pytest.mark.parametrize("functions, words", [(EFFECTS, "efek"), (CHECKS, "pemeriksaan"), (AFTER_COMMIT, "efek")])
def test_a_decorated_function_that_no_row_uses_is_told(monkeypatch, functions, words):
    monkeypatch.setitem(functions, "forgotten", lambda move: None)
    (found,) = startup_checks.faults()
    assert f"{words} 'forgotten': tidak dipakai langkah mana pun" in found


def test_two_functions_of_one_name_cannot_both_be_registered():
    with pytest.raises(ValueError, match="'sign' sudah dipakai"):
        effect_registry.check(signing.sign)
    assert signing.sign is AFTER_COMMIT["sign"]


def test_a_forgotten_screen_and_a_column_of_no_table_are_told_and_stop_the_start(monkeypatch, tmp_path):
    rest = tuple(screen for screen in queues.QUEUES if screen is not queues.Pickup)
    monkeypatch.setattr(startup_checks, "MENU", (("", rest), *startup_checks.MENU[1:]))
    monkeypatch.setitem(startup_checks.LABELS, "fone", "Telepon")
    with pytest.raises(config.ConfigError) as refused:
        app.create_app(INSTANCE_DIR=tmp_path)
    first, second = str(refused.value).splitlines()
    assert "kolom 'fone' tidak ada. Maksudnya 'phone'?" in first
    assert "layar Pickup: belum ada di menu; sebut di QUEUES" in second


def test_a_view_that_is_made_in_the_menu_is_in_the_menu(app, monkeypatch):
    made = office_data.Villages()
    entries = tuple(
        (head, tuple(made if one is type(made) else one for one in some)) for head, some in startup_checks.MENU
    )
    monkeypatch.setattr(startup_checks, "MENU", entries)
    assert startup_checks.faults() == []


def test_a_forgotten_table_is_told_where_the_menu_is(monkeypatch):
    without = tuple(
        (heading, tuple(one for one in some if one is not office_data.Villages))
        for heading, some in startup_checks.MENU
    )
    monkeypatch.setattr(startup_checks, "MENU", without)
    assert ["layar Villages: belum ada di menu; sebut di MENU" in one for one in startup_checks.faults()] == [True]


def test_who_starts_it_reads_the_sentence_alone(tmp_path):
    env = os.environ | {"INSTANCE_DIR": str(tmp_path), "ZONE": "WITE"}
    words = [sys.executable, "-m", "flask", "--app", "app", "init"]
    done = subprocess.run(words, cwd=load.SEED.parent, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "Error: ZONE is 'WITE'; it must be one of WIB, WITA, WIT"


def test_a_channel_without_send_and_a_message_for_none_are_told(monkeypatch):
    monkeypatch.setitem(notify.CHANNELS, "chat", object())
    assert startup_checks.faults() == ["notify, saluran 'chat': berkasnya perlu fungsi send(message)."]
    with pytest.raises(DeliveryFailed, match="saluran 'obrolan' belum ada di CHANNELS") as failed:
        notify.send(Message("obrolan", object(), "", ""))
    assert not failed.value.permanent


REASON = 'key = "baru"\nkind = "deficiency"\nname.id = "Cap tidak ada"\nnext.id = "Minta cap"\n'
MESSAGE = 'action = "submit"\naudience = "staff"\nsubject.id = "Baru: {nomor}"\nbody.id = "Halo"\n'
SEEDS = (
    (
        "reasons",
        REASON,
        'kind = "deficiency"',
        'kind = "defisiensi"',
        "kind = 'defisiensi' tidak ada. Maksudnya 'deficiency'?",
    ),
    ("reasons", REASON, 'kind = "deficiency"', 'kind = "deficiency"\nabout = "isian"', "about = 'isian' tidak ada."),
    ("reasons", REASON, "kind =", "jenis =", "'jenis' tidak dikenal"),
    ("reasons", REASON, 'next.id = "Minta cap"\n', "", "'next' belum ada"),
    ("reasons", REASON, 'name.id = "Cap tidak ada"', 'name = "Cap tidak ada"', "name harus { id ="),
    ("reasons", REASON, '"baru"', '"terpotong"', "ada dua kali: terpotong"),
    ("messages", MESSAGE, '"submit"', '"sumbit"', "action = 'sumbit' tidak ada. Maksudnya 'submit'?"),
    ("messages", MESSAGE, '"staff"', '"petugas"', "Maksudnya 'applicant' atau 'counter' atau 'staff'?"),
    ("messages", MESSAGE, "{nomor}", "{nomer}", "Kata ini tidak dikenal: {nomer}."),
    ("messages", MESSAGE, "{nomor}", "{nomor", "Ada kurung kurawal tanpa pasangan."),
    ("messages", MESSAGE, 'body.id = "Halo"\n', "", "'body' belum ada"),
    ("messages", MESSAGE, '"Halo"', '"Halo', "bukan TOML yang benar"),
)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("file", "whole", "right", "wrong", "told"), SEEDS, ids=[one[-1] for one in SEEDS])
def test_a_seed_with_a_slip_is_told_and_keeps_nothing(app, monkeypatch, tmp_path, file, whole, right, wrong, told):
    MessageText.delete().where(MessageText.action == "submit", MessageText.audience == "staff").execute()
    before = Reason.select().count(), MessageText.select().count()
    copy = tmp_path / "seed"
    copy.mkdir()
    for one in load.SEED.iterdir():
        (copy / one.name).symlink_to(one)
    (copy / f"{file}.toml").unlink()
    text = (load.SEED / f"{file}.toml").read_text()
    rows = [one for one in text.split(f"[[{file}]]") if 'action = "submit"\naudience = "staff"' not in one]
    (copy / f"{file}.toml").write_text(f"[[{file}]]".join([*rows, "\n" + whole.replace(right, wrong)]))
    monkeypatch.setattr(load, "SEED", copy)
    answer = app.test_cli_runner().invoke(args=["init"])
    assert answer.exit_code == 1 and told in answer.output and f"seed/{file}.toml" in answer.output, answer.output
    assert (Reason.select().count(), MessageText.select().count()) == before
