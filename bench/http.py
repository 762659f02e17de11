"""Endpoints against the floor: `python -m bench.http`."""

import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import load
from bench.servers import NO_LIMITS, Server, floor, kalends
from kalends.db.embedded import embedded_postgres

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 8
BOOKINGS = 100

_MONDAY = datetime(2050, 9, 5, 9, tzinfo=UTC)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def main() -> None:
    """Print requests a second and their ratios to the floors."""
    print(f"HTTP: {ROUNDS} interleaved rounds of {SECONDS:g} s, {CONNECTIONS} connections, 1 server process")
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        # The database outlives the server, so that the floors can use it too.
        with embedded_postgres(data_dir) as url, kalends(data_dir, **NO_LIMITS) as server:
            event_type = _prepare(server)
            me = load.request("GET", "/v2/me", server.headers("2024-08-13"))
            path = f"/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-10-05"
            slots = load.request("GET", path, {"cal-api-version": "2024-09-04"})
            _against_floors("GET /v2/me", me, server, url, goal=0.5)
            name = f"GET /v2/slots, 1 host, 31 days, {BOOKINGS} bookings, 30-minute slots"
            _against_floors(name, slots, server, url, goal=0.25)


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
                measured.expect(200)
                rates[label].append(measured.rate)
    print(f"\n{name} ({len(body)} bytes)")
    for label, found in rates.items():
        print(f"  {label if label != name else 'endpoint':18} {load.spread(found)} requests/s")
    for label in list(rates)[1:]:
        ratio = statistics.median(rates[name]) / statistics.median(rates[label])
        print(f"  of the {label:18} {ratio:.2f}   (goal {goal})")


if __name__ == "__main__":
    main()
