"""Requests of strangers and of users who mean no good: of every kind, 200 of each."""

import json
import random
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bench import load
from bench.servers import Server

OF_EACH_KIND = 200
_AT_ONCE = 8
_PATIENCE_SECONDS = 30.0
_JSON = {"content-type": "application/json", "cal-api-version": "2024-08-13"}
_MUCH = "a" * 1_000

_TIMES_TEMPLATE = "x" + "{{#each @root}}" * 4 + "{{a.a.a.a.a.a.a.a}}" * 200 + "{{/each}}" * 4

_BROKEN = (
    b"no request at all\r\n\r\n",
    b"GET /v2/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cal_" + b"0" * 60_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 300 + b"\r\n",
    b'POST /v2/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; a="' + b";" * 50_000,
    b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 4_000_000,
    b"GET /v2/slots?" + b"a=1&" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /v2/bookings HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{",
    b"",
)


@dataclass(frozen=True, slots=True)
class Victim:
    """What strangers aim at: an account's event types, one single and one a series, and a webhook."""

    event_type: int
    series: int
    webhook: str
    username: str


def prepare(server: Server, victim_id: int, hook_url: str) -> Victim:
    """Make what strangers and users can make large."""
    recurrence = {"interval": 1, "occurrences": 100, "frequency": "weekly"}
    options = [f"option {number}" for number in range(100)]
    field = {"type": "select", "label": "x", "required": False, "placeholder": "", "options": options}
    fields = [{**field, "slug": f"field-{number}"} for number in range(20)]
    made = {"lengthInMinutes": 30, "minimumBookingNotice": 0, "bookingFields": fields}
    series = {"title": "Series", "slug": "series", "recurrence": recurrence, **made}
    series_id = server.call("POST", "/v2/event-types", "2024-06-14", series)["id"]
    for number in range(20):
        large = {"title": "Large", "slug": f"large-{number}", **made}
        server.call("POST", "/v2/event-types", "2024-06-14", large)
    webhook = {"subscriberUrl": hook_url, "triggers": ["BOOKING_PAID"], "active": True}
    webhook["payloadTemplate"] = _TIMES_TEMPLATE
    made_webhook = server.call("POST", "/v2/webhooks", "2024-08-13", webhook)
    username = server.call("GET", "/v2/me", "2024-08-13")["username"]
    return Victim(victim_id, series_id, made_webhook["id"], username)


def kinds(server: Server, victim: Victim) -> dict[str, Callable[[int], bytes]]:
    """Return what makes the requests of each kind, by a number that tells them apart."""

    def asks(method: str, path: str, body: Any = None, **headers: str) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        return load.request(method, path, {**_JSON, **headers}, content)

    def own(method: str, path: str, body: Any = None, version: str = "2024-08-13") -> bytes:
        return asks(method, path, body, **server.headers(version))

    def booking(number: int, event_type: int, **more: Any) -> Any:
        attendee = {"name": "Bo", "email": f"bo{number}@example.com", "timeZone": "UTC"}
        start = f"{2060 + number // 300}-0{1 + number % 9}-{1 + number % 28:02}T{number % 24:02}:00:00Z"
        return {"eventTypeId": event_type, "start": start, "attendee": attendee, **more}

    # Addresses that stand for phone numbers, which get no mails: not the mail server is to be judged.
    guests = [f"49151{number:08}@sms.cal.com" for number in range(30)]
    wrong: dict[str, Any] = {"attendees": [{"email": 1, "absent": 1}] * 1_500}
    deep = json.loads("[" * 60 + "]" * 60)
    year = f"eventTypeId={victim.event_type}&start=2050-01-01&end=2050-12-31"
    return {
        "broken": lambda n: _BROKEN[n % len(_BROKEN)],
        "unknown paths": lambda n: asks("GET", f"/v2/{'x/' * (n % 60)}"),
        "preflights": lambda n: asks("OPTIONS", f"/v2/bookings/{n}"),
        "languages": lambda n: asks("GET", f"/booking/{n}", **{"accept-language": "x" * 20_000 + str(n)}),
        "unknown keys": lambda n: asks("GET", "/v2/me", authorization=f"Bearer cal_{n:032}"),
        "slots of a year": lambda _: asks("GET", f"/v2/slots?{year}", **{"cal-api-version": "2024-09-04"}),
        "event types": lambda _: asks(
            "GET", f"/v2/event-types?username={victim.username}", **{"cal-api-version": "2024-06-14"}
        ),
        "many guests": lambda n: asks("POST", "/v2/bookings", booking(n, victim.event_type, guests=guests)),
        "series": lambda n: asks(
            "POST", "/v2/bookings", booking(n, victim.series, bookingFieldsResponses={"notes": _MUCH})
        ),
        "wrong bodies": lambda _: own("POST", "/v2/bookings/none/mark-absent", wrong),
        "deep bodies": lambda _: asks("POST", "/v2/bookings", {"metadata": deep}),
        "reservations": lambda n: asks(
            "POST",
            "/v2/slots/reservations",
            {"eventTypeId": victim.event_type, "slotStart": f"2055-01-{1 + n % 28:02}T{n % 24:02}:00:00Z"},
            **{"cal-api-version": "2024-09-04"},
        ),
        "pings": lambda _: own("POST", f"/v2/webhooks/{victim.webhook}/ping"),
        "replays": lambda _: own(
            "POST", f"/v2/webhooks/{victim.webhook}/replay", {"from": "2020-01-01T00:00:00Z"}
        ),
        "long schedules": lambda n: own("PATCH", "/v2/schedules/1", _long_schedule(n), "2024-06-11"),
        "lists": lambda n: own("GET", f"/v2/bookings?take=250&skip={n}"),
        "the document": lambda _: asks("GET", "/openapi.json"),
        "metrics": lambda _: asks("GET", "/metrics"),
    }


def send_all(port: int, makes: Callable[[int], bytes], numbers: Sequence[int]) -> None:
    """Send a kind of requests, some at once."""
    left = iter(numbers)
    lock = threading.Lock()

    def go() -> None:
        for number in _shared(left, lock):
            send(port, makes(number))

    threads = [threading.Thread(target=go) for _ in range(_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send(port: int, request: bytes, *, patience: float = _PATIENCE_SECONDS) -> int:
    """Send one request, look at the beginning of the answer and leave; return its status, 0: none came."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), patience) as stranger:
        stranger.settimeout(patience if b"\r\n\r\n" in request and not request.endswith(b"{") else 0.1)
        stranger.sendall(request)
        begun = stranger.recv(4_096)
        return int(begun[9:12]) if begun.startswith(b"HTTP/1.1 ") else 0
    return 0


def read_slowly(port: int, request: bytes, chance: random.Random) -> None:
    """Send a request in pieces, and take its answer in pieces."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS) as slow:
        for begin in range(0, len(request), 40):
            slow.sendall(request[begin : begin + 40])
            threading.Event().wait(0.02)
        for _ in range(20):
            if not slow.recv(chance.randrange(1, 500)):
                break
            threading.Event().wait(0.05)


def _shared(numbers: Iterator[int], lock: threading.Lock) -> Iterator[int]:
    while True:
        with lock:
            number = next(numbers, None)
        if number is None:
            return
        yield number


def _long_schedule(number: int) -> dict[str, Any]:
    hours = {"startTime": "00:00", "endTime": "23:59"}
    overrides = [
        {"date": f"20{60 + day // 300}-{1 + day // 28 % 12:02}-{1 + day % 28:02}", **hours}
        for day in range(number % 7, 300)
    ]
    return {"overrides": overrides}
