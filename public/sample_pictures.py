"""Sample pictures that the office uploaded, public under an unguessable key. No other file is served here."""

from flask import Blueprint, Response, abort

from lib.encryption import RANDOM_NAME
from models import StoredFile
from web.wizard.file_downloads import read_or_503

MAX_AGE = 31_536_000  # seconds; the picture of a key never changes


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/contoh/<key>.jpg", "sample", sample_picture)


def sample_picture(key: str) -> Response:
    """Return the sample picture with this key; 404 for every other stored file."""
    wanted = (StoredFile.key == key) & (StoredFile.kind == "sample")
    file = StoredFile.get_or_none(wanted) if RANDOM_NAME.fullmatch(key) else None
    answer = Response(read_or_503(file or abort(404)), mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = f"public, max-age={MAX_AGE}, immutable"
    return answer
