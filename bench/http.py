"""Endpoints against the floor: `python -m bench.http`.

The floor is the same server, framework and pool with one trivial statement and a body of equal size. Beside
the requests a second stands the time that one takes of the server's process, which is less moved by what
else the machine does.
"""

import statistics
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import load
from bench.servers import NO_LIMITS, Server, floor, kalends
from kalends.db.server.embedded import embedded_postgres

ROUNDS = 20
SECONDS = 0.5
CONNECTIONS = 8
BOOKINGS = 100

_MONDAY = datetime(2050, 9, 5, 9, tzinfo=UTC)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# What the bookings of the preparation set off is left to a worker elsewhere, and not measured.
_SETTINGS = {**NO_LIMITS, "worker": "false"}


@dataclass(frozen=True, slots=True)
class Measured:
    """A server that is asked one thing, and what each round of it gave."""

    server: Server
    request: bytes
    rates: list[float] = field(default_factory=list)
    microseconds: list[float] = field(default_factory=list)

    def ask(self, seconds: float) -> None:
        """Ask for a while and note requests a second and processor time a request."""
        before = self.server.cpu_microseconds
        found = load.run(self.server.port, [self.request], connections=CONNECTIONS, seconds=seconds)
        found.expect(200)
        self.rates.append(found.rate)
        self.microseconds.append((self.server.cpu_microseconds - before) / len(found.latencies))


def main() -> None:
    """Print requests a second and their ratios to the floors."""
    print(f"HTTP: {ROUNDS} interleaved rounds of {SECONDS:g} s, {CONNECTIONS} connections, 1 server process")
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        # The database outlives the server, so that the floors can use it too.
        with embedded_postgres(data_dir) as url, kalends(data_dir, **_SETTINGS) as server:
            event_type = _prepare(server)
            me = load.request("GET", "/v2/me", server.headers("2024-08-13"))
            path = f"/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-10-05"
            slots = load.request("GET", path, {"cal-api-version": "2024-09-04"})
            _against_floors("GET /v2/me", me, server, url, goal=0.5)
            name = f"GET /v2/slots, 1 host, 31 days, {BOOKINGS} bookings, 30-minute slots"
            _against_floors(name, slots, server, url, goal=0.3)


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


def _against_floors(name: str, request: bytes, server: Server, url: str, *, goal: float) -> None:
    _, body = load.ask(server.port, request)
    plain = load.request("GET", "/")
    with floor("fastapi", url, len(body)) as fastapi, floor("bare", url, len(body)) as bare:
        endpoint = Measured(server, request)
        floors = {"floor (FastAPI)": Measured(fastapi, plain), "bare ASGI function": Measured(bare, plain)}
        for measured in (endpoint, *floors.values()):
            load.run(measured.server.port, [measured.request], connections=CONNECTIONS, seconds=0.5)
        for _ in range(ROUNDS):
            for measured in (endpoint, *floors.values()):
                measured.ask(SECONDS)
    print(f"\n{name} ({len(body)} bytes)")
    for label, measured in {"endpoint": endpoint, **floors}.items():
        spent = statistics.median(measured.microseconds)
        print(f"  {label:19} {load.spread(measured.rates)} requests/s, {spent:5.0f} µs of the process each")
    for label, measured in floors.items():
        rate = _median_ratio(endpoint.rates, measured.rates)
        spent = _median_ratio(measured.microseconds, endpoint.microseconds)
        print(f"  of the {label:19} {rate:.2f} by requests/s, {spent:.2f} by processor time   (goal {goal})")


def _median_ratio(ones: list[float], others: list[float]) -> float:
    return statistics.median(ones) / statistics.median(others)


if __name__ == "__main__":
    main()
