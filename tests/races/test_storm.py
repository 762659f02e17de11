"""Everybody does everything at once, for long."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tests.races.scene import (
    MONDAY,
    Scene,
    cancelling,
    creating,
    data_of,
    event_type,
    rescheduling,
    reserving,
)
from tests.support.connection import Connection, request_bytes

SEED = 20_250_429
OPERATIONS = 20_000
LENGTHS = (15, 30, 45, 60)
DAYS = 14
STARTS = [MONDAY - timedelta(days=DAYS + 1) + number * timedelta(minutes=15) for number in range(DAYS * 96)]
"""So few that the clients keep meeting each other, and none that the other tests use."""

SHARES = {
    "book": 40,
    "move": 20,
    "cancel": 20,
    "reserve": 8,
    "release": 4,
    "book reserved": 4,
    "list": 2,
    "read": 2,
}
"""How often, in percent, a client does what."""


@dataclass(frozen=True, slots=True)
class Held:
    """A binding reservation that somebody made; it may be gone by now."""

    uid: str
    event_type_id: int
    start: datetime


@dataclass(frozen=True, slots=True)
class Shared:
    """What the clients know of each other's doings, and how often each was answered how."""

    event_types: list[int]
    bookings: list[str] = field(default_factory=lambda: ["unknown"])
    held: list[Held] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)


@pytest.mark.full
async def test_a_storm_of_everything_is_answered_and_leaves_everything_in_order(
    scene: Scene, connections: list[Connection]
) -> None:
    bodies = [event_type(f"storm-{length}", length) for length in LENGTHS]
    made = [await connections[0].post("/v2/event-types", body, scene.api_key) for body in bodies]
    shared = Shared([data_of(answer, 201)["id"] for answer in made])
    clients = [
        _act(connection, shared, random.Random(SEED + number), OPERATIONS // len(connections))
        for number, connection in enumerate(connections)
    ]
    await asyncio.gather(*clients)
    assert {status for _, status in shared.answers} <= {200, 201, 400, 404, 422}, shared.answers
    succeeded = {name for name, status in shared.answers if status < 300}
    assert succeeded == set(SHARES), shared.answers


async def _act(connection: Connection, shared: Shared, chance: random.Random, operations: int) -> None:
    """Be a client who does this many things, one after the other."""
    for name in chance.choices(list(SHARES), list(SHARES.values()), k=operations):
        event_type_id, start = chance.choice(shared.event_types), chance.choice(STARTS)
        booking = chance.choice(shared.bookings)
        uses_held = name in ("release", "book reserved") and shared.held
        held = shared.held.pop() if uses_held else Held("unknown", event_type_id, start)
        requests = {
            "book": creating(event_type_id, start),
            "move": rescheduling(booking, start),
            "cancel": cancelling(booking),
            "reserve": reserving(event_type_id, start),
            "release": request_bytes("DELETE", f"/v2/slots/reservations/{held.uid}"),
            "book reserved": creating(held.event_type_id, held.start, reservationUid=held.uid),
            "list": request_bytes(
                "GET", f"/v2/slots?eventTypeId={event_type_id}&start=2050-08-20&end=2050-09-04"
            ),
            "read": request_bytes("GET", f"/v2/bookings/{booking}"),
        }
        answer = await connection.send(requests[name])
        shared.answers[name, answer.status] += 1
        if answer.status == 201 and name == "reserve":
            shared.held.append(Held(answer.json()["data"]["reservationUid"], event_type_id, start))
        elif answer.status == 201:
            shared.bookings.append(answer.json()["data"]["uid"])
