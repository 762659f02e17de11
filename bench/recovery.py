"""How long the embedded database is away after its death: `python -m bench.recovery`.

Guests book one after another while every process of PostgreSQL is killed; what is told is the time until a
booking works again, and whether a booking is gone that a guest was told of.
"""

import itertools
import json
import os
import signal
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import load
from bench.servers import NO_LIMITS, Server, kalends

DEATHS = 5
GUESTS = 6
BEFORE = 30
"""Bookings between two deaths."""

GOAL_SECONDS = 10.0

_BEGIN = datetime(2050, 1, 1, tzinfo=UTC)
_CREATED = 201


@dataclass(slots=True)
class Guests:
    """Who books; `booked` has the uids that they were told of, `times` when that was."""

    server: Server
    event_type: int
    booked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    _hours: "itertools.count[int]" = field(default_factory=itertools.count)

    def book(self) -> None:
        """Book one hour after another until it is over."""
        headers = {"cal-api-version": "2024-08-13", "content-type": "application/json"}
        while not self.is_over.is_set():
            start = _BEGIN + timedelta(hours=next(self._hours))
            body = {
                "eventTypeId": self.event_type,
                "start": start.isoformat(),
                "attendee": {"name": "Bo", "email": "bo@example.com", "timeZone": "UTC"},
            }
            request = load.request("POST", "/v2/bookings", headers, json.dumps(body).encode())
            status, answer = load.ask(self.server.port, request)
            if status == _CREATED:
                self.times.append(time.monotonic())
                self.booked.append(json.loads(answer)["data"]["uid"])

    def wait_for(self, more: int) -> None:
        """Return once so many more bookings are made."""
        wanted = len(self.booked) + more
        while len(self.booked) < wanted:
            time.sleep(0.01)


def main() -> None:
    """Print the seconds without a booking around each death."""
    with tempfile.TemporaryDirectory() as folder, kalends(Path(folder), **NO_LIMITS) as server:
        guests = Guests(server, prepare(server))
        threads = [threading.Thread(target=guests.book) for _ in range(GUESTS)]
        for thread in threads:
            thread.start()
        away = []
        for _ in range(DEATHS):
            guests.wait_for(BEFORE)
            died = time.monotonic()
            kill_database(Path(folder))
            guests.wait_for(GUESTS)
            away.append(min(when for when in guests.times if when > died + 0.05) - died)
        guests.is_over.set()
        for thread in threads:
            thread.join()
        headers = {"cal-api-version": "2024-08-13"}
        lost = [
            uid
            for uid in guests.booked
            if load.ask(server.port, load.request("GET", f"/v2/bookings/{uid}", headers))[0] != 200
        ]
    print(f"Death of the embedded database under load: {DEATHS} times, {GUESTS} guests")
    print(f"  until a booking works again  {', '.join(f'{seconds:.1f}' for seconds in away)} s", end="")
    print(f"   (goal {GOAL_SECONDS:.0f})")
    print(f"  bookings told of and lost    {len(lost)} of {len(guests.booked)}   (goal 0)")


def prepare(server: Server) -> int:
    """Make a host who works around the clock, and return the id of an event type."""
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    hours = {"days": days, "startTime": "00:00", "endTime": "23:59"}
    schedule = {"name": "Always", "timeZone": "UTC", "isDefault": True, "availability": [hours]}
    server.call("POST", "/v2/schedules", "2024-06-11", schedule)
    event_type = {"title": "Talk", "slug": "talk", "lengthInMinutes": 30, "minimumBookingNotice": 0}
    return int(server.call("POST", "/v2/event-types", "2024-06-14", event_type)["id"])


def kill_database(data_dir: Path) -> None:
    """Kill the server of the data folder, the process first that would look after the others."""
    postmaster = int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process_id in (postmaster, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


if __name__ == "__main__":
    main()
