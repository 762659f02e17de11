"""SQL that reads and locks bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from kalends.api.input.locales import Locale
from kalends.bookings.booking import (
    Attendee,
    BookedEventType,
    Booking,
    BookingClient,
    Organizer,
    Seat,
    Standing,
    Status,
)
from kalends.bookings.facts.outline import OutlinedOccurrence
from kalends.bookings.sql.titles import title_words_from
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, NamedRow, named_row, named_rows

_PLAIN = Columns(
    Booking,
    "b",
    stored_as={"start": "start_time", "end": "end_time", "recurring_uid": "recurring_booking_uid"},
    without=(
        "title_words",
        "description",
        "responses",
        "metadata",
        "status",
        "organizer",
        "event_type",
        "attendees",
        "is_for_host",
        "client",
    ),
)
_ORGANIZER = Columns(Organizer, "u", prefix="organizer_", without=("email",))

_ATTENDEES = """
    SELECT json_agg(
               json_build_array(
                   a.name, a.email, a.time_zone, a.locale, a.phone_number, a.is_absent, a.id, a.standing,
                   s.uid, s.description, s.responses, s.metadata)
               ORDER BY a.id)
      FROM attendees a LEFT JOIN booking_seats s ON s.attendee_id = a.id
     WHERE a.booking_id = b.id
"""

# That of the team that the event type belongs to, else of whose booking it is.
_CLIENT = """
    SELECT json_build_array(c.id, c.are_emails_enabled, c.booking_redirect_uri, c.booking_cancel_redirect_uri,
                            c.booking_reschedule_redirect_uri)
      FROM oauth_clients c
     WHERE c.id = coalesce((SELECT t.created_by_oauth_client_id FROM teams t WHERE t.id = e.team_id),
                           u.oauth_client_id)
"""

# Organizer and event type are looked up a booking: few are read, whatever PostgreSQL expects (decision 31).
SELECT_BOOKING = f"""
    SELECT {_PLAIN.selected}, b.title, b.title_parts, b.status,
           coalesce(same.description, b.description) AS description,
           coalesce(same.responses, b.responses) AS responses,
           coalesce(same.metadata, b.metadata) AS metadata,
           {_ORGANIZER.selected}, b.organizer_email,
           e.id AS event_type_id, e.slug AS event_type_slug, e.seats_show_attendees,
           e.hide_organizer_email,
           ({_ATTENDEES}) AS attendees, ({_CLIENT}) AS client
      FROM bookings b
     CROSS JOIN LATERAL (SELECT * FROM users WHERE id = b.user_id OFFSET 0) u
      LEFT JOIN LATERAL (SELECT * FROM event_types WHERE id = b.event_type_id OFFSET 0) e ON true
      LEFT JOIN LATERAL (
           SELECT description, responses, metadata FROM bookings WHERE uid = b.answers_of OFFSET 0) same
           ON b.answers_of IS NOT NULL
"""
"""Read bookings as `to_booking` takes them."""


async def find_booking(connection: Connection, uid: str) -> Booking | None:
    """Return a booking by its uid."""
    row = await named_row(connection, SELECT_BOOKING + " WHERE b.uid = %s", (uid,))
    return None if row is None else to_booking(row)


async def find_series(connection: Connection, recurring_uid: str) -> list[Booking]:
    """Return the bookings of a series by their start, whatever their status."""
    return await _list(connection, "b.recurring_booking_uid = %s", recurring_uid)


async def find_by_ids(connection: Connection, booking_ids: Sequence[int]) -> list[Booking]:
    """Return bookings by their start."""
    return await _list(connection, "b.id = ANY(%s)", list(booking_ids))


async def _list(connection: Connection, where: LiteralString, value: object) -> list[Booking]:
    statement = f"{SELECT_BOOKING} WHERE {where} ORDER BY b.start_time, b.id"
    return [to_booking(row) for row in await named_rows(connection, statement, (value,))]


async def find_seated(connection: Connection, event_type_id: int, start: datetime) -> Booking | None:
    """Return the one accepted booking that shares a start of a seated event type."""
    row = await named_row(
        connection,
        SELECT_BOOKING
        + " WHERE b.event_type_id = %s AND b.start_time = %s AND b.is_seated AND b.status = 'accepted'",
        (event_type_id, start),
    )
    return None if row is None else to_booking(row)


async def list_accounts_of(connection: Connection, address: str) -> list[int]:
    """Return the account that has proven an address to be its own, if there is one."""
    cursor = await connection.execute(
        "SELECT id FROM users WHERE lower(email) = lower(%s) AND email_verified_at IS NOT NULL", (address,)
    )
    return [row[0] for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class ActiveBooking:
    """A booking that a booker has before them; `seat_uid` where they share it."""

    uid: str
    seat_uid: UUID | None


async def list_active_of_booker(
    connection: Connection, event_type_id: int, email: str, now: datetime, *, most: int
) -> list[ActiveBooking]:
    """Return what somebody has booked of an event type and is not over, the last first, and at most so many.

    Who is merely a guest of others has booked nothing.
    """
    rows = await named_rows(
        connection,
        """
        SELECT b.uid, s.uid AS seat_uid
          FROM bookings b
          JOIN attendees a ON a.booking_id = b.id AND lower(a.email) = lower(%(email)s)
          LEFT JOIN booking_seats s ON s.attendee_id = a.id
         WHERE b.event_type_id = %(event_type_id)s AND b.end_time > %(now)s
           AND b.status IN ('accepted', 'pending', 'awaiting_host')
           AND CASE WHEN b.is_seated THEN s.uid IS NOT NULL
                    ELSE a.id = (SELECT min(id) FROM attendees WHERE booking_id = b.id) END
         ORDER BY b.start_time DESC, b.id DESC LIMIT %(most)s
        """,
        {"event_type_id": event_type_id, "email": email, "now": now, "most": most},
    )
    return [ActiveBooking(row.uid, row.seat_uid) for row in rows]


async def lock_rows(work: UnitOfWork, booking_ids: Sequence[int]) -> None:
    """Lock the rows of these bookings."""
    await work.connection.execute(
        "SELECT FROM bookings WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (sorted(booking_ids),)
    )


async def lock_rows_of_only_host(work: UnitOfWork, host_id: int, now: datetime) -> list[int]:
    """Lock the bookings that have not ended and that nobody else hosts; return their ids."""
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


async def lock_rows_of_event_types(
    work: UnitOfWork, event_type_ids: Sequence[int], now: datetime
) -> list[int]:
    """Lock the bookings of event types that have not ended; return their ids."""
    cursor = await work.connection.execute(
        """
        SELECT id FROM bookings
         WHERE event_type_id = ANY(%s) AND end_time > %s
           AND status IN ('accepted', 'pending', 'awaiting_host')
         ORDER BY id FOR UPDATE
        """,
        (list(event_type_ids), now),
    )
    return [row[0] for row in await cursor.fetchall()]


async def lock_rows_of_series(work: UnitOfWork, recurring_uid: str) -> None:
    """Lock the rows of all bookings of a series."""
    await work.connection.execute(
        "SELECT FROM bookings WHERE recurring_booking_uid = %s ORDER BY id FOR UPDATE", (recurring_uid,)
    )


async def find_series_outline(connection: Connection, recurring_uid: str) -> list[OutlinedOccurrence]:
    """Return the occurrences of a series in their first order; a moved one keeps its calendar object."""
    cursor = await connection.execute(
        """
        SELECT ical_uid,
               (array_agg(start_time ORDER BY id))[1],
               (array_agg(start_time ORDER BY id DESC))[1],
               (array_agg(end_time - start_time ORDER BY id))[1],
               (array_agg(status ORDER BY id DESC))[1] = 'accepted',
               max(ical_sequence)
          FROM bookings WHERE recurring_booking_uid = %s
         GROUP BY ical_uid ORDER BY min(id)
        """,
        (recurring_uid,),
    )
    return [OutlinedOccurrence(*row) for row in await cursor.fetchall()]


def to_booking(row: NamedRow) -> Booking:
    """Return the booking that a row of `SELECT_BOOKING` holds."""
    event_type = None
    if row.event_type_id is not None:
        event_type = BookedEventType(
            row.event_type_id, row.event_type_slug, row.seats_show_attendees, row.hide_organizer_email
        )
    return Booking(
        **_PLAIN.values_of(row),
        description=row.description,
        responses=row.responses,
        metadata=row.metadata,
        title_words=title_words_from(row.title, row.title_parts),
        status=Status(row.status),
        organizer=Organizer(**_ORGANIZER.values_of(row), email=row.organizer_email),
        event_type=event_type,
        attendees=tuple([_attendee(*attendee) for attendee in row.attendees or ()]),
        client=None if row.client is None else BookingClient(*row.client),
    )


def _attendee(
    name: str,
    email: str,
    time_zone: str,
    locale: Locale,
    phone_number: str | None,
    is_absent: bool,
    attendee_id: int,
    standing: str,
    seat_uid: str | None,
    description: str | None,
    responses: dict[str, Any],
    metadata: dict[str, Any],
) -> Attendee:
    seat = None if seat_uid is None else Seat(UUID(seat_uid), description, responses, metadata)
    return Attendee(
        name,
        email,
        time_zone,
        locale,
        phone_number,
        is_absent,
        seat,
        attendee_id,
        standing=Standing(standing),
    )
