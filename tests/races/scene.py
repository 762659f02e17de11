"""Whom the racers book: a host who works around the clock, far in the future."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


# Never near midnight: no booking crosses from one day's hours into the next.
def _untouched() -> Iterator[datetime]:
    return (MONDAY + _FROM_MIDNIGHT + number * _APART for number in count())


def _untouched_weeks() -> Iterator[datetime]:
    far = MONDAY + timedelta(weeks=1_000)
    return (far + number * timedelta(weeks=8) + _FROM_MIDNIGHT for number in count())


def _untouched_days() -> Iterator[datetime]:
    farther = MONDAY + timedelta(weeks=3_000)
    return (farther + number * timedelta(days=1) + _FROM_MIDNIGHT for number in count())


SEATS = 3
OCCURRENCES = 4
DAILY = 2
"""How many the classes seat, a series has, and the limited event type takes a day."""

_SETTINGS: dict[str, tuple[int, dict[str, Any]]] = {
    "hour": (60, {}),
    "half-hour": (30, {}),
    "room": (
        60,
        {"seats": {"seatsPerTimeSlot": SEATS, "showAttendeeInfo": True, "showAvailabilityCount": True}},
    ),
    "weekly": (60, {"recurrence": {"interval": 1, "occurrences": OCCURRENCES, "frequency": "weekly"}}),
    "ask": (60, {"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": False}}),
    "hold": (60, {"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": True}}),
    "ask-weekly": (
        60,
        {
            "recurrence": {"interval": 1, "occurrences": OCCURRENCES, "frequency": "weekly"},
            "confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": False},
        },
    ),
    "daily": (30, {"bookingLimitsCount": {"day": DAILY}}),
    "daily-minutes": (30, {"bookingLimitsDuration": {"day": DAILY * 30}}),
    "few": (30, {"bookerActiveBookingsLimit": {"maximumActiveBookings": DAILY}}),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A host with event types by their slugs, none of which asks for notice.

    `hour` and `half-hour` are plain; a `room` has seats, `weekly` is a series, of `ask` and `hold` the host
    confirms each booking, which blocks its time meanwhile with `hold`; `daily` and `daily-minutes` take two
    bookings a day, and `few` two of a booker.
    """

    url: str
    port: int
    api_key: str
    event_types: Mapping[str, int]
    _starts: Iterator[datetime] = field(default_factory=_untouched)
    _weeks: Iterator[datetime] = field(default_factory=_untouched_weeks)
    _days: Iterator[datetime] = field(default_factory=_untouched_days)

    @property
    def hour(self) -> int:
        """Return the id of the plain event type of an hour."""
        return self.event_types["hour"]

    @property
    def half_hour(self) -> int:
        """Return the id of the plain event type of half an hour."""
        return self.event_types["half-hour"]

    @property
    def room(self) -> int:
        """Return the id of the event type with seats."""
        return self.event_types["room"]

    def time(self) -> datetime:
        """Return a start that nothing was tried at yet, nor within hours of it."""
        return next(self._starts)

    def weeks(self) -> datetime:
        """Return a start that nothing was tried at yet, nor near it in any of the eight weeks from it."""
        return next(self._weeks)

    def day(self) -> datetime:
        """Return one in the morning of a day that nothing was tried at yet."""
        return next(self._days)


async def make_scene(server: Server, url: str) -> Scene:
    """Make the owner of a new server somebody who can be booked at any time."""
    api_key = server.api_key
    assert api_key is not None
    connection = await connect(server.port)
    always = [{"days": EVERY_DAY, "startTime": "00:00", "endTime": "23:59"}]
    schedule = {"name": "Always", "timeZone": "UTC", "isDefault": True, "availability": always}
    data_of(await connection.post("/v2/schedules", schedule, api_key), 201)
    ids = {
        slug: await make_event_type(connection, api_key, event_type(slug, minutes, **settings))
        for slug, (minutes, settings) in _SETTINGS.items()
    }
    connection.close()
    return Scene(url, server.port, api_key, ids)


async def make_event_type(connection: Connection, api_key: str, body: dict[str, Any]) -> int:
    """Make an event type, and return its id."""
    made: int = data_of(await connection.post("/v2/event-types", body, api_key), 201)["id"]
    return made


def event_type(slug: str, minutes: int, **settings: Any) -> dict[str, Any]:
    """Return the body of an event type without notice."""
    plain = {"title": slug, "slug": slug, "lengthInMinutes": minutes, "minimumBookingNotice": 0}
    return {**plain, **settings}


def guest(number: int) -> dict[str, str]:
    """Return an attendee, another one for each number."""
    return {"name": f"Guest {number}", "email": f"guest{number}@example.com", "timeZone": "UTC"}


def creating(event_type_id: int, start: datetime, **properties: Any) -> bytes:
    """Return the request that books a time."""
    return request_bytes("POST", "/v2/bookings", booking_of(event_type_id, start.isoformat(), **properties))


def rescheduling(uid: str, start: datetime, *, api_key: str | None = None, **properties: Any) -> bytes:
    """Return the request that moves a booking; its host's with a key, else an attendee's."""
    body = {"start": start.isoformat(), **properties}
    return request_bytes("POST", f"/v2/bookings/{uid}/reschedule", body, api_key=api_key)


def cancelling(uid: str, *, api_key: str | None = None, **properties: Any) -> bytes:
    """Return the request that cancels a booking; its host's with a key, else an attendee's."""
    body = properties if api_key is None else {"cancellationReason": "ill", **properties}
    return request_bytes("POST", f"/v2/bookings/{uid}/cancel", body, api_key=api_key)


def deciding(uid: str, decision: str, api_key: str) -> bytes:
    """Return a host's request to `confirm` or `decline` a booking."""
    return request_bytes("POST", f"/v2/bookings/{uid}/{decision}", {}, api_key=api_key)


def marking_absent(uid: str, api_key: str) -> bytes:
    """Return a host's request to note that the host did not come to a booking."""
    return request_bytes("POST", f"/v2/bookings/{uid}/mark-absent", {"host": True}, api_key=api_key)


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
