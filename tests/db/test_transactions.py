"""The transactions of commands, and what is left of them on their connection."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from kalends.db.database import Database

PREPARED_AFTER = 4


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a pool of one connection, with a table of its own to write to."""
    async with Database(database_url, size=1) as database:
        async with database.connection() as connection:
            await connection.execute("CREATE TEMPORARY TABLE notes (id int PRIMARY KEY)")
        yield database


async def command(database: Database, *numbers: int, refuses: bool = False) -> None:
    """Write numbers in one transaction, and refuse in the end."""
    async with database.pipelined_transaction() as work:
        for number in numbers:
            await work.connection.execute("INSERT INTO notes VALUES (%s)", (number,))
        if refuses:
            raise LookupError("refused")


async def written(database: Database) -> list[int]:
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT id FROM notes ORDER BY id", prepare=False)
        return [number for (number,) in await cursor.fetchall()]


async def count_prepared(database: Database) -> int:
    async with database.connection() as connection:
        statement = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO notes%'"
        row = await (await connection.execute(statement, prepare=False)).fetchone()
        assert row is not None
        return int(row[0])


async def write_some(database: Database) -> None:
    for number in range(PREPARED_AFTER):
        await command(database, number)


async def test_a_refusal_undoes_everything_and_keeps_what_is_prepared(database: Database) -> None:
    await write_some(database)
    for _ in range(3):
        with pytest.raises(LookupError, match="refused"):
            await command(database, 99, refuses=True)
    await command(database, PREPARED_AFTER)
    await command(database, PREPARED_AFTER + 1)
    assert await written(database) == list(range(PREPARED_AFTER + 2))
    assert await count_prepared(database) == 1


async def test_an_error_of_a_statement_that_nobody_fetched_shows_at_the_end(database: Database) -> None:
    await write_some(database)
    with pytest.raises(psycopg.errors.UniqueViolation):
        await command(database, 99, 0)
    assert await written(database) == list(range(PREPARED_AFTER))
    await write_more(database)


async def test_a_refusal_goes_before_an_error_that_nobody_fetched(database: Database) -> None:
    await write_some(database)
    for _ in range(2 * PREPARED_AFTER):
        with pytest.raises(LookupError, match="refused"):
            await command(database, 99, 0, refuses=True)
    assert await written(database) == list(range(PREPARED_AFTER))
    await write_more(database)


async def test_a_refusal_because_of_a_violation_leaves_the_connection_as_it_was(database: Database) -> None:
    await write_some(database)
    for _ in range(2 * PREPARED_AFTER):
        with pytest.raises(LookupError, match="taken"):
            await command_that_finds_its_number_taken(database)
    await write_more(database)


async def command_that_finds_its_number_taken(database: Database) -> None:
    """Refuse what the database refuses, as services do."""
    async with database.pipelined_transaction() as work:
        await work.connection.execute("SELECT count(*) FROM notes WHERE id > %s", (0,))
        try:
            cursor = await work.connection.execute("INSERT INTO notes VALUES (%s) RETURNING id", (0,))
            await work.connection.execute("SELECT count(*) FROM notes WHERE id < %s", (0,))
            await work.connection.execute("INSERT INTO notes VALUES (%s)", (99,))
            await cursor.fetchall()
        except psycopg.errors.UniqueViolation as error:
            raise LookupError("taken") from error


async def write_more(database: Database) -> None:
    """Check that the connection goes on as if nothing had happened."""
    for number in range(100, 100 + PREPARED_AFTER):
        await command(database, number)
    assert len(await written(database)) == 2 * PREPARED_AFTER
