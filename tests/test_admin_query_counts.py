"""Number of statements of a page: it doesn't grow with the rows shown (no N+1 queries)."""

from seed import generate
from tests.helpers.staff_client import EMAIL_BY_ROLE, TOKEN, registered_views, sign_in_officer


def test_no_list_asks_more_for_a_hundred_rows_than_for_twenty_five(app, query_count, monkeypatch):
    monkeypatch.setattr(generate, "FULL_HISTORIES", 50)
    generate.generate_applications(400, waiting=150)
    looked_at = set()
    for role in EMAIL_BY_ROLE:
        officer = sign_in_officer(app, role)
        for view in registered_views(app):
            url = f"/petugas/{view.endpoint}/?page_size="
            if not hasattr(view, "page_size_options") or officer.get(f"{url}100").status_code != 200:
                continue
            with query_count() as few:
                officer.text(f"{url}25")
            with query_count() as many:
                officer.text(f"{url}100")
            assert len(few) == len(many), (role, view.endpoint)
            looked_at.add(view.endpoint)
    assert {"pemeriksaan", "permohonan", "penarikan", "loket", "pekerjaan"} <= looked_at


def test_a_press_needs_no_more_journeys_to_the_database_than_it_has_to(app, submit, query_count, database_kind):
    """The application, its change, the event, and what goes with it: on PostgreSQL by one statement."""
    admin, (first, second) = sign_in_officer(app, "admin"), [submit() for _ in range(2)]
    admin.press("pemeriksaan", "cancel", first, reason="Ganda")
    token = {"csrf_token": TOKEN.search(admin.text("/petugas/pemeriksaan/"))[1]}
    with query_count() as seen:
        url = f"/petugas/pemeriksaan/aksi/cancel/?id={second.key}"
        assert admin.client.post(url, data=token | {"version": second.version, "reason": "Ganda"}).status_code == 303
    assert len(seen) == {"postgresql": 4, "sqlite": 6}[database_kind], seen


def test_the_first_page_counts_everything_at_once(app, submit, query_count):
    submit()
    kadis, admin = sign_in_officer(app, "kadis"), sign_in_officer(app, "admin")  # the admin has more queues
    for officer in (kadis, admin):
        with query_count() as seen:
            officer.text("/petugas/")
        assert len([text for text in seen if text.startswith("SELECT 0, COUNT(*)")]) == 1, seen
