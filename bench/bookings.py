"""Making bookings against the SQL that cannot be left out: `python -m bench.bookings`."""

import asyncio
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, islice
from pathlib import Path

import psycopg

from bench import hosts, load
from bench.hosts import Host
from bench.servers import NO_LIMITS, Server, kalends
from kalends.db.server.embedded import embedded_postgres

ROUNDS = 10
CREATES = 200
CLIENTS = 16

Slot = tuple[Host, datetime]

# What bookings set off is left to a worker elsewhere: `bench.outbox` measures that.
_SETTINGS = {**NO_LIMITS, "worker": "false"}

_FIRST = datetime(2050, 9, 5, tzinfo=UTC)
_APART = timedelta(hours=1)

# A transaction that books as safely with as little as there can be: the lock of the host, whose losers could
# be told why; the rows, one of them under the constraint that forbids double booking; a fact to follow up.
_LOCK = "SELECT pg_advisory_xact_lock(1, %s)"
_WRITE = """
    WITH booking AS (
        INSERT INTO bookings (uid, user_id, organizer_email, event_type_id, status, title, start_time,
                              end_time, responses, ical_uid)
        VALUES (%(uid)s, %(host_id)s, 'host@example.com', %(event_type_id)s, 'accepted', 'Talk', %(start)s,
                %(end)s, '{"name": "Bo Guest", "email": "bo@example.com"}', %(uid)s)
        RETURNING id
    ), attendee AS (
        INSERT INTO attendees (booking_id, email, name, time_zone)
        SELECT id, 'bo@example.com', 'Bo Guest', 'Europe/Rome' FROM booking
    ), busy AS (
        INSERT INTO busy_times (host_id, booking_id, during)
        SELECT %(host_id)s, id, tstzrange(%(start)s, %(end)s) FROM booking
    )
    INSERT INTO outbox_events (kind, subject_kind, subject_id, ordering_key, payload, handled_at)
    SELECT 'bench', 'booking', id, %(uid)s, 'x', now() FROM booking
"""


def main() -> None:
    """Print bookings a second, and their ratios to the floor."""
    print(
        f"POST /v2/bookings: {ROUNDS} interleaved rounds of {CREATES} creates, {CLIENTS} clients, "
        "1 server process"
    )
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        # The database outlives the server, so that the floor can use it too.
        with embedded_postgres(data_dir) as url, kalends(data_dir, **_SETTINGS) as server:
            _compare("of one host, one after the other", server, url, [hosts.make(url, "solo")])
            many = [hosts.make(url, f"host{number}") for number in range(CLIENTS)]
            _compare(f"of {len(many)} hosts", server, url, many)


def _compare(name: str, server: Server, url: str, whose: Sequence[Host]) -> None:
    slots = _free_slots(whose)
    _over_http(server, list(islice(slots, CREATES)))
    _bare(url, list(islice(slots, CREATES)))
    measured, floors = [], []
    before = server.cpu_microseconds
    for _ in range(ROUNDS):
        measured.append(_over_http(server, list(islice(slots, CREATES))))
        floors.append(_bare(url, list(islice(slots, CREATES))))
    spent = (server.cpu_microseconds - before) / (ROUNDS * CREATES)
    p50, p99 = (statistics.median(one.percentile(share) for one in measured) for share in (0.5, 0.99))
    rates = [one.rate for one in measured]
    ratio = statistics.median(rate / floor for rate, floor in zip(rates, floors, strict=True))
    print(f"\nBookings {name}")
    print(f"  endpoint           {load.spread(rates)} bookings/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    print(f"  bare SQL           {load.spread(floors)} bookings/s")
    print(f"  ratio              {ratio:.2f}   (goal 0.3)")
    print(f"  server's process   {spent:.0f} µs each")
    print(f"  p99 / p50          {p99 / p50:.1f}   (goal 10)")


def _free_slots(whose: Sequence[Host]) -> Iterator[Slot]:
    """Yield hosts in turn, each time at a start of their own that is free."""
    hosts_in_turn = cycle(whose)
    for number in count():
        yield next(hosts_in_turn), _FIRST + number * _APART


def _over_http(server: Server, slots: Sequence[Slot]) -> load.Load:
    headers = {"cal-api-version": "2024-08-13", "content-type": "application/json"}
    attendee = {"name": "Bo Guest", "email": "bo@example.com", "timeZone": "Europe/Rome"}
    bodies = [
        {"eventTypeId": host.event_type_id, "start": start.isoformat(), "attendee": attendee}
        for host, start in slots
    ]
    requests = [load.request("POST", "/v2/bookings", headers, json.dumps(body).encode()) for body in bodies]
    measured = load.run_all(server.port, requests, connections=CLIENTS)
    measured.expect(201)
    return measured


def _bare(url: str, slots: Sequence[Slot]) -> float:
    """Book by SQL alone, with the same number of clients, and return bookings a second."""
    waiting = iter(slots)

    async def book_one_after_another(connection: psycopg.AsyncConnection) -> None:
        for host, start in waiting:
            values = {
                "uid": secrets.token_hex(11),
                "host_id": host.id,
                "event_type_id": host.event_type_id,
                "start": start,
                "end": start + timedelta(minutes=30),
            }
            async with connection.transaction():
                await connection.execute(_LOCK, (host.id,))
                await connection.execute(_WRITE, values)

    async def book_all() -> float:
        connections = [
            await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=2)
            for _ in range(CLIENTS)
        ]
        begin = time.perf_counter()
        await asyncio.gather(*(book_one_after_another(connection) for connection in connections))
        elapsed = time.perf_counter() - begin
        for connection in connections:
            await connection.close()
        return len(slots) / elapsed

    return asyncio.run(book_all())


if __name__ == "__main__":
    main()
