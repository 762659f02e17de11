"""The statements that read hosts: a row a host, with their hours, absences and what takes their time.

In all of them `e` is the event type, `h` how somebody hosts it, `u` the host, `s` the schedule that counts
for the host (slots.md 4.3). They differ in whose hosts they read, and in how much they say of what is
booked.
"""

from dataclasses import dataclass
from functools import cache
from typing import LiteralString

from kalends.db.attending import TAKES_TIME
from kalends.db.statements import compacted
from kalends.event_types.columns import TERMS

_DURING = """
    tstzrange(to_timestamp(%(start)s - 60 * e.before_event_buffer),
              to_timestamp(%(end)s + 60 * e.after_event_buffer))
"""

# The bookings that block a host.
_BLOCKING = f"""
    -- Those of which they are a host take time as they were booked, those that wait for a confirmation too if
    -- they have a busy time at all. Those of a seated event type itself are left to `SEATED`.
    SELECT t.booking_id, t.during
      FROM busy_times t
     WHERE t.host_id = u.id AND t.during && {_DURING}
       AND (e.seats_per_time_slot IS NULL OR NOT EXISTS (
               SELECT FROM bookings
                WHERE id = t.booking_id AND event_type_id = e.id AND is_seated AND status = 'accepted'
               OFFSET 0))
    UNION ALL
    -- Those that they attend by e-mail take the same time from them as from the organizer, if they said so
    -- themselves or the installation lets others say it (slots.md 4.8). OFFSET 0 keeps PostgreSQL from
    -- looking for the few attendances among everybody's busy times: whatever it expects, attendances come
    -- first, then their bookings, then the times of these.
    SELECT t.booking_id, t.during
      FROM (SELECT a.booking_id FROM attendees a
             WHERE a.address = lower(u.email) AND u.email_verified_at IS NOT NULL AND {TAKES_TIME}
            OFFSET 0) met
     CROSS JOIN LATERAL (
           SELECT user_id FROM bookings WHERE id = met.booking_id AND status = 'accepted' OFFSET 0) b
     CROSS JOIN LATERAL (SELECT * FROM busy_times WHERE booking_id = met.booking_id OFFSET 0) t
     WHERE t.host_id = b.user_id AND t.during && {_DURING}
       AND NOT EXISTS (SELECT FROM busy_times own
                        WHERE own.booking_id = t.booking_id AND own.host_id = u.id OFFSET 0)
"""

# A list needs the blocked periods only.
_PERIODS = f"""
    SELECT array_agg(date_part('epoch', lower(during))::bigint) AS starts,
           array_agg(date_part('epoch', upper(during))::bigint) AS ends,
           NULL::json AS bookings
      FROM ({_BLOCKING}) blocking
     WHERE booking_id IS DISTINCT FROM (SELECT id FROM bookings WHERE uid = %(moving)s)
"""

# To say why a time is taken, its bookings are looked up too.
_BOOKINGS = f"""
    SELECT NULL::bigint[] AS starts, NULL::bigint[] AS ends,
           json_agg(json_build_array(
               date_part('epoch', lower(during))::bigint, date_part('epoch', upper(during))::bigint,
               date_part('epoch', b.start_time)::bigint, date_part('epoch', b.end_time)::bigint, b.uid)
               ORDER BY b.start_time, b.id) AS bookings
      FROM (SELECT DISTINCT booking_id, during FROM ({_BLOCKING}) every) blocking
      JOIN bookings b ON b.id = blocking.booking_id AND b.uid IS DISTINCT FROM %(moving)s
"""

_RESERVATIONS = """
    json_agg(json_build_array(
        r.uid, r.event_type_id, date_part('epoch', r.start_time)::bigint,
        date_part('epoch', r.end_time)::bigint, r.is_seat, r.is_binding,
        held.before_event_buffer, held.after_event_buffer) ORDER BY r.start_time, r.uid)
"""
_COUNTS = """
    r.release_at > %(now)s
    AND r.start_time < to_timestamp(%(end)s) AND r.end_time > to_timestamp(%(start)s)
"""

_EVENT_TYPE = f"""
    e.id AS event_type_id, e.user_id, e.team_id, {TERMS}, e.metadata -> 'multipleDuration' AS length_options
"""

# The host of a user's event type is its owner.
_OF_USER = """
    event_types e
    JOIN users u ON u.id = e.user_id
    CROSS JOIN (SELECT NULL::int AS schedule_id, true AS is_fixed, NULL::int AS event_type_id) h
"""

# Those of a team's are listed. A managed one is a template, which has none: it is one row without a host.
_OF_TEAM = f"""
    event_types e
    JOIN teams team ON team.id = e.team_id
    -- What is kept of the event type itself takes one booking's worth of it and not certain hosts, so it
    -- stands beside them.
    CROSS JOIN LATERAL (
         SELECT {_RESERVATIONS} AS reservations
           FROM (SELECT DISTINCT ON (uid) * FROM slot_reservations WHERE event_type_id = e.id) r
           JOIN event_types held ON held.id = e.id
          WHERE {_COUNTS}) kept
    LEFT JOIN (hosts h JOIN users u ON u.id = h.user_id)
      ON h.event_type_id = e.id AND e.scheduling_type <> 'managed'
"""
_TEAM_COLUMNS = f"""
    {_EVENT_TYPE}, team.week_start, kept.reservations AS kept,
    -- Whose booking is being moved, if it is to stay with its host
    CASE WHEN e.reschedule_with_same_round_robin_host AND e.scheduling_type = 'roundRobin' THEN (
        SELECT moved.user_id FROM bookings moved
         WHERE moved.uid = %(moving)s AND moved.status IN ('accepted', 'cancelled', 'pending'))
    END AS moved_from
"""

_OF_GROUP = """
    (SELECT NULL::int AS id, NULL::int AS schedule_id, NULL::text AS time_zone,
            0 AS before_event_buffer, 0 AS after_event_buffer, NULL::int AS seats_per_time_slot) e
    CROSS JOIN (
        -- Who is found by the names of the organization's profiles
        WITH named AS (
            SELECT p.user_id
              FROM profiles p JOIN teams organization ON organization.id = p.organization_id
             WHERE organization.slug = %(organization)s AND organization.is_organization
               AND organization.parent_id IS NULL
               AND p.username = ANY(%(usernames)s))
        SELECT user_id, NULL::int AS schedule_id, true AS is_fixed, NULL::int AS event_type_id FROM named
         UNION ALL
        -- If nobody is: by those of its members' accounts
        SELECT m.user_id, NULL, true, NULL
          FROM users account
          JOIN memberships m ON m.user_id = account.id AND m.accepted
          JOIN teams organization ON organization.id = m.team_id
         WHERE organization.slug = %(organization)s AND organization.is_organization
           AND organization.parent_id IS NULL
           AND account.username = ANY(%(usernames)s) AND NOT EXISTS (SELECT FROM named)) h
    JOIN users u ON u.id = h.user_id
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that reads hosts with their blocked periods, and the one that names bookings instead."""

    with_periods: LiteralString
    with_bookings: LiteralString


@cache
def of_user(condition: LiteralString) -> Statement:
    """Return the statement for an event type of a user that meets a condition."""
    return _statement(f"{_EVENT_TYPE}, u.week_start", "h.is_fixed", _OF_USER, condition)


@cache
def of_team(condition: LiteralString) -> Statement:
    """Return the statement for an event type of a team that meets a condition."""
    is_fixed = "h.is_fixed OR e.scheduling_type = 'collective'"
    return _statement(_TEAM_COLUMNS, is_fixed, _OF_TEAM, f"{condition} ORDER BY u.id")


def _statement(
    columns: LiteralString, is_fixed: LiteralString, hosts: LiteralString, where: LiteralString
) -> Statement:
    return Statement(
        _reading(columns, is_fixed, hosts, where, _PERIODS),
        _reading(columns, is_fixed, hosts, where, _BOOKINGS),
    )


def _reading(
    columns: LiteralString,
    is_fixed: LiteralString,
    hosts: LiteralString,
    where: LiteralString,
    busy: LiteralString,
) -> LiteralString:
    statement: LiteralString = f"""
        SELECT {columns}, u.id AS host_id, {is_fixed} AS is_fixed,
               coalesce(s.time_zone, e.time_zone, u.time_zone) AS zone,
               -- When the host works; NULL: there is no schedule at all
               CASE WHEN s.id IS NULL THEN NULL ELSE (
                   SELECT coalesce(json_agg(json_build_array(
                              a.days,
                              extract(epoch FROM a.start_time)::int / 60,
                              extract(epoch FROM a.end_time)::int / 60,
                              a.date) ORDER BY a.id)::text, '[]')
                     FROM schedule_availability a WHERE a.schedule_id = s.id)
               END AS hours,
               -- When the host is somewhere else, which moves the hours of their own schedule only
               (SELECT json_agg(json_build_array(
                           t.time_zone, date_part('epoch', t.start_time)::bigint,
                           date_part('epoch', t.end_time)::bigint) ORDER BY t.start_time, t.id)
                  FROM travel_schedules t
                 WHERE t.user_id = u.id AND (
                       s.id = u.default_schedule_id OR (
                           u.default_schedule_id IS NULL AND coalesce(e.schedule_id, h.schedule_id) IS NULL))
               ) AS travel,
               -- The dates on which the host is out of office
               (SELECT json_agg(json_build_array(o.start_date, o.end_date))
                  FROM out_of_office_entries o
                 WHERE o.user_id = u.id
                   AND o.end_date >= (to_timestamp(%(start)s) AT TIME ZONE 'UTC')::date - 1
                   AND o.start_date <= (to_timestamp(%(end)s) AT TIME ZONE 'UTC')::date + 1) AS absences,
               busy.starts AS busy_starts, busy.ends AS busy_ends, busy.bookings,
               -- What is kept of the host's time, but for what stands beside all hosts
               (SELECT {_RESERVATIONS}
                  FROM slot_reservations r JOIN event_types held ON held.id = r.event_type_id
                 WHERE r.host_id = u.id AND r.event_type_id IS DISTINCT FROM h.event_type_id
                   AND {_COUNTS}) AS reservations
          FROM {hosts}
          -- Looked up a host, so that no hash of everybody's schedules is made
          LEFT JOIN LATERAL (SELECT * FROM schedules WHERE id = coalesce(
               e.schedule_id, h.schedule_id, u.default_schedule_id,
               (SELECT min(f.id) FROM schedules f WHERE f.user_id = u.id)) OFFSET 0) s ON true
         CROSS JOIN LATERAL ({busy}) busy
         WHERE {where}
    """
    return compacted(statement)


OF_GROUP = _statement("u.allow_dynamic_booking", "h.is_fixed", _OF_GROUP, "true ORDER BY u.id")

SEATED = f"""
    -- The seated bookings of an event type, each once. OFFSET 0 has their times looked up one by one, and not
    -- found among everybody's.
    SELECT date_part('epoch', b.start_time)::bigint AS "start",
           date_part('epoch', b.end_time)::bigint AS "end",
           date_part('epoch', min(lower(t.during)))::bigint AS busy_from,
           date_part('epoch', max(upper(t.during)))::bigint AS busy_until,
           (SELECT count(*) FROM booking_seats s WHERE s.booking_id = b.id) AS seats,
           array_agg(t.host_id) AS host_ids, b.uid
      FROM event_types e
      JOIN bookings b ON b.event_type_id = e.id AND b.is_seated AND b.status = 'accepted'
     CROSS JOIN LATERAL (SELECT * FROM busy_times WHERE booking_id = b.id OFFSET 0) t
     WHERE e.id = %(event_type_id)s AND t.during && {_DURING} AND b.uid IS DISTINCT FROM %(moving)s
     GROUP BY b.id
     ORDER BY b.start_time
"""

MOVED = """
    SELECT b.event_type_id, b.user_id AS host_id,
           date_part('epoch', b.end_time - b.start_time)::bigint / 60 AS length,
           b.start_time AS "start", b.end_time AS "end", b.status, b.is_rescheduled, b.is_seated,
           e.disable_rescheduling AS is_disabled, e.disable_rescheduling_minutes_before AS minutes_before,
           e.allow_rescheduling_past_bookings AS allows_past,
           e.allow_rescheduling_cancelled_bookings AS allows_cancelled
      FROM bookings b JOIN event_types e ON e.id = b.event_type_id
     WHERE b.uid = %(moving)s
"""

COUNTED = """
    -- The bookings that count for the limits of an event type; one of many seats is one
    SELECT date_part('epoch', start_time)::bigint AS "start", date_part('epoch', end_time)::bigint AS "end"
      FROM bookings
     WHERE event_type_id = %(event_type_id)s AND status = 'accepted'
       AND start_time >= to_timestamp(%(first)s) AND start_time < to_timestamp(%(last)s)
       AND uid IS DISTINCT FROM %(moving)s
"""
