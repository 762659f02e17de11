"""SQL of availability: a constant number of statements, whatever the number of days and bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kalends.db.database import Connection


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host and the schedule that counts for an event type (slots note, 4.3).

    `hours` is JSON text of `[days, start, end, date]` rows with times as minutes of the day; None: the
    host has no schedule at all.
    """

    id: int
    zone: str
    hours: str | None


@dataclass(frozen=True, slots=True)
class BusyRow:
    """A booking that blocks a host: its buffered and its own period, in epoch seconds."""

    host_id: int
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
    host_id: int
    start: int
    end: int
    is_seat: bool
    is_binding: bool
    before: int
    after: int


_HOSTS = """
    SELECT u.id, coalesce(s.time_zone, u.time_zone),
           CASE WHEN s.id IS NULL THEN NULL ELSE (
               SELECT coalesce(json_agg(json_build_array(
                          a.days,
                          extract(epoch FROM a.start_time)::int / 60,
                          extract(epoch FROM a.end_time)::int / 60,
                          a.date) ORDER BY a.id)::text, '[]')
                 FROM schedule_availability a WHERE a.schedule_id = s.id)
           END
      FROM users u
      LEFT JOIN schedules s ON s.id = coalesce(
               %(schedule_id)s::int,
               u.default_schedule_id,
               (SELECT min(first.id) FROM schedules first WHERE first.user_id = u.id))
     WHERE u.id = ANY(%(host_ids)s)
     ORDER BY array_position(%(host_ids)s, u.id)
"""

# Bookings that a host organizes take time as they were booked; those that a host attends by e-mail take
# the same time from the host as from their organizer.
_BUSY = """
    WITH blocking AS (
        SELECT t.host_id, t.booking_id, t.during
          FROM busy_times t
         WHERE t.host_id = ANY(%(host_ids)s)
           AND t.during && tstzrange(to_timestamp(%(start)s), to_timestamp(%(end)s))
        UNION
        SELECT u.id, t.booking_id, t.during
          FROM users u
          JOIN attendees a ON lower(a.email) = lower(u.email)
          JOIN bookings b ON b.id = a.booking_id AND b.status = 'accepted' AND b.user_id <> u.id
          JOIN busy_times t ON t.booking_id = b.id AND t.host_id = b.user_id
         WHERE u.id = ANY(%(host_ids)s)
           AND t.during && tstzrange(to_timestamp(%(start)s), to_timestamp(%(end)s))
    )
    SELECT blocking.host_id,
           extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint,
           extract(epoch FROM b.start_time)::bigint, extract(epoch FROM b.end_time)::bigint, b.uid
      FROM blocking JOIN bookings b ON b.id = blocking.booking_id
     WHERE b.uid IS DISTINCT FROM %(moving)s
"""


async def find_hosts(
    connection: Connection, host_ids: Sequence[int], schedule_id: int | None
) -> list[HostRow]:
    """Return hosts with their schedules; `schedule_id` is that of the event type, which beats theirs."""
    cursor = await connection.execute(_HOSTS, {"host_ids": list(host_ids), "schedule_id": schedule_id})
    return [HostRow(*row) for row in await cursor.fetchall()]


async def find_busy(
    connection: Connection, host_ids: Sequence[int], start: int, end: int, moving: str | None
) -> list[BusyRow]:
    """Return what blocks hosts in `[start, end)` epoch seconds, but for the booking with uid `moving`."""
    cursor = await connection.execute(
        _BUSY, {"host_ids": list(host_ids), "start": start, "end": end, "moving": moving}
    )
    return [BusyRow(*row) for row in await cursor.fetchall()]


async def find_reservations(
    connection: Connection, event_type_id: int, host_ids: Sequence[int], start: int, end: int, now: datetime
) -> list[ReservationRow]:
    """Return the unexpired reservations in `[start, end)` of an event type and of its hosts."""
    cursor = await connection.execute(
        """
        SELECT r.uid::text, r.event_type_id, r.host_id, extract(epoch FROM r.start_time)::bigint,
               extract(epoch FROM r.end_time)::bigint, r.is_seat, r.is_binding,
               e.before_event_buffer, e.after_event_buffer
          FROM slot_reservations r JOIN event_types e ON e.id = r.event_type_id
         WHERE (r.event_type_id = %(event_type_id)s OR r.host_id = ANY(%(host_ids)s))
           AND r.release_at > %(now)s
           AND r.start_time < to_timestamp(%(end)s) AND r.end_time > to_timestamp(%(start)s)
         ORDER BY r.start_time, r.uid
        """,
        {
            "event_type_id": event_type_id,
            "host_ids": list(host_ids),
            "now": now,
            "start": start,
            "end": end,
        },
    )
    return [ReservationRow(*row) for row in await cursor.fetchall()]
