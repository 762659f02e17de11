"""Migrations: one process at a time, all or nothing, and never of a database newer than the program."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from kalends.db.connect import connect, one_line
from kalends.db.errors import MigrationFailed, SchemaTooNew, SchemaTooOld

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6B616C656E6473  # "kalends"
_LOCK_WAIT = "10min"  # for another process that migrates
_TABLE_LOCK_WAIT = "10s"  # for requests of a server that still runs: better to fail than to stop them all
_STATEMENT_LIMIT = "15min"


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """The revision of a database (None: it is empty), beside those that this program knows."""

    current: str | None
    head: str
    pending: tuple[str, ...]
    is_newer: bool


def revisions() -> tuple[str, ...]:
    """Return the known revisions, oldest first, by their files' names: Alembic takes long to load."""
    return tuple(sorted(path.stem[:4] for path in _FOLDER.glob("versions/[0-9]*.py")))


def status(url: str) -> MigrationStatus:
    """Compare the revision of a database with those that are known."""
    with connect(url) as connection:
        return _status(connection)


def require_current(url: str) -> None:
    """Check that a database has the schema of this program.

    Raises:
        DatabaseUnavailable: there is no connection.
        SchemaTooNew: the database is at a revision that is not known here.
        SchemaTooOld: migrations are pending.
    """
    with connect(url) as connection:
        if _pending(connection, None):
            raise SchemaTooOld("The database has not been migrated; run `kalends db migrate` first")


def upgrade(url: str, *, to: str | None = None) -> tuple[str, ...]:
    """Apply what is pending, up to a revision or all, and return what was applied.

    Processes that come at the same time wait for the first one, and find nothing left to do.

    Raises:
        DatabaseUnavailable: there is no connection.
        SchemaTooNew: the database is at a revision that is not known here.
        MigrationFailed: a statement failed, or waited too long for a lock; nothing was changed.
    """
    with connect(url) as connection:
        if not _pending(connection, to):
            return ()
        try:
            connection.execute(f"SET lock_timeout = '{_LOCK_WAIT}'")
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            pending = _pending(connection, to)
            if pending:
                connection.execute(f"SET lock_timeout = '{_TABLE_LOCK_WAIT}'")
                connection.execute(f"SET statement_timeout = '{_STATEMENT_LIMIT}'")
                _apply(connection, pending[-1])
        except psycopg.Error as error:
            raise MigrationFailed(f"The migration could not begin: {one_line(error)}") from error
        return pending


def _status(connection: psycopg.Connection[TupleRow]) -> MigrationStatus:
    known = revisions()
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    current: str | None = row[0] if row else None
    if current is not None and current not in known:
        return MigrationStatus(current, known[-1], (), is_newer=True)
    applied = 0 if current is None else known.index(current) + 1
    return MigrationStatus(current, known[-1], known[applied:], is_newer=False)


def _pending(connection: psycopg.Connection[TupleRow], to: str | None) -> tuple[str, ...]:
    found = _status(connection)
    if found.is_newer:
        raise SchemaTooNew(
            f"The database is at revision {found.current}, which this Kalends does not know (its newest is "
            f"{found.head}); install the Kalends that made it, or a newer one"
        )
    return tuple(revision for revision in found.pending if to is None or revision <= to)


def _apply(connection: psycopg.Connection[TupleRow], revision: str) -> None:
    # Most starts have nothing to apply and are spared these.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import StaticPool, create_engine
    from sqlalchemy.exc import DBAPIError

    connection.autocommit = False
    engine = create_engine("postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool)
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    try:
        with engine.connect() as config.attributes["connection"]:
            command.upgrade(config, revision)
    except DBAPIError as error:
        raise MigrationFailed(
            f"The migration to {revision} failed and changed nothing: {one_line(error.orig or error)}"
        ) from error
    finally:
        engine.dispose()
