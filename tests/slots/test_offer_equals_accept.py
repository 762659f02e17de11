"""What is listed can be booked, and what is refused is refused for a reason that is true."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.client import Client, Host, booking_of, data

MONDAY = datetime(2050, 9, 5, tzinfo=UTC)
DAYS = ("Monday", "Tuesday")
SEEDS = range(24)


@dataclass(frozen=True)
class Configuration:
    """A host's hours in UTC, of Monday and Tuesday only, an event type, and what is to be booked.

    `length` is the one that is asked for; `own` are minutes of Monday at which somebody tries to book the
    event type itself, `others` those for another one of the host.
    """

    rows: list[dict[str, Any]]
    properties: dict[str, Any]
    other: dict[str, Any]
    now: datetime
    length: int
    own: list[int]
    others: list[int]

    @property
    def seats(self) -> int | None:
        seats: int | None = self.properties.get("seats", {}).get("seatsPerTimeSlot")
        return seats


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
    length = properties["lengthInMinutes"]
    if chance.random() < 0.5:
        properties["slotInterval"] = chance.choice([10, 15, 20, 30, 60])
    if chance.random() < 0.3:
        properties["offsetStart"] = chance.choice([5, 10, 20])
    if chance.random() < 0.3:
        properties["lengthInMinutesOptions"] = sorted({length, 30, 50})
        length = chance.choice(properties["lengthInMinutesOptions"])
    if chance.random() < 0.4:
        seats = {"showAttendeeInfo": True, "showAvailabilityCount": True}
        properties["seats"] = {"seatsPerTimeSlot": chance.choice([1, 2, 3]), **seats}
    if chance.random() < 0.4:
        properties["bookingLimitsCount"] = chance.choice([{"day": 1}, {"day": 2}, {"week": 3}, {"month": 2}])
    elif chance.random() < 0.3:
        properties["bookingLimitsDuration"] = {"day": chance.choice([60, 100, 200])}
    if chance.random() < 0.7:
        windows: list[dict[str, Any]] = [
            {"type": "businessDays", "value": 1, "rolling": False},
            {"type": "calendarDays", "value": 2, "rolling": False},
            {"type": "range", "value": ["2050-09-06", "2050-09-08"]},
        ]
        if not properties.keys() & {"seats", "bookingLimitsCount", "bookingLimitsDuration"}:
            # The days that have slots are told by another event type, which shares none of these.
            windows.append({"type": "calendarDays", "value": 1, "rolling": True})
            windows.append({"type": "businessDays", "value": 2, "rolling": True})
        properties["bookingWindow"] = chance.choice(windows)
    other = {"lengthInMinutes": chance.choice([10, 30, 50]), "afterEventBuffer": chance.choice([0, 10, 20])}
    now = MONDAY - timedelta(hours=chance.choice([0, 10, 48])) + timedelta(minutes=chance.randrange(0, 600))
    own = [chance.randrange(6 * 60, 20 * 60, 5) for _ in range(8)]
    others = [chance.randrange(6 * 60, 48 * 60, 5) for _ in range(6)]
    return Configuration(rows, properties, other, now, length, own, others)


@dataclass
class Scene:
    """A configuration on the server, with what is booked: starts and ends without buffers."""

    made: Configuration
    client: Client
    host: Client
    event_type_id: int
    twin_id: int
    own: dict[datetime, datetime] = field(default_factory=dict)
    taken: Counter[datetime] = field(default_factory=Counter)
    others: list[tuple[datetime, datetime]] = field(default_factory=list)
    guests: int = 0

    async def lists(self, event_type_id: int, last: str = "2050-09-06") -> list[datetime]:
        """Return the starts that are listed and have a seat left."""
        asked: dict[str, Any] = {"eventTypeId": event_type_id, "start": "2050-09-01", "end": last}
        asked["duration"] = self.made.length
        days = data(await self.client.get("/v2/slots", params=asked))
        return [
            datetime.fromisoformat(slot["start"])
            for slots in days.values()
            for slot in slots
            if slot.get("seatsRemaining", 1)
        ]

    async def tries(self, start: datetime) -> Any:
        """Try to book, each time as somebody else."""
        self.guests += 1
        body = booking_of(self.event_type_id, start.isoformat())
        body["attendee"] |= {"email": f"guest{self.guests}@example.com", "timeZone": "UTC"}
        if "lengthInMinutesOptions" in self.made.properties:
            body["lengthInMinutes"] = self.made.length
        return await self.client.post("/v2/bookings", json=body)

    async def gives_up(self, booking: dict[str, Any]) -> None:
        body = {"seatUid": booking["seatUid"]} if "seatUid" in booking else {}
        data(await self.client.post(f"/v2/bookings/{booking['uid']}/cancel", json=body))


@pytest.fixture
async def scenes(ana: Host, client: Client, clock: Clock) -> Any:
    """Return a function that puts a configuration onto the server."""

    async def make(seed: int) -> Scene:
        made = configuration(seed)
        schedule = await ana.creates_schedule(timeZone="UTC", availability=made.rows)
        own = {"scheduleId": schedule["id"]}
        event_type = await ana.creates_event_type("listed", **made.properties, **own)
        # The same without a window, to tell the days that have slots.
        plain = {name: value for name, value in made.properties.items() if name != "bookingWindow"}
        twin = await ana.creates_event_type("twin", **plain, **own)
        other = await ana.creates_event_type("other", **made.other, **own)
        scene = Scene(made, client, ana.client, event_type["id"], twin["id"])
        clock.now = made.now - timedelta(days=1)
        for minute in made.others:
            start = MONDAY + timedelta(minutes=minute)
            answer = await client.post("/v2/bookings", json=booking_of(other["id"], start.isoformat()))
            if answer.status_code == 201:
                scene.others.append((start, start + timedelta(minutes=made.other["lengthInMinutes"])))
        for minute in made.own:
            start = MONDAY + timedelta(minutes=minute)
            if (await scene.tries(start)).status_code == 201:
                scene.own[start] = start + timedelta(minutes=made.length)
                scene.taken[start] += 1
        if made.seats is not None:
            for start in [*scene.own, *scene.own]:
                if (await scene.tries(start)).status_code == 201:
                    scene.taken[start] += 1
        clock.now = made.now
        return scene

    return make


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_listed_slot_can_be_booked(scenes: Any, seed: int) -> None:
    scene: Scene = await scenes(seed)
    for start in await scene.lists(scene.event_type_id):
        await scene.gives_up(data(await scene.tries(start), 201))


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_not_listed_is_refused_for_a_true_reason_or_only_off_the_grid(
    scenes: Any, seed: int
) -> None:
    scene: Scene = await scenes(seed)
    listed = set(await scene.lists(scene.event_type_id))
    in_window = await _window(scene)
    chance = random.Random(seed)
    unlisted = [moment for moment in _minutes() if moment not in listed]
    for start in [*chance.sample(unlisted, 40), *(start for start in scene.own if start not in listed)]:
        answer = await scene.tries(start)
        expected = _true_reasons(scene, start, in_window)
        if expected:
            assert answer.status_code in (400, 403, 409), answer.text
            assert set(answer.json()["error"]["details"]["reasons"]) == expected, start
        else:
            await scene.gives_up(data(answer, 201))


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if configuration(seed).seats is None])
async def test_every_slot_offered_to_a_moved_booking_can_be_taken_and_ends_where_it_was_offered(
    scenes: Any, seed: int
) -> None:
    scene: Scene = await scenes(seed)
    free = await scene.lists(scene.event_type_id)
    if not free:
        return
    uid = data(await scene.tries(random.Random(seed).choice(free)), 201)["uid"]
    path = f"/v2/event-types/{scene.event_type_id}"
    lengths = {"lengthInMinutes": 35, "lengthInMinutesOptions": [35, 40]}
    data(await scene.host.patch(path, json=lengths))
    moving = {"bookingUidToReschedule": uid, "format": "range"}
    asked = {"eventTypeId": scene.event_type_id, "start": "2050-09-01", "end": "2050-09-06", **moving}
    days = data(await scene.client.get("/v2/slots", params=asked))
    offered = [slot for slots in days.values() for slot in slots]
    for slot in random.Random(seed).sample(offered, min(len(offered), 12)):
        by = scene.host if seed % 2 else scene.client
        answer = await by.post(f"/v2/bookings/{uid}/reschedule", json={"start": slot["start"]})
        moved = data(answer, 201)
        assert (moved["start"], moved["end"], moved["duration"]) == (
            slot["start"],
            slot["end"],
            scene.made.length,
        )
        uid = moved["uid"]


def _minutes() -> Iterator[datetime]:
    return (MONDAY + timedelta(minutes=minute) for minute in range(5 * 60, 44 * 60))


def _true_reasons(scene: Scene, start: datetime, in_window: Callable[[date], bool]) -> set[str]:
    """Return why a time cannot be booked, told from the configuration and what is booked alone."""
    made = scene.made
    end = start + timedelta(minutes=made.length)
    reasons = set()
    if start < made.now:
        reasons.add("in_the_past")
    elif start < made.now + timedelta(minutes=made.properties["minimumBookingNotice"]):
        reasons.add("minimum_notice")
    if not in_window(start.date()):
        reasons.add("booking_window")
    if made.seats is not None and start in scene.own:
        return reasons | ({"seats_full"} if scene.taken[start] >= made.seats else set())
    row = made.rows[(start - MONDAY).days]
    if not _is_open(row, start, end):
        reasons.add("outside_working_hours")
    if any(_is_full(scene, day) for day in {start.date(), (end - timedelta(seconds=1)).date()}):
        reasons.add("limit")
    before, after = (made.properties[f"{side}EventBuffer"] for side in ("before", "after"))
    booked = [(*period, 0, made.other["afterEventBuffer"]) for period in scene.others]
    booked += [(*period, before, after) for period in scene.own.items()]
    for begins, ends, booked_before, booked_after in booked:
        if begins < end and start < ends:
            reasons.add("booking")
        elif begins - timedelta(minutes=booked_before + after) < end and start < ends + timedelta(
            minutes=booked_after + before
        ):
            reasons.add("buffer")
    return reasons


def _is_open(row: dict[str, Any], start: datetime, end: datetime) -> bool:
    def at(clock_time: str) -> datetime:
        hours, minutes = clock_time.split(":")
        return start.replace(hour=int(hours), minute=int(minutes))

    return at(row["startTime"]) <= start and end <= at(row["endTime"])


def _is_full(scene: Scene, day: date) -> bool:
    """Tell whether a limit closes a day; all that is booked lies in one week of one month."""
    properties = scene.made.properties
    counts = properties.get("bookingLimitsCount", {})
    own = Counter(start.date() for start in scene.own)
    if "day" in counts and own[day] >= counts["day"]:
        return True
    if any(own.total() >= count for unit, count in counts.items() if unit != "day"):
        return True
    minutes = properties.get("bookingLimitsDuration", {}).get("day")
    return minutes is not None and (own[day] + 1) * scene.made.length > minutes


async def _window(scene: Scene) -> Callable[[date], bool]:
    """Return what tells whether the booking window holds a date."""
    window = scene.made.properties.get("bookingWindow")
    if window is None:
        return lambda _: True
    if window["type"] == "range":
        first, last = (date.fromisoformat(text) for text in window["value"])
        return lambda day: first <= day <= last
    days = [scene.made.now.date() + timedelta(days=ahead) for ahead in range(70)]
    if window["type"] == "businessDays":
        days = [days[0], *(day for day in days[1:] if day.isoweekday() < 6)]
    if window["rolling"]:
        with_slots = {start.date() for start in await scene.lists(scene.twin_id, "2050-10-31")}
        days = [day for day in days if day in with_slots]
        end = days[window["value"] - 1]
    else:
        end = days[window["value"]]
    return lambda day: day <= end
