"""Write down the database of this release: `python -m tools.release_dump [file]`.

Runs the server on an empty database, lets happen what `acts` tells, and writes all that is stored then as SQL
that `tests.support.releases` restores without any program but ours. By default it goes to
`tests/db/releases/<version>.sql.gz`. A table that stays empty is an error.
"""

import argparse
import asyncio
import gzip
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql
from pydantic import SecretStr
from tests.support.postgres import empty_database
from tests.support.releases import FOLDER
from tests.support.server import SECRET_KEY

from kalends import __version__
from kalends.db import migrate
from kalends.db.server.embedded import embedded_postgres
from kalends.db.server.programs import binary
from kalends.models import metadata
from kalends.security import secret
from kalends.settings import Settings
from tools.release_dump.acts import play

_HEADER = f"""\
-- A database of Kalends {__version__} with rows in every table, written by tools/release_dump.
-- What is encrypted in it was encrypted by a server with KALENDS_SECRET_KEY={SECRET_KEY!r}.
"""
_OPTIONS = (
    "--no-owner",
    "--no-privileges",
    "--no-comments",
    "--no-statistics",
    "--inserts",
    "--rows-per-insert=100",
)

# What pg_dump writes for psql, and for servers newer than the oldest that we run on.
_NOT_FOR_US = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout = 0;)\n", re.MULTILINE)


class EmptyTable(Exception):
    """Nothing that happened has left rows in these tables."""


def main(arguments: list[str]) -> int:
    """Write the dump, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.release_dump", description="Dump a release.")
    parser.add_argument("file", type=Path, nargs="?", default=FOLDER / f"{__version__}.sql.gz")
    file: Path = parser.parse_args(arguments).file
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres(Path(folder), durable=False) as server,
        empty_database(server, "release") as url,
    ):
        migrate.upgrade(url)
        settings = _settings(url)
        secret.claim(settings, url)
        asyncio.run(play(settings))
        counts = _counts(url)
        text = _HEADER + _NOT_FOR_US.sub("", _dumped(url))
    # Without the time and name of the file, which would differ from run to run.
    file.write_bytes(gzip.compress(text.encode(), mtime=0))
    for table, count in counts.items():
        sys.stdout.write(f"{count:5} {table}\n")
    sys.stdout.write(f"{file.stat().st_size} bytes in {file}\n")
    return 0


def _settings(url: str) -> Settings:
    """Return the settings of a server that counts every request, and refuses none for it."""
    return Settings(
        database_url=SecretStr(url),
        secret_key=SecretStr(SECRET_KEY),
        rate_limit_api_key=1_000_000,
        rate_limit_anonymous=1_000_000,
        blocked_emails="blocked@example.com",
        public_url="https://kalends.example.com",
        mail_from="Kalends <kalends@example.com>",
        worker=False,
        outgoing_allow_private=True,
    )


def _counts(url: str) -> dict[str, int]:
    """Return how many rows each table has.

    Raises:
        EmptyTable: a table has none.
    """
    counts: dict[str, int] = {}
    with psycopg.connect(url) as connection:
        for name in sorted(metadata.tables):
            statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            row = connection.execute(statement).fetchone()
            counts[name] = 0 if row is None else row[0]
    empty = [name for name, count in counts.items() if count == 0]
    if empty:
        raise EmptyTable(f"let tools/release_dump/acts.py put rows into {', '.join(empty)}")
    return counts


def _dumped(url: str) -> str:
    command = [str(binary("pg_dump")), *_OPTIONS, url]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
