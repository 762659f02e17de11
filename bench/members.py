"""Organizations of few and of many people: `python -m bench.members`."""

import secrets
import statistics
import tempfile
import time
from pathlib import Path

import psycopg

from bench import hosts, load
from bench.hosts import Host
from bench.servers import NO_LIMITS, Server, kalends
from kalends.api.http import credentials
from kalends.db.server.embedded import embedded_postgres

ROUNDS = 5
SECONDS = 0.3
ADDED = 200
FEW, MANY = 1_000, 100_000

_FILL = """
    WITH organization AS (
        INSERT INTO teams (name, slug, is_organization) VALUES (%(slug)s, %(slug)s, true) RETURNING id
    ), crew AS (
        INSERT INTO teams (name, slug, parent_id) SELECT 'Crew', 'crew', id FROM organization RETURNING id
    ), desk AS (
        INSERT INTO teams (name, slug, parent_id) SELECT 'Desk', 'desk', id FROM organization RETURNING id
    ), people AS (
        INSERT INTO users (email, username)
        SELECT %(slug)s || n || '@example.com', %(slug)s || n FROM generate_series(1, %(count)s) n
        RETURNING id, username
    ), everybody AS (
        SELECT id, username FROM people UNION ALL SELECT %(boss_id)s, 'boss'
    ), known AS (
        INSERT INTO profiles (user_id, organization_id, username)
        SELECT p.id, o.id, p.username FROM everybody p, organization o
    ), members AS (
        INSERT INTO memberships (user_id, team_id, role, accepted)
        SELECT p.id, o.id, CASE WHEN p.id = %(boss_id)s THEN 'OWNER' ELSE 'MEMBER' END, true
          FROM everybody p, organization o
    ), at_desk AS (
        INSERT INTO memberships (user_id, team_id, accepted)
        SELECT id, desk_id, true FROM (SELECT id FROM people ORDER BY id LIMIT 200) p, (
               SELECT id FROM desk) d (desk_id)
    ), hours AS (
        INSERT INTO schedules (user_id, name) SELECT id, 'Desk' FROM people
    ), away AS (
        INSERT INTO out_of_office_entries (user_id, start_date, end_date)
        SELECT id, day, day + 5 FROM people, LATERAL (SELECT current_date + (id %% 700)) d (day)
    ), booked AS (
        INSERT INTO bookings (
            uid, user_id, organizer_email, status, title, start_time, end_time, responses,
            ical_uid, created_at, updated_at)
        SELECT %(slug)s || '-' || p.id || '-' || n, p.id, 'host@example.com', 'accepted', 'Talk', start_time,
               start_time + interval '30 minutes', '{"name": "Bo", "email": "bo@example.com"}',
               %(slug)s || '-' || p.id || '-' || n, now(), now()
          FROM people p, generate_series(0, 1) n,
               LATERAL (SELECT now() + (p.id %% 2000 - 1000 + n) * interval '1 hour') s (start_time)
        RETURNING id, start_time, end_time, user_id
    ), attended AS (
        INSERT INTO attendees (booking_id, email, name, time_zone)
        SELECT id, 'guest' || id %% 1000 || '@example.com', 'Bo', 'Europe/Rome' FROM booked
    ), logged AS (
        INSERT INTO audit_entries (place_id, action, subject_type, subject_id)
        SELECT o.id, 'membership.created', 'membership', p.id FROM people p, organization o
    )
    SELECT organization.id, crew.id, desk.id FROM organization, crew, desk
"""

# As safely as the server adds a member, with as little as there can be: the team's lock, the row, its entry.
_BARE = (
    "SELECT FROM teams WHERE id = %(team_id)s FOR NO KEY UPDATE",
    "INSERT INTO memberships (user_id, team_id, accepted) VALUES (%(user_id)s, %(team_id)s, true)",
    """
    INSERT INTO audit_entries (place_id, action, subject_type, subject_id, after)
    VALUES (%(team_id)s, 'membership.created', 'membership', %(user_id)s::text, '{"accepted": true}')
    """,
)


class Company:
    """An organization of so many, its OWNER, and two teams in it, one without members.

    Each member has a schedule, an absence and two bookings.
    """

    def __init__(self, url: str, slug: str, size: int) -> None:
        self.boss: Host = hosts.make(url, f"{slug}boss")
        with psycopg.connect(url, autocommit=True) as connection:
            row = connection.execute(_FILL, {"slug": slug, "count": size, "boss_id": self.boss.id}).fetchone()
            assert row is not None
            self.id, self.crew_id, self.desk_id = row
            found = connection.execute(
                "SELECT user_id FROM memberships WHERE team_id = %s AND role = 'MEMBER' ORDER BY id",
                (self.id,),
            )
            key = "cal_" + secrets.token_hex(16)
            connection.execute(
                "INSERT INTO api_keys (user_id, hashed_key, team_id) VALUES (%s, %s, %s)",
                (self.boss.id, credentials.digest(key), self.id),
            )
            self.key = key
            self.slug = slug
            self.user_ids = [user_id for (user_id,) in found]


def main() -> None:
    """Print what lists take among few and among many, and what adding a member takes."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        with embedded_postgres(data_dir) as url, kalends(data_dir, **NO_LIMITS) as server:
            few, many = Company(url, "few", FEW), Company(url, "many", MANY)
            with psycopg.connect(url, autocommit=True) as connection:
                # As autovacuum does within a minute.
                connection.execute("VACUUM ANALYZE")
            print(
                f"Lists of an organization of {FEW:,} and of {MANY:,}: {ROUNDS} interleaved rounds of "
                f"{SECONDS:g} s, 1 client, 1 server process"
            )
            print(f"{'list':44} {f'of {FEW:,}':>10} {f'of {MANY:,}':>11} {'ratio':>6}   (ms; goal 1.5)")
            for path in _lists():
                _compare(server, path, few, many)
            _add(server, url, few, many)


def _lists() -> list[str]:
    organization = "/v2/organizations/{id}"
    return [
        f"{organization}/memberships?take=100",
        f"{organization}/memberships?take=100&skip=800",
        f"{organization}/users?take=100",
        f"{organization}/users?take=100&skip=800",
        f"{organization}/users?emails={{email}}",
        f"{organization}/users?teamIds={{desk}}&take=100",
        f"{organization}/teams?take=100",
        f"{organization}/schedules?take=100",
        f"{organization}/ooo?take=100",
        f"{organization}/ooo?take=100&sortStart=desc",
        f"{organization}/ooo?take=100&sortEnd=asc",
        f"{organization}/ooo?email={{email}}",
        f"{organization}/audit-log?take=100",
        f"{organization}/bookings?take=100",
        f"{organization}/bookings?take=100&sortStart=desc",
        f"{organization}/bookings?take=100&status=upcoming",
        f"{organization}/bookings?take=100&status=past",
        f"{organization}/bookings?take=100&sortCreated=desc&afterCreatedAt=2000-01-01",
        f"{organization}/bookings?take=100&attendeeEmail=guest7@example.com",
        "/v2/bookings?take=100",
        "/v2/bookings?take=100&status=upcoming",
        "/v2/me",
    ]


def _compare(server: Server, path: str, *companies: Company) -> None:
    requests = [
        load.request(
            "GET",
            path.format(id=one.id, desk=one.desk_id, email=f"{one.slug}7@example.com"),
            {"authorization": f"Bearer {one.key}", "cal-api-version": "2024-08-13"},
        )
        for one in companies
    ]
    times: list[list[float]] = [[] for _ in requests]
    for number in range(ROUNDS + 1):
        for spent, request in zip(times, requests, strict=True):
            measured = load.run(server.port, [request], connections=1, seconds=SECONDS)
            measured.expect(200)
            if number > 0:
                spent.append(measured.percentile(0.5))
    few, many = (statistics.median(spent) for spent in times)
    print(f"{path.partition('}')[2] or path:44} {few:10.2f} {many:11.2f} {many / few:6.2f}")


def _add(server: Server, url: str, *companies: Company) -> None:
    print(f"Adding a member to a team: {ROUNDS} interleaved rounds of {ADDED}, 1 client (ms a member)")
    for company in companies:
        users = iter(company.user_ids)
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(_by_server(server, company, [next(users) for _ in range(ADDED)]))
            bare.append(_by_bare_sql(url, company, [next(users) for _ in range(ADDED)]))
            if len(company.user_ids) <= FEW:
                _empty(url, company)
                users = iter(company.user_ids)
        took, floor = statistics.median(ours), statistics.median(bare)
        size = len(company.user_ids)
        print(f"{f'of an organization of {size:,}':44} {took:10.2f} {floor:11.2f} {took / floor:6.2f}")


def _by_server(server: Server, company: Company, user_ids: list[int]) -> float:
    headers = {"authorization": f"Bearer {company.boss.api_key}", "content-type": "application/json"}
    path = f"/v2/organizations/{company.id}/teams/{company.crew_id}/memberships"
    requests = [
        load.request("POST", path, headers, f'{{"userId": {user_id}, "accepted": true}}'.encode())
        for user_id in user_ids
    ]
    measured = load.run_all(server.port, requests, connections=1)
    measured.expect(201)
    return 1000 / measured.rate


def _by_bare_sql(url: str, company: Company, user_ids: list[int]) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        begin = time.perf_counter()
        for user_id in user_ids:
            with connection.transaction():
                for statement in _BARE:
                    connection.execute(statement, {"team_id": company.crew_id, "user_id": user_id})
        return 1000 * (time.perf_counter() - begin) / len(user_ids)


def _empty(url: str, company: Company) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM memberships WHERE team_id = %s", (company.crew_id,))


if __name__ == "__main__":
    main()
