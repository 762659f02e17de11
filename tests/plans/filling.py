"""What others have: as many bookings as wanted, and of everything else as much as goes with those."""

from typing import Any

import psycopg

# Ids of their own, far from those that sequences give. Each of them has twenty bookings, and attends one of
# another's. All of it lies within what the requests ask for.
_FIRST = 1_000_000
_FILL = (
    """
    INSERT INTO users (id, email, username, name) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, 'other' || o || '@example.com', 'other' || o, 'Other' FROM {owners} o
    """,
    """
    INSERT INTO teams (id, name, slug, is_organization) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, 'Team', 'team' || o, o % 2 = 0 FROM {owners} o
    """,
    """
    INSERT INTO memberships (id, user_id, team_id, accepted) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, {0} + o, {0} + o, true FROM {owners} o
    """,
    """
    INSERT INTO profiles (id, user_id, organization_id, username) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, {0} + o, {0} + o, 'other' || o FROM {owners} o WHERE o % 2 = 0
    """,
    """
    INSERT INTO api_keys (user_id, hashed_key) SELECT {0} + o, 'key' || o FROM {owners} o
    """,
    """
    INSERT INTO schedules (id, user_id, name) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, {0} + o, 'Hours' FROM {owners} o
    """,
    """
    INSERT INTO schedule_availability (id, schedule_id, days, start_time, end_time) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, {0} + o, '{{1,2,3,4,5}}', '09:00', '17:00' FROM {owners} o
    """,
    """
    INSERT INTO travel_schedules (id, user_id, time_zone, start_time) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, {0} + o, 'Europe/Rome', '2050-09-01Z' FROM {owners} o
    """,
    """
    INSERT INTO out_of_office_entries (id, user_id, start_date, end_date) OVERRIDING SYSTEM VALUE
    SELECT {0} + o, {0} + o, '2050-09-01', '2050-09-02' FROM {owners} o
    """,
    """
    INSERT INTO event_types (id, user_id, title, slug, length) OVERRIDING SYSTEM VALUE
    SELECT {0} + 2 * o, {0} + o, 'Intro', 'intro', 60 FROM {owners} o
    """,
    """
    INSERT INTO event_types (id, team_id, title, slug, length, scheduling_type) OVERRIDING SYSTEM VALUE
    SELECT {0} + 2 * o + 1, {0} + o, 'Panel', 'panel', 60, 'roundRobin' FROM {owners} o
    """,
    """
    INSERT INTO hosts (event_type_id, user_id) SELECT {0} + 2 * o + 1, {0} + o FROM {owners} o
    """,
    """
    INSERT INTO webhooks (id, user_id, subscriber_url, triggers)
    SELECT 'webhook' || o, {0} + o, 'http://example.com', '{{BOOKING_CREATED}}' FROM {owners} o
    """,
    """
    INSERT INTO bookings (
        id, uid, user_id, event_type_id, status, title, start_time, end_time, organizer_email, ical_uid,
        is_seated, recurring_booking_uid) OVERRIDING SYSTEM VALUE
    SELECT {0} + n, 'uid' || n, {0} + n / {each}, {0} + 2 * (n / {each}), 'accepted', 'Talk',
           '2050-09-02T06:00Z'::timestamptz + n % {each} * interval '480 hours' / {each},
           '2050-09-02T06:20Z'::timestamptz + n % {each} * interval '480 hours' / {each},
           'other' || n / {each} || '@example.com', 'uid' || n, n % 10 = 0,
           CASE n % 10 WHEN 1 THEN 'series' || n / 50 END
      FROM {bookings} n
    """,
    """
    INSERT INTO busy_times (host_id, booking_id, during)
    SELECT user_id, id, tstzrange(start_time, end_time) FROM bookings b JOIN {bookings} n ON b.id = {0} + n
    """,
    """
    INSERT INTO attendees (id, booking_id, email, name, time_zone) OVERRIDING SYSTEM VALUE
    SELECT {0} + n, {0} + n,
           CASE WHEN n % {each} = 0 THEN 'other' || n / {each} / 2
                ELSE 'guest' || n / {each} END || '@example.com', 'Guest', 'UTC'
      FROM {bookings} n
    """,
    """
    INSERT INTO booking_seats (id, uid, booking_id, attendee_id) OVERRIDING SYSTEM VALUE
    SELECT {0} + n, gen_random_uuid(), {0} + n, {0} + n FROM {bookings} n WHERE n % 10 = 0
    """,
    """
    INSERT INTO timers (subject_kind, subject_id, kind, due_at)
    SELECT 'booking', {0} + n, 'ended',
           '2050-09-02T06:20Z'::timestamptz + n % {each} * interval '480 hours' / {each} FROM {bookings} n
    """,
    """
    INSERT INTO slot_reservations (uid, host_id, event_type_id, start_time, end_time, release_at)
    SELECT gen_random_uuid(), {0} + n / {each}, {0} + 2 * (n / {each}), '2050-09-20T06:00Z',
           '2050-09-20T07:00Z',
           '2050-09-01T06:00Z'::timestamptz + (n % 20) * interval '1 hour'
      FROM {bookings} n WHERE n % 10 = 0
    """,
    """
    INSERT INTO outbox_events (
        id, kind, subject_kind, subject_id, event_type_id, user_id, ordering_key, payload, handled_at)
        OVERRIDING SYSTEM VALUE
    SELECT {0} + n, 'booking_created', 'booking', {0} + n, {0} + 2 * (n / {each}), {0} + n / {each},
           'uid' || n, '', now()
      FROM {bookings} n
    """,
    """
    INSERT INTO jobs (id, kind, owner, lane, order_key, position, state, attempts, due_at)
        OVERRIDING SYSTEM VALUE
    SELECT {0} + 2 * n, 'webhooks', 'user ' || ({0} + n / {each}), 'webhook' || n / {each}, 'uid' || n,
           {0} + n,
           CASE n % 20 WHEN 0 THEN 'waiting' WHEN 10 THEN 'ready' ELSE 'done' END, 1, '2050-10-01Z'
      FROM {bookings} n
    """,
    """
    INSERT INTO webhook_deliveries (webhook_id, event_id, trigger, body, content_type, job_id)
    SELECT 'webhook' || n / {each}, {0} + n, 'BOOKING_CREATED', '', 'text/plain', {0} + 2 * n
      FROM {bookings} n
    """,
    """
    INSERT INTO jobs (id, kind, owner, order_key, position, state, due_at) OVERRIDING SYSTEM VALUE
    SELECT {0} + 2 * n + 1, 'mails', 'user ' || ({0} + n / {each}), 'uid' || n || ' guest',
           {0} + 2 * n + 1,
           CASE n % 20 WHEN 0 THEN 'waiting' WHEN 10 THEN 'ready' ELSE 'done' END, '2050-10-01Z'
      FROM {bookings} n
    """,
    """
    INSERT INTO mails (
        id, cause, template, recipient, event_id, booking_id, booking_uid, thread, locale, time_zone,
        message_id, job_id) OVERRIDING SYSTEM VALUE
    SELECT {0} + n, 'fact' || n, 'booked', 'guest' || n || '@example.com', {0} + n, {0} + n, 'uid' || n,
           'uid' || n, 'en', 'UTC', 'm' || n, {0} + 2 * n + 1
      FROM {bookings} n
    """,
)


def fill(connection: psycopg.Connection[Any], first: int, last: int, *, each: int) -> None:
    """Let others have the bookings with these numbers, from 0 and without the last, so many of them each."""
    owners = f"generate_series({-(-first // each)}, {(last - 1) // each})"
    bookings = f"generate_series({first}, {last - 1})"
    connection.execute("SET session_replication_role = replica")
    for statement in _FILL:
        text = statement.format(_FIRST, owners=owners, bookings=bookings, each=each)
        connection.execute(text.encode())
    connection.execute("RESET session_replication_role")
