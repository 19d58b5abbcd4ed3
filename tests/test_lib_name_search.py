"""Name search: any words in any order, one typo forgiven, nothing out of reach."""

import pytest

from admin_views.queue import query
from lib.database import database
from lib.name_search import containing, find_by_name, search_text
from models import Permohonan


def rename(row, name):
    facts = {"subject_name": name, "search_text": search_text(row.number, name)}
    Permohonan.update(applicant_name="", **facts).where(Permohonan.id == row.id).execute()


@pytest.fixture
def named(submit):
    """Applications about people with these names."""

    def make(*names):
        rows = [submit() for _ in names]
        for row, name in zip(rows, names, strict=True):
            rename(row, name)
        return dict(zip(names, [row.id for row in rows], strict=True))

    return make


def found(wanted, within=None):
    return set(find_by_name(within or ("1 = 1", ()), wanted, 50))


def test_pieces_of_words_in_any_order_and_case(named):
    ids = named("Ni Luh Ayu Pratiwi", "I Gede Suardana", "Ni Made Suardani")
    assert found("suardan") == {ids["I Gede Suardana"], ids["Ni Made Suardani"]}
    assert found("PRATIWI luh") == {ids["Ni Luh Ayu Pratiwi"]}
    assert found("ni suardan") == {ids["Ni Made Suardani"]}
    assert found("zzz") == found("ni") == set()


@pytest.mark.parametrize(
    "typed", ["Wirawen", "Wirwan", "Wirawwan", "Wriawan", "Wiarwan", "Wirawna", "irawan", "gusti wirwaan"]
)
def test_one_typo_is_forgiven(named, typed):
    ids = named("I Gusti Wirawan", "I Gusti Wijaya")
    assert found(typed) == {ids["I Gusti Wirawan"]}


def test_two_typos_and_short_words_are_not_guessed(named):
    named("I Gusti Wirawan", "Kadek Ayu")
    assert found("Wurewan") == found("Kadik") == set()


@pytest.mark.parametrize("typed", ['"', "100%", "a_u", "') OR 1=1 --", '" OR "', "***", "NEAR(", "\\"])
def test_signs_that_a_search_could_stumble_over_are_letters(named, typed):
    named("Ni Luh Ayu Pratiwi")
    assert found(typed * 3) == set()


def test_a_new_name_is_found_and_the_old_one_is_not(named):
    ids = named("Ni Luh Ayu Pratiwi")
    rename(Permohonan.get(), "Ni Luh Ayu Kusuma")
    assert found("Kusuma") == set(ids.values())
    assert found("Pratiwi") == set()


def test_nothing_out_of_reach_is_found(named):
    ids = named("Ni Luh Ayu Pratiwi", "Ni Made Pratiwi")
    only = "p.id = ?", (ids["Ni Made Pratiwi"],)
    assert found("Pratiwi", only) == found("Pratiwo", only) == {ids["Ni Made Pratiwi"]}


def test_namesakes_come_page_by_page_the_newest_first(app, named):
    ids = sorted(named("Ni Luh Pratiwi", "Ni Made Pratiwi", "I Gede Suardana", "Ni Putu Pratiwi").values())
    there, newest = containing("pratiwi"), (Permohonan.id.desc(),)
    pages = [query.page([there[1:]], newest, 2, offset, there.source) for offset in (0, 2)]
    assert [[row.id for row in page] for page in pages] == [[ids[3], ids[1]], [ids[0]]]
    after = f"{there.where} AND {there.source.id} < ?", (*there.values, ids[3])
    assert [row.id for row in query.page([after], newest, 2, 0, there.source)] == [ids[1], ids[0]]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_no_plan_is_kept_for_a_pattern(named):
    """One plan for all names would read the whole table for one that nobody has."""
    named("Ni Luh Ayu Pratiwi")
    for number in range(7):  # from the fifth on, the driver prepares what it is asked
        assert found(f"zzz{number}") == set()
        Permohonan.get_or_none(Permohonan.id == number)
    kept = [text for (text,) in database.execute_sql("SELECT statement FROM pg_prepared_statements").fetchall()]
    assert kept and not any("LIKE" in text for text in kept)
