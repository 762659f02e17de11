"""SQL that reads and locks bookings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import TupleRow

from kalends.api.locales import Locale
from kalends.bookings.booking import Attendee, BookedEventType, Booking, Organizer, Seat, Status
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row

_COLUMNS = """
    b.id, b.uid, b.title, b.description, b.start_time, b.end_time, b.location, b.responses,
    b.metadata, b.cancellation_reason, b.cancelled_by, b.is_rescheduled, b.rescheduled_by,
    b.rescheduled_from_uid, b.ical_uid, b.ical_sequence, b.is_host_absent, b.rating, b.created_at,
    b.updated_at, b.rejection_reason, b.recurring_booking_uid, b.is_seated, b.status,
    u.id, u.name, b.organizer_email, u.username, u.time_zone, u.locale, u.time_format,
    e.id, e.slug, e.seats_show_attendees
"""

_ATTENDEES = """
    SELECT json_agg(
               json_build_array(
                   a.name, a.email, a.time_zone, a.locale, a.phone_number, a.is_absent, a.id,
                   s.uid, s.description, s.responses, s.metadata)
               ORDER BY a.id)
      FROM attendees a LEFT JOIN booking_seats s ON s.attendee_id = a.id
     WHERE a.booking_id = b.id
"""

SELECT_BOOKING = f"""
    SELECT {_COLUMNS}, ({_ATTENDEES})
      FROM bookings b JOIN users u ON u.id = b.user_id LEFT JOIN event_types e ON e.id = b.event_type_id
"""


async def find_booking(connection: Connection, uid: str) -> Booking | None:
    """Return a booking by its uid."""
    row = await first_row(connection, SELECT_BOOKING + " WHERE b.uid = %s", (uid,))
    return None if row is None else to_booking(row)


async def find_series(connection: Connection, recurring_uid: str) -> list[Booking]:
    """Return the bookings of a series by their start, whatever their status."""
    return await _list(connection, "b.recurring_booking_uid = %s", recurring_uid)


async def find_by_ids(connection: Connection, booking_ids: Sequence[int]) -> list[Booking]:
    """Return bookings by their start."""
    return await _list(connection, "b.id = ANY(%s)", list(booking_ids))


async def _list(connection: Connection, where: LiteralString, value: object) -> list[Booking]:
    statement = f"{SELECT_BOOKING} WHERE {where} ORDER BY b.start_time, b.id"
    cursor = await connection.execute(statement, (value,))
    return [to_booking(row) for row in await cursor.fetchall()]


async def find_seated(connection: Connection, event_type_id: int, start: datetime) -> Booking | None:
    """Return the one accepted booking that shares a start of a seated event type."""
    row = await first_row(
        connection,
        SELECT_BOOKING
        + " WHERE b.event_type_id = %s AND b.start_time = %s AND b.is_seated AND b.status = 'accepted'",
        (event_type_id, start),
    )
    return None if row is None else to_booking(row)


async def lock_bookings(work: UnitOfWork, booking_ids: Sequence[int]) -> None:
    """Keep other commands off these bookings until this one ends."""
    await work.connection.execute(
        "SELECT FROM bookings WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (sorted(booking_ids),)
    )


async def lock_bookings_of_only_host(work: UnitOfWork, host_id: int, now: datetime) -> list[int]:
    """Keep other commands off what has not ended and nobody else hosts until this one ends; return ids."""
    cursor = await work.connection.execute(
        """
        SELECT id FROM bookings b
         WHERE user_id = %(host_id)s AND end_time > %(now)s
           AND status IN ('accepted', 'pending', 'awaiting_host')
           AND NOT EXISTS (SELECT FROM busy_times t
                            WHERE t.booking_id = b.id AND t.host_id <> %(host_id)s)
         ORDER BY id FOR UPDATE
        """,
        {"host_id": host_id, "now": now},
    )
    return [row[0] for row in await cursor.fetchall()]


async def lock_series(work: UnitOfWork, recurring_uid: str) -> None:
    """Keep other commands off all bookings of a series until this one ends."""
    await work.connection.execute(
        "SELECT FROM bookings WHERE recurring_booking_uid = %s ORDER BY id FOR UPDATE", (recurring_uid,)
    )


async def find_series_outline(connection: Connection, recurring_uid: str) -> list[tuple[str, datetime]]:
    """Return the calendar objects of a series in its order, each with the start that it first had."""
    cursor = await connection.execute(
        """
        SELECT ical_uid, (array_agg(start_time ORDER BY id))[1] FROM bookings
         WHERE recurring_booking_uid = %s GROUP BY ical_uid ORDER BY min(id)
        """,
        (recurring_uid,),
    )
    return [(ical_uid, start) for ical_uid, start in await cursor.fetchall()]


def to_booking(row: TupleRow) -> Booking:
    """Return the booking that a row of `SELECT_BOOKING` holds."""
    plain, (status, *rest) = row[:23], row[23:]
    organizer, (event_type_id, slug, shows_attendees, attendees) = rest[:7], rest[7:]
    (
        booking_id, uid, title, description, start, end, location, responses, metadata, cancellation_reason,
        cancelled_by, is_rescheduled, rescheduled_by, rescheduled_from_uid, ical_uid, ical_sequence,
        is_host_absent, rating, created_at, updated_at, rejection_reason, recurring_uid, is_seated,
    ) = plain  # fmt: skip
    return Booking(
        id=booking_id,
        uid=uid,
        title=title,
        description=description,
        start=start,
        end=end,
        location=location,
        responses=responses,
        metadata=metadata,
        cancellation_reason=cancellation_reason,
        cancelled_by=cancelled_by,
        is_rescheduled=is_rescheduled,
        rescheduled_by=rescheduled_by,
        rescheduled_from_uid=rescheduled_from_uid,
        ical_uid=ical_uid,
        ical_sequence=ical_sequence,
        is_host_absent=is_host_absent,
        rating=rating,
        created_at=created_at,
        updated_at=updated_at,
        status=Status(status),
        organizer=Organizer(*organizer),
        event_type=None if event_type_id is None else BookedEventType(event_type_id, slug, shows_attendees),
        attendees=tuple(_attendee(*attendee) for attendee in attendees or ()),
        rejection_reason=rejection_reason,
        recurring_uid=recurring_uid,
        is_seated=is_seated,
    )


def _attendee(
    name: str,
    email: str,
    time_zone: str,
    locale: Locale,
    phone_number: str | None,
    is_absent: bool,
    attendee_id: int,
    seat_uid: str | None,
    description: str | None,
    responses: dict[str, Any],
    metadata: dict[str, Any],
) -> Attendee:
    seat = None if seat_uid is None else Seat(UUID(seat_uid), description, responses, metadata)
    return Attendee(name, email, time_zone, locale, phone_number, is_absent, seat, attendee_id)
