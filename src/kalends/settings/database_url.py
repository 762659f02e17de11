"""The address of a database, as `KALENDS_DATABASE_URL` gives it."""

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_SCHEMES = ("postgresql://", "postgres://")
_MUST = "must look like postgresql://user:password@host:5432/name"
_HIGHEST_PORT = 65_535


def check_database_url(url: str) -> None:
    """Check that a URL names a database.

    Raises:
        ValueError: it names none; the message says what it must look like, and nothing of a password.
    """
    try:
        parts = conninfo_to_dict(url) if url.startswith(_SCHEMES) else None
    except (ProgrammingError, UnicodeError):
        parts = None
    if parts is None or not all(map(_is_port, str(parts.get("port") or "").split(","))):
        raise ValueError(_MUST)


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= _HIGHEST_PORT)
