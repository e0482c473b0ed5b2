"""The build 构建号: a digest of everything that shapes a page but is not in the database."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHAPING = (
    ("templates", "*.html"),
    ("portal", "*.py"),
    ("disclosure", "*.py"),
    ("complaints", "*.py"),
    ("disclosure/posters", "*.typ"),
    ("portal/locale", "*.po"),
    ("portal/static", "*"),
)


@cache
def compute_build(*more: str) -> str:
    """Return the hex digest over templates, code, translations, static files and ``more``."""
    digest = hashlib.sha256()
    for folder, pattern in SHAPING:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    for value in more:
        digest.update(value.encode() + b"\0")
    return digest.hexdigest()
