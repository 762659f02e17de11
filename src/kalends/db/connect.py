"""Which database it is, and a single connection to it for the work around the server."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from kalends.db.errors import DatabaseUnavailable
from kalends.db.server.disk import Disk
from kalends.db.server.embedded import embedded_postgres, has_cluster, is_address_of
from kalends.settings import Settings

OLDEST_VERSION = 15
"""The oldest PostgreSQL that the schema and the statements work on."""

MEGABYTE = 1_000_000

_CONNECT_SECONDS = 10


@contextmanager
def database_url(settings: Settings, *, is_kept: bool = False, may_make: bool = False) -> Iterator[str]:
    """Lend the URL of the database that the settings name: a given one, else that of the data folder.

    With `is_kept`, for processes that stay, the data folder's own server is started again when it dies.

    With `may_make` one is made in a folder that has none: by what sets up, not by what looks.

    Raises:
        DatabaseUnavailable: the data folder's own server cannot be started, or there is none.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
    else:
        if not may_make and not is_made(settings):
            raise DatabaseUnavailable(
                f"There is no database in {settings.data_dir} yet; start the server (`kalends serve`), which "
                "makes one, or name the folder that it uses with --data-dir or KALENDS_DATA_DIR"
            )
        with embedded_postgres(settings.data_dir, is_kept=is_kept) as url:
            yield url


def is_made(settings: Settings) -> bool:
    """Tell whether there is a database: a given one, or one in the data folder."""
    return settings.database_url is not None or has_cluster(settings.data_dir)


def disk_of(settings: Settings) -> Disk | None:
    """Return the disk of the database in use, if it is the data folder's own; None: it is elsewhere."""
    if not is_address_of(settings.connection_url(), settings.data_dir):
        return None
    folder = settings.data_dir.expanduser().absolute()
    return Disk(folder, settings.disk_least_mb * MEGABYTE, settings.disk_enough_mb * MEGABYTE)


def connect(url: str) -> psycopg.Connection[TupleRow]:
    """Return an open connection on autocommit.

    The URL, which may hold a password, is in no message.

    Raises:
        DatabaseUnavailable: the URL is none, nothing answers, the credentials are refused, or the
            database is too old or cannot hold every script.
    """
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
    except psycopg.ProgrammingError as error:
        raise DatabaseUnavailable(
            "The database URL cannot be read; it must look like postgresql://user:password@host:5432/name"
        ) from error
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"The database cannot be reached: {one_line(error)}; check KALENDS_DATABASE_URL"
        ) from error
    reason = _unfit(connection)
    if reason is not None:
        connection.close()
        raise DatabaseUnavailable(reason)
    return connection


def _unfit(connection: psycopg.Connection[TupleRow]) -> str | None:
    version = connection.info.server_version // 10_000
    if version < OLDEST_VERSION:
        return f"The database is PostgreSQL {version}; use {OLDEST_VERSION} or newer"
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        return f"The database has the encoding {encoding}; create it with ENCODING 'UTF8'"
    return None


def one_line(error: BaseException) -> str:
    """Return the text of an error without its line breaks."""
    return " ".join(str(error).split())
