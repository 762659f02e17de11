"""What must be true of a database whatever was going on when one looks."""

import psycopg

_BUSY_TIMES_OF_ONE_HOST_OVERLAP = """
    SELECT one.booking_id, other.booking_id
      FROM busy_times one
      JOIN busy_times other ON other.host_id = one.host_id AND other.booking_id > one.booking_id
       AND other.during && one.during
"""

# Accepted, or waiting for a host whose event type holds the time meanwhile.
_BLOCKS = """
    (b.status = 'accepted' OR (b.status = 'pending' AND e.requires_confirmation_will_block_slot IS TRUE))
"""

_BLOCKS_WITHOUT_ITS_ONE_BUSY_TIME = f"""
    SELECT b.uid, b.status, array_agg(t.host_id), array_agg(t.during)
      FROM bookings b
      LEFT JOIN event_types e ON e.id = b.event_type_id
      LEFT JOIN busy_times t ON t.booking_id = b.id
     GROUP BY b.id, e.id
    HAVING count(t.host_id) <> {_BLOCKS}::int
        OR bool_or(t.host_id <> b.user_id)
        OR bool_or(NOT t.during @> tstzrange(b.start_time, b.end_time))
"""

# A seated booking that has ended has given up its seats.
_NOBODY_ATTENDS = """
    SELECT uid FROM bookings b
     WHERE (b.is_seated AND b.status = 'cancelled')
        <> NOT EXISTS (SELECT FROM attendees a WHERE a.booking_id = b.id)
"""

_SEATS_ARE_NOT_WHAT_THEY_SHOULD_BE = """
    SELECT b.uid, b.status, e.seats_per_time_slot, count(s.id)
      FROM bookings b
      JOIN event_types e ON e.id = b.event_type_id
      LEFT JOIN booking_seats s ON s.booking_id = b.id
     GROUP BY b.id, e.id
    HAVING count(s.id) > CASE WHEN b.is_seated THEN e.seats_per_time_slot ELSE 0 END
        OR (b.is_seated AND b.status = 'accepted' AND count(s.id) = 0)
"""

_SEAT_AND_ATTENDEE_DISAGREE = """
    SELECT s.uid FROM booking_seats s JOIN attendees a ON a.id = s.attendee_id
     WHERE a.booking_id <> s.booking_id
"""

_SOMEBODY_SITS_TWICE = """
    SELECT a.booking_id, lower(a.email)
      FROM attendees a JOIN bookings b ON b.id = a.booking_id
     WHERE b.is_seated GROUP BY 1, 2 HAVING count(*) > 1
"""

_SEATED_BOOKINGS_SHARE_A_START = """
    SELECT event_type_id, start_time FROM bookings
     WHERE is_seated AND status = 'accepted' GROUP BY 1, 2 HAVING count(*) > 1
"""

_NOT_REPLACED_BY_EXACTLY_ONE = """
    SELECT old.uid, old.is_rescheduled, count(new.id)
      FROM bookings old LEFT JOIN bookings new ON new.rescheduled_from_uid = old.uid
     GROUP BY old.id
    HAVING count(new.id) <> old.is_rescheduled::int
"""

# What replaced an occurrence came later; the others came together or not at all.
_SERIES_IS_NOT_WHOLE = """
    SELECT b.recurring_booking_uid, count(*), count(DISTINCT b.created_at)
      FROM bookings b JOIN event_types e ON e.id = b.event_type_id
     WHERE b.recurring_booking_uid IS NOT NULL AND b.rescheduled_from_uid IS NULL
     GROUP BY b.recurring_booking_uid, e.id
    HAVING count(*) <> (e.recurring_event ->> 'count')::int OR count(DISTINCT b.created_at) <> 1
"""

# Of hosts whose hours are in UTC. Weeks begin on Sundays.
_LIMIT_IS_BROKEN = """
    SELECT e.slug, l.unit, l.most, count(*), sum(b.end_time - b.start_time)
      FROM event_types e
     CROSS JOIN LATERAL (
               SELECT 'bookings' AS of, key AS unit, value::int AS most
                 FROM jsonb_each_text(coalesce(e.booking_limits, '{}'))
                UNION ALL
               SELECT 'minutes', key, value::int FROM jsonb_each_text(coalesce(e.duration_limits, '{}'))) l
      JOIN bookings b ON b.event_type_id = e.id AND b.status = 'accepted'
     CROSS JOIN LATERAL (SELECT b.start_time AT TIME ZONE 'UTC' AS start) clock
     GROUP BY e.id, l.of, l.unit, l.most,
              CASE l.unit WHEN 'PER_DAY' THEN date_trunc('day', clock.start)
                          WHEN 'PER_WEEK' THEN date_trunc('week', clock.start + interval '1 day')
                          WHEN 'PER_MONTH' THEN date_trunc('month', clock.start)
                          WHEN 'PER_YEAR' THEN date_trunc('year', clock.start) END
    HAVING CASE l.of WHEN 'bookings' THEN count(*)
                     ELSE extract(epoch FROM sum(b.end_time - b.start_time)) / 60 END > l.most
"""

# Each transition states one fact, and nothing else states any.
_FACTS_DO_NOT_TELL_THE_STORY = """
    WITH told AS (
        SELECT b.*, array_agg(f.kind ORDER BY f.id) AS kinds,
               count(*) FILTER (WHERE f.kind = 'booking.created') AS created,
               count(*) FILTER (WHERE f.kind = 'booking.requested') AS requested,
               count(*) FILTER (WHERE f.kind = 'booking.confirmed') AS confirmed,
               count(*) FILTER (WHERE f.kind = 'booking.rescheduled') AS rescheduled,
               count(*) FILTER (WHERE f.kind = 'booking.cancelled') AS cancelled,
               count(*) FILTER (WHERE f.kind = 'booking.rejected') AS rejected
          FROM bookings b LEFT JOIN outbox_events f ON f.subject_id = b.id AND f.subject_kind = 'booking'
         GROUP BY b.id
    )
    SELECT uid, status, is_seated, is_rescheduled, kinds FROM told
     WHERE kinds[1] IS NULL
        OR kinds[1] NOT IN ('booking.created', 'booking.requested', 'booking.rescheduled', 'seat.rescheduled')
        OR rejected <> (status = 'rejected')::int
        OR cancelled > 1
        OR cancelled = 1 AND (status <> 'cancelled' OR is_rescheduled)
        OR confirmed > requested
        OR status = 'accepted' AND confirmed <> requested
        OR status = 'pending' AND requested - confirmed <> 1
        OR created + requested > 1
        OR NOT is_seated AND (
               created + requested + rescheduled <> 1
               OR rescheduled = 1 AND rescheduled_from_uid IS NULL
               OR cancelled <> (status = 'cancelled' AND NOT is_rescheduled)::int)
"""

_DUE_OF_WHAT_IS_NOT = """
    SELECT b.uid, b.status, array_agg(t.kind)
      FROM bookings b LEFT JOIN timers t ON t.subject_id = b.id AND t.subject_kind = 'booking'
     WHERE b.start_time > now() + interval '1 day'
     GROUP BY b.id
    HAVING CASE b.status
           WHEN 'accepted' THEN count(*) FILTER (WHERE t.kind IN (
                'reminder', 'meeting.started', 'meeting.ended')) <> 3 OR count(t.kind) <> 3
           WHEN 'pending' THEN count(*) FILTER (WHERE t.kind = 'request.expired') <> 1
           ELSE count(t.kind) <> 0 END
"""

_RESERVATIONS_OF_ONE_HOST_OVERLAP = """
    SELECT one.uid, other.uid
      FROM slot_reservations one
      JOIN slot_reservations other ON other.host_id = one.host_id AND other.uid > one.uid
       AND tstzrange(one.start_time, one.end_time) && tstzrange(other.start_time, other.end_time)
     WHERE one.release_at > now() AND other.release_at > now() AND NOT (one.is_seat AND other.is_seat)
"""

_RESERVED_FOR_ONE_AND_BOOKED_BY_ANOTHER = """
    SELECT r.uid, t.booking_id
      FROM slot_reservations r
      JOIN busy_times t ON t.host_id = r.host_id AND t.during && tstzrange(r.start_time, r.end_time)
     WHERE r.is_binding AND NOT r.is_seat AND r.release_at > now()
"""

_NEVER = {
    "busy times of one host overlap": _BUSY_TIMES_OF_ONE_HOST_OVERLAP,
    "a booking that blocks has not its one busy time, or another has any": _BLOCKS_WITHOUT_ITS_ONE_BUSY_TIME,
    "a booking has no attendee, or one that has given up its seats has": _NOBODY_ATTENDS,
    "a booking has too many seats, or a seated one has none": _SEATS_ARE_NOT_WHAT_THEY_SHOULD_BE,
    "a seat is in another booking than its attendee": _SEAT_AND_ATTENDEE_DISAGREE,
    "somebody attends a seated booking twice": _SOMEBODY_SITS_TWICE,
    "two seated bookings of an event type have one start": _SEATED_BOOKINGS_SHARE_A_START,
    "a booking is replaced, but not by exactly one other": _NOT_REPLACED_BY_EXACTLY_ONE,
    "a series is not whole": _SERIES_IS_NOT_WHOLE,
    "a limit is broken": _LIMIT_IS_BROKEN,
    "the facts do not tell what happened to a booking": _FACTS_DO_NOT_TELL_THE_STORY,
    "something is due of a booking that is not in the state for it": _DUE_OF_WHAT_IS_NOT,
    "reservations of one host overlap": _RESERVATIONS_OF_ONE_HOST_OVERLAP,
    "a time is kept by a binding reservation, and booked": _RESERVED_FOR_ONE_AND_BOOKED_BY_ANOTHER,
}


def assert_invariants_hold(url: str) -> None:
    """Check a database.

    Raises:
        AssertionError: something that must never be is; the message shows the rows.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        found = {name: connection.execute(statement).fetchall() for name, statement in _NEVER.items()}
    assert not any(found.values()), {name: rows[:5] for name, rows in found.items() if rows}
