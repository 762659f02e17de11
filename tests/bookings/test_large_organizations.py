"""Lists of the bookings of very many people are found along their order (bookings.md 5)."""

from typing import Any

import pytest

from kalends.bookings.sql import walk
from kalends.db.database import Database
from tests.support.client import Host, data
from tests.support.organizations import People

_FILL = """
    WITH people AS (
        INSERT INTO users (email, username, email_verified_at)
        SELECT 'm' || n || '@example.com', 'm' || n, now() FROM generate_series(1, 1100) n
        RETURNING id, email
    ), members AS (
        INSERT INTO memberships (user_id, team_id, accepted)
        SELECT id, %(acme)s, id %% 50 <> 0 FROM people
    ), team AS (
        INSERT INTO teams (name, slug, parent_id) VALUES ('Crew', 'crew', %(acme)s) RETURNING id
    ), event_type AS (
        INSERT INTO event_types (team_id, title, slug, length, scheduling_type)
        SELECT id, 'Panel', 'panel', 60, 'collective' FROM team RETURNING id
    ), numbered AS (
        SELECT id, email, row_number() OVER (ORDER BY id) AS n FROM people
    ), booked AS (
        INSERT INTO bookings (
            uid, user_id, organizer_email, event_type_id, status, title, start_time, end_time, ical_uid,
            created_at, recurring_booking_uid)
        SELECT 'b' || n, CASE WHEN n %% 3 = 0 THEN %(stranger)s ELSE p.id END, 'host@example.com',
               CASE WHEN n %% 7 = 0 THEN event_type.id END,
               (ARRAY['accepted', 'pending', 'cancelled'])[1 + n %% 3 * (n %% 2)], 'Talk', at,
               at + CASE WHEN n %% 97 = 0 THEN interval '40 days' ELSE interval '30 minutes' END, 'b' || n,
               timestamptz '2050-08-01Z' + n * interval '1 minute', CASE WHEN n %% 11 = 0 THEN 's' || n END
          FROM numbered p, event_type,
               LATERAL (SELECT timestamptz '2050-09-01 06:00Z' + (n - 550) * interval '1 hour') a (at)
        RETURNING id, uid
    )
    INSERT INTO attendees (booking_id, email, name, time_zone)
    SELECT b.id, CASE WHEN p.n %% 6 = 0 THEN p.email ELSE 'guest@example.com' END, 'Bo', 'UTC'
      FROM booked b JOIN numbered p ON b.uid = 'b' || p.n
"""

QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"sortStart": "desc"},
    {"sortStart": "desc", "skip": 35},
    {"status": "upcoming"},
    {"status": "upcoming", "sortStart": "desc"},
    {"status": "past"},
    {"status": "past", "sortStart": "asc"},
    {"status": "cancelled"},
    {"status": "recurring"},
    {"status": "unconfirmed"},
    {"status": "upcoming,unconfirmed"},
    {"status": "past,cancelled"},
    {"afterStart": "2050-09-03T12:00:00Z"},
    {"beforeEnd": "2050-09-03T12:00:00Z", "sortStart": "desc"},
    {"afterCreatedAt": "2050-08-01T10:00:00Z"},
    {"sortEnd": "desc"},
    {"attendeeEmail": "guest@example.com"},
    {"attendeeEmail": "guest@example.com", "sortCreated": "desc", "skip": 30},
    {"attendeeName": "Bo", "sortUpdatedAt": "asc", "status": "upcoming"},
    {"skip": 300, "take": 250},
)


@pytest.fixture
async def acme(people: People, ana: Host, ben: Host, database: Database) -> int:
    """Return an organization of a thousand members, whose OWNER is ana."""
    organization_id = await people.organization("acme", ana)
    async with database.connection() as connection:
        await connection.execute(_FILL, {"acme": organization_id, "stranger": ben.id})
    return organization_id


async def listed(host: Host, path: str, query: dict[str, Any], *, version: str = "2024-08-13") -> list[str]:
    """Return the uids that a list shows."""
    options: dict[str, Any] = {"take": 40, **query}
    if version > "2026":
        options["limit"] = options.pop("take")
    answer = await host.client.request("GET", path, params=options, version=version)
    return [booking["uid"] for booking in data(answer)]


@pytest.mark.parametrize("place", ["/v2/bookings", "/v2/organizations/{}/bookings"])
async def test_walking_shows_what_looking_up_shows(
    acme: int, ana: Host, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(walk, "_FEW", 1_000)
    path = place.format(acme)
    walked = [await listed(ana, path, query) for query in QUERIES]
    # Lists that are counted are looked up by person.
    for query, found in zip(QUERIES, walked, strict=True):
        expected = await listed(ana, path, query, version="2026-05-01")
        assert found == expected, query
        assert len(found) > 20, query
    monkeypatch.setattr(walk, "_WALKED", 3)
    assert [await listed(ana, path, query) for query in QUERIES] == walked
    monkeypatch.setattr(walk, "_FEW", 10_000)
    assert [await listed(ana, path, query) for query in QUERIES] == walked


async def test_bookings_of_strangers_and_invited_people_are_passed_over(
    acme: int, ana: Host, database: Database
) -> None:
    path = f"/v2/organizations/{acme}/bookings"
    found = await listed(ana, path, {"take": 250, "afterStart": "2050-01-01"})
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            SELECT b.uid FROM bookings b
             WHERE EXISTS (SELECT FROM memberships m WHERE m.user_id = b.user_id AND m.accepted)
                OR b.event_type_id IS NOT NULL
                OR EXISTS (SELECT FROM attendees a JOIN users u ON u.email = a.email
                             JOIN memberships m ON m.user_id = u.id AND m.accepted
                            WHERE a.booking_id = b.id)
             ORDER BY b.start_time, b.id LIMIT 250
            """
        )
        assert found == [uid for (uid,) in await cursor.fetchall()]
