"""What is stored, changed behind the server's back, for what has no operation yet."""

from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from kalends.db.database import Database
from kalends.db.statements import assignments


async def set_event_type(database: Database, event_type_id: int, **columns: Any) -> None:
    """Write columns of an event type."""
    values = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in columns.items()}
    statement = sql.SQL("UPDATE event_types SET {} WHERE id = %(event_type_id)s").format(assignments(values))
    async with database.connection() as connection:
        await connection.execute(statement, {**values, "event_type_id": event_type_id})


async def seat(database: Database, booking_uid: str, seats: int) -> None:
    """Make a booking one of so many attendees with seats, and a guest without."""
    async with database.transaction() as work:
        await work.connection.execute(
            "UPDATE bookings SET is_seated = true, responses = NULL WHERE uid = %s", (booking_uid,)
        )
        await work.connection.execute(
            """
            INSERT INTO attendees (booking_id, name, email, time_zone)
            SELECT id, 'Guest', 'guest' || n || '@example.com', 'UTC'
              FROM bookings, generate_series(1, %s) n WHERE uid = %s
            """,
            (seats, booking_uid),
        )
        await work.connection.execute(
            """
            INSERT INTO booking_seats (uid, booking_id, attendee_id)
            SELECT gen_random_uuid(), b.id, a.id
              FROM bookings b JOIN attendees a ON a.booking_id = b.id
             WHERE b.uid = %s ORDER BY a.id LIMIT %s
            """,
            (booking_uid, seats),
        )


async def set_status(database: Database, booking_uid: str, status: str) -> None:
    """Write the status of a booking; what it takes of its host's time stays."""
    async with database.connection() as connection:
        await connection.execute("UPDATE bookings SET status = %s WHERE uid = %s", (status, booking_uid))
