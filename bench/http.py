"""Endpoints against the floor, and bookings against their bare SQL: `python -m bench.http`."""

import asyncio
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench import load
from bench.servers import Server, floor, kalends
from kalends.bookings import service
from kalends.bookings.actors import ANYBODY
from kalends.bookings.schemas import CreateBookingBody
from kalends.db.database import UnitOfWork
from kalends.db.embedded import embedded_postgres

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 8
BOOKINGS = 100
CREATES = 400

_MONDAY = datetime(2050, 9, 5, 9, tzinfo=UTC)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def main() -> None:
    """Print requests a second and their ratios to the floors."""
    print(f"HTTP: {ROUNDS} interleaved rounds of {SECONDS:g} s, {CONNECTIONS} connections, 1 server process")
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        # The database outlives the server, so that the floors can use it too.
        with embedded_postgres(data_dir) as url, kalends(data_dir, **_NO_LIMITS) as server:
            event_type = _prepare(server)
            me = load.request("GET", "/v2/me", server.headers("2024-08-13"))
            path = f"/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-10-05"
            slots = load.request("GET", path, {"cal-api-version": "2024-09-04"})
            _against_floors("GET /v2/me", me, server, url, goal=0.5)
            name = f"GET /v2/slots, 1 host, 31 days, {BOOKINGS} bookings, 30-minute slots"
            _against_floors(name, slots, server, url, goal=0.25)
            _bookings(server, url, event_type)


_NO_LIMITS = {"rate_limit_api_key": "1000000000", "rate_limit_anonymous": "1000000000"}


def _prepare(server: Server) -> int:
    """Make a host who works every day from 09:00 to 17:00 UTC, an event type, and bookings over a month."""
    hours = {"days": _DAYS, "startTime": "09:00", "endTime": "17:00"}
    schedule = {"name": "All days", "timeZone": "UTC", "isDefault": True, "availability": [hours]}
    server.call("POST", "/v2/schedules", "2024-06-11", schedule)
    event_type = {"title": "Talk", "slug": "talk", "lengthInMinutes": 30, "minimumBookingNotice": 0}
    event_type_id = int(server.call("POST", "/v2/event-types", "2024-06-14", event_type)["id"])
    for number in range(BOOKINGS):
        start = _MONDAY + timedelta(days=number % 31, hours=2 * (number // 31))
        server.call("POST", "/v2/bookings", "2024-08-13", _booking(event_type_id, start))
    return event_type_id


def _booking(event_type_id: int, start: datetime) -> dict[str, Any]:
    attendee = {"name": "Bo Guest", "email": "bo@example.com", "timeZone": "Europe/Rome"}
    return {"eventTypeId": event_type_id, "start": start.isoformat(), "attendee": attendee}


def _against_floors(name: str, data: bytes, server: Server, url: str, *, goal: float) -> None:
    _, body = load.ask(server.port, data)
    plain = load.request("GET", "/")
    with floor("bare", url, len(body)) as bare, floor("fastapi", url, len(body)) as fastapi:
        floors = {"FastAPI floor": (fastapi, plain), "bare ASGI floor": (bare, plain)}
        ports = {name: (server.port, data), **floors}
        for port, one in ports.values():
            load.run(port, [one], connections=CONNECTIONS, seconds=0.5)
        rates: dict[str, list[float]] = {label: [] for label in ports}
        for _ in range(ROUNDS):
            for label, (port, one) in ports.items():
                measured = load.run(port, [one], connections=CONNECTIONS, seconds=SECONDS)
                _expect({200}, measured)
                rates[label].append(measured.rate)
    print(f"\n{name} ({len(body)} bytes)")
    for label, found in rates.items():
        print(f"  {label if label != name else 'endpoint':18} {_spread(found)} requests/s")
    for label in list(rates)[1:]:
        ratio = statistics.median(rates[name]) / statistics.median(rates[label])
        print(f"  of the {label:18} {ratio:.2f}   (goal {goal})")


def _bookings(server: Server, url: str, event_type_id: int) -> None:
    """Create bookings over HTTP and by their bare SQL, in turns, each with the same concurrency."""
    first_free = _MONDAY + timedelta(days=60)
    taken = (
        first_free + timedelta(days=day, minutes=30 * slot) for day in range(9_000) for slot in range(16)
    )

    def next_times() -> list[datetime]:
        return [next(taken) for _ in range(CREATES)]

    headers = server.headers("2024-08-13")

    def over_http() -> tuple[float, list[float]]:
        bodies = [json.dumps(_booking(event_type_id, start)).encode() for start in next_times()]
        requests = [load.request("POST", "/v2/bookings", headers, body) for body in bodies]
        measured = load.run_all(server.port, requests, connections=CONNECTIONS)
        _expect({201}, measured)
        return measured.rate, [measured.percentile(0.5), measured.percentile(0.99)]

    recorded_start = next(taken)
    statements = _record(url, event_type_id, recorded_start)
    over_http()
    rates, bare, latencies = [], [], []
    for _ in range(ROUNDS):
        rate, measured = over_http()
        rates.append(rate)
        latencies.append(measured)
        bare.append(_bare_sql(url, statements, recorded_start, next_times()))
    p50, p99 = (statistics.median(column) for column in zip(*latencies, strict=True))
    print(f"\nPOST /v2/bookings, {CREATES} creates a round, {CONNECTIONS} at once")
    print(f"  endpoint           {_spread(rates)} bookings/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    print(f"  bare SQL           {_spread(bare)} transactions/s of the same {len(statements)} statements")
    print(f"  ratio              {statistics.median(rates) / statistics.median(bare):.2f}   (goal 0.25)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a booking as it was sent, with its values."""

    text: Any
    values: Any


def _record(url: str, event_type_id: int, start: datetime) -> list[Statement]:
    """Make one booking in this process and return the statements that it sent."""
    recorded: list[Statement] = []

    class Recording(psycopg.AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            recorded.append(Statement(query, params))
            return await super().execute(query, params, **options)

    async def book() -> None:
        async with await psycopg.AsyncConnection.connect(url, cursor_factory=Recording) as connection:
            command = CreateBookingBody.model_validate(_booking(event_type_id, start)).to_command()
            now = datetime.now(UTC)
            await service.create(UnitOfWork(connection), ANYBODY, command, now=now, blocked=frozenset())

    asyncio.run(book())
    return recorded


def _bare_sql(url: str, recorded: Sequence[Statement], first: datetime, starts: Sequence[datetime]) -> float:
    """Run the recorded statements for other starts, a transaction each, and return transactions a second."""
    waiting = iter(starts)

    async def book_one_after_another() -> None:
        connect = psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=2)
        async with await connect as connection:
            await connection.execute("SET plan_cache_mode = force_generic_plan")
            for start in waiting:
                uid = secrets.token_hex(11)
                async with connection.transaction():
                    for statement in recorded:
                        values = _moved(statement.values, start - first, uid)
                        cursor = await connection.execute(statement.text, values)
                        if cursor.description is not None:
                            await cursor.fetchall()

    async def book_all() -> None:
        await asyncio.gather(*(book_one_after_another() for _ in range(CONNECTIONS)))

    begin = time.perf_counter()
    asyncio.run(book_all())
    return len(starts) / (time.perf_counter() - begin)


def _moved(values: Any, by: timedelta, uid: str) -> Any:
    """Return the values of a statement for a booking at another time, under another uid."""
    if not isinstance(values, dict):
        return values
    moved = dict(values)
    for name, value in values.items():
        if isinstance(value, datetime) and value >= _MONDAY:
            moved[name] = value + by
        elif isinstance(value, int) and value >= _MONDAY.timestamp():
            moved[name] = value + int(by.total_seconds())
        elif name in ("uid", "ical_uid"):
            moved[name] = uid
    return moved


def _expect(statuses: set[int], measured: load.Load) -> None:
    if set(measured.statuses) != statuses:
        raise RuntimeError(f"expected answers {statuses}, got {measured.statuses}")


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):6.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    main()
