"""Migrations: they make what the models declare, once, and refuse what they do not know."""

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine

from kalends.db import migrate
from kalends.db.errors import DatabaseUnavailable, MigrationFailed, SchemaTooNew, SchemaTooOld
from kalends.models import metadata
from tests.support.postgres import as_superuser, empty_database
from tests.support.postgres import database_url as database_url_of

_UPGRADE = """
import sys
from kalends.db import migrate
print(migrate.upgrade(sys.argv[1]), "alembic" in sys.modules)
"""

_CATALOGUE = {
    "tables": """
        SELECT relname, relkind, relpersistence FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
    """,
    "columns": """
        SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
               pg_get_expr(adbin, adrelid)
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "extensions": "SELECT extname FROM pg_extension",
}


def engine_of(url: str) -> Engine:
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)


def catalogue_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all that the database's catalogue says of the schema, but for Alembic's own table."""
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS alembic_version")
        return {name: sorted(connection.execute(query), key=str) for name, query in _CATALOGUE.items()}


@pytest.fixture
def declared_url(empty_url: str) -> Iterator[str]:
    """Return the URL of a database that the models made."""
    with empty_database(empty_url, "declared") as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE EXTENSION btree_gist")
        metadata.create_all(engine_of(url))
        yield url


def test_the_migrations_make_exactly_what_the_models_declare(empty_url: str, declared_url: str) -> None:
    migrate.upgrade(empty_url)
    made, declared = catalogue_of(empty_url), catalogue_of(declared_url)
    for name in _CATALOGUE:
        assert made[name] == declared[name], name


def test_alembic_finds_nothing_left_to_generate(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    with engine_of(empty_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_each_revision_applies_to_a_database_of_the_one_before(empty_url: str) -> None:
    for revision in migrate.revisions():
        assert migrate.upgrade(empty_url, to=revision) == (revision,)
        assert migrate.status(empty_url).current == revision


def test_what_is_there_keeps_its_meaning_when_organizations_get_their_settings(empty_url: str) -> None:
    migrate.upgrade(empty_url, to="0009")
    with psycopg.connect(empty_url) as connection:
        connection.execute("INSERT INTO users (email, username) VALUES ('ana@example.com', 'ana')")
        connection.execute("INSERT INTO teams (name, slug, is_organization) VALUES ('Acme', 'acme', true)")
        connection.execute("INSERT INTO memberships (user_id, team_id, role) VALUES (1, 1, 'OWNER')")
        connection.execute("INSERT INTO api_keys (user_id, hashed_key) VALUES (1, 'hash')")
    migrate.upgrade(empty_url)
    with psycopg.connect(empty_url) as connection:
        row = connection.execute(
            """
            SELECT u.email_verified_at IS NOT NULL, u.organization_id, t.is_platform, t.hide_branding,
                   t.time_zone, t.week_start, t.metadata, m.disable_impersonation, k.team_id
              FROM users u, teams t, memberships m, api_keys k
            """
        ).fetchone()
    assert row == (True, None, False, False, "Europe/London", "Sunday", None, False, None)


def test_the_workspace_platforms_come_with_the_schema(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    with psycopg.connect(empty_url) as connection:
        slugs = connection.execute("SELECT slug FROM workspace_platforms ORDER BY slug").fetchall()
    assert slugs == [("google",), ("office365",)]


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("name, is_platform", "ck_teams_platform"),
        ("name, is_organization, is_platform, parent_id", "ck_teams_organization"),
    ],
)
def test_a_platform_is_an_organization_and_that_is_in_none(
    empty_url: str, columns: str, constraint: str
) -> None:
    migrate.upgrade(empty_url)
    values = {"name": "'Acme'", "is_organization": "true", "is_platform": "true", "parent_id": "1"}
    row = ", ".join(values[name] for name in columns.split(", "))
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("INSERT INTO teams (name) VALUES ('Lab')")
        with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
            connection.execute(f"INSERT INTO teams ({columns}) VALUES ({row})")


def test_the_file_names_tell_the_order_that_alembic_follows() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._FOLDER))
    walked = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(migrate.revisions()) == walked[::-1]


def test_the_status_of_an_empty_database_is_that_everything_is_pending(empty_url: str) -> None:
    found = migrate.status(empty_url)
    assert (found.current, found.pending, found.is_newer) == (None, migrate.revisions(), False)


def test_a_second_upgrade_has_nothing_to_do_and_does_not_load_alembic(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    command = [sys.executable, "-c", _UPGRADE, empty_url]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "() False\n"


def test_of_processes_that_migrate_together_one_does_it(empty_url: str) -> None:
    waiting = """
        SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
    """
    command = [sys.executable, "-c", _UPGRADE, empty_url]
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (migrate._LOCK,))
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        while connection.execute(waiting).fetchone() != (2,):
            assert all(process.poll() is None for process in processes)
    answers = {process.communicate()[0] for process in processes}
    assert answers == {f"{migrate.revisions()} True\n", "() False\n"}


def test_a_newer_schema_is_refused(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    with psycopg.connect(empty_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert migrate.status(empty_url).is_newer
    with pytest.raises(SchemaTooNew, match="revision 9999, which this Kalends does not know"):
        migrate.upgrade(empty_url)


def test_an_unmigrated_database_is_not_worked_on(empty_url: str) -> None:
    with pytest.raises(SchemaTooOld, match="kalends db migrate"):
        migrate.require_current(empty_url)


def test_a_failing_migration_changes_nothing(empty_url: str) -> None:
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE TABLE bookings (mine text)")
    before = catalogue_of(empty_url)
    with pytest.raises(MigrationFailed, match='relation "bookings" already exists'):
        migrate.upgrade(empty_url)
    assert catalogue_of(empty_url) == before


def test_a_database_that_cannot_hold_every_script_is_refused(database_url: str) -> None:
    with psycopg.connect(as_superuser(database_url), autocommit=True) as connection:
        connection.execute("CREATE DATABASE narrow ENCODING 'LATIN1' TEMPLATE template0 LOCALE_PROVIDER libc")
        try:
            with pytest.raises(DatabaseUnavailable, match="encoding LATIN1"):
                migrate.upgrade(database_url_of(database_url, "narrow"))
        finally:
            connection.execute("DROP DATABASE narrow WITH (FORCE)")
