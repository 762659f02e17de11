"""Whom the racers book: a host who works around the clock, far in the future."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.support.client import booking_of
from tests.support.connection import Answer, Connection, connect, request_bytes
from tests.support.server import Server

MONDAY = datetime(2050, 9, 5, tzinfo=UTC)
EVERY_DAY = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_APART = timedelta(hours=3)
_FROM_MIDNIGHT = timedelta(hours=1)


def _untouched() -> Iterator[datetime]:
    # Never near midnight: no booking crosses from one day's hours into the next.
    return (MONDAY + _FROM_MIDNIGHT + number * _APART for number in count())


@dataclass(frozen=True, slots=True)
class Scene:
    """A host with an event type of an hour and one of half an hour."""

    url: str
    port: int
    api_key: str
    hour: int
    half_hour: int
    _starts: Iterator[datetime] = field(default_factory=_untouched)

    def time(self) -> datetime:
        """Return a start that nothing was tried at yet, nor within hours of it."""
        return next(self._starts)


async def make_scene(server: Server, url: str) -> Scene:
    """Make the owner of a new server somebody who can be booked at any time."""
    api_key = server.api_key
    assert api_key is not None
    connection = await connect(server.port)
    always = [{"days": EVERY_DAY, "startTime": "00:00", "endTime": "23:59"}]
    schedule = {"name": "Always", "timeZone": "UTC", "isDefault": True, "availability": always}
    data_of(await connection.post("/v2/schedules", schedule, api_key), 201)
    ids = [
        data_of(await connection.post("/v2/event-types", event_type(slug, minutes), api_key), 201)["id"]
        for slug, minutes in (("hour", 60), ("half-hour", 30))
    ]
    connection.close()
    return Scene(url, server.port, api_key, *ids)


def event_type(slug: str, minutes: int) -> dict[str, Any]:
    """Return the body of an event type without notice."""
    return {"title": slug, "slug": slug, "lengthInMinutes": minutes, "minimumBookingNotice": 0}


def creating(event_type_id: int, start: datetime, **properties: Any) -> bytes:
    """Return the request that books a time."""
    return request_bytes("POST", "/v2/bookings", booking_of(event_type_id, start.isoformat(), **properties))


def rescheduling(uid: str, start: datetime) -> bytes:
    """Return the request that moves a booking."""
    return request_bytes("POST", f"/v2/bookings/{uid}/reschedule", {"start": start.isoformat()})


def cancelling(uid: str) -> bytes:
    """Return an attendee's request that cancels a booking."""
    return request_bytes("POST", f"/v2/bookings/{uid}/cancel", {})


def reserving(event_type_id: int, start: datetime) -> bytes:
    """Return the request for a binding reservation."""
    body = {"eventTypeId": event_type_id, "slotStart": start.isoformat(), "binding": True}
    return request_bytes("POST", "/v2/slots/reservations", body)


async def at_once(connections: Sequence[Connection], requests: Iterable[bytes]) -> list[Answer]:
    """Send each request on its own connection, all before any answer is read."""
    pairs = zip(connections, requests, strict=False)
    return list(await asyncio.gather(*(connection.send(request) for connection, request in pairs)))


def data_of(answer: Answer, status: int = 200) -> Any:
    """Return the data of an answer that must have this status."""
    assert answer.status == status, answer.body
    return answer.json()["data"]


def only_winner(answers: Sequence[Answer], *, losers: int, reasons: set[str] | None = None) -> Any:
    """Return the data of the one answer that is 201; all others must be refused alike.

    With `reasons`, every refusal gives one or more of them and no other.
    """
    won = [answer for answer in answers if answer.status == 201]
    lost = [answer for answer in answers if answer.status != 201]
    assert len(won) == 1, [answer.body for answer in won]
    assert {answer.status for answer in lost} <= {losers}, [answer.body for answer in lost]
    for answer in lost:
        if reasons is not None:
            given = set(answer.json()["error"]["details"]["reasons"])
            assert given, answer.body
            assert given <= reasons, answer.body
    return won[0].json()["data"]
