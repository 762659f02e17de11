"""Databases as releases left them: the dumps in `tests/db/releases`, made by `tools.release_dump`."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import psycopg

FOLDER = Path(__file__).parent.parent / "db" / "releases"

WRITTEN_UNTIL = datetime(2050, 9, 17, 6, 0, tzinfo=UTC)
"""The hour at which the servers that made the dumps were stopped; what is due later had not happened."""

SUBSCRIBER = "http://subscriber.example.com"
"""Where the webhooks of a dump lead, each on a path of its own."""


def dumps() -> list[Path]:
    """Return the dumps, the oldest release first."""
    return sorted(
        FOLDER.glob("*.sql.gz"), key=lambda dump: [int(part) for part in version_of(dump).split(".")]
    )


def version_of(dump: Path) -> str:
    """Return the release that made a dump."""
    return dump.name.removesuffix(".sql.gz")


def api_key_of(name: str) -> str:
    """Return an API key of a dump: that of a user, by username, or another one by its note."""
    return f"cal_live_{name:0<32}"


def restore(dump: Path, url: str) -> None:
    """Fill an empty database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(gzip.decompress(dump.read_bytes()))
