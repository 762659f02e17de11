"""How PostgreSQL goes about the statements that read hosts."""

from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from kalends.bookings.sql import writes
from kalends.db.database import Connection, Database
from kalends.db.statements import LONGEST_REMEMBERED
from kalends.event_types.address import BY_ID, SlugAddress, UserAddress, lookup_of
from kalends.slots import statements
from tests.support.client import Host

PREPARED_AFTER = 4

# Somebody books for everybody, under one address.
_BOOKED_FOR_OTHERS = """
    WITH booking AS (
        INSERT INTO bookings (
            uid, user_id, organizer_email, event_type_id, status, title, start_time, end_time, ical_uid)
        VALUES ('many', %(host_id)s, 'ana@example.com', %(event_type_id)s, 'cancelled', 'Talk',
                '2050-09-05T09:00Z', '2050-09-05T10:00Z', 'many')
        RETURNING id
    )
    INSERT INTO attendees (booking_id, email, name, time_zone, standing)
    SELECT id, 'Desk@Example.com', 'Desk', 'Europe/Rome', 'own' FROM booking, generate_series(1, 5000)
"""


OF_USER = statements.of_user(BY_ID)

both_statements = pytest.mark.parametrize("statement", [OF_USER.with_periods, OF_USER.with_bookings])


@both_statements
async def test_attendances_are_found_without_reading_all_attendees(
    ana: Host, database_url: str, statement: LiteralString
) -> None:
    event_type_id = (await ana.creates_event_type())["id"]
    values = asked(event_type_id)
    with psycopg.connect(database_url) as connection:
        connection.execute(_BOOKED_FOR_OTHERS, {"host_id": ana.id, "event_type_id": event_type_id})
        connection.execute("ANALYZE attendees")
        plan = [line for (line,) in connection.execute("EXPLAIN " + statement, values).fetchall()]
        connection.rollback()
    assert any("ix_attendees_address" in line for line in plan), "\n".join(plan)


@both_statements
async def test_what_is_prepared_while_there_is_little_reads_no_table_whole(
    ana: Host, database_url: str, statement: LiteralString
) -> None:
    values = asked((await ana.creates_event_type())["id"])
    async with Database(database_url, size=1) as database, database.connection() as connection:
        await connection.execute("ANALYZE")
        for _ in range(PREPARED_AFTER):
            await connection.execute(statement, values, binary=True)
        [plan] = await plans(connection)
    assert "Index" in plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("organization", [None, "acme"])
def test_the_lists_that_are_asked_for_most_are_no_longer_than_what_is_remembered(
    organization: str | None,
) -> None:
    by_slug = lookup_of(SlugAddress(UserAddress("ana", organization), "chat"))
    for condition in (BY_ID, by_slug.condition):
        assert len(statements.of_user(condition).with_periods) <= LONGEST_REMEMBERED


def test_storing_bookings_is_no_longer_than_what_is_remembered() -> None:
    assert len(writes.INSERT) <= LONGEST_REMEMBERED


def asked(event_type_id: int) -> dict[str, Any]:
    """Return what a statement is given to read a day of an event type."""
    instant = int(datetime(2050, 9, 5, tzinfo=UTC).timestamp())
    return {
        "event_type_id": event_type_id,
        "start": instant,
        "end": instant + 86_400,
        "now": datetime(2050, 9, 1, tzinfo=UTC),
        "moving": None,
    }


async def plans(connection: Connection) -> list[str]:
    """Return how what is prepared on a connection will be run, whatever its tables come to hold."""
    prepared = await connection.execute(
        "SELECT name, cardinality(parameter_types) FROM pg_prepared_statements", prepare=False
    )
    found = []
    for name, count in await prepared.fetchall():
        nothing = sql.SQL(", ").join([sql.NULL] * count)
        explain = sql.SQL("EXPLAIN EXECUTE {}({})").format(sql.Identifier(name), nothing)
        lines = await (await connection.execute(explain, prepare=False)).fetchall()
        found.append("\n".join(line for (line,) in lines))
    return found
