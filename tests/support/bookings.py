"""Times, settings and attendees of bookings that tests make, and what is stored of these bookings."""

from collections.abc import Sequence
from typing import Any

from kalends.bookings.facts.fact import BookingFact
from kalends.bookings.facts.stored import decode
from kalends.db.database import Database
from kalends.outbox.statements import payload_of

URL = "/v2/bookings"
RESERVATIONS = "/v2/slots/reservations"
TEN = "2050-09-05T10:00:00.000Z"
ELEVEN = "2050-09-05T11:00:00.000Z"
TWELVE = "2050-09-05T12:00:00.000Z"

WEEKLY = {"interval": 1, "occurrences": 4, "frequency": "weekly"}
SEATS = {"seatsPerTimeSlot": 2, "showAttendeeInfo": True, "showAvailabilityCount": True}
CONFIRMED = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
BLOCKING = {"type": "always", "blockUnconfirmedBookingsInBooker": True}


def attendee(name: str) -> dict[str, str]:
    """Return an attendee in Rome."""
    return {"name": name.capitalize(), "email": f"{name}@example.com", "timeZone": "Europe/Rome"}


async def facts(database: Database) -> list[BookingFact]:
    """Return what was stated, in its order."""
    async with database.connection() as connection:
        cursor = await connection.execute(f"SELECT {payload_of('e')} FROM outbox_events e ORDER BY id")
        return [decode(bytes(payload)) for (payload,) in await cursor.fetchall()]


async def kinds_of_facts(database: Database) -> list[str]:
    """Return the kinds of what was stated, in their order."""
    return [fact.kind.value for fact in await facts(database)]


async def timers(database: Database) -> list[tuple[str, str]]:
    """Return the uid of each booking that something is due of, with what, by when it is due."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            SELECT b.uid, t.kind FROM timers t JOIN bookings b ON b.id = t.subject_id
             WHERE t.subject_kind = 'booking' ORDER BY t.due_at, t.kind, b.id
            """
        )
        return [(uid, kind) for uid, kind in await cursor.fetchall()]


def statuses(bookings: Sequence[dict[str, Any]]) -> list[str]:
    """Return the statuses of shown bookings."""
    return [booking["status"] for booking in bookings]
