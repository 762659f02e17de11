"""SQL that changes bookings, their attendees and seats, and the time they take of their hosts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from kalends.bookings.booking import Attendee, Seat, Status
from kalends.db.database import UnitOfWork


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
    title: str
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


_INSERT = """
    WITH new AS (
        SELECT * FROM unnest(
            %(uids)s::text[], %(organizer_ids)s::int[], %(organizer_emails)s::text[],
            %(event_type_ids)s::int[], %(statuses)s::text[], %(titles)s::text[], %(descriptions)s::text[],
            %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(locations)s::text[],
            %(responses)s::jsonb[], %(metadata)s::jsonb[], %(ical_uids)s::text[], %(ical_sequences)s::int[],
            %(rescheduled_by)s::text[], %(rescheduled_from_uids)s::text[], %(recurring_uids)s::text[],
            %(is_seated)s::bool[], %(idempotency_keys)s::bytea[], %(busy_from)s::timestamptz[],
            %(busy_until)s::timestamptz[], %(blocks)s::bool[])
            WITH ORDINALITY AS n (
            uid, user_id, organizer_email, event_type_id, status, title, description, start_time, end_time,
            location, responses, metadata, ical_uid, ical_sequence, rescheduled_by, rescheduled_from_uid,
            recurring_booking_uid, is_seated, idempotency_key, busy_from, busy_until, blocks, position)
    ), booking AS (
        INSERT INTO bookings (
            uid, user_id, organizer_email, event_type_id, status, title, description, start_time, end_time,
            location, responses, metadata, ical_uid, ical_sequence, rescheduled_by, rescheduled_from_uid,
            recurring_booking_uid, is_seated, idempotency_key)
        SELECT uid, user_id, organizer_email, event_type_id, status, title, description, start_time, end_time,
               location, responses, metadata, ical_uid, ical_sequence, rescheduled_by, rescheduled_from_uid,
               recurring_booking_uid, is_seated, idempotency_key
          FROM new ORDER BY position
        RETURNING id, uid
    ), attending AS (
        INSERT INTO attendees (booking_id, email, name, time_zone, locale, phone_number, is_absent)
        SELECT booking.id, a.email, a.name, a.time_zone, a.locale, a.phone_number, a.is_absent
          FROM unnest(%(attended_uids)s::text[], %(emails)s::text[], %(names)s::text[],
                      %(time_zones)s::text[], %(locales)s::text[], %(phone_numbers)s::text[],
                      %(absences)s::bool[])
               WITH ORDINALITY AS a (uid, email, name, time_zone, locale, phone_number, is_absent, position)
          JOIN booking ON booking.uid = a.uid
         ORDER BY a.position
        RETURNING id, booking_id
    ), seats AS (
        INSERT INTO booking_seats (uid, booking_id, attendee_id, description, responses, metadata)
        SELECT s.uid, first.booking_id, first.attendee_id, s.description, s.responses, s.metadata
          FROM unnest(%(seated_uids)s::text[], %(seat_uids)s::uuid[], %(seat_descriptions)s::text[],
                      %(seat_responses)s::jsonb[], %(seat_metadata)s::jsonb[])
               AS s (booking_uid, uid, description, responses, metadata)
          JOIN booking ON booking.uid = s.booking_uid
          JOIN (SELECT booking_id, min(id) AS attendee_id FROM attending GROUP BY booking_id) first
            ON first.booking_id = booking.id
    ), busy AS (
        INSERT INTO busy_times (host_id, booking_id, during)
        SELECT new.user_id, booking.id, tstzrange(new.busy_from, new.busy_until)
          FROM booking JOIN new ON new.uid = booking.uid WHERE new.blocks
    )
    SELECT id FROM booking ORDER BY id
"""


async def insert_bookings(work: UnitOfWork, new: Sequence[NewBooking]) -> list[int]:
    """Store bookings in one statement: attendees, the first one's seat, the time they take; return ids.

    Raises:
        psycopg.errors.ExclusionViolation: the host is busy then.
        psycopg.errors.UniqueViolation: the same booking is there already, or its seated start is taken.
    """
    attending = [(booking.uid, attendee) for booking in new for attendee in booking.attendees]
    seated = [(uid, attendee.seat) for uid, attendee in attending if attendee.seat is not None]
    cursor = await work.connection.execute(
        _INSERT,
        {
            "uids": [one.uid for one in new],
            "organizer_ids": [one.organizer_id for one in new],
            "organizer_emails": [one.organizer_email for one in new],
            "event_type_ids": [one.event_type_id for one in new],
            "statuses": [one.status.value for one in new],
            "titles": [one.title for one in new],
            "descriptions": [one.description for one in new],
            "starts": [one.start for one in new],
            "ends": [one.end for one in new],
            "locations": [one.location for one in new],
            "responses": [None if one.responses is None else Jsonb(one.responses) for one in new],
            "metadata": [Jsonb(one.metadata) for one in new],
            "ical_uids": [one.ical_uid for one in new],
            "ical_sequences": [one.ical_sequence for one in new],
            "rescheduled_by": [one.rescheduled_by for one in new],
            "rescheduled_from_uids": [one.rescheduled_from_uid for one in new],
            "recurring_uids": [one.recurring_uid for one in new],
            "is_seated": [one.is_seated for one in new],
            "idempotency_keys": [one.idempotency_key for one in new],
            "busy_from": [one.start - one.before for one in new],
            "busy_until": [one.end + one.after for one in new],
            "blocks": [one.blocks for one in new],
            "attended_uids": [uid for uid, _ in attending],
            "emails": [attendee.email for _, attendee in attending],
            "names": [attendee.name for _, attendee in attending],
            "time_zones": [attendee.time_zone for _, attendee in attending],
            "locales": [attendee.locale for _, attendee in attending],
            "phone_numbers": [attendee.phone_number for _, attendee in attending],
            "absences": [attendee.is_absent for _, attendee in attending],
            "seated_uids": [uid for uid, _ in seated],
            "seat_uids": [seat.uid for _, seat in seated],
            "seat_descriptions": [seat.description for _, seat in seated],
            "seat_responses": [Jsonb(seat.responses) for _, seat in seated],
            "seat_metadata": [Jsonb(seat.metadata) for _, seat in seated],
        },
    )
    return [booking_id for (booking_id,) in await cursor.fetchall()]


async def insert_seat(work: UnitOfWork, booking_id: int, attendee: Attendee, seat: Seat) -> None:
    """Let somebody attend a seated booking on a seat of their own."""
    await work.connection.execute(
        """
        WITH attending AS (
            INSERT INTO attendees (booking_id, email, name, time_zone, locale, phone_number)
            VALUES (%(booking_id)s, %(email)s, %(name)s, %(time_zone)s, %(locale)s, %(phone_number)s)
            RETURNING id
        ), seat AS (
            INSERT INTO booking_seats (uid, booking_id, attendee_id, description, responses, metadata)
            SELECT %(uid)s, %(booking_id)s, id, %(description)s, %(responses)s, %(metadata)s FROM attending
        )
        UPDATE bookings SET updated_at = now() WHERE id = %(booking_id)s
        """,
        {
            "booking_id": booking_id,
            "email": attendee.email,
            "name": attendee.name,
            "time_zone": attendee.time_zone,
            "locale": attendee.locale,
            "phone_number": attendee.phone_number,
            "uid": seat.uid,
            "description": seat.description,
            "responses": Jsonb(seat.responses),
            "metadata": Jsonb(seat.metadata),
        },
    )


async def move_attendees(work: UnitOfWork, attendee_ids: Sequence[int], booking_id: int) -> None:
    """Let attendees, and the seats they have, be those of another booking."""
    await work.connection.execute(
        """
        WITH moved AS (UPDATE attendees SET booking_id = %(booking_id)s WHERE id = ANY(%(ids)s)),
             seats AS (UPDATE booking_seats SET booking_id = %(booking_id)s WHERE attendee_id = ANY(%(ids)s))
        UPDATE bookings SET updated_at = now() WHERE id = %(booking_id)s
        """,
        {"booking_id": booking_id, "ids": list(attendee_ids)},
    )


async def delete_attendees(work: UnitOfWork, booking_id: int, attendee_ids: Sequence[int]) -> None:
    """Let attendees, and the seats they have, be gone."""
    await work.connection.execute(
        """
        WITH gone AS (DELETE FROM attendees WHERE id = ANY(%s) AND booking_id = %s)
        UPDATE bookings SET updated_at = now() WHERE id = %s
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
    """Cancel bookings, or mark them as replaced, and give their time back."""
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
    """Decline bookings, and give their time back."""
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
    """Accept bookings, and let them take their hosts' time with these buffers, unless they do already.

    Raises:
        psycopg.errors.ExclusionViolation: a host is busy then.
    """
    await work.connection.execute(
        """
        WITH busy AS (
            INSERT INTO busy_times (host_id, booking_id, during)
            SELECT user_id, id, tstzrange(start_time - %(before)s::interval, end_time + %(after)s::interval)
              FROM bookings WHERE id = ANY(%(ids)s)
            ON CONFLICT (host_id, booking_id) DO NOTHING
        )
        UPDATE bookings SET status = 'accepted', updated_at = now() WHERE id = ANY(%(ids)s)
        """,
        {"ids": list(booking_ids), "before": before, "after": after},
    )


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
    """Let a seated booking, with all its attendees, be at another time.

    Raises:
        psycopg.errors.ExclusionViolation: the host is busy then.
    """
    await work.connection.execute(
        """
        WITH busy AS (
            UPDATE busy_times SET during = tstzrange(%(busy_from)s, %(busy_until)s)
             WHERE booking_id = %(booking_id)s
        )
        UPDATE bookings
           SET start_time = %(start)s, end_time = %(end)s, rescheduled_by = %(by)s,
               ical_sequence = ical_sequence + 1, updated_at = now()
         WHERE id = %(booking_id)s
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


async def set_absences(
    work: UnitOfWork,
    booking_id: int,
    *,
    host: bool | None,
    absent_ids: Sequence[int],
    present_ids: Sequence[int],
) -> None:
    """Keep who did not come; `host` None: as it was."""
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
