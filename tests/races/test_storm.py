"""Everybody does everything at once, for long."""

import asyncio
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tests.races.scene import (
    MONDAY,
    Scene,
    cancelling,
    creating,
    deciding,
    event_type,
    guest,
    make_event_type,
    marking_absent,
    rescheduling,
    reserving,
)
from tests.support.connection import Answer, Connection, request_bytes

SEED = 20_250_429
CLIENTS = 32
LENGTHS = (15, 30, 45, 60)
GUESTS = 12
WEEKS = 6
DAYS = 4
FIRST = MONDAY - timedelta(weeks=WEEKS + 1)
STARTS = [
    FIRST + week * timedelta(weeks=1) + day * timedelta(days=1) + quarter * timedelta(minutes=15)
    for week in range(WEEKS)
    for day in range(DAYS)
    for quarter in range(16, 80)
]
"""So few that the clients keep meeting each other, and none that the other tests use."""

ROUND_STARTS = [start for start in STARTS if start.minute == 0 and start.hour % 4 == 0]
"""Still fewer: of classes and series, which meet on them."""

SHARES = {
    "book": 14,
    "book a limited one": 6,
    "ask": 6,
    "take a seat": 10,
    "book a series": 3,
    "move": 10,
    "move a seat": 4,
    "move all seats": 1,
    "confirm": 7,
    "decline": 2,
    "cancel": 10,
    "cancel as host": 3,
    "give up a seat": 4,
    "cancel a series": 1,
    "cancel the rest": 1,
    "mark absent": 2,
    "reserve": 5,
    "release": 2,
    "book reserved": 3,
    "list slots": 1,
    "list bookings": 2,
    "read": 3,
}
"""How often, in percent, a client does what."""

TOO_EARLY = {"mark absent"}
"""What nobody succeeds with: none of the bookings has begun."""

REFUSALS = {400, 401, 403, 404, 409, 422}


@dataclass(frozen=True, slots=True)
class Made:
    """A booking, a seat or a reservation that somebody made; it may be gone by now."""

    uid: str
    event_type_id: int
    start: datetime
    seat_uid: str = "00000000-0000-4000-8000-000000000000"
    series_uid: str = "unknown"


@dataclass(frozen=True, slots=True)
class Storm:
    """What the clients know of each other's doings, and how often each was answered how."""

    scene: Scene
    plain: list[int]
    made: dict[str, list[Made]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)


@pytest.mark.parametrize("operations", [1_500, pytest.param(100_000, marks=pytest.mark.full)])
async def test_a_storm_of_everything_is_answered_and_leaves_everything_in_order(
    scene: Scene, connections: list[Connection], operations: int
) -> None:
    plain = [
        await make_event_type(
            connections[0], scene.api_key, event_type(f"storm-{operations}-{length}", length)
        )
        for length in LENGTHS
    ]
    storm = Storm(scene, plain)
    clients = [
        _act(connection, storm, random.Random(SEED + number), operations // CLIENTS)
        for number, connection in enumerate(connections[:CLIENTS])
    ]
    await asyncio.gather(*clients)
    assert {status for _, status in storm.answers} <= {200, 201} | REFUSALS, storm.answers
    succeeded = {name for name, status in storm.answers if status < 300}
    assert succeeded == set(SHARES) - TOO_EARLY, (set(SHARES) - TOO_EARLY - succeeded, storm.answers)


async def _act(connection: Connection, storm: Storm, chance: random.Random, operations: int) -> None:
    """Be a client who does this many things, one after the other."""
    for name in chance.choices(list(SHARES), list(SHARES.values()), k=operations):
        request, subject = _request(name, storm, chance)
        answer = await connection.send(request)
        storm.answers[name, answer.status] += 1
        if answer.status == 201:
            _remember(storm, answer, subject)


def _request(name: str, storm: Storm, chance: random.Random) -> tuple[bytes, Made]:
    """Return what to send, and the event type and start that it is about."""
    scene, key = storm.scene, storm.scene.api_key
    start, round_start = chance.choice(STARTS), chance.choice(ROUND_STARTS)
    attendee = guest(chance.randrange(GUESTS))

    def about(slugs: tuple[str, ...], at: datetime) -> Made:
        return Made("unknown", scene.event_types[chance.choice(slugs)], at)

    def known(kind: str) -> Made:
        found = storm.made[kind]
        return chance.choice(found) if found else Made("unknown", storm.plain[0], start)

    match name:
        case "book":
            subject = Made("unknown", chance.choice(storm.plain), start)
            return creating(subject.event_type_id, start, attendee=attendee), subject
        case "book a limited one":
            subject = about(("daily", "daily-minutes"), start)
            return creating(subject.event_type_id, start, attendee=attendee), subject
        case "ask":
            subject = about(("ask", "hold"), start)
            return creating(subject.event_type_id, start, attendee=attendee), subject
        case "take a seat":
            subject = about(("room",), round_start)
            return creating(subject.event_type_id, round_start, attendee=attendee), subject
        case "book a series":
            subject = about(("weekly", "ask-weekly"), round_start)
            return creating(subject.event_type_id, round_start, attendee=attendee), subject
        case "move":
            subject = known("booking")
            return rescheduling(subject.uid, start), subject
        case "move a seat":
            subject = known("seat")
            return rescheduling(subject.uid, round_start, seatUid=subject.seat_uid), subject
        case "move all seats":
            subject = known("seat")
            return rescheduling(subject.uid, round_start, api_key=key), subject
        case "confirm" | "decline":
            subject = known("request")
            return deciding(subject.uid, name, key), subject
        case "cancel":
            return cancelling(known("booking").uid), known("booking")
        case "cancel as host":
            kind = chance.choice(("booking", "request", "seat"))
            return cancelling(known(kind).uid, api_key=key), known(kind)
        case "give up a seat":
            subject = known("seat")
            return cancelling(subject.uid, seatUid=subject.seat_uid), subject
        case "cancel a series":
            return cancelling(known("series").series_uid), known("series")
        case "cancel the rest":
            return cancelling(known("series").uid, cancelSubsequentBookings=True), known("series")
        case "mark absent":
            kind = chance.choice(("booking", "seat"))
            return marking_absent(known(kind).uid, key), known(kind)
        case "reserve":
            subject = Made("unknown", chance.choice(storm.plain), start)
            return reserving(subject.event_type_id, start), subject
        case "release":
            return request_bytes("DELETE", f"/v2/slots/reservations/{_used(storm).uid}"), known("booking")
        case "book reserved":
            subject = _used(storm)
            body = {"attendee": attendee, "reservationUid": subject.uid}
            return creating(subject.event_type_id, subject.start, **body), subject
        case "list slots":
            subject = Made("unknown", chance.choice((*storm.plain, scene.room)), start)
            days = f"start={start.date()}&end={start.date()}"
            return request_bytes("GET", f"/v2/slots?eventTypeId={subject.event_type_id}&{days}"), subject
        case "list bookings":
            status = chance.choice(("upcoming", "cancelled", "unconfirmed", "recurring"))
            path = f"/v2/bookings?status={status}&take=20&skip={chance.randrange(40)}"
            return request_bytes("GET", path, api_key=key), known("booking")
        case "read":
            subject = known(chance.choice(("booking", "request", "seat", "series")))
            return request_bytes("GET", f"/v2/bookings/{subject.uid}"), subject
    raise AssertionError(name)


def _used(storm: Storm) -> Made:
    """Return a reservation that nobody else will use."""
    held = storm.made["reservation"]
    return held.pop() if held else Made("6f1f0b55-8d5c-4a37-9f0e-2b6a1f3c9a11", storm.plain[0], STARTS[0])


def _remember(storm: Storm, answer: Answer, subject: Made) -> None:
    """Let everybody know of what was made."""
    data = answer.json()["data"]
    if isinstance(data, list):
        series_uid = data[0]["recurringBookingUid"]
        occurrences = [
            Made(one["uid"], subject.event_type_id, subject.start, series_uid=series_uid) for one in data
        ]
        storm.made["series"].extend(occurrences)
        storm.made["booking"].extend(occurrences)
        storm.made["request"].extend(occurrences)
    elif "reservationUid" in data:
        storm.made["reservation"].append(Made(data["reservationUid"], subject.event_type_id, subject.start))
    elif data.get("seatUid"):
        storm.made["seat"].append(Made(data["uid"], subject.event_type_id, subject.start, data["seatUid"]))
    else:
        kind = "request" if data["status"] == "pending" else "booking"
        storm.made[kind].append(Made(data["uid"], subject.event_type_id, subject.start))
