"""Slots of many hosts, from the database to the body of the answer: `python -m bench.slots`.

No operation makes a team's event type yet, so what a request for one will do is done here with the functions
that a request uses: the hosts with their hours and bookings are read by its statement, asked for all of
them, the engine lists the slots, and they are written as JSON. What is left out is HTTP, which costs the same
however many hosts there are.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psycopg

from kalends.db import migrate
from kalends.db.database import Database
from kalends.db.embedded import embedded_postgres
from kalends.scheduling import engine
from kalends.slots import availability, outputs, queries
from kalends.slots.availability import Question, Situation, ask
from kalends.slots.queries import Found, Range
from kalends.slots.schemas import SlotsQuery
from kalends.slots.service import Slots

ROUNDS = 7
ASKS = 20
HOSTS = 50
BOOKINGS_A_HOST = 100
GOAL_MS = 40

_HOSTS = """
    WITH host AS (
        INSERT INTO users (email, username, name, time_zone)
        SELECT 'host' || n || '@example.com', 'host' || n, 'Host ' || n,
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
    ), event_type AS (
        INSERT INTO event_types (user_id, title, slug, length, minimum_booking_notice)
        SELECT id, 'Talk', 'talk', 30, 0 FROM host RETURNING id, user_id
    ), booking AS (
        INSERT INTO bookings (uid, user_id, event_type_id, status, title, start_time, end_time,
                              organizer_email, ical_uid)
        SELECT gen_random_uuid()::text, user_id, id, 'accepted', 'Talk', start, start + interval '30 minutes',
               'host@example.com', ''
          FROM event_type, generate_series(0, %(bookings)s - 1) n,
               LATERAL (SELECT timestamptz '2050-09-05 00:00Z' + n * interval '7 hours 30 minutes') at (start)
        RETURNING id, user_id, start_time, end_time
    ), attending AS (
        INSERT INTO attendees (booking_id, email, name, time_zone)
        SELECT id, 'guest' || id || '@example.com', 'Guest', 'UTC' FROM booking
    )
    INSERT INTO busy_times (host_id, booking_id, during)
    SELECT user_id, id, tstzrange(start_time, end_time) FROM booking
"""

_QUERY = SlotsQuery.model_validate(
    {"eventTypeId": "1", "start": "2050-09-05", "end": "2050-10-05", "timeZone": "Europe/Rome"}
)
_NOW = datetime(2050, 9, 1, tzinfo=UTC)


def main() -> None:
    """Print the times of the parts and of the whole."""
    print(
        f"Slots of {HOSTS} round-robin hosts in 5 zones, 31 days, {HOSTS * BOOKINGS_A_HOST} bookings,"
        f" in process, without HTTP: {ROUNDS} rounds of {ASKS}"
    )
    with tempfile.TemporaryDirectory() as folder, embedded_postgres(Path(folder)) as url:
        migrate.upgrade(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_HOSTS, {"hosts": HOSTS, "bookings": BOOKINGS_A_HOST})
            connection.execute("ANALYZE")
        asyncio.run(_measure(url))


async def _measure(url: str) -> None:
    command = _QUERY.to_command()
    asked = availability.range_of_any(command.start, command.end, now=_NOW, moving=None)
    async with Database(url) as database:
        found = await _read(database, asked)
        question = Question(
            found.terms, found.terms.rules(30), command.start, command.end, _NOW, zone=command.zone
        )
        situation = await _situation(database, question, found)
        starts = ask(engine.list_slots, question, situation)
        body = outputs.slots_json(Slots(starts, 30, 1), _QUERY)

        async def read() -> None:
            await _situation(database, question, await _read(database, asked))

        async def list_slots() -> None:
            ask(engine.list_slots, question, situation)

        async def write() -> None:
            outputs.slots_json(Slots(starts, 30, 1), _QUERY)

        async def everything() -> None:
            read_now = await _situation(database, question, await _read(database, asked))
            listed = ask(engine.list_slots, question, read_now)
            outputs.slots_json(Slots(listed, 30, 1), _QUERY)

        parts = {"reading": read, "engine": list_slots, "JSON": write, "all": everything}
        times: dict[str, list[float]] = {name: [] for name in parts}
        for _ in range(ROUNDS):
            for name, part in parts.items():
                times[name].append(await _milliseconds(part))
    print(f"  {len(starts)} slots, {len(body)} bytes")
    for name, spent in times.items():
        goal = f"   (goal {GOAL_MS})" if name == "all" else ""
        print(f"  {name:8} {median(spent):6.2f} ms ({min(spent):.2f} to {max(spent):.2f}){goal}")


# The statement of a request but for whose hosts it reads.
_TEAM = queries._statement(f"{queries._HOST}, {queries._TERMS}", queries._PERIODS, "e.slug = 'talk'")


async def _read(database: Database, asked: Range) -> Found:
    async with database.connection() as connection:
        found = queries._found(await queries._rows(connection, _TEAM, asked.values), asked)
    if found is None:
        raise RuntimeError("no hosts were made")
    return found


async def _situation(database: Database, question: Question, found: Found) -> Situation:
    async with database.connection() as connection:
        situation = await availability.load_found(connection, question, found)
    return replace(situation, hosts=[replace(host, is_fixed=False) for host in situation.hosts])


async def _milliseconds(part: Callable[[], Awaitable[None]]) -> float:
    begin = time.perf_counter()
    for _ in range(ASKS):
        await part()
    return (time.perf_counter() - begin) / ASKS * 1000


if __name__ == "__main__":
    main()
