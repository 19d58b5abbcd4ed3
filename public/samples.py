"""Sample pictures that the office uploaded: open to everybody, by an unguessable key; it opens no other file."""

import re

from flask import Blueprint, Response, abort

from filling.files import opened
from models import StoredFile

KEY = re.compile(r"[a-z2-7]{26}")
LIVES = 31_536_000  # seconds; a key never gets another picture


def add_to(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/contoh/<key>.jpg", "sample", sample)


def sample(key: str) -> Response:
    """The picture; of any other kept file there is none here."""
    wanted = (StoredFile.key == key) & (StoredFile.kind == "sample")
    file = StoredFile.get_or_none(wanted) if KEY.fullmatch(key) else None
    answer = Response(opened(file or abort(404)), mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = f"public, max-age={LIVES}, immutable"
    return answer
