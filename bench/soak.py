"""Half an hour of mixed load with faults: `make soak`, or `make soak SECONDS=300`.

First come 200 odd requests of every kind. Then guests book and cancel, hosts and guests are mailed, a
subscriber hears of it and another never answers; strangers send odd requests, and some clients are slow;
workers, processes of the database and all of it are killed, and the mail server hangs for a while.

What is told at the end: the longest time in which GET /health was not answered, growth of memory after
warming up, answers of 5xx, what was lost, and what was told twice.
"""

import http.client
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import strangers
from bench.health import Stall, watched
from bench.listeners import Heard, listening
from bench.recovery import kill_database, prepare
from bench.servers import NO_LIMITS, Server, environment_of, kalends
from bench.strangers import Victim

SECONDS = 1_800.0
GUESTS = 4
WARMING_UP = 0.2
"""Share of the time after which memory should not grow any more."""

SETTLING_SECONDS = 660.0
"""In which more of what is owed has to come: a killed worker has mails under way for ten minutes."""

_BETWEEN_FAULTS_SECONDS = 20.0
_HANGING_SECONDS = 10.0
_GOAL_STALL_MS, _GOAL_GROWTH = 100, 5.0
_BEGIN = datetime(2050, 1, 1, tzinfo=UTC)
_HEADERS = {"cal-api-version": "2024-08-13", "content-type": "application/json"}
_FIRST_5XX, _UNAVAILABLE = 500, 503
_KALENDS = Path(sys.executable).with_name("kalends")


@dataclass(slots=True)
class Soak:
    """A server and a worker under load; what was seen so far."""

    server: Server
    data_dir: Path
    heard: Heard
    victim: Victim
    environment: dict[str, str]
    statuses: Counter[int] = field(default_factory=Counter)
    without_advice: int = 0
    broken_off: int = 0
    booked: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    is_over: threading.Event = field(default_factory=threading.Event)
    worker: "subprocess.Popen[bytes] | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _hours: "itertools.count[int]" = field(default_factory=itertools.count)

    def start_worker(self) -> None:
        """Start the worker, or another in its place."""
        command = [str(_KALENDS), "worker"]
        self.worker = subprocess.Popen(command, env=self.environment)

    def book(self) -> None:
        """Book, look at it, and cancel every third."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        for number in itertools.count():
            if self.is_over.is_set():
                return
            start = _BEGIN + timedelta(hours=next(self._hours))
            attendee = {"name": "Bo", "email": f"bo{number}@example.com", "timeZone": "UTC"}
            asked = {"eventTypeId": self.victim.event_type, "start": start.isoformat(), "attendee": attendee}
            booking = self._ask(connection, "POST", "/v2/bookings", asked)
            if booking is None:
                continue
            with self._lock:
                self.booked.add(booking["uid"])
            self._ask(connection, "GET", f"/v2/bookings/{booking['uid']}")
            if number % 3 == 0:
                self._ask(connection, "POST", f"/v2/bookings/{booking['uid']}/cancel", {})
            self.is_over.wait(0.05)

    def be_odd(self) -> None:
        """Send one odd request after another, of every kind."""
        makers = list(strangers.kinds(self.server, self.victim).values())
        for number in itertools.count():
            if self.is_over.wait(0.05):
                return
            # Series of strangers would have the worker do nothing else.
            status = strangers.send(self.server.port, makers[number % len(makers)](number), patience=5)
            self._count(status)

    def be_slow(self) -> None:
        """Ask for much, and take it in small pieces."""
        chance = random.Random(1)
        makes = strangers.kinds(self.server, self.victim)["event types"]
        while not self.is_over.wait(0.2):
            strangers.read_slowly(self.server.port, makes(0), chance)

    def break_things(self) -> None:
        """Kill a worker, a process of the database, all of it, or let the mail server hang."""
        faults = itertools.cycle(
            (self._kill_worker, self._kill_backend, self._kill_database, self._hang_mails)
        )
        while not self.is_over.wait(_BETWEEN_FAULTS_SECONDS):
            with suppress(OSError, ValueError, IndexError):
                fault = next(faults)
                fault()
                self.faults[fault.__name__.removeprefix("_").replace("_", " ")] += 1

    def memory_mb(self) -> float:
        """Return what the server's process takes."""
        pages = int(Path(f"/proc/{self.server.process_id}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def mails_left(self) -> Counter[str]:
        """Return how many mails are in which state."""
        command = [str(_KALENDS), "mail", "list", "--limit", "10000", "--json"]
        listed = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return Counter(mail["state"] for mail in json.loads(listed.stdout.splitlines()[-1])["mails"])

    def _ask(self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None) -> Any:
        """Ask for something, count the status, and return the data of a success."""
        try:
            connection.request(method, path, None if body is None else json.dumps(body), _HEADERS)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            with self._lock:
                self.broken_off += 1
            return None
        self._count(answer.status, has_advice=answer.headers["retry-after"] is not None)
        return json.loads(content)["data"] if answer.status < 300 else None

    def _count(self, status: int, *, has_advice: bool = True) -> None:
        with self._lock:
            self.statuses[status] += 1
            if status == _UNAVAILABLE and not has_advice:
                self.without_advice += 1

    def _kill_worker(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()
        self.start_worker()

    def _kill_backend(self) -> None:
        postmaster = int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)

    def _kill_database(self) -> None:
        kill_database(self.data_dir)

    def _hang_mails(self) -> None:
        self.heard.is_mail_hanging.set()
        self.is_over.wait(_HANGING_SECONDS)
        self.heard.is_mail_hanging.clear()


def main(seconds: float) -> None:
    """Soak a server, and print what was seen."""
    with tempfile.TemporaryDirectory() as folder, listening() as heard:
        settings = {
            **NO_LIMITS,
            "rate_limit_enabled": "false",
            "worker": "false",
            "outgoing_allow_private": "true",
            "smtp_url": f"smtp://127.0.0.1:{heard.mail_port}?starttls=never",
        }
        with kalends(Path(folder), **settings) as server:
            hooks = f"http://127.0.0.1:{heard.webhook_port}"
            victim = strangers.prepare(server, prepare(server), f"{hooks}/silent?x")
            soak = Soak(server, Path(folder), heard, victim, environment_of(Path(folder), settings))
            for path in ("told", "silent"):
                webhook = {"subscriberUrl": f"{hooks}/{path}", "triggers": ["BOOKING_CREATED"]}
                server.call("POST", "/v2/webhooks", "2024-08-13", {**webhook, "active": True})
            print(f"Soak: one server, one worker, {seconds:.0f} s")
            _be_odd_at_once(soak)
            soak.start_worker()
            try:
                _load(soak, seconds)
            finally:
                assert soak.worker is not None
                soak.worker.terminate()
                soak.worker.wait()


def _be_odd_at_once(soak: Soak) -> None:
    """Send odd requests, kind by kind, and tell the longest stall of each that is not short."""
    worst, where = Stall(), ""
    for kind, makes in strangers.kinds(soak.server, soak.victim).items():
        with watched(soak.server) as stall:
            strangers.send_all(soak.server.port, makes, range(strangers.OF_EACH_KIND))
        if stall.longest > _GOAL_STALL_MS:
            print(f"  {kind}: /health waited {stall}")
        if stall.worked >= worst.worked:
            worst, where = stall, kind
    print(f"  longest stall of /health while strangers are odd: {worst}, of {where}")


def _load(soak: Soak, seconds: float) -> None:
    duties = [*[soak.book] * GUESTS, soak.be_odd, soak.be_slow, soak.break_things]
    threads = [threading.Thread(target=duty, daemon=True) for duty in duties]
    with watched(soak.server) as stall:
        for thread in threads:
            thread.start()
        time.sleep(seconds * WARMING_UP)
        warm = soak.memory_mb()
        time.sleep(seconds * (1 - WARMING_UP))
        soak.is_over.set()
        for thread in threads:
            thread.join(60)
        grown = soak.memory_mb()
    _settle(soak)
    _tell(soak, stall, warm, grown)


def _settle(soak: Soak) -> None:
    """Wait for what is still to be delivered and mailed, as long as some of it comes."""
    heard, since = -1, time.monotonic()
    while _is_owing(soak) and time.monotonic() < since + SETTLING_SECONDS:
        if soak.heard.count != heard:
            heard, since = soak.heard.count, time.monotonic()
        time.sleep(2.0)


def _is_owing(soak: Soak) -> bool:
    return bool(soak.booked - soak.heard.told or soak.mails_left().keys() - {"sent", "suppressed"})


def _tell(soak: Soak, stall: Stall, warm: float, grown: float) -> None:
    heard = soak.heard
    failed = {status: count for status, count in soak.statuses.items() if status >= _FIRST_5XX}
    unavailable = failed.pop(_UNAVAILABLE, 0)
    growth = (grown - warm) / warm * 100
    mails = soak.mails_left()
    unsent = {state: count for state, count in mails.items() if state not in ("sent", "suppressed")}
    print(
        f"  {sum(soak.statuses.values())} requests, {soak.broken_off} broken off; faults: {dict(soak.faults)}"
    )
    print(f"  memory after warming up {warm:.0f} MB, at the end {grown:.0f} MB: {growth:+.1f} %   (goal 5)")
    print(
        f"  5xx but 503: {failed or 0}   (goal 0); 503: {unavailable}, without advice {soak.without_advice}"
    )
    print(f"  deliveries lost: {len(soak.booked - heard.told)} of {len(soak.booked)}   (goal 0)")
    print(f"  told twice: {heard.told_twice}   (goal 0); again under its own id: {heard.repeats}")
    print(f"  mails not sent: {unsent or 0}   (goal 0) of the last {sum(mails.values())}")
    print(f"  longest stall of /health under load with faults: {stall}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
