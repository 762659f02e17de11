"""Half an hour of mixed load with faults: `make soak`, or `python -m bench.soak SECONDS`.

Guests book and cancel; a subscriber hears of it, another never answers; strangers send odd requests;
processes of the database are killed. What is told at the end: growth of memory after warming up, answers of
5xx, deliveries that were lost or came twice, and the longest time in which GET /health was not answered.
"""

import itertools
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from bench import load
from bench.recovery import prepare
from bench.servers import NO_LIMITS, Server, kalends

SECONDS = 1_800.0
GUESTS = 4
WARMING_UP = 0.2
"""Share of the time after which memory should not grow any more."""

SETTLING_SECONDS = 120.0
"""In which what is still to be delivered has to come."""

_BETWEEN_FAULTS_SECONDS = 20.0
_BEGIN = datetime(2050, 1, 1, tzinfo=UTC)
_HEADERS = {"cal-api-version": "2024-08-13", "content-type": "application/json"}
_CREATED, _FIRST_5XX, _UNAVAILABLE = 201, 500, 503

_ODD = (
    b"no request at all\r\n\r\n",
    b"GET /v2/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cal_" + b"0" * 60_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 300 + b"\r\n",
    b'POST /v2/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; a="' + b";" * 50_000,
    b"POST /v2/bookings HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{",
    b"GET /v2/slots?" + b"a=1&" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"",
)


class _Deliveries(BaseHTTPRequestHandler):
    """A subscriber: `/told` notes what it hears, `/silent` never answers."""

    told: ClassVar[Counter[str]] = Counter()
    lock: ClassVar[threading.Lock] = threading.Lock()

    def do_POST(self) -> None:
        """Take a delivery."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/silent":
            time.sleep(60)
            return
        with self.lock:
            self.told[json.loads(body)["payload"]["uid"]] += 1
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Soak:
    """A server under load; what was seen so far."""

    server: Server
    data_dir: Path
    event_type: int
    statuses: Counter[int] = field(default_factory=Counter)
    booked: set[str] = field(default_factory=set)
    longest_stall: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    is_over: threading.Event = field(default_factory=threading.Event)
    _hours: "itertools.count[int]" = field(default_factory=itertools.count)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask for something, count the status, and return the data of a success."""
        content = b"" if body is None else json.dumps(body).encode()
        try:
            status, answer = load.ask(self.server.port, load.request(method, path, _HEADERS, content))
        except (OSError, ValueError):
            self.statuses[0] += 1
            return None
        self.statuses[status] += 1
        return json.loads(answer)["data"] if status < 300 else None

    def book(self) -> None:
        """Book, look at what else is free, and cancel every third."""
        for number in itertools.count():
            if self.is_over.is_set():
                return
            start = _BEGIN + timedelta(hours=next(self._hours))
            attendee = {"name": "Bo", "email": "bo@example.com", "timeZone": "UTC"}
            asked = {"eventTypeId": self.event_type, "start": start.isoformat(), "attendee": attendee}
            booking = self.ask("POST", "/v2/bookings", asked)
            if booking is None:
                continue
            self.booked.add(booking["uid"])
            self.ask("GET", f"/v2/bookings/{booking['uid']}")
            if number % 3 == 0:
                self.ask("POST", f"/v2/bookings/{booking['uid']}/cancel", {})

    def be_odd(self) -> None:
        """Send what no client sends, and leave it half sent or wait for the answer."""
        chance = random.Random(1)
        while not self.is_over.wait(0.05):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.server.port), 5) as odd:
                odd.sendall(chance.choice(_ODD))
                odd.settimeout(0.5)
                odd.recv(1_000)

    def look(self) -> None:
        """Ask for /health again and again, and note the longest time without an answer."""
        request = load.request("GET", "/health")
        while not self.is_over.is_set():
            began = time.monotonic()
            with suppress(OSError):
                load.ask(self.server.port, request)
            self.longest_stall = max(self.longest_stall, time.monotonic() - began)
            time.sleep(0.01)

    def break_things(self) -> None:
        """Kill a backend of the database, or all of it."""
        for number in itertools.count():
            if self.is_over.wait(_BETWEEN_FAULTS_SECONDS):
                return
            with suppress(OSError, ValueError, IndexError):
                postmaster = int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
                children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
                is_whole = number % 3 == 0
                for victim in [postmaster, *map(int, children)] if is_whole else [int(children[-1])]:
                    os.kill(victim, signal.SIGKILL)
                self.faults["database" if is_whole else "backend"] += 1

    def memory_mb(self) -> float:
        """Return what the server's process takes."""
        pages = int(Path(f"/proc/{self.server.process_id}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(seconds: float) -> None:
    """Soak a server, and print what was seen."""
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), _Deliveries)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    settings = {**NO_LIMITS, "outgoing_allow_private": "true", "mail_enabled": "false"}
    with tempfile.TemporaryDirectory() as folder, kalends(Path(folder), **settings) as server:
        soak = Soak(server, Path(folder), prepare(server))
        for path in ("told", "silent"):
            url = f"http://127.0.0.1:{receiver.server_port}/{path}"
            webhook = {"subscriberUrl": url, "triggers": ["BOOKING_CREATED"], "active": True}
            server.call("POST", "/v2/webhooks", "2024-08-13", webhook)
        duties = [soak.look, soak.be_odd, soak.break_things, *[soak.book] * GUESTS]
        threads = [threading.Thread(target=duty, daemon=True) for duty in duties]
        for thread in threads:
            thread.start()
        time.sleep(seconds * WARMING_UP)
        warm = soak.memory_mb()
        time.sleep(seconds * (1 - WARMING_UP))
        soak.is_over.set()
        for thread in threads:
            thread.join(30)
        grown = soak.memory_mb()
        ends = time.monotonic() + SETTLING_SECONDS
        while soak.booked - set(_Deliveries.told) and time.monotonic() < ends:
            time.sleep(0.5)
        _tell(soak, seconds, warm, grown)


def _tell(soak: Soak, seconds: float, warm: float, grown: float) -> None:
    told = _Deliveries.told
    failed = {status: count for status, count in soak.statuses.items() if status >= _FIRST_5XX}
    unavailable = failed.pop(_UNAVAILABLE, 0)
    twice = sum(1 for uid in soak.booked if told[uid] > 1)
    growth = (grown - warm) / warm * 100
    print(f"Soak: {seconds:.0f} s, faults {dict(soak.faults)}, {sum(soak.statuses.values())} requests")
    print(f"  memory after warming up  {warm:.0f} MB, at the end {grown:.0f} MB: {growth:+.1f} %   (goal 5)")
    print(f"  5xx but 503              {failed or 0}   (goal 0); 503: {unavailable}")
    print(f"  deliveries lost          {len(soak.booked - set(told))} of {len(soak.booked)}   (goal 0)")
    print(f"  deliveries twice         {twice}   (goal 0; at least once is what is promised)")
    print(f"  longest stall of /health {soak.longest_stall * 1000:.0f} ms   (goal 100)")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
