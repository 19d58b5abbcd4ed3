"""Race conditions: simultaneous requests from two tabs or a double click; one wins or both count, none breaks."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import accounts
import models
from accounts import email_change, one_time_links, rate_limits
from casework import bulk
from intake import application_copy, autosave, drafts
from lib.database import database
from models import Attempt, Draft, DraftFile, Permohonan, Revision, User
from tests.helpers.factory import OfficeFactory
from tests.helpers.invariants import InvariantChecker
from tests.helpers.public_client import PublicClient
from workflow import NotAllowed, perform

pytestmark = pytest.mark.faults


def at_once(app, *tasks):
    """Run each in a thread of its own, all from the same moment; returns what each returned or raised."""
    gate = threading.Barrier(len(tasks))

    def run(task):
        with app.app_context(), database.connection_context():
            gate.wait()
            return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(run, task) for task in tasks]
    return [one.exception() or one.result() for one in running]


def test_eight_uploads_for_one_requirement_are_all_kept(app, factory):
    """On PostgreSQL they took the same place, and all but one ended in a server error."""
    permohonan = factory.begin()
    told = at_once(app, *[lambda: OfficeFactory().attach(Permohonan.get_by_id(permohonan.id), "formulir")] * 8)
    assert told == [None] * 8
    rows = DraftFile.select().where(DraftFile.requirement == "formulir").order_by(DraftFile.position)
    assert [row.position for row in rows] == list(range(1, 10))


@pytest.mark.parametrize("turn", range(5))
def test_an_upload_in_the_moment_of_sending_is_in_the_submission_or_told_that_it_came_late(app, factory, turn):
    permohonan = factory.begin()

    def send():
        perform(Permohonan.get_by_id(permohonan.id), "submit", User.get_by_id(factory.applicant.id), declaration=True)

    def upload():
        OfficeFactory().attach(Permohonan.get_by_id(permohonan.id), "formulir")

    sent, uploaded = at_once(app, send, upload)
    assert sent is None and (uploaded is None or isinstance(uploaded, drafts.DraftNotEditable)), (sent, uploaded)
    forms = [row for row in Revision.get().attachments if row.requirement == "formulir"]
    assert len(forms) == (2 if uploaded is None else 1)
    assert not Draft.select().exists() and InvariantChecker().all_violations() == []


@pytest.mark.parametrize("turn", range(5))
def test_a_page_saved_in_the_moment_of_sending_is_sent_or_told_that_it_came_late(app, factory, turn):
    permohonan = factory.begin()
    name = {"pemohon_nama": "Nama Yang Lain"}

    def send():
        perform(Permohonan.get_by_id(permohonan.id), "submit", User.get_by_id(factory.applicant.id), declaration=True)

    def save():
        mine = Permohonan.get_by_id(permohonan.id)
        autosave.save_page(mine, "pemohon", drafts.get_draft(mine).answers | name, drafts.get_draft(mine).version)

    sent, saved = at_once(app, send, save)
    if saved is None:  # then it is kept: still in the draft, or sent with it
        kept = Draft.get_or_none() or Revision.get()
        assert kept.answers["pemohon_nama"] == name["pemohon_nama"]
        assert sent is None or isinstance(sent, NotAllowed)
    else:
        assert sent is None and isinstance(saved, (drafts.DraftNotEditable, autosave.SaveConflict)), (sent, saved)
    assert InvariantChecker().all_violations() == []


def test_pages_looked_at_and_saved_in_the_moment_of_sending_say_that_it_is_sent(app, factory):
    """Between two looks at the draft it was gone, and the page of another tab ended in a server error."""
    people = [PublicClient(app) for _ in range(4)]
    for one in people:
        one.sign_in()
    for _turn in range(3):
        permohonan = factory.begin("KTP-HILANG")
        page = f"/permohonan/{permohonan.key}"
        version = drafts.get_draft(permohonan).version

        def send(key=permohonan.id):
            perform(Permohonan.get_by_id(key), "submit", User.get_by_id(factory.applicant.id), declaration=True)

        def ask(one, path, form=None, page=page):
            return lambda: [
                (one.post(page + path, form) if form else one.get(page + path)).status_code for _ in range(2)
            ]

        form = {"draft_version": str(version), "nama": "Nama Lain"}
        paths = ("/isi/pemilik", "/periksa", "/unggahan")
        asked = [ask(one, path) for one, path in zip(people[1:], paths, strict=True)]
        told = at_once(app, send, ask(people[0], "/isi/pemilik", form), *asked)
        assert all(set(one) <= {200, 303, 400, 409, 422} for one in told[1:]), told
        factory.perform(Permohonan.get_by_id(permohonan.id), "withdraw", "applicant")


def test_a_copy_is_not_laid_over_what_was_already_uploaded(factory, submit):
    """A draft with uploads and no answers counted as untouched, and the copy ended in a server error."""
    ended = factory.perform(submit(), "withdraw", "applicant")
    begun = drafts.create_application(factory.edition("AK-LAHIR"), owner=factory.applicant)
    factory.attach(begun, "formulir")
    copied = application_copy.copy_application(ended, factory.applicant)
    assert copied.id != begun.id
    assert DraftFile.select().join(Draft).where(Draft.permohonan == begun.id).count() == 1


def test_many_guesses_at_once_are_no_more_than_many_one_after_another(app):
    """Counting after the check let through as many as there were threads."""

    def guess():
        with (
            app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.9"}),
            database.connection_context(),
        ):
            accounts.sign_in("admin@aku.example", "salah sekali", staff=True)

    told = [type(reason) for reason in at_once(app, *[guess] * 20)]
    assert (
        set(told) <= {rate_limits.RateLimited, accounts.AccountRefused}
        and told.count(accounts.AccountRefused) <= rate_limits.MAX_ATTEMPTS
    )
    counted = Attempt.select().count()
    assert counted == 2 * told.count(accounts.AccountRefused), (
        "who is turned away is not counted: nobody is locked out for long"
    )


@pytest.mark.parametrize("turn", range(5))
def test_two_grants_at_once_never_make_one_person_both_it_and_kadis(app, factory, turn):
    ident = factory.other_applicant.id
    told = at_once(
        app, *[lambda role=role: accounts.grant_role(User.get_by_id(ident), role) for role in ("it", "kadis")]
    )
    assert sum(isinstance(one, accounts.AccountRefused) for one in told) == 1, told
    assert len({row.role for row in models.Grant.select().where(models.Grant.user == ident)}) == 1


@pytest.mark.parametrize("turn", range(3))
def test_two_officers_with_the_same_pile_move_each_once_and_neither_waits_for_ever(app, factory, turn):
    rows = [factory.advance_to(factory.submit(), "submitted") for _ in range(6)]

    def press(order):
        chosen = [(Permohonan.get_by_id(row.id), {"reason": "Ganda"}) for row in order]
        return len(bulk.perform(chosen, "cancel", User.get_by_id(factory.staff["admin"].id)))

    done = at_once(app, lambda: press(rows), lambda: press(rows[::-1]))
    assert all(isinstance(one, int | NotAllowed) for one in done), done
    assert {Permohonan.get_by_id(row.id).state for row in rows} == {"cancelled"}
    assert models.Event.select().where(models.Event.action == "cancel").count() == len(rows)
    assert InvariantChecker().all_violations() == []


@pytest.mark.parametrize("turn", range(3))
def test_of_two_accounts_that_confirm_one_address_one_gets_it_and_the_other_is_told(app, factory, turn):
    people = [factory.applicant, factory.other_applicant]
    sent = [one_time_links.create(one, "move", "sama@aku.example") for one in people]
    told = at_once(app, *[lambda link=link: email_change.confirm_change(link) for link in sent])
    assert sorted(told) == [False, True], told
    assert User.select().where(User.email == "sama@aku.example").count() == 1
