"""How PostgreSQL goes about the statements that read hosts."""

from datetime import UTC, datetime
from typing import LiteralString

import psycopg
import pytest

from kalends.slots import statements
from tests.support.client import Host

# Somebody books for everybody, under one address.
_BOOKED_FOR_OTHERS = """
    WITH booking AS (
        INSERT INTO bookings (
            uid, user_id, organizer_email, event_type_id, status, title, start_time, end_time, ical_uid)
        VALUES ('many', %(host_id)s, 'ana@example.com', %(event_type_id)s, 'cancelled', 'Talk',
                '2050-09-05T09:00Z', '2050-09-05T10:00Z', 'many')
        RETURNING id
    )
    INSERT INTO attendees (booking_id, email, name, time_zone)
    SELECT id, 'Desk@Example.com', 'Desk', 'Europe/Rome' FROM booking, generate_series(1, 5000)
"""


@pytest.mark.parametrize(
    "statement", [statements.OF_USER_BY_ID.with_periods, statements.OF_USER_BY_ID.with_bookings]
)
async def test_attendances_are_found_without_reading_all_attendees(
    ana: Host, database_url: str, statement: LiteralString
) -> None:
    event_type_id = (await ana.creates_event_type())["id"]
    instant = int(datetime(2050, 9, 5, tzinfo=UTC).timestamp())
    values = {
        "event_type_id": event_type_id,
        "start": instant,
        "end": instant + 86_400,
        "now": datetime(2050, 9, 1, tzinfo=UTC),
        "moving": None,
    }
    with psycopg.connect(database_url) as connection:
        connection.execute(_BOOKED_FOR_OTHERS, {"host_id": ana.id, "event_type_id": event_type_id})
        connection.execute("ANALYZE attendees")
        plan = [line for (line,) in connection.execute("EXPLAIN " + statement, values).fetchall()]
        connection.rollback()
    assert any("ix_attendees_address" in line for line in plan), "\n".join(plan)
