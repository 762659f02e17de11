"""Slots of a team's event type with many hosts: `python -m bench.slots`.

A client asks a server over HTTP, one request after another. What the server does for it is also timed in
parts, by the functions that a request uses: reading the hosts with their hours and bookings, the engine, and
writing the answer as JSON.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psycopg

from bench import load
from bench.servers import NO_LIMITS, Server, kalends
from kalends.db.database import Database
from kalends.db.server.embedded import embedded_postgres
from kalends.event_types.address import IdAddress, lookup_of
from kalends.scheduling import engine
from kalends.slots import outputs, queries, situation
from kalends.slots.inputs import SlotsQuery
from kalends.slots.rows import FoundSubject, Range
from kalends.slots.service import Slots
from kalends.slots.situation import Question, Situation, ask

ROUNDS = 7
ASKS = 20
HOSTS = 50
BOOKINGS_A_HOST = 100
GOAL_MS = 40

_TEAM = """
    WITH host AS (
        INSERT INTO users (email, email_verified_at, username, name, time_zone)
        SELECT 'host' || n || '@example.com', now(), 'host' || n, 'Host ' || n,
               (ARRAY['Europe/Rome', 'America/New_York', 'Asia/Tokyo', 'Europe/London',
                      'America/Los_Angeles'])[n %% 5 + 1]
          FROM generate_series(1, %(hosts)s) n
        RETURNING id, time_zone
    ), schedule AS (
        INSERT INTO schedules (user_id, name, time_zone)
        SELECT id, 'Weekdays', time_zone FROM host RETURNING id
    ), hours AS (
        INSERT INTO schedule_availability (schedule_id, days, start_time, end_time)
        SELECT id, '{1, 2, 3, 4, 5}', '09:00', '17:00' FROM schedule
    ), team AS (
        INSERT INTO teams (name, slug) VALUES ('Crew', 'crew') RETURNING id
    ), member AS (
        INSERT INTO memberships (user_id, team_id, accepted) SELECT host.id, team.id, true FROM host, team
    ), event_type AS (
        INSERT INTO event_types (team_id, scheduling_type, title, slug, length, minimum_booking_notice)
        SELECT id, 'roundRobin', 'Talk', 'talk', 30, 0 FROM team RETURNING id
    ), hosting AS (
        INSERT INTO hosts (event_type_id, user_id) SELECT event_type.id, host.id FROM event_type, host
    ), booking AS (
        INSERT INTO bookings (uid, user_id, event_type_id, status, title, start_time, end_time,
                              organizer_email, ical_uid)
        SELECT gen_random_uuid()::text, host.id, event_type.id, 'accepted', 'Talk', start,
               start + interval '30 minutes', 'host@example.com', ''
          FROM host, event_type, generate_series(0, %(bookings)s - 1) n,
               LATERAL (SELECT timestamptz '2050-09-05 00:00Z' + n * interval '7 hours 30 minutes') at (start)
        RETURNING id, user_id, start_time, end_time
    ), attending AS (
        INSERT INTO attendees (booking_id, email, name, time_zone, standing)
        SELECT id, 'guest' || id || '@example.com', 'Guest', 'UTC', 'booker' FROM booking
    ), busy AS (
        INSERT INTO busy_times (host_id, booking_id, during)
        SELECT user_id, id, tstzrange(start_time, end_time) FROM booking
    )
    SELECT id FROM event_type
"""

_RANGE = {"start": "2050-09-05", "end": "2050-10-05", "timeZone": "Europe/Rome"}
_NOW = datetime(2050, 9, 1, tzinfo=UTC)


def main() -> None:
    """Print the times of whole requests, and of their parts."""
    print(
        f"Slots of {HOSTS} round-robin hosts in 5 zones, 31 days, {HOSTS * BOOKINGS_A_HOST} bookings:"
        f" {ROUNDS} rounds of {ASKS}"
    )
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        # The database outlives the server, so that its parts can be timed too.
        with embedded_postgres(data_dir) as url, kalends(data_dir, **NO_LIMITS, worker="false") as server:
            event_type_id = _make_team(url)
            requests = _time_requests(server, event_type_id)
            parts = asyncio.run(_time_parts(url, event_type_id))
    _print("GET /v2/slots", requests, f"   (goal {GOAL_MS})")
    for name, spent in parts.items():
        _print(f"  {name}", spent)


def _make_team(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(_TEAM, {"hosts": HOSTS, "bookings": BOOKINGS_A_HOST}).fetchone()
        connection.execute("ANALYZE")
    if row is None:
        raise RuntimeError("no team was made")
    return int(row[0])


def _time_requests(server: Server, event_type_id: int) -> list[float]:
    """Return the median milliseconds of a request in each round."""
    parameters = "&".join(f"{name}={value}" for name, value in _RANGE.items())
    path = f"/v2/slots?eventTypeId={event_type_id}&{parameters}"
    request = load.request("GET", path, {"cal-api-version": "2024-09-04"})
    _, body = load.ask(server.port, request)
    slots = sum(len(day) for day in json.loads(body)["data"].values())
    print(f"  {slots} slots, {len(body)} bytes")
    medians = []
    for _ in range(ROUNDS):
        found = load.run_all(server.port, [request] * ASKS, connections=1)
        found.expect(200)
        medians.append(found.percentile(0.5))
    return medians


async def _time_parts(url: str, event_type_id: int) -> dict[str, list[float]]:
    query = SlotsQuery.model_validate({"eventTypeId": str(event_type_id), **_RANGE})
    command = query.to_command(None)
    asked = situation.range_of_any(command.start, command.end, now=_NOW, moving=None)
    async with Database(url) as database:
        found = await _read(database, event_type_id, asked)
        question = Question(found.subject, 30, command.start, command.end, _NOW, zone=command.zone)
        known = await _situation(database, question, found)
        starts = ask(engine.list_slots, question, known)

        async def read() -> None:
            await _situation(database, question, await _read(database, event_type_id, asked))

        async def list_slots() -> None:
            ask(engine.list_slots, question, known)

        async def write() -> None:
            outputs.slots_json(Slots(starts, 30, event_type_id), query)

        parts = {"reading": read, "engine": list_slots, "JSON": write}
        times: dict[str, list[float]] = {name: [] for name in parts}
        for _ in range(ROUNDS):
            for name, part in parts.items():
                times[name].append(await _milliseconds(part))
    return times


async def _read(database: Database, event_type_id: int, asked: Range) -> FoundSubject:
    lookup = lookup_of(IdAddress(event_type_id))
    async with database.connection() as connection:
        found = await queries.find(connection, queries.team_event_type(lookup), asked)
    if found is None:
        raise RuntimeError("the event type is gone")
    return found


async def _situation(database: Database, question: Question, found: FoundSubject) -> Situation:
    async with database.connection() as connection:
        return await situation.load_found(connection, question, found)


async def _milliseconds(part: Callable[[], Awaitable[None]]) -> float:
    begin = time.perf_counter()
    for _ in range(ASKS):
        await part()
    return (time.perf_counter() - begin) / ASKS * 1000


def _print(name: str, spent: list[float], note: str = "") -> None:
    print(f"  {name:15} {median(spent):6.2f} ms ({min(spent):.2f} to {max(spent):.2f}){note}")


if __name__ == "__main__":
    main()
