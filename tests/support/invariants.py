"""What must be true of a database whatever was going on when one looks."""

import psycopg

_BUSY_TIMES_OF_ONE_HOST_OVERLAP = """
    SELECT one.booking_id, other.booking_id
      FROM busy_times one
      JOIN busy_times other ON other.host_id = one.host_id AND other.booking_id > one.booking_id
       AND other.during && one.during
"""

_ACCEPTED_WITHOUT_ITS_ONE_BUSY_TIME = """
    SELECT b.uid, b.status, array_agg(t.host_id), array_agg(t.during)
      FROM bookings b LEFT JOIN busy_times t ON t.booking_id = b.id
     GROUP BY b.id
    HAVING count(t.host_id) <> (b.status = 'accepted')::int
        OR bool_or(t.host_id <> b.user_id)
        OR bool_or(NOT t.during @> tstzrange(b.start_time, b.end_time))
"""

_NOBODY_ATTENDS = """
    SELECT uid FROM bookings b WHERE NOT EXISTS (SELECT FROM attendees a WHERE a.booking_id = b.id)
"""

_NOT_REPLACED_BY_EXACTLY_ONE = """
    SELECT old.uid, old.is_rescheduled, count(new.id)
      FROM bookings old LEFT JOIN bookings new ON new.rescheduled_from_uid = old.uid
     GROUP BY old.id
    HAVING count(new.id) <> old.is_rescheduled::int
"""

_RESERVATIONS_OF_ONE_HOST_OVERLAP = """
    SELECT one.uid, other.uid
      FROM slot_reservations one
      JOIN slot_reservations other ON other.host_id = one.host_id AND other.uid > one.uid
       AND tstzrange(one.start_time, one.end_time) && tstzrange(other.start_time, other.end_time)
     WHERE one.release_at > now() AND other.release_at > now()
"""

_RESERVED_FOR_ONE_AND_BOOKED_BY_ANOTHER = """
    SELECT r.uid, t.booking_id
      FROM slot_reservations r
      JOIN busy_times t ON t.host_id = r.host_id AND t.during && tstzrange(r.start_time, r.end_time)
     WHERE r.is_binding AND r.release_at > now()
"""

_NEVER = {
    "busy times of one host overlap": _BUSY_TIMES_OF_ONE_HOST_OVERLAP,
    "an accepted booking has not its one busy time, or another has any": _ACCEPTED_WITHOUT_ITS_ONE_BUSY_TIME,
    "a booking has no attendee": _NOBODY_ATTENDS,
    "a booking is replaced, but not by exactly one other": _NOT_REPLACED_BY_EXACTLY_ONE,
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
