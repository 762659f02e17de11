"""The statements that read hosts: a row a host, with its hours, absences and what takes its time.

They differ in whose hosts they read and share the rest. `e` is the event type, `u` the host, `s` the schedule
that counts for the host (slots note, 4.3).
"""

from dataclasses import dataclass
from typing import LiteralString

_DURING = """
    tstzrange(to_timestamp(%(start)s - 60 * e.before_event_buffer),
              to_timestamp(%(end)s + 60 * e.after_event_buffer))
"""

# What blocks a host. Bookings of which they are a host take time as they were booked, those that wait for a
# confirmation too if they have a busy time at all; those that they attend by e-mail take the same time from
# them as from the organizer. The bookings of a seated event type are left to `SEATED`. OFFSET 0 keeps
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
      FROM (SELECT a.booking_id FROM attendees a WHERE a.address = lower(u.email) OFFSET 0) attending
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

_FIRST_SCHEDULE = "(SELECT min(first.id) FROM schedules first WHERE first.user_id = u.id)"

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

_ABSENCES = """
    (SELECT json_agg(json_build_array(o.start_date, o.end_date))
       FROM out_of_office_entries o
      WHERE o.user_id = u.id
        AND o.end_date >= (to_timestamp(%(start)s) AT TIME ZONE 'UTC')::date - 1
        AND o.start_date <= (to_timestamp(%(end)s) AT TIME ZONE 'UTC')::date + 1)
"""
HOST_COLUMNS = 10

TERMS = """
    e.period_type, e.period_days, e.period_count_calendar_days, e.period_start_date, e.period_end_date,
    e.id, e.length, e.slot_interval, e.offset_start, e.minimum_booking_notice, e.before_event_buffer,
    e.after_event_buffer, e.booking_limits, e.duration_limits, e.only_show_first_available_slot,
    e.seats_per_time_slot, e.time_zone, e.user_id, e.team_id
"""
TERMS_COLUMNS = 19


def _host(is_fixed: LiteralString, chosen: LiteralString, held: LiteralString = "") -> LiteralString:
    """Return the columns of a host.

    `chosen` is the schedule that goes before the host's own if there is one: travel moves the hours of the
    own one only. `held` says which of the reservations that take the host's time count.
    """
    return f"""
        u.id, coalesce(s.time_zone, e.time_zone, u.time_zone),
        CASE WHEN s.id IS NULL THEN NULL ELSE (
            SELECT coalesce(json_agg(json_build_array(
                       a.days,
                       extract(epoch FROM a.start_time)::int / 60,
                       extract(epoch FROM a.end_time)::int / 60,
                       a.date) ORDER BY a.id)::text, '[]')
              FROM schedule_availability a WHERE a.schedule_id = s.id)
        END,
        busy.starts, busy.ends, busy.bookings,
        (SELECT {_RESERVATIONS}
           FROM slot_reservations r JOIN event_types held ON held.id = r.event_type_id
          WHERE r.host_id = u.id AND {_COUNTS} {held}),
        {_ABSENCES},
        (SELECT json_agg(json_build_array(
                    t.time_zone, date_part('epoch', t.start_time)::bigint,
                    date_part('epoch', t.end_time)::bigint) ORDER BY t.start_time, t.id)
           FROM travel_schedules t
          WHERE t.user_id = u.id AND (
                s.id = u.default_schedule_id OR (u.default_schedule_id IS NULL AND {chosen} IS NULL))),
        {is_fixed}
    """


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that reads hosts with their blocked periods, and the one that names bookings instead."""

    with_periods: LiteralString
    with_bookings: LiteralString


def _statement(
    columns: LiteralString, whose: LiteralString, schedule: LiteralString, where: LiteralString
) -> Statement:
    def reading(busy: LiteralString) -> LiteralString:
        return f"""
            SELECT {columns}
              FROM {whose}
              LEFT JOIN schedules s ON s.id = coalesce({schedule}, u.default_schedule_id, {_FIRST_SCHEDULE})
             CROSS JOIN LATERAL ({busy}) busy
             WHERE {where}
        """

    return Statement(reading(_PERIODS), reading(_BOOKINGS))


_USER_COLUMNS = f"{_host('true', 'e.schedule_id')}, {TERMS}"
_USER = "event_types e JOIN users u ON u.id = e.user_id"


def _of_user(joins: LiteralString, where: LiteralString) -> Statement:
    return _statement(_USER_COLUMNS, _USER + joins, "e.schedule_id", where)


OF_USER_BY_ID = _of_user("", "e.id = %(event_type_id)s")
OF_USER_BY_SLUG = _of_user("", "u.username = %(username)s AND e.slug = %(slug)s")
OF_PROFILE_BY_SLUG = _of_user(
    """
    JOIN profiles p ON p.user_id = u.id
    JOIN teams organization ON organization.id = p.organization_id
    """,
    """
    organization.slug = %(organization)s AND organization.is_organization
    AND p.username = %(username)s AND e.slug = %(slug)s
    """,
)

_CHOSEN: LiteralString = "e.schedule_id, h.schedule_id"
_IS_FIXED: LiteralString = "(h.is_fixed OR e.scheduling_type = 'collective')"

# What is kept of the event type itself takes one booking's worth of it and not certain hosts, so it stands
# beside them; and whose booking is being moved, if it is to stay with its host.
_TEAM_COLUMNS = f"""
    {_host(_IS_FIXED, f"coalesce({_CHOSEN})", "AND r.event_type_id <> e.id")},
    {TERMS}, kept.reservations,
    CASE WHEN e.reschedule_with_same_round_robin_host AND e.scheduling_type = 'roundRobin' THEN (
        SELECT moved.user_id FROM bookings moved
         WHERE moved.uid = %(moving)s AND moved.status IN ('accepted', 'cancelled', 'pending'))
    END
"""
# A managed event type is a template: its children have hosts.
_TEAM = f"""
    event_types e
    JOIN teams team ON team.id = e.team_id
   CROSS JOIN LATERAL (
        SELECT {_RESERVATIONS} AS reservations
          FROM (SELECT DISTINCT ON (uid) * FROM slot_reservations WHERE event_type_id = e.id) r
          JOIN event_types held ON held.id = e.id
         WHERE {_COUNTS}) kept
    LEFT JOIN (hosts h JOIN users u ON u.id = h.user_id)
      ON h.event_type_id = e.id AND e.scheduling_type <> 'managed'
"""


def _of_team(joins: LiteralString, where: LiteralString) -> Statement:
    return _statement(_TEAM_COLUMNS, _TEAM + joins, _CHOSEN, f"{where} ORDER BY u.id")


OF_TEAM_BY_ID = _of_team("", "e.id = %(event_type_id)s")
OF_TEAM_BY_SLUG = _of_team(
    "",
    """
    team.slug = %(team)s AND team.parent_id IS NULL AND NOT team.is_organization AND e.slug = %(slug)s
    """,
)
OF_ORGANIZATION_TEAM_BY_SLUG = _of_team(
    " JOIN teams organization ON organization.id = team.parent_id",
    """
    organization.slug = %(organization)s AND organization.is_organization
    AND team.slug = %(team)s AND e.slug = %(slug)s
    """,
)

# Who is found by the names of the organization's profiles; if nobody is, by those of its members' accounts.
_GROUP = """
    (SELECT NULL::int AS id, NULL::int AS schedule_id, NULL::text AS time_zone,
            0 AS before_event_buffer, 0 AS after_event_buffer, NULL::int AS seats_per_time_slot) e
    CROSS JOIN (
        WITH named AS (
            SELECT p.user_id
              FROM profiles p JOIN teams organization ON organization.id = p.organization_id
             WHERE organization.slug = %(organization)s AND organization.is_organization
               AND p.username = ANY(%(usernames)s))
        SELECT user_id FROM named
         UNION ALL
        SELECT m.user_id
          FROM users account
          JOIN memberships m ON m.user_id = account.id AND m.accepted
          JOIN teams organization ON organization.id = m.team_id
         WHERE organization.slug = %(organization)s AND organization.is_organization
           AND account.username = ANY(%(usernames)s) AND NOT EXISTS (SELECT FROM named)) member
    JOIN users u ON u.id = member.user_id
"""
OF_GROUP = _statement(
    f"{_host('true', 'e.schedule_id')}, u.allow_dynamic_booking",
    _GROUP,
    "e.schedule_id",
    "true ORDER BY u.id",
)

# The seated bookings of an event type, each once.
SEATED = f"""
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
"""
