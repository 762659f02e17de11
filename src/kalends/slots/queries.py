"""SQL of availability: a constant number of statements, whatever the number of hosts, days and bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import TupleRow

from kalends.db.database import Connection
from kalends.event_types.event_type import BookingWindow, WindowKind
from kalends.slots.terms import Terms


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
    host has no schedule at all. Either `busy_starts` and `busy_ends`, epoch seconds, or `bookings` say when
    the host is busy.
    """

    id: int
    zone: str
    hours: str | None
    busy_starts: Sequence[int]
    busy_ends: Sequence[int]
    bookings: Sequence[BusyRow]
    reservations: Sequence[ReservationRow]


@dataclass(frozen=True, slots=True)
class Range:
    """Which busy times and reservations count: those in `[start, end)` epoch seconds, at `now`.

    Busy times count also where only the buffers of the event type reach them. `moving` is the uid of a
    booking that does not count.
    """

    start: int
    end: int
    now: datetime
    moving: str | None

    @property
    def values(self) -> dict[str, Any]:
        """Return the values that the statements take from it."""
        return {"start": self.start, "end": self.end, "now": self.now, "moving": self.moving}


@dataclass(frozen=True, slots=True)
class Found:
    """The terms of an event type, and its hosts with what takes their time in the range that was `asked`."""

    terms: Terms
    hosts: Sequence[HostRow]
    asked: Range


_DURING = """
    tstzrange(to_timestamp(%(start)s - 60 * e.before_event_buffer),
              to_timestamp(%(end)s + 60 * e.after_event_buffer))
"""

# What blocks a host. Bookings of which they are a host take time as they were booked, those that wait for a
# confirmation too if they have a busy time at all; those that they attend by e-mail take the same time from
# them as from the organizer. The bookings of a seated event type are left to `find_seated`. OFFSET 0 keeps
# PostgreSQL from looking for the few attendances among everybody's busy times.
_BLOCKING = f"""
    SELECT t.booking_id, t.during
      FROM busy_times t
     WHERE t.host_id = u.id AND t.during && {_DURING}
       AND (e.seats_per_time_slot IS NULL OR NOT EXISTS (
               SELECT FROM bookings seated
                WHERE seated.id = t.booking_id AND seated.event_type_id = e.id
                  AND seated.is_seated AND seated.status = 'accepted'))
    UNION ALL
    SELECT t.booking_id, t.during
      FROM (SELECT a.booking_id FROM attendees a WHERE lower(a.email) = lower(u.email) OFFSET 0) attending
      JOIN bookings b ON b.id = attending.booking_id AND b.status = 'accepted'
      JOIN busy_times t ON t.booking_id = b.id AND t.host_id = b.user_id
     WHERE t.during && {_DURING}
       AND NOT EXISTS (SELECT FROM busy_times own WHERE own.booking_id = b.id AND own.host_id = u.id)
"""

# A list needs the blocked periods only; to say why, bookings are looked up too.
_PERIODS = f"""
    SELECT array_agg(date_part('epoch', lower(during))::bigint) AS starts,
           array_agg(date_part('epoch', upper(during))::bigint) AS ends,
           NULL::json AS bookings
      FROM ({_BLOCKING}) blocking
     WHERE booking_id IS DISTINCT FROM (SELECT id FROM bookings WHERE uid = %(moving)s)
"""
_BOOKINGS = f"""
    SELECT NULL::bigint[] AS starts, NULL::bigint[] AS ends,
           json_agg(json_build_array(
               date_part('epoch', lower(during))::bigint, date_part('epoch', upper(during))::bigint,
               date_part('epoch', b.start_time)::bigint, date_part('epoch', b.end_time)::bigint, b.uid)
               ORDER BY b.start_time, b.id) AS bookings
      FROM (SELECT DISTINCT booking_id, during FROM ({_BLOCKING}) every) blocking
      JOIN bookings b ON b.id = blocking.booking_id AND b.uid IS DISTINCT FROM %(moving)s
"""

_HOST = """
    u.id, coalesce(s.time_zone, u.time_zone),
    CASE WHEN s.id IS NULL THEN NULL ELSE (
        SELECT coalesce(json_agg(json_build_array(
                   a.days,
                   extract(epoch FROM a.start_time)::int / 60,
                   extract(epoch FROM a.end_time)::int / 60,
                   a.date) ORDER BY a.id)::text, '[]')
          FROM schedule_availability a WHERE a.schedule_id = s.id)
    END,
    busy.starts, busy.ends, busy.bookings,
    (SELECT json_agg(json_build_array(
                r.uid, r.event_type_id, date_part('epoch', r.start_time)::bigint,
                date_part('epoch', r.end_time)::bigint, r.is_seat, r.is_binding,
                held.before_event_buffer, held.after_event_buffer) ORDER BY r.start_time, r.uid)
       FROM slot_reservations r JOIN event_types held ON held.id = r.event_type_id
      WHERE r.host_id = u.id AND r.release_at > %(now)s
        AND r.start_time < to_timestamp(%(end)s) AND r.end_time > to_timestamp(%(start)s))
"""
_HOST_COLUMNS = 7

_TERMS = """
    e.period_type, e.period_days, e.period_count_calendar_days, e.period_start_date, e.period_end_date,
    e.id, e.length, e.slot_interval, e.offset_start, e.minimum_booking_notice, e.before_event_buffer,
    e.after_event_buffer, e.booking_limits, e.duration_limits, e.only_show_first_available_slot,
    e.seats_per_time_slot
"""


def _statement(columns: LiteralString, busy: LiteralString, where: LiteralString) -> LiteralString:
    return f"""
        SELECT {columns}
          FROM event_types e
          JOIN users u ON u.id = e.user_id
          LEFT JOIN schedules s ON s.id = coalesce(
                   e.schedule_id,
                   u.default_schedule_id,
                   (SELECT min(first.id) FROM schedules first WHERE first.user_id = u.id))
         CROSS JOIN LATERAL ({busy}) busy
         WHERE {where}
    """


_BY_ID: LiteralString = "e.id = %(event_type_id)s"
_BY_SLUG: LiteralString = "u.username = %(username)s AND e.slug = %(slug)s"

_HOSTS_WITH_PERIODS = _statement(_HOST, _PERIODS, _BY_ID)
_HOSTS_WITH_BOOKINGS = _statement(_HOST, _BOOKINGS, _BY_ID)
_TERMS_BY_ID = _statement(f"{_HOST}, {_TERMS}", _PERIODS, _BY_ID)
_TERMS_BY_SLUG = _statement(f"{_HOST}, {_TERMS}", _PERIODS, _BY_SLUG)


async def find_hosts(
    connection: Connection, event_type_id: int, asked: Range, *, names_bookings: bool
) -> list[HostRow]:
    """Return the hosts of an event type with what takes their time.

    Without `names_bookings` only the blocked periods are read, which is all that a list needs.
    """
    statement = _HOSTS_WITH_BOOKINGS if names_bookings else _HOSTS_WITH_PERIODS
    rows = await _rows(connection, statement, {"event_type_id": event_type_id, **asked.values})
    return [_host(row) for row in rows]


async def find_by_id(connection: Connection, event_type_id: int, asked: Range) -> Found | None:
    """Return the terms of an event type, and its hosts with their blocked periods."""
    rows = await _rows(connection, _TERMS_BY_ID, {"event_type_id": event_type_id, **asked.values})
    return _found(rows, asked)


async def find_by_slug(connection: Connection, username: str, slug: str, asked: Range) -> Found | None:
    """Return the terms of a user's event type, and its hosts with their blocked periods; exact matches."""
    rows = await _rows(connection, _TERMS_BY_SLUG, {"username": username, "slug": slug, **asked.values})
    return _found(rows, asked)


async def find_seated(connection: Connection, event_type_id: int, asked: Range) -> list[SeatedRow]:
    """Return the seated bookings of an event type, each once, with the number of their seats."""
    rows = await _rows(
        connection,
        f"""
        SELECT date_part('epoch', b.start_time)::bigint, date_part('epoch', b.end_time)::bigint,
               date_part('epoch', min(lower(t.during)))::bigint,
               date_part('epoch', max(upper(t.during)))::bigint,
               (SELECT count(*) FROM booking_seats s WHERE s.booking_id = b.id),
               array_agg(t.host_id), b.uid
          FROM event_types e
          JOIN bookings b ON b.event_type_id = e.id AND b.is_seated AND b.status = 'accepted'
          JOIN busy_times t ON t.booking_id = b.id
         WHERE e.id = %(event_type_id)s AND t.during && {_DURING} AND b.uid IS DISTINCT FROM %(moving)s
         GROUP BY b.id
         ORDER BY b.start_time
        """,
        {"event_type_id": event_type_id, **asked.values},
    )
    return [SeatedRow(*row) for row in rows]


async def find_counted(
    connection: Connection, event_type_id: int, starting: tuple[int, int], moving: str | None
) -> list[tuple[int, int]]:
    """Return the bookings of an event type that count for its limits, as pairs of epoch seconds.

    Those are the accepted ones that start in `[first, last)`; a booking of many seats is one.
    """
    first, last = starting
    rows = await _rows(
        connection,
        """
        SELECT date_part('epoch', start_time)::bigint, date_part('epoch', end_time)::bigint
          FROM bookings
         WHERE event_type_id = %(event_type_id)s AND status = 'accepted'
           AND start_time >= to_timestamp(%(first)s) AND start_time < to_timestamp(%(last)s)
           AND uid IS DISTINCT FROM %(moving)s
        """,
        {"event_type_id": event_type_id, "first": first, "last": last, "moving": moving},
    )
    return [(start, end) for start, end in rows]


async def _rows(
    connection: Connection, statement: LiteralString, values: Mapping[str, Any]
) -> list[TupleRow]:
    # Numbers and their arrays are read several times faster in binary form.
    cursor = await connection.execute(statement, values, binary=True)
    return await cursor.fetchall()


def _found(rows: Sequence[TupleRow], asked: Range) -> Found | None:
    if not rows:
        return None
    kind, days, counts_calendar_days, first, last, *terms = rows[0][_HOST_COLUMNS:]
    window = BookingWindow(WindowKind(kind), days, counts_calendar_days, first, last)
    return Found(Terms(window, *terms), [_host(row[:_HOST_COLUMNS]) for row in rows], asked)


def _host(row: Sequence[Any]) -> HostRow:
    host_id, zone, hours, starts, ends, bookings, reservations = row
    return HostRow(
        host_id,
        zone,
        hours,
        starts or (),
        ends or (),
        [BusyRow(*booking) for booking in bookings or ()],
        [ReservationRow(*held) for held in reservations or ()],
    )
