"""Hosts to measure with, put into the database without the server."""

from dataclasses import dataclass

import psycopg

from kalends.api.http import credentials

_HOST = """
    WITH host AS (
        INSERT INTO users (email, email_verified_at, username, name, time_zone)
        VALUES (%(name)s || '@example.com', now(), %(name)s, %(name)s, 'UTC') RETURNING id
    ), schedule AS (
        INSERT INTO schedules (user_id, name, time_zone) SELECT id, 'Always', 'UTC' FROM host RETURNING id
    ), hours AS (
        INSERT INTO schedule_availability (schedule_id, days, start_time, end_time)
        SELECT id, '{0, 1, 2, 3, 4, 5, 6}', '00:00', '23:59' FROM schedule
    ), key AS (
        INSERT INTO api_keys (user_id, hashed_key) SELECT id, %(hashed_key)s FROM host
    ), event_type AS (
        INSERT INTO event_types (user_id, title, slug, length, minimum_booking_notice)
        SELECT id, 'Talk', slug, 30, 0 FROM host, unnest(ARRAY['talk', 'rare talk']) AS slug RETURNING id
    )
    SELECT host.id, array_agg(event_type.id ORDER BY event_type.id) FROM host, event_type GROUP BY host.id
"""


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody who works around the clock, with event types of half an hour and a key."""

    id: int
    api_key: str
    event_type_id: int
    rare_event_type_id: int


def make(url: str, name: str) -> Host:
    """Make a host in the database."""
    api_key = credentials.generate(credentials.RECOGNISED_PREFIX)
    with psycopg.connect(url, autocommit=True) as connection:
        values = {"name": name, "hashed_key": credentials.digest(api_key)}
        row = connection.execute(_HOST, values).fetchone()
    if row is None:
        raise RuntimeError("no host was made")
    return Host(row[0], api_key, *row[1])
