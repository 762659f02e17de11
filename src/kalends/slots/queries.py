"""SQL of availability: a constant number of statements, whatever the number of hosts, days and bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import TupleRow

from kalends.db.database import Connection


@dataclass(frozen=True, slots=True)
class BusyRow:
    """A booking that blocks a host, in epoch seconds: the period with its own buffers, and without."""

    start: int
    end: int
    raw_start: int
    raw_end: int
    uid: str


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """An unexpired reservation with the buffers of its event type, in minutes; epoch seconds."""

    uid: str
    event_type_id: int
    start: int
    end: int
    is_seat: bool
    is_binding: bool
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class SeatedRow:
    """A booking whose seats are shared, in epoch seconds: its period, and with its own buffers."""

    start: int
    end: int
    busy_from: int
    busy_until: int
    seats: int
    host_ids: Sequence[int]
    uid: str


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host, the schedule that counts for an event type (slots note, 4.3), and what takes their time.

    `hours` is JSON text of `[days, start, end, date]` rows with times as minutes of the day; None: the
    host has no schedule at all. Either `periods`, pairs of epoch seconds, or `bookings` say when the host
    is busy.
    """

    id: int
    zone: str
    hours: str | None
    periods: Sequence[tuple[int, int]]
    bookings: Sequence[BusyRow]
    reservations: Sequence[ReservationRow]


# Bookings of which a host is a host take time as they were booked, those that wait for a confirmation too
# if they have a busy time at all; those that a host attends by e-mail take the same time from the host as
# from their organizer. Bookings of a seated event type asked about are read by `find_seated`.
_OWN = """
      FROM busy_times t
     WHERE t.host_id = u.id AND t.during && tstzrange(to_timestamp(%(start)s), to_timestamp(%(end)s))
       AND (%(seated_of)s::int IS NULL OR NOT EXISTS (
               SELECT FROM bookings seated
                WHERE seated.id = t.booking_id AND seated.event_type_id = %(seated_of)s
                  AND seated.is_seated AND seated.status = 'accepted'))
"""
_ATTENDED = """
      FROM attendees a
      JOIN bookings b ON b.id = a.booking_id AND b.status = 'accepted'
      JOIN busy_times t ON t.booking_id = b.id AND t.host_id = b.user_id
     WHERE lower(a.email) = lower(u.email)
       AND t.during && tstzrange(to_timestamp(%(start)s), to_timestamp(%(end)s))
       AND NOT EXISTS (SELECT FROM busy_times own WHERE own.booking_id = b.id AND own.host_id = u.id)
"""

# A list needs the blocked periods only; to say why, bookings are looked up too.
_PERIODS = f"""
    SELECT array_agg(ARRAY[extract(epoch FROM lower(during))::bigint,
                           extract(epoch FROM upper(during))::bigint])
      FROM (SELECT t.booking_id, t.during {_OWN} UNION ALL SELECT t.booking_id, t.during {_ATTENDED}) blocking
     WHERE booking_id IS DISTINCT FROM (SELECT id FROM bookings WHERE uid = %(moving)s)
"""
_BOOKINGS = f"""
    SELECT json_agg(json_build_array(
               extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint,
               extract(epoch FROM b.start_time)::bigint, extract(epoch FROM b.end_time)::bigint, b.uid)
               ORDER BY b.start_time, b.id)
      FROM (SELECT t.booking_id, t.during {_OWN} UNION SELECT t.booking_id, t.during {_ATTENDED}) blocking
      JOIN bookings b ON b.id = blocking.booking_id AND b.uid IS DISTINCT FROM %(moving)s
"""

_HOSTS = """
    SELECT u.id, coalesce(s.time_zone, u.time_zone),
           CASE WHEN s.id IS NULL THEN NULL ELSE (
               SELECT coalesce(json_agg(json_build_array(
                          a.days,
                          extract(epoch FROM a.start_time)::int / 60,
                          extract(epoch FROM a.end_time)::int / 60,
                          a.date) ORDER BY a.id)::text, '[]')
                 FROM schedule_availability a WHERE a.schedule_id = s.id)
           END,
           ({busy}),
           (SELECT json_agg(json_build_array(
                       r.uid, r.event_type_id, extract(epoch FROM r.start_time)::bigint,
                       extract(epoch FROM r.end_time)::bigint, r.is_seat, r.is_binding,
                       e.before_event_buffer, e.after_event_buffer) ORDER BY r.start_time, r.uid)
              FROM slot_reservations r JOIN event_types e ON e.id = r.event_type_id
             WHERE r.host_id = u.id AND r.release_at > %(now)s
               AND r.start_time < to_timestamp(%(end)s) AND r.end_time > to_timestamp(%(start)s))
      FROM users u
      LEFT JOIN schedules s ON s.id = coalesce(
               %(schedule_id)s::int,
               u.default_schedule_id,
               (SELECT min(first.id) FROM schedules first WHERE first.user_id = u.id))
     WHERE u.id = ANY(%(host_ids)s)
     ORDER BY array_position(%(host_ids)s, u.id)
"""

_HOSTS_WITH_PERIODS = _HOSTS.format(busy=_PERIODS)
_HOSTS_WITH_BOOKINGS = _HOSTS.format(busy=_BOOKINGS)


@dataclass(frozen=True, slots=True)
class Range:
    """Which busy times and reservations count: those in `[start, end)` epoch seconds, at `now`.

    `moving` is the uid of a booking that does not.
    """

    start: int
    end: int
    now: datetime
    moving: str | None


async def find_hosts(
    connection: Connection,
    host_ids: Sequence[int],
    schedule_id: int | None,
    asked: Range,
    *,
    seated_of: int | None,
    names_bookings: bool,
) -> list[HostRow]:
    """Return hosts with what takes their time; `schedule_id` is the event type's, which beats theirs.

    The seated bookings of the event type `seated_of` are left out. Without `names_bookings` only the
    blocked periods are read, which is all that a list needs.
    """
    cursor = await connection.execute(
        _HOSTS_WITH_BOOKINGS if names_bookings else _HOSTS_WITH_PERIODS,
        {
            "host_ids": list(host_ids),
            "schedule_id": schedule_id,
            "start": asked.start,
            "end": asked.end,
            "now": asked.now,
            "moving": asked.moving,
            "seated_of": seated_of,
        },
    )
    return [_host(row, names_bookings=names_bookings) for row in await cursor.fetchall()]


async def find_seated(connection: Connection, event_type_id: int, asked: Range) -> list[SeatedRow]:
    """Return the seated bookings of an event type, each once, with the number of their seats."""
    cursor = await connection.execute(
        """
        SELECT extract(epoch FROM b.start_time)::bigint, extract(epoch FROM b.end_time)::bigint,
               extract(epoch FROM min(lower(t.during)))::bigint,
               extract(epoch FROM max(upper(t.during)))::bigint,
               (SELECT count(*) FROM booking_seats s WHERE s.booking_id = b.id),
               array_agg(t.host_id), b.uid
          FROM bookings b JOIN busy_times t ON t.booking_id = b.id
         WHERE b.event_type_id = %(event_type_id)s AND b.is_seated AND b.status = 'accepted'
           AND t.during && tstzrange(to_timestamp(%(start)s), to_timestamp(%(end)s))
           AND b.uid IS DISTINCT FROM %(moving)s
         GROUP BY b.id
         ORDER BY b.start_time
        """,
        {
            "event_type_id": event_type_id,
            "start": asked.start,
            "end": asked.end,
            "moving": asked.moving,
        },
    )
    return [SeatedRow(*row) for row in await cursor.fetchall()]


async def find_counted(
    connection: Connection, event_type_id: int, starting: tuple[int, int], moving: str | None
) -> list[tuple[int, int]]:
    """Return the bookings of an event type that count for its limits, as pairs of epoch seconds.

    Those are the accepted ones that start in `[first, last)`; a booking of many seats is one.
    """
    first, last = starting
    cursor = await connection.execute(
        """
        SELECT extract(epoch FROM start_time)::bigint, extract(epoch FROM end_time)::bigint
          FROM bookings
         WHERE event_type_id = %(event_type_id)s AND status = 'accepted'
           AND start_time >= to_timestamp(%(first)s) AND start_time < to_timestamp(%(last)s)
           AND uid IS DISTINCT FROM %(moving)s
        """,
        {"event_type_id": event_type_id, "first": first, "last": last, "moving": moving},
    )
    return [(start, end) for start, end in await cursor.fetchall()]


def _host(row: TupleRow, *, names_bookings: bool) -> HostRow:
    host_id, zone, hours, busy, reservations = row
    found = busy or ()
    return HostRow(
        id=host_id,
        zone=zone,
        hours=hours,
        periods=() if names_bookings else found,
        bookings=[BusyRow(*entry) for entry in found] if names_bookings else (),
        reservations=[ReservationRow(*entry) for entry in reservations or ()],
    )
