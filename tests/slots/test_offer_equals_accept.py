"""What is listed can be booked, and what is refused is refused for a reason that is true."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.client import Client, Host, booking_of, data, refusal

MONDAY = datetime(2050, 9, 5, tzinfo=UTC)
DAYS = ("Monday", "Tuesday")


@dataclass(frozen=True)
class Configuration:
    """A host's hours in UTC (whole days of Monday and Tuesday), an event type, and what is booked."""

    rows: list[dict[str, Any]]
    properties: dict[str, Any]
    other: dict[str, Any]
    now: datetime
    starts: list[datetime]


def configuration(seed: int) -> Configuration:
    """Return a random configuration."""
    chance = random.Random(seed)
    rows = []
    for day in DAYS:
        opens = chance.randrange(6, 12) * 60 + chance.choice([0, 5, 15, 30])
        closes = opens + chance.randrange(120, 600, 5)
        times = {
            "startTime": f"{opens // 60:02}:{opens % 60:02}",
            "endTime": f"{closes // 60:02}:{closes % 60:02}",
        }
        rows.append({"days": [day], **times})
    properties: dict[str, Any] = {
        "lengthInMinutes": chance.choice([15, 20, 25, 30, 45, 60, 90]),
        "beforeEventBuffer": chance.choice([0, 0, 5, 10, 30]),
        "afterEventBuffer": chance.choice([0, 0, 5, 15, 60]),
        "minimumBookingNotice": chance.choice([0, 60, 24 * 60]),
    }
    if chance.random() < 0.5:
        properties["slotInterval"] = chance.choice([5, 10, 15, 20, 30, 60])
    if chance.random() < 0.3:
        properties["offsetStart"] = chance.choice([5, 10, 20])
    other = {"lengthInMinutes": chance.choice([10, 30, 50]), "afterEventBuffer": chance.choice([0, 10, 20])}
    starts = [MONDAY + timedelta(minutes=chance.randrange(6 * 60, 48 * 60, 5)) for _ in range(6)]
    now = MONDAY - timedelta(hours=chance.choice([0, 10, 48])) + timedelta(minutes=chance.randrange(0, 600))
    return Configuration(rows, properties, other, now, starts)


@dataclass(frozen=True)
class Scene:
    """A configuration on the server, and the periods that are booked with their own buffers."""

    configuration: Configuration
    event_type_id: int
    booked: list[tuple[datetime, datetime]]


@pytest.fixture
async def scenes(ana: Host, client: Client, clock: Clock) -> Any:
    """Return a function that puts a configuration onto the server."""

    async def make(seed: int) -> Scene:
        made = configuration(seed)
        schedule = await ana.creates_schedule(timeZone="UTC", availability=made.rows)
        own = {"scheduleId": schedule["id"]}
        event_type = await ana.creates_event_type(f"listed-{seed}", **made.properties, **own)
        other = await ana.creates_event_type(f"other-{seed}", **made.other, **own)
        booked = []
        clock.now = MONDAY - timedelta(days=30)
        for start in made.starts:
            answer = await client.post("/v2/bookings", json=booking_of(other["id"], start.isoformat()))
            if answer.status_code == 201:
                booked.append((start, start + timedelta(minutes=made.other["lengthInMinutes"])))
        clock.now = made.now
        return Scene(made, event_type["id"], booked)

    return make


@pytest.mark.parametrize("seed", range(12))
async def test_every_listed_slot_can_be_booked(scenes: Any, client: Client, seed: int) -> None:
    scene = await scenes(seed)
    for start in await _listed(client, scene):
        body = booking_of(scene.event_type_id, start.isoformat())
        booking = data(await client.post("/v2/bookings", json=body), 201)
        await client.post(f"/v2/bookings/{booking['uid']}/cancel", json={})


@pytest.mark.parametrize("seed", range(12))
async def test_what_is_not_listed_is_refused_for_a_true_reason_or_only_off_the_grid(
    scenes: Any, client: Client, seed: int
) -> None:
    scene = await scenes(seed)
    listed = set(await _listed(client, scene))
    chance = random.Random(seed)
    unlisted = [moment for moment in _minutes() if moment not in listed]
    for start in chance.sample(unlisted, 60):
        body = booking_of(scene.event_type_id, start.isoformat())
        answer = await client.post("/v2/bookings", json=body)
        expected = _true_reasons(scene, start)
        if expected:
            assert set(refusal(answer, 400)["details"]["reasons"]) == expected, start
        else:
            booking = data(answer, 201)
            await client.post(f"/v2/bookings/{booking['uid']}/cancel", json={})


async def _listed(client: Client, scene: Scene) -> list[datetime]:
    dates = {"start": "2050-09-05", "end": "2050-09-06"}
    parameters: dict[str, Any] = {"eventTypeId": scene.event_type_id, **dates}
    days = data(await client.get("/v2/slots", params=parameters))
    return [datetime.fromisoformat(slot["start"]) for slots in days.values() for slot in slots]


def _minutes() -> Iterator[datetime]:
    return (MONDAY + timedelta(minutes=minute) for minute in range(5 * 60, 44 * 60))


def _true_reasons(scene: Scene, start: datetime) -> set[str]:
    """Return why a time cannot be booked, told from the configuration alone."""
    made = scene.configuration
    end = start + timedelta(minutes=made.properties["lengthInMinutes"])
    reasons = set()
    if start < made.now:
        reasons.add("in_the_past")
    elif start < made.now + timedelta(minutes=made.properties["minimumBookingNotice"]):
        reasons.add("minimum_notice")
    if not _is_open(made.rows[(start - MONDAY).days], start, end):
        reasons.add("outside_working_hours")
    before = timedelta(minutes=made.properties["afterEventBuffer"])
    after = timedelta(minutes=made.properties["beforeEventBuffer"] + made.other["afterEventBuffer"])
    for begins, ends in scene.booked:
        if begins < end and start < ends:
            reasons.add("booking")
        elif begins - before < end and start < ends + after:
            reasons.add("buffer")
    return reasons


def _is_open(row: dict[str, Any], start: datetime, end: datetime) -> bool:
    def at(clock_time: str) -> datetime:
        hours, minutes = clock_time.split(":")
        return start.replace(hour=int(hours), minute=int(minutes))

    return at(row["startTime"]) <= start and end <= at(row["endTime"])
