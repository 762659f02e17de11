"""All that is in the database of the server under test: emptied, kept, and put back."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql

from kalends.db.database import Connection, Database

_TABLES = """
    SELECT tablename FROM pg_tables
     WHERE schemaname = 'public'
       AND tablename NOT IN ('alembic_version', 'server_secret', 'workspace_platforms')
"""

# Deleting what little a test has left takes a thirtieth of what TRUNCATE takes, which makes new files and has
# every statement planned anew. All tables go, so their foreign keys need no watching.
_EMPTY = f"""
    DO $$
    DECLARE
        one text;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR one IN {_TABLES} LOOP
            EXECUTE format('DELETE FROM %I', one);
        END LOOP;
        PERFORM setval(format('%I', sequencename)::regclass, 1, false)
           FROM pg_sequences WHERE schemaname = 'public';
    END $$
"""

_SEQUENCES = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value > 0"
)


@dataclass(frozen=True, slots=True)
class Contents:
    """Rows by table, in the format of COPY, and the last value of each sequence that was used."""

    rows: Mapping[str, bytes]
    sequences: Mapping[str, int]


async def empty(database: Database) -> None:
    """Delete all rows, and let ids begin anew."""
    async with database.connection() as connection:
        await connection.execute(_EMPTY)


async def keep(database: Database) -> Contents:
    """Return all that is there."""
    async with database.connection() as connection:
        tables = [name for (name,) in await (await connection.execute(_TABLES)).fetchall()]
        sequences = dict(await (await connection.execute(_SEQUENCES)).fetchall())
        rows = {table: await _rows_of(connection, table) for table in tables}
    return Contents({table: content for table, content in rows.items() if content}, sequences)


async def put_back(database: Database, contents: Contents) -> None:
    """Make all that is there what it was."""
    async with database.transaction() as work:
        connection = work.connection
        await connection.execute(_EMPTY)
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, content in contents.rows.items():
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            async with connection.cursor().copy(statement) as copy:
                await copy.write(content)
        for name, last in contents.sequences.items():
            await connection.execute("SELECT setval(format('%%I', %s::text)::regclass, %s)", (name, last))


async def _rows_of(connection: Connection, table: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    async with connection.cursor().copy(statement) as copy:
        return b"".join([bytes(block) async for block in copy])
