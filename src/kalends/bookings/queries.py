"""SQL of bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from kalends.bookings.booking import Attendee, BookedEventType, Booking, Organizer, Status
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, only_row

_COLUMNS = """
    b.id, b.uid, b.title, b.description, b.start_time, b.end_time, b.location, b.responses,
    b.metadata, b.cancellation_reason, b.cancelled_by, b.is_rescheduled, b.rescheduled_by,
    b.rescheduled_from_uid, b.ical_uid, b.ical_sequence, b.is_host_absent, b.rating, b.created_at,
    b.updated_at, b.status, u.id, u.name, b.organizer_email, u.username, u.time_zone, e.id, e.slug
"""

_ATTENDEES = """
    SELECT json_agg(
               json_build_array(a.name, a.email, a.time_zone, a.locale, a.phone_number, a.is_absent)
               ORDER BY a.id)
      FROM attendees a WHERE a.booking_id = b.id
"""

SELECT_BOOKING = f"""
    SELECT {_COLUMNS}, ({_ATTENDEES})
      FROM bookings b JOIN users u ON u.id = b.user_id LEFT JOIN event_types e ON e.id = b.event_type_id
"""


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A booking to store, with the buffers around it that its host stays busy for."""

    uid: str
    organizer_id: int
    organizer_email: str
    event_type_id: int
    status: Status
    title: str
    description: str | None
    start: datetime
    end: datetime
    before: timedelta
    after: timedelta
    location: str | None
    responses: Mapping[str, Any]
    metadata: Mapping[str, Any]
    ical_uid: str
    ical_sequence: int
    rescheduled_by: str | None
    rescheduled_from_uid: str | None
    attendees: Sequence[Attendee]


async def find_booking(connection: Connection, uid: str) -> Booking | None:
    """Return a booking by its uid."""
    row = await first_row(connection, SELECT_BOOKING + " WHERE b.uid = %s", (uid,))
    return None if row is None else to_booking(row)


async def lock_booking(work: UnitOfWork, uid: str) -> Booking | None:
    """Return a booking by its uid, and keep other commands off it until this one ends."""
    # Whoever deletes an event type holds it before it reaches for its bookings: so in the same order here,
    # or the booking that replaces this one would wait for the deletion, and the deletion for this one.
    await work.connection.execute(
        """
        SELECT FROM event_types WHERE id = (SELECT event_type_id FROM bookings WHERE uid = %s) FOR KEY SHARE
        """,
        (uid,),
    )
    await work.connection.execute("SELECT FROM bookings WHERE uid = %s FOR UPDATE", (uid,))
    return await find_booking(work.connection, uid)


async def insert_booking(work: UnitOfWork, new: NewBooking) -> tuple[int, datetime]:
    """Store a booking, its attendees and the time it takes of its host; return id and creation.

    Raises:
        psycopg.errors.ExclusionViolation: the host is busy then.
    """
    row = await only_row(
        work.connection,
        """
        WITH booking AS (
            INSERT INTO bookings (
                uid, user_id, organizer_email, event_type_id, status, title, description, start_time,
                end_time, location, responses, metadata, ical_uid, ical_sequence, rescheduled_by,
                rescheduled_from_uid)
            VALUES (
                %(uid)s, %(organizer_id)s, %(organizer_email)s, %(event_type_id)s, %(status)s, %(title)s,
                %(description)s, %(start)s, %(end)s, %(location)s, %(responses)s, %(metadata)s, %(ical_uid)s,
                %(ical_sequence)s, %(rescheduled_by)s, %(rescheduled_from_uid)s)
            RETURNING id, created_at
        ), attending AS (
            INSERT INTO attendees (booking_id, name, email, time_zone, locale, phone_number)
            SELECT booking.id, a.name, a.email, a.time_zone, a.locale, a.phone_number
              FROM booking, unnest(%(names)s::text[], %(emails)s::text[], %(time_zones)s::text[],
                                   %(locales)s::text[], %(phone_numbers)s::text[]) WITH ORDINALITY
                   AS a (name, email, time_zone, locale, phone_number, position)
             ORDER BY a.position
        ), busy AS (
            INSERT INTO busy_times (host_id, booking_id, during)
            SELECT %(organizer_id)s, id, tstzrange(%(busy_from)s, %(busy_until)s) FROM booking
        )
        SELECT id, created_at FROM booking
        """,
        {
            "uid": new.uid,
            "organizer_id": new.organizer_id,
            "organizer_email": new.organizer_email,
            "event_type_id": new.event_type_id,
            "status": new.status.value,
            "title": new.title,
            "description": new.description,
            "start": new.start,
            "end": new.end,
            "location": new.location,
            "responses": Jsonb(new.responses),
            "metadata": Jsonb(new.metadata),
            "ical_uid": new.ical_uid,
            "ical_sequence": new.ical_sequence,
            "rescheduled_by": new.rescheduled_by,
            "rescheduled_from_uid": new.rescheduled_from_uid,
            "busy_from": new.start - new.before,
            "busy_until": new.end + new.after,
            "names": [attendee.name for attendee in new.attendees],
            "emails": [attendee.email for attendee in new.attendees],
            "time_zones": [attendee.time_zone for attendee in new.attendees],
            "locales": [attendee.locale for attendee in new.attendees],
            "phone_numbers": [attendee.phone_number for attendee in new.attendees],
        },
    )
    booking_id, created_at = row
    return int(booking_id), created_at


async def end_booking(
    work: UnitOfWork, booking_id: int, *, reason: str | None, by: str | None, is_rescheduled: bool
) -> None:
    """Cancel a booking, or mark it as replaced, and give its time back."""
    await work.connection.execute(
        """
        WITH freed AS (DELETE FROM busy_times WHERE booking_id = %(booking_id)s)
        UPDATE bookings
           SET status = 'cancelled', cancellation_reason = %(reason)s, cancelled_by = %(by)s,
               is_rescheduled = %(is_rescheduled)s, ical_sequence = ical_sequence + 1, updated_at = now()
         WHERE id = %(booking_id)s
        """,
        {"booking_id": booking_id, "reason": reason, "by": by, "is_rescheduled": is_rescheduled},
    )


def to_booking(row: TupleRow) -> Booking:
    """Return the booking that a row of `SELECT_BOOKING` holds."""
    *plain, status, host_id, name, email, username, time_zone, event_type_id, slug, attendees = row
    fields = [
        *plain,
        Status(status),
        Organizer(host_id, name, email, username, time_zone),
        None if event_type_id is None else BookedEventType(event_type_id, slug),
        tuple(Attendee(*attendee) for attendee in attendees or ()),
    ]
    return Booking(*fields)
