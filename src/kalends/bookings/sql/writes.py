"""SQL that changes bookings, their attendees and seats, and the busy times of their hosts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from kalends.bookings.booking import Attendee, Booking, Seat, Status, TitleWords
from kalends.bookings.sql.reads import SELECT_BOOKING, to_booking
from kalends.bookings.sql.titles import title_columns_of
from kalends.db.database import UnitOfWork
from kalends.db.rows import json_bytes, json_rows, named_rows, only_row
from kalends.db.statements import compacted


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A booking to store, with the buffers around it that its host stays busy for.

    `blocks`: it takes its host's time. `idempotency_key` None: the same again may be stored.
    """

    uid: str
    organizer_id: int
    organizer_email: str
    event_type_id: int
    status: Status
    title_words: TitleWords
    description: str | None
    start: datetime
    end: datetime
    before: timedelta
    after: timedelta
    location: str | None
    responses: Mapping[str, Any] | None
    metadata: Mapping[str, Any]
    ical_uid: str
    ical_sequence: int
    rescheduled_by: str | None
    rescheduled_from_uid: str | None
    recurring_uid: str | None
    is_seated: bool
    blocks: bool
    idempotency_key: bytes | None
    attendees: Sequence[Attendee]


# The inserted rows stand in for the tables, in which this statement cannot see them yet.
INSERT = compacted(f"""
    WITH new AS (
        SELECT * FROM json_to_recordset(%(bookings)s::json) AS n (
            position int, uid text, user_id int, organizer_email text, event_type_id int, status text,
            title text, title_parts jsonb, description text, start_time timestamptz, end_time timestamptz,
            location text, responses jsonb, metadata jsonb, ical_uid text, ical_sequence int,
            rescheduled_by text, rescheduled_from_uid text, recurring_booking_uid text, is_seated bool,
            idempotency_key bytea, answers_of text, busy_from timestamptz, busy_until timestamptz,
            blocks bool)
    ), bookings AS (
        INSERT INTO bookings (
            uid, user_id, organizer_email, event_type_id, status, title, title_parts, description,
            start_time, end_time, location, responses, metadata, ical_uid, ical_sequence, rescheduled_by,
            rescheduled_from_uid, recurring_booking_uid, is_seated, idempotency_key, answers_of, updated_at)
        SELECT uid, user_id, organizer_email, event_type_id, status, title, title_parts, description,
               start_time, end_time, location, responses, metadata, ical_uid, ical_sequence, rescheduled_by,
               rescheduled_from_uid, recurring_booking_uid, is_seated, idempotency_key, answers_of, now()
          FROM new ORDER BY position
        RETURNING *
    ), attendees AS (
        INSERT INTO attendees (
            booking_id, email, name, time_zone, locale, phone_number, is_absent, standing)
        SELECT b.id, a.email, a.name, a.time_zone, a.locale, a.phone_number, a.is_absent, a.standing
          FROM json_to_recordset(%(attendees)s::json) AS a (
               position int, uid text, email text, name text, time_zone text, locale text,
               phone_number text, is_absent bool, standing text)
          JOIN bookings b ON b.uid = a.uid
         ORDER BY a.position
        RETURNING *
    ), booking_seats AS (
        INSERT INTO booking_seats (uid, booking_id, attendee_id, description, responses, metadata)
        SELECT s.seat_uid, first.booking_id, first.attendee_id, s.description, s.responses, s.metadata
          FROM json_to_recordset(%(seats)s::json) AS s (
               uid text, seat_uid uuid, description text, responses jsonb, metadata jsonb)
          JOIN bookings b ON b.uid = s.uid
          JOIN (SELECT booking_id, min(id) AS attendee_id FROM attendees GROUP BY booking_id) first
            ON first.booking_id = b.id
        RETURNING *
    ), busy AS (
        INSERT INTO busy_times (host_id, booking_id, during)
        SELECT new.user_id, b.id, tstzrange(new.busy_from, new.busy_until)
          FROM bookings b JOIN new ON new.uid = b.uid WHERE new.blocks
    )
    {SELECT_BOOKING} ORDER BY b.start_time, b.id
""")


async def insert_bookings(work: UnitOfWork, new: Sequence[NewBooking]) -> list[Booking]:
    """Store bookings in one statement: attendees, the first one's seat, the time they take.

    What the occurrences of a series were answered alike is kept with the first. Return them by their start.

    Raises:
        psycopg.errors.ExclusionViolation: the host is busy then.
        psycopg.errors.UniqueViolation: the same booking is there already, or its seated start is taken.
        psycopg.errors.ForeignKeyViolation: the event type was deleted.
    """
    attending = [(booking.uid, attendee) for booking in new for attendee in booking.attendees]
    seated = [(uid, attendee.seat) for uid, attendee in attending if attendee.seat is not None]
    rows = await named_rows(
        work.connection,
        INSERT,
        {
            "bookings": json_rows(
                _booking_row(position, one, _lead_of(one, new[0])) for position, one in enumerate(new)
            ),
            "attendees": json_rows(_attendee_row(*numbered) for numbered in enumerate(attending)),
            "seats": json_rows(_seat_row(uid, seat) for uid, seat in seated),
        },
    )
    return [to_booking(row) for row in rows]


def _lead_of(new: NewBooking, first: NewBooking) -> NewBooking | None:
    """Return the occurrence with which the answers of another are kept; None: they are kept with it."""
    if new is first or new.recurring_uid is None or new.recurring_uid != first.recurring_uid:
        return None
    is_same = (new.description, new.responses, new.metadata) == (
        first.description,
        first.responses,
        first.metadata,
    )
    return first if is_same else None


def _booking_row(position: int, new: NewBooking, lead: NewBooking | None) -> dict[str, Any]:
    return {
        "position": position,
        "uid": new.uid,
        "user_id": new.organizer_id,
        "organizer_email": new.organizer_email,
        "event_type_id": new.event_type_id,
        "status": new.status.value,
        **title_columns_of(new.title_words),
        "description": new.description if lead is None else None,
        "start_time": new.start,
        "end_time": new.end,
        "location": new.location,
        "responses": new.responses if lead is None else None,
        "metadata": new.metadata if lead is None else {},
        "answers_of": None if lead is None else lead.uid,
        "ical_uid": new.ical_uid,
        "ical_sequence": new.ical_sequence,
        "rescheduled_by": new.rescheduled_by,
        "rescheduled_from_uid": new.rescheduled_from_uid,
        "recurring_booking_uid": new.recurring_uid,
        "is_seated": new.is_seated,
        "idempotency_key": json_bytes(new.idempotency_key),
        "busy_from": new.start - new.before,
        "busy_until": new.end + new.after,
        "blocks": new.blocks,
    }


def _attendee_row(position: int, attending: tuple[str, Attendee]) -> dict[str, Any]:
    uid, attendee = attending
    return {
        "position": position,
        "uid": uid,
        "email": attendee.email,
        "name": attendee.name,
        "time_zone": attendee.time_zone,
        "locale": attendee.locale,
        "phone_number": attendee.phone_number,
        "is_absent": attendee.is_absent,
        "standing": attendee.standing.value,
    }


def _seat_row(uid: str, seat: Seat) -> dict[str, Any]:
    return {
        "uid": uid,
        "seat_uid": seat.uid,
        "description": seat.description,
        "responses": seat.responses,
        "metadata": seat.metadata,
    }


async def insert_seat(work: UnitOfWork, booking_id: int, attendee: Attendee, seat: Seat) -> None:
    """Add an attendee with a seat to a seated booking."""
    await work.connection.execute(
        """
        WITH attending AS (
            INSERT INTO attendees (booking_id, email, name, time_zone, locale, phone_number, standing)
            VALUES (%(booking_id)s, %(email)s, %(name)s, %(time_zone)s, %(locale)s, %(phone_number)s,
                    %(standing)s)
            RETURNING id
        ), seat AS (
            INSERT INTO booking_seats (uid, booking_id, attendee_id, description, responses, metadata)
            SELECT %(uid)s, %(booking_id)s, id, %(description)s, %(responses)s, %(metadata)s FROM attending
        )
        UPDATE bookings SET ical_sequence = ical_sequence + 1, updated_at = now() WHERE id = %(booking_id)s
        """,
        {
            "booking_id": booking_id,
            "email": attendee.email,
            "name": attendee.name,
            "time_zone": attendee.time_zone,
            "locale": attendee.locale,
            "phone_number": attendee.phone_number,
            "standing": attendee.standing.value,
            "uid": seat.uid,
            "description": seat.description,
            "responses": Jsonb(seat.responses),
            "metadata": Jsonb(seat.metadata),
        },
    )


async def move_attendees(work: UnitOfWork, attendee_ids: Sequence[int], booking_id: int) -> None:
    """Move attendees and their seats to another booking."""
    await work.connection.execute(
        """
        WITH moved AS (UPDATE attendees SET booking_id = %(booking_id)s WHERE id = ANY(%(ids)s)),
             seats AS (UPDATE booking_seats SET booking_id = %(booking_id)s WHERE attendee_id = ANY(%(ids)s))
        UPDATE bookings SET ical_sequence = ical_sequence + 1, updated_at = now()
         WHERE id = %(booking_id)s OR id IN (SELECT booking_id FROM attendees WHERE id = ANY(%(ids)s))
        """,
        {"booking_id": booking_id, "ids": list(attendee_ids)},
    )


async def delete_attendees(work: UnitOfWork, booking_id: int, attendee_ids: Sequence[int]) -> None:
    """Delete attendees and their seats."""
    await work.connection.execute(
        """
        WITH gone AS (DELETE FROM attendees WHERE id = ANY(%s) AND booking_id = %s)
        UPDATE bookings SET ical_sequence = ical_sequence + 1, updated_at = now() WHERE id = %s
        """,
        (list(attendee_ids), booking_id, booking_id),
    )


async def end_bookings(
    work: UnitOfWork,
    booking_ids: Sequence[int],
    *,
    reason: str | None,
    by: str | None,
    is_rescheduled: bool,
) -> None:
    """Cancel bookings, or mark them as replaced, and free their time."""
    await work.connection.execute(
        """
        WITH freed AS (DELETE FROM busy_times WHERE booking_id = ANY(%(ids)s))
        UPDATE bookings
           SET status = 'cancelled', cancellation_reason = %(reason)s, cancelled_by = %(by)s,
               is_rescheduled = %(is_rescheduled)s, ical_sequence = ical_sequence + 1,
               idempotency_key = NULL, updated_at = now()
         WHERE id = ANY(%(ids)s)
        """,
        {"ids": list(booking_ids), "reason": reason, "by": by, "is_rescheduled": is_rescheduled},
    )


async def reject_bookings(work: UnitOfWork, booking_ids: Sequence[int], reason: str | None) -> None:
    """Decline bookings, and free their time."""
    await work.connection.execute(
        """
        WITH freed AS (DELETE FROM busy_times WHERE booking_id = ANY(%(ids)s))
        UPDATE bookings
           SET status = 'rejected', rejection_reason = %(reason)s, ical_sequence = ical_sequence + 1,
               idempotency_key = NULL, updated_at = now()
         WHERE id = ANY(%(ids)s)
        """,
        {"ids": list(booking_ids), "reason": reason},
    )


async def accept_bookings(
    work: UnitOfWork, booking_ids: Sequence[int], before: timedelta, after: timedelta
) -> None:
    """Accept bookings, and take their hosts' time with these buffers unless it is taken already.

    Raises:
        psycopg.errors.ExclusionViolation: a host is busy then.
    """
    # A row is returned so that a violation is raised here, and not at the end of the pipeline.
    cursor = await work.connection.execute(
        """
        WITH busy AS (
            INSERT INTO busy_times (host_id, booking_id, during)
            SELECT user_id, id, tstzrange(start_time - %(before)s::interval, end_time + %(after)s::interval)
              FROM bookings WHERE id = ANY(%(ids)s)
            ON CONFLICT (host_id, booking_id) DO NOTHING
        )
        UPDATE bookings
           SET status = 'accepted', updated_at = now(),
               -- What was moved while it stood in calendars has left them by a message of its own.
               ical_sequence = ical_sequence + (rescheduled_from_uid IS NOT NULL)::int
         WHERE id = ANY(%(ids)s) RETURNING id
        """,
        {"ids": list(booking_ids), "before": before, "after": after},
    )
    await cursor.fetchall()


async def move_booking(
    work: UnitOfWork,
    booking_id: int,
    start: datetime,
    end: datetime,
    *,
    before: timedelta,
    after: timedelta,
    by: str | None,
) -> None:
    """Move a seated booking, with all its attendees, to another time.

    Raises:
        psycopg.errors.ExclusionViolation: the host is busy then.
    """
    await only_row(
        work.connection,
        """
        WITH busy AS (
            UPDATE busy_times SET during = tstzrange(%(busy_from)s, %(busy_until)s)
             WHERE booking_id = %(booking_id)s
        )
        UPDATE bookings
           SET start_time = %(start)s, end_time = %(end)s, rescheduled_by = %(by)s,
               ical_sequence = ical_sequence + 1, updated_at = now()
         WHERE id = %(booking_id)s
        RETURNING id
        """,
        {
            "booking_id": booking_id,
            "start": start,
            "end": end,
            "busy_from": start - before,
            "busy_until": end + after,
            "by": by,
        },
    )


async def confirm_attendance(work: UnitOfWork, booking_id: int, email: str) -> None:
    """Note that somebody says themselves that they attend a booking, and the others of its series."""
    await work.connection.execute(
        """
        UPDATE attendees SET standing = 'own'
         WHERE address = lower(%(email)s)
           AND booking_id = ANY(ARRAY(
               SELECT %(booking_id)s
                UNION ALL
               SELECT other.id FROM bookings b
                 JOIN bookings other ON other.recurring_booking_uid = b.recurring_booking_uid
                WHERE b.id = %(booking_id)s))
        """,
        {"booking_id": booking_id, "email": email},
    )


async def set_absences(
    work: UnitOfWork,
    booking_id: int,
    *,
    host: bool | None,
    absent_ids: Sequence[int],
    present_ids: Sequence[int],
) -> None:
    """Record no-shows; `host` None: no change."""
    await work.connection.execute(
        """
        WITH attending AS (
            UPDATE attendees SET is_absent = (id = ANY(%(absent)s::bigint[]))
             WHERE booking_id = %(booking_id)s AND id = ANY(%(absent)s::bigint[] || %(present)s::bigint[])
        )
        UPDATE bookings SET is_host_absent = coalesce(%(host)s, is_host_absent), updated_at = now()
         WHERE id = %(booking_id)s
        """,
        {
            "booking_id": booking_id,
            "host": host,
            "absent": list(absent_ids),
            "present": list(present_ids),
        },
    )
